"""glassnet: dense networks on tables, one or thousands at a time, every number of every step to be seen."""

from glassnet.core.activations import ACTIVATIONS, OUTPUTS, Activation
from glassnet.core.gradcheck import GradientCheck, check_gradient
from glassnet.core.initializers import INITIALIZERS, initialize
from glassnet.core.losses import LOSSES, Loss, huber, pinball
from glassnet.core.network import Network, Parameters, Trace, backprop, feedforward
from glassnet.core.optimizers import OPTIMIZERS, Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer, RMSprop, Rprop
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.model import Model, load
from glassnet.table_run import train_table
from glassnet.training.history import History
from glassnet.training.run import Run, train

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS", "INITIALIZERS", "LOSSES", "OPTIMIZERS", "OUTPUTS",
    "Activation", "Adam", "AdamW", "GlassnetError", "GradientCheck", "GradientDescent", "History", "Loss", "Model", "Momentum",
    "Nesterov", "Network", "Optimizer", "Parameters", "Penalty", "RMSprop", "Rprop", "Run", "Trace",
    "backprop", "check_gradient", "feedforward", "huber", "initialize", "load", "pinball",
    "train", "train_table",
]  # fmt: skip
