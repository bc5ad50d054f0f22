"""The losses: a table with one row a loss, each ONE function that gives the value and its
derivative.

Reduction, every factor and the scale of a penalty are decided here and nowhere else. A loss works
either on the network's output `a`, whatever the output activation (then the chain rule through that
activation gives the delta), or directly on the pre-activation `z` of the one output activation it
belongs to (the cross-entropies, focal losses and Poisson), which is exact and stable for large |z|.
"""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field, replace
from typing import Literal, NamedTuple

from glassnet.core.activations import (
    OUTPUTS,
    Activation,
    name_of,
    not_given,
    sigmoid,
    softmax,
    softplus,
)
from glassnet.core.arrays import Array, array_namespace
from glassnet.errors import GlassnetError, shown
from glassnet.settings import check_all_text, check_name, check_type, number_or_nan

ValueAndDerivative = tuple[Array, Array]
"""The loss of each entry and its derivative there; both N x K."""
ElementwiseFunction = Callable[[Array, Array], Array]
"""(prediction, y) -> one number for each entry, all N x K."""
REDUCTIONS = ("sum", "mean", "mean_rows")


class _TwoFunctions(NamedTuple):
    """A loss given as two functions, called as one."""

    value: ElementwiseFunction
    delta: ElementwiseFunction

    def __call__(self, prediction: Array, y: Array) -> ValueAndDerivative:
        return self.value(prediction, y), self.delta(prediction, y)


@dataclass(frozen=True)
class Loss:
    """How far outputs are from targets, and which way they should move.

    Parameters
    ----------
    name : str
        What network, command line and model file call it; by default the name of `value`.
    value_and_derivative : callable
        (prediction, y) -> (value, derivative), both N x K. `prediction` is the output a, or z where
        `output` is set. Where there is a `setting`, it is the third argument.
    value, delta : callable
        The same as two functions, for a custom loss: (prediction, y) -> value, and -> derivative.
    reduction : {"sum", "mean", "mean_rows"} "sum": all entries added. "mean": divided by N and K.
        "mean_rows": divided by N, the outputs of a row added. With sample weights w, N becomes
        sum(w): a weight of 2 is the row given twice.
    output : str or None
        The one output activation that the loss belongs to, or None where any will do.
    targets : (float, float)
        The smallest and largest target that it takes.
    setting : float or None
        A threshold, quantile or power; part of the name.
    setting_name : str
        What the setting is called.
    formula : str
        The value as a Python expression, for all that writes mathematics; "": not known.
    derivative_formula : str
        The derivative as an expression: in a, or in z where `output` is set.
    stable_formula : str
        The value in z, where `formula` would take the logarithm of a probability of 0.
    row_term : str
        Where a formula needs the whole row: the expression g, whose sum over the outputs is s.

    In formulas y is the target, h the setting, and l the logarithm of the sum of all exp(z) of the
    row. They do not count when two losses are compared.

    Raises
    ------
    GlassnetError
        Unless either `value_and_derivative` or both `value` and `delta` are given. `check_custom`
        says whether they fit each other.

    Examples
    --------
    >>> fourth = Loss(value=lambda a, y: (a - y) ** 4, delta=lambda a, y: 4 * (a - y) ** 3)
    >>> fourth.reduction
    'mean'
    """

    name: str = ""
    value_and_derivative: Callable[..., ValueAndDerivative] = not_given
    reduction: Literal["sum", "mean", "mean_rows"] = "mean"
    output: str | None = None
    targets: tuple[float, float] = (float("-inf"), float("inf"))
    setting: float | None = None
    value: InitVar[ElementwiseFunction | None] = None
    delta: InitVar[ElementwiseFunction | None] = None
    setting_name: str = field(default="", compare=False)
    formula: str = field(default="", compare=False)
    derivative_formula: str = field(default="", compare=False)
    stable_formula: str = field(default="", compare=False)
    row_term: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"<glassnet Loss {self.name}>"

    def __post_init__(
        self, value: ElementwiseFunction | None, delta: ElementwiseFunction | None
    ) -> None:
        one_function = self.value_and_derivative is not not_given
        two_functions = value is not None and delta is not None
        half_given = (value is None) != (delta is None)
        functions = [f for f in (self.value_and_derivative, value, delta) if f is not None]
        if half_given or one_function == two_functions or not all(map(callable, functions)):
            raise GlassnetError(
                "a loss is two functions, its values and their derivative: "
                "write Loss(value=f, delta=g)"
            )
        check_name("reduction", self.reduction, REDUCTIONS)
        if self.output is not None:
            check_name("output", self.output, OUTPUTS)
        check_all_text(
            name=self.name,
            setting_name=self.setting_name,
            formula=self.formula,
            derivative_formula=self.derivative_formula,
            stable_formula=self.stable_formula,
            row_term=self.row_term,
        )
        object.__setattr__(self, "name", self.name or name_of(value or self.value_and_derivative))
        if value is not None and delta is not None:
            object.__setattr__(self, "value_and_derivative", _TwoFunctions(value, delta))

    def __call__(
        self,
        output: Activation,
        z: Array,
        a: Array,
        y: Array,
        sample_weight: Array | None = None,
    ) -> ValueAndDerivative:
        """The loss of a batch and its delta = d loss / dz, eq. (8) to (10).

        Parameters
        ----------
        output : Activation
            The network's output activation.
        z, a, y : N x K
            Pre-activations and activations of the last layer, and the targets.
        sample_weight : N or None
            How much each row counts; None: each once.

        Returns
        -------
        value : a zero-dimensional array.
        delta : N x K.
        """
        xp = array_namespace(a)
        value, derivative = self.elementwise(a if self.output is None else z, y)
        scale = self.row_scale(xp, a, sample_weight)  # N x 1, or one number for all rows
        value = scale * value
        derivative = scale * derivative
        delta = derivative if self.output is not None else output.backward(z, a, derivative)
        return xp.sum(value), delta

    def elementwise(self, prediction: Array, y: Array) -> ValueAndDerivative:
        """The loss of each entry and its derivative, before any reduction; all N x K."""
        if self.setting is None:
            return self.value_and_derivative(prediction, y)
        return self.value_and_derivative(prediction, y, self.setting)

    def row_scale(self, xp: Array, a: Array, sample_weight: Array | None) -> Array:
        """What the entries of a row are multiplied by: its weight over the reduction's divisor."""
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
        """How much of the penalty one batch carries, eq. (11).

        b/N for sums, so that an epoch carries it once; else all of it.
        """
        return batch_rows / all_rows if self.reduction == "sum" else 1.0


def squared_error(a: Array, y: Array) -> ValueAndDerivative:
    """(a - y)^2, eq. (8), and 2 (a - y). (Legendre 1805)"""
    return (a - y) * (a - y), 2 * (a - y)


def half_squared_error(a: Array, y: Array) -> ValueAndDerivative:
    """(a - y)^2 / 2 and a - y: the factor 2 of the derivative cancelled."""
    return 0.5 * (a - y) * (a - y), a - y


def absolute_error(a: Array, y: Array) -> ValueAndDerivative:
    """|a - y|, eq. (8.1), and its sign; at a = y the derivative counts as 0. (Boscovich 1757)"""
    xp = array_namespace(a)
    return xp.abs(a - y), xp.sign(a - y)


def huber_error(a: Array, y: Array, threshold: float) -> ValueAndDerivative:
    """Half the square up to the threshold, a straight line beyond, eq. (8.2). (Huber 1964)"""
    xp = array_namespace(a)
    clipped = xp.clip(a - y, -threshold, threshold)
    return clipped * (a - y) - 0.5 * clipped * clipped, clipped


def pinball_error(a: Array, y: Array, quantile: float) -> ValueAndDerivative:
    """Errors weighed by their side, eq. (8.3). (Koenker & Bassett 1978)"""
    xp = array_namespace(a)
    asymmetry = quantile - 0.5
    value = 0.5 * xp.abs(a - y) - asymmetry * (a - y)
    return value, 0.5 * xp.sign(a - y) - asymmetry


def binary_cross_entropy(z: Array, y: Array) -> ValueAndDerivative:
    """-y log a - (1 - y) log(1 - a) for a = sigmoid(z), which is softplus(z) - y z, eq. (9).

    The derivative in z is a - y. (Bishop 2006, eq. (4.90))
    """
    return softplus(z) - y * z, sigmoid(z) - y


def categorical_cross_entropy(z: Array, y: Array) -> ValueAndDerivative:
    """-y_k log a_k for a = softmax(z), the logarithm taken of the sum directly, eq. (10).

    The derivative in z is a sum(y) - y. (Bishop 2006, eq. (4.108))
    """
    xp = array_namespace(z)
    top = xp.max(z, axis=1, keepdims=True)  # N x 1
    log_a = z - top - xp.log(xp.sum(xp.exp(z - top), axis=1, keepdims=True))  # N x K
    return -y * log_a, softmax(z) * xp.sum(y, axis=1, keepdims=True) - y


def binary_focal_loss(z: Array, y: Array, gamma: float) -> ValueAndDerivative:
    """Binary cross-entropy times (1 - p of the true class)^gamma, eq. (10.1). (Lin et al. 2017)"""
    xp = array_namespace(z)
    p = sigmoid(z)
    q = sigmoid(-z)
    minus_log_p = softplus(-z)
    minus_log_q = softplus(z)
    p_gamma = xp.exp(-gamma * minus_log_p)
    q_gamma = xp.exp(-gamma * minus_log_q)
    value = y * q_gamma * minus_log_p + (1 - y) * p_gamma * minus_log_q
    pull_up = y * q_gamma * (q + gamma * p * minus_log_p)
    pull_down = (1 - y) * p_gamma * (p + gamma * q * minus_log_q)
    return value, pull_down - pull_up


def categorical_focal_loss(z: Array, y: Array, gamma: float) -> ValueAndDerivative:
    """Categorical cross-entropy times (1 - p)^gamma of the true class, eq. (10.2).

    (Lin et al. 2017)
    """
    xp = array_namespace(z)
    z = z - xp.max(z, axis=1, keepdims=True)
    e = xp.sort(xp.exp(z), axis=1)
    # Without the largest, which is 1 and would swallow the others in rounding:
    others = xp.sum(e[:, :-1], axis=1, keepdims=True)
    log_p = z - xp.log1p(others)  # N x K
    p = xp.exp(log_p)
    q = -xp.expm1(log_p)
    q_gamma = q**gamma
    # Where q is 0, so is q_gamma, and 1 stands in for q:
    g = y * q_gamma * (gamma * p * log_p / xp.where(q > 0, q, 1.0) - 1)
    return -y * q_gamma * log_p, g - p * xp.sum(g, axis=1, keepdims=True)


def poisson_deviance(z: Array, y: Array) -> ValueAndDerivative:
    """Half the Poisson deviance for a = e^z: a - y + y log(y/a), zero where a = y.

    The derivative in z is a - y, eq. (9). (Nelder & Wedderburn 1972)
    """
    xp = array_namespace(z)
    a = xp.exp(z)
    y_log_y = y * xp.log(xp.where(y > 0, y, xp.ones_like(y)))
    return a - y * z + y_log_y - y, a - y


def huber(threshold: float = 1.0) -> Loss:
    """Half the square up to `threshold`, a straight line beyond, eq. (8.2); mean over all entries.

    Raises GlassnetError unless the threshold is above 0. (Huber 1964)
    """
    loss = Loss(
        "huber",
        huber_error,
        "mean",
        setting_name="threshold",
        formula="0.5 * (a - y)**2 if abs(a - y) <= h else h * abs(a - y) - 0.5 * h**2",
        derivative_formula="max(-h, min(a - y, h))",
    )
    return _with_setting(loss, threshold, usual=1.0)


def pinball(quantile: float = 0.5) -> Loss:
    """`quantile` of the error where the target is above, 1 - `quantile` where below, eq. (8.3).

    Mean over all entries. Its minimum is that quantile of y, so 0.9 aims above nine targets in ten.
    Raises GlassnetError unless the quantile is between 0 and 1. (Koenker & Bassett 1978)
    """
    loss = Loss(
        "pinball",
        pinball_error,
        "mean",
        setting_name="quantile",
        formula="0.5 * abs(a - y) - (h - 0.5) * (a - y)",
        derivative_formula="0.5 * sign(a - y) - (h - 0.5)",
    )
    return _with_setting(loss, quantile, usual=0.5, below=1.0)


def binary_focal(gamma: float = 2.0) -> Loss:
    """Binary cross-entropy with less weight on what is nearly right, eq. (10.1); mean over the
    rows.

    Raises GlassnetError unless gamma is above 0. (Lin et al. 2017)
    """
    loss = Loss(
        "binary_focal",
        binary_focal_loss,
        "mean_rows",
        "sigmoid",
        (0, 1),
        setting_name="gamma",
        formula="-y * (1 - a)**h * log(a) - (1 - y) * a**h * log(1 - a)",
        derivative_formula="(1 - y) * a**h * (a - h * (1 - a) * log(1 - a))"
        " - y * (1 - a)**h * ((1 - a) - h * a * log(a))",
        stable_formula="y * sigmoid(-z)**h * softplus(-z) + (1 - y) * sigmoid(z)**h * softplus(z)",
    )
    return _with_setting(loss, gamma, usual=2.0)


def categorical_focal(gamma: float = 2.0) -> Loss:
    """Categorical cross-entropy with less weight on what is nearly right, eq. (10.2).

    Mean over the rows. Raises GlassnetError unless gamma is above 0. (Lin et al. 2017)
    """
    loss = Loss(
        "categorical_focal",
        categorical_focal_loss,
        "mean_rows",
        "softmax",
        (0, 1),
        setting_name="gamma",
        formula="-y * (1 - a)**h * log(a)",
        derivative_formula="g - a * s",
        row_term="y * (1 - a)**h * (h * a * log(a) / (1 - a) - 1)",
    )
    return _with_setting(loss, gamma, usual=2.0)


def _with_setting(loss: Loss, setting: float, *, usual: float, below: float = float("inf")) -> Loss:
    number = number_or_nan(setting)
    if not 0 < number < below:
        raise GlassnetError(
            f"loss '{loss.name}:{shown(setting)}': "
            f"the {loss.setting_name} must be a number between 0 and {below:g}"
        )
    name = loss.name if number == usual else f"{loss.name}:{number!r}"
    return replace(loss, name=name, setting=number)


_ROWS = [
    Loss(  # the article's: no mean, no half
        "sum_of_squares",
        squared_error,
        "sum",
        formula="(a - y)**2",
        derivative_formula="2 * (a - y)",
    ),
    Loss(  # PyTorch's and Keras's MSE
        "mean_squared_error",
        squared_error,
        "mean",
        formula="(a - y)**2",
        derivative_formula="2 * (a - y)",
    ),
    Loss(  # scikit-learn's squared_error
        "half_mean_squared_error",
        half_squared_error,
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
        poisson_deviance,
        "mean",
        "exponential",
        (0, float("inf")),
        formula="a - y + y * log(y / a) if y > 0 else a",
        derivative_formula="a - y",
    ),
    Loss(
        "mean_absolute_error",
        absolute_error,
        "mean",
        formula="abs(a - y)",
        derivative_formula="sign(a - y)",
    ),
    huber(),
    pinball(),
    binary_focal(),
    categorical_focal(),
]
LOSSES: dict[str, Loss] = {row.name: row for row in _ROWS}
"""Every loss by name.

Those in `SETTINGS` take a setting after a colon: "huber:2", "pinball:0.9".
"""

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
    check_type("loss", loss, str, "a Loss, or the name of one")
    name, colon, setting = loss.partition(":")
    check_name("loss", name, LOSSES)
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
    """Whether a loss is one that `find_loss` knows, or a copy of one, with whatever reduction."""
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
