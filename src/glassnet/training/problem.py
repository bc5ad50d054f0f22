"""What a training is, where it stands and what it measured: the three things that pass between a run and its engine."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from glassnet.core.network import Network, Parameters, leaves, unflatten
from glassnet.core.optimizers import Optimizer, OptimizerState
from glassnet.core.penalties import Penalty

Floats = NDArray[np.floating]


class Data(NamedTuple):
    """Rows to learn from or to be judged by: x is N x D, y is N x K, sample_weight N or None."""

    x: Floats
    y: Floats
    sample_weight: Floats | None = None


@dataclass(frozen=True)
class Problem:
    """Everything about a training that stays the same from its first iteration to its last."""

    network: Network
    data: Data
    validation: Data | None
    optimizer: Optimizer
    multipliers: tuple[float, ...]
    """One for each parameter array (weights, then biases): its learning rate over that of the iteration."""
    penalty: Penalty | None
    dropout: tuple[float, ...]
    """The rate of each hidden layer."""
    weight_masks: tuple[Floats, ...]
    batch_size: int
    patience: int | None
    """Epochs in a row that are not better by `min_delta` before the run ends; None: never."""
    min_delta: float
    seed: int
    n_jobs: int | None = None
    """Threads to use at most; None: as many as this process is allowed. No result depends on it."""
    clip: float | None = None
    """The largest norm of a gradient, to which larger ones are scaled before the optimizer sees them; None: any."""
    measure_gradient: bool = False
    """Whether `Measured.gradient_norm` is wanted, which costs a little."""

    @property
    def work(self) -> int:
        """About how many multiplications an epoch's way forward takes; an activation counts as 30."""
        return self.data.x.shape[0] * (self.network.n_parameters + 30 * sum(self.network.sizes[1:]))

    @property
    def batches(self) -> int:
        """Iterations in an epoch."""
        return -(-self.data.x.shape[0] // self.batch_size)


class Best(NamedTuple):
    """The parameters with the lowest loss so far (validation's where there is one), and the epoch that left them; 0: the start."""

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
    """"" while it runs; "early" when patience ran out; "not_finite" when the loss was NaN or infinite."""


class Measured(NamedTuple):
    """What one call of an engine saw."""

    iteration_loss: Floats
    """The loss of each iteration's feedforward, before its update, penalty included."""
    loss: Floats
    """Each epoch's training loss: the batches' losses, added for losses that are sums, else averaged by their rows' weight."""
    penalty: Floats
    """Each epoch's share of the penalty in `loss`, added or averaged as the losses are: the rest is the loss proper."""
    gradient_norm: Floats
    """Each epoch's mean norm of the gradient, penalty included, before it is clipped; empty where it is not wanted."""
    validation_loss: Floats
    """The loss on the validation rows at each epoch's end, without penalty; empty without such rows."""
    output: Floats
    """The outputs of the last iteration's feedforward, before its update: rows of the batch x K."""


def to_vector(parameters: Parameters) -> Floats:
    """Every number in one vector, P: the arrays of `leaves`, row by row, one after another."""
    return np.concatenate([w.ravel() for w in leaves(parameters)])


def as_dtype(parameters: Parameters, dtype: DTypeLike) -> Parameters:
    """The parameters in a dtype; arrays that have it already stay the ones they are."""
    return unflatten([np.asarray(w, dtype) for w in leaves(parameters)], parameters)


def from_vector(network: Network, theta: Floats) -> Parameters:
    """`to_vector` undone: the parameters of a network from their P numbers."""
    shapes = (*network.shapes, *((m,) for _, m in network.shapes if network.bias))
    pieces = np.split(theta, np.cumsum([math.prod(shape) for shape in shapes])[:-1])
    arrays = [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]
    return Parameters(tuple(arrays[: len(network.shapes)]), tuple(arrays[len(network.shapes) :]))
