"""A population on workers: blocks of its networks, each trained elsewhere as it would be here.

How workers are asked is `workers/`. What a block sends is where its networks start; what comes back
is where they stand then, and what was measured. The problems, and with them the rows, are placed
once on each worker.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.core.network import Parameters
from glassnet.training.engines.base import Engine
from glassnet.training.engines.registry import choose
from glassnet.training.interrupts import interrupts_wait
from glassnet.training.loop import Recorder
from glassnet.training.problem import Problem
from glassnet.training.run import Onlookers, onlookers_of
from glassnet.training.stacked import Measurements, States, at_network, start_of_all
from glassnet.training.together import (
    ChunkOfAll,
    FinishedTogether,
    Report,
    Standing,
    rates_of_chunk,
    run_together,
    still_trained,
)
from glassnet.workers.base import Workers
from glassnet.workers.cutting import Blocks

if TYPE_CHECKING:
    from glassnet.training.kept import Keeper

FIRST_BLOCK_CHUNKS = 4
"""First chunks of the engine, about a quarter of a second in all, of the first blocks."""
WORTH_SENDING = 16
"""First chunks of the engine, about a second in all, below which nothing is sent to workers."""
MOST_RETURNED = 4_000_000  # numbers that come back from a block: 32 MB
STATE_COPIES = 6  # of a network's parameters in its state: those, the best, and the optimizer's

Part = tuple[np.ndarray, FinishedTogether]
"""The numbers of some networks, rising, and their trainings."""


class OnWorkers(NamedTuple):
    """What all blocks need."""

    engine: str
    problems: list[Problem]
    examples: list[int]
    """Problems, the first one among them, that say how the engine runs them all."""
    average: float | None
    path_points: int | None


class BlockStart(NamedTuple):
    """What a block needs beyond that."""

    which: np.ndarray
    parameters: Parameters


class TrainedBlock(NamedTuple):
    """What comes back."""

    states: States
    ended: np.ndarray
    networks: list[np.ndarray]
    """Of each chunk."""
    measured: list[Measurements]
    """Of each chunk."""
    epochs: list[int]
    """Of each chunk."""
    observed: list[list[dict[str, np.ndarray]]]
    """Of each network what its observers remember."""


def is_worth_sending(engine: Engine, problems: Sequence[Problem], which: np.ndarray) -> bool:
    """Whether a training takes more than about a second here."""
    return _work(problems, which) * len(which) > WORTH_SENDING * engine.first_chunk


def run_in_blocks(
    workers: Workers,
    engine: Engine,
    problems: Sequence[Problem],
    which: np.ndarray,
    states: States,
    *,
    onlookers: list[Onlookers],
    average: float | None,
    path_points: int | None,
    report: Report | None = None,
    keeper: "Keeper | None" = None,
) -> list[Part]:
    """Train P networks as `run_together` does, block by block, on workers.

    Ctrl-C, or `stop`, leaves the networks of blocks that had not come back as they began.

    Parameters
    ----------
    workers : Workers
        Who trains them.
    engine, problems, which, states, report, keeper
        As in `run_together`; a report has the epochs that would be done if all networks were as far
        as they are on average.
    onlookers : list of Onlookers
        One for each network, or none; they get to know what those on the workers saw.
    average, path_points
        What the onlookers are to see.
    """
    P = len(which)
    planned = np.array([problem.options.epochs for problem in problems])[which]
    ended = np.full(P, "", dtype=object)
    chunks: list[ChunkOfAll] = []  # of all networks, for the checkpoint
    parts: list[Part] = []
    waiting = np.arange(P)
    begun = None if keeper is None else keeper.restore(states)
    if begun is not None:
        ended, chunks = begun.ended, begun.chunks
        waiting = still_trained(states, ended, planned)
        known = np.setdiff1d(np.arange(P), waiting)
        if len(known):
            parts.append(_part(problems, which, states, ended, known, chunks))
    is_away = np.zeros(P, bool)
    is_away[waiting] = True
    sent = OnWorkers(engine.name, _to_send(problems), _examples(problems), average, path_points)

    def message(block: range) -> BlockStart:
        at = waiting[block.start : block.stop]
        return BlockStart(which[at], at_network(states.parameters, at))

    returned = max(problem.options.epochs * (problem.batches + 4) for problem in problems)
    returned += STATE_COPIES * problems[0].network.n_parameters
    blocks = Blocks(
        range(len(waiting)),
        int(FIRST_BLOCK_CHUNKS * engine.first_chunk // _work(problems, which)),
        MOST_RETURNED // returned,
        workers.count,
    )
    is_cut_short = problems[0].options.stopped
    try:
        with closing(workers.run(train_block, sent, message, blocks)) as results:
            for block, trained in () if is_cut_short else results:
                with interrupts_wait():
                    at = waiting[block.start : block.stop]
                    finished = _finished(sent, problems, which[at], trained)
                    if onlookers:
                        _let_know([onlookers[p] for p in at], trained)
                    parts.append((at, finished))
                    states.put(at, trained.states)
                    ended[at] = trained.ended
                    is_away[at] = False
                    if keeper is not None:
                        chunks.extend(
                            chunk._replace(networks=at[chunk.networks]) for chunk in finished.chunks
                        )
                        keeper.after_chunk(Standing(states, ended, 0, chunks))
                if report is not None:
                    back = 1 - is_away.mean()
                    report(int(back * planned.max()), trained.measured[-1])
                if problems[0].options.stopped:
                    is_cut_short = True
                    break
    except KeyboardInterrupt:
        is_cut_short = True
    if keeper is not None and is_cut_short:
        keeper.stop()
    elif keeper is not None:
        with interrupts_wait():
            keeper.end(Standing(states, ended, 0, chunks))
    rest = np.flatnonzero(is_away)
    if len(rest):
        ended[rest] = "interrupted"
        parts.append(_part(problems, which, states, ended, rest, []))
    return parts


def train_block(sent: OnWorkers, start: BlockStart) -> TrainedBlock:
    """Train the networks of a block: what a worker does."""
    numbers, which = _used(sent, start.which)
    problems = [sent.problems[number] for number in numbers]
    engine = choose(sent.engine, problems[0].network, problems[0]).engine
    at = np.arange(len(which))
    states = start_of_all(problems, which, at_network(start.parameters, at))  # a copy
    onlookers = onlookers_of(engine, problems, which, states, sent.average, sent.path_points)
    recorders = [Recorder(one.observers) for one in onlookers]
    finished = run_together(engine, problems, which, states, recorders=recorders)
    if "interrupted" in finished.ended:
        raise KeyboardInterrupt
    return TrainedBlock(
        finished.states,
        finished.ended,
        [chunk.networks for chunk in finished.chunks],
        [chunk.measured for chunk in finished.chunks],
        [max(map(len, chunk.rates)) for chunk in finished.chunks],
        [[observer.arrays() for observer in one.observers] for one in onlookers],
    )


def _work(problems: Sequence[Problem], which: np.ndarray) -> float:
    """How much a network takes, on average."""
    of_all = np.array([float(problem.work) * problem.options.epochs for problem in problems])
    return float(of_all[which].mean())


def _to_send(problems: Sequence[Problem]) -> list[Problem]:
    """The same without what stays here."""
    return [replace(one, options=replace(one.options, stop=None)) for one in problems]


def _examples(problems: Sequence[Problem]) -> list[int]:
    """One problem of each kind that an engine may run in a way of its own, the first one first.

    Trained beside these a block runs as all networks would together.
    """
    found: dict[tuple[int, int], int] = {}
    for number, problem in enumerate(problems):
        found.setdefault((problem.batch_size, problem.batches), number)
    return list(found.values())


def _used(sent: OnWorkers, which: np.ndarray) -> tuple[list[int], np.ndarray]:
    """The numbers of the problems of a block, rising, and of each network its position there."""
    numbers = sorted({*sent.examples, *which.tolist()})
    return numbers, np.searchsorted(numbers, which)


def _finished(
    sent: OnWorkers, problems: Sequence[Problem], which: np.ndarray, trained: TrainedBlock
) -> FinishedTogether:
    """The trainings of a block, with the problems as they are here."""
    numbers, which = _used(sent, which)
    of_block = [problems[number] for number in numbers]
    chunks, first = [], 0
    for networks, measured, count in zip(
        trained.networks, trained.measured, trained.epochs, strict=True
    ):
        rates = rates_of_chunk(of_block, set(which[networks].tolist()), first, count)
        chunks.append(ChunkOfAll(networks, measured, rates))
        first += count
    return FinishedTogether(of_block, which, trained.states, trained.ended, chunks)


def _part(
    problems: Sequence[Problem],
    which: np.ndarray,
    states: States,
    ended: np.ndarray,
    at: np.ndarray,
    chunks: Sequence[ChunkOfAll],
) -> Part:
    """Some of the networks, which went through all of these chunks."""
    renumbered = [chunk._replace(networks=np.searchsorted(at, chunk.networks)) for chunk in chunks]
    return at, FinishedTogether(problems, which[at], states.take(at), ended[at], renumbered)


def _let_know(onlookers: Sequence[Onlookers], trained: TrainedBlock) -> None:
    """Let the onlookers of a block's networks know what those on the worker remember."""
    for p, (one, observed) in enumerate(zip(onlookers, trained.observed, strict=True)):
        for observer, arrays in zip(one.observers, observed, strict=True):
            observer.restore(arrays, trained.states.of(p))
