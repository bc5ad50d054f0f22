"""What scikit-learn calls activations and losses, and what they are called here.

Names only; parameters are translated beside their estimators (`mlp/`, `table/`).
"""

from glassnet.core.activations import ACTIVATIONS

ACTIVATION_NAMES = {"logistic": "sigmoid", **{name: name for name in ACTIVATIONS}}
"""scikit-learn's or our name -> our name."""

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
