"""How well numbers are predicted: predicted against actual, residuals, the histogram of errors.

All are in the target's own unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, GREY, ORANGE, in_picture, new_figure
from glassnet.plots.predictions import numbers_of
from glassnet.recipe.metrics import regression_scores

KINDS = ("predicted_vs_actual", "residual_vs_predicted", "error_histogram")
MOST_VECTOR_POINTS = 2000  # points; an SVG or PDF holds more of them as an image
FEWEST_BINS = 5  # of the histogram
MOST_BINS = 40  # of the histogram
LEGEND_ROOM = 1.2  # times the highest bar, so that the legend stands above it
FAINT_FROM = 100  # points; more are drawn fainter and smaller
PANEL = 4.2  # inches, a panel's width and height


@dataclass(eq=False, repr=False)
class RegressionDisplay(RowsDisplay):
    """Predicted against actual with the line where both are equal; residuals; their histogram.

    Parameters
    ----------
    actual, predicted : ndarray
        N numbers each, in the target's own unit.
    name : str
        The target's name.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each panel drawn, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> display = RegressionDisplay.from_predictions(
    ...     [1.0, 2.0, 4.0], [1.5, 2.0, 3.5], name="price", kind="error_histogram"
    ... )
    >>> display.residuals
    array([-0.5,  0. ,  0.5])
    """

    actual: np.ndarray
    predicted: np.ndarray
    name: str = "y"
    axes_: Any = field(init=False, repr=False)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        y: Any = None,
        target: str | None = None,
        kind: str = "all",
        ax: Any = None,
    ) -> Self:
        """Draw a model's predictions on the rows of a table.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows, as `Model.predict` takes them. Those whose target is missing are left out.
        y : array, optional
            The targets, where the table does not hold them.
        target : str, optional
            Which of several targets; by default the first.
        kind, ax
            See `plot`.

        Raises
        ------
        GlassnetError
            On a model that predicts classes, an unknown target, and fewer than two rows.
        """
        name, actual, predicted = numbers_of(model, table, y, target)
        return cls(actual, predicted, name).plot(ax, kind=kind)

    @classmethod
    def from_predictions(
        cls, y_true: Any, y_pred: Any, *, name: str = "y", kind: str = "all", ax: Any = None
    ) -> Self:
        """Draw N predicted numbers against N true ones.

        Parameters
        ----------
        y_true, y_pred : array
            N numbers each.
        name : str
            The target's name.
        kind, ax
            See `plot`.

        Raises
        ------
        GlassnetError
            Where there are not as many of each, fewer than two, or one that is not finite.
        """
        actual, predicted = np.asarray(y_true, float), np.asarray(y_pred, float)
        if actual.shape != predicted.shape or actual.ndim != 1:
            raise GlassnetError(
                f"y_true has shape {actual.shape} and y_pred {predicted.shape}: give N numbers each"
            )
        check_enough(len(actual), 2, "rows")
        if not (np.isfinite(actual).all() and np.isfinite(predicted).all()):
            raise GlassnetError(
                "y_true and y_pred must be finite numbers: leave out rows with NaN or infinity"
            )
        return cls(actual, predicted, name).plot(ax, kind=kind)

    @property
    def residuals(self) -> np.ndarray:
        """Actual - predicted, N."""
        return self.actual - self.predicted

    @cached_property
    def scores(self) -> dict[str, float]:
        """RMSE, MAE and, where the actual numbers vary, R2."""
        return regression_scores(self.actual, self.predicted)

    @cached_property
    def fit(self) -> tuple[float, float]:
        """The line of least squares through the points: predicted = factor x actual + offset."""
        factor, offset = np.polyfit(self.actual, self.predicted, 1)
        return float(factor), float(offset)

    def plot(self, ax: Any = None, *, kind: str = "all") -> Self:
        """Draw all three panels or one.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or a sequence of three, optional
            The axes to draw on, three for "all"; by default new ones.
        kind : {"all", "predicted_vs_actual", "residual_vs_predicted", "error_histogram"}
            Which panels.

        Raises
        ------
        GlassnetError
            On another kind, and on another number of axes.
        """
        if kind not in ("all", *KINDS):
            raise unknown_name("kind", kind, ("all", *KINDS))
        self._kinds = KINDS if kind == "all" else (kind,)
        return super().plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        self.axes_ = _axes_for(ax, len(self._kinds))
        return self.axes_[0].figure

    def _draw(self) -> None:
        draw_panel = {
            "predicted_vs_actual": self._draw_predicted_vs_actual,
            "residual_vs_predicted": self._draw_residual_vs_predicted,
            "error_histogram": self._draw_error_histogram,
        }
        for axes, kind in zip(self.axes_, self._kinds, strict=True):
            draw_panel[kind](axes)
            axes.grid(visible=True, alpha=0.25)
            axes.set_axisbelow(True)
        self.axes_[0].set_title(self._title(), loc="left")

    def _title(self) -> str:
        r2 = f"R² {self.scores['r2']:.3f}, " if "r2" in self.scores else ""
        return f"{r2}RMSE {short(self.scores['rmse'])}, {len(self.actual):,} rows"

    def _draw_predicted_vs_actual(self, axes: Any) -> None:
        both = np.concatenate([self.actual, self.predicted])
        margin = 0.04 * (np.ptp(both) or 1.0)
        limits = (both.min() - margin, both.max() + margin)
        draw_points(axes, self.actual, self.predicted)
        line = {"color": GREY, "linewidth": 1.2, "linestyle": "--"}
        axes.plot(limits, limits, **line, label="predicted = actual")
        if np.ptp(self.actual) > 0:
            factor, offset = self.fit
            fitted = [factor * end + offset for end in limits]
            sign = "-" if offset < 0 else "+"
            label = f"fit: {short(factor)} x actual {sign} {short(abs(offset))}"
            axes.plot(limits, fitted, color=ORANGE, linewidth=1.4, label=label)
        name = in_picture(self.name)
        axes.set(xlim=limits, ylim=limits, aspect="equal")
        axes.set(xlabel=f"{name}, actual", ylabel=f"{name}, predicted")
        axes.locator_params(nbins=6)
        axes.legend(loc="upper left", fontsize=8.5)

    def _draw_residual_vs_predicted(self, axes: Any) -> None:
        draw_points(axes, self.predicted, self.residuals)
        axes.axhline(0, color=GREY, linewidth=1.2, linestyle="--")
        xlabel = f"{in_picture(self.name)}, predicted"
        axes.set(xlabel=xlabel, ylabel="residual: actual - predicted")
        axes.locator_params(nbins=6)

    def _draw_error_histogram(self, axes: Any) -> None:
        mean = float(self.residuals.mean())
        bins = int(np.clip(np.sqrt(len(self.residuals)), FEWEST_BINS, MOST_BINS))
        bars = {"color": BLUE, "alpha": 0.75, "edgecolor": "white", "linewidth": 0.5}
        heights, _, _ = axes.hist(self.residuals, bins=bins, **bars)
        axes.axvline(0, color=GREY, linewidth=1.2, linestyle="--")
        axes.axvline(mean, color=ORANGE, linewidth=1.4, label=f"mean {short(mean)}")
        axes.set(xlabel="residual: actual - predicted", ylabel="rows")
        axes.locator_params(axis="x", nbins=6)
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.set_ylim(top=LEGEND_ROOM * np.max(heights))
        axes.legend(loc="upper right")


def draw_points(axes: Any, x: np.ndarray, y: np.ndarray) -> None:
    """N points, the fainter and smaller the more there are."""
    N = len(x)
    strength = min(1.0, FAINT_FROM / N)
    axes.scatter(
        x,
        y,
        s=8 + 16 * strength,
        color=BLUE,
        alpha=max(0.08, 0.7 * strength**0.4),
        linewidths=0,
        rasterized=N > MOST_VECTOR_POINTS,
    )


def short(value: float) -> str:
    """A number in few digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _axes_for(ax: Any, count: int) -> np.ndarray:
    """So many axes: those given, or new ones side by side."""
    if ax is None:
        figure = new_figure(PANEL * count + 0.4, PANEL)
        return figure.subplots(1, count, squeeze=False)[0]
    several = isinstance(ax, (Sequence, np.ndarray))
    given = np.ravel(np.asarray(ax if several else [ax], object))
    if len(given) != count:
        raise GlassnetError(
            f"ax has {len(given)} axes, but {count} are needed: "
            "three for kind='all', one for each other kind"
        )
    return given
