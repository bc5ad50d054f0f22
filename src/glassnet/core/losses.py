"""The losses: a table with one row a loss, each ONE function that gives the value and its derivative together.

Reduction, every factor and the share of a penalty are decided here and nowhere else. A loss works either on the
network's output `a`, whatever the output activation (then the chain rule through that activation gives the delta), or
directly on the pre-activation `z` of the one output activation it belongs to (the cross-entropies, focal losses and Poisson), which
is exact and stable for large |z|.
"""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field, replace
from typing import Literal, NamedTuple

from glassnet.core.activations import Activation, name_of, not_given, sigmoid, softmax, softplus
from glassnet.core.arrays import Array, array_namespace
from glassnet.errors import GlassnetError, unknown_name

Terms = tuple[Array, Array]
"""The loss of each entry and its derivative there; both N x K."""
Term = Callable[[Array, Array], Array]


class Pair(NamedTuple):
    """The terms of a loss from two functions."""

    value: Term
    delta: Term

    def __call__(self, prediction: Array, y: Array) -> Terms:
        return self.value(prediction, y), self.delta(prediction, y)


@dataclass(frozen=True)
class Loss:
    """How far outputs are from targets, and which way they should move.

    Parameters
    ----------
    name : how the network, the command line and the model file call it; by default the name of `value`.
    terms : (prediction, y) -> (value, derivative), both N x K. `prediction` is the output a, or z where `output` is set. Where
        there is a `setting`, it is the third argument.
    value, delta : the same as two functions, for a loss of your own: (prediction, y) -> value, and -> derivative.
    reduction : "sum": all terms added. "mean": divided by N and K. "mean_rows": divided by N, the outputs of a row added.
        With row weights w, N becomes sum(w): a weight of 2 is the row given twice.
    output : the one output activation the loss belongs to, or None where any will do.
    targets : the smallest and largest target it can take.
    setting : a threshold, quantile or power; part of the name.
    setting_name : what the setting is called.
    formula : the value as a Python expression, for all that writes mathematics; "": not known.
    derivative_formula : the derivative as an expression: in a, or in z where `output` is set.
    stable_formula : the value in z, where a formula would take the logarithm of a probability of 0.
    row_term : where a formula needs the whole row: the expression g, whose sum over the outputs is s.

    In formulas y is the target, h the setting, and l the logarithm of the sum of all exp(z) of the
    row. They do not count when two losses are compared.

    Raises GlassnetError unless either `terms` or both `value` and `delta` are given. `check_custom` says whether they fit each other.

    >>> Loss(value=lambda a, y: (a - y) ** 4, delta=lambda a, y: 4 * (a - y) ** 3, name="fourth").reduction
    'mean'
    """

    name: str = ""
    terms: Callable[..., Terms] = not_given
    reduction: Literal["sum", "mean", "mean_rows"] = "mean"
    output: str | None = None
    targets: tuple[float, float] = (float("-inf"), float("inf"))
    setting: float | None = None
    value: InitVar[Term | None] = None
    delta: InitVar[Term | None] = None
    setting_name: str = field(default="", compare=False)
    formula: str = field(default="", compare=False)
    derivative_formula: str = field(default="", compare=False)
    stable_formula: str = field(default="", compare=False)
    row_term: str = field(default="", compare=False)

    def __post_init__(self, value: Term | None, delta: Term | None) -> None:
        if (value is None) != (delta is None) or (value is None) == (self.terms is not_given):
            raise GlassnetError(
                "a loss is two functions, its values and their derivative: write Loss(value=f, delta=g)"
            )
        if self.reduction not in ("sum", "mean", "mean_rows"):
            raise unknown_name("reduction", self.reduction, ("sum", "mean", "mean_rows"))
        object.__setattr__(self, "name", self.name or name_of(value or self.terms))
        if value is not None and delta is not None:
            object.__setattr__(self, "terms", Pair(value, delta))

    def __call__(
        self, output: Activation, z: Array, a: Array, y: Array, sample_weight: Array | None = None
    ) -> Terms:
        """(value, delta) of a batch, eq. (8) to (10): the scalar loss and delta = d loss / dz.

        z, a, y and delta are N x K; sample_weight is N. The value is a zero-dimensional array.
        """
        xp = array_namespace(a)
        value, slope = self.each(a if self.output is None else z, y)
        share = self.row_scale(xp, a, sample_weight)  # N x 1, or one number for all rows
        value, slope = share * value, share * slope
        return xp.sum(value), slope if self.output is not None else output.backward(z, a, slope)

    def each(self, prediction: Array, y: Array) -> Terms:
        """The loss of each entry and its derivative, before any reduction; all N x K."""
        return (
            self.terms(prediction, y)
            if self.setting is None
            else self.terms(prediction, y, self.setting)
        )

    def row_scale(self, xp: Array, a: Array, sample_weight: Array | None) -> Array:
        """What each row's terms are multiplied by: its weight over the divisor that `reduction` names."""
        N, K = a.shape
        columns = K if self.reduction == "mean" else 1
        if sample_weight is None:
            return 1.0 if self.reduction == "sum" else 1.0 / (N * columns)
        w = sample_weight[:, None]  # N x 1
        if self.reduction == "sum":
            return w
        total = xp.sum(w)
        return w / (columns * xp.where(total > 0, total, xp.ones_like(total)))

    def penalty_scale(self, batch_rows: int, all_rows: int) -> float:
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
    held = xp.clip(
        a - y, -threshold, threshold
    )  # the error where it is small, +-threshold where it is not
    return held * (a - y) - 0.5 * held * held, held


def pinball_terms(a: Array, y: Array, quantile: float) -> Terms:
    xp = array_namespace(a)
    tilt = quantile - 0.5
    return 0.5 * xp.abs(a - y) - tilt * (a - y), 0.5 * xp.sign(a - y) - tilt


def huber(threshold: float = 1.0) -> Loss:
    """Half the square up to `threshold`, a straight line beyond, eq. (8.2); mean over all entries. (Huber 1964)

    Raises GlassnetError unless the threshold is above 0.
    """
    loss = Loss(
        "huber",
        huber_terms,
        "mean",
        setting_name="threshold",
        formula="0.5 * (a - y)**2 if abs(a - y) <= h else h * abs(a - y) - 0.5 * h**2",
        derivative_formula="max(-h, min(a - y, h))",
    )
    return _with_setting(loss, threshold, 1.0)


def pinball(quantile: float = 0.5) -> Loss:
    """`quantile` of the error where the target is above, 1 - `quantile` where below, eq. (8.3); mean over all entries.

    Its minimum is that quantile of y, so 0.9 aims above nine targets in ten. (Koenker & Bassett 1978) Raises GlassnetError
    unless the quantile is between 0 and 1.
    """
    loss = Loss(
        "pinball",
        pinball_terms,
        "mean",
        setting_name="quantile",
        formula="0.5 * abs(a - y) - (h - 0.5) * (a - y)",
        derivative_formula="0.5 * sign(a - y) - (h - 0.5)",
    )
    return _with_setting(loss, quantile, 0.5, below=1.0)


def binary_focal(gamma: float = 2.0) -> Loss:
    """Binary cross-entropy with less weight on what is nearly right, eq. (10.1); mean over the rows. (Lin et al. 2017)

    Raises GlassnetError unless gamma is above 0.
    """
    loss = Loss(
        "binary_focal",
        binary_focal_terms,
        "mean_rows",
        "sigmoid",
        (0, 1),
        setting_name="gamma",
        formula="-y * (1 - a)**h * log(a) - (1 - y) * a**h * log(1 - a)",
        derivative_formula="(1 - y) * a**h * (a - h * (1 - a) * log(1 - a))"
        " - y * (1 - a)**h * ((1 - a) - h * a * log(a))",
        stable_formula="y * sigmoid(-z)**h * softplus(-z) + (1 - y) * sigmoid(z)**h * softplus(z)",
    )
    return _with_setting(loss, gamma, 2.0)


def categorical_focal(gamma: float = 2.0) -> Loss:
    """Categorical cross-entropy with less weight on what is nearly right, eq. (10.2); mean over the rows. (Lin et al. 2017)

    Raises GlassnetError unless gamma is above 0.
    """
    loss = Loss(
        "categorical_focal",
        categorical_focal_terms,
        "mean_rows",
        "softmax",
        (0, 1),
        setting_name="gamma",
        formula="-y * (1 - a)**h * log(a)",
        derivative_formula="g - a * s",
        row_term="y * (1 - a)**h * (h * a * log(a) / (1 - a) - 1)",
    )
    return _with_setting(loss, gamma, 2.0)


def _with_setting(loss: Loss, setting: float, usual: float, below: float = float("inf")) -> Loss:
    if not 0 < setting < below:
        raise GlassnetError(
            f"loss '{loss.name}:{setting}': the setting must be a number between 0 and {below:g}"
        )
    name = loss.name if setting == usual else f"{loss.name}:{float(setting)!r}"
    return replace(loss, name=name, setting=float(setting))


def binary_cross_entropy(z: Array, y: Array) -> Terms:
    """-y log a - (1 - y) log(1 - a) for a = sigmoid(z), which is softplus(z) - y z; slope a - y, eq. (9)."""
    return softplus(z) - y * z, sigmoid(z) - y


def categorical_cross_entropy(z: Array, y: Array) -> Terms:
    """-y_k log a_k for a = softmax(z), the logarithm taken of the sum directly; slope a sum(y) - y, eq. (10)."""
    xp = array_namespace(z)
    top = xp.max(z, axis=1, keepdims=True)  # N x 1
    log_a = z - top - xp.log(xp.sum(xp.exp(z - top), axis=1, keepdims=True))  # N x K
    return -y * log_a, softmax(z) * xp.sum(y, axis=1, keepdims=True) - y


def binary_focal_terms(z: Array, y: Array, gamma: float) -> Terms:
    xp = array_namespace(z)
    p, q = sigmoid(z), sigmoid(-z)
    minus_log_p, minus_log_q = softplus(-z), softplus(z)
    p_gamma, q_gamma = xp.exp(-gamma * minus_log_p), xp.exp(-gamma * minus_log_q)
    value = y * q_gamma * minus_log_p + (1 - y) * p_gamma * minus_log_q
    return value, (1 - y) * p_gamma * (p + gamma * q * minus_log_q) - y * q_gamma * (
        q + gamma * p * minus_log_p
    )


def categorical_focal_terms(z: Array, y: Array, gamma: float) -> Terms:
    xp = array_namespace(z)
    z = z - xp.max(z, axis=1, keepdims=True)
    e = xp.sort(xp.exp(z), axis=1)
    others = xp.sum(
        e[:, :-1], axis=1, keepdims=True
    )  # without the largest, which is 1 and would swallow them
    log_p = z - xp.log1p(others)  # N x K
    p, q = xp.exp(log_p), -xp.expm1(log_p)
    q_gamma = q**gamma
    g = (
        y * q_gamma * (gamma * p * log_p / xp.where(q > 0, q, 1.0) - 1)
    )  # where q is 0, so is q_gamma
    return -y * q_gamma * log_p, g - p * xp.sum(g, axis=1, keepdims=True)


def poisson(z: Array, y: Array) -> Terms:
    """Half the Poisson deviance for a = e^z: a - y + y log(y/a), zero where a = y; slope a - y, eq. (9)."""
    xp = array_namespace(z)
    a = xp.exp(z)
    y_log_y = y * xp.log(xp.where(y > 0, y, xp.ones_like(y)))
    return a - y * z + y_log_y - y, a - y


LOSSES: dict[str, Loss] = {
    row.name: row
    for row in [
        Loss(  # the article's: no mean, no half
            "sum_of_squares", squares, "sum", formula="(a - y)**2", derivative_formula="2 * (a - y)"
        ),
        Loss(  # PyTorch's and Keras's MSE
            "mean_squared_error",
            squares,
            "mean",
            formula="(a - y)**2",
            derivative_formula="2 * (a - y)",
        ),
        Loss(  # scikit-learn's squared_error
            "half_mean_squared_error",
            half_squares,
            "mean",
            formula="0.5 * (a - y)**2",
            derivative_formula="a - y",
        ),
        Loss(  # scikit-learn's binary log_loss
            "binary_cross_entropy",
            binary_cross_entropy,
            "mean_rows",
            "sigmoid",
            (0, 1),
            formula="-y * log(a) - (1 - y) * log(1 - a)",
            derivative_formula="a - y",
            stable_formula="softplus(z) - y * z",
        ),
        Loss(
            "categorical_cross_entropy",
            categorical_cross_entropy,
            "mean_rows",
            "softmax",
            (0, 1),
            formula="-y * log(a)",
            derivative_formula="a * s - y",
            stable_formula="-y * (z - l)",
            row_term="y",
        ),
        Loss(  # half the mean Poisson deviance, as scikit-learn's
            "poisson",
            poisson,
            "mean",
            "exponential",
            (0, float("inf")),
            formula="a - y + y * log(y / a) if y > 0 else a",
            derivative_formula="a - y",
        ),
        Loss(
            "mean_absolute_error",
            absolute,
            "mean",
            formula="abs(a - y)",
            derivative_formula="sign(a - y)",
        ),
        huber(),
        pinball(),
        binary_focal(),
        categorical_focal(),
    ]
}
"""Every loss by name. Those in `SETTINGS` take a setting after a colon: "huber:2", "pinball:0.9"."""

SETTINGS: dict[str, Callable[[float], Loss]] = {
    "huber": huber,
    "pinball": pinball,
    "binary_focal": binary_focal,
    "categorical_focal": categorical_focal,
}
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
        raise GlassnetError(
            f"loss {loss!r}: the setting must be a number, as in '{name}:0.5'"
        ) from None
    return SETTINGS[name](number)


def is_builtin(loss: Loss) -> bool:
    """Whether a loss is one that `find_loss` knows, or one of them (or a copy) with another reduction."""
    if LOSSES.get(loss.name) is loss:
        return True
    known = known_loss(loss.name)
    return known is not None and replace(known, reduction=loss.reduction) == loss


def known_loss(name: str) -> Loss | None:
    """The loss that `find_loss` finds, or None where it finds none."""
    try:
        return find_loss(name)
    except GlassnetError:
        return None
