"""Every weight and bias of a network as heat maps, a layer each."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from glassnet.core.network import Parameters
from glassnet.models.model import Model
from glassnet.models.rows import as_model
from glassnet.plots.figures import GREY, SIGNED, in_picture, style
from glassnet.plots.panels import panels, title

MOST_NAMES = 24  # of a side of a heat map; a longer one has numbers
MOST_NUMBERS, ROOM = (
    60,
    0.42,
)  # cells of a heat map that says what they hold, and the inches that each is wide at least
BLANK = "blank: no weight, these nodes belong to networks that were trained apart"


class WeightsDisplay:
    """A heat map of each layer's weights, rows from and columns to, its biases as the last row.

    Each has its own colour scale, from minus the largest weight to plus it: 0 is white. A bias beyond it has the last colour.

    Parameters
    ----------
    parameters : what is shown; NaN where there is no weight.
    names : those of the nodes of every layer, input and output included.
    layers : what each layer but the first is called, and its activation.

    `plot` leaves `axes_`, one for each layer of weights, and `figure_`.

    >>> import glassnet as gn
    >>> from glassnet.tables.encoding import plain_encoding
    >>> network = gn.Network([2, 3, 1])
    >>> model = gn.Model(network, gn.initialize(network, seed=1), plain_encoding(["a", "b"], ["y"]))
    >>> WeightsDisplay.from_model(model).names[1]
    ['a1.1', 'a1.2', 'a1.3']
    """

    axes_: np.ndarray
    figure_: Any

    def __init__(
        self,
        parameters: Parameters,
        names: Sequence[Sequence[str]],
        layers: Sequence[tuple[str, str]],
    ) -> None:
        self.parameters, self.names, self.layers = (
            parameters,
            [list(row) for row in names],
            list(layers),
        )

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> Self:
        """`from_model` for a fitted estimator."""
        return cls.from_model(estimator, ax=ax)

    @classmethod
    def from_model(cls, model: Any, *, ax: Any = None) -> Self:
        """Plot a model's weights.

        model : a Model, a fitted estimator, or (network, parameters).
        ax : None: a new figure; one axes, whose place is divided; or an axes for each layer of weights.
        """
        model = as_model(model)
        network = model.network
        weights = [
            np.where(apart, np.nan, w)
            for w, apart in zip(model.parameters.weights, between_members(model), strict=True)
        ]
        hidden = [
            [f"a{layer}.{node + 1}" for node in range(H)]
            for layer, H in enumerate(network.sizes[1:-1], 1)
        ]
        kinds = [f"hidden layer {layer}" for layer in range(1, len(network.sizes) - 1)] + ["output"]
        layers = [
            (kind, activation.name)
            for kind, activation in zip(kinds, network.activations, strict=True)
        ]
        parameters = Parameters(tuple(weights), tuple(model.parameters.biases))
        return cls(
            parameters, [model.encoding.features, *hidden, model.encoding.outputs], layers
        ).plot(ax)

    @property
    def matrices(self) -> list[np.ndarray]:
        """Each layer's weights with its biases as the last row, (nodes of the layer before, and 1) x nodes."""
        weights, biases = self.parameters
        return (
            [np.vstack([w, b]) for w, b in zip(weights, biases, strict=True)]
            if biases
            else list(weights)
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw it on axes given, or new ones."""
        matrices = self.matrices
        widths = [float(np.clip(0.55 * m.shape[1], 1.7, 4.0)) for m in matrices]
        height = float(np.clip(1.4 + 0.26 * max(map(len, matrices)), 3, 7.5))
        with style():
            self.figure_, self.axes_ = panels(
                ax, len(matrices), len(matrices), sum(widths) + 1.2 * len(widths), height, widths
            )
            for place, (axes, matrix) in enumerate(zip(self.axes_, matrices, strict=True)):
                self._draw(
                    axes, matrix, float(np.nanmax(np.abs(self.parameters.weights[place]))) or 1.0
                )
                self._label(axes, place, matrix)
        return self

    def _draw(self, axes: Any, matrix: np.ndarray, largest: float) -> None:
        """The heat map with its colour bar, and in a small one the numbers."""
        image = axes.imshow(
            matrix, cmap=SIGNED, vmin=-largest, vmax=largest, aspect="auto", interpolation="nearest"
        )
        beyond = "both" if np.nanmax(np.abs(matrix)) > largest else "neither"
        width, height = (
            axes.bbox.width / axes.figure.dpi,
            axes.figure.bbox.height / axes.figure.dpi,
        )  # inches
        bar = self.figure_.colorbar(
            image, ax=axes, extend=beyond, fraction=0.12, pad=0.02, aspect=6 * height
        )
        bar.ax.tick_params(labelsize=8)
        roomy = matrix.size <= MOST_NUMBERS and width >= ROOM * matrix.shape[1]
        for (row, column), w in np.ndenumerate(matrix):
            if roomy and not np.isnan(w):
                colour = "white" if abs(w) > 0.65 * largest else "black"
                axes.text(
                    column, row, f"{w:.3g}", ha="center", va="center", fontsize=8, color=colour
                )

    def _label(self, axes: Any, place: int, matrix: np.ndarray) -> None:
        """Names or numbers of the nodes, and the row of the biases set off."""
        axes.spines[:].set_visible(False)
        _name(axes.xaxis, self.names[place + 1])
        _name(axes.yaxis, self.names[place], ["bias"] * (len(matrix) - len(self.names[place])))
        if self.parameters.biases:
            axes.axhline(len(matrix) - 1.5, color=GREY, linewidth=1)
        layer, activation = self.layers[place]
        title(
            axes, f"to {layer}", activation + f"; {BLANK}" * bool(np.isnan(matrix).any()), width=42
        )


def between_members(model: Model) -> list[np.ndarray]:
    """For each weight matrix of a model, where it can hold nothing, since it would join nodes of networks trained apart."""
    *inner, last = [np.zeros(shape, bool) for shape in model.network.shapes]
    for layer in range(1, len(inner)):
        member = [np.arange(nodes) * model.members // nodes for nodes in inner[layer].shape]
        inner[layer] = member[0][:, None] != member[1]
    return [*inner, last]


def _name(axis: Any, names: Sequence[str], more: Sequence[str] = ()) -> None:
    """Every node's name, or where they are many the number of some, and what follows on them."""
    step = 1 if len(names) <= MOST_NAMES else 2 ** int(np.ceil(np.log2(len(names) / 12)))
    chosen = range(0, len(names), step)
    words = [in_picture(names[i]) if step == 1 else str(i + 1) for i in chosen]
    turn = 90 if axis.axis_name == "x" and step == 1 and len(names) > 2 else 0
    axis.set_ticks(
        [*chosen, *range(len(names), len(names) + len(more))],
        [*words, *more],
        rotation=turn,
        fontsize=8,
    )
    axis.set_tick_params(length=2)
