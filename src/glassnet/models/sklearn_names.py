"""What scikit-learn calls activations and losses, and what they are called here.

For its fitted networks (`sklearn_conversion.py`) and for our estimators in its place, whose other
parameters are translated beside them (`estimators/mlp/`, `estimators/table/`).
"""

from typing import Any

from glassnet.core.activations import ACTIVATIONS
from glassnet.core.losses import LOSSES
from glassnet.settings import items_of

ACTIVATION_NAMES = {"logistic": "sigmoid", **{name: name for name in ACTIVATIONS}}
"""scikit-learn's or our name -> our name."""

OUTPUT_NAMES = {"sigmoid": "logistic", "exponential": "exp"}
"""What scikit-learn calls an output activation, where it has another word."""

LOSS_NAMES = {
    "squared_error": "half_mean_squared_error",
    "absolute_error": "mean_absolute_error",
    "quantile": "pinball",
}
"""scikit-learn's name of a regressor's loss -> our name; ours stand as they are."""

CLASSIFIER_LOSSES = {
    "sigmoid": {"log_loss": "binary_cross_entropy", "focal": "binary_focal"},
    "softmax": {"log_loss": "categorical_cross_entropy", "focal": "categorical_focal"},
}
"""A classifier's output activation -> scikit-learn's name of its loss -> our name."""


def our_activation(given: Any) -> Any:
    """An activation, or several, by our name; what is no name of one stays as it is."""
    if isinstance(given, str):
        return ACTIVATION_NAMES.get(given, given)
    several = items_of(given)
    return given if several is None else tuple(our_activation(one) for one in several)


def loss_names(output: str | None) -> dict[str, str]:
    """Every name of a loss -> our name; `output` is a classifier's output activation."""
    ours = {name: name for name in LOSSES}
    return {**LOSS_NAMES, **ours, **CLASSIFIER_LOSSES.get(output or "", {})}


def our_loss(given: Any, output: str | None) -> Any:
    """A loss by our name, with its setting if it has one; an unknown one stays as it is."""
    if not isinstance(given, str):
        return given
    name, colon, setting = given.partition(":")
    return loss_names(output).get(name, name) + colon + setting
