"""Where rows sit on the activation's curve, layer by layer: saturated and dead nodes at a glance.

What every single node does is `activations.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.core.activations import Activation
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.plots.activations import DEAD
from glassnet.plots.figures import BLUE, GREY, ORANGE, in_picture, plural
from glassnet.plots.hidden_layers import HiddenLayersDisplay
from glassnet.plots.members import named
from glassnet.plots.panels import panels, title

FLAT_BELOW = (
    0.05  # of the steepest derivative: where the curve is less steep, hardly any delta comes back
)
NEARLY_ALL = 0.95  # of the rows that must sit there for a node to be saturated
BINS_OF_Z = 60  # of the histogram
CURVE_POINTS = 400  # points of the curve, and of the search for its steepest
LEAST_REACH = 4.0  # pre-activations to either side of 0 that the curve shows at least
HISTOGRAM_HEIGHT = 1.6  # times the highest bar that its axis is high, so that the curve is seen
LAYER_HEIGHT = 2.9  # inches of a panel


@dataclass(frozen=True, eq=False)
class LayerZ:
    """The pre-activations of a hidden layer, N x H, and its activation."""

    z: np.ndarray
    activation: Activation

    def derivative(self, z: np.ndarray) -> np.ndarray:
        """How steep the activation's curve is at each z."""
        a = self.activation.value(z)
        return self.activation.backward(z, a, np.ones_like(z))

    def is_flat(self, z: np.ndarray) -> np.ndarray:
        """Whether the curve is flat at each z: less steep than 5 % of its steepest."""
        return np.abs(self.derivative(z)) < FLAT_BELOW * np.abs(self.derivative(self.span)).max()

    @property
    def span(self) -> np.ndarray:
        """Points from the lowest z to the highest, and at least from -4 to 4."""
        low, high = min(-LEAST_REACH, self.z.min()), max(LEAST_REACH, self.z.max())
        return np.linspace(low, high, CURVE_POINTS)

    @property
    def dead(self) -> list[int]:
        """The nodes, from 0, whose activation is the same for all rows, to 1e-6."""
        a = self.activation.value(self.z)
        return np.flatnonzero(np.ptp(a, axis=0) <= DEAD).tolist()

    @property
    def saturated(self) -> list[int]:
        """The other nodes that sit where the curve is flat for 95 % of the rows or more."""
        often = self.is_flat(self.z).mean(axis=0) >= NEARLY_ALL
        return [int(node) for node in np.flatnonzero(often) if node not in self.dead]


@dataclass(eq=False, repr=False)
class SaturationDisplay(HiddenLayersDisplay):
    """The histogram of each hidden layer's pre-activations on the curve of its activation.

    Where the curve is flat (grey ground) an activation hardly changes with its z, and hardly any
    delta comes back: a node that sits there for nearly all rows is saturated and learns no more, a
    node whose activation is the same for all rows is dead. Dots on the curve are the nodes, each at
    its median.

    Parameters
    ----------
    layers : sequence of LayerZ
        Each hidden layer's pre-activations.
    member : str
        What the picture calls the network: "member 1 of 4", or "" where it is the only one.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each hidden layer, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> from glassnet import ACTIVATIONS
    >>> layer = LayerZ(np.array([[0.0, 9.0], [1.0, 8.0]]), ACTIVATIONS["sigmoid"])
    >>> layer.saturated, layer.dead
    ([1], [])
    """

    layers: Sequence[LayerZ]
    member: str = ""

    @classmethod
    def _of(cls, model: Model, rows: Rows, name: str) -> Self:
        z = model.trace(rows.x).z[:-1]
        layers = [LayerZ(*pair) for pair in zip(z, model.network.activations[:-1], strict=True)]
        return cls(layers, name)

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.layers)
        figure, axes = panels(ax, count, 1, 6.8, 0.5 + LAYER_HEIGHT * count)
        self.axes_: np.ndarray = axes
        return figure

    def _draw(self) -> None:
        for number, (axes, layer) in enumerate(zip(self.axes_, self.layers, strict=True)):
            self._draw_histogram(axes, layer)
            self._draw_curve(axes, layer)
            nodes = layer.z.shape[1]
            heading = (
                f"Hidden layer {number + 1}, {in_picture(layer.activation.name)}: "
                f"{plural(nodes, 'node')}, {len(layer.saturated)} saturated, {len(layer.dead)} dead"
            )
            title(axes, named(self.member, heading), _flat_note(layer))
        self.axes_[-1].set_xlabel("pre-activation z")

    def _draw_histogram(self, axes: Any, layer: LayerZ) -> None:
        """The bars of all rows and nodes, on an axis of their own to the right."""
        from matplotlib.ticker import PercentFormatter

        bars = axes.twinx()
        z = layer.z.ravel()
        settings = {"color": BLUE, "alpha": 0.3, "linewidth": 0}
        heights, _, _ = bars.hist(z, BINS_OF_Z, weights=np.full(len(z), 1 / len(z)), **settings)
        bars.set_ylim(0, HISTOGRAM_HEIGHT * heights.max())
        bars.yaxis.set_major_formatter(PercentFormatter(1))
        bars.set_ylabel("rows and nodes", color=BLUE)
        bars.tick_params(axis="y", labelcolor=BLUE)
        bars.spines["right"].set_visible(True)
        axes.set_zorder(bars.get_zorder() + 1)  # the curve lies on the bars
        axes.patch.set_visible(False)

    def _draw_curve(self, axes: Any, layer: LayerZ) -> None:
        z = layer.span
        a = layer.activation.value(z)
        axes.plot(z, a, color="black", linewidth=1.8, label="activation a(z)")
        ground = {"color": GREY, "alpha": 0.13, "linewidth": 0, "label": "flat"}
        foot = axes.get_xaxis_transform()
        axes.fill_between(z, 0, 1, where=layer.is_flat(z), transform=foot, **ground)
        medians = np.median(layer.z, axis=0)
        stopped = sorted([*layer.saturated, *layer.dead])
        dots = {"markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.5}
        for nodes, colour, label in (
            (np.delete(np.arange(len(medians)), stopped), BLUE, "a node's median"),
            (np.array(stopped, int), ORANGE, "saturated or dead"),
        ):
            if len(nodes):
                at = layer.activation.value(medians[nodes])
                axes.plot(medians[nodes], at, "o", color=colour, label=label, **dots)
        axes.set(xlim=(z[0], z[-1]), ylabel="activation a")
        axes.legend(loc="upper left", fontsize=8)


def _flat_note(layer: LayerZ) -> str:
    """Of how many rows and nodes the curve is flat, and what that means."""
    fraction = float(layer.is_flat(layer.z).mean())
    return f"{fraction:.1%} of all rows and nodes sit where the curve is flat"
