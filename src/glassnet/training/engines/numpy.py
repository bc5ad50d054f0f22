"""The numpy engine: `core` itself, one step at a time. Slow to run and easy to read; every other engine must agree with it."""

import math
from collections.abc import Callable

import numpy as np

from glassnet.core.dropout import dropout_masks
from glassnet.core.network import Network, Parameters, backprop, feedforward, flatten
from glassnet.core.optimizers import OptimizerState
from glassnet.training.problem import Best, Data, Floats, Measured, Problem, State

FIRST_CHUNK = 500_000


def run(problem: Problem, state: State, orders: np.ndarray | None, rates: Floats) -> tuple[State, Measured]:
    """Train for as many epochs as `rates` has rows, or until the training ends itself.

    Parameters
    ----------
    orders : epochs x N, the order of the rows in each epoch, or None: as they are.
    rates : epochs x iterations, the learning rate of each iteration.
    """
    losses: list[float] = []
    epoch_losses: list[float] = []
    validation_losses: list[float] = []
    output = np.empty((0, problem.network.sizes[-1]))
    with np.errstate(all="ignore"):  # a run that leaves the finite numbers is noticed and ended, not warned about
        for epoch in range(rates.shape[0]):
            if state.ended:
                break
            start, batch_losses = state.parameters, []
            for i in range(problem.batches):
                batch = _batch(problem, None if orders is None else orders[epoch], i)
                state, loss, output = _iterate(problem, state, batch, rates[epoch, i])
                batch_losses.append((loss, len(batch.x) if batch.row_weights is None else float(batch.row_weights.sum())))
                if state.ended:
                    break
            losses += [loss for loss, _ in batch_losses]
            epoch_losses.append(_epoch_loss(problem, batch_losses))
            if problem.validation is not None:
                validation_losses.append(_validation_loss(problem, state.parameters, problem.validation))
            state = _end_epoch(problem, state, start, epoch_losses[-1], validation_losses)
    return state, Measured(np.array(losses), np.array(epoch_losses), np.array(validation_losses), output)


def predictor(network: Network, parameters: Parameters) -> Callable[[Floats], Floats]:
    """A function from rows x, N x D, to outputs, N x K."""

    def predict(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return feedforward(network, parameters, x).output

    return predict


def _iterate(problem: Problem, state: State, batch: Data, rate: float) -> tuple[State, float, Floats]:
    """One iteration: feedforward, backprop, update. A loss that is not finite ends the run before its update."""
    rows = batch.x.shape[0]
    masks = dropout_masks(np, problem.dropout, problem.network.sizes, rows, problem.seed, state.optimizer.t, batch.x.dtype)
    trace = feedforward(problem.network, state.parameters, batch.x, masks, problem.weight_masks)
    penalty = problem.penalty and problem.penalty.share(problem.network.loss.penalty_share(rows, problem.data.x.shape[0]))
    loss, gradients = backprop(problem.network, state.parameters, trace, batch.y, batch.row_weights, penalty)
    if not math.isfinite(loss):
        return state._replace(ended="not_finite"), float(loss), trace.output
    parameters, optimizer = _update(problem, gradients, state.optimizer, state.parameters, rate)
    return state._replace(parameters=parameters, optimizer=optimizer), float(loss), trace.output


def _update(
    problem: Problem, gradients: Parameters, optimizer: OptimizerState, parameters: Parameters, rate: float
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


def _epoch_loss(problem: Problem, batch_losses: list[tuple[float, float]]) -> float:
    """The batches' losses together; each comes with the weight of its rows."""
    if problem.network.loss.reduction == "sum":
        return sum(loss for loss, _ in batch_losses)
    total = sum(weight for _, weight in batch_losses)
    return sum(loss * weight for loss, weight in batch_losses) / total if total > 0 else 0.0


def _validation_loss(problem: Problem, parameters: Parameters, rows: Data) -> float:
    x, y, w = rows
    trace = feedforward(problem.network, parameters, x)  # masked weights are 0 already
    return float(problem.network.loss(problem.network.output, trace.z[-1], trace.output, y, w)[0])


def _end_epoch(problem: Problem, state: State, start: Parameters, epoch_loss: float, validation_losses: list[float]) -> State:
    """The best epoch, and whether to stop.

    With validation rows an epoch is judged by its validation loss. Without them its training loss was measured on the way,
    from the parameters it started with: those are then what it vouches for.
    """
    epoch = state.epoch + 1
    if problem.validation is None:
        candidate = Best(start, epoch_loss, epoch - 1)
    else:
        candidate = Best(state.parameters, validation_losses[-1], epoch)
    finite = math.isfinite(candidate.loss) and all(np.isfinite(w).all() for w in flatten(state.parameters))
    waited = 0 if candidate.loss < state.best.loss - problem.min_delta else state.waited + 1
    best = candidate if candidate.loss < state.best.loss and (finite or problem.validation is None) else state.best
    ended = state.ended
    if not ended and not finite:
        ended = "not_finite"
    elif not ended and problem.patience is not None and waited >= problem.patience:
        ended = "early"
    return state._replace(epoch=epoch, best=best, waited=waited, ended=ended)
