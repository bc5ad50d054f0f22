"""glassnet: dense networks on tables, one or thousands at a time, every number of every step to be seen."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassnet.core.activations import ACTIVATIONS, OUTPUTS, Activation
    from glassnet.core.initializers import INITIALIZERS, initialize
    from glassnet.core.losses import LOSSES, Loss, binary_focal, categorical_focal, huber, pinball
    from glassnet.core.network import Network, Parameters, Trace, backprop, feedforward
    from glassnet.core.optimizers import (
        OPTIMIZERS,
        Adam,
        AdamEpsilonHat,
        AdamW,
        GradientDescent,
        Momentum,
        Nesterov,
        Optimizer,
        RMSprop,
        Rprop,
    )
    from glassnet.core.penalties import Penalty
    from glassnet.errors import GlassnetError, GlassnetWarning
    from glassnet.estimators.encoder import TableEncoder
    from glassnet.estimators.hidden import HiddenFeatures
    from glassnet.estimators.mlp import MLPClassifier, MLPRegressor
    from glassnet.estimators.table import TableClassifier, TableRegressor
    from glassnet.gradcheck import GradientCheck, check_gradient, check_own
    from glassnet.model import Model, load
    from glassnet.see.calibration import CalibrationDisplay
    from glassnet.see.classification import ConfusionMatrixDisplay
    from glassnet.see.explain.build import explain
    from glassnet.see.explain.parts import Explanation
    from glassnet.see.hidden_activations import ActivationsDisplay
    from glassnet.see.hidden_units import HiddenUnitsDisplay
    from glassnet.see.importance.display import ImportanceDisplay
    from glassnet.see.importance.gradients import input_gradients
    from glassnet.see.importance.permutation import permutation_importance
    from glassnet.see.importance.profile import LekProfile, lek_profile
    from glassnet.see.importance.profile_display import LekProfileDisplay
    from glassnet.see.importance.result import Importance
    from glassnet.see.importance.weights import garson, olden
    from glassnet.see.loss_curve import LossCurveDisplay
    from glassnet.see.loss_surface import LossSurfaceDisplay
    from glassnet.see.network.display import NetworkDisplay
    from glassnet.see.regression import RegressionDisplay
    from glassnet.see.roc import RocCurveDisplay
    from glassnet.see.surface import DecisionSurfaceDisplay
    from glassnet.see.weights import WeightsDisplay
    from glassnet.table_run import train_table
    from glassnet.training.history import History
    from glassnet.training.run import Run, train

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS", "INITIALIZERS", "LOSSES", "OPTIMIZERS", "OUTPUTS", "Activation", "ActivationsDisplay", "Adam",
    "AdamEpsilonHat", "AdamW", "CalibrationDisplay", "ConfusionMatrixDisplay", "DecisionSurfaceDisplay", "Explanation",
    "GlassnetError", "GlassnetWarning", "GradientCheck", "GradientDescent", "HiddenFeatures", "HiddenUnitsDisplay", "History",
    "Importance", "ImportanceDisplay", "LekProfile", "LekProfileDisplay", "Loss", "LossCurveDisplay", "LossSurfaceDisplay",
    "MLPClassifier", "MLPRegressor", "Model", "Momentum", "Nesterov", "Network", "NetworkDisplay", "Optimizer", "Parameters",
    "Penalty", "RMSprop", "RegressionDisplay", "RocCurveDisplay", "Rprop", "Run", "TableClassifier", "TableEncoder",
    "TableRegressor", "Trace", "WeightsDisplay", "backprop", "binary_focal", "categorical_focal", "check_gradient",
    "check_own", "explain", "feedforward", "garson", "huber", "initialize", "input_gradients", "lek_profile", "load", "olden",
    "permutation_importance", "pinball", "train", "train_table",
]  # fmt: skip

_PLACES = {
    "core.activations": ["ACTIVATIONS", "OUTPUTS", "Activation"],
    "core.initializers": ["INITIALIZERS", "initialize"],
    "core.losses": ["LOSSES", "Loss", "binary_focal", "categorical_focal", "huber", "pinball"],
    "core.network": ["Network", "Parameters", "Trace", "backprop", "feedforward"],
    "core.optimizers": [
        "OPTIMIZERS", "Adam", "AdamEpsilonHat", "AdamW", "GradientDescent", "Momentum", "Nesterov", "Optimizer", "RMSprop", "Rprop",
    ],
    "core.penalties": ["Penalty"],
    "errors": ["GlassnetError", "GlassnetWarning"],
    "estimators.encoder": ["TableEncoder"],
    "estimators.hidden": ["HiddenFeatures"],
    "estimators.mlp": ["MLPClassifier", "MLPRegressor"],
    "estimators.table": ["TableClassifier", "TableRegressor"],
    "gradcheck": ["GradientCheck", "check_gradient", "check_own"],
    "model": ["Model", "load"],
    "table_run": ["train_table"],
    "training.history": ["History"],
    "training.run": ["Run", "train"],
    "see.explain.build": ["explain"],
    "see.explain.parts": ["Explanation"],
    "see.loss_curve": ["LossCurveDisplay"],
    "see.regression": ["RegressionDisplay"],
    "see.classification": ["ConfusionMatrixDisplay"],
    "see.roc": ["RocCurveDisplay"],
    "see.calibration": ["CalibrationDisplay"],
    "see.importance.weights": ["garson", "olden"],
    "see.importance.gradients": ["input_gradients"],
    "see.importance.permutation": ["permutation_importance"],
    "see.importance.profile": ["LekProfile", "lek_profile"],
    "see.importance.result": ["Importance"],
    "see.importance.display": ["ImportanceDisplay"],
    "see.importance.profile_display": ["LekProfileDisplay"],
    "see.network.display": ["NetworkDisplay"],
    "see.surface": ["DecisionSurfaceDisplay"],
    "see.hidden_units": ["HiddenUnitsDisplay"],
    "see.weights": ["WeightsDisplay"],
    "see.hidden_activations": ["ActivationsDisplay"],
    "see.loss_surface": ["LossSurfaceDisplay"],
}  # fmt: skip
_PLACE_OF = {name: f"glassnet.{place}" for place, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Every name is imported when it is first asked for, so that nobody waits for what is not used."""
    if name not in _PLACE_OF:
        raise AttributeError(f"module 'glassnet' has no attribute '{name}'")
    found = globals()[name] = getattr(import_module(_PLACE_OF[name]), name)
    return found


def __dir__() -> list[str]:
    return __all__
