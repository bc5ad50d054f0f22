"""Every weight and bias of a network as heat maps, one for each layer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.core.network import Parameters
from glassnet.plots.display import ModelDisplay
from glassnet.plots.figures import GREY, SIGNED, in_picture
from glassnet.plots.members import one_member
from glassnet.plots.panels import panels, title

MOST_NAMES = 36  # nodes along a side that have their names; of more, some have numbers
LONG_NAME_LETTERS = 30  # letters of a name
SMALL_NAMES_FROM = 25  # names along a side that are smaller
LETTER_WIDTH = 0.068  # inches of a letter of a tick
MOST_NUMBER_LETTERS = 6  # of a number in its cell
FEWEST_NUMBERS = 12  # of a side with numbers: the step between them is chosen so
MOST_WITH_NUMBERS = 60  # cells of a heat map in which they are written
CELL_WIDTH = 0.42  # inches of a cell that has room for its number
WHITE_TEXT_FROM = 0.65  # fraction of the largest weight from which on a cell is dark


@dataclass(eq=False, repr=False)
class WeightsDisplay(ModelDisplay):
    """A heat map of each layer's weights, rows from and columns to, its biases as the last row.

    Each has its own colour scale, from minus the largest weight to plus it: 0 is white. A bias
    beyond it has the last colour.

    Parameters
    ----------
    parameters : Parameters
        What is shown.
    names : sequence of sequences of str
        Those of the nodes of every layer, input and output included.
    layers : sequence of (str, str)
        What each layer but the first is called, and its activation.
    member : str
        What the picture calls the network: "member 1 of 4", or "" where it is the only one.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each layer of weights, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> import glassnet as gn
    >>> network = gn.Network([2, 3, 1])
    >>> WeightsDisplay.from_model((network, gn.initialize(network, seed=1))).names[1]
    ['a1.1', 'a1.2', 'a1.3']
    """

    kind_of_picture = "map"

    parameters: Parameters
    names: Sequence[Sequence[str]]
    layers: Sequence[tuple[str, str]]
    member: str = ""
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_model(cls, model: Any, *, member: int = 0, ax: Any = None) -> Self:
        """Draw a model's weights.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            Whose weights.
        member : int
            Which network of an ensemble, from 0.
        ax : matplotlib.axes.Axes or a sequence of them, optional
            One axes, whose room is divided, or one for each layer of weights; by default those of a
            new figure.
        """
        one, name = one_member(model, member)
        network, parameters = one.network, one.parameters
        hidden = range(1, len(network.sizes) - 1)
        nodes = [[f"a{layer}.{i + 1}" for i in range(network.sizes[layer])] for layer in hidden]
        names = [one.encoding.features, *nodes, one.encoding.outputs]
        kinds = [*(f"hidden layer {layer}" for layer in hidden), "output"]
        activations = [activation.name for activation in network.activations]
        layers = list(zip(kinds, activations, strict=True))
        return cls(parameters, names, layers, name).plot(ax)

    @property
    def matrices(self) -> list[np.ndarray]:
        """Each layer's weights with its biases as the last row.

        Their shapes are (nodes of the layer before + 1) x nodes; without biases the 1 is missing.
        """
        weights, biases = self.parameters
        if not biases:
            return list(weights)
        return [np.vstack([w, b]) for w, b in zip(weights, biases, strict=True)]

    def _make_axes(self, ax: Any) -> Any:
        matrices = self.matrices
        widths = [float(np.clip(0.55 * m.shape[1], 1.7, 4.0)) for m in matrices]  # inches
        height = float(np.clip(1.4 + 0.26 * max(map(len, matrices)), 3, 7.5))  # inches
        count = len(matrices)
        whole = sum(widths) + 1.2 * count
        figure, self.axes_ = panels(ax, count, count, whole, height, widths)
        return figure

    def _draw(self) -> None:
        for layer, (axes, matrix) in enumerate(zip(self.axes_, self.matrices, strict=True)):
            largest = float(np.nanmax(np.abs(self.parameters.weights[layer]))) or 1.0
            self._draw_matrix(axes, matrix, largest)
            self._label(axes, layer, matrix)

    def _draw_matrix(self, axes: Any, matrix: np.ndarray, largest: float) -> None:
        """The heat map with its colour bar, and in a small one the numbers."""
        scale = {"cmap": SIGNED, "vmin": -largest, "vmax": largest}
        image = axes.imshow(matrix, **scale, aspect="auto", interpolation="nearest")
        beyond = np.nanmax(np.abs(matrix)) > largest
        width = axes.bbox.width / axes.figure.dpi  # inches
        height = axes.figure.bbox.height / axes.figure.dpi  # inches
        bar_shape = {"fraction": 0.12, "pad": 0.02, "aspect": 6 * height}
        extend = "both" if beyond else "neither"
        bar = self.figure_.colorbar(image, ax=axes, extend=extend, **bar_shape)
        bar.ax.tick_params(labelsize=8)
        if matrix.size <= MOST_WITH_NUMBERS and width >= CELL_WIDTH * matrix.shape[1]:
            _write_numbers(axes, matrix, largest)

    def _label(self, axes: Any, layer: int, matrix: np.ndarray) -> None:
        """Names or numbers of the nodes, and the row of the biases set off."""
        axes.spines[:].set_visible(False)
        _name_ticks(axes.xaxis, self.names[layer + 1])
        if self.parameters.biases:
            _name_ticks(axes.yaxis, self.names[layer], ["bias"])
            axes.axhline(len(matrix) - 1.5, color=GREY, linewidth=1)
        else:
            _name_ticks(axes.yaxis, self.names[layer])
        kind, note = self.layers[layer]
        if self.member and layer == 0:
            note += f"; {self.member}"
        title(axes, f"to {kind}", note, width=42)


def _write_numbers(axes: Any, matrix: np.ndarray, largest: float) -> None:
    """Each weight in its cell, in black on light and white on dark."""
    for (row, column), w in np.ndenumerate(matrix):
        if not np.isnan(w):
            colour = "white" if abs(w) > WHITE_TEXT_FROM * largest else "black"
            centred = {"ha": "center", "va": "center"}
            axes.text(column, row, in_cell(w), **centred, fontsize=8, color=colour)


def in_cell(weight: float) -> str:
    """A weight in as many digits as its cell has room for.

    >>> in_cell(-0.123), in_cell(-0.0123), in_cell(-0.00137), in_cell(12345.0)
    ('-0.123', '-0.012', '-1e-3', '1e4')
    """
    for text in (f"{weight:.3g}", f"{weight:.2g}"):
        if len(text) <= MOST_NUMBER_LETTERS and "e" not in text:
            return text
    mantissa, _, power = f"{weight:.0e}".partition("e")
    return f"{mantissa}e{int(power)}"


def _name_ticks(axis: Any, names: Sequence[str], more: Sequence[str] = ()) -> None:
    """Label an axis with every node's name, or of many the number of some, then `more`."""
    if len(names) <= MOST_NAMES:
        chosen = range(len(names))
        labels = [in_picture(name, LONG_NAME_LETTERS) for name in names]
        turned = axis.axis_name == "x" and not _stand_side_by_side(axis, labels)
    else:
        step = 2 ** int(np.ceil(np.log2(len(names) / FEWEST_NUMBERS)))
        chosen = range(0, len(names), step)
        labels = [str(i + 1) for i in chosen]
        turned = False
    following = range(len(names), len(names) + len(more))
    ticks, labels = [*chosen, *following], [*labels, *more]
    size = 8 if len(labels) < SMALL_NAMES_FROM else 6.5
    axis.set_ticks(ticks, labels, rotation=90 if turned else 0, fontsize=size)
    axis.set_tick_params(length=2)


def _stand_side_by_side(axis: Any, labels: Sequence[str]) -> bool:
    """Whether the names of columns have room without being turned."""
    axes = axis.axes
    cell = axes.bbox.width / axes.figure.dpi / len(labels)  # inches
    return max(map(len, labels)) * LETTER_WIDTH < cell
