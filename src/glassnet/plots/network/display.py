"""`NetworkDisplay`: the picture of a network as a person asks for it, in a notebook, on axes or in a file."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from glassnet.core.network import Network, Parameters
from glassnet.files import whole_file
from glassnet.models.rows import as_model
from glassnet.plots.figures import figure_and_axes, save_figure, style
from glassnet.plots.network.axes import draw
from glassnet.plots.network.layout import lay_out
from glassnet.plots.network.svg import svg_text

PIXELS = 96  # of an inch


class NetworkDisplay:
    """A network drawn as layers, nodes and edges: an edge's width is the size of its weight, its colour and dashes the sign.

    Small networks have their numbers on the edges. In a browser or notebook, pointing at an edge or node tells its name and its
    whole number, and pointing at a node lights up its edges. Wide layers show their first and last nodes.

    Parameters
    ----------
    network, parameters : what is drawn, trained or not.
    inputs, outputs : the names of the first and last layer's nodes, D and K of them.
    title : what a screen reader and a browser call the picture.
    note : stands below, where something must be said.

    Attributes
    ----------
    svg : the picture as an SVG document; notebooks show it.
    ax_, figure_ : the matplotlib axes and figure of the last `plot`.

    Raises GlassnetError when there are not as many names as nodes, or the parameters have not the network's shapes.

    >>> import glassnet as gn
    >>> network = gn.Network([2, 3, 1])
    >>> display = NetworkDisplay(network, gn.initialize(network, seed=1), ["width", "height"], ["price"])
    >>> display.svg.startswith("<svg"), "height to a1.3:" in display.svg
    (True, True)
    """

    ax_: Any
    figure_: Any

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
        self.network, self.parameters = network, parameters
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.title, self.note = title, note
        self._picture = lay_out(network, parameters, self.inputs, self.outputs, title, note)

    @classmethod
    def from_model(cls, model: Any, *, ax: Any = None) -> Self:
        """The network of a model, with the names of its columns and classes; drawn on `ax` where that is given.

        model : a Model, a fitted estimator, or a pair (Network, Parameters). Members that were joined into one network stand side
        by side, and the picture says so. Raises GlassnetError on anything else.
        """
        model = as_model(model)
        one = "-".join(map(str, model.member.sizes))
        note = (
            f"{model.members} networks of {one} side by side: no weights between them."
            if model.members > 1
            else ""
        )
        display = cls(
            model.network,
            model.parameters,
            model.encoding.features,
            model.encoding.outputs,
            note=note,
        )
        return display if ax is None else display.plot(ax)

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> Self:
        """`from_model` for a fitted estimator."""
        return cls.from_model(estimator, ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw it on matplotlib axes, or on a new figure of its own size."""
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax, *self._inches)
            draw(self._picture, self.ax_)
        return self

    def save(self, path: str | Path) -> None:
        """Write it to a file in the format of the suffix: .svg, which alone tells and lights up what is pointed at, .png or .pdf.

        Raises GlassnetError on another suffix, and where the file cannot be written.
        """
        if Path(path).suffix.lower() == ".svg":
            with whole_file(path) as part:
                part.write_text(self.svg, encoding="utf-8")
            return
        from matplotlib.figure import Figure

        figure = Figure(figsize=self._inches)
        with style():
            draw(self._picture, figure.add_axes((0, 0, 1, 1)))
        save_figure(figure, path)

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document; it may also stand inside an HTML page, and beside others."""
        return svg_text(self._picture)

    @property
    def _inches(self) -> tuple[float, float]:
        return self._picture.width / PIXELS, self._picture.height / PIXELS

    def _repr_html_(self) -> str:
        return self.svg
