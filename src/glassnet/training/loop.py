"""The one loop of all trainings: an engine runs some epochs, observers see them, until an end.

What a run is to do stands in `options.py`, how it may end in `endings.py`. `train` (`run.py`) and
the estimators make their own results of what comes back. Full-batch solvers (`solvers/`) have
loops of their own mathematics and report each iteration to the same observers.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.core.network import Parameters
from glassnet.training.endings import BROKEN
from glassnet.training.engines.base import Engine
from glassnet.training.interrupts import interrupts_wait
from glassnet.training.options import next_orders
from glassnet.training.problem import Floats, Measured, Problem, State

if TYPE_CHECKING:
    from glassnet.training.kept import Keeper

CHUNK_SECONDS = 0.25  # seconds an engine runs between two looks at progress and Ctrl-C
FASTEST_GROWTH = 10  # times as many epochs as the chunk before, at most
DIVERGED = 1e6  # times the loss at the start; see `has_diverged`

LearningRates = Callable[[int, int], Floats]
"""(first epoch, number of epochs) -> the rate of each of their iterations, epochs x batches."""


class Chunk(NamedTuple):
    """Some epochs of a run: the state after them, what was measured, and the learning rates."""

    state: State
    measured: Measured
    learning_rates: Floats
    """One for each iteration of `measured`."""


class Observer:
    """Looks on while a network is trained. This one sees nothing: others override what they use."""

    def most_epochs(self, state: State) -> float:
        """How many epochs may follow on a state before this observer must see the run again."""
        return math.inf

    def before_chunk(self) -> None:
        """Called before each chunk."""

    def after_chunk(self, chunk: Chunk) -> str:
        """Called after each chunk.

        Returns
        -------
        str
            Why the run is to end here, a name of `ENDINGS`; "" lets it go on.
        """
        return ""

    def goes_on(self, ended: str) -> bool:
        """Whether a run that is about to end goes on nevertheless, its patience new."""
        return False

    def arrays(self) -> dict[str, np.ndarray]:
        """All that it remembers, for a checkpoint."""
        return {}

    def restore(self, arrays: Mapping[str, np.ndarray], state: State) -> None:
        """Remember what `arrays` gave where the run stood as `state`."""


class Recorder:
    """The chunks of a run so far, each shown to all observers in their order."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self.observers = observers
        self.chunks: list[Chunk] = []

    def before_chunk(self) -> None:
        """Tell every observer that a chunk begins."""
        for observer in self.observers:
            observer.before_chunk()

    def after_chunk(self, chunk: Chunk) -> str:
        """Keep a chunk and show it; returns why the run is to end, by the last who says so."""
        self.chunks.append(chunk)
        ended = ""
        for observer in self.observers:
            ended = observer.after_chunk(chunk) or ended
        return ended

    def goes_on(self, ended: str) -> bool:
        """Whether some observer lets a run go on that is about to end."""
        goes_on = False
        for observer in self.observers:
            goes_on = observer.goes_on(ended) or goes_on
        return goes_on


@dataclass(frozen=True)
class Finished:
    """A run that has ended.

    Parameters
    ----------
    parameters : Parameters
        Those that are kept: the best epoch's where validation rows chose it or the run ended in
        one of `BROKEN`, else those after the last update.
    best_epoch : int
        The epoch that left `parameters`, from 1; 0 is the start.
    state : State
        Where the run stands after its last epoch, or a solver after its last iteration.
    chunks : list of Chunk
        What it went through.
    ended : str
        A name of `ENDINGS`.
    message : str
        What there is to say of the end beyond that; "" for nothing.
    """

    parameters: Parameters
    best_epoch: int
    state: State
    chunks: list[Chunk]
    ended: str
    message: str = ""


def run_epochs(
    engine: Engine,
    problem: Problem,
    state: State,
    *,
    epochs: int,
    orders: Iterator[np.ndarray] | None,
    learning_rates: LearningRates,
    observers: Sequence[Observer] = (),
    chunk_epochs: int | None = None,
    start_loss: float | None = None,
    report: Callable[[Chunk], None] | None = None,
    keeper: "Keeper | None" = None,
) -> Finished:
    """Train until `epochs` are done, the training ends itself, an observer ends it, or Ctrl-C.

    Parameters
    ----------
    engine : Engine
        What runs the epochs.
    problem : Problem
        What stays the same along the run.
    state : State
        Where to go on from.
    epochs : int
        The epoch to go to, counted as in `state.epoch`.
    orders : iterator of array, or None
        The order of the rows in each epoch; None: as they are. Of a chunk that ends early, the
        orders of the epochs that were not reached are lost.
    learning_rates : callable
        The learning rate of each iteration of some epochs; see `LearningRates`.
    observers : sequence of Observer
        They see each chunk, in this order.
    chunk_epochs : int, optional
        Epochs between two reports; None: as many as take about a quarter of a second. No result
        depends on it.
    start_loss : float, optional
        What the loss was before training; None: that of the run's first batch.
    report : callable, optional
        Called with each chunk, once all observers have seen it.
    keeper : Keeper, optional
        Keeps the run in a checkpoint, from which it goes on.

    Returns
    -------
    Finished
        What is kept, and how it came about.
    """
    recorder = Recorder(observers)
    ended = ""
    if keeper is not None:
        state, ended = keeper.restore_one(state, recorder.chunks)
        if state.epoch < epochs and not ended:
            skip(orders, state.epoch)
    pace = chunk_epochs or max(1, engine.first_chunk // problem.work)  # epochs at a time
    try:
        while state.epoch < epochs and not ended:
            if problem.options.stopped:
                ended = "interrupted"
                break
            recorder.before_chunk()
            limits = [observer.most_epochs(state) for observer in observers]
            count = int(max(1, min(pace, epochs - state.epoch, *limits)))
            began = perf_counter()
            chunk = _run_chunk(engine, problem, state, count, orders, learning_rates)
            seconds = perf_counter() - began
            with nullcontext() if keeper is None else interrupts_wait():
                state = chunk.state
                ended = recorder.after_chunk(chunk) or state.ended
                if ended and recorder.goes_on(ended):
                    ended, state = "", state._replace(waited=0, ended="")
                if keeper is not None:
                    keeper.after_chunk_of_one(state, ended, recorder.chunks)
            if report is not None:
                report(chunk)
            if chunk_epochs is None:
                fitting = int(count * CHUNK_SECONDS / max(seconds, 1e-6))
                pace = max(1, min(fitting, FASTEST_GROWTH * pace))
    except KeyboardInterrupt:
        ended = state.ended or "interrupted"
    if keeper is not None:
        try:
            with interrupts_wait():
                keeper.end_one(state, ended, recorder.chunks)
        except KeyboardInterrupt:  # all is kept by then
            ended = ended or "interrupted"
    return finish(problem, state, recorder.chunks, ended, start_loss)


def skip(orders: Iterator[np.ndarray] | None, epochs: int) -> None:
    """Draw the orders of so many epochs, which are over."""
    if orders is not None:
        next(islice(orders, epochs, epochs), None)


def _run_chunk(
    engine: Engine,
    problem: Problem,
    state: State,
    epochs: int,
    orders: Iterator[np.ndarray] | None,
    learning_rates: LearningRates,
) -> Chunk:
    """Some epochs by the engine."""
    order = None if orders is None else next_orders(orders, epochs)
    rates = learning_rates(state.epoch, epochs)
    state, measured = engine.run(problem, state, order, rates)
    return Chunk(state, measured, rates.ravel()[: len(measured.iteration_loss)])


def finish(
    problem: Problem,
    state: State,
    chunks: list[Chunk],
    ended: str,
    start_loss: float | None = None,
) -> Finished:
    """What is kept of a run that has come to its end."""
    if ended in ("", "early") and has_diverged(problem, chunks, start_loss):
        ended = "diverged"
    message = scales(problem, chunks) if ended in BROKEN else ""
    if problem.validation is not None or ended in BROKEN:
        return Finished(state.best.parameters, state.best.epoch, state, chunks, ended, message)
    return Finished(state.parameters, state.epoch, state, chunks, ended, message)


def has_diverged(problem: Problem, chunks: list[Chunk], start_loss: float | None = None) -> bool:
    """Whether a run that is over has only made things worse, beyond any doubt.

    It has where its last epoch's loss is more than `DIVERGED` times the loss that it started
    with, and also more than `DIVERGED` times the loss of a network that knows nothing: all
    pre-activations of its outputs 0. A run that rose for a while and came down again has not, nor
    one that began at a nearly perfect fit. Only the end is looked at, so that nothing depends on
    the length of chunks; a loss that is NaN or infinite ends a run earlier, as "not_finite".
    """
    if not chunks:
        return False
    last_loss = chunks[-1].measured.loss[-1]
    first_loss = chunks[0].measured.iteration_loss[0] if start_loss is None else start_loss
    if not last_loss > DIVERGED * first_loss:
        return False
    return bool(last_loss > DIVERGED * loss_without_knowledge(problem))


def loss_without_knowledge(problem: Problem) -> float:
    """The loss on the training rows where all pre-activations of the outputs are 0."""
    network, (_, y, sample_weight) = problem.network, problem.data
    z = np.zeros_like(y)  # N x K
    value, _ = network.loss(network.output, z, network.output.value(z), y, sample_weight)
    return float(value)


def scales(problem: Problem, chunks: list[Chunk]) -> str:
    """How large inputs, targets and the learning rate were, for one whose run went wrong."""
    x, y, _ = problem.data
    largest_rate = max(chunk.learning_rates.max() for chunk in chunks)
    return (
        f"the inputs go up to {np.abs(x).max():.3g}, the targets up to {np.abs(y).max():.3g}, "
        f"and the learning rate was {largest_rate:.3g}"
    )
