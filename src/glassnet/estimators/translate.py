"""What scikit-learn calls activations and losses, and what they are called here. Names only."""

from glassnet.core.activations import ACTIVATIONS

ACTIVATION_NAMES = {"logistic": "sigmoid", **{name: name for name in ACTIVATIONS}}
LOSS_NAMES = {
    "squared_error": "half_mean_squared_error",
    "absolute_error": "mean_absolute_error",
    "quantile": "pinball",
}
CLASSIFIER_LOSSES = {
    "sigmoid": {"log_loss": "binary_cross_entropy", "focal": "binary_focal"},
    "softmax": {"log_loss": "categorical_cross_entropy", "focal": "categorical_focal"},
}
"""For a classifier's output activation, what its losses are called here."""
