"""How the predictions of many networks are spread, row by row, beside what is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.models.conversion import as_model
from glassnet.models.decoding import comparable_numbers, names_of_numbers
from glassnet.models.rows import rows_of
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, ORANGE, RED, in_picture
from glassnet.studies.study import Study

MOST_SPREAD_ROWS = 12  # rows that are shown, evenly chosen
PREDICTION_BINS = 60  # of the predictions
HALF_WIDTH = 0.42  # of a row's figure, at its widest
MARKS = ("D", "s", "^", "v")


@dataclass(eq=False, repr=False)
class SpreadDisplay(RowsDisplay):
    """The distribution of what many networks predict of a few rows.

    Of a number it is the number, of classes a probability. Twelve rows are drawn at most, evenly
    chosen.

    Parameters
    ----------
    predictions : array
        P x n: what each of P networks predicts of n rows.
    rows : sequence of str
        n, what the rows are called.
    actual : sequence of float
        n, what is true of them; () where that is not known.
    name : str
        What is predicted.
    marks : dict of str to sequence of float
        Other predictions of the same rows, by name.
    """

    predictions: np.ndarray
    rows: Sequence[str]
    actual: Sequence[float] = ()
    name: str = "prediction"
    marks: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        y: Any = None,
        output: str | None = None,
        numbers: Sequence[int] | None = None,
        ax: Any = None,
    ) -> Self:
        """Draw the predictions of all members of a model.

        Parameters
        ----------
        model : Model or fitted estimator
            An ensemble. Raises GlassnetError where it has one member alone.
        table : path, data frame, dict of columns, or array
            N rows, as `Model.predict` takes them.
        y : array, optional
            The targets, where the table does not hold them; they need not be known.
        output : str, optional
            The target, or the class whose probability is drawn, as "probability of species =
            Adelie"; None: the first. Raises GlassnetError on another.
        numbers : sequence of int, optional
            N, what the rows are called; None: 1, 2, 3, ...
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.
        """
        found = as_model(model)
        if len(found.members) == 1:
            raise GlassnetError("one network alone has no spread: give a model of several members")
        rows = rows_of(found, table, y)
        names = names_of_numbers(found.encoding)
        column = _column(names, output)
        chosen = _chosen(len(rows))
        some = rows.take(chosen)
        predictions = found.predict_members(some.columns)
        if predictions.ndim > 2:
            predictions = predictions[:, :, column]
        actual: Any = ()
        if all(
            target.name in some.targets and not some.targets[target.name].missing.any()
            for target in found.encoding.targets
        ):
            actual = comparable_numbers(found.encoding, some.y)[:, column]
        called = range(1, len(rows) + 1) if numbers is None else numbers
        labels = [f"row {called[number]}" for number in chosen]
        return cls(predictions, labels, actual, names[column]).plot(ax)

    @classmethod
    def from_study(
        cls,
        study: Study,
        *,
        output: str | None = None,
        marks: Mapping[str, Sequence[float]] | None = None,
        ax: Any = None,
    ) -> Self:
        """Draw the predictions of all networks of a study.

        Parameters
        ----------
        study : Study
            What `study` gave.
        output : str, optional
            One of `Study.shown_names`; None: the first. Raises GlassnetError on another.
        marks : dict of str to sequence of float, optional
            Other predictions of the study's rows, by name, such as published ones.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.
        """
        column = _column(study.shown_names, output)
        chosen = _chosen(len(study.shown_numbers))
        usable = np.isfinite(study.losses)
        other = {
            name: np.asarray(values, float)[chosen].tolist()
            for name, values in (marks or {}).items()
        }
        return cls(
            study.outcomes.predictions[usable][:, chosen, column],
            [f"row {number}" for number in study.shown_numbers[chosen]],
            study.actual[chosen, column],
            study.shown_names[column],
            other,
        ).plot(ax)

    @property
    def _inches(self) -> tuple[float, float]:
        return max(4.8, 0.55 * len(self.rows) + 2), 4.0

    def _draw(self) -> None:
        ax, everything = self.ax_, [self.predictions.ravel(), np.asarray(self.actual)]
        everything += [np.asarray(values) for values in self.marks.values()]
        low, high = (f(np.concatenate(everything)) for f in (np.min, np.max))
        edges = np.linspace(low, high if high > low else low + 1, PREDICTION_BINS + 1)
        for at, column in enumerate(self.predictions.T):
            count = np.histogram(column, edges)[0]
            width = HALF_WIDTH * np.sqrt(count / count.max())  # rare ones are seen too
            middles = (edges[1:] + edges[:-1]) / 2
            ax.fill_betweenx(middles, at - width, at + width, color=BLUE, alpha=0.35, linewidth=0)
            inner = np.quantile(column, [0.05, 0.95])
            ax.plot([at, at], inner, color=BLUE, linewidth=3, solid_capstyle="butt")
            ax.plot(at, np.median(column), marker="_", color=BLUE, markersize=14, zorder=3)
        ax.plot([], [], color=BLUE, linewidth=3, label="5 % to 95 % of the networks, median")
        ax.fill_between([], [], color=BLUE, alpha=0.35, label="all of them")
        positions = np.arange(len(self.rows))
        if len(self.actual):
            ax.plot(positions, self.actual, "x", color=RED, markersize=8, label="actual", zorder=4)
        for (name, values), marker in zip(self.marks.items(), MARKS, strict=False):
            style = {"marker": marker, "color": ORANGE, "markersize": 5, "linestyle": ""}
            ax.plot(positions, values, label=name, zorder=5, **style)
        turned = 45 if len(self.rows) > 6 else 0
        ax.set_xticks(positions, self.rows, rotation=turned, ha="right" if turned else "center")
        ax.set(ylabel=in_picture(self.name, 40), title="What the networks predict")
        ax.grid(visible=True, axis="y", alpha=0.25)
        self.figure_.legend(loc="outside lower center", ncols=2, fontsize=8)


def _column(names: Sequence[str], output: str | None) -> int:
    """Which of the names is asked for. Raises GlassnetError where it is none of them."""
    if output is None:
        return 0
    if output not in names:
        raise unknown_name("output", output, names)
    return list(names).index(output)


def _chosen(count: int) -> np.ndarray:
    """The numbers of the rows that are drawn."""
    return np.unique(np.linspace(0, count - 1, min(MOST_SPREAD_ROWS, count)).astype(int))
