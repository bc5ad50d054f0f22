"""What the nodes of a hidden layer respond to over two columns, in a small picture each.

TensorFlow's Playground shows them so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, check_enough
from glassnet.importance.hidden_nodes import hidden_nodes_of
from glassnet.importance.node_text import effect_size, output_label
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import GREY, SIGNED, UNSIGNED, in_picture, literal, one_line
from glassnet.plots.members import named, one_member
from glassnet.plots.panels import panels
from glassnet.plots.plane import Plane, plane_of

MOST_ACROSS = 4  # pictures in a row
EFFECT_LETTERS = 16  # letters of a target's or class's name under a node's
EFFECT_NOTE = (
    "under a name: how the model's prediction changes, mean over the rows, as that node alone goes "
    "from low to high (of its activation the 10th and the 90th percentile, of eight rows or fewer "
    "the lowest and the highest); "
    "in words: glassnet explain --hidden-nodes"
)


@dataclass(eq=False, repr=False)
class HiddenUnitsDisplay(RowsDisplay):
    """The activation of the nodes of one hidden layer over two columns.

    The other columns are fixed at their median or most frequent cell.

    Parameters
    ----------
    plane : Plane
        The two columns, a grid over them, and the rows.
    layer : int
        Which hidden layer, from 0.
    nodes : list of int
        Which of its nodes, from 0.
    activations : ndarray
        Along y x along x x nodes.
    left_out : int
        How many nodes of the layer are not among them.
    member : str
        What the picture calls the network: "member 1 of 4", or "" where it is the only one.
    outgoing : sequence of float
        The weight of each node's only way on, where the next layer has one node.
    effects : sequence of str
        What each node does to the prediction, such as "mpg -1.9"; () where that is not known.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each node, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> import glassnet as gn
    >>> table = {"a": [0.0, 1, 2, 3], "b": [1.0, 3, 2, 4], "y": [1.0, 2, 3, 4]}
    >>> model = gn.train_table(table, target="y", epochs=1, holdout=0, members=1, hidden=(3,))
    >>> HiddenUnitsDisplay.from_model(model, table, resolution=5).activations.shape
    (5, 5, 3)
    """

    kind_of_picture = "map"

    plane: Plane
    layer: int
    nodes: Sequence[int]
    activations: np.ndarray
    left_out: int = 0
    member: str = ""
    outgoing: Sequence[float] = ()
    effects: Sequence[str] = ()
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        columns: Sequence[str] | None = None,
        layer: int = 0,
        member: int = 0,
        most: int = 9,
        resolution: int = 40,
        ax: Any = None,
    ) -> Self:
        """Draw what a model's hidden nodes respond to over two columns of a table.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows; they give the ranges of the columns and where the others are fixed.
        columns : sequence of two str, optional
            Along x and y; by default those along which the outputs vary most, the others fixed.
        layer : int
            Which hidden layer, from 0.
        member : int
            Which network of an ensemble, from 0.
        most : int
            Nodes to show at most: those that do most to the prediction (`hidden_nodes`), the first
            of them first; of a single row, which tells nothing of that, those whose activation
            varies most over the plane.
        resolution : int
            The size of the grid along each column of numbers or dates.
        ax : matplotlib.axes.Axes or a sequence of them, optional
            One axes, whose room is divided, or one for each node; by default those of a new figure.

        Raises
        ------
        GlassnetError
            Naming it, on a column or layer that is not the model's, and on a model of one column.
        """
        whole = as_model(model)
        one, name = one_member(whole, member)
        check_hidden(one, layer)
        check_enough(most, 1, "nodes to show")
        rows = rows_of(whole, table)
        plane = plane_of(rows, columns, resolution)
        a = one.trace(plane.inputs).a[layer]  # (along y times along x) x H
        effects = _effects(rows, member, layer)
        varying = np.argsort(-a.var(axis=0), kind="stable").tolist()
        nodes = (list(effects) or varying)[:most]
        following = one.parameters.weights[layer + 1]
        return cls(
            plane,
            layer,
            nodes,
            a[:, nodes].reshape(*plane.shape, -1),
            left_out=a.shape[1] - len(nodes),
            member=name,
            outgoing=following[nodes, 0].tolist() if following.shape[1] == 1 else [],
            effects=[effects[node] for node in nodes] if effects else [],
        ).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        count, across = len(self.nodes), self._across
        width = 1.2 + 1.9 * across
        height = 1.4 + 1.7 * -(-count // across)
        figure, self.axes_ = panels(ax, count, across, width, height)
        self._gridded = np.ndim(ax) == 0  # not where an axes was given for each node
        self._whole_figure = ax is None
        return figure

    @property
    def _across(self) -> int:
        """How many pictures stand in a row, so that the last row lacks as few as can be."""
        count = len(self.nodes)
        if count <= MOST_ACROSS:
            return count
        return min(range(MOST_ACROSS, 2, -1), key=lambda across: -count % across)

    def _draw(self) -> None:
        from matplotlib.ticker import MaxNLocator

        scale = self._scale()
        painted = [
            self.plane.paint(axes, self.activations[:, :, i], **scale)
            for i, axes in enumerate(self.axes_)
        ]
        for i, axes in enumerate(self.axes_):
            self._label(axes, i)
        bar = {"label": "activation", "ticks": MaxNLocator(8)}
        self.figure_.colorbar(painted[0], ax=list(self.axes_), **bar)
        if self._whole_figure:
            self._write_around()

    def _scale(self) -> dict[str, Any]:
        """One scale for all nodes, symmetric around 0 where there are signs."""
        from matplotlib.ticker import MaxNLocator

        levels = MaxNLocator(20).tick_values(self.activations.min(), self.activations.max())
        largest = np.abs(levels).max()
        if levels[0] < 0:
            return {"levels": levels, "cmap": SIGNED, "vmin": -largest, "vmax": largest}
        return {"levels": levels, "cmap": UNSIGNED, "vmin": 0, "vmax": largest}

    def _label(self, axes: Any, i: int) -> None:
        """Name the node, and the columns where no axes below or to the left do so."""
        across = self._across
        has_below = self._gridded and i + across < len(self.nodes)
        has_left = self._gridded and i % across > 0
        name = f"a{self.layer + 1}.{self.nodes[i] + 1}"
        if len(self.outgoing):
            name += f" \N{MULTIPLICATION SIGN} {self.outgoing[i]:.2g}"
        if len(self.effects):
            name += f"\n{literal(self.effects[i])}"
        axes.set_title(name, fontsize=9)
        self.plane.label(axes)
        axes.tick_params(labelsize=7, labelbottom=not has_below, labelleft=not has_left)
        axes.set_xlabel("" if has_below else in_picture(self.plane.x.name), fontsize=8)
        axes.set_ylabel("" if has_left else in_picture(self.plane.y.name), fontsize=8)

    @property
    def _note(self) -> str:
        """Where the other columns are fixed, and what stands beside a node's name."""
        weights = "behind a name: its weight to the next layer's only node"
        parts = [
            self.plane.fixed_note,
            weights if len(self.outgoing) else "",
            EFFECT_NOTE if len(self.effects) else "",
        ]
        return "; ".join(filter(None, parts))

    def _write_around(self) -> None:
        """The title and the note of a figure of our own; somebody else's keeps what it has."""
        total = len(self.nodes) + self.left_out
        shown = f"{total} nodes"
        if self.left_out:
            do = "do most to the prediction" if len(self.effects) else "vary most"
            shown = f"the {len(self.nodes)} of {total} nodes that {do}"
        title = named(self.member, f"Hidden layer {self.layer + 1}: {shown}")
        self.figure_.suptitle(title, x=0.01, ha="left", fontsize=11)
        letters = 16 + 28 * self._across  # letters of a line below so many pictures
        note = literal("\n".join(wrap(self._note, letters)))
        self.figure_.supxlabel(note, x=0.01, ha="left", fontsize=8, color=GREY)


def _effects(rows: Rows, member: int, layer: int) -> dict[int, str]:
    """What each node of a layer does, the one that does most first; {} of fewer than two rows.

    Of classes it is what it does to one of them, the same for all nodes: that which they move most.
    """
    if len(rows) < 2:
        return {}
    found = hidden_nodes_of(rows, members=[member])
    nodes = [node for node in found.nodes if node.layer == layer]
    sizes = np.abs([node.effects for node in nodes]).sum(axis=0)
    k = int(np.flatnonzero(np.isclose(sizes, sizes.max()))[-1])  # of two classes the last
    name = one_line(output_label(found, found.outputs[k]), EFFECT_LETTERS)
    return {node.node: f"{name} {effect_size(found, node, k)}" for node in nodes}


def check_hidden(model: Model, layer: int = 0) -> None:
    """Raises GlassnetError where the model has no hidden layer of that number, from 0."""
    count = len(model.network.sizes) - 2
    if not count:
        raise GlassnetError(
            "the model has no hidden layer, so there are no hidden nodes to look at: "
            "train one with hidden nodes"
        )
    if not isinstance(layer, (int, np.integer)) or not 0 <= layer < count:
        raise GlassnetError(
            f"layer must be a whole number from 0 to {count - 1}, "
            f"a hidden layer of the model's, got {layer!r}"
        )
