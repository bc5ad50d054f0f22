"""The picture on matplotlib's axes, for PNG and PDF and beside other plots. Where things stand is the layout's matter."""

from typing import Any

from glassnet.plots.network.shapes import Disc, Line, Picture, Text, baseline
from glassnet.plots.network.svg import DASHES, HALO, LIGHT

ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def draw(picture: Picture, axes: Any) -> None:
    """Draw it as large as it fits into the axes, letters and lines in proportion; they show nothing else."""
    axes.set(xlim=(0, picture.width), ylim=(picture.height, 0), aspect="equal")
    axes.set_axis_off()
    points = _points_a_pixel(picture, axes)
    axes.add_collection(_lines(picture.lines, points), autolim=False)
    for text in picture.texts:
        _write(axes, text, points)
    for disc in picture.discs:
        _draw_disc(axes, disc, points)


def _points_a_pixel(picture: Picture, axes: Any) -> float:
    """How many points one pixel of the layout takes, once the figure has given the axes their room."""
    axes.figure.canvas.figure.draw_without_rendering()
    return 72 / axes.figure.dpi * axes.get_window_extent().width / picture.width


def _lines(lines: tuple[Line, ...], points: float) -> Any:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    return LineCollection(
        [[(line.x1, line.y1), (line.x2, line.y2)] for line in lines],
        linewidths=[line.width * points for line in lines],
        colors=[
            to_rgba(LIGHT["minus" if line.share < 0 else "plus"], line.opacity) for line in lines
        ],
        linestyles=[
            (0, tuple(dash / line.width for dash in DASHES)) if line.share < 0 else "solid"
            for line in lines
        ],
        capstyle="butt",
        zorder=1,
    )


def _write(axes: Any, text: Text, points: float) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=HALO * points, foreground=LIGHT["page"])]
    axes.text(
        text.x, text.y, text.words, fontsize=text.size * points, ha=ANCHORS[text.anchor], va="baseline", parse_math=False,
        color=LIGHT["quiet" if text.kind == "quiet" else "text"], path_effects=[] if text.kind == "name" else halo, zorder=2,
    )  # fmt: skip


def _draw_disc(axes: Any, disc: Disc, points: float) -> None:
    from matplotlib.patches import Circle

    bias = disc.kind == "bias"
    face, rim = LIGHT["bias" if bias else "node"], LIGHT["bias_rim" if bias else "rim"]
    axes.add_patch(
        Circle(
            (disc.x, disc.y),
            disc.radius,
            facecolor=face,
            edgecolor=rim,
            linewidth=1.5 * points,
            zorder=3,
        )
    )
    y = baseline(disc.y, disc.size)
    axes.text(
        disc.x,
        y,
        disc.label,
        fontsize=disc.size * points,
        ha="center",
        va="baseline",
        color=LIGHT["text"],
        zorder=4,
    )
