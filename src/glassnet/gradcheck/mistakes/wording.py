"""How a mistake reads: where it is, and the line of NumPy that would be right.

Layers count from 1 here, as in the article. The right line is written from the formulas in `core`.
"""

from typing import NamedTuple

from glassnet.core.activations import Activation, Softmax
from glassnet.core.losses import Loss
from glassnet.core.network import Network
from glassnet.gradcheck.mistakes.table import Mistake
from glassnet.notation.dialects import NUMPY
from glassnet.notation.expression import names_in, without_factor
from glassnet.notation.write import PRODUCT, Symbol, write

READABLE = 45  # characters of a derivative that a sentence can hold
DIGITS = 6  # of a number in a formula
MEAN_DIVISORS = {"sum": "", "mean_rows": " / N", "mean": " / (N * K)"}
"""What follows the derivative of a loss for each reduction."""


class Notation(NamedTuple):
    """How the caller writes a network.

    Parameters
    ----------
    columns : bool
        Whether rows of the table are columns: W @ x + b in place of x @ W + b.
    loss_scale : float
        The caller's loss over that of the network.
    """

    columns: bool = False
    loss_scale: float = 1.0

    def product(self, left: str, right: str) -> str:
        """A product of two arrays that is `left @ right` for rows; turned over, they swap."""
        return f"{right} @ {left}" if self.columns else f"{left} @ {right}"

    @property
    def over_rows(self) -> int:
        """The axis of the table's rows."""
        return 1 if self.columns else 0


BY_ROWS = Notation()


def wording(mistake: Mistake, network: Network, layer: int, notation: Notation = BY_ROWS) -> str:
    """A mistake at a layer of a network (counted from 0), and its fix.

    Its text in the table names `l`, the layer counted from 1, `k`, the one before, `below`, what
    goes into it, `f`, its activation, `at`, what the activation's derivative is written in,
    `other`, what it is not, `squares`, what would be right of squared error, and how these should
    read: `right`, the layer's delta, `back`, what it hands to the layer before, `sum` and `bias`,
    its gradients.

    >>> from glassnet.gradcheck.mistakes.table import MISTAKES
    >>> network = Network([3, 4, 1], "sigmoid")
    >>> wording(MISTAKES[0], network, 0)
    'missing activation slope in layer 1: write delta1 = (delta2 @ W2.T) * a1 * (1 - a1)'
    >>> wording(MISTAKES[0], network, 0, Notation(columns=True))
    'missing activation slope in layer 1: write delta1 = (W2.T @ delta2) * a1 * (1 - a1)'
    """
    activation = network.activations[layer]
    number = layer + 1
    at, other = ("z", "a") if activation.derivative_of == "z" else ("a", "z")
    below = f"a{layer}" if layer else "x"
    kept = ", keepdims=True" if notation.columns else ""
    return mistake.text.format(
        l=number,
        k=layer,
        f=activation.name,
        squares=_of_squares(network, layer),
        at=f"{at}{number}",
        other=f"{other}{number}",
        below=below,
        right=f"delta{number} = {_delta(network, layer, notation)}",
        back=way_back(number, notation),
        sum=notation.product(f"{below}.T", f"delta{number}"),
        bias=f"np.sum(delta{number}, axis={notation.over_rows}{kept})",
    )


def _of_squares(network: Network, layer: int) -> str:
    """Where one slope more makes the delta of a cross-entropy that of squared error."""
    is_last = layer == len(network.activations) - 1
    entropy = is_last and network.loss.name.endswith("cross_entropy")
    return (
        f" (that is squared error's delta, but the loss is {network.loss.name})" if entropy else ""
    )


def way_back(number: int, notation: Notation) -> str:
    """What a layer's delta hands to the layer before."""
    return notation.product(f"delta{number}", f"W{number}.T")


def _delta(network: Network, layer: int, notation: Notation) -> str:
    """The right side of the line for a layer's delta."""
    activation, loss, number = network.activations[layer], network.loss, layer + 1
    if layer < len(network.activations) - 1:
        da = f"({way_back(number + 1, notation)})"
        return da + _times_derivative(activation, number)
    derivative = _loss_derivative(loss, number, notation.loss_scale)
    if loss.output:
        return derivative or f"dE/dz{number}"
    da = derivative or f"dE/da{number}"
    if isinstance(activation, Softmax):
        a, axis = f"a{number}", 1 - notation.over_rows
        return f"{a} * (da - np.sum({a} * da, axis={axis}, keepdims=True)) with da = {da}"
    return da + _times_derivative(activation, number)


def _times_derivative(activation: Activation, number: int) -> str:
    """A factor: the activation's derivative, in words where its formula is long or not known."""
    if activation.derivative_formula == "1":
        return ""
    names = {letter: Symbol(f"{letter}{number}") for letter in ("z", "a")}
    code = _readable(activation.derivative_formula, names)
    at = "z" if activation.derivative_of == "z" else "a"
    return f" * {code or f'(the slope of {activation.name} at {at}{number})'}"


def _loss_derivative(loss: Loss, number: int, scale: float) -> str:
    """The loss's derivative with what a mean divides by; "" where it is long or not known.

    The targets of a row are taken to add up to 1. A `scale` of the loss is a factor in front, or
    takes the 2 away that it makes up for.
    """
    formula = loss.derivative_formula
    if scale == 0.5 and formula.startswith("2 * ("):
        formula, scale = formula.removeprefix("2 * "), 1.0
    if formula and loss.row_term == "y":
        formula = without_factor(formula, "s")
    names = {letter: Symbol(f"{letter}{number}") for letter in ("z", "a")}
    names |= {"y": Symbol("y"), "h": Symbol(f"{loss.setting:g}" if loss.setting else "")}
    code = _readable(formula, names)
    factor = "" if scale == 1 else f"{scale:.{DIGITS}g} * "
    return code and factor + code + MEAN_DIVISORS[loss.reduction]


def _readable(formula: str, names: dict[str, Symbol]) -> str:
    """A formula as a factor in NumPy; "" where it needs another name, or is too long to read."""
    of_the_row = {"s", "g"}
    if not formula or names_in(formula) & of_the_row:
        return ""
    code = write(formula, NUMPY, names, DIGITS, beside=PRODUCT)
    return code if len(code) <= READABLE else ""
