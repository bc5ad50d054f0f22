"""The activations: a table with one row a function, its value and its slope.

A slope is written in the output `a` where the function's own output gives it (as the article does for the sigmoid), else
in the pre-activation `z`; each row says which. Softmax, whose derivative is a matrix, has its own backward product
and is for outputs only. What a loss does with these lives in `losses.py`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from glassnet.core.arrays import Array, array_namespace
from glassnet.errors import GlassnetError, unknown_name


def not_given(*_: Array) -> Array:
    """Stands where a function is missing."""
    raise NotImplementedError


@dataclass(frozen=True)
class Activation:
    """A function applied to every pre-activation of a layer, and its slope.

    Parameters
    ----------
    name : how the network, the command line and the model file call it; by default the name of `value`.
    value : z -> a, elementwise, any shape.
    slope : the derivative da/dz, elementwise, a function of what `derivative_of` names.
    derivative_of : "z" or "output".
    formula : the value as a Python expression of z, for all that writes mathematics; "": not known.
    derivative_formula : the derivative as an expression of z and a.
    row_term : where the formula needs the whole row: an expression of z, whose sum over the row's
        outputs is called s in the formula.

    A formula uses exp, log, sqrt, tanh, abs, sign, max, min, sigmoid and softplus. Formulas do not
    count when two activations are compared.

    Raises GlassnetError unless both functions are given. `check_custom` says whether they fit each other.

    >>> Activation(value=lambda z: z * z, derivative=lambda z: 2 * z).name
    'own'
    """

    name: str = ""
    value: Callable[[Array], Array] = not_given
    derivative: Callable[[Array], Array] = not_given
    derivative_of: Literal["z", "output"] = "z"
    formula: str = field(default="", compare=False)
    derivative_formula: str = field(default="", compare=False)
    row_term: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.value is not_given or self.derivative is not_given:
            raise GlassnetError(
                "an activation is two functions, a value and its derivative: write Activation(value=f, derivative=g)"
            )
        if self.derivative_of not in ("z", "output"):
            raise unknown_name("derivative_of", self.derivative_of, ("z", "output"))
        object.__setattr__(self, "name", self.name or name_of(self.value))

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        """Dz from da, eq. (6): each entry of da times the slope there. All arrays N x H."""
        return da * self.derivative(z if self.derivative_of == "z" else a)


def name_of(function: Callable[..., Array]) -> str:
    """A function's own name, or "own" where it has none."""
    name = getattr(function, "__name__", "<lambda>")
    return "own" if name == "<lambda>" else name


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), eq. (3); below zero written as e^z / (1 + e^z), so that nothing overflows."""
    xp = array_namespace(z)
    e = xp.exp(-xp.abs(z))
    return xp.where(z < 0, e, xp.ones_like(e)) / (1 + e)


def sigmoid_derivative(a: Array) -> Array:
    return a * (1 - a)


def tanh(z: Array) -> Array:
    return array_namespace(z).tanh(z)


def tanh_derivative(a: Array) -> Array:
    return 1 - a * a


def relu(z: Array) -> Array:
    return array_namespace(z).maximum(z, 0.0)


def relu_derivative(a: Array) -> Array:
    return array_namespace(a).astype(a > 0, a.dtype)


LEAK = 0.01


def leaky_relu(z: Array) -> Array:
    return array_namespace(z).where(z > 0, z, LEAK * z)


def leaky_relu_derivative(a: Array) -> Array:
    xp = array_namespace(a)
    return xp.where(a > 0, xp.ones_like(a), LEAK)


def elu(z: Array) -> Array:
    xp = array_namespace(z)
    return xp.where(z > 0, z, xp.expm1(xp.minimum(z, 0.0)))


def elu_derivative(a: Array) -> Array:
    xp = array_namespace(a)
    return xp.where(a > 0, xp.ones_like(a), a + 1)


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # Klambauer et al. 2017, eq. (14)


def selu(z: Array) -> Array:
    xp = array_namespace(z)
    return SELU_SCALE * xp.where(z > 0, z, SELU_ALPHA * xp.expm1(xp.minimum(z, 0.0)))


def selu_derivative(a: Array) -> Array:
    xp = array_namespace(a)
    return xp.where(a > 0, SELU_SCALE * xp.ones_like(a), a + SELU_SCALE * SELU_ALPHA)


GELU_C, GELU_CUBE = math.sqrt(2 / math.pi), 0.044715  # Hendrycks & Gimpel 2016, the tanh form


GELU_TANH = f"tanh({GELU_C} * (z + {GELU_CUBE} * z**3))"  # a part of its formulas


def gelu(z: Array) -> Array:
    near = _near(z)
    return 0.5 * z * (1 + tanh(GELU_C * (near + GELU_CUBE * near * near * near)))


def gelu_derivative(z: Array) -> Array:
    z = _near(z)
    t = tanh(GELU_C * (z + GELU_CUBE * z * z * z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * GELU_C * (1 + 3 * GELU_CUBE * z * z)


def _near(z: Array) -> Array:
    """Z held to where GELU's tanh is not yet 1 to the last bit, so that its cube cannot overflow."""
    return array_namespace(z).clip(z, -30.0, 30.0)


def silu(z: Array) -> Array:
    return z * sigmoid(z)


def silu_derivative(z: Array) -> Array:
    s = sigmoid(z)
    return s + z * s * (1 - s)


def softplus(z: Array) -> Array:
    """log(1 + e^z), without overflow."""
    xp = array_namespace(z)
    return xp.maximum(z, 0.0) + xp.log1p(xp.exp(-xp.abs(z)))


def softplus_derivative(a: Array) -> Array:
    return -array_namespace(a).expm1(-a)


def mish(z: Array) -> Array:
    return z * tanh(softplus(z))


def mish_derivative(z: Array) -> Array:
    t = tanh(softplus(z))
    return t + z * (1 - t * t) * sigmoid(z)


def identity(z: Array) -> Array:
    return z


def identity_derivative(a: Array) -> Array:
    return array_namespace(a).ones_like(a)


def exponential(z: Array) -> Array:
    return array_namespace(z).exp(z)


def exponential_derivative(a: Array) -> Array:
    return a


def softmax(z: Array) -> Array:
    """e^z_k / sum_j e^z_j over each row, eq. (4); the row's largest z is subtracted first, which changes nothing else."""
    xp = array_namespace(z)
    e = xp.exp(z - xp.max(z, axis=1, keepdims=True))  # N x K
    return e / xp.sum(e, axis=1, keepdims=True)


def softmax_derivative(_: Array) -> Array:
    raise TypeError("the derivative of softmax is a matrix: use Softmax.backward")


class Softmax(Activation):
    """Softmax: each output depends on every z of its row, so dz is a product with a matrix, eq. (7)."""

    backward_formula = "a * (da - m)"
    """dz as an expression, m being the sum of a * da over the row."""

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        """dz_k = a_k (da_k - sum_j a_j da_j) over each row. All arrays N x K."""
        return a * (da - array_namespace(a).sum(a * da, axis=1, keepdims=True))


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in [
        Activation(
            "sigmoid",
            sigmoid,
            sigmoid_derivative,
            "output",
            formula="1 / (1 + exp(-z))",
            derivative_formula="a * (1 - a)",
        ),
        Activation(
            "tanh",
            tanh,
            tanh_derivative,
            "output",
            formula="tanh(z)",
            derivative_formula="1 - a**2",
        ),
        Activation(
            "relu",
            relu,
            relu_derivative,
            "output",
            formula="max(z, 0)",
            derivative_formula="1 if a > 0 else 0",
        ),
        Activation(
            "leaky_relu",
            leaky_relu,
            leaky_relu_derivative,
            "output",
            formula=f"z if z > 0 else {LEAK} * z",
            derivative_formula=f"1 if a > 0 else {LEAK}",
        ),
        Activation(
            "elu",
            elu,
            elu_derivative,
            "output",
            formula="z if z > 0 else exp(z) - 1",
            derivative_formula="1 if a > 0 else a + 1",
        ),
        Activation(
            "selu",
            selu,
            selu_derivative,
            "output",
            formula=f"{SELU_SCALE} * z if z > 0 else {SELU_SCALE * SELU_ALPHA} * (exp(z) - 1)",
            derivative_formula=f"{SELU_SCALE} if a > 0 else a + {SELU_SCALE * SELU_ALPHA}",
        ),
        Activation(
            "gelu",
            gelu,
            gelu_derivative,
            "z",
            formula=f"0.5 * z * (1 + {GELU_TANH})",
            derivative_formula=f"0.5 * (1 + {GELU_TANH}) + 0.5 * z * (1 - {GELU_TANH}**2)"
            f" * {GELU_C} * (1 + {3 * GELU_CUBE} * z**2)",
        ),
        Activation(
            "silu",
            silu,
            silu_derivative,
            "z",
            formula="z * sigmoid(z)",
            derivative_formula="sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z))",
        ),
        Activation(
            "mish",
            mish,
            mish_derivative,
            "z",
            formula="z * tanh(softplus(z))",
            derivative_formula="tanh(softplus(z)) + z * (1 - tanh(softplus(z))**2) * sigmoid(z)",
        ),
        Activation(
            "softplus",
            softplus,
            softplus_derivative,
            "output",
            formula="log(1 + exp(z))",
            derivative_formula="1 - exp(-a)",
        ),
        Activation(
            "identity", identity, identity_derivative, "output", formula="z", derivative_formula="1"
        ),
        Activation(
            "exponential",
            exponential,
            exponential_derivative,
            "output",
            formula="exp(z)",
            derivative_formula="a",
        ),
    ]
}
"""Every elementwise activation, for hidden layers and outputs."""

OUTPUTS: dict[str, Activation] = {
    **ACTIVATIONS,
    "softmax": Softmax(
        "softmax", softmax, softmax_derivative, "output", formula="exp(z) / s", row_term="exp(z)"
    ),
}
"""Every output activation: those above and softmax."""


def find_activation(
    activation: "str | Activation", known: dict[str, Activation] = ACTIVATIONS
) -> Activation:
    """The row of that name, or the activation itself when one is given. Raises GlassnetError on an unknown name."""
    if isinstance(activation, Activation):
        return activation
    if activation not in known:
        raise unknown_name("activation", activation, known)
    return known[activation]
