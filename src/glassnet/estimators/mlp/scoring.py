"""How good a network is on validation rows, as scikit-learn counts: what early stopping goes by."""

from collections.abc import Callable

import numpy as np

from glassnet.core.network import Network, Parameters, feedforward, loss_of
from glassnet.training.problem import Data
from glassnet.training.schedules import Floats


class ValidationScore:
    """Gives (loss, score) of parameters on validation rows.

    The loss is without penalty; of the score more is better.

    Parameters
    ----------
    network : Network
        What is scored.
    rows : Data
        x, y as the network's outputs should be, and row weights.
    score : str or callable
        "loss" (the loss, negative), "outputs" (accuracy of classes, R2 of numbers), or a function
        of the parameters.
    classes : bool
        Whether the outputs are classes.
    """

    def __init__(
        self,
        network: Network,
        rows: Data,
        score: str | Callable[[Parameters], float],
        classes: bool,
    ) -> None:
        self.network = network
        self.rows = rows
        self.score = score
        self.classes = classes

    def __call__(self, parameters: Parameters) -> tuple[float, float]:
        network = self.network
        x, y, sample_weight = self.rows
        with np.errstate(all="ignore"):
            trace = feedforward(network, parameters, x)
            loss = float(loss_of(network, trace, y, sample_weight))
        output = trace.output  # N x K
        if self.score == "loss":
            return loss, -loss
        if callable(self.score):
            return loss, float(self.score(parameters))
        if not np.isfinite(output).all():
            return loss, float("nan")
        if not self.classes:
            return loss, r2(y, output, sample_weight)
        one_of_all = network.output.name == "softmax"
        return loss, accuracy(y, output, sample_weight, one_of_all=one_of_all)


def accuracy(y: Floats, output: Floats, sample_weight: Floats | None, one_of_all: bool) -> float:
    """The fraction of rows whose classes are all right.

    Parameters
    ----------
    y, output : array
        N x K.
    sample_weight : array, optional
        N.
    one_of_all : bool
        Whether a row's class is its largest output; else every output above one half is one.
    """
    if one_of_all:
        right = y.argmax(axis=1) == output.argmax(axis=1)
    else:
        right = ((output > 0.5) == (y > 0.5)).all(axis=1)
    return float(np.average(right, weights=sample_weight))


def r2(y: Floats, output: Floats, sample_weight: Floats | None) -> float:
    """The mean over outputs of 1 - squared error / squared distance from the mean.

    Where y is constant an output counts 1 when it is right and 0 when not. These are the numbers
    of scikit-learn's r2_score, whose checks take longer than many an epoch.

    Parameters
    ----------
    y, output : array
        N x K.
    sample_weight : array, optional
        N.
    """
    w = np.ones((len(y), 1)) if sample_weight is None else sample_weight[:, None]
    mean = np.average(y, axis=0, weights=sample_weight)  # K
    error = (w * (y - output) ** 2).sum(axis=0, dtype=np.float64)  # K
    spread = (w * (y - mean) ** 2).sum(axis=0, dtype=np.float64)  # K
    flat = spread == 0
    return float(np.mean(np.where(flat, error == 0, 1 - error / np.where(flat, 1, spread))))
