"""How the predictions of many networks are spread, row by row, beside what is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.errors import unknown_name
from glassnet.plots.display import Display
from glassnet.plots.figures import BLUE, ORANGE, RED, in_picture
from glassnet.studies.study import Study

MOST_ROWS = 12  # rows that are shown, evenly chosen
BINS = 60  # of the predictions
HALF_WIDTH = 0.42  # of a row's figure, at its widest
MARKS = ("D", "s", "^", "v")


@dataclass(eq=False, repr=False)
class SpreadDisplay(Display):
    """The distribution of what many networks predict of a few rows.

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
        name = study.shown_names[0] if output is None else output
        if name not in study.shown_names:
            raise unknown_name("output", name, study.shown_names)
        column = study.shown_names.index(name)
        n = len(study.shown_numbers)
        chosen = np.unique(np.linspace(0, n - 1, min(MOST_ROWS, n)).astype(int))
        usable = np.isfinite(study.losses)
        other = {name: np.asarray(values)[chosen] for name, values in (marks or {}).items()}
        return cls(
            study.outcomes.predictions[usable][:, chosen, column],
            [f"row {number}" for number in study.shown_numbers[chosen]],
            study.actual[chosen, column],
            name,
            other,
        ).plot(ax)

    @property
    def _inches(self) -> tuple[float, float]:
        return max(4.8, 0.55 * len(self.rows) + 2), 4.0

    def _draw(self) -> None:
        ax, everything = self.ax_, [self.predictions.ravel(), np.asarray(self.actual)]
        everything += [np.asarray(values) for values in self.marks.values()]
        low, high = (f(np.concatenate(everything)) for f in (np.min, np.max))
        edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
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
        places = np.arange(len(self.rows))
        if len(self.actual):
            ax.plot(places, self.actual, "x", color=RED, markersize=8, label="actual", zorder=4)
        for (name, values), marker in zip(self.marks.items(), MARKS, strict=False):
            style = {"marker": marker, "color": ORANGE, "markersize": 5, "linestyle": ""}
            ax.plot(places, values, label=name, zorder=5, **style)
        turned = 45 if len(self.rows) > 6 else 0
        ax.set_xticks(places, self.rows, rotation=turned, ha="right" if turned else "center")
        ax.set(ylabel=in_picture(self.name, 40), title="What the networks predict")
        ax.grid(visible=True, axis="y", alpha=0.25)
        self.figure_.legend(loc="outside lower center", ncols=2, fontsize=8)
