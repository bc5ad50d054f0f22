"""The picture of one column's effect: a thin line for each row, a thick one for their mean.

What they are is computed in `importance/ice.py`.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.importance.ice import Ice, ice
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, GREY, ORANGE, in_picture, plural
from glassnet.plots.panels import legend_below, title
from glassnet.plots.plane import date_ticks

LABEL_LETTERS = 40  # letters of the column's and the output's name
LEVEL_LETTERS = 14  # letters of a category below its dots
MOST_FLAT_LEVELS = 5  # the names of more stand slanted
JITTER = 0.12  # how far the dots of one category are spread to either side; categories are 1 apart
MOST_TICKS_OF_RUG = 400  # cells drawn at the foot
BAND = 1.0  # standard deviations of the members to either side of their mean


@dataclass(eq=False, repr=False)
class IceDisplay(RowsDisplay):
    """Each row's prediction as one column changes, their mean, and where the data are.

    A thin line is a row whose other cells stay what they are (individual conditional expectation);
    the thick line is their mean, the partial dependence. Of categories dots take the place of
    lines. A band, or bars, shows how far the networks of an ensemble differ: a standard deviation
    to either side. Strokes at the foot are the rows' own cells: far from them a line is a guess.

    Parameters
    ----------
    ice : Ice
        What `ice` gave.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where the last `plot` has drawn.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 3, 1, 4]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, y)
    >>> IceDisplay.from_estimator(fitted, X, column="x1").ax_.get_xlabel()
    'x1'
    """

    ice: Ice

    @classmethod
    def from_model(
        cls, model: Any, table: Any, *, column: str | None = None, ax: Any = None, **options: Any
    ) -> Self:
        """Follow the rows of a table through one column, and draw.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows.
        column : str, optional
            The column that changes; by default that along which the prediction's mean moves most.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.
        **options
            Those of `ice`: output, points, rows.

        Raises
        ------
        GlassnetError
            Where `ice` does.
        """
        if column is not None:
            return cls(ice(model, table, column, **options)).plot(ax)
        return cls(_that_moves_most(model, table, options)).plot(ax)

    def _draw(self) -> None:
        if self.ice.kind == "text":
            self._draw_dots()
        else:
            self._draw_lines()
        self.ax_.set_xlabel(in_picture(self.ice.column, LABEL_LETTERS))
        self.ax_.set_ylabel(self._output_name())
        self.ax_.grid(visible=True, alpha=0.25)
        self.ax_.set_axisbelow(True)
        title(self.ax_, f"{self._output_name()} along {in_picture(self.ice.column)}", self._note())

    def _output_name(self) -> str:
        name, _, label = self.ice.output.partition("=")
        probability = "probability of " if label else ""
        return probability + in_picture(f"{name} = {label}" if label else name, LABEL_LETTERS)

    def _draw_lines(self) -> None:
        x, rows = self.ice.x, len(self.ice.values)
        thin = {"color": GREY, "linewidth": 0.7, "alpha": float(np.clip(12 / rows, 0.12, 0.6))}
        self.ax_.plot(x, self.ice.values.T, **thin)
        self.ax_.plot([], [], color=GREY, linewidth=0.9, label="a row")
        self.ax_.plot(x, self.ice.mean, color=BLUE, linewidth=1.8, label="mean of the rows")
        if len(self.ice.members) > 1:
            low, high = self._spread()
            label = f"± {BAND:g} standard deviation of {len(self.ice.members)} networks"
            band = {
                "color": BLUE,
                "alpha": 0.33,
                "linewidth": 1.0,
            }  # its edge is seen beside the mean
            self.ax_.fill_between(x, low, high, **band, label=label)
        self._draw_rug()
        self.ax_.margins(x=0.02)
        if self.ice.kind == "date":
            date_ticks(self.ax_.xaxis, fewest=2)
        legend_below(self.ax_)

    def _draw_rug(self) -> None:
        """A stroke at the foot for each cell of the table, or for some evenly spread ones."""
        cells = np.sort(self.ice.cells)
        step = max(1, len(cells) // MOST_TICKS_OF_RUG)
        stroke = {"color": ORANGE, "linewidth": 0.7, "alpha": 0.6}
        foot = self.ax_.get_xaxis_transform()  # x as it is, y from 0 at the foot to 1
        self.ax_.vlines(cells[::step], 0, 0.025, transform=foot, **stroke)
        self.ax_.plot([], [], "|", color=ORANGE, label="cells of the table")

    def _draw_dots(self) -> None:
        levels, rows = len(self.ice.x), len(self.ice.values)
        random = np.random.default_rng(0)
        x = np.arange(levels) + random.uniform(-JITTER, JITTER, (rows, levels))
        faint = {"color": GREY, "markersize": 3, "alpha": float(np.clip(20 / rows, 0.2, 0.7))}
        self.ax_.plot(x.ravel(), self.ice.values.ravel(), ".", **faint)
        self.ax_.plot([], [], ".", color=GREY, label="a row")
        mean = {"color": BLUE, "markersize": 9, "capsize": 5, "zorder": 3}
        label, spread = "mean of the rows", None
        if len(self.ice.members) > 1:
            spread = BAND * self.ice.members.std(axis=0, ddof=1)
            label += f", ± {BAND:g} standard deviation of {len(self.ice.members)} networks"
        self.ax_.errorbar(np.arange(levels), self.ice.mean, spread, fmt="o", label=label, **mean)
        slant = {"rotation": 30, "ha": "right"} if levels > MOST_FLAT_LEVELS else {}
        self.ax_.set_xticks(np.arange(levels), self._level_names(), **slant)
        self.ax_.set_xlim(-0.6, levels - 0.4)
        legend_below(self.ax_)

    def _level_names(self) -> list[str]:
        """Each category with how many rows of the table have it."""
        cells = [str(cell) for cell in self.ice.cells]
        return [
            f"{in_picture(str(level), LEVEL_LETTERS)}\n{plural(cells.count(str(level)), 'row')}"
            for level in self.ice.x
        ]

    def _spread(self) -> tuple[np.ndarray, np.ndarray]:
        """The mean over the rows, a standard deviation of the members to either side, P and P."""
        spread = BAND * self.ice.members.std(axis=0, ddof=1)
        return self.ice.mean - spread, self.ice.mean + spread

    def _note(self) -> str:
        followed, n_rows = len(self.ice.values), self.ice.n_rows
        rows = plural(followed, "row")
        if followed < n_rows:
            rows = f"{followed:,} of {n_rows:,} rows"
        return f"{rows}, each with its other cells as they are"


def _that_moves_most(model: Any, table: Any, options: dict[str, Any]) -> Ice:
    """Of all columns that along which the mean goes farthest; one without a cell is passed over."""
    from glassnet.models.conversion import as_model
    from glassnet.models.rows import rows_of

    found = as_model(model)
    rows = rows_of(found, table)
    usable = [name for name, column in rows.columns.items() if not column.missing.all()]
    used = [encoding.name for encoding in found.encoding.inputs if encoding.features]
    every = [ice(found, rows, name, **options) for name in used if name in usable]
    return max(every, key=lambda one: float(np.ptp(one.mean)))
