"""How well numbers are predicted: predicted against actual, the residuals, the histogram of errors, in the target's own unit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np

from glassnet.core.metrics import regression_scores
from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.plots.figures import BLUE, GREY, ORANGE, in_picture, new_figure, style
from glassnet.plots.predictions import numbers_of

KINDS = ("predicted_vs_actual", "residual_vs_predicted", "error_histogram")
MANY = 2000  # points that an SVG or PDF holds as a picture, not one by one
MOST_BINS = 40


@dataclass
class RegressionDisplay:
    """Predicted against actual, with the line where both are equal; residuals against predicted; the histogram of residuals.

    `actual` and `predicted` are N numbers of the target `name`. `residuals` and `scores` (R2, RMSE, MAE) follow from them.

    Attributes set by `plot`: `axes_` (an array of one or three), `figure_`.

    Examples
    --------
    >>> display = RegressionDisplay.from_predictions([1.0, 2.0, 4.0], [1.5, 2.0, 3.5], name="price", kind="error_histogram")
    >>> display.residuals
    array([-0.5,  0. ,  0.5])
    """

    actual: np.ndarray
    predicted: np.ndarray
    name: str = "y"
    axes_: Any = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        target: str | None = None,
        kind: str = "all",
        ax: Any = None,
    ) -> Self:
        """Of a fitted estimator on X, N rows, and y, N or N x targets. See `from_model`."""
        return cls.from_model(estimator, X, y=y, target=target, kind=kind, ax=ax)

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
        """Of a model on the rows of a table.

        Parameters
        ----------
        table : what `Model.predict` takes. Rows whose target is missing are left out.
        y : the targets, where the table does not hold them.
        target : which of several targets; None: the first.
        kind, ax : see `plot`.

        Raises GlassnetError on a model that predicts classes, an unknown target, and fewer than two rows.
        """
        name, actual, predicted = numbers_of(model, table, y, target)
        return cls(actual, predicted, name).plot(ax, kind=kind)

    @classmethod
    def from_predictions(
        cls, y_true: Any, y_pred: Any, *, name: str = "y", kind: str = "all", ax: Any = None
    ) -> Self:
        """Of N true and N predicted numbers. Raises GlassnetError where there are not as many, or not two."""
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

    def plot(self, ax: Any = None, *, kind: str = "all") -> Self:
        """Draw all three panels or one.

        Parameters
        ----------
        ax : the axes to draw on, a sequence of three for "all"; None: new ones.
        kind : "all", "predicted_vs_actual", "residual_vs_predicted" or "error_histogram".

        Raises GlassnetError on another kind, and on another number of axes.
        """
        if kind not in ("all", *KINDS):
            raise unknown_name("kind", kind, ("all", *KINDS))
        kinds = KINDS if kind == "all" else (kind,)
        with style():
            self.axes_ = _axes(ax, len(kinds))
            self.figure_ = self.axes_[0].figure
            for axes, which in zip(self.axes_, kinds, strict=True):
                getattr(self, f"_draw_{which}")(axes)
                axes.grid(visible=True, alpha=0.25)
                axes.set_axisbelow(True)
            self.axes_[0].set_title(self._title(), loc="left")
        return self

    def _title(self) -> str:
        r2 = f"R² {self.scores['r2']:.3f}, " if "r2" in self.scores else ""
        return f"{r2}RMSE {_number(self.scores['rmse'])}, {len(self.actual):,} rows"

    def _draw_predicted_vs_actual(self, axes: Any) -> None:
        both = np.concatenate([self.actual, self.predicted])
        room = 0.04 * (np.ptp(both) or 1.0)
        limits = (both.min() - room, both.max() + room)
        self._points(axes, self.actual, self.predicted)
        axes.plot(
            limits, limits, color=GREY, linewidth=1.2, linestyle="--", label="predicted = actual"
        )
        name = in_picture(self.name)
        axes.set(
            xlim=limits,
            ylim=limits,
            xlabel=f"{name}, actual",
            ylabel=f"{name}, predicted",
            aspect="equal",
        )
        axes.locator_params(nbins=6)
        axes.legend(loc="upper left")

    def _draw_residual_vs_predicted(self, axes: Any) -> None:
        self._points(axes, self.predicted, self.residuals)
        axes.axhline(0, color=GREY, linewidth=1.2, linestyle="--")
        axes.set(
            xlabel=f"{in_picture(self.name)}, predicted", ylabel="residual: actual - predicted"
        )
        axes.locator_params(nbins=6)

    def _draw_error_histogram(self, axes: Any) -> None:
        N, mean = len(self.residuals), float(self.residuals.mean())
        axes.hist(
            self.residuals,
            bins=int(np.clip(np.sqrt(N), 5, MOST_BINS)),
            color=BLUE,
            alpha=0.75,
            edgecolor="white",
            linewidth=0.5,
        )
        axes.axvline(0, color=GREY, linewidth=1.2, linestyle="--")
        axes.axvline(mean, color=ORANGE, linewidth=1.4, label=f"mean {_number(mean)}")
        axes.set(xlabel="residual: actual - predicted", ylabel="rows")
        axes.locator_params(axis="x", nbins=6)
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.legend()

    def _points(self, axes: Any, x: np.ndarray, y: np.ndarray) -> None:
        """N points, the fainter and smaller the more there are."""
        N = len(x)
        share = min(1.0, 100 / N)
        axes.scatter(
            x,
            y,
            s=8 + 16 * share,
            color=BLUE,
            alpha=max(0.08, 0.7 * share**0.4),
            linewidths=0,
            rasterized=N > MANY,
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _axes(ax: Any, count: int) -> np.ndarray:
    """So many axes: those given, or new ones side by side."""
    if ax is None:
        return new_figure(4.2 * count + 0.4, 4.2).subplots(1, count, squeeze=False)[0]
    given = np.ravel(np.asarray(ax if isinstance(ax, (Sequence, np.ndarray)) else [ax], object))
    if len(given) != count:
        raise GlassnetError(
            f"ax has {len(given)} axes, but {count} are needed: three for kind='all', one for each other kind"
        )
    return given
