"""Several small pictures side by side: their axes, and a line of small print above a picture."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.plots.figures import GREY, literal, new_figure


def panels(
    ax: Any,
    count: int,
    across: int,
    width: float,
    height: float,
    ratios: Sequence[float] | None = None,
) -> tuple[Any, np.ndarray]:
    """A figure and axes for so many pictures, `across` of them in a row.

    Parameters
    ----------
    ax : None: a new figure of width x height inches. One axes: its place is divided, and itself hidden. Several: those.
    ratios : the widths of a row's pictures to each other; None: all the same.

    Raises GlassnetError where fewer axes are given than there are pictures, and on an axes that has no place in a grid.
    """
    from matplotlib.axes import Axes

    if ax is not None and not isinstance(ax, Axes):
        given = np.ravel(np.asarray(ax, object))
        if len(given) < count:
            raise GlassnetError(
                f"{count} axes are needed, {len(given)} were given: give one for each picture, or a single one to divide"
            )
        return given[0].figure, given[:count]
    down = -(-count // across)
    if ax is None:
        figure = new_figure(width, height)
        grid = figure.add_gridspec(down, across, width_ratios=ratios)
    else:
        figure, spec = ax.figure, ax.get_subplotspec()
        if spec is None:
            raise GlassnetError(
                "these axes have no place in a grid to divide: make them with subplots() or add_subplot()"
            )
        ax.set_axis_off()
        grid = spec.subgridspec(down, across, width_ratios=ratios)
    return figure, np.array(
        [figure.add_subplot(grid[divmod(i, across)]) for i in range(count)], object
    )


def title(ax: Any, text: str, note: str = "", width: int = 88) -> None:
    """A title over axes, and under it, small and grey, what must be known to read the picture, in lines of so many letters.

    The note is taken as it is; the title's names are `in_picture`.
    """
    lines = wrap(note, width)
    ax.set_title(text, loc="left", pad=6 + 11 * len(lines))
    said = literal("\n".join(lines))
    small = ax.annotate(
        said, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points", va="bottom"
    )
    small.set(
        fontsize=8, color=GREY, in_layout=False
    )  # its room is the title's pad: the layout is not to be as wide as the words
