"""`NetworkDisplay`: the diagram of a network in a notebook, on axes or in a file."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError
from glassnet.files import whole_file
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import rows_of
from glassnet.plots.display import ModelDisplay
from glassnet.plots.figures import save_figure, style
from glassnet.plots.members import one_member
from glassnet.plots.network.axes import draw_on_axes
from glassnet.plots.network.blocks import lay_out_blocks
from glassnet.plots.network.choice import are_too_many
from glassnet.plots.network.layout import lay_out
from glassnet.plots.network.row import MOST_DRAWN, column_of_input, row_in_network
from glassnet.plots.network.row_layout import lay_out_row
from glassnet.plots.network.shapes import Diagram
from glassnet.plots.network.svg import svg_text
from glassnet.settings import checked_flag

PIXELS_AN_INCH = 96


class NetworkDisplay(ModelDisplay):
    """A network drawn as layers, nodes and edges.

    An edge's width is the size of its weight, its colour and dashes the sign. Small networks have
    their numbers on the edges. In a browser or notebook, pointing at an edge or node shows its name
    and its whole number, and pointing at a node lights up its edges. Wide layers show the
    nodes of the largest weights; networks that would be a hairball, a box for each layer.

    `from_model` with a table shows one row instead: activations in the nodes, products on the
    edges.

    Parameters
    ----------
    network : Network
        What is drawn.
    parameters : Parameters
        Its weights and biases, trained or not.
    inputs, outputs : sequence of str
        The names of the first and last layer's nodes, D and K of them.
    title : str
        What a screen reader and a browser call the diagram.
    note : str
        Stands below, where something must be known.

    Attributes
    ----------
    svg : str
        The diagram as an SVG document; notebooks show it.
    ax_ : matplotlib.axes.Axes
        Where the last `plot` has drawn; not there before, as `svg` and `save` need no axes.
    figure_ : matplotlib.figure.Figure
        The figure of those axes.

    Raises
    ------
    GlassnetError
        Where there are not as many names as nodes, or the parameters have not the network's shapes.

    Examples
    --------
    >>> import glassnet as gn
    >>> network = gn.Network([2, 3, 1])
    >>> parameters = gn.initialize(network, seed=1)
    >>> display = NetworkDisplay(network, parameters, ["width", "height"], ["price"])
    >>> display.svg.startswith("<svg"), "height to a1.3:" in display.svg
    (True, True)
    """

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        title: str = "The network",
        note: str = "",
    ) -> None:
        self.network = network
        self.parameters = parameters
        self.inputs: list[str] = list(inputs)
        self.outputs: list[str] = list(outputs)
        self.title = title
        self.note = note
        self._diagram = lay_out(network, parameters, self.inputs, self.outputs, title, note)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any = None,
        *,
        row: int | None = None,
        y: Any = None,
        backward: bool = False,
        most: int = MOST_DRAWN,
        member: int | None = None,
        note: str = "",
        ax: Any = None,
    ) -> Self:
        """The network of a model, or one row of a table on its way through it.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            Whose network. Members that were joined into one stand side by side.
        table : path, data frame, dict of columns, or array, optional
            N rows, as `Model.predict` takes them, of which one is shown.
        row : int, optional
            Which of them, from 0: each node then holds its activation, each edge the product of
            its weight and the activation that it carries. By default the first where there is a
            table.
        y : array, optional
            The targets, where the table does not hold them.
        backward : bool
            Show the row's way back: in the nodes deltas, on the edges gradients.
        most : int
            Of a row: how many nodes of a layer are shown, those that send most to the next.
        member : int, optional
            Which network of an ensemble, from 0, is drawn node by node; the diagram says so. By
            default the first, or where all of them have more than 200 weights in a gap together, a
            box for each layer.
        note : str
            Stands below, where something else must be known.
        ax : matplotlib.axes.Axes, optional
            Where the diagram is drawn at once; by default it is drawn when it is shown, saved or
            plotted.

        Raises
        ------
        GlassnetError
            On a member or row that is not there, on a row without a table, and on the way back of
            a row whose target is not known.
        """
        one, name = one_member(model, member or 0)
        which = f"{name.capitalize()}." if name and table is None else ""
        if one.record.joined_from > 1:
            which = f"{one.record.joined_from} networks side by side: no weights between them."
        note = f"{which} {note}".strip()
        features, outputs = one.encoding.features, one.encoding.outputs
        display = cls(one.network, one.parameters, features, outputs, note=note)
        networks = [found.network for found in as_model(model).members]
        backward = checked_flag("backward", backward)
        if table is not None:
            shown = row_in_network(
                one, rows_of(one, table, y), 0 if row is None else row, backward, most, name
            )
            columns = column_of_input(one)
            display._diagram = lay_out_row(one.network, shown, features, columns, outputs, note)
        elif row is not None or backward:
            raise GlassnetError("row and backward need the table whose row is shown: give it too")
        elif member is None and are_too_many(one.network, len(networks)):
            display._diagram = _as_blocks(one, networks, display.title, note if not name else "")
        return display if ax is None else display.plot(ax)

    def save(self, path: str | Path) -> None:
        """Write the diagram to a file.

        Parameters
        ----------
        path : str or Path
            The file; its suffix, .svg, .png or .pdf, is the format. Only an SVG reacts to the
            pointer.

        Raises
        ------
        GlassnetError
            On another suffix, and where the file cannot be written.
        """
        if Path(path).suffix.lower() == ".svg":
            with whole_file(path) as part:
                part.write_text(self.svg, encoding="utf-8")
            return
        from matplotlib.figure import Figure

        figure = Figure(figsize=self._inches)
        with style():
            draw_on_axes(self._diagram, figure.add_axes((0, 0, 1, 1)))
        save_figure(figure, path)

    @cached_property
    def svg(self) -> str:
        """The diagram as an SVG document, which may also stand inside an HTML page."""
        return svg_text(self._diagram)

    @property
    def _inches(self) -> tuple[float, float]:
        return self._diagram.width / PIXELS_AN_INCH, self._diagram.height / PIXELS_AN_INCH

    def _draw(self) -> None:
        draw_on_axes(self._diagram, self.ax_)

    def __repr__(self) -> str:
        return f"<glassnet NetworkDisplay of {self.network}: .svg, .plot(), .save(path)>"

    def _repr_html_(self) -> str:
        return self.svg


def _as_blocks(one: Model, networks: Sequence[Network], title: str, note: str) -> Diagram:
    """The diagram of some networks, of which `one` is the first, with a box for each layer."""
    encoding = one.encoding
    others = any(network.sizes != one.network.sizes for network in networks)
    if others:
        note = "The others have hidden layers of other sizes."
    columns = [column.name for column in encoding.inputs if column.features]
    return lay_out_blocks(one.network, len(networks), columns, encoding.outputs, title, note)
