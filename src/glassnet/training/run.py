"""train(): checks what it is given, picks the engine, goes chunk by chunk, reports, stops, keeps the best."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.core.optimizers import Optimizer, find_optimizer
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.training.checks import (
    checked_data,
    checked_dropout,
    checked_multipliers,
    checked_penalty,
    checked_start,
    checked_validation,
)
from glassnet.training.engines import Engine, find_engine
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
    those after the last update. `output` is what the last iteration's feedforward predicted for its batch, before its update.
    `best_epoch` is the epoch that left `parameters`, `ended` a name of `ENDINGS`, `engine` the engine that ran, `engine_note` why
    that is not the fastest ("" when it is, or was asked for), `state` where the training stands after its last epoch, the
    optimizer's own state included.
    """

    parameters: Parameters
    history: History
    engine: str
    ended: str
    best_epoch: int
    output: Floats
    state: State
    engine_note: str = ""

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
    row_weights: Any = None,
    validation: tuple[Any, ...] | None = None,
    penalty: Penalty | None = None,
    dropout: float | Sequence[float] = 0.0,
    weight_masks: Sequence[Any] = (),
    multipliers: Parameters | None = None,
    shuffle: bool = True,
    schedule: str | Callable[[Floats], Floats | np.floating] = "constant",
    patience: int | None = None,
    min_delta: float = 0.0,
    seed: int = 0,
    engine: str = "auto",
    progress: Progress | None = None,
    chunk_epochs: int | None = None,
    n_jobs: int | None = None,
) -> Run:
    """Train a network from given parameters on the rows of x and y.

    Parameters
    ----------
    parameters : where to start; their dtype (float64 or float32) is the training's.
    x : N x D. y : N x K, or N where K = 1; for categorical cross-entropy one column a class.
    optimizer : an Optimizer, or the name of one with its defaults.
    epochs, batch_size, shuffle, schedule, patience, min_delta, seed : see `Plan`.
    row_weights : N, how much each row counts; a weight of 2 is the row given twice.
    validation : (x, y) or (x, y, row_weights) to judge each epoch by; the best one's parameters are kept.
    penalty : `Penalty(l2=, l1=)`, added to the loss.
    dropout : the share of hidden nodes left out of each update, one number or one for each hidden layer.
    weight_masks : a matrix for each weight matrix, 1 where a weight is trained, 0 where it is held at nothing.
    multipliers : a number for each parameter array (`Parameters` of floats): its learning rate over the run's.
    engine : "auto" (native where it can, else numpy), "numpy", "native" or "xla". All give the same numbers, to rounding.
    progress : called about every quarter of a second with (epochs done, epochs planned, loss, validation loss or None).
    chunk_epochs : epochs between such calls, where a fixed number is wanted. No result depends on it.
    n_jobs : threads that wide layers may use; None: every core allowed, or OMP_NUM_THREADS. No result depends on it.

    Raises GlassnetError on shapes that do not fit, values that are not finite, and settings out of range. Ctrl-C ends the run
    in good order (``run.ended == "interrupted"``), on the native engine at the end of an epoch.
    """
    check_shapes(network, parameters)
    plan = Plan(epochs, batch_size, shuffle, schedule, patience, min_delta, seed)
    for name, value in (("chunk_epochs", chunk_epochs), ("n_jobs", n_jobs)):
        if value is not None and not is_whole(value, 1):
            raise GlassnetError(f"{name} must be a whole number of 1 or more, got {value}")
    masks = tuple(np.asarray(m, parameters.weights[0].dtype) for m in weight_masks)
    start = checked_start(network, parameters, masks)
    data = checked_data(network, x, y, row_weights, start.weights[0].dtype, "")
    judge = checked_validation(network, validation, start.weights[0].dtype)
    n = data.x.shape[0]
    problem = Problem(
        network=network,
        data=data,
        validation=judge,
        optimizer=find_optimizer(optimizer),
        multipliers=checked_multipliers(start, multipliers),
        penalty=checked_penalty(penalty),
        dropout=checked_dropout(network, dropout),
        weight_masks=masks,
        batch_size=min(batch_size or n, n),
        patience=patience,
        min_delta=min_delta,
        seed=int(seed),
        n_jobs=n_jobs,
    )
    found = find_engine(engine, problem)
    rates = plan.rates(problem.optimizer.learning_rate, problem.batches)
    state = State(start, problem.optimizer.init(start), 0, Best(start, float("inf"), 0), 0, "")
    state, pieces, interrupted = _in_chunks(found, problem, plan, state, rates, progress, chunk_epochs)
    ended = state.ended or ("interrupted" if interrupted else "")
    keep_best = judge is not None or ended == "not_finite"
    output = pieces[-1].output if pieces else np.empty((0, network.sizes[-1]))
    history = History.of(pieces, rates, problem.batches)
    kept, epoch = (state.best.parameters, state.best.epoch) if keep_best else (state.parameters, state.epoch)
    return Run(kept, history, found.name, ended, epoch, output, state, found.note)


def _in_chunks(
    engine: Engine,
    problem: Problem,
    plan: Plan,
    state: State,
    rates: Floats,
    progress: Progress | None,
    chunk_epochs: int | None,
) -> tuple[State, list[Measured], bool]:
    """Call the engine on some epochs at a time until the run ends; Ctrl-C loses only the chunk it falls into."""
    done: list[tuple[State, Measured]] = []
    orders = plan.orders(problem.data.x.shape[0])
    epochs = chunk_epochs or max(1, engine.first_chunk // problem.work)
    try:
        while state.epoch < plan.epochs and not state.ended:
            began = perf_counter()
            wanted = min(epochs, plan.epochs - state.epoch)
            order = None if orders is None else np.stack(list(islice(orders, wanted)))
            done.append(engine.run(problem, state, order, rates[state.epoch : state.epoch + wanted]))
            state = done[-1][0]
            if progress:
                measured = done[-1][1]
                judged = float(measured.validation_loss[-1]) if len(measured.validation_loss) else None
                progress(state.epoch, plan.epochs, float(measured.epoch_loss[-1]), judged)
            if chunk_epochs is None:
                pace = CHUNK_SECONDS / max(perf_counter() - began, 1e-6)
                epochs = max(1, min(int(wanted * pace), 10 * epochs))
    except KeyboardInterrupt:
        return done[-1][0] if done else state, [measured for _, measured in done], True
    return state, [measured for _, measured in done], False
