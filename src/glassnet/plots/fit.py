"""Predicted against actual numbers, apart for the rows trained on, validated on and held out.

MATLAB's plotregression shows them so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import GREY, ORANGE, in_picture, plural
from glassnet.plots.panels import panels, title
from glassnet.plots.predictions import numbers_of
from glassnet.plots.regression import draw_points, short
from glassnet.recipe.metrics import regression_scores

FEWEST_ROWS = 2  # of a part that is drawn: fewer have no line
PART_WIDTH = 3.7  # inches of a panel
PART_HEIGHT = 4.6  # inches
EDGE = 0.04  # of the numbers' range, free on either side
PART_NAMES = {"train": "trained on", "validation": "validated on", "holdout": "held out"}
"""What the parts of a run's rows are called in the picture."""


@dataclass(frozen=True, eq=False)
class FittedPart:
    """Some rows' actual and predicted numbers, N and N, in the target's unit."""

    name: str
    actual: np.ndarray
    predicted: np.ndarray

    @cached_property
    def r(self) -> float:
        """The correlation of both, -1 to 1; NaN where one does not vary."""
        if np.ptp(self.actual) == 0 or np.ptp(self.predicted) == 0:
            return float("nan")
        return float(np.corrcoef(self.actual, self.predicted)[0, 1])

    @cached_property
    def line(self) -> tuple[float, float]:
        """Steepness and height of the line of least squares: predicted = m * actual + b."""
        if np.ptp(self.actual) == 0:
            return 0.0, float(self.predicted.mean())
        steepness, height = np.polyfit(self.actual, self.predicted, 1)
        return float(steepness), float(height)

    @cached_property
    def rmse(self) -> float:
        """The root of the mean squared error."""
        return regression_scores(self.actual, self.predicted)["rmse"]


@dataclass(eq=False, repr=False)
class FitDisplay(RowsDisplay):
    """A panel for each part of the rows: points, the line of equality, and the line that fits.

    Where held-out rows lie wider around the line than those trained on, the network has learnt some
    of these by heart. A line that is less steep than that of equality predicts high numbers too
    low and low ones too high.

    Parameters
    ----------
    parts : sequence of FittedPart
        The rows by what they were to the training.
    name : str
        The target's name.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each part, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> part = FittedPart("held out", np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.0, 2.5]))
    >>> round(part.r, 6), [round(number, 6) for number in part.line]
    (1.0, [0.5, 1.0])
    """

    parts: Sequence[FittedPart]
    name: str
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        parts: Mapping[str, Any] | None = None,
        y: Any = None,
        target: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Draw a model's predictions on parts of the rows of a table.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows, as `Model.predict` takes them. Those whose target is missing are left out.
        parts : mapping of str to array of int, optional
            The rows of each part, from 0, as `RunFolder.rows` has them; parts of fewer than two
            rows are left out. By default all rows are one.
        y : array, optional
            The targets, where the table does not hold them.
        target : str, optional
            Which of several targets; by default the first.
        ax : matplotlib.axes.Axes or a sequence of them, optional
            One axes, whose room is divided, or one for each part; by default those of a new figure.

        Raises
        ------
        GlassnetError
            On a model that predicts classes, an unknown target, rows that are not there, and where
            no part has two rows.
        """
        found = as_model(model)
        rows = rows_of(found, table, y)
        if parts is None:
            name, actual, predicted = numbers_of(found, rows, None, target)
            return cls([FittedPart("all rows", actual, predicted)], name).plot(ax)
        fitted: list[FittedPart] = []
        name = ""
        for part, numbers in _checked_parts(parts, len(rows)).items():
            name, actual, predicted = numbers_of(found, rows.take(numbers), None, target)
            fitted.append(FittedPart(PART_NAMES.get(part, part), actual, predicted))
        return cls(fitted, name).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.parts)
        figure, self.axes_ = panels(ax, count, count, PART_WIDTH * count + 0.4, PART_HEIGHT)
        return figure

    def _draw(self) -> None:
        both = np.concatenate([[part.actual, part.predicted] for part in self.parts], axis=1)
        margin = EDGE * (np.ptp(both) or 1.0)
        limits = (float(both.min()) - margin, float(both.max()) + margin)
        for axes, part in zip(self.axes_, self.parts, strict=True):
            self._draw_part(axes, part, limits)
        name = in_picture(self.name)
        self.axes_[0].set_ylabel(f"{name}, predicted")
        for axes in self.axes_:
            axes.set_xlabel(f"{name}, actual")

    def _draw_part(self, axes: Any, part: FittedPart, limits: tuple[float, float]) -> None:
        draw_points(axes, part.actual, part.predicted)
        equal = {"color": GREY, "linewidth": 1.2, "linestyle": "--"}
        axes.plot(limits, limits, **equal, label="predicted = actual")
        steepness, height = part.line
        ends = np.array([part.actual.min(), part.actual.max()])
        fitted = {"color": ORANGE, "linewidth": 2}
        sign = "-" if height < 0 else "+"
        text = f"best fit: {steepness:.3g}·actual {sign} {abs(height):.3g}"
        axes.plot(ends, steepness * ends + height, **fitted, label=text)
        axes.legend(loc="upper left", fontsize=8)
        axes.set(xlim=limits, ylim=limits, aspect="equal")
        axes.locator_params(nbins=6)
        axes.grid(visible=True, alpha=0.25)
        axes.set_axisbelow(True)
        heading = f"{in_picture(part.name)}"
        if np.isfinite(part.r):
            heading += f": R {part.r:.3f}"
        note = f"{plural(len(part.actual), 'row')}, RMSE {short(part.rmse)}"
        title(axes, heading[0].upper() + heading[1:], note)


def _checked_parts(parts: Mapping[str, Any], N: int) -> dict[str, np.ndarray]:
    """Those parts that have rows enough. Raises GlassnetError on rows that are not there."""
    found: dict[str, np.ndarray] = {}
    for part, numbers in parts.items():
        rows = np.asarray(numbers, int)
        if len(rows) and not (rows.min() >= 0 and rows.max() < N):
            raise GlassnetError(f"parts: '{part}' has a row that the table of {N} rows lacks")
        if len(rows) >= FEWEST_ROWS:
            found[part] = rows
    if not found:
        raise GlassnetError(f"parts: none has {FEWEST_ROWS} rows or more")
    return found
