"""The numpy engine: `core` itself, one step at a time. Slow to run and easy to read.

Every other engine must agree with it. Its steps are `core.py`'s beside it; here they become
iterations, epochs, and the decision when to stop.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.network import Network, Parameters, feedforward, leaves, loss_of
from glassnet.training.engines.core import (
    CoreEngine,
    StepNumbers,
    StepPlan,
    step_numbers,
    step_plan,
    take_step,
)
from glassnet.training.problem import Best, Data, Measured, Problem, State
from glassnet.training.schedules import Floats


class Iteration(NamedTuple):
    """What an iteration measured."""

    loss: float
    weight: float
    """Of its rows together."""
    penalty: float
    gradient_norm: float
    """0 unless it is clipped or measured."""


class Epoch(NamedTuple):
    """What the iterations of an epoch measured together."""

    loss: float
    penalty: float
    gradient_norm: float


class NumpyEngine(CoreEngine):
    """`core` on NumPy: always there, and able to run everything. It keeps Python's lock."""

    name = "numpy"
    first_chunk = 500_000

    def why_unavailable(self) -> str:
        """Nothing: NumPy is always there."""
        return ""

    def why_refused(
        self,
        network: Network,
        problem: Problem | None = None,
        parameters: Parameters | None = None,
    ) -> str:
        """Nothing."""
        return ""

    def describe(self) -> str:
        """The version of NumPy."""
        return f"NumPy {np.__version__}"

    def threads(self, n_jobs: int | None) -> int:
        """One: in more threads, trainings would wait for each other, and Ctrl-C for all."""
        return 1

    def run(
        self, problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
    ) -> tuple[State, Measured]:
        """Train as `Engine.run` says."""
        plan, numbers = step_plan(problem), step_numbers(problem)
        iterations: list[Iteration] = []
        epochs: list[Epoch] = []
        validation_losses: list[float] = []
        output = np.empty((0, problem.network.sizes[-1]))
        # A run that leaves the finite numbers is noticed and ended, not warned about.
        with np.errstate(all="ignore"):
            for e in range(rates.shape[0]):
                if state.ended:
                    break
                start = state.parameters
                first = len(iterations)
                order = None if orders is None else orders[e]
                for i in range(problem.batches):
                    batch = _batch(problem, order, i)
                    state, iteration, output = _iterate(plan, numbers, state, batch, rates[e, i])
                    iterations.append(iteration)
                    if state.ended:
                        break
                epochs.append(_epoch(problem, iterations[first:]))
                candidate = Best(start, epochs[-1].loss, state.epoch)
                if problem.validation is not None:
                    loss = _validation_loss(problem, state.parameters, problem.validation)
                    validation_losses.append(loss)
                    candidate = Best(state.parameters, loss, state.epoch + 1)
                state = _end_epoch(problem, state, candidate)
        losses, penalties, norms = np.array(epochs).reshape(-1, 3).T
        measured = Measured(
            np.array([iteration.loss for iteration in iterations]),
            losses,
            penalties,
            norms if problem.options.measure_gradient else np.empty(0),
            np.array(validation_losses),
            output,
        )
        return state, measured

    def compute(self, function: Callable[..., Any], settings: tuple[Any, ...], *arrays: Any) -> Any:
        """Call it."""
        with np.errstate(all="ignore"):
            return function(*settings, *arrays)


def _batch(problem: Problem, order: np.ndarray | None, i: int) -> Data:
    """The rows of an epoch's batch number i."""
    in_batch = slice(i * problem.batch_size, (i + 1) * problem.batch_size)
    rows = in_batch if order is None else order[in_batch]
    x, y, w = problem.data
    return Data(x[rows], y[rows], None if w is None else w[rows])


def _iterate(
    plan: StepPlan, numbers: StepNumbers, state: State, batch: Data, rate: float
) -> tuple[State, Iteration, Floats]:
    """One iteration; also gives the outputs.

    A loss that is not finite ends the run before its update.
    """
    step = take_step(plan, numbers, state.parameters, state.optimizer, batch, rate)
    iteration = Iteration(*map(float, step[:4]))
    if math.isfinite(iteration.loss):
        state = state._replace(parameters=step.parameters, optimizer=step.optimizer)
    else:
        state = state._replace(ended="not_finite")
    return state, iteration, step.output


def _epoch(problem: Problem, iterations: list[Iteration]) -> Epoch:
    """Loss and penalty by the weight of the rows, and the mean norm of the gradient."""
    loss, weight, penalty, norm = np.array(iterations).T
    if problem.network.loss.reduction == "sum":
        return Epoch(loss.sum(), penalty.sum(), norm.mean())
    fraction = weight / weight.sum() if weight.any() else weight
    return Epoch(fraction @ loss, fraction @ penalty, norm.mean())


def _validation_loss(problem: Problem, parameters: Parameters, rows: Data) -> float:
    x, y, w = rows
    trace = feedforward(problem.network, parameters, x[:])  # masked weights are 0 already
    return float(loss_of(problem.network, trace, y, w))


def _end_epoch(problem: Problem, state: State, candidate: Best) -> State:
    """The best epoch, and whether to stop.

    With validation rows, the candidate is the parameters now, with their validation loss. Without
    them, the training loss was measured from the parameters with which the epoch began, so those
    are the candidate; they are known to be good even where an update has just spoilt the
    parameters.
    """
    finite = math.isfinite(candidate.loss)
    finite = finite and all(np.isfinite(w).all() for w in leaves(state.parameters))
    options = problem.options
    improved = candidate.loss < state.best.loss - options.min_delta
    waited = 0 if improved else state.waited + 1
    best = state.best
    if candidate.loss < best.loss and (finite or problem.validation is None):
        best = candidate
    ended = state.ended
    if not ended and not finite:
        ended = "not_finite"
    elif not ended and options.patience is not None and waited >= options.patience:
        ended = "early"
    return state._replace(epoch=state.epoch + 1, best=best, waited=waited, ended=ended)
