"""What the nodes of a hidden layer respond to over two columns, in a small picture each, as TensorFlow's Playground shows them."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Self

import numpy as np

from glassnet.core.network import feedforward
from glassnet.errors import GlassnetError, check_enough
from glassnet.models.model import Model
from glassnet.models.rows import as_model, rows_of
from glassnet.plots.figures import GREY, SIGNED, in_picture, literal, style
from glassnet.plots.panels import panels
from glassnet.plots.plane import Plane, plane_of
from glassnet.training.problem import as_dtype

ACROSS = 4  # pictures in a row


class HiddenUnitsDisplay:
    """The activation of the nodes of one hidden layer over two columns, the others held at their median or most frequent cell.

    Parameters
    ----------
    plane : the two columns, a grid over them, and the rows (see `plane_of`).
    layer : which hidden layer, from 0.
    nodes : which of its nodes, from 0.
    activations : (places along y) x (places along x) x nodes.
    left_out : how many nodes of the layer are not among them.

    `plot` leaves `axes_`, one for each node, and `figure_`.

    >>> import glassnet as gn
    >>> table = {"a": [0.0, 1, 2, 3], "b": [1.0, 3, 2, 4], "y": [1.0, 2, 3, 4]}
    >>> model = gn.train_table(table, target="y", epochs=1, holdout=0, members=1, hidden=(3,))
    >>> HiddenUnitsDisplay.from_model(model, table, resolution=5).activations.shape
    (5, 5, 3)
    """

    axes_: np.ndarray
    figure_: Any

    def __init__(
        self,
        plane: Plane,
        layer: int,
        nodes: Sequence[int],
        activations: np.ndarray,
        left_out: int = 0,
    ) -> None:
        self.plane, self.layer, self.nodes, self.activations, self.left_out = (
            plane,
            layer,
            list(nodes),
            activations,
            left_out,
        )

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any, **options: Any) -> Self:
        """`from_model` for a fitted estimator."""
        return cls.from_model(estimator, X, **options)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        columns: Sequence[str] | None = None,
        layer: int = 0,
        most: int = 16,
        resolution: int = 40,
        ax: Any = None,
    ) -> Self:
        """Look over two columns of a table and plot it.

        Parameters
        ----------
        model : a Model, a fitted estimator, or (network, parameters).
        table : a path, data frame, dict of columns, or array; it gives the ranges of the columns and where the others are held.
        columns : two names, along x and y; None: those along which the outputs vary most, the others held (see `most_telling`).
        layer : which hidden layer, from 0.
        most : nodes to show at most: those whose activation varies most over the plane.
        resolution : grid places along each column of numbers or dates.
        ax : None: a new figure; one axes, whose place is divided; or an axes for each node.

        Raises GlassnetError, naming it, on a column or layer that is not the model's, and on a model of one column.
        """
        model = as_model(model)
        check_hidden(model, layer)
        check_enough(most, 1, "nodes to show")
        plane = plane_of(rows_of(model, table), columns, resolution)
        trace = feedforward(model.network, as_dtype(model.parameters, np.float64), plane.inputs)
        a = trace.a[layer]  # (places) x H
        nodes = np.sort(np.argsort(-a.var(axis=0), kind="stable")[:most])
        return cls(
            plane,
            layer,
            nodes.tolist(),
            a[:, nodes].reshape(*plane.shape, -1),
            a.shape[1] - len(nodes),
        ).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw it on axes given, or new ones."""
        from matplotlib.ticker import MaxNLocator

        count, across = len(self.nodes), min(len(self.nodes), ACROSS)
        levels = MaxNLocator(20).tick_values(self.activations.min(), self.activations.max())
        signed, largest = levels[0] < 0, np.abs(levels).max()
        scale = {
            "levels": levels,
            "cmap": SIGNED if signed else "Blues",
            "vmin": -largest if signed else 0,
            "vmax": largest,
        }
        with style():
            self.figure_, self.axes_ = panels(
                ax, count, across, 1.2 + 1.9 * across, 1.4 + 1.7 * -(-count // across)
            )
            painted = [
                self.plane.paint(axes, self.activations[:, :, i], **scale)
                for i, axes in enumerate(self.axes_)
            ]
            for place, axes in enumerate(self.axes_):
                self._label(axes, place, across if np.ndim(ax) == 0 else 1)
            self.figure_.colorbar(
                painted[0], ax=list(self.axes_), label="activation", ticks=MaxNLocator(8)
            )
            if ax is None:
                self._words(across)
        return self

    def _label(self, axes: Any, place: int, across: int) -> None:
        """The node's name; and the columns', except where the axes stand above or beside others that say the same."""
        above, beside = across > 1 and place + across < len(self.nodes), place % across > 0
        axes.set_title(f"a{self.layer + 1}.{self.nodes[place] + 1}", fontsize=9)
        self.plane.label(axes)
        axes.tick_params(labelsize=7, labelbottom=not above, labelleft=not beside)
        axes.set_xlabel("" if above else in_picture(self.plane.x.name), fontsize=8)
        axes.set_ylabel("" if beside else in_picture(self.plane.y.name), fontsize=8)

    def _words(self, across: int) -> None:
        """What the whole figure is about; a figure of somebody else's keeps its own."""
        total = len(self.nodes) + self.left_out
        shown = (
            f"the {len(self.nodes)} of {total} nodes that vary most"
            if self.left_out
            else f"{total} nodes"
        )
        self.figure_.suptitle(
            f"Hidden layer {self.layer + 1}: {shown}", x=0.01, ha="left", fontsize=11
        )
        note = literal("\n".join(wrap(self.plane.note, 16 + 28 * across)))
        self.figure_.supxlabel(note, x=0.01, ha="left", fontsize=8, color=GREY)


def check_hidden(model: Model, layer: int = 0) -> None:
    """Raises GlassnetError where the model has no hidden layer of that number, from 0."""
    count = len(model.network.sizes) - 2
    if not count:
        raise GlassnetError(
            "the model has no hidden layer, so there are no hidden nodes to look at: train one with hidden nodes"
        )
    if not isinstance(layer, (int, np.integer)) or not 0 <= layer < count:
        raise GlassnetError(
            f"layer must be a whole number from 0 to {count - 1}, a hidden layer of the model's, got {layer!r}"
        )
