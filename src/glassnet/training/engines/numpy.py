"""The numpy engine: `core` itself, one step at a time. Slow to run and easy to read.

Every other engine must agree with it. Its steps are in `core`; here they become iterations,
epochs, and the decision when to stop.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.dropout import dropout_masks
from glassnet.core.network import (
    Network,
    Parameters,
    backprop,
    check_shapes,
    feedforward,
    leaves,
    masked,
)
from glassnet.core.network import jacobian as core_jacobian
from glassnet.core.optimizers import OptimizerState, clip_gradients, gradient_norm
from glassnet.core.penalties import Penalty
from glassnet.training.engines.base import (
    Engine,
    LossGradient,
    OutputJacobian,
    Predict,
    as_float64,
    data_as_float64,
)
from glassnet.training.problem import (
    Best,
    Data,
    Measured,
    Problem,
    State,
    from_vector,
    to_vector,
)
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


class NumpyEngine(Engine):
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

    def run(
        self, problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
    ) -> tuple[State, Measured]:
        """Train as `Engine.run` says."""
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
                    state, iteration, output = _iterate(problem, state, batch, rates[e, i])
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

    def predictor(self, network: Network, parameters: Parameters) -> Predict:
        """A function from inputs to outputs, as `Engine.predictor` says."""
        check_shapes(network, parameters)

        def predict(x: Floats) -> Floats:
            with np.errstate(all="ignore"):
                return feedforward(network, parameters, x).output

        return predict

    def gradient(
        self,
        network: Network,
        data: Data,
        penalty: Penalty | None,
        weight_masks: Sequence[Floats] = (),
        n_jobs: int | None = None,
    ) -> LossGradient:
        """Loss and gradient of all rows, as `Engine.gradient` says."""
        x, y, sample_weight = data_as_float64(data)
        masks = tuple(as_float64(mask) for mask in weight_masks)

        def gradient_at(theta: Floats) -> tuple[float, float, Floats]:
            parameters = _masked_parameters(network, theta, masks)
            with np.errstate(all="ignore"):
                trace = feedforward(network, parameters, x, (), masks)
                loss, gradients = backprop(network, parameters, trace, y, sample_weight, penalty)
                return float(loss), _penalty_of(penalty, parameters), to_vector(gradients)

        return gradient_at

    def jacobian(
        self,
        network: Network,
        x: Floats,
        row_scale: Floats,
        weight_masks: Sequence[Floats] = (),
        n_jobs: int | None = None,
    ) -> OutputJacobian:
        """Outputs and their Jacobian, as `Engine.jacobian` says."""
        x = as_float64(x)
        masks = tuple(as_float64(mask) for mask in weight_masks)
        K = network.sizes[-1]
        scale = np.repeat(as_float64(row_scale), K)[:, None]  # (N K) x 1

        def jacobian_at(theta: Floats) -> tuple[Floats, Floats]:
            parameters = _masked_parameters(network, theta, masks)
            with np.errstate(all="ignore"):
                trace = feedforward(network, parameters, x, (), masks)
                derivatives = leaves(core_jacobian(network, parameters, trace))
                columns = [d.reshape(trace.output.size, -1) for d in derivatives]
                return trace.output, scale * np.concatenate(columns, axis=1)  # (N K) x P

        return jacobian_at


def _masked_parameters(network: Network, theta: Floats, masks: tuple[Floats, ...]) -> Parameters:
    parameters = from_vector(network, as_float64(theta))
    return parameters._replace(weights=masked(parameters.weights, masks))


def _penalty_of(penalty: Penalty | None, parameters: Parameters) -> float:
    if penalty is None:
        return 0.0
    return float(sum(penalty(w)[0] for w in parameters.weights))


def _batch(problem: Problem, order: np.ndarray | None, i: int) -> Data:
    """The rows of an epoch's batch number i."""
    in_batch = slice(i * problem.batch_size, (i + 1) * problem.batch_size)
    rows = in_batch if order is None else order[in_batch]
    x, y, w = problem.data
    return Data(x[rows], y[rows], None if w is None else w[rows])


def _iterate(
    problem: Problem, state: State, batch: Data, rate: float
) -> tuple[State, Iteration, Floats]:
    """One iteration: feedforward, backprop, update; also gives the outputs.

    A loss that is not finite ends the run before its update.
    """
    network, options = problem.network, problem.options
    rows = batch.x.shape[0]
    dropout = dropout_masks(
        np,
        problem.dropout,
        network.sizes,
        rows,
        (options.seed, state.optimizer.t),
        batch.x.dtype,
    )
    trace = feedforward(network, state.parameters, batch.x, dropout, options.weight_masks)
    penalty = _penalty_in_batch(problem, rows)
    loss, gradients = backprop(
        network, state.parameters, trace, batch.y, batch.sample_weight, penalty
    )
    norm = 0.0
    if options.measure_gradient or options.clip is not None:
        norm = gradient_norm(gradients)
    iteration = Iteration(
        float(loss),
        float(rows if batch.sample_weight is None else batch.sample_weight.sum()),
        _penalty_of(penalty, state.parameters),
        float(norm),
    )
    if not math.isfinite(loss):
        return state._replace(ended="not_finite"), iteration, trace.output
    if options.clip is not None:
        gradients = clip_gradients(gradients, norm, options.clip)
    parameters, optimizer = _update(problem, gradients, state.optimizer, state.parameters, rate)
    return state._replace(parameters=parameters, optimizer=optimizer), iteration, trace.output


def _penalty_in_batch(problem: Problem, rows: int) -> Penalty | None:
    """The penalty in the loss of a batch of so many rows."""
    penalty = problem.options.penalty
    if penalty is None:
        return None
    scale = problem.network.loss.penalty_scale(rows, problem.data.x.shape[0])
    return penalty.scaled(scale)


def _update(
    problem: Problem,
    gradients: Parameters,
    optimizer: OptimizerState,
    parameters: Parameters,
    rate: float,
) -> tuple[Parameters, OptimizerState]:
    rates = [parameters.weights[0].dtype.type(rate * m) for m in problem.multipliers]
    stepped, optimizer = problem.options.optimizer.update(gradients, optimizer, parameters, rates)
    weights = masked(stepped.weights, problem.options.weight_masks)  # Muon's step mixes all entries
    return stepped._replace(weights=weights), optimizer


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
    return float(problem.network.loss(problem.network.output, trace.z[-1], trace.output, y, w)[0])


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
