"""Several small pictures side by side: their axes, and a title with small print above a picture."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.plots.figures import GREY, literal, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOTE_LETTERS = 88  # letters of a line of small print
NOTE_LINE = 11  # points from a line of small print to the next
TITLE_PAD = 6  # points between axes and a title without small print


def panels(
    ax: Any,
    count: int,
    across: int,
    width: float,
    height: float,
    ratios: Sequence[float] | None = None,
) -> tuple["Figure", np.ndarray]:
    """A figure, and axes for several pictures.

    Parameters
    ----------
    ax : None, matplotlib.axes.Axes, or a sequence of them
        None: a new figure. One axes: its room is divided, and itself hidden. Several: those are
        taken.
    count : int
        How many pictures there are.
    across : int
        How many of them stand in a row.
    width, height : float
        Inches of a new figure.
    ratios : sequence of float, optional
        The widths of a row's pictures to each other; by default all the same.

    Raises
    ------
    GlassnetError
        Where fewer axes are given than there are pictures, and on one axes that is not part of a
        grid.
    """
    from matplotlib.axes import Axes

    if ax is not None and not isinstance(ax, Axes):
        return _given_axes(ax, count)
    down = -(-count // across)
    if ax is None:
        figure = new_figure(width, height)
        grid = figure.add_gridspec(down, across, width_ratios=ratios)
    else:
        figure: Any = ax.figure
        grid = _room_of(ax).subgridspec(down, across, width_ratios=ratios)
        ax.set_axis_off()
    axes = [figure.add_subplot(grid[divmod(i, across)]) for i in range(count)]
    return figure, np.array(axes, object)


def _given_axes(ax: Any, count: int) -> tuple["Figure", np.ndarray]:
    """The first of the axes given, one for each picture, with their figure."""
    given = np.ravel(np.asarray(ax, object))
    if len(given) < count:
        raise GlassnetError(
            f"{count} axes are needed, {len(given)} were given: "
            "give one for each picture, or a single one to divide"
        )
    return given[0].figure, given[:count]


def _room_of(ax: Any) -> Any:
    """Where axes stand in their grid."""
    room = ax.get_subplotspec()
    if room is None:
        raise GlassnetError(
            "these axes have no place in a grid to divide: "
            "make them with subplots() or add_subplot()"
        )
    return room


def title(ax: Any, text: str, note: str = "", width: int = NOTE_LETTERS) -> None:
    """A title over axes, and under it, small and grey, what must be known to read the picture.

    The note is taken as it is, in lines of `width` letters; names in the title are `in_picture`.
    """
    lines = wrap(note, width)
    ax.set_title(text, loc="left", pad=TITLE_PAD + NOTE_LINE * len(lines))
    small = ax.annotate(
        literal("\n".join(lines)),
        (0, 1),
        (0, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
    )
    # Its room is the title's pad: the layout must not become as wide as the text.
    small.set(fontsize=8, color=GREY, in_layout=False)


def legend_below(ax: Any, columns: int = 4, heading: str | None = None) -> None:
    """The legend, under a heading, below axes that are alone in their figure, else on them."""
    figure = ax.figure
    if len(figure.axes) > 1:
        ax.legend(fontsize=8, title=heading, title_fontsize=8)
        return
    handles, labels = ax.get_legend_handles_labels()
    across: Any = {"ncols": min(columns, len(labels)), "columnspacing": 1.2}
    across |= {"title": heading, "title_fontsize": 8}
    figure.legend(handles, labels, loc="outside lower center", fontsize=8, **across)
