"""What a training is, where it stands and what it measured: what a run and its engine exchange.

How it is to be trained is in `options.py`. Nothing is checked here (`checks.py` does that), and
nothing is run.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from glassnet.core.network import Network, Parameters, leaves, unflatten
from glassnet.core.optimizers import OptimizerState
from glassnet.training.options import TrainingOptions
from glassnet.training.packed import PackedRows
from glassnet.training.schedules import Floats

ACTIVATION_WORK = 30  # multiplications that take about as long as one activation


class Data(NamedTuple):
    """Rows to learn from, or to validate on: x is N x D, y is N x K, sample_weight N or None."""

    x: Floats | PackedRows
    y: Floats
    sample_weight: Floats | None = None


@dataclass(frozen=True)
class Problem:
    """Everything about a training that stays the same from its first iteration to its last."""

    network: Network
    data: Data
    validation: Data | None
    """The rows that each epoch is compared by; None: its training loss."""
    options: TrainingOptions
    rows: np.ndarray | None = None
    """The numbers of the rows of `data` that are trained on, where a population shares a table."""
    validation_rows: np.ndarray | None = None
    """Likewise, those of `validation`."""

    @property
    def n_rows(self) -> int:
        """How many rows are trained on."""
        return len(self.data.x) if self.rows is None else len(self.rows)

    @cached_property
    def alone(self) -> "Problem":
        """The same with arrays that hold its own rows only."""
        if self.rows is None and self.validation_rows is None:
            return self
        validation = self.validation
        if validation is not None:
            validation = taken(validation, self.validation_rows)
        data = taken(self.data, self.rows)
        return replace(self, data=data, validation=validation, rows=None, validation_rows=None)

    @cached_property
    def batch_size(self) -> int:
        """Rows of an update."""
        return min(self.options.batch_size or self.n_rows, self.n_rows)

    @cached_property
    def batches(self) -> int:
        """Iterations in an epoch."""
        return -(-self.n_rows // self.batch_size)

    @property
    def dropout(self) -> tuple[float, ...]:
        """The fraction of nodes that is left out of each hidden layer."""
        return self.options.dropout or (0.0,) * (len(self.network.sizes) - 2)

    @property
    def multipliers(self) -> tuple[float, ...]:
        """For each parameter array (weights, then biases) its learning rate over the run's."""
        if self.options.multipliers:
            return self.options.multipliers
        layers = len(self.network.sizes) - 1
        return (1.0,) * (2 * layers if self.network.bias else layers)

    @property
    def work(self) -> int:
        """About how many multiplications the feedforward of an epoch takes."""
        nodes = sum(self.network.sizes[1:])
        return self.n_rows * (self.network.n_parameters + ACTIVATION_WORK * nodes)


def taken(data: Data, rows: np.ndarray | None) -> Data:
    """The rows of these numbers; None: all of them."""
    if rows is None:
        return data
    x = data.x.take(rows) if isinstance(data.x, PackedRows) else data.x[rows]
    weight = data.sample_weight
    return Data(x, data.y[rows], None if weight is None else weight[rows])


class Best(NamedTuple):
    """The parameters with the lowest loss so far, and the epoch that left them; 0: the start.

    The loss is that of the validation rows where there are any, else of the training rows.
    """

    parameters: Parameters
    loss: float
    epoch: int


class State(NamedTuple):
    """Where a training stands, after whole epochs: all that is needed to go on exactly there."""

    parameters: Parameters
    optimizer: OptimizerState
    epoch: int
    best: Best
    waited: int
    """Epochs in a row that were not better than the best before them by `min_delta`."""
    ended: str
    """Empty while it runs; "early" when patience ran out; "not_finite" when the loss was so."""


class Measured(NamedTuple):
    """What one call of an engine measured."""

    iteration_loss: Floats
    """The loss of each iteration's feedforward, before its update, penalty included."""
    loss: Floats
    """Each epoch's training loss: its batches' losses, averaged by the weight of their rows.

    Losses that are sums are added.
    """
    penalty: Floats
    """What of each epoch's `loss` is penalty; the rest is the loss proper."""
    gradient_norm: Floats
    """Each epoch's mean norm of the gradient, penalty included, before it is clipped.

    Empty where it is not wanted.
    """
    validation_loss: Floats
    """The loss on the validation rows at each epoch's end, without penalty; may be empty."""
    output: Floats
    """The outputs of the last iteration's feedforward, before its update: rows of the batch x K."""


def start_of(problem: Problem, parameters: Parameters) -> State:
    """The state before the first epoch."""
    optimizer = problem.options.optimizer.init(parameters)
    return State(parameters, optimizer, 0, Best(parameters, math.inf, 0), 0, "")


def to_vector(parameters: Parameters) -> Floats:
    """Every number in one vector, P: the arrays of `leaves`, row by row, one after another."""
    return np.concatenate([w.ravel() for w in leaves(parameters)])


def from_vector(network: Network, theta: Floats) -> Parameters:
    """`to_vector` undone: the parameters of a network from their P numbers, in the last axis.

    Axes before it, such as one of networks, stay.
    """
    biases = [(m,) for _, m in network.shapes if network.bias]
    shapes = (*network.shapes, *biases)
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = np.split(theta, ends[:-1], axis=-1)
    before = theta.shape[:-1]
    arrays = [part.reshape(*before, *shape) for part, shape in zip(parts, shapes, strict=True)]
    layers = len(network.shapes)
    return Parameters(tuple(arrays[:layers]), tuple(arrays[layers:]))


def as_dtype(parameters: Parameters, dtype: DTypeLike) -> Parameters:
    """The parameters in a dtype; arrays that have it already stay the ones they are."""
    return unflatten([np.asarray(w, dtype) for w in leaves(parameters)], parameters)
