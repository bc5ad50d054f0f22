"""How a mistake reads, with its layer and the line that would be right. Layers count from 1 here, as in the article."""

from glassnet.core.activations import Softmax
from glassnet.core.network import Network
from glassnet.gradcheck.mistakes.table import Mistake

SLOPES = {
    "sigmoid": " * a# * (1 - a#)",
    "tanh": " * (1 - a#**2)",
    "relu": " * (a# > 0)",
    "identity": "",
}
LOSS_SLOPES = {
    "sum_of_squares": "2 * (a# - y)",
    "mean_squared_error": "2 * (a# - y)",
    "half_mean_squared_error": "(a# - y)",
}
WHOLE_DELTAS = dict.fromkeys(
    ("binary_cross_entropy", "categorical_cross_entropy", "poisson"), "(a# - y)"
)
SHARES = {"sum": "", "mean_rows": " / N", "mean": " / (N * K)"}


def words(mistake: Mistake, network: Network, layer: int) -> str:
    """A mistake at a layer of a network (counted from 0), and its fix.

    In the words of the table `l` is the layer counted from 1, `k` the one before, `below` what goes into it, `f` its activation,
    `at` what the slope is written in and `other` what it is not, `right` how its delta should read.

    >>> from glassnet.gradcheck.mistakes.table import MISTAKES
    >>> words(MISTAKES[0], Network([3, 4, 1], "sigmoid"), 0)
    'missing activation slope in layer 1: write delta1 = (delta2 @ W2.T) * a1 * (1 - a1)'
    """
    f, number = network.activations[layer], layer + 1
    at, other = ("z", "a") if f.derivative_of == "z" else ("a", "z")
    names = {
        "l": number,
        "k": layer,
        "f": f.name,
        "at": f"{at}{number}",
        "other": f"{other}{number}",
    }
    return mistake.words.format(
        **names, below=f"a{layer}" if layer else "x", right=_delta(network, layer)
    )


def _delta(network: Network, layer: int) -> str:
    """How the delta of a layer should read."""
    f, loss, number = network.activations[layer], network.loss, layer + 1
    if layer < len(network.activations) - 1:
        line = f"(delta{number + 1} @ W{number + 1}.T)" + _slope(network, layer)
    elif loss.output:
        line = (
            WHOLE_DELTAS[loss.name] + SHARES[loss.reduction]
            if loss.name in WHOLE_DELTAS
            else "dE/dz#"
        )
    else:
        da = (
            LOSS_SLOPES[loss.name] + SHARES[loss.reduction]
            if loss.name in LOSS_SLOPES
            else "dE/da#"
        )
        softmax = f"a# * (da - np.sum(a# * da, axis=1, keepdims=True)) with da = {da}"
        line = softmax if isinstance(f, Softmax) else da + _slope(network, layer)
    return f"delta# = {line}".replace("#", str(number))


def _slope(network: Network, layer: int) -> str:
    f = network.activations[layer]
    return SLOPES.get(
        f.name, f" * (the slope of {f.name} at {'z' if f.derivative_of == 'z' else 'a'}#)"
    )
