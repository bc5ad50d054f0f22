"""The loop of many trainings at once: an engine runs some epochs of all, until each has ended.

Of one training it is `loop.py`. What a population is to its user, is `population.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.training.engines.base import Engine
from glassnet.training.interrupts import interrupts_wait
from glassnet.training.loop import (
    CHUNK_SECONDS,
    FASTEST_GROWTH,
    Chunk,
    Finished,
    LearningRates,
    Recorder,
    finish,
    skip,
)
from glassnet.training.options import next_orders
from glassnet.training.problem import Floats, Problem, State
from glassnet.training.stacked import Measurements, States

if TYPE_CHECKING:
    from glassnet.training.kept import Keeper

Report = Callable[[int, Measurements], None]
"""Called after each chunk with the epochs done, and what was measured in it."""


class ChunkOfAll(NamedTuple):
    """Some epochs of those networks that were still trained."""

    networks: np.ndarray
    """Their numbers, rising."""
    measured: Measurements
    rates: Sequence[Floats]
    """Of each problem the learning rates, epochs x batches."""

    def of(self, at: int, problem: int, state: State) -> Chunk:
        """The part of the network at that position, of the problem of that number."""
        measured = self.measured.of(at)
        rates = self.rates[problem].ravel()[: len(measured.iteration_loss)]
        return Chunk(state, measured, rates)


class Standing(NamedTuple):
    """Where trainings of P networks stand, and all that they went through."""

    states: States
    ended: np.ndarray
    """P, why each ended; "" for those that go on."""
    done: int
    """Epochs that those which go on have gone through."""
    chunks: list[ChunkOfAll]


@dataclass(frozen=True)
class FinishedTogether:
    """P trainings that have ended.

    Parameters
    ----------
    problems : sequence of Problem
        Those that there were.
    which : array of int
        P, the number of each network's problem.
    states : States
        Where they stand after their last epochs.
    ended : array of str
        P, why each ended, as far as the loop knows: a name of `ENDINGS`.
    chunks : list of ChunkOfAll
        What they went through.
    """

    problems: Sequence[Problem]
    which: np.ndarray
    states: States
    ended: np.ndarray
    chunks: list[ChunkOfAll]

    def of(self, p: int) -> Finished:
        """The training of network p."""
        number = int(self.which[p])
        state = self.states.of(p)
        chunks = []
        for chunk in self.chunks:
            at = int(np.searchsorted(chunk.networks, p))
            if at < len(chunk.networks) and chunk.networks[at] == p:
                chunks.append(chunk.of(at, number, state))
        return finish(self.problems[number].alone, state, chunks, str(self.ended[p]))


def run_together(
    engine: Engine,
    problems: Sequence[Problem],
    which: np.ndarray,
    states: States,
    *,
    orders: Sequence[Iterator[np.ndarray] | None] | None = None,
    learning_rates: Sequence[LearningRates] | None = None,
    recorders: Sequence[Recorder] = (),
    report: Report | None = None,
    chunk_epochs: int | None = None,
    keeper: "Keeper | None" = None,
) -> FinishedTogether:
    """Train P networks until each has ended, alone as together.

    Parameters
    ----------
    engine : Engine
        What runs the epochs.
    problems : sequence of Problem
        Those that there are, of one shape.
    which : array of int
        P, the number of each network's problem.
    states : States
        Where to begin, which is changed.
    orders : sequence of iterator, optional
        For each problem the order of the rows in each epoch, None where it is always as they are;
        None: what its options say.
    learning_rates : sequence of callable, optional
        For each problem the rates of some epochs; None: what its options say.
    recorders : sequence of Recorder
        One for each network, with those that look on at it; (): nobody does.
    report : callable, optional
        Called after each chunk.
    chunk_epochs : int, optional
        Epochs between two reports; None: as many as take about a quarter of a second.
    keeper : Keeper, optional
        Keeps the trainings in a checkpoint, from which they go on.
    """
    planned = np.array([problem.options.epochs for problem in problems])[which]
    if orders is None:
        orders = [problem.options.orders(problem.n_rows) for problem in problems]
    if learning_rates is None:
        learning_rates = [
            partial(problem.options.learning_rates, problem.batches) for problem in problems
        ]
    ended = np.full(len(which), "", dtype=object)
    counts = np.bincount(which, minlength=len(problems)).tolist()
    work = sum(n * problem.work for n, problem in zip(counts, problems, strict=True))
    pace = chunk_epochs or max(1, engine.first_chunk // work)
    chunks: list[ChunkOfAll] = []
    done = 0
    begun = None if keeper is None else keeper.restore(states)
    if begun is not None:
        ended, done, chunks = begun.ended, begun.done, begun.chunks
    running = active = still_trained(states, ended, planned)
    for number in set(which[active].tolist()):
        skip(orders[number], done)
    is_cut_short = False
    try:
        while len(active):
            running = active
            if problems[0].options.stopped:
                is_cut_short = True
                break
            limits = [
                observer.most_epochs(states.of(p))
                for p in (active.tolist() if recorders else ())
                for observer in recorders[p].observers
            ]
            count = int(max(1, min(pace, *limits, planned[active].max() - done)))
            began = perf_counter()
            chunk, after = _run_chunk(
                engine, problems, which, states, active, orders, learning_rates, done, count
            )
            seconds = perf_counter() - began
            with nullcontext() if keeper is None else interrupts_wait():
                states.put(active, after)
                chunks.append(chunk)
                done += count
                ended[active] = states.ended[active]
                if recorders:
                    _show(recorders, chunk, which, states, ended)
                active = still_trained(states, ended, planned)
                if keeper is not None:
                    keeper.after_chunk(Standing(states, ended, done, chunks))
            if report is not None:
                report(done, chunk.measured)
            if chunk_epochs is None:
                fitting = int(count * CHUNK_SECONDS / max(seconds, 1e-6))
                pace = max(1, min(fitting, FASTEST_GROWTH * pace))
    except KeyboardInterrupt:
        is_cut_short = True
    if is_cut_short:
        if keeper is not None:
            keeper.stop()
        ended[running] = [end or "interrupted" for end in states.ended[running]]
    elif keeper is not None:
        try:
            with interrupts_wait():
                keeper.end(Standing(states, ended, done, chunks))
        except KeyboardInterrupt:  # all is kept by then
            ended[running] = [end or "interrupted" for end in ended[running]]
    return FinishedTogether(problems, which, states, ended, chunks)


def _run_chunk(
    engine: Engine,
    problems: Sequence[Problem],
    which: np.ndarray,
    states: States,
    active: np.ndarray,
    orders: Sequence[Iterator[np.ndarray] | None],
    learning_rates: Sequence[LearningRates],
    done: int,
    count: int,
) -> tuple[ChunkOfAll, States]:
    """Some epochs of the networks that are still trained, and where they stand then.

    The engine is told of all problems each time, so that how it runs a network does not depend on
    which others have ended.
    """
    numbers = which[active]
    used = set(numbers.tolist())
    counts = [
        min(count, problem.options.epochs - done) if number in used else 0
        for number, problem in enumerate(problems)
    ]
    rates = [
        rates_of(done, epochs) for rates_of, epochs in zip(learning_rates, counts, strict=True)
    ]
    drawn = [
        None if order is None or not epochs else next_orders(order, epochs)
        for order, epochs in zip(orders, counts, strict=True)
    ]
    after, measured = engine.run_population(problems, numbers, states.take(active), drawn, rates)
    return ChunkOfAll(active, measured, rates), after


def rates_of_chunk(
    problems: Sequence[Problem], used: set[int], first: int, count: int
) -> list[Floats]:
    """Of each problem the learning rates of some epochs; of one that is not used, of none."""
    return [
        problem.options.learning_rates(
            problem.batches,
            first,
            max(0, min(count, problem.options.epochs - first)) if number in used else 0,
        )
        for number, problem in enumerate(problems)
    ]


def still_trained(states: States, ended: np.ndarray, planned: np.ndarray) -> np.ndarray:
    """The numbers of the networks that have not ended."""
    return np.flatnonzero((ended == "") & (states.epoch < planned))


def _show(
    recorders: Sequence[Recorder],
    chunk: ChunkOfAll,
    which: np.ndarray,
    states: States,
    ended: np.ndarray,
) -> None:
    """Show each network's part of a chunk to those that look on; `ended` is what they say."""
    for at, p in enumerate(chunk.networks.tolist()):
        recorder = recorders[p]
        recorder.before_chunk()
        state = states.take(np.array([p])).of(0)  # which nothing changes later
        ended[p] = recorder.after_chunk(chunk.of(at, int(which[p]), state)) or ended[p]
        if ended[p] and recorder.goes_on(ended[p]):
            ended[p] = states.ended[p] = ""
            states.waited[p] = 0
