"""Whether predicted probabilities come true: calibration curves, the histogram under them, and the expected calibration error."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.plots.confusion_matrix import ClassDisplay
from glassnet.plots.figures import GREY, PALETTE, figure_and_axes, in_picture, style
from glassnet.plots.predictions import Classes, given_classes

STRATEGIES = {"uniform": "bins of equal width", "quantile": "bins of equally many rows"}
BINS, HISTOGRAM = 10, 20  # bins of a curve; bars from 0 to 1
SEVERAL = 5  # curves; for more the legend stands beside them


class Bins(NamedTuple):
    """A class's probabilities in B bins, those without rows left out.

    `predicted` is the mean probability in each bin, `observed` the share of its rows that are of the class, `counts` its rows.
    `histogram` is how many rows there are in each of `HISTOGRAM` parts of 0 to 1, however the bins were made.
    """

    predicted: np.ndarray
    observed: np.ndarray
    counts: np.ndarray
    histogram: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: how far observed and predicted lie apart, the mean over the bins, weighted by their rows.

        (Naeini, Cooper & Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning)
        """
        return float(np.average(np.abs(self.observed - self.predicted), weights=self.counts))


@dataclass
class CalibrationDisplay(ClassDisplay):
    """The share of rows that are of a class against the probability predicted for it, with how many rows have which probability.

    `curves` holds `Bins` for each class: for two classes the second's alone, else each one's against the rest. `error` is the
    expected calibration error, for several classes the mean of theirs. `strategy` says how the bins were made: "uniform" ones are
    equally wide, "quantile" ones have equally many rows, as far as equal probabilities allow.

    Attributes set by `plot`: `ax_`, `histogram_ax_`, `figure_`.

    Examples
    --------
    >>> display = CalibrationDisplay.from_predictions(["no", "no", "yes", "yes"], [0.1, 0.3, 0.7, 0.9], n_bins=2)
    >>> display.curves["yes"].predicted, round(display.error, 3)
    (array([0.2, 0.8]), 0.2)
    """

    curves: dict[str, Bins]
    strategy: str = "uniform"
    name: str = "class"
    ax_: Any = field(init=False, repr=False)
    histogram_ax_: Any = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        y_prob: Any,
        *,
        labels: Sequence[Any] | None = None,
        name: str = "class",
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Of N labels and N x K probabilities, or N of the second of two classes; `options` are those of `from_answers`."""
        return cls.from_answers(given_classes(y_true, y_prob, labels, name), **options).plot(ax)

    @classmethod
    def from_answers(
        cls, answers: Classes, *, n_bins: int | None = None, strategy: str = "uniform"
    ) -> Self:
        """The curves, not yet drawn; `n_bins` None: 10, or as many as there are rows where those are fewer.

        Raises GlassnetError on another strategy, and on fewer than 2 bins or more than rows.
        """
        if strategy not in STRATEGIES:
            raise unknown_name("strategy", strategy, STRATEGIES)
        n_bins = min(BINS, len(answers.truth)) if n_bins is None else n_bins
        if not 2 <= n_bins <= len(answers.truth):
            raise GlassnetError(
                f"n_bins must be from 2 to the number of rows ({len(answers.truth)}), got {n_bins}"
            )
        numbers = [1] if len(answers.labels) == 2 else range(len(answers.labels))
        curves = {
            answers.labels[k]: binned(
                answers.truth == k, answers.probabilities[:, k], n_bins, strategy
            )
            for k in numbers
        }
        return cls(curves, strategy, answers.name)

    @property
    def error(self) -> float:
        """The expected calibration error, the mean over the classes."""
        return float(np.mean([bins.error for bins in self.curves.values()]))

    def plot(self, ax: Any = None) -> Self:
        """Draw on the axes given, or new ones; the histogram takes the lower quarter of their place.

        Raises GlassnetError on axes that are not one of a grid, as `figure.subplots` makes them.
        """
        several = len(self.curves) > SEVERAL
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax, 7.6 if several else 5.2, 5.6)
            self.histogram_ax_ = _axes_below(self.ax_)
            self.ax_.plot(
                [0, 1],
                [0, 1],
                color=GREY,
                linestyle="--",
                linewidth=1,
                label="as predicted (larger dots: more rows)",
            )
            for k, (label, bins) in enumerate(self.curves.items()):
                colour, line = PALETTE[k % len(PALETTE)], "-" if k < len(PALETTE) else "-."
                text = f"error {bins.error:.3f} {in_picture(label)}"
                self.ax_.plot(
                    bins.predicted,
                    bins.observed,
                    color=colour,
                    linestyle=line,
                    linewidth=1.2,
                    label=text,
                )
                self.ax_.scatter(
                    bins.predicted,
                    bins.observed,
                    s=12 + 80 * bins.counts / bins.counts.max(),
                    color=colour,
                    alpha=0.8,
                )
                self.histogram_ax_.stairs(
                    bins.histogram, np.linspace(0, 1, HISTOGRAM + 1), color=colour, linestyle=line
                )
            self._name_axes()
            place: dict[str, Any] = {
                "loc": "center left",
                "bbox_to_anchor": (1.01, 0.5),
                "fontsize": 8,
            }
            self.ax_.legend(**(place if several else {"loc": "best", "fontsize": 9}))
        return self

    def _name_axes(self) -> None:
        several = len(self.curves) > 1
        title = f"{in_picture(self.name)}: {'mean ' * several}expected calibration error {self.error:.3f}"
        self.ax_.set(ylabel="share observed", title=title, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        self.ax_.tick_params(labelbottom=False)
        self.histogram_ax_.set(
            xlabel=f"probability predicted ({STRATEGIES[self.strategy]})", ylabel="rows"
        )
        self.histogram_ax_.yaxis.get_major_locator().set_params(integer=True, nbins=4)
        for axes in (self.ax_, self.histogram_ax_):
            axes.grid(visible=True, alpha=0.25)


def _axes_below(ax: Any) -> Any:
    """New axes in the lower quarter of the place of these, which shrink."""
    place = ax.get_subplotspec()
    if place is None:
        raise GlassnetError(
            "ax must be one of a grid, as figure.subplots makes them, to make room for the histogram"
        )
    upper, lower = place.subgridspec(2, 1, height_ratios=(3, 1), hspace=0.06)
    ax.set_subplotspec(upper)
    return ax.figure.add_subplot(lower, sharex=ax)


def binned(positive: np.ndarray, probability: np.ndarray, n_bins: int, strategy: str) -> Bins:
    """N probabilities in bins, beside N booleans: whether each row is of the class. A value on an edge is in the bin below it."""
    marks = np.linspace(0, 1, n_bins + 1)
    edges = marks if strategy == "uniform" else np.quantile(probability, marks)
    place = np.searchsorted(edges[1:-1], probability)
    counts = np.bincount(place)
    filled = counts > 0
    predicted, observed = (
        np.bincount(place, values)[filled] / counts[filled] for values in (probability, positive)
    )
    return Bins(
        predicted, observed, counts[filled], np.histogram(probability, HISTOGRAM, (0, 1))[0]
    )
