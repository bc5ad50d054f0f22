"""How the hidden nodes respond to the rows of a table, and which of them are dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.plots.figures import BLUE, ORANGE
from glassnet.plots.hidden_layers import HiddenLayersDisplay
from glassnet.plots.members import named
from glassnet.plots.panels import panels, title

MOST_IN_ORDER = 24  # nodes that stand in their order, one by one; more are sorted
DEAD = 1e-6  # the activations of a dead node differ by no more than this between any two rows
MOST_DEAD_NAMED = 8  # dead nodes that are named


@dataclass(eq=False, repr=False)
class ActivationsDisplay(HiddenLayersDisplay):
    """The distribution of each hidden node's activation over the rows, and the nodes that are dead.

    A node is dead where its activation is the same for all rows, to 1e-6, as relu's that never
    leave 0 and sigmoids that are saturated: it distinguishes rows no more than a bias would.

    Parameters
    ----------
    activations : sequence of ndarray
        N x H for each hidden layer.
    functions : sequence of str
        The name of each hidden layer's activation.
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
    >>> ActivationsDisplay([np.array([[0.0, 0.1], [0.0, 0.7]])], ["relu"]).dead_
    [(0, 0)]
    """

    activations: Sequence[np.ndarray]
    functions: Sequence[str]
    member: str = ""

    @classmethod
    def _of(cls, model: Model, rows: Rows, name: str) -> Self:
        functions = [activation.name for activation in model.network.activations[:-1]]
        return cls(model.trace(rows.x).a[:-1], functions, name)

    @property
    def dead_(self) -> list[tuple[int, int]]:
        """(layer, node) of every dead node, both from 0."""
        return [
            (layer, int(node))
            for layer, a in enumerate(self.activations)
            for node in np.flatnonzero(np.ptp(a, axis=0) <= DEAD)
        ]

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.activations)
        most_nodes = max(a.shape[1] for a in self.activations)
        width = float(np.clip(2 + 0.14 * most_nodes, 6.4, 12))
        figure, axes = panels(ax, count, 1, width, 0.6 + 2.4 * count)
        self.axes_: np.ndarray = axes
        return figure

    def _draw(self) -> None:
        for layer, axes in enumerate(self.axes_):
            self._draw_layer(axes, layer)
        self.axes_[0].legend(
            loc="lower right",
            bbox_to_anchor=(1, 1),
            ncols=4,
            fontsize=8,
            borderaxespad=0,
            handlelength=1.2,
        )

    def _draw_layer(self, axes: Any, layer: int) -> None:
        """A node's thin line spans all rows, its thick one half of them; the dot is the median.

        Many nodes are sorted by their medians, and their lines are bands.
        """
        a = self.activations[layer]  # N x H
        quantiles = np.quantile(a, [0, 0.25, 0.5, 0.75, 1], axis=0)
        order = np.arange(a.shape[1])
        if len(order) > MOST_IN_ORDER:
            order = np.argsort(quantiles[2], kind="stable")
            _draw_bands(axes, quantiles[:, order])
        else:
            _draw_nodes(axes, quantiles)
        dead = np.array([n for of, n in self.dead_ if of == layer], int)
        cross = {"color": ORANGE, "markersize": 6, "markeredgewidth": 1.8, "zorder": 4}
        label = "dead" if self.dead_ else None
        at = 1 + np.flatnonzero(np.isin(order, dead))
        axes.plot(at, quantiles[2, order[at - 1]], "x", **cross, label=label)
        self._label(axes, layer, dead)

    def _label(self, axes: Any, layer: int, dead: np.ndarray) -> None:
        """Name the axes of a layer; only the lowest says what its x axis is."""
        nodes = self.activations[layer].shape[1]
        is_last = layer == len(self.activations) - 1
        in_order = nodes <= MOST_IN_ORDER
        xlabel = "node" if in_order else "nodes, sorted by their median"
        xlabel = xlabel if is_last or not in_order else ""
        axes.set(xlim=(0.4, nodes + 0.6), xlabel=xlabel, ylabel="activation")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(visible=True, axis="y", alpha=0.25)
        heading = f"Hidden layer {layer + 1}, {self.functions[layer]}: {nodes} nodes"
        title(axes, named(self.member, heading), _dead_nodes_note(layer, dead))


def _draw_nodes(axes: Any, quantiles: np.ndarray) -> None:
    """Lines and a dot for each of H nodes; quantiles are 5 x H."""
    low, q1, median, q3, high = quantiles
    node = np.arange(1, len(median) + 1)
    thick = float(np.clip(180 / len(node), 1.2, 8))  # points
    thin = min(1.0, thick / 2)
    axes.vlines(node, low, high, color=BLUE, linewidth=thin, alpha=0.6, label="all rows")
    axes.vlines(node, q1, q3, color=BLUE, linewidth=thick, alpha=0.45, label="middle half")
    axes.plot(node, median, ".", color=BLUE, markersize=min(6, thick + 1.5), label="median")


def _draw_bands(axes: Any, quantiles: np.ndarray) -> None:
    """The same as bands from node to node."""
    low, q1, median, q3, high = quantiles
    node = np.arange(1, len(median) + 1)
    band = {"color": BLUE, "step": "mid", "linewidth": 0}
    axes.fill_between(node, low, high, alpha=0.18, label="all rows", **band)
    axes.fill_between(node, q1, q3, alpha=0.4, label="middle half", **band)
    axes.step(node, median, where="mid", color=BLUE, linewidth=1.4, label="median")


def _dead_nodes_note(layer: int, dead: np.ndarray) -> str:
    """How many nodes of a layer are dead, and which."""
    if not len(dead):
        return "none is dead"
    names = [f"a{layer + 1}.{node + 1}" for node in dead[:MOST_DEAD_NAMED]]
    more = len(dead) - len(names)
    note = f"{len(dead)} dead: {', '.join(names)}"
    return f"{note} and {more} more" if more else note
