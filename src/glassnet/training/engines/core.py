"""What the engines that run `core` itself share: one step of a training, and what solvers ask for.

Pure functions over arrays of any library, which the numpy engine calls and the JAX engine compiles.
When a run ends, and which of its epochs was the best, each engine decides by itself.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.arrays import Array, array_namespace
from glassnet.core.dropout import dropout_masks
from glassnet.core.network import (
    Network,
    Parameters,
    backprop,
    check_shapes,
    feedforward,
    leaves,
    masked,
    unflatten,
)
from glassnet.core.network import jacobian as core_jacobian
from glassnet.core.optimizers import Optimizer, OptimizerState, clip_gradients, gradient_norm
from glassnet.core.penalties import Penalty
from glassnet.training.engines.base import (
    Engine,
    LossGradient,
    OutputJacobian,
    Predict,
    as_float64,
    data_as_float64,
)
from glassnet.training.problem import Data, Problem, from_vector, to_vector
from glassnet.training.schedules import Floats


class StepPlan(NamedTuple):
    """What decides which operations a step has; hashable, so that a compiled one can be kept."""

    network: Network
    optimizer: Optimizer
    n_rows: int
    batch_size: int
    dropout: tuple[float, ...]
    clip: float | None
    has_penalty: bool
    measure_gradient: bool


class StepNumbers(NamedTuple):
    """What goes into the operations of a step, the same in all steps."""

    seed: Array
    penalty: Array
    """l2 and l1."""
    multipliers: Array
    """Of each parameter array."""
    weight_masks: tuple[Array, ...]


class TrainingStep(NamedTuple):
    """What one iteration measured, and where it leads; without dimensions, but for the output."""

    loss: Array
    weight: Array
    """Of its rows together."""
    penalty: Array
    gradient_norm: Array
    """0 unless it is clipped or measured."""
    output: Array
    parameters: Parameters
    optimizer: OptimizerState


def step_plan(problem: Problem) -> StepPlan:
    """What of a problem decides on the operations."""
    options = problem.options
    return StepPlan(
        problem.network,
        options.optimizer,
        problem.n_rows,
        problem.batch_size,
        problem.dropout,
        options.clip,
        options.penalty is not None,
        options.measure_gradient,
    )


def step_numbers(problem: Problem) -> StepNumbers:
    """What of a problem goes into them."""
    options = problem.options
    l2, l1 = options.penalty or (0.0, 0.0)
    return StepNumbers(options.seed, (l2, l1), problem.multipliers, options.weight_masks)


def take_step(
    plan: StepPlan,
    numbers: StepNumbers,
    parameters: Parameters,
    optimizer: OptimizerState,
    batch: Data,
    rate: Array,
) -> TrainingStep:
    """One iteration: feedforward, backprop, update."""
    x, y, sample_weight = batch
    rows = x.shape[0]
    network = plan.network
    xp = array_namespace(*leaves(parameters))
    dropout = dropout_masks(
        xp, plan.dropout, network.sizes, rows, (numbers.seed, optimizer.t), x.dtype
    )
    trace = feedforward(network, parameters, x, dropout, numbers.weight_masks)
    penalty = None
    if plan.has_penalty:
        scale = network.loss.penalty_scale(rows, plan.n_rows)
        l2, l1 = (xp.asarray(scale * strength, dtype=x.dtype) for strength in numbers.penalty)
        penalty = tuple.__new__(Penalty, (l2, l1))  # its own checks cannot look into a program
    loss, gradients = backprop(network, parameters, trace, y, sample_weight, penalty)
    norm = 0.0
    if plan.measure_gradient or plan.clip is not None:
        norm = gradient_norm(gradients)
    if plan.clip is not None:
        gradients = clip_gradients(gradients, norm, plan.clip)
    rates = [xp.asarray(rate * m, dtype=x.dtype) for m in numbers.multipliers]
    stepped, optimizer = plan.optimizer.update(gradients, optimizer, parameters, rates)
    weights = masked(stepped.weights, numbers.weight_masks)  # Muon's step mixes all entries
    return TrainingStep(
        loss,
        rows if sample_weight is None else xp.sum(sample_weight),
        penalty_of(penalty, parameters),
        norm,
        trace.output,
        stepped._replace(weights=weights),
        optimizer,
    )


def penalty_of(penalty: Penalty | None, parameters: Parameters) -> Array:
    """What a penalty adds to the loss."""
    return 0.0 if penalty is None else sum(penalty(w)[0] for w in parameters.weights)


def outputs(network: Network, parameters: Parameters, x: Array) -> Array:
    """What a network predicts, N x K."""
    return feedforward(network, parameters, x).output


def loss_and_gradient(
    network: Network,
    penalty: Penalty | None,
    parameters: Parameters,
    data: Data,
    weight_masks: Sequence[Array],
) -> tuple[Array, Array, Parameters]:
    """The loss of all rows with the penalty, the penalty alone, and the gradient."""
    x, y, sample_weight = data
    parameters = parameters._replace(weights=masked(parameters.weights, weight_masks))
    trace = feedforward(network, parameters, x, (), weight_masks)
    loss, gradients = backprop(network, parameters, trace, y, sample_weight, penalty)
    return loss, penalty_of(penalty, parameters), gradients


def outputs_and_jacobian(
    network: Network, parameters: Parameters, x: Array, weight_masks: Sequence[Array]
) -> tuple[Array, Array]:
    """The outputs, N x K, and how they change with all parameters, (N K) x P."""
    parameters = parameters._replace(weights=masked(parameters.weights, weight_masks))
    trace = feedforward(network, parameters, x, (), weight_masks)
    derivatives = leaves(core_jacobian(network, parameters, trace))
    columns = [d.reshape(trace.output.size, -1) for d in derivatives]
    return trace.output, array_namespace(x).concat(columns, axis=1)


class CoreEngine(Engine):
    """An engine that computes functions of `core`, each in its way; it has to say how to train."""

    @abstractmethod
    def compute(self, function: Callable[..., Any], settings: tuple[Any, ...], *arrays: Any) -> Any:
        """What a function gives for some hashable settings, and NumPy arrays in tuples.

        Numbers that are not finite are no reason to warn.
        """

    def predictor(self, network: Network, parameters: Parameters) -> Predict:
        """A function from inputs to outputs, as `Engine.predictor` says."""
        check_shapes(network, parameters)
        fixed = unflatten([np.array(w) for w in leaves(parameters)], parameters)
        return lambda x: self.compute(outputs, (network,), fixed, x[:])

    def gradient(
        self,
        network: Network,
        data: Data,
        penalty: Penalty | None,
        weight_masks: Sequence[Floats] = (),
        n_jobs: int | None = None,
    ) -> LossGradient:
        """Loss and gradient of all rows, as `Engine.gradient` says."""
        data = data_as_float64(data)
        masks = tuple(as_float64(mask) for mask in weight_masks)

        def gradient_at(theta: Floats) -> tuple[float, float, Floats]:
            parameters = from_vector(network, as_float64(theta))
            loss, penalty_value, gradients = self.compute(
                loss_and_gradient, (network, penalty), parameters, data, masks
            )
            return float(loss), float(penalty_value), to_vector(gradients)

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
        scale = np.repeat(as_float64(row_scale), network.sizes[-1])[:, None]  # (N K) x 1

        def jacobian_at(theta: Floats) -> tuple[Floats, Floats]:
            parameters = from_vector(network, as_float64(theta))
            output, columns = self.compute(outputs_and_jacobian, (network,), parameters, x, masks)
            with np.errstate(all="ignore"):
                return output, scale * columns

        return jacobian_at
