"""The diagram on matplotlib's axes, for PNG and PDF and beside other plots.

Where things stand is the layout's matter.
"""

from typing import Any

from glassnet.plots.network.shapes import Box, Diagram, Disc, Stroke, Text, baseline
from glassnet.plots.network.svg import DASHES, HALO, LIGHT, sign_class

ALIGNMENTS = {"start": "left", "middle": "center", "end": "right"}
"""Matplotlib's word for each of SVG's text anchors."""


def draw_on_axes(diagram: Diagram, axes: Any) -> None:
    """Draw it as large as it fits into the axes, letters and lines in proportion."""
    axes.set(xlim=(0, diagram.width), ylim=(diagram.height, 0), aspect="equal")
    axes.set_axis_off()
    points = _points_a_pixel(diagram, axes)
    axes.add_collection(_line_collection(diagram.strokes, points), autolim=False)
    for box in diagram.boxes:
        _draw_box(axes, box, points)
    for text in diagram.texts:
        _write(axes, text, points)
    for disc in diagram.discs:
        _draw_disc(axes, disc, points)


def _points_a_pixel(diagram: Diagram, axes: Any) -> float:
    """How many points a pixel of the layout takes, once the axes have their room."""
    axes.figure.canvas.figure.draw_without_rendering()
    points_a_dot = 72 / axes.figure.dpi
    return points_a_dot * axes.get_window_extent().width / diagram.width


def _line_collection(strokes: tuple[Stroke, ...], points: float) -> Any:
    from matplotlib.collections import LineCollection

    return LineCollection(
        [[(stroke.x1, stroke.y1), (stroke.x2, stroke.y2)] for stroke in strokes],
        linewidths=[stroke.width * points for stroke in strokes],
        colors=[_colour(stroke) for stroke in strokes],
        linestyles=[_dashes(stroke) for stroke in strokes],
        capstyle="butt",
        zorder=1,
    )


def _colour(stroke: Stroke) -> Any:
    from matplotlib.colors import to_rgba

    colours = {"plus": "plus", "minus": "minus", "zero": "quiet"}
    return to_rgba(LIGHT[colours[sign_class(stroke)]], stroke.opacity)


def _dashes(stroke: Stroke) -> Any:
    """The line style; matplotlib measures dashes in widths of the line."""
    if stroke.strength < 0:
        return 0, tuple(dash / stroke.width for dash in DASHES)
    return "solid"


def _write(axes: Any, text: Text, points: float) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=HALO * points, foreground=LIGHT["page"])]
    axes.text(
        text.x,
        text.y,
        text.content,
        fontsize=text.size * points,
        ha=ALIGNMENTS[text.anchor],
        va="baseline",
        parse_math=False,
        color=LIGHT["quiet" if text.kind == "quiet" else "text"],
        path_effects=[] if text.kind == "name" else halo,
        zorder=2,
    )


def _draw_box(axes: Any, box: Box, points: float) -> None:
    from matplotlib.patches import Rectangle

    drawn = Rectangle((box.x, box.y), box.width, box.height, zorder=1.5)
    drawn.set(facecolor=LIGHT["node"], edgecolor=LIGHT["rim"], linewidth=1.5 * points)
    axes.add_patch(drawn)


def _draw_disc(axes: Any, disc: Disc, points: float) -> None:
    from matplotlib.patches import Circle

    fill, rim = ("bias", "bias_rim") if disc.kind == "bias" else ("node", "rim")
    colours = {"facecolor": LIGHT[fill], "edgecolor": LIGHT[rim]}
    centre = disc.x, disc.y
    axes.add_patch(Circle(centre, disc.radius, **colours, linewidth=1.5 * points, zorder=3))
    axes.text(
        disc.x,
        baseline(disc.y, disc.size),
        disc.label,
        fontsize=disc.size * points,
        ha="center",
        va="baseline",
        color=LIGHT["text"],
        zorder=4,
    )
