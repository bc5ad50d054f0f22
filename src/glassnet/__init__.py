"""glassnet: dense networks on tables, one or thousands at a time, every number of every step to be seen."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from glassnet.core.activations import ACTIVATIONS, OUTPUTS, Activation
from glassnet.core.gradcheck import GradientCheck, check_gradient
from glassnet.core.initializers import INITIALIZERS, initialize
from glassnet.core.losses import LOSSES, Loss, huber, pinball
from glassnet.core.network import Network, Parameters, Trace, backprop, feedforward
from glassnet.core.optimizers import OPTIMIZERS, Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer, RMSprop, Rprop
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.training.history import History
from glassnet.training.run import Run, train

if TYPE_CHECKING:
    from glassnet.model import Model, load
    from glassnet.table_run import train_table

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS", "INITIALIZERS", "LOSSES", "OPTIMIZERS", "OUTPUTS",
    "Activation", "Adam", "AdamW", "GlassnetError", "GradientCheck", "GradientDescent", "History", "Loss", "Model", "Momentum",
    "Nesterov", "Network", "Optimizer", "Parameters", "Penalty", "RMSprop", "Rprop", "Run", "Trace",
    "backprop", "check_gradient", "feedforward", "huber", "initialize", "load", "pinball",
    "train", "train_table",
]  # fmt: skip

_WHEN_ASKED_FOR = {"Model": "glassnet.model", "load": "glassnet.model", "train_table": "glassnet.table_run"}


def __getattr__(name: str) -> Any:
    """What only those with a table need is imported when it is first asked for, so that `import glassnet` stays quick."""
    if name not in _WHEN_ASKED_FOR:
        raise AttributeError(f"module 'glassnet' has no attribute '{name}'")
    return getattr(import_module(_WHEN_ASKED_FOR[name]), name)


def __dir__() -> list[str]:
    return __all__
