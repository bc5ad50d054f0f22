"""The losses: a table with one row a loss, each ONE function that gives the value and its derivative together.

Reduction, every factor and the share of a penalty are decided here and nowhere else. A loss works either on the
network's output `a`, whatever the output activation (then the chain rule through that activation gives the delta), or
directly on the pre-activation `z` of the one output activation it belongs to (the cross-entropies and Poisson), which
is exact and stable for large |z|.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from glassnet.core.activations import Activation, sigmoid, softmax, softplus
from glassnet.core.arrays import Array, array_namespace
from glassnet.errors import GlassnetError, unknown_name

Terms = tuple[Array, Array]
"""The loss of each entry and its derivative there; both N x K."""


@dataclass(frozen=True)
class Loss:
    """How far outputs are from targets, and which way they should move.

    Parameters
    ----------
    name : how the network, the command line and the model file call it.
    terms : (prediction, y) -> (value, derivative), both N x K. `prediction` is the output a, or z where `output` is set. Where
        there is a `setting`, it is the third argument.
    reduction : "sum": all terms added. "mean": divided by N and K. "mean_rows": divided by N, the outputs of a row added.
        With row weights w, N becomes sum(w): a weight of 2 is the row given twice.
    output : the one output activation the loss belongs to, or None where any will do.
    targets : the smallest and largest target it can take.
    setting : a threshold or quantile; part of the name.
    """

    name: str
    terms: Callable[..., Terms]
    reduction: Literal["sum", "mean", "mean_rows"]
    output: str | None = None
    targets: tuple[float, float] = (float("-inf"), float("inf"))
    setting: float | None = None

    def __call__(self, output: Activation, z: Array, a: Array, y: Array, row_weights: Array | None = None) -> Terms:
        """(value, delta) of a batch, eq. (8) to (10): the scalar loss and delta = d loss / dz.

        z, a, y and delta are N x K; row_weights is N. The value is a zero-dimensional array.
        """
        xp = array_namespace(a)
        settings = () if self.setting is None else (self.setting,)
        value, slope = self.terms(a if self.output is None else z, y, *settings)  # N x K
        share = self._row_share(xp, a, row_weights)  # N x 1, or one number for all rows
        value, slope = share * value, share * slope
        return xp.sum(value), slope if self.output is not None else output.backward(z, a, slope)

    def _row_share(self, xp: Array, a: Array, row_weights: Array | None) -> Array:
        """What each row's terms are multiplied by: its weight over the divisor that `reduction` names."""
        N, K = a.shape
        columns = K if self.reduction == "mean" else 1
        if row_weights is None:
            return 1.0 if self.reduction == "sum" else 1.0 / (N * columns)
        w = row_weights[:, None]  # N x 1
        if self.reduction == "sum":
            return w
        total = xp.sum(w)
        return w / (columns * xp.where(total > 0, total, xp.ones_like(total)))

    def penalty_share(self, batch_rows: int, all_rows: int) -> float:
        """How much of the penalty one batch carries, eq. (11): b/N for sums, so that an epoch carries it once; else all."""
        return batch_rows / all_rows if self.reduction == "sum" else 1.0


def squares(a: Array, y: Array) -> Terms:
    return (a - y) * (a - y), 2 * (a - y)


def half_squares(a: Array, y: Array) -> Terms:
    return 0.5 * (a - y) * (a - y), a - y


def absolute(a: Array, y: Array) -> Terms:
    """|a - y|, eq. (8.1)."""
    xp = array_namespace(a)
    return xp.abs(a - y), xp.sign(a - y)


def huber_terms(a: Array, y: Array, threshold: float) -> Terms:
    xp = array_namespace(a)
    held = xp.clip(a - y, -threshold, threshold)  # the error where it is small, +-threshold where it is not
    return held * (a - y) - 0.5 * held * held, held


def pinball_terms(a: Array, y: Array, quantile: float) -> Terms:
    xp = array_namespace(a)
    tilt = quantile - 0.5
    return 0.5 * xp.abs(a - y) - tilt * (a - y), 0.5 * xp.sign(a - y) - tilt


def huber(threshold: float = 1.0) -> Loss:
    """Half the square up to `threshold`, a straight line beyond, eq. (8.2); mean over all entries. (Huber 1964)

    Raises GlassnetError unless the threshold is above 0.
    """
    return _with_setting("huber", huber_terms, threshold, 1.0, float("inf"))


def pinball(quantile: float = 0.5) -> Loss:
    """`quantile` of the error where the target is above, 1 - `quantile` where below, eq. (8.3); mean over all entries.

    Its minimum is that quantile of y, so 0.9 aims above nine targets in ten. (Koenker & Bassett 1978) Raises GlassnetError
    unless the quantile is between 0 and 1.
    """
    return _with_setting("pinball", pinball_terms, quantile, 0.5, 1.0)


def _with_setting(name: str, terms: Callable[..., Terms], setting: float, usual: float, below: float) -> Loss:
    if not 0 < setting < below:
        raise GlassnetError(f"loss '{name}:{setting}': the setting must be a number between 0 and {below:g}")
    return Loss(name if setting == usual else f"{name}:{float(setting)!r}", terms, "mean", setting=float(setting))


def binary_cross_entropy(z: Array, y: Array) -> Terms:
    """-y log a - (1 - y) log(1 - a) for a = sigmoid(z), which is softplus(z) - y z; slope a - y, eq. (9)."""
    return softplus(z) - y * z, sigmoid(z) - y


def categorical_cross_entropy(z: Array, y: Array) -> Terms:
    """-y_k log a_k for a = softmax(z), the logarithm taken of the sum directly; slope a sum(y) - y, eq. (10)."""
    xp = array_namespace(z)
    top = xp.max(z, axis=1, keepdims=True)  # N x 1
    log_a = z - top - xp.log(xp.sum(xp.exp(z - top), axis=1, keepdims=True))  # N x K
    return -y * log_a, softmax(z) * xp.sum(y, axis=1, keepdims=True) - y


def poisson(z: Array, y: Array) -> Terms:
    """Half the Poisson deviance for a = e^z: a - y + y log(y/a), zero where a = y; slope a - y, eq. (9)."""
    xp = array_namespace(z)
    a = xp.exp(z)
    y_log_y = y * xp.log(xp.where(y > 0, y, xp.ones_like(y)))
    return a - y * z + y_log_y - y, a - y


LOSSES: dict[str, Loss] = {
    row.name: row
    for row in [
        Loss("sum_of_squares", squares, "sum"),  # the article's: no mean, no half
        Loss("mean_squared_error", squares, "mean"),  # PyTorch's and Keras's MSE
        Loss("half_mean_squared_error", half_squares, "mean"),  # scikit-learn's squared_error
        Loss("binary_cross_entropy", binary_cross_entropy, "mean_rows", "sigmoid", (0, 1)),  # scikit-learn's binary log_loss
        Loss("categorical_cross_entropy", categorical_cross_entropy, "mean_rows", "softmax", (0, 1)),
        Loss("poisson", poisson, "mean", "exponential", (0, float("inf"))),  # half the mean Poisson deviance, as scikit-learn's
        Loss("mean_absolute_error", absolute, "mean"),
        huber(),
        pinball(),
    ]
}
"""Every loss by name. `huber` and `pinball` take a setting after a colon: "huber:2", "pinball:0.9"."""

SETTINGS: dict[str, Callable[[float], Loss]] = {"huber": huber, "pinball": pinball}
"""The losses with a setting, and how to make one."""


def find_loss(loss: "str | Loss") -> Loss:
    """The row of that name ("huber", "pinball:0.9"), or the loss itself when one is given.

    Raises GlassnetError on an unknown name or a setting out of range.
    """
    if isinstance(loss, Loss):
        return loss
    name, colon, setting = loss.partition(":")
    if name not in LOSSES:
        raise unknown_name("loss", name, LOSSES)
    if not colon:
        return LOSSES[name]
    if name not in SETTINGS:
        raise GlassnetError(f"loss '{name}' takes no setting, but got {loss!r}: write '{name}'")
    try:
        number = float(setting)
    except ValueError:
        raise GlassnetError(f"loss {loss!r}: the setting must be a number, as in '{name}:0.5'") from None
    return SETTINGS[name](number)
