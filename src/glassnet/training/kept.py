"""A training of one or many networks as arrays for a checkpoint, and back.

What the file is, is `checkpoint.py`'s. A training of one is kept as a population of one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.network import Network, leaves
from glassnet.errors import GlassnetError
from glassnet.training.checkpoint import Checkpoint, KeptTraining
from glassnet.training.endings import ENDINGS
from glassnet.training.loop import Chunk, Observer
from glassnet.training.packed import PackedRows
from glassnet.training.problem import Data, Floats, Problem, State
from glassnet.training.stacked import (
    Measurements,
    States,
    stacked_measurements,
    stacked_state,
)
from glassnet.training.together import ChunkOfAll, Standing, rates_of_chunk

ROWS_HASHED = 65_536  # rows whose numbers are in memory while a table's checksum is computed
NO_PART = ("n_jobs", "stop")
"""Options that no result depends on."""


class Keeper:
    """Keeps a training of P networks in a checkpoint.

    Parameters
    ----------
    checkpoint : Checkpoint
        Where.
    problems : sequence of Problem
        Those that there are.
    which : array of int
        P, the number of each network's problem.
    start : States
        Where they begin.
    observers : sequence of sequence of Observer
        Of each network those that look on; () where nobody does.
    settings : dict of str to str
        What else a resumed call must have in common with it.
    is_alone : bool
        Whether no training of another call is in the checkpoint, which is written at the end then.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        problems: Sequence[Problem],
        which: np.ndarray,
        start: States,
        observers: Sequence[Sequence[Observer]],
        settings: dict[str, str],
        *,
        is_alone: bool,
    ) -> None:
        self.checkpoint = checkpoint
        self.is_alone = is_alone
        self.problems = problems
        self.which = which
        self.observers = observers
        self.about = about(problems, which, start) | settings
        self.kept = checkpoint.begin(self.about)
        self.number: int = checkpoint.begun - 1

    def restore(self, states: States) -> Standing | None:
        """Where the training stands by the file, `states` and the observers set to it.

        None where it begins anew. Raises GlassnetError where the file does not fit.
        """
        if self.kept is None:
            return None
        try:
            return self._restore(self.kept, states)
        except (KeyError, ValueError, IndexError):
            raise GlassnetError(
                "is damaged: its arrays do not fit the training", file=self.checkpoint.path
            ) from None

    def _restore(self, kept: KeptTraining, states: States) -> Standing:
        arrays = kept.arrays
        names = list(ENDINGS)
        for number, into in enumerate(states.arrays()):
            saved = arrays[f"states.{number}"]
            into[...] = [names[at] for at in saved] if into.dtype == object else saved
        ended = np.array([names[at] for at in arrays["ended"]], dtype=object)
        for p, of_network in enumerate(self.observers):
            for position, observer in enumerate(of_network):
                prefix = f"observers.{p}.{position}."
                observer.restore(
                    {
                        name.removeprefix(prefix): array
                        for name, array in arrays.items()
                        if name.startswith(prefix)
                    },
                    states.of(p),
                )
        chunks = [
            ChunkOfAll(
                arrays[f"chunks.{number}.networks"],
                Measurements(*(arrays[f"chunks.{number}.{name}"] for name in Measurements._fields)),
                self._rates(arrays[f"chunks.{number}.networks"], first, count),
            )
            for number, (first, count) in enumerate(kept.chunks)
        ]
        return Standing(states, ended, kept.done, chunks)

    def restore_one(self, state: State, chunks: list[Chunk]) -> tuple[State, str]:
        """`restore` of a training of one: its state and end; its chunks are added to `chunks`."""
        standing = self.restore(stacked_state(state).take(np.zeros(1, np.int64)))  # a copy
        if standing is None:
            return state, ""
        chunks.extend(chunk.of(0, 0, standing.states.of(0)) for chunk in standing.chunks)
        return standing.states.of(0), str(standing.ended[0])

    def after_chunk_of_one(self, state: State, ended: str, chunks: Sequence[Chunk]) -> None:
        """`after_chunk` of a training of one."""
        count = len(chunks)
        self.checkpoint.after_chunk(
            self.number,
            lambda: self._taken(self._of_one(state, ended, chunks[:count]), has_ended=False),
        )

    def end_one(self, state: State, ended: str, chunks: Sequence[Chunk]) -> None:
        """`end` of a training of one, or `stop` where it was interrupted."""
        if ended == "interrupted":
            self.stop()
        else:
            self.end(self._of_one(state, ended, chunks))

    def _of_one(self, state: State, ended: str, chunks: Sequence[Chunk]) -> Standing:
        """Where a training of one stands, as that of a population of one."""
        together: list[ChunkOfAll] = []
        first = 0
        for chunk in chunks:
            count = len(chunk.measured.loss)
            measured = stacked_measurements(chunk.measured)
            network = np.zeros(1, np.int64)
            together.append(ChunkOfAll(network, measured, self._rates(network, first, count)))
            first += count
        ends = np.array([ended], object)
        return Standing(stacked_state(state), ends, state.epoch, together)

    def _rates(self, networks: np.ndarray, first: int, count: int) -> list[Floats]:
        """Of the problem of each of these networks the learning rates of some epochs."""
        return rates_of_chunk(self.problems, set(self.which[networks].tolist()), first, count)

    def after_chunk(self, standing: Standing) -> None:
        """Write the file where that is due."""
        self.checkpoint.after_chunk(self.number, lambda: self._taken(standing, has_ended=False))

    def end(self, standing: Standing) -> None:
        """Keep a training that has ended."""
        self.checkpoint.end(self.number, self._taken(standing, has_ended=True))
        if self.is_alone:
            self.checkpoint.finish()

    def stop(self) -> None:
        """Write the file as of the last whole chunk: the training is cut short."""
        self.checkpoint.stop()

    def _taken(self, standing: Standing, *, has_ended: bool) -> KeptTraining:
        """The training as it can be written; its chunks become few."""
        standing.chunks[:] = merged(standing.chunks)
        names = list(ENDINGS)
        arrays = {
            f"states.{number}": (
                np.array([names.index(end) for end in array], np.int64)
                if array.dtype == object
                else array.copy()
            )
            for number, array in enumerate(standing.states.arrays())
        }
        arrays["ended"] = np.array([names.index(end) for end in standing.ended], np.int64)
        spans = []
        epochs = np.zeros(len(standing.ended), np.int64)  # that each network had before a chunk
        for number, chunk in enumerate(standing.chunks):
            arrays[f"chunks.{number}.networks"] = chunk.networks
            for name, array in chunk.measured._asdict().items():
                arrays[f"chunks.{number}.{name}"] = array
            count = int(max(map(len, chunk.rates)))
            spans.append((int(epochs[chunk.networks[0]]), count))
            epochs[chunk.networks] += count
        for p, of_network in enumerate(self.observers):
            for position, observer in enumerate(of_network):
                for name, array in observer.arrays().items():
                    arrays[f"observers.{p}.{position}.{name}"] = array
        return KeptTraining(self.about, standing.done, spans, arrays, has_ended)


def keeper_of(
    checkpoint: Checkpoint | str | Path,
    problems: Sequence[Problem],
    which: np.ndarray,
    start: States,
    observers: Sequence[Sequence[Observer]],
    common: tuple[str, float | None, int | None],
) -> Keeper:
    """What keeps a training in a checkpoint, which may be given by its path.

    `common` is what a resumed call must have in common beside the problem: the engine's name, the
    memory of the average, and the points of the path. The others are those of `Keeper`.
    """
    is_alone = not isinstance(checkpoint, Checkpoint)
    kept = Checkpoint(checkpoint) if is_alone else checkpoint
    assert isinstance(kept, Checkpoint)
    names = ("engine", "average", "path_points")
    settings = {name: str(value) for name, value in zip(names, common, strict=True)}
    return Keeper(kept, problems, which, start, observers, settings, is_alone=is_alone)


def merged(chunks: Sequence[ChunkOfAll]) -> list[ChunkOfAll]:
    """The same in as few as there can be: those of the same networks become one."""
    if not chunks:
        return []
    ends = [
        at for at, (one, other) in enumerate(pairwise(chunks), 1)
        if not np.array_equal(one.networks, other.networks)
    ]  # fmt: skip
    bounds = [0, *ends, len(chunks)]
    return [_merge(chunks[first:last]) for first, last in pairwise(bounds)]


def _merge(chunks: Sequence[ChunkOfAll]) -> ChunkOfAll:
    if len(chunks) == 1:
        return chunks[0]
    measured = [chunk.measured for chunk in chunks]
    last = measured[-1]
    epochs = [one.epochs for one in measured]

    def by_epoch(name: str) -> Floats:
        arrays = [getattr(one, name) for one in measured]
        return _joined(arrays, epochs) if arrays[-1].shape[1] else arrays[-1]

    iterations = [one.iterations for one in measured]
    together = Measurements(
        iteration_loss=_joined([one.iteration_loss for one in measured], iterations),
        loss=by_epoch("loss"),
        penalty=by_epoch("penalty"),
        gradient_norm=by_epoch("gradient_norm"),
        validation_loss=by_epoch("validation_loss"),
        output=last.output,
        iterations=np.sum(iterations, axis=0),
        epochs=np.sum(epochs, axis=0),
        output_rows=last.output_rows,
    )
    rates_of_all = zip(*(chunk.rates for chunk in chunks), strict=True)
    rates = [np.concatenate(of_problem) for of_problem in rates_of_all]
    return ChunkOfAll(chunks[0].networks, together, rates)


def _joined(arrays: Sequence[Floats], counts: Sequence[np.ndarray]) -> Floats:
    """Rows of several arrays one after the other, of each as many numbers as are in use."""
    if all((count == array.shape[1]).all() for array, count in zip(arrays, counts, strict=True)):
        return np.concatenate(arrays, axis=1)
    total = np.sum(counts, axis=0)
    joined = np.empty((len(total), total.max()))
    for p in range(len(total)):
        row = [array[p, : count[p]] for array, count in zip(arrays, counts, strict=True)]
        joined[p, : total[p]] = np.concatenate(row)
    return joined


def about(problems: Sequence[Problem], which: np.ndarray, start: States) -> dict[str, str]:
    """What a training is of: the same for equal ones, and for no others that glassnet can tell.

    Functions of the user's own are known by their names.
    """
    data, options = _Digest(), _Digest()
    for problem in problems:
        data.add(problem.data, problem.validation, problem.rows, problem.validation_rows)
        options.add(problem.options)
    beginning = _Digest()
    beginning.add(which, *leaves(start.parameters))
    first = problems[0]
    return {
        "networks": f"{len(which)} x {_network_text(first.network)}",
        "epochs": str(max(problem.options.epochs for problem in problems)),
        "optimizer": type(first.options.optimizer).__name__,
        "rows": data.text,
        "options": options.text,
        "start": beginning.text,
    }


def _network_text(network: Network) -> str:
    names = [activation.name for activation in network.activations]
    sizes = "-".join(map(str, network.sizes))
    return f"{sizes} {' '.join(names)} {network.loss.name} {network.bias}"


class _Digest:
    """A checksum of values: arrays by their numbers, functions by their names."""

    def __init__(self) -> None:
        self.sha = hashlib.sha256()
        self.seen: dict[int, tuple[Any, bytes]] = {}

    @property
    def text(self) -> str:
        """The checksum."""
        return self.sha.hexdigest()

    def add(self, *values: Any) -> None:
        """Add values, each with its type."""
        for value in values:
            self.sha.update(type(value).__name__.encode())
            if isinstance(value, (np.ndarray, PackedRows)):
                self._add_array(value)
            elif is_dataclass(value) and not isinstance(value, type):
                for one in fields(value):
                    if one.name not in NO_PART:
                        self.add(one.name, getattr(value, one.name))
            elif isinstance(value, (tuple, list, Data)):
                self.add(len(value), *value)
            elif callable(value):
                self.sha.update(getattr(value, "__qualname__", "").encode())
            else:
                self.sha.update(repr(value).encode())

    def _add_array(self, array: Any) -> None:
        """A table that many problems share is read once."""
        known = self.seen.get(id(array))
        if known is None:
            sha = hashlib.sha256()
            for first in range(0, max(1, len(array)), ROWS_HASHED):
                block = np.ascontiguousarray(array[first : first + ROWS_HASHED])
                sha.update(f"{block.dtype} {block.shape}".encode())
                sha.update(block.data)
            known = self.seen[id(array)] = array, sha.digest()
        self.sha.update(known[1])
