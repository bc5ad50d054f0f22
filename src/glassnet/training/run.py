"""train(): checks what it is given, picks the engine, goes chunk by chunk, reports, stops, keeps the best."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.core.optimizers import Optimizer, find_optimizer
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.gradcheck.check import check_custom
from glassnet.training.checks import (
    checked_data,
    checked_dropout,
    checked_multipliers,
    checked_penalty,
    checked_start,
    checked_validation,
)
from glassnet.training.engines.base import Engine
from glassnet.training.engines.registry import choose
from glassnet.training.history import History
from glassnet.training.plan import Plan, is_whole
from glassnet.training.problem import Best, Floats, Measured, Problem, State

CHUNK_SECONDS = 0.25  # how often a run comes back from its engine to report and to notice Ctrl-C
Progress = Callable[[int, int, float, float | None], None]
"""Told (epochs done, epochs planned, training loss, validation loss or None) between chunks."""

ENDINGS = {
    "": "went through all its epochs",
    "early": "stopped early: no better epoch for as long as `patience` allows",
    "interrupted": "stopped by Ctrl-C after whole epochs; what was learnt until then is kept",
    "not_finite": "stopped: the loss became NaN or infinite; the best weights before that are kept. Try a smaller learning rate, "
    "inputs of about the size of 1, or another activation or loss",
}
"""Why a run ended, in plain words."""


@dataclass(frozen=True, eq=False)
class Run:
    """A training that has ended.

    `parameters` are those of the best epoch where there were validation rows (or the loss left the finite numbers), else
    those after the last update. `last_batch_output` is what the last iteration's feedforward predicted for its batch, before its update.
    `best_epoch` is the epoch that left `parameters`, `ended` a name of `ENDINGS`, `engine` the engine that ran, `engine_note` why
    that is not the fastest ("" when it is, or was asked for), `state` where the training stands after its last epoch, the
    optimizer's own state included. `path` holds (epoch, parameters) along the way where they were asked for: epoch 0 is the start.
    """

    parameters: Parameters
    history: History
    engine: str
    ended: str
    best_epoch: int
    last_batch_output: Floats
    state: State
    engine_note: str = ""
    path: tuple[tuple[int, Parameters], ...] = ()

    @property
    def diagnosis(self) -> str:
        """Why the run ended, in plain words."""
        return ENDINGS[self.ended]


def train(
    network: Network,
    parameters: Parameters,
    x: Any,
    y: Any,
    *,
    optimizer: str | Optimizer = "adam",
    epochs: int = 100,
    batch_size: int | None = None,
    sample_weight: Any = None,
    validation: tuple[Any, ...] | None = None,
    penalty: Penalty | None = None,
    dropout: float | Sequence[float] = 0.0,
    weight_masks: Sequence[Any] = (),
    multipliers: Parameters | None = None,
    clip: float | None = None,
    shuffle: bool = True,
    schedule: str | Callable[[Floats], Floats | np.floating] = "constant",
    patience: int | None = None,
    min_delta: float = 0.0,
    seed: int = 0,
    engine: str = "auto",
    progress: Progress | None = None,
    chunk_epochs: int | None = None,
    n_jobs: int | None = None,
    path_points: int | None = None,
) -> Run:
    """Train a network from given parameters on the rows of x and y.

    Parameters
    ----------
    parameters : where to start; their dtype (float64 or float32) is the training's.
    x : N x D. y : N x K, or N where K = 1; for categorical cross-entropy one column a class.
    optimizer : an Optimizer, or the name of one with its defaults.
    epochs, batch_size, shuffle, schedule, patience, min_delta, seed : see `Plan`.
    sample_weight : N, how much each row counts; a weight of 2 is the row given twice.
    validation : (x, y) or (x, y, sample_weight) to judge each epoch by; the best one's parameters are kept.
    penalty : `Penalty(l2=, l1=)`, added to the loss.
    dropout : the share of hidden nodes left out of each update, one number or one for each hidden layer.
    weight_masks : a matrix for each weight matrix, 1 where a weight is trained, 0 where it is held at nothing.
    multipliers : a number for each parameter array (`Parameters` of floats): its learning rate over the run's.
    clip : the largest norm a gradient may have; a longer one is scaled to it. None: any.
    engine : "auto" (native where it can, else numpy), "native" or "numpy". All give the same numbers, to rounding.
    progress : called about every quarter of a second with (epochs done, epochs planned, loss, validation loss or None).
    chunk_epochs : epochs between such calls, where a fixed number is wanted. No result depends on it.
    n_jobs : threads that wide layers may use; None: every core allowed, or OMP_NUM_THREADS. No result depends on it.
    path_points : keep the parameters of so many evenly spaced epochs, the start and the last included, in `Run.path`; None: none.

    Raises GlassnetError on shapes that do not fit, values that are not finite, and settings out of range. Ctrl-C ends the run
    in good order (``run.ended == "interrupted"``), on the native engine at the end of an epoch.
    """
    plan = Plan(epochs, batch_size, shuffle, schedule, patience, min_delta, seed)
    if chunk_epochs is not None and not is_whole(chunk_epochs, 1):
        raise GlassnetError(f"chunk_epochs must be a whole number of 1 or more, got {chunk_epochs}")
    problem, state = prepare(
        network, parameters, x, y, plan, optimizer=optimizer, sample_weight=sample_weight, validation=validation, penalty=penalty,
        dropout=dropout, weight_masks=weight_masks, multipliers=multipliers, clip=clip, n_jobs=n_jobs,
    )  # fmt: skip
    chosen, engine_note = choose(engine, network, problem)
    marks = _path_epochs(plan.epochs, path_points)
    done: list[Chunk] = []
    orders, rates = plan.orders(problem.data.x.shape[0]), plan.rates_of(problem)
    start, interrupted = state, False
    try:
        for chunk in chunks(
            chosen, problem, state, plan.epochs, orders, rates, chunk_epochs, _next_of(marks)
        ):
            done.append(chunk)
            state, measured = chunk.state, chunk.measured
            if progress:
                judged = (
                    float(measured.validation_loss[-1]) if len(measured.validation_loss) else None
                )
                progress(state.epoch, plan.epochs, float(measured.loss[-1]), judged)
    except KeyboardInterrupt:
        interrupted = True
    ended = state.ended or ("interrupted" if interrupted else "")
    keep_best = problem.validation is not None or ended == "not_finite"
    output = done[-1].measured.output if done else np.empty((0, network.sizes[-1]))
    history = History.of(
        [chunk.measured for chunk in done],
        np.concatenate([np.empty(0), *(p.rates for p in done)]),
        problem.batches,
    )
    kept, epoch = (
        (state.best.parameters, state.best.epoch) if keep_best else (state.parameters, state.epoch)
    )
    path = _path([start, *(chunk.state for chunk in done)], marks)
    return Run(kept, history, chosen.name, ended, epoch, output, state, engine_note, path)


def _path_epochs(epochs: int, points: int | None) -> list[int]:
    """So many epochs, evenly spaced, from 0 to `epochs`; none where none are wanted."""
    if points is None:
        return []
    if not is_whole(points, 2):
        raise GlassnetError(f"path_points must be a whole number of 2 or more, got {points}")
    return sorted(set(np.rint(np.linspace(0, epochs, points)).astype(int).tolist()))


def _next_of(marks: list[int]) -> Callable[[State], int] | None:
    """How many epochs it is from a state to the next of these marks, as `chunks` wants to know."""
    return (
        (lambda state: next(mark for mark in marks if mark > state.epoch) - state.epoch)
        if marks
        else None
    )


def _path(states: list[State], marks: list[int]) -> tuple[tuple[int, Parameters], ...]:
    """Those at the marks, and the last, wherever the run ended; without what a loss that is not finite left."""
    kept = [state for state in states if state.epoch in marks or (marks and state is states[-1])]
    return tuple((state.epoch, state.parameters) for state in kept if state.ended != "not_finite")


def prepare(
    network: Network,
    parameters: Parameters,
    x: Any,
    y: Any,
    plan: Plan,
    *,
    optimizer: str | Optimizer = "adam",
    sample_weight: Any = None,
    validation: tuple[Any, ...] | None = None,
    penalty: Penalty | None = None,
    dropout: float | Sequence[float] = 0.0,
    weight_masks: Sequence[Any] = (),
    multipliers: Parameters | None = None,
    clip: float | None = None,
    n_jobs: int | None = None,
    measure_gradient: bool = False,
) -> tuple[Problem, State]:
    """What `train` is given, checked: the problem, and the state before its first epoch. Own functions are gradient-checked."""
    check_shapes(network, parameters)
    if n_jobs is not None and not is_whole(n_jobs, 1):
        raise GlassnetError(f"n_jobs must be a whole number of 1 or more, got {n_jobs}")
    if clip is not None and not 0 < clip < float("inf"):
        raise GlassnetError(f"clip must be a number above 0, got {clip}")
    masks = tuple(np.asarray(m, parameters.weights[0].dtype) for m in weight_masks)
    start = checked_start(network, parameters, masks)
    data = checked_data(network, x, y, sample_weight, start.weights[0].dtype, "")
    check_custom(network, data.y)
    n = data.x.shape[0]
    problem = Problem(
        network=network,
        data=data,
        validation=checked_validation(network, validation, start.weights[0].dtype),
        optimizer=find_optimizer(optimizer),
        multipliers=checked_multipliers(start, multipliers),
        penalty=checked_penalty(penalty),
        dropout=checked_dropout(network, dropout),
        weight_masks=masks,
        batch_size=min(plan.batch_size or n, n),
        patience=plan.patience,
        min_delta=plan.min_delta,
        seed=int(plan.seed),
        n_jobs=n_jobs,
        clip=clip,
        measure_gradient=measure_gradient,
    )
    return problem, State(
        start, problem.optimizer.init(start), 0, Best(start, float("inf"), 0), 0, ""
    )


class Chunk(NamedTuple):
    """Some epochs of a run: the state after them, what was measured, and the learning rate of each of their iterations."""

    state: State
    measured: Measured
    rates: Floats


def chunks(
    engine: Engine,
    problem: Problem,
    state: State,
    epochs: int,
    orders: Iterator[np.ndarray] | None,
    rates: Callable[[int, int], Floats],
    chunk_epochs: int | None = None,
    up_to: Callable[[State], int] | None = None,
) -> Iterator[Chunk]:
    """Call the engine on some epochs at a time, until `epochs` are done or the training ends itself.

    Parameters
    ----------
    orders : the order of the rows in each epoch, or None: as they are. Those of epochs that the engine did not come to are lost.
    rates : (first epoch, how many) -> the learning rate of each iteration, epochs x batches.
    chunk_epochs : epochs at a time; None: as many as take about a quarter of a second.
    up_to : the most epochs that may follow on a state; so that no order of rows is drawn in vain, say.
    """
    wanted = chunk_epochs or max(1, engine.first_chunk // problem.work)
    while state.epoch < epochs and not state.ended:
        began = perf_counter()
        now = max(1, min(wanted, epochs - state.epoch, epochs if up_to is None else up_to(state)))
        order = None if orders is None else np.stack(list(islice(orders, now)))
        used = rates(state.epoch, now)
        state, measured = engine.run(problem, state, order, used)
        yield Chunk(state, measured, used.ravel()[: len(measured.iteration_loss)])
        if chunk_epochs is None:
            pace = CHUNK_SECONDS / max(perf_counter() - began, 1e-6)
            wanted = max(1, min(int(now * pace), 10 * wanted))
