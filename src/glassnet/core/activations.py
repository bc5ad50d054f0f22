"""The activations: a table with one row a function, its value and its derivative.

A derivative is written in the output `a` where that is simplest (as the article does for the
sigmoid), else in the pre-activation `z`; each row says which. Softmax, whose derivative is a
matrix, has a backward product of its own and is for outputs only. What a loss does with these:
`losses.py`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from glassnet.core.arrays import Array, array_namespace
from glassnet.errors import GlassnetError
from glassnet.settings import check_all_text, check_name


def not_given(*_: Array) -> Array:
    """The default of a function that has to be given."""
    raise NotImplementedError


@dataclass(frozen=True)
class Activation:
    """A function applied to every pre-activation of a layer, and its derivative.

    Parameters
    ----------
    name : str
        What network, command line and model file call it; by default the name of `value`.
    value : callable
        z -> a, elementwise, any shape.
    derivative : callable
        da/dz, elementwise, a function of what `derivative_of` names.
    derivative_of : {"z", "output"}
        Whether `derivative` is written in the pre-activation z or in the output a.
    formula : str
        The value as a Python expression of z, for all that writes mathematics; "": not known.
    derivative_formula : str
        The derivative as an expression of z and a.
    row_term : str
        Where the formula needs the whole row: an expression of z, whose sum over the row's outputs
        is called s in the formula.

    A formula uses exp, log, sqrt, tanh, abs, sign, max, min, sigmoid and softplus. Formulas do not
    count when two activations are compared.

    Raises
    ------
    GlassnetError
        Unless both functions are given. `check_custom` says whether they fit each other.

    Examples
    --------
    >>> Activation(value=lambda z: z * z, derivative=lambda z: 2 * z).name
    'custom'
    """

    name: str = ""
    value: Callable[[Array], Array] = not_given
    derivative: Callable[[Array], Array] = not_given
    derivative_of: Literal["z", "output"] = "z"
    formula: str = field(default="", compare=False)
    derivative_formula: str = field(default="", compare=False)
    row_term: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"<glassnet Activation {self.name}>"

    def __post_init__(self) -> None:
        functions = (self.value, self.derivative)
        if not all(callable(f) and f is not not_given for f in functions):
            raise GlassnetError(
                "an activation is two functions, a value and its derivative: "
                "write Activation(value=f, derivative=g)"
            )
        check_name("derivative_of", self.derivative_of, ("z", "output"))
        check_all_text(
            name=self.name,
            formula=self.formula,
            derivative_formula=self.derivative_formula,
            row_term=self.row_term,
        )
        object.__setattr__(self, "name", self.name or name_of(self.value))

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        """Gives dz from da, eq. (6): each entry of da times the derivative there. All N x H."""
        return da * self.derivative(z if self.derivative_of == "z" else a)


def name_of(function: Callable[..., Array]) -> str:
    """The function's name in Python, or "custom" where it has none."""
    name = getattr(function, "__name__", "<lambda>")
    return "custom" if name == "<lambda>" else name


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), eq. (3). (Verhulst 1845, the logistic function)

    Below zero it is computed as e^z / (1 + e^z), so that nothing overflows.
    """
    xp = array_namespace(z)
    e = xp.exp(-xp.abs(z))
    return xp.where(z < 0, e, xp.ones_like(e)) / (1 + e)


def sigmoid_derivative(a: Array) -> Array:
    """a (1 - a), in the output a."""
    return a * (1 - a)


def tanh(z: Array) -> Array:
    """The hyperbolic tangent. (LeCun et al. 1998, sec. 4.4, recommend it for hidden layers)"""
    return array_namespace(z).tanh(z)


def tanh_derivative(a: Array) -> Array:
    """1 - a^2, in the output a."""
    return 1 - a * a


def relu(z: Array) -> Array:
    """max(z, 0). (Nair & Hinton 2010)"""
    return array_namespace(z).maximum(z, 0.0)


def relu_derivative(a: Array) -> Array:
    """1 where a > 0, else 0; at the kink z = 0 it counts as 0."""
    return array_namespace(a).astype(a > 0, a.dtype)


LEAK = 0.01  # the derivative of leaky_relu below zero


def leaky_relu(z: Array) -> Array:
    """z where it is positive, else `LEAK` z. (Maas, Hannun & Ng 2013)"""
    return array_namespace(z).where(z > 0, z, LEAK * z)


def leaky_relu_derivative(a: Array) -> Array:
    """1 where a > 0, else `LEAK`."""
    xp = array_namespace(a)
    return xp.where(a > 0, xp.ones_like(a), LEAK)


def elu(z: Array) -> Array:
    """z where it is positive, else e^z - 1. (Clevert et al. 2016, with alpha = 1)"""
    xp = array_namespace(z)
    return xp.where(z > 0, z, xp.expm1(xp.minimum(z, 0.0)))


def elu_derivative(a: Array) -> Array:
    """1 where a > 0, else a + 1, which is e^z."""
    xp = array_namespace(a)
    return xp.where(a > 0, xp.ones_like(a), a + 1)


SELU_SCALE = 1.0507009873554805  # lambda of Klambauer et al. 2017, eq. (14)
SELU_ALPHA = 1.6732632423543772  # alpha of the same equation


def selu(z: Array) -> Array:
    """ELU with the two constants that keep activations near mean 0 and variance 1.

    (Klambauer, Unterthiner, Mayr & Hochreiter 2017)
    """
    xp = array_namespace(z)
    return SELU_SCALE * xp.where(z > 0, z, SELU_ALPHA * xp.expm1(xp.minimum(z, 0.0)))


def selu_derivative(a: Array) -> Array:
    """`SELU_SCALE` where a > 0, else a + `SELU_SCALE` `SELU_ALPHA`."""
    xp = array_namespace(a)
    return xp.where(a > 0, SELU_SCALE * xp.ones_like(a), a + SELU_SCALE * SELU_ALPHA)


GELU_SCALE = 2 * math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715  # the weight of z^3 in the approximation by a sigmoid
GELU_SIGMOID = f"sigmoid({GELU_SCALE} * (z + {GELU_CUBE} * z**3))"  # a part of its formulas
GELU_RANGE = 30.0  # beyond it the sigmoid is 0 or 1 to the last bit, and z^3 must not overflow


def gelu(z: Array) -> Array:
    """z times the normal distribution function at z, nearly. (Hendrycks & Gimpel 2016)

    Their form by tanh, (1 + tanh u) / 2, is sigmoid(2u), which loses no digits where z is far below
    zero.
    """
    u = _within_gelu_range(z)
    low = array_namespace(z).maximum(z, -GELU_RANGE)
    return low * sigmoid(GELU_SCALE * (u + GELU_CUBE * u * u * u))


def gelu_derivative(z: Array) -> Array:
    """s + z s (1 - s) times the derivative of what s is the sigmoid of, in z."""
    z = _within_gelu_range(z)
    s = sigmoid(GELU_SCALE * (z + GELU_CUBE * z * z * z))
    return s + z * s * (1 - s) * GELU_SCALE * (1 + 3 * GELU_CUBE * z * z)


def _within_gelu_range(z: Array) -> Array:
    return array_namespace(z).clip(z, -GELU_RANGE, GELU_RANGE)


def silu(z: Array) -> Array:
    """z sigmoid(z). (Elfwing, Uchibe & Doya 2018; Ramachandran et al. 2017 call it Swish)"""
    return z * sigmoid(z)


def silu_derivative(z: Array) -> Array:
    """s + z s (1 - s) for s = sigmoid(z), in z."""
    s = sigmoid(z)
    return s + z * s * (1 - s)


def softplus(z: Array) -> Array:
    """log(1 + e^z), computed without overflow. (Dugas et al. 2001)"""
    xp = array_namespace(z)
    return xp.maximum(z, 0.0) + xp.log1p(xp.exp(-xp.abs(z)))


def softplus_derivative(a: Array) -> Array:
    """1 - e^-a, in the output a; it equals sigmoid(z)."""
    return -array_namespace(a).expm1(-a)


def mish(z: Array) -> Array:
    """z tanh(softplus(z)). (Misra 2020)"""
    return z * tanh(softplus(z))


def mish_derivative(z: Array) -> Array:
    """t + z (1 - t^2) sigmoid(z) for t = tanh(softplus(z)), in z."""
    t = tanh(softplus(z))
    return t + z * (1 - t * t) * sigmoid(z)


def identity(z: Array) -> Array:
    """z itself: the output of a regression."""
    return z


def identity_derivative(a: Array) -> Array:
    """1 everywhere."""
    return array_namespace(a).ones_like(a)


def exponential(z: Array) -> Array:
    """e^z: the output for counts, the inverse of the log link. (Nelder & Wedderburn 1972)"""
    return array_namespace(z).exp(z)


def exponential_derivative(a: Array) -> Array:
    """a itself."""
    return a


def softmax(z: Array) -> Array:
    """e^z_k / sum_j e^z_j over each row, eq. (4). (Bridle 1990)

    The row's largest z is subtracted first, which changes nothing but keeps e^z from overflowing.
    """
    xp = array_namespace(z)
    e = xp.exp(z - xp.max(z, axis=1, keepdims=True))  # N x K
    return e / xp.sum(e, axis=1, keepdims=True)


def softmax_derivative(_: Array) -> Array:
    """Raises TypeError: the derivative of softmax is a matrix, see `Softmax.backward`."""
    raise TypeError("the derivative of softmax is a matrix: use Softmax.backward")


class Softmax(Activation):
    """Softmax: each output depends on every z of its row, so dz is a matrix product, eq. (7)."""

    backward_formula = "a * (da - m)"
    """Gives dz as an expression, m being the sum of a * da over the row."""

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
            formula=f"z * {GELU_SIGMOID}",
            derivative_formula=f"{GELU_SIGMOID} + z * {GELU_SIGMOID} * (1 - {GELU_SIGMOID})"
            f" * {GELU_SCALE} * (1 + {3 * GELU_CUBE} * z**2)",
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
    activation: "str | Activation",
    known: dict[str, Activation] = ACTIVATIONS,
    option: str = "activation",
) -> Activation:
    """The row of that name, or the activation itself when one is given.

    Raises GlassnetError, naming the option, on an unknown name.
    """
    if isinstance(activation, Activation):
        return activation
    check_name(option, activation, known)
    return known[activation]
