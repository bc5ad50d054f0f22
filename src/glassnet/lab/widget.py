"""`Lab`: the page of the lab as a widget of a notebook, by anywidget (the extra `notebook`).

The page in it is that of `glassnet lab`. What it shares with Python stands in `lab/src/opened.ts`;
where no scripts run, a picture of the network stands in its place.
"""

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from glassnet.errors import GlassnetError, visible
from glassnet.lab.document import opened_document
from glassnet.lab.page import lab_files
from glassnet.settings import checked_whole

if TYPE_CHECKING:
    from glassnet.core.network import Parameters
    from glassnet.models.model import Model

MIME_SVG = "image/svg+xml"
MIME_TEXT = "text/plain"


class Lab:
    """A network that trains in the notebook, step by step, forward and back.

    Parameters
    ----------
    opened : path, data frame, dict of columns, RunFolder, Model or fitted estimator, optional
        A table to train on, of which the first 2,000 rows are taken, or a trained model; a path is
        that of a table, a run folder or a model file. None: the article's table.
    target : str or sequence of str, optional
        Of a table: the columns to predict; None leaves the choice to the page.
    ignore : collection of str
        Of a table: columns that are not to be inputs.

    Attributes
    ----------
    widget : anywidget.AnyWidget
        What the notebook shows, to be put into a layout of ipywidgets.

    Raises
    ------
    GlassnetError
        On what cannot be opened, where anywidget is missing, and where glassnet was installed
        without its page.

    Examples
    --------
    >>> import glassnet as gn
    >>> lab = gn.Lab({"x": [0, 1, 2, 3], "y": [1, 3, 5, 7]}, target="y")
    >>> lab.iteration
    0

    In a notebook, ``lab`` at the end of a cell shows it; ``lab.iteration = 100`` goes to that
    iteration, and ``lab.model.predict(table)`` predicts with the weights on the screen.
    """

    widget: Any

    def __init__(
        self,
        opened: Any = None,
        target: str | Sequence[str] | None = None,
        *,
        ignore: Collection[str] = (),
    ) -> None:
        make_widget = _widget_class()
        document = opened_document(opened, target, ignore)
        self.widget = make_widget(document=document, model_file=_file_of(document))

    @property
    def iteration(self) -> int:
        """Where the training stands: updates made so far. To set it moves the page there."""
        return self.widget.iteration

    @iteration.setter
    def iteration(self, value: int) -> None:
        self.widget.iteration = checked_whole("iteration", value, least=0)

    @property
    def model(self) -> "Model":
        """The model with the weights that the page shows now.

        Raises GlassnetError as long as the page, which makes the network, was not shown.
        """
        from glassnet.models.model import load

        if not self.widget.model_file:
            raise GlassnetError(
                "there is no network yet, because the page makes it",
                remedy="show the lab at the end of a notebook's cell, and ask in a later cell",
            )
        with TemporaryDirectory() as folder:
            file = Path(folder) / "model.safetensors"
            file.write_bytes(self.widget.model_file)
            return load(file)

    @property
    def parameters(self) -> "Parameters":
        """The weights and biases that the page shows now.

        Raises GlassnetError as `model` does, and where that has several networks.
        """
        return self.model.parameters

    def __repr__(self) -> str:
        document = self.widget.document
        names = [document[kind]["name"] for kind in ("model", "table") if kind in document]
        name = names[0] if names else "the article's table"
        return visible(f"<glassnet Lab of {name}, iteration {self.iteration:,}>")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget; and for what cannot run it, the network as a picture, and text."""
        shown = self.widget._repr_mimebundle_(**options)
        data, *metadata = shown if isinstance(shown, tuple) else (shown,)
        data = {**data, MIME_TEXT: f"{self!r}: open this notebook in Jupyter to run it"}
        if self.widget.model_file:
            from glassnet.plots.network.display import NetworkDisplay

            data[MIME_SVG] = NetworkDisplay.from_model(self.model).svg
        return (data, *metadata) if metadata else data


def _file_of(document: dict[str, Any]) -> bytes:
    """The model file of a document; b"" where it has none."""
    from base64 import b64decode

    return b64decode(document["model"]["base64"]) if "model" in document else b""


@cache
def _widget_class() -> Any:
    """The class of the widget.

    Raises GlassnetError where anywidget is missing, or the lab was not built.
    """
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise GlassnetError(
            "a lab in a notebook needs anywidget, which is not installed",
            remedy="run pip install 'glassnet[notebook]', or use the command glassnet lab",
        ) from None
    files = lab_files()

    class LabWidget(anywidget.AnyWidget):
        _esm = files.script
        _css = files.style
        document = traitlets.Dict().tag(sync=True)
        iteration = traitlets.Int(0).tag(sync=True)
        # ipywidgets gives bytes from the page as a memoryview, which the trait would refuse.
        model_file = traitlets.Bytes(b"").tag(sync=True, from_json=lambda sent, _: bytes(sent))

        def __init__(self, **traits: Any) -> None:
            super().__init__(**traits)
            self.add_class("gn")  # the root of our pages' colours

    return LabWidget
