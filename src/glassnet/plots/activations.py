"""How the hidden nodes respond to the rows of a table: the spread of each one's activation, and which are dead."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from glassnet.errors import check_enough
from glassnet.models.rows import as_model, rows_of
from glassnet.plots.figures import BLUE, ORANGE, style
from glassnet.plots.hidden_units import check_hidden
from glassnet.plots.panels import panels, title

DEAD = 1e-6  # the largest difference between two rows' activations that is none
MOST_NAMED = 8  # dead nodes that are named


class ActivationsDisplay:
    """The distribution of each hidden node's activation over the rows, layer by layer, and the nodes that are dead.

    A node is dead where its activation is the same for all rows, to 1e-6, as relu's that never leave 0 and sigmoids that are
    saturated: it tells rows apart no more than a bias would.

    Parameters
    ----------
    activations : N x H for each hidden layer.
    functions : the name of each layer's activation.

    `dead_` lists (layer, node), both from 0; `plot` leaves `axes_`, one for each hidden layer, and `figure_`.

    >>> ActivationsDisplay([np.array([[0.0, 0.1], [0.0, 0.7]])], ["relu"]).dead_
    [(0, 0)]
    """

    axes_: np.ndarray
    figure_: Any

    def __init__(self, activations: Sequence[np.ndarray], functions: Sequence[str]) -> None:
        self.activations, self.functions = list(activations), list(functions)

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any, *, ax: Any = None) -> Self:
        """`from_model` for a fitted estimator."""
        return cls.from_model(estimator, X, ax=ax)

    @classmethod
    def from_model(cls, model: Any, table: Any, *, ax: Any = None) -> Self:
        """Show the rows of a table to a model and plot what its hidden nodes do.

        model : a Model, a fitted estimator, or (network, parameters).
        table : a path, data frame, dict of columns, or array.
        ax : None: a new figure; one axes, whose place is divided; or an axes for each hidden layer.

        Raises GlassnetError on a model without hidden layers.
        """
        model = as_model(model)
        check_hidden(model)
        rows = rows_of(model, table)
        check_enough(len(rows), 2, "rows to show to the model")
        return cls(
            rows.trace.a[:-1], [activation.name for activation in model.network.activations[:-1]]
        ).plot(ax)

    @property
    def dead_(self) -> list[tuple[int, int]]:
        """(layer, node) of every node whose activation differs by no more than 1e-6 between any two rows, both from 0."""
        spread = [np.ptp(a, axis=0) for a in self.activations]
        return [
            (layer, int(node))
            for layer, differs in enumerate(spread)
            for node in np.flatnonzero(differs <= DEAD)
        ]

    def plot(self, ax: Any = None) -> Self:
        """Draw it on axes given, or new ones."""
        count = len(self.activations)
        width = float(np.clip(2 + 0.14 * max(a.shape[1] for a in self.activations), 6.4, 12))
        with style():
            self.figure_, self.axes_ = panels(ax, count, 1, width, 0.6 + 2.4 * count)
            for layer, axes in enumerate(self.axes_):
                self._draw(axes, layer)
            self.axes_[0].legend(
                loc="lower right",
                bbox_to_anchor=(1, 1),
                ncols=4,
                fontsize=8,
                borderaxespad=0,
                handlelength=1.2,
            )
        return self

    def _draw(self, axes: Any, layer: int) -> None:
        """A node is a thin line over its whole range, a thick one over the middle half of the rows, and a dot at the median."""
        a = self.activations[layer]
        low, q1, median, q3, high = np.quantile(a, [0, 0.25, 0.5, 0.75, 1], axis=0)
        node = np.arange(1, a.shape[1] + 1)
        thick = float(np.clip(180 / len(node), 1.2, 8))
        dead = np.array([at for of, at in self.dead_ if of == layer], int)
        axes.vlines(
            node, low, high, color=BLUE, linewidth=min(1.0, thick / 2), alpha=0.6, label="all rows"
        )
        axes.vlines(node, q1, q3, color=BLUE, linewidth=thick, alpha=0.45, label="middle half")
        axes.plot(node, median, ".", color=BLUE, markersize=min(6, thick + 1.5), label="median")
        axes.plot(
            node[dead],
            median[dead],
            "x",
            color=ORANGE,
            markersize=6,
            markeredgewidth=1.8,
            zorder=4,
            label="dead" if self.dead_ else None,
        )
        axes.set(
            xlim=(0.4, len(node) + 0.6),
            xlabel="node" if layer == len(self.activations) - 1 else "",
            ylabel="activation",
        )
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(visible=True, axis="y", alpha=0.25)
        title(
            axes,
            f"Hidden layer {layer + 1}, {self.functions[layer]}: {len(node)} nodes",
            _dead_in_words(layer, dead),
        )


def _dead_in_words(layer: int, dead: np.ndarray) -> str:
    """How many nodes of a layer are dead, and which."""
    named = ", ".join(f"a{layer + 1}.{node + 1}" for node in dead[:MOST_NAMED])
    more = f" and {len(dead) - MOST_NAMED} more" if len(dead) > MOST_NAMED else ""
    return f"{len(dead)} dead: {named}{more}" if len(dead) else "none is dead"
