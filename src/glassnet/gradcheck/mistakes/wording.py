"""How a mistake reads: where it is, and the line of NumPy that would be right.

Layers count from 1 here, as in the article. The right line is written from the formulas in `core`.
"""

from glassnet.core.activations import Activation, Softmax
from glassnet.core.losses import Loss
from glassnet.core.network import Network
from glassnet.gradcheck.mistakes.table import Mistake
from glassnet.notation.dialects import NUMPY, PRODUCT, Symbol, write
from glassnet.notation.expression import names_in, without_factor

READABLE = 45  # characters of a derivative that a sentence can hold
DIGITS = 6  # of a number in a formula
MEAN_DIVISORS = {"sum": "", "mean_rows": " / N", "mean": " / (N * K)"}
"""What follows the derivative of a loss for each reduction."""


def wording(mistake: Mistake, network: Network, layer: int) -> str:
    """A mistake at a layer of a network (counted from 0), and its fix.

    Its text in the table names `l`, the layer counted from 1, `k`, the one before, `below`, what
    goes into it, `f`, its activation, `at`, what the activation's derivative is written in,
    `other`, what it is not, and `right`, how the layer's delta should read.

    >>> from glassnet.gradcheck.mistakes.table import MISTAKES
    >>> wording(MISTAKES[0], Network([3, 4, 1], "sigmoid"), 0)
    'missing activation slope in layer 1: write delta1 = (delta2 @ W2.T) * a1 * (1 - a1)'
    """
    activation = network.activations[layer]
    number = layer + 1
    at, other = ("z", "a") if activation.derivative_of == "z" else ("a", "z")
    return mistake.text.format(
        l=number,
        k=layer,
        f=activation.name,
        at=f"{at}{number}",
        other=f"{other}{number}",
        below=f"a{layer}" if layer else "x",
        right=f"delta{number} = {_delta(network, layer)}",
    )


def _delta(network: Network, layer: int) -> str:
    """The right side of the line for a layer's delta."""
    activation, loss, number = network.activations[layer], network.loss, layer + 1
    if layer < len(network.activations) - 1:
        da = f"(delta{number + 1} @ W{number + 1}.T)"
        return da + _times_derivative(activation, number)
    derivative = _loss_derivative(loss, number)
    if loss.output:
        return derivative or f"dE/dz{number}"
    da = derivative or f"dE/da{number}"
    if isinstance(activation, Softmax):
        a = f"a{number}"
        return f"{a} * (da - np.sum({a} * da, axis=1, keepdims=True)) with da = {da}"
    return da + _times_derivative(activation, number)


def _times_derivative(activation: Activation, number: int) -> str:
    """A factor: the activation's derivative, in words where its formula is long or not known."""
    if activation.derivative_formula == "1":
        return ""
    names = {letter: Symbol(f"{letter}{number}") for letter in ("z", "a")}
    code = _readable(activation.derivative_formula, names)
    at = "z" if activation.derivative_of == "z" else "a"
    return f" * {code or f'(the slope of {activation.name} at {at}{number})'}"


def _loss_derivative(loss: Loss, number: int) -> str:
    """The loss's derivative with what a mean divides by; "" where it is long or not known.

    The targets of a row are taken to add up to 1.
    """
    formula = loss.derivative_formula
    if formula and loss.row_term == "y":
        formula = without_factor(formula, "s")
    names = {letter: Symbol(f"{letter}{number}") for letter in ("z", "a")}
    names |= {"y": Symbol("y"), "h": Symbol(f"{loss.setting:g}" if loss.setting else "")}
    code = _readable(formula, names)
    return code and code + MEAN_DIVISORS[loss.reduction]


def _readable(formula: str, names: dict[str, Symbol]) -> str:
    """A formula as a factor in NumPy; "" where it needs another name, or is too long to read."""
    of_the_row = {"s", "g"}
    if not formula or names_in(formula) & of_the_row:
        return ""
    code = write(formula, NUMPY, names, DIGITS, beside=PRODUCT)
    return code if len(code) <= READABLE else ""
