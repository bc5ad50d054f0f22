"""The optimizers: how a gradient becomes a step. State in, state out; nothing accumulates in place.

Each says what it remembers of one array before the first update (`initial_memory`) and how that
array then steps (`step`); `init` and `update` carry this to a whole network. Every update is given
a learning rate for each array, so schedules and slower biases need no new optimizer. In a step: w a
parameter array, g its gradient, t the number of this update, from 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from glassnet.core.arrays import Array, array_namespace
from glassnet.core.network import Parameters, leaves, unflatten
from glassnet.settings import (
    FROM_0_TO_1,
    FROM_0_TO_BELOW_1,
    NOT_NEGATIVE,
    POSITIVE,
    check_name,
    check_settings,
    setting,
)

Memory: TypeAlias = Any
"""What an optimizer remembers of one array: a named tuple of arrays of its shape."""
Stepped: TypeAlias = tuple[Array, Memory]
"""One array after an update, and what is remembered of it then."""


class NoMemory(NamedTuple):
    """Gradient descent remembers nothing."""


class Velocity(NamedTuple):
    """The last step of each weight."""

    velocity: Array


class MeanSquare(NamedTuple):
    """The running mean of squared gradients."""

    mean_square: Array


class Moments(NamedTuple):
    """The running means of gradients and of squared gradients."""

    mean: Array
    mean_square: Array


class StepSizes(NamedTuple):
    """The last gradient, and the size of each weight's step."""

    gradient: Array
    step_size: Array


class OptimizerState(NamedTuple):
    """The number of updates made so far; the memory of every array, in the order of `leaves`."""

    t: int
    memory: tuple[Memory, ...]


@dataclass(frozen=True)
class Optimizer:
    """An (init, update) pair. Raises GlassnetError on a setting out of its range."""

    learning_rate: float = setting(0.01, POSITIVE)

    def __post_init__(self) -> None:
        check_settings(self)

    def init(self, parameters: Parameters) -> OptimizerState:
        """The state before the first update."""
        return OptimizerState(0, tuple(self.initial_memory(w) for w in leaves(parameters)))

    def update(
        self,
        gradients: Parameters,
        state: OptimizerState,
        parameters: Parameters,
        rates: Sequence[Array],
    ) -> tuple[Parameters, OptimizerState]:
        """The parameters and state after one update.

        `rates`: a learning rate for each array, in the order of `leaves`.
        """
        t = state.t + 1
        arrays = zip(leaves(parameters), leaves(gradients), state.memory, rates, strict=True)
        hidden = len(parameters.weights) - 1  # layers, whose weights come first
        stepped = [
            (self.hidden_step if n < hidden else self.step)(*array, t)
            for n, array in enumerate(arrays)
        ]
        memory = tuple(memory for _, memory in stepped)
        return unflatten([w for w, _ in stepped], parameters), OptimizerState(t, memory)

    def initial_memory(self, w: Array) -> Memory:
        """The memory of one array before the first update."""
        return NoMemory()

    def step(self, w: Array, g: Array, memory: Memory, rate: Array, t: int) -> Stepped:
        """The new w and memory of one array."""
        raise NotImplementedError

    def hidden_step(self, w: Array, g: Array, memory: Memory, rate: Array, t: int) -> Stepped:
        """The same for the weights of a layer before the last."""
        return self.step(w, g, memory, rate, t)


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """w - rate g, eq. (13). (Cauchy 1847)"""

    learning_rate: float = setting(0.1, POSITIVE)

    def step(self, w: Array, g: Array, memory: NoMemory, rate: Array, t: int) -> Stepped:
        return w - rate * g, memory


@dataclass(frozen=True)
class Momentum(Optimizer):
    """The step keeps part of the one before: v = momentum v - rate g; w + v, eq. (14).

    Classical momentum (Polyak 1964) as Sutskever et al. 2013, eq. (1) and (2), write it;
    scikit-learn's form, while PyTorch multiplies by the rate after summing.
    """

    learning_rate: float = setting(0.01, POSITIVE)
    momentum: float = setting(0.9, FROM_0_TO_1)

    def initial_memory(self, w: Array) -> Memory:
        return Velocity(array_namespace(w).zeros_like(w))

    def step(self, w: Array, g: Array, memory: Velocity, rate: Array, t: int) -> Stepped:
        v = self.momentum * memory.velocity - rate * g
        return w + v, Velocity(v)


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum that looks ahead: v as in Momentum; w + momentum v - rate g, eq. (15).

    Nesterov 1983 in the form of Bengio et al. 2013, eq. (7), which keeps the parameters at the
    point looked ahead to.
    """

    def step(self, w: Array, g: Array, memory: Velocity, rate: Array, t: int) -> Stepped:
        v = self.momentum * memory.velocity - rate * g
        return w + self.momentum * v - rate * g, Velocity(v)


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """Steps over the root of a running mean of squares, eq. (16).

    s = rho s + (1 - rho) g^2; w - rate g / (sqrt(s) + epsilon). Tieleman & Hinton 2012 (lecture
    6.5), with epsilon outside the root as in PyTorch.
    """

    learning_rate: float = setting(0.001, POSITIVE)
    rho: float = setting(0.9, FROM_0_TO_BELOW_1)
    epsilon: float = setting(1e-8, POSITIVE)

    def initial_memory(self, w: Array) -> Memory:
        return MeanSquare(array_namespace(w).zeros_like(w))

    def step(self, w: Array, g: Array, memory: MeanSquare, rate: Array, t: int) -> Stepped:
        xp = array_namespace(w)
        s = self.rho * memory.mean_square + (1 - self.rho) * g * g
        return w - rate * g / (xp.sqrt(s) + self.epsilon), MeanSquare(s)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Running means of g and g^2, both freed of their start at zero, eq. (17).

    (Kingma & Ba 2015, algorithm 1)
    """

    learning_rate: float = setting(0.001, POSITIVE)
    beta1: float = setting(0.9, FROM_0_TO_BELOW_1)
    beta2: float = setting(0.999, FROM_0_TO_BELOW_1)
    epsilon: float = setting(1e-8, POSITIVE)

    def initial_memory(self, w: Array) -> Memory:
        xp = array_namespace(w)
        return Moments(xp.zeros_like(w), xp.zeros_like(w))

    def means(self, g: Array, memory: Moments) -> Moments:
        """The running means m of g and v of g^2."""
        m = self.beta1 * memory.mean + (1 - self.beta1) * g
        v = self.beta2 * memory.mean_square + (1 - self.beta2) * g * g
        return Moments(m, v)

    def step(self, w: Array, g: Array, memory: Moments, rate: Array, t: int) -> Stepped:
        m, v = self.means(g, memory)
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        return w - rate * m_hat / (array_namespace(w).sqrt(v_hat) + self.epsilon), Moments(m, v)


@dataclass(frozen=True)
class AdamEpsilonHat(Adam):
    """Adam with both corrections in the rate, eq. (17.1).

    Epsilon stands beside the root of the uncorrected mean. Kingma & Ba 2015, the end of section 2;
    TensorFlow's and scikit-learn's form.
    """

    def step(self, w: Array, g: Array, memory: Moments, rate: Array, t: int) -> Stepped:
        m, v = self.means(g, memory)
        rate = rate * ((1 - self.beta2**t) ** 0.5 / (1 - self.beta1**t))
        return w - rate * m / (array_namespace(w).sqrt(v) + self.epsilon), Moments(m, v)


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam, and each weight shrinks by rate * decay of itself before its step, eq. (18).

    Loshchilov & Hutter 2019, algorithm 2, with the decay multiplied by the learning rate as in
    PyTorch; biases do not shrink.
    """

    decay: float = setting(0.01, NOT_NEGATIVE)

    def step(self, w: Array, g: Array, memory: Moments, rate: Array, t: int) -> Stepped:
        decay = self.decay if w.ndim == 2 else 0.0  # weights shrink, biases do not
        return super().step(w - rate * decay * w, g, memory, rate, t)


@dataclass(frozen=True)
class Muon(AdamW):
    """AdamW, but matrices of hidden layers step along an orthogonal matrix, eq. (18.1).

    m = momentum m + g; O = `orthogonalized(g + momentum m)`, which has the directions of that
    matrix at one size; w - rate (decay w + 0.2 sqrt(max(rows, columns)) O). Jordan et al. 2024,
    with the scale of Liu et al. 2025 (arXiv 2502.16982, eq. (4)), which makes steps as large as
    AdamW's, so that its rates and decays fit. The last layer and all biases step by AdamW; the
    first layer steps as the hidden ones do (Gorishniy et al. 2026, arXiv 2604.15297, for tables).
    """

    momentum: float = setting(0.95, FROM_0_TO_BELOW_1)

    def hidden_step(self, w: Array, g: Array, memory: Moments, rate: Array, t: int) -> Stepped:
        m = self.momentum * memory.mean + g
        direction = 0.2 * max(w.shape) ** 0.5 * orthogonalized(g + self.momentum * m)
        return w - rate * (self.decay * w + direction), Moments(m, memory.mean_square)


def orthogonalized(x: Array) -> Array:
    """A matrix with its singular vectors, and singular values of about 1 (0.7 to 1.2).

    Five Newton-Schulz iterations, X = a X + (b A + c A^2) X with A = X X^T, of the coefficients
    that grow small singular values fastest (Jordan et al. 2024).
    """
    xp = array_namespace(x)
    is_tall = x.shape[0] > x.shape[1]
    x = x.T if is_tall else x
    x = x / (xp.sqrt(xp.sum(x * x)) + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.T if is_tall else x


@dataclass(frozen=True)
class Rprop(Optimizer):
    """A step for each weight, which grows while its derivative keeps its sign, eq. (19).

    It shrinks when the sign turns. iRprop- (Igel & Hüsken 2000; Riedmiller & Braun 1993): where the
    sign turned, this update leaves the weight alone. Only signs count, so it is for full batches.
    `learning_rate` is the first step; a schedule or multiplier scales every step.
    """

    learning_rate: float = setting(0.1, POSITIVE)
    grow: float = setting(1.2, POSITIVE)
    shrink: float = setting(0.5, FROM_0_TO_BELOW_1)
    smallest: float = setting(1e-6, POSITIVE)
    largest: float = setting(50.0, POSITIVE)

    def initial_memory(self, w: Array) -> Memory:
        xp = array_namespace(w)
        return StepSizes(xp.zeros_like(w), xp.full_like(w, self.learning_rate))

    def step(self, w: Array, g: Array, memory: StepSizes, rate: Array, t: int) -> Stepped:
        xp = array_namespace(w)
        g_before, size = memory
        one = xp.ones_like(w)
        # 1: the same way as before, -1: turned, 0: just begun, or just turned.
        direction = xp.sign(g) * xp.sign(g_before)
        grown = xp.where(direction > 0, self.grow * one, 1.0)
        factor = xp.where(direction < 0, self.shrink * one, grown)
        size = xp.clip(size * factor, self.smallest, self.largest)
        g = xp.where(direction < 0, 0.0, g)
        return w - (rate / self.learning_rate) * size * xp.sign(g), StepSizes(g, size)


def gradient_norm(gradients: Parameters) -> Array:
    """The Euclidean norm of a whole gradient, a zero-dimensional array."""
    xp = array_namespace(*gradients.weights)
    return xp.sqrt(sum(xp.sum(g * g) for g in leaves(gradients)))


def clip_gradients(gradients: Parameters, norm: Array, most: float) -> Parameters:
    """A gradient of that norm, scaled to the norm `most` where it has a larger one, eq. (12.2).

    (Pascanu et al. 2013)
    """
    xp = array_namespace(norm)
    most = min(most, float(xp.finfo(norm.dtype).max))  # what is more would be infinite
    scale = most / xp.maximum(norm, most)
    return unflatten([scale * g for g in leaves(gradients)], gradients)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "gradient_descent": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adam_epsilon_hat": AdamEpsilonHat,
    "adamw": AdamW,
    "muon": Muon,
    "rprop": Rprop,
}
"""Every optimizer by the name the command line and the run's record use."""


def find_optimizer(optimizer: "str | Optimizer", learning_rate: float | None = None) -> Optimizer:
    """The optimizer of that name with its defaults, or the one given.

    Raises GlassnetError on an unknown name.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    check_name("optimizer", optimizer, OPTIMIZERS)
    return (
        OPTIMIZERS[optimizer]() if learning_rate is None else OPTIMIZERS[optimizer](learning_rate)
    )
