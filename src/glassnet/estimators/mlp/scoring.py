"""How good a network is on some rows, as scikit-learn counts: what early stopping goes by."""

from collections.abc import Callable

import numpy as np

from glassnet.core.network import Network, Parameters, feedforward
from glassnet.training.problem import Data, Floats


class Judge:
    """Gives (loss, score) of parameters on validation rows: the loss without penalty, and a score of which more is better.

    Parameters
    ----------
    rows : x, y as the network's outputs should be, and row weights.
    score : "loss" (the loss, negative), "outputs" (accuracy of classes, R2 of numbers) or a function of the parameters.
    """

    def __init__(
        self,
        network: Network,
        rows: Data,
        score: str | Callable[[Parameters], float],
        classes: bool,
    ) -> None:
        self.network, self.rows, self.score, self.classes = network, rows, score, classes

    def __call__(self, parameters: Parameters) -> tuple[float, float]:
        network, (x, y, w) = self.network, self.rows
        with np.errstate(all="ignore"):
            trace = feedforward(network, parameters, x)
            loss = float(network.loss(network.output, trace.z[-1], trace.output, y, w)[0])
        if self.score == "loss":
            return loss, -loss
        if callable(self.score):
            return loss, float(self.score(parameters))
        if not np.isfinite(trace.output).all():
            return loss, float("nan")
        if not self.classes:
            return loss, r2(y, trace.output, w)
        return loss, accuracy(y, trace.output, w, one_of_all=network.output.name == "softmax")


def accuracy(y: Floats, output: Floats, sample_weight: Floats | None, one_of_all: bool) -> float:
    """The share of rows whose classes are all right. y and output are N x K.

    `one_of_all`: the class with the largest output; else every output above one half is a class.
    """
    right = (
        y.argmax(axis=1) == output.argmax(axis=1)
        if one_of_all
        else ((output > 0.5) == (y > 0.5)).all(axis=1)
    )
    return float(np.average(right, weights=sample_weight))


def r2(y: Floats, output: Floats, sample_weight: Floats | None) -> float:
    """The mean over outputs of 1 - squared error / squared distance from the mean.

    Where y is constant an output counts 1 when it is right and 0 when not, as in scikit-learn. y and output are N x K.
    """
    w = np.ones((len(y), 1)) if sample_weight is None else sample_weight[:, None]
    error = (w * (y - output) ** 2).sum(axis=0, dtype=np.float64)
    spread = (w * (y - np.average(y, axis=0, weights=sample_weight)) ** 2).sum(
        axis=0, dtype=np.float64
    )
    flat = spread == 0
    return float(np.mean(np.where(flat, error == 0, 1 - error / np.where(flat, 1, spread))))
