"""The numpy engine: `core` itself, one step at a time. Slow to run and easy to read; every other engine must agree with it."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from glassnet.core.dropout import dropout_masks
from glassnet.core.network import Network, Parameters, backprop, feedforward, leaves, masked
from glassnet.core.network import jacobian as core_jacobian
from glassnet.core.optimizers import OptimizerState, clip_gradients, gradient_norm
from glassnet.core.penalties import Penalty
from glassnet.training.problem import (
    Best,
    Data,
    Floats,
    Measured,
    Problem,
    State,
    from_vector,
    to_vector,
)

FIRST_CHUNK = 500_000


class Iteration(NamedTuple):
    """What an iteration measured. `weight`: of its rows; `gradient_norm`: 0 unless it is clipped or wanted."""

    loss: float
    weight: float
    penalty: float
    gradient_norm: float


def run(
    problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
) -> tuple[State, Measured]:
    """Train for as many epochs as `rates` has rows, or until the training ends itself.

    Parameters
    ----------
    orders : epochs x N, the order of the rows in each epoch, or None: as they are.
    rates : epochs x iterations, the learning rate of each iteration.
    """
    iterations: list[Iteration] = []
    epochs: list[tuple[float, float, float]] = []  # loss, penalty, norm of the gradient
    validation_losses: list[float] = []
    output = np.empty((0, problem.network.sizes[-1]))
    with np.errstate(
        all="ignore"
    ):  # a run that leaves the finite numbers is noticed and ended, not warned about
        for epoch in range(rates.shape[0]):
            if state.ended:
                break
            start, first = state.parameters, len(iterations)
            for i in range(problem.batches):
                batch = _batch(problem, None if orders is None else orders[epoch], i)
                state, measured, output = _iterate(problem, state, batch, rates[epoch, i])
                iterations.append(measured)
                if state.ended:
                    break
            epochs.append(_epoch(problem, iterations[first:]))
            if problem.validation is not None:
                validation_losses.append(
                    _validation_loss(problem, state.parameters, problem.validation)
                )
            state = _end_epoch(problem, state, start, epochs[-1][0], validation_losses)
    losses, penalties, norms = np.array(epochs).reshape(-1, 3).T
    loss = np.array([iteration.loss for iteration in iterations])
    norms = norms if problem.measure_gradient else np.empty(0)
    return state, Measured(loss, losses, penalties, norms, np.array(validation_losses), output)


def predictor(network: Network, parameters: Parameters) -> Callable[[Floats], Floats]:
    """A function from rows x, N x D, to outputs, N x K."""

    def predict(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return feedforward(network, parameters, x).output

    return predict


def gradient(
    network: Network, data: Data, penalty: Penalty | None, masks: tuple[Floats, ...]
) -> Callable[[Floats], tuple[float, float, Floats]]:
    """What `find_gradient` promises."""

    def gradient_at(theta: Floats) -> tuple[float, float, Floats]:
        parameters = _split_and_masked(network, theta, masks)
        with np.errstate(all="ignore"):
            trace = feedforward(network, parameters, data.x, (), masks)
            loss, gradients = backprop(
                network, parameters, trace, data.y, data.sample_weight, penalty
            )
            return float(loss), _value_of(penalty, parameters), to_vector(gradients)

    return gradient_at


def jacobian(
    network: Network, x: Floats, row_scale: Floats, masks: tuple[Floats, ...]
) -> Callable[[Floats], tuple[Floats, Floats]]:
    """What `find_jacobian` promises."""

    def jacobian_at(theta: Floats) -> tuple[Floats, Floats]:
        parameters = _split_and_masked(network, theta, masks)
        with np.errstate(all="ignore"):
            trace = feedforward(network, parameters, x, (), masks)
            arrays = leaves(core_jacobian(network, parameters, trace))
            rows = np.concatenate(
                [array.reshape(trace.output.size, -1) for array in arrays], axis=1
            )  # (N K) x P
            return trace.output, np.repeat(row_scale, network.sizes[-1])[:, None] * rows

    return jacobian_at


def _split_and_masked(network: Network, theta: Floats, masks: tuple[Floats, ...]) -> Parameters:
    parameters = from_vector(network, np.asarray(theta, np.float64))
    return parameters._replace(weights=masked(parameters.weights, masks))


def _value_of(penalty: Penalty | None, parameters: Parameters) -> float:
    return float(sum(penalty(w)[0] for w in parameters.weights)) if penalty else 0.0


def _iterate(
    problem: Problem, state: State, batch: Data, rate: float
) -> tuple[State, Iteration, Floats]:
    """One iteration: feedforward, backprop, update. A loss that is not finite ends the run before its update."""
    rows = batch.x.shape[0]
    masks = dropout_masks(
        np,
        problem.dropout,
        problem.network.sizes,
        rows,
        problem.seed,
        state.optimizer.t,
        batch.x.dtype,
    )
    trace = feedforward(problem.network, state.parameters, batch.x, masks, problem.weight_masks)
    penalty = problem.penalty and problem.penalty.scaled(
        problem.network.loss.penalty_scale(rows, problem.data.x.shape[0])
    )
    loss, gradients = backprop(
        problem.network, state.parameters, trace, batch.y, batch.sample_weight, penalty
    )
    norm = gradient_norm(gradients) if problem.measure_gradient or problem.clip is not None else 0.0
    weight = rows if batch.sample_weight is None else batch.sample_weight.sum()
    measured = Iteration(
        float(loss), float(weight), _value_of(penalty, state.parameters), float(norm)
    )
    if not math.isfinite(loss):
        return state._replace(ended="not_finite"), measured, trace.output
    if problem.clip is not None:
        gradients = clip_gradients(gradients, norm, problem.clip)
    parameters, optimizer = _update(problem, gradients, state.optimizer, state.parameters, rate)
    return state._replace(parameters=parameters, optimizer=optimizer), measured, trace.output


def _update(
    problem: Problem,
    gradients: Parameters,
    optimizer: OptimizerState,
    parameters: Parameters,
    rate: float,
) -> tuple[Parameters, OptimizerState]:
    rates = [parameters.weights[0].dtype.type(rate * m) for m in problem.multipliers]
    return problem.optimizer.update(gradients, optimizer, parameters, rates)


def _batch(problem: Problem, order: np.ndarray | None, i: int) -> Data:
    """The rows of an epoch's batch number i."""
    if order is None and problem.batches == 1:
        return problem.data
    chosen = slice(i * problem.batch_size, (i + 1) * problem.batch_size)
    rows = chosen if order is None else order[chosen]
    x, y, w = problem.data
    return Data(x[rows], y[rows], None if w is None else w[rows])


def _epoch(problem: Problem, iterations: list[Iteration]) -> tuple[float, float, float]:
    """Loss and penalty of an epoch's iterations together, by the weight of their rows, and the mean norm of the gradient."""
    loss, weight, penalty, norm = np.array(iterations).T
    if problem.network.loss.reduction == "sum":
        return loss.sum(), penalty.sum(), norm.mean()
    share = weight / weight.sum() if weight.any() else weight
    return share @ loss, share @ penalty, norm.mean()


def _validation_loss(problem: Problem, parameters: Parameters, rows: Data) -> float:
    x, y, w = rows
    trace = feedforward(problem.network, parameters, x)  # masked weights are 0 already
    return float(problem.network.loss(problem.network.output, trace.z[-1], trace.output, y, w)[0])


def _end_epoch(
    problem: Problem,
    state: State,
    start: Parameters,
    epoch_loss: float,
    validation_losses: list[float],
) -> State:
    """The best epoch, and whether to stop.

    With validation rows an epoch is judged by its validation loss. Without them its training loss was measured on the way,
    from the parameters it started with: those are then what it vouches for.
    """
    epoch = state.epoch + 1
    if problem.validation is None:
        candidate = Best(start, epoch_loss, epoch - 1)
    else:
        candidate = Best(state.parameters, validation_losses[-1], epoch)
    finite = math.isfinite(candidate.loss) and all(
        np.isfinite(w).all() for w in leaves(state.parameters)
    )
    waited = 0 if candidate.loss < state.best.loss - problem.min_delta else state.waited + 1
    best = (
        candidate
        if candidate.loss < state.best.loss and (finite or problem.validation is None)
        else state.best
    )
    ended = state.ended
    if not ended and not finite:
        ended = "not_finite"
    elif not ended and problem.patience is not None and waited >= problem.patience:
        ended = "early"
    return state._replace(epoch=epoch, best=best, waited=waited, ended=ended)
