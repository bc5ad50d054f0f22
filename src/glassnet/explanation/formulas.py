"""Every formula that an explanation can show, once, as a Python expression of named operands. The tests hold each to `core`.

Besides arithmetic they use exp, log, sqrt, tanh, abs, sign, max, min, sigmoid and softplus.
"""

from typing import NamedTuple

from glassnet.core.activations import (
    ACTIVATIONS,
    GELU_CUBE,
    GELU_SCALE,
    LEAK,
    SELU_ALPHA,
    SELU_SCALE,
    Activation,
)
from glassnet.tables.inputs import SQUEEZE


class Slope(NamedTuple):
    """How an activation and its slope are computed, in z or in the output a."""

    value: str
    derivative: str


ACTIVATION_FORMULAS = {
    "sigmoid": Slope("1 / (1 + exp(-z))", "a * (1 - a)"),
    "tanh": Slope("tanh(z)", "1 - a**2"),
    "relu": Slope("max(z, 0)", "1 if a > 0 else 0"),
    "leaky_relu": Slope(f"z if z > 0 else {LEAK} * z", f"1 if a > 0 else {LEAK}"),
    "elu": Slope("z if z > 0 else exp(z) - 1", "1 if a > 0 else a + 1"),
    "selu": Slope(
        f"{SELU_SCALE} * z if z > 0 else {SELU_SCALE * SELU_ALPHA} * (exp(z) - 1)",
        f"{SELU_SCALE} if a > 0 else a + {SELU_SCALE * SELU_ALPHA}",
    ),
    "gelu": Slope(
        f"0.5 * z * (1 + tanh({GELU_SCALE} * (z + {GELU_CUBE} * z**3)))",
        f"0.5 * (1 + tanh({GELU_SCALE} * (z + {GELU_CUBE} * z**3)))"
        f" + 0.5 * z * (1 - tanh({GELU_SCALE} * (z + {GELU_CUBE} * z**3))**2) * {GELU_SCALE} * (1 + {3 * GELU_CUBE} * z**2)",
    ),
    "silu": Slope("z * sigmoid(z)", "sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z))"),
    "mish": Slope(
        "z * tanh(softplus(z))", "tanh(softplus(z)) + z * (1 - tanh(softplus(z))**2) * sigmoid(z)"
    ),
    "softplus": Slope("log(1 + exp(z))", "1 - exp(-a)"),
    "identity": Slope("z", "1"),
    "exponential": Slope("exp(z)", "a"),
}
"""Name -> its value in z, and its slope. Softmax, which needs the whole row, is in `forward.py` and `backward.py`."""


def formula_of(activation: Activation) -> Slope:
    """The formulas of an activation of ours; of an own one, whatever its name, none: "" and ""."""
    ours = ACTIVATIONS.get(activation.name) == activation
    return ACTIVATION_FORMULAS[activation.name] if ours else Slope("", "")


class LossFormula(NamedTuple):
    """A loss's term, its derivative (in a, or in z where the loss belongs to one output), and the term where a is 0 or 1."""

    term: str
    derivative: str
    saturated: str = ""


LOSS_FORMULAS = {
    "sum_of_squares": LossFormula("(a - y)**2", "2 * (a - y)"),
    "mean_squared_error": LossFormula("(a - y)**2", "2 * (a - y)"),
    "half_mean_squared_error": LossFormula("0.5 * (a - y)**2", "a - y"),
    "binary_cross_entropy": LossFormula(
        "-y * log(a) - (1 - y) * log(1 - a)", "a - y", "softplus(z) - y * z"
    ),
    "categorical_cross_entropy": LossFormula("-y * log(a)", "a * s - y", "-y * (z - l)"),
    "poisson": LossFormula("a - y + y * log(y / a) if y > 0 else a", "a - y"),
    "mean_absolute_error": LossFormula("abs(a - y)", "sign(a - y)"),
    "huber": LossFormula(
        "0.5 * (a - y)**2 if abs(a - y) <= h else h * abs(a - y) - 0.5 * h**2",
        "max(-h, min(a - y, h))",
    ),
    "pinball": LossFormula(
        "0.5 * abs(a - y) - (h - 0.5) * (a - y)", "0.5 * sign(a - y) - (h - 0.5)"
    ),
    "binary_focal": LossFormula(
        "-y * (1 - a)**h * log(a) - (1 - y) * a**h * log(1 - a)",
        "(1 - y) * a**h * (a - h * (1 - a) * log(1 - a)) - y * (1 - a)**h * ((1 - a) - h * a * log(a))",
        "y * sigmoid(-z)**h * softplus(-z) + (1 - y) * sigmoid(z)**h * softplus(z)",
    ),
    "categorical_focal": LossFormula("-y * (1 - a)**h * log(a)", "g - a * s", ""),
}
"""Name without its setting -> the formulas. h is the setting, s the row's sum (of y, of g), l the log of the exponentials' sum."""

FOCAL_G = "y * (1 - a)**h * (h * a * log(a) / (1 - a) - 1)"
SQUEEZED = f"u / sqrt(1 + (u / {SQUEEZE:g})**2)"
PIECE = "max(-1, min(2 * (x - p) / (q - p) - 1, 1))"
