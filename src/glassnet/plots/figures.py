"""What all figures share: colours, fonts, new axes, and files.

The same picture always gives the same file.

matplotlib is imported when a figure is made, not before.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.errors import unknown_name, visible
from glassnet.files import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE = "#2563eb"
ORANGE = "#d97706"
RED = "#dc2626"
GREY = "#6b7280"
PALETTE = (BLUE, ORANGE, "#00a078", "#641428", "#008cc8", "#505000", "#b4008c", "#f00050")
"""The colours of classes, outputs and curves, in their order.

Any two differ for colour-blind eyes too, and each stands out from white; no colour is alone: curves
differ in `LINE_STYLES`, dots in `MARKERS`.
"""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
"""The shapes of dots, in the order of the palette."""
LINE_STYLES: tuple[Any, ...] = (
    "solid",
    (0, (6, 1.5)),
    (0, (2, 1)),
    (0, (8, 1.5, 1.5, 1.5)),
    (0, (1, 1)),
    (0, (4, 1, 1, 1, 1, 1)),
    (0, (10, 3)),
    (0, (3, 3)),
)
"""The dashes of curves, in the order of the palette, in widths of the line."""
SIGNED = "RdBu_r"
"""The colour map of what is low or high: blue is low or below 0, red is high or above 0."""
UNSIGNED = "Reds"
"""The upper half of that, for what is never below 0."""
FONTS = ["DejaVu Sans", "Verdana", "Arial", "Helvetica", "sans-serif"]
"""The letters; an SVG names them all, for a reader whose machine lacks the first."""
PICTURE_FORMATS = ("svg", "png", "pdf")
FEW_DECADES = 2.5  # of a logarithmic axis; of fewer, 2 and 5 have ticks too
NAME_LETTERS = 24  # letters of a name in a picture; a longer one loses its middle


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's settings while a picture of ours is drawn or saved.

    Its text stays text, and the same picture gives the same file.
    """
    import warnings

    import matplotlib as mpl

    settings: Any = {
        "svg.hashsalt": "glassnet",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.sans-serif": FONTS,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "legend.frameon": False,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # of a name in a script that the font lacks
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        yield


def curve_style(number: int) -> dict[str, Any]:
    """The colour and the line of a class's or output's curve; no two of the first 64 are equal."""
    count = len(PALETTE)
    return {
        "color": PALETTE[number % count],
        "linestyle": LINE_STYLES[(number + number // count) % count],
    }


def marker_style(number: int) -> dict[str, Any]:
    """The colour and the shape of a class's dots; no two of the first 64 are equal."""
    count = len(PALETTE)
    return {
        "color": PALETTE[number % count],
        "marker": MARKERS[(number + number // count) % count],
    }


def logarithmic(axis: Any) -> None:
    """A logarithmic scale for one axis, its ticks written as plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    low, high = axis.get_view_interval()
    decades = np.log10(high / low)
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < FEW_DECADES else (1,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def new_figure(width: float = 6.4, height: float = 4.0) -> "Figure":
    """An empty figure of so many inches that lays out what is drawn in it.

    It belongs to pyplot where pyplot is in use, so that a notebook or window shows it by itself;
    else to nobody.
    """
    import sys

    if "matplotlib.pyplot" in sys.modules:
        from matplotlib import pyplot

        return pyplot.figure(figsize=(width, height), layout="constrained")
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def figure_and_axes(
    ax: Any = None, width: float = 6.4, height: float = 4.0
) -> tuple["Figure", "Axes"]:
    """The axes given with their figure, or new ones in a figure of so many inches."""
    if ax is not None:
        return ax.figure, ax
    figure = new_figure(width, height)
    return figure, figure.add_subplot()


def save_figure(figure: "Figure", path: str | Path, dpi: int = 150) -> None:
    """Write a figure in the format of the path's suffix: .svg, .png or .pdf.

    Raises GlassnetError on another suffix, and where the file cannot be written.
    """
    path = Path(path)
    kind = check_format(path)
    metadata = {"svg": {"Date": None}, "png": {}, "pdf": {"CreationDate": None}}[kind]
    picture = io.BytesIO()
    with style():
        figure.savefig(picture, format=kind, dpi=dpi, metadata=metadata)
    with whole_file(path) as part:
        part.write_bytes(picture.getvalue())


def data_uri(display: Any) -> str:
    """A Display's figure as the source of an image in a page: SVG without a background.

    Where pyplot is in use, it forgets the figure, which would else be shown a second time.
    """
    import base64
    import sys

    buffer = io.BytesIO()
    with style():
        display.figure_.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(display.figure_)
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


def image(display: Any, alt: str) -> str:
    """A Display's figure as an image of a page, `alt` for those who cannot see it.

    Its class says what the page does with it in the dark: `glassnet.pages.theme`.
    """
    return f'<img class="{display.kind_of_picture}" alt="{escape(alt)}" src="{data_uri(display)}">'


def in_picture(name: str, most: int = NAME_LETTERS) -> str:
    """A name as it can stand in a picture: on one line, not too long, without mathematics.

    >>> in_picture("the number of whole dollars")
    'the number of …e dollars'
    """
    return literal(one_line(name, most))


def one_line(name: str, most: int) -> str:
    """A name on one line, not too long; control characters, which SVG refuses, as escapes."""
    return shortened(visible(" ".join(name.split())), most)


def shortened(name: str, most: int) -> str:
    """A name of at most so many letters; a longer one loses its middle.

    Its end is kept, since the inputs of one column differ there.
    """
    tail = 2 * most // 5
    return name if len(name) <= most else f"{name[: most - 1 - tail]}…{name[-tail:]}"


def literal(text: str) -> str:
    """Text whose dollar signs matplotlib does not take for the beginning of mathematics."""
    return text.replace("$", r"\$")


def plural(count: int, noun: str) -> str:
    """A number and what it counts.

    >>> plural(1, "node"), plural(1200, "node")
    ('1 node', '1,200 nodes')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def check_format(path: Path) -> str:
    """The format that a path's suffix names. Raises GlassnetError on one that no picture has."""
    kind = path.suffix.lower().lstrip(".")
    if kind not in PICTURE_FORMATS:
        suffixes = [f".{name}" for name in PICTURE_FORMATS]
        raise unknown_name("picture format", path.suffix or path.name, suffixes)
    return kind
