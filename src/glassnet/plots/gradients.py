"""The gradient's size along a training, under the loss, as MATLAB's plottrainstate shows it.

The path itself comes from the training (`path_points`), or from a run folder that is trained again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.core.network import backprop
from glassnet.errors import check_enough
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.plots.directions import WeightPath
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, curve_style, logarithmic
from glassnet.plots.film import at_moment
from glassnet.plots.panels import panels, title
from glassnet.training.problem import as_dtype

GRADIENT_WIDTH = 6.8  # inches
GRADIENT_HEIGHT = 5.4  # inches


@dataclass(eq=False, repr=False)
class GradientNormsDisplay(RowsDisplay):
    """The loss along a training, and below it the length of its gradient, whole and by layer.

    Where the gradient has become small the training has come to a level place: more of it changes
    little. A first layer whose gradient is far smaller than the last one's learns slowly (vanishing
    gradients). Both are of all rows given at once, without penalty and dropout.

    Parameters
    ----------
    epochs : sequence of int
        The moments, 0 before the first step.
    losses : ndarray
        The loss at each moment.
    norms : ndarray
        Moments x layers: the Euclidean length of the gradient of a layer's weights and biases.
    loss_name : str
        What the loss is called.
    members : int
        How many networks vote.
    step : str
        What `epochs` count: "iteration" where every epoch is one.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        The loss's and the gradient's, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> import glassnet as gn
    >>> network = gn.Network([2, 4, 3, 1], "tanh")
    >>> start, x, y = gn.initialize(network, seed=1), [[0, 0], [0, 1], [1, 1.0]], [0, 1, 0.0]
    >>> run = gn.train(network, start, x, y, epochs=20, path_points=5)
    >>> shown = GradientNormsDisplay.from_model((network, run.parameters), x, y=y, path=run.path)
    >>> shown.norms.shape, shown.epochs
    ((5, 3), [0, 5, 10, 15, 20])
    """

    epochs: Sequence[int]
    losses: np.ndarray
    norms: np.ndarray
    loss_name: str
    members: int = 1
    step: str = "epoch"
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        path: WeightPath = (),
        y: Any = None,
        step: str = "epoch",
        ax: Any = None,
    ) -> Self:
        """Draw the loss and its gradient along a training.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts; of an ensemble the loss and gradient of its vote.
        table : path, data frame, dict of columns, or array
            N rows, with the targets, unless they are in y.
        path : sequence of (int, Parameters)
            The weights along the training, as `RunFolder.training_path` gives them. Without one
            there is a single point, of the weights as they are.
        y : array, optional
            The targets.
        step : str
            What the path counts: "iteration" where every epoch is one.
        ax : matplotlib.axes.Axes or a sequence of two, optional
            One axes, whose room is divided, or one for the loss and one for the gradient; by
            default those of a new figure.

        Raises
        ------
        GlassnetError
            Where the table lacks the targets, and on a path that is not the model's.
        """
        found = as_model(model)
        whole = found.joined().as_dtype(np.float64)
        rows = rows_of(whole, table, y).with_targets()
        check_enough(len(rows), 1, "rows with a known target")
        epochs = [epoch for epoch, _ in path] or [len(whole.history.get("loss", ()))]
        moments = [at_moment(whole, as_dtype(point, np.float64)) for _, point in path] or [whole]
        # Between members that stand side by side there are no weights.
        joined = whole.record.joined_from > 1
        connected = [w != 0 if joined else np.ones_like(w) for w in whole.parameters.weights]
        measured = [_loss_and_norms(one, rows, connected) for one in moments]
        losses, norms = (np.array(column) for column in zip(*measured, strict=True))
        members = len(found.members)
        return cls(epochs, losses, norms, whole.loss.name, members, step).plot(ax)

    @property
    def whole(self) -> np.ndarray:
        """The length of the whole gradient at each moment."""
        return np.sqrt((self.norms**2).sum(axis=1))

    def _make_axes(self, ax: Any) -> Any:
        figure, self.axes_ = panels(ax, 2, 1, GRADIENT_WIDTH, GRADIENT_HEIGHT)
        return figure

    def _draw(self) -> None:
        loss, gradient = self.axes_
        marker = "o" if len(self.epochs) == 1 else None
        loss.plot(self.epochs, _above_0(self.losses), color=BLUE, linewidth=1.8, marker=marker)
        loss.set_ylabel(self.loss_name.replace("_", " "))
        note = "of all rows at once, without penalty and dropout"
        if self.members > 1:
            note += f"; of the vote of {self.members} networks"
        title(loss, "The loss, and the length of its gradient", note)
        thick = {"color": "black", "linewidth": 2.4, "marker": marker}
        gradient.plot(self.epochs, _above_0(self.whole), label="all weights", **thick)
        for layer in range(self.norms.shape[1]):
            line = {**curve_style(layer), "linewidth": 1.3, "marker": marker}
            norms = _above_0(self.norms[:, layer])
            gradient.plot(self.epochs, norms, label=self._layer_name(layer), **line)
        gradient.set(xlabel=self.step, ylabel="length of the gradient")
        gradient.legend(fontsize=8)
        for axes, values in ((loss, self.losses), (gradient, self.norms)):
            if (values > 0).any():
                logarithmic(axes.yaxis)
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.grid(visible=True, alpha=0.25)

    def _layer_name(self, layer: int) -> str:
        if layer == self.norms.shape[1] - 1:
            return "output layer"
        return f"hidden layer {layer + 1}" if self.norms.shape[1] > 2 else "hidden layer"


def _above_0(values: np.ndarray) -> np.ndarray:
    """What a logarithmic scale can show; the rest is left out."""
    return np.where(values > 0, values, np.nan)


def _loss_and_norms(
    model: Model, rows: Rows, connected: Sequence[np.ndarray]
) -> tuple[float, list[float]]:
    """The loss, and the length of each layer's gradient where there are weights."""
    loss, gradient = backprop(model.network, model.parameters, model.trace(rows.x), rows.y)
    d_biases = gradient.biases or [np.zeros(0)] * len(connected)
    squares = [
        float(((dw * there) ** 2).sum() + (db**2).sum())
        for dw, db, there in zip(gradient.weights, d_biases, connected, strict=True)
    ]
    return float(loss), [float(np.sqrt(square)) for square in squares]
