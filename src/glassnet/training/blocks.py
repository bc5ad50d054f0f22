"""A population on workers: blocks of its networks, each trained elsewhere as it would be here.

How workers are asked is `workers/`. What a block sends is where its networks start; what comes back
is where they stand then, and what was measured. The problems, and with them the rows, are placed
once on each worker.
"""

from bisect import bisect_right
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.core.network import Parameters
from glassnet.training.engines.registry import Choice, choose
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
from glassnet.workers.cutting import Blocks, ItemRange

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
    """What all blocks of one shape need."""

    engine: str
    problems: list[Problem]
    examples: list[int]
    """Problems, the first one among them, that say how the engine runs them all."""
    average: float | None
    path_points: int | None


class BlockStart(NamedTuple):
    """What a block needs beyond that."""

    shape: int
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


class Prepared(NamedTuple):
    """Networks of one shape, about to be trained."""

    networks: np.ndarray
    """Their numbers in the population."""
    problems: list[Problem]
    which: np.ndarray
    """P, the number of each network's problem."""
    states: States
    choice: Choice
    onlookers: list[Onlookers]
    """One for each network; []: nobody looks on."""
    keeper: "Keeper | None"

    @property
    def work(self) -> float:
        """How much a network takes, on average."""
        of_all = [float(problem.work) * problem.options.epochs for problem in self.problems]
        return float(np.array(of_all)[self.which].mean())

    @property
    def chunks_of_engine(self) -> float:
        """The same in first chunks of its engine, which take as long whatever engine it is."""
        return self.work / self.choice.engine.first_chunk

    @property
    def is_under_way(self) -> bool:
        """Whether it was cut short between epochs before, and so goes on here."""
        return self.keeper is not None and bool(self.keeper.kept and self.keeper.kept.done)


def is_worth_sending(prepared: Sequence[Prepared]) -> bool:
    """Whether trainings take more than about a second here."""
    total = sum(len(one.which) * one.chunks_of_engine for one in prepared)
    return total > WORTH_SENDING


def run_in_blocks(
    workers: Workers,
    prepared: Sequence[Prepared],
    average: float | None,
    path_points: int | None,
    report: Report | None = None,
) -> list[list[Part]]:
    """Train networks as `run_together` does, block by block, on workers.

    Ctrl-C, or `stop`, leaves the networks of blocks that had not come back as they began.

    Parameters
    ----------
    workers : Workers
        Who trains them.
    prepared : sequence of Prepared
        The networks of each shape; their onlookers get to know what those on the workers saw.
    average, path_points
        What the onlookers are to see.
    report : callable, optional
        Called after each block, with the epochs that would be done if all networks were as far as
        they are on average.

    Returns
    -------
    list of list of Part
        Of each shape.
    """
    sent = [
        OnWorkers(
            one.choice.engine.name,
            _to_send(one.problems),
            _examples(one.problems),
            average,
            path_points,
        )
        for one in prepared
    ]
    shapes = [Shape(one, it) for one, it in zip(prepared, sent, strict=True)]
    firsts = np.cumsum([0, *(len(shape.waiting) for shape in shapes)]).tolist()
    total = sum(len(one.which) for one in prepared)

    def of_shape(block: range) -> tuple[int, range]:
        """The shape of a block, and which of those that wait there it is of."""
        number = bisect_right(firsts, block.start) - 1
        first = firsts[number]
        return number, range(block.start - first, block.stop - first)

    def message(block: range) -> BlockStart:
        number, waiting = of_shape(block)
        return shapes[number].message(number, waiting)

    ranges = [
        ItemRange(range(first, first + len(shape.waiting)), one.chunks_of_engine, shape.most)
        for first, shape, one in zip(firsts[:-1], shapes, prepared, strict=True)
    ]
    ranges.sort(key=lambda one: -one.work)  # what takes long first, so that none waits
    blocks = Blocks(ranges, FIRST_BLOCK_CHUNKS, workers.count)
    options = prepared[0].problems[0].options
    epochs = max(problem.options.epochs for one in prepared for problem in one.problems)
    is_cut_short = options.stopped
    try:
        with closing(workers.run(train_block, sent, message, blocks)) as results:
            for block, trained in () if is_cut_short else results:
                with interrupts_wait():
                    number, waiting = of_shape(block)
                    shapes[number].receive(waiting, trained)
                if report is not None:
                    away = sum(int(shape.is_away.sum()) for shape in shapes)
                    report((total - away) * epochs // total, trained.measured[-1])
                if options.stopped:
                    is_cut_short = True
                    break
    except KeyboardInterrupt:
        is_cut_short = True
    parts: list[list[Part]] = []
    try:
        with interrupts_wait():
            parts = [shape.ended_parts(is_cut_short) for shape in shapes]
    except KeyboardInterrupt:  # all is kept by then
        is_cut_short = True
    last = parts[-1][-1][1].ended
    if is_cut_short:  # also where it came too late to cut anything short, and is not to be lost
        last[:] = [end or "interrupted" for end in last]
    return parts


class Shape:
    """What has become so far of the networks of one shape.

    Parameters
    ----------
    prepared : Prepared
        They themselves; their states are changed.
    sent : OnWorkers
        What the workers have of them.
    """

    def __init__(self, prepared: Prepared, sent: OnWorkers) -> None:
        self.prepared = prepared
        self.sent = sent
        P = len(prepared.which)
        self.ended: np.ndarray = np.full(P, "", dtype=object)
        self.chunks: list[ChunkOfAll] = []  # of all networks, for the checkpoint
        self.parts: list[Part] = []
        self.waiting: np.ndarray = np.arange(P)
        begun = None if prepared.keeper is None else prepared.keeper.restore(prepared.states)
        if begun is not None:
            planned = np.array([problem.options.epochs for problem in prepared.problems])
            self.ended, self.chunks = begun.ended, begun.chunks
            self.waiting = still_trained(prepared.states, self.ended, planned[prepared.which])
            known = np.setdiff1d(np.arange(P), self.waiting)
            if len(known):
                self.parts.append(self._part(known, self.chunks))
        self.is_away: np.ndarray = np.zeros(P, bool)
        self.is_away[self.waiting] = True

    @property
    def most(self) -> int:
        """How many networks of a block, lest too much comes back at once."""
        problems = self.prepared.problems
        numbers = max(problem.options.epochs * (problem.batches + 4) for problem in problems)
        return max(1, MOST_RETURNED // (numbers + STATE_COPIES * problems[0].network.n_parameters))

    def message(self, number: int, waiting: range) -> BlockStart:
        """What a block needs, which is of some of those that wait; `number` is the shape's."""
        at = self.waiting[waiting.start : waiting.stop]
        prepared = self.prepared
        return BlockStart(number, prepared.which[at], at_network(prepared.states.parameters, at))

    def receive(self, waiting: range, trained: TrainedBlock) -> None:
        """Keep what came back of a block."""
        _, problems, which, states, _, onlookers, keeper = self.prepared
        at = self.waiting[waiting.start : waiting.stop]
        finished = _finished(self.sent, problems, which[at], trained)
        if onlookers:
            _let_know([onlookers[p] for p in at], trained)
        self.parts.append((at, finished))
        states.put(at, trained.states)
        self.ended[at] = trained.ended
        self.is_away[at] = False
        if keeper is not None:
            self.chunks.extend(one._replace(networks=at[one.networks]) for one in finished.chunks)
            keeper.after_chunk(Standing(states, self.ended, 0, self.chunks))

    def ended_parts(self, is_cut_short: bool) -> list[Part]:
        """All parts: those that came back, and the networks that did not, as interrupted ones."""
        keeper = self.prepared.keeper
        if keeper is not None and is_cut_short:
            keeper.stop()
        elif keeper is not None:
            keeper.end(Standing(self.prepared.states, self.ended, 0, self.chunks))
        rest = np.flatnonzero(self.is_away)
        if len(rest):
            self.ended[rest] = "interrupted"
            self.parts.append(self._part(rest, []))
        return self.parts

    def _part(self, at: np.ndarray, chunks: Sequence[ChunkOfAll]) -> Part:
        """Some of the networks, which went through all of these chunks."""
        _, problems, which, states, *_ = self.prepared
        renumbered = [
            chunk._replace(networks=np.searchsorted(at, chunk.networks)) for chunk in chunks
        ]
        return at, FinishedTogether(
            problems, which[at], states.take(at), self.ended[at], renumbered
        )


def train_block(of_shapes: Sequence[OnWorkers], start: BlockStart) -> TrainedBlock:
    """Train the networks of a block: what a worker does."""
    sent = of_shapes[start.shape]
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


def _let_know(onlookers: Sequence[Onlookers], trained: TrainedBlock) -> None:
    """Let the onlookers of a block's networks know what those on the worker remember."""
    for p, (one, observed) in enumerate(zip(onlookers, trained.observed, strict=True)):
        for observer, arrays in zip(one.observers, observed, strict=True):
            observer.restore(arrays, trained.states.of(p))
