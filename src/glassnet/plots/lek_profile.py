"""The picture of Lek profiles: small axes for each column.

A line stands for each value of the other columns, a band for the range of the networks.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.importance.profile import ColumnProfile, LekProfile, lek_profile
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import (
    BLUE,
    GREY,
    LINE_STYLES,
    MARKERS,
    RED,
    curve_style,
    in_picture,
    new_figure,
    plural,
)
from glassnet.plots.importance import check_n_columns
from glassnet.plots.plane import date_ticks

QUANTILE_NAMES = {
    "quantile 0": "lowest",
    "quantile 0.25": "quarter",
    "quantile 0.5": "middle",
    "quantile 0.75": "three quarters",
    "quantile 1": "highest",
}
"""What the usual quantiles are called in a legend."""
WIDEST_WHOLE = 12  # a column of whole numbers that spans less has ticks at whole numbers only
MOST_PROFILES = 12  # columns shown
LINE_LETTERS = 40  # letters of what a line stands for
CATEGORY_LETTERS = 12  # letters of a category below its point
MOST_LEVEL_CATEGORIES = 3  # the names of more stand slanted


class LekProfileDisplay(RowsDisplay):
    """Small axes for each column: the mean over the networks as a line, their range as a band.

    Parameters
    ----------
    profile : LekProfile
        What `lek_profile` gave.
    n_columns : int
        How many columns are shown, those along which the prediction moves most; the picture says
        how many are left out.

    Attributes
    ----------
    axes_ : list of matplotlib.axes.Axes
        One for each column shown, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 3, 1, 4]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, y)
    >>> len(LekProfileDisplay.from_estimator(fitted, X).axes_)
    2
    """

    axes_: Sequence[Any]

    def __init__(self, profile: LekProfile, *, n_columns: int = MOST_PROFILES) -> None:
        check_n_columns(n_columns)
        self.profile = profile
        self.n_columns = n_columns

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        n_columns: int = MOST_PROFILES,
        axes: Any = None,
        **options: Any,
    ) -> Self:
        """Profile and draw.

        Parameters
        ----------
        model : Model, fitted estimator, or a list of these
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows.
        n_columns : int
            How many columns are shown.
        axes : sequence of matplotlib.axes.Axes, optional
            One for each column shown; by default those of a new figure.
        **options
            Those of `lek_profile`.

        Raises
        ------
        GlassnetError
            Where `lek_profile` does, and on another number of axes.
        """
        return cls(lek_profile(model, table, **options), n_columns=n_columns).plot(axes)

    def plot(self, ax: Any = None, *, axes: Any = None) -> Self:
        """Draw on axes given, or on a new figure.

        Parameters
        ----------
        ax, axes : sequence of matplotlib.axes.Axes, optional
            One for each column shown.

        Raises
        ------
        GlassnetError
            On another number of axes.
        """
        return super().plot(ax if axes is None else axes)

    @property
    def _shown(self) -> list[ColumnProfile]:
        """The columns along which the prediction moves most."""
        columns = self.profile.columns
        movement = np.array([np.ptp(profile.mean, axis=1).max() for profile in columns])
        order = np.argsort(-movement, kind="stable")
        return [columns[i] for i in order[: self.n_columns]]

    def _make_axes(self, ax: Any) -> Any:
        count = len(self._shown)
        self.axes_ = self._grid(count) if ax is None else np.ravel(ax).tolist()
        if len(self.axes_) != count:
            raise GlassnetError(
                f"{len(self.axes_)} axes for {count} columns: give one for each, or choose columns="
            )
        self._whole_figure = ax is None
        return self.axes_[0].figure

    def _grid(self, count: int) -> list[Any]:
        """Axes in rows of three or four that share what goes up."""
        across = min(count, 4 if count > 6 else 3)
        down = -(-count // across)
        figure = new_figure(max(2.5 * across, 5.0), 2.1 * down + 0.9)
        grid = figure.subplots(down, across, sharey=True, squeeze=False)
        for empty in grid.flat[count:]:
            empty.remove()
        return list(grid.flat[:count])

    def _draw(self) -> None:
        for number, (axes, profile) in enumerate(zip(self.axes_, self._shown, strict=True)):
            self._draw_column(axes, profile, with_labels=number == 0)
        if self._whole_figure:
            self._write_around()

    def _draw_column(self, axes: Any, profile: ColumnProfile, with_labels: bool) -> None:
        """Draw one column's lines and bands; those of the first axes carry the legend's labels."""
        for number, (name, line) in enumerate(zip(self._others, self._lines(), strict=True)):
            label = in_picture(name, LINE_LETTERS) if with_labels else None
            _draw_line(axes, profile, number, line, label)
        axes.set_xlabel(in_picture(profile.name), fontsize=9)
        axes.tick_params(labelsize=8)
        axes.grid(visible=True, alpha=0.25)
        if profile.kind == "text":
            names = [in_picture(str(level), CATEGORY_LETTERS) for level in profile.x]
            slant = 30 if len(names) > MOST_LEVEL_CATEGORIES else 0
            axes.set_xticks(np.arange(len(names)), names, rotation=slant)
            axes.margins(x=0.15)
        if profile.kind == "date":
            date_ticks(axes.xaxis)
        if profile.kind == "number" and _is_short_and_whole(profile.x):
            axes.xaxis.get_major_locator().set_params(integer=True, nbins=4)

    @property
    def _others(self) -> list[str]:
        """Where the other columns stand, in words."""
        return [QUANTILE_NAMES.get(name, name) for name in self.profile.others]

    def _lines(self) -> list[dict[str, Any]]:
        """The colour and dashes of each line: groups differ, quantiles go from blue to red."""
        count = len(self.profile.others)
        if not self.profile.others[0].startswith("quantile "):
            return [curve_style(number) for number in range(count)]
        from matplotlib.colors import LinearSegmentedColormap

        colours = LinearSegmentedColormap.from_list("low to high", [BLUE, GREY, RED])
        return [
            {"color": colour, "linestyle": LINE_STYLES[number % len(LINE_STYLES)]}
            for number, colour in enumerate(colours(np.linspace(0, 1, count)))
        ]

    def _write_around(self) -> None:
        """What all the axes share: the title, the prediction's name, and which line is which."""
        _, is_class, label = self.profile.output.partition("=")
        output = in_picture(label if is_class else self.profile.output, LINE_LETTERS)
        if is_class:
            output = f"probability of {output}"
        for axes in self.axes_:
            if axes.get_subplotspec().is_first_col():
                axes.set_ylabel(output, fontsize=9)
        title = f"Lek profiles: {output}"
        note = self._note()
        if note:
            title += f"\n{note}"
        self.figure_.suptitle(title, x=0.01, ha="left", fontsize=10)
        longest = max(len(in_picture(name, LINE_LETTERS)) for name in self._others)
        entry = 0.55 + 0.07 * longest  # inches: a line's sample and its letters
        self.figure_.legend(
            loc="outside lower center",  # above it would lie on the title
            ncols=max(1, int(self.figure_.get_figwidth() / entry)),
            fontsize=8,
            title="the other columns held at",
            title_fontsize=9,
        )

    def _note(self) -> str:
        """What a line and a band are, where they differ, and how many columns are left out."""
        notes = []
        networks = len(self.profile.columns[0].values)
        if networks > 1:
            notes.append(f"line: mean of {networks} networks, band: lowest to highest")
        left_out = len(self.profile.columns) - len(self._shown)
        if left_out:
            notes.append(f"{plural(left_out, 'more column')} not shown")
        return "; ".join(notes)


def _is_short_and_whole(x: np.ndarray) -> bool:
    """Whether a column goes from one whole number to another close by, as years do."""
    ends = x[[0, -1]]
    return bool((ends == np.round(ends)).all() and 2 <= np.ptp(ends) < WIDEST_WHOLE)


def _draw_line(
    axes: Any, profile: ColumnProfile, number: int, look: dict[str, Any], label: str | None
) -> None:
    """One line of a column's profile, and the band of the networks around it."""
    low = profile.values[:, number].min(axis=0)
    high = profile.values[:, number].max(axis=0)
    is_text = profile.kind == "text"
    x = np.arange(len(profile.x)) if is_text else profile.x
    colour = look["color"]
    alone = is_text or np.ptp(x) == 0  # there is nothing between the points
    dots = {"marker": MARKERS[number % len(MARKERS)], "linestyle": ":"} if alone else {}
    line = {"linewidth": 1.4, "markersize": 4, "label": label, **look, **dots}
    axes.plot(x, profile.mean[number], **line)
    if is_text:
        axes.vlines(x, low, high, color=colour, alpha=0.3, linewidth=4)
    else:
        axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
