"""Whether predicted probabilities come true: calibration curves, and the histogram under them."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.plots.class_display import MOST_IN_LEGEND, CurvesDisplay
from glassnet.plots.figures import GREY, curve_style, in_picture, marker_style
from glassnet.plots.panels import title
from glassnet.plots.predictions import Classes
from glassnet.recipe.metrics import wilson_interval

STRATEGIES = {"uniform": "bins of equal width", "quantile": "bins of equally many rows"}
CURVE_BINS = 10  # of a curve
HISTOGRAM_BARS = 20  # from 0 to 1
ENOUGH_IN_BIN = 10  # a bin of fewer rows says little: it is drawn faint
FAINT = 0.3  # opacity of such a bin
NOTE = f"bars: 95 % intervals (Wilson); larger: more rows; faint: fewer than {ENOUGH_IN_BIN}"


class Bins(NamedTuple):
    """A class's probabilities in B bins, those without rows left out.

    Parameters
    ----------
    predicted : ndarray
        The mean probability in each bin, B.
    observed : ndarray
        The fraction of its rows that are of the class, B.
    counts : ndarray
        Its rows, B.
    histogram : ndarray
        The rows in each of `HISTOGRAM_BARS` equal parts of 0 to 1, however the bins were made.
    """

    predicted: np.ndarray
    observed: np.ndarray
    counts: np.ndarray
    histogram: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: how far observed and predicted lie apart, weighted by rows.

        Source: Naeini, Cooper & Hauskrecht 2015, Obtaining well calibrated probabilities using
        Bayesian binning.
        """
        return float(np.average(np.abs(self.observed - self.predicted), weights=self.counts))


@dataclass(eq=False, repr=False)
class CalibrationDisplay(CurvesDisplay):
    """The fraction of rows that are of a class against the probability predicted for it.

    Each bin of probabilities is a dot with the 95 % interval of its fraction; one of fewer than 10
    rows is faint. Below stands how many rows have which probability.

    Parameters
    ----------
    curves : dict of str to Bins
        Of two classes the second's, else each class's against the rest.
    strategy : {"uniform", "quantile"}
        How the bins were made: equally wide, or with equally many rows, as far as equal
        probabilities allow.
    name : str
        The target's name.

    Attributes
    ----------
    ax_, histogram_ax_ : matplotlib.axes.Axes
        The curves' axes and those of the histogram below, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> truth, probability = ["no", "no", "yes", "yes"], [0.1, 0.3, 0.7, 0.9]
    >>> display = CalibrationDisplay.from_predictions(truth, probability, n_bins=2)
    >>> display.curves["yes"].predicted, round(display.error, 3)
    (array([0.2, 0.8]), 0.2)
    """

    curves: dict[str, Bins]
    strategy: str = "uniform"
    name: str = "class"
    histogram_ax_: Any = field(init=False, repr=False)

    @classmethod
    def from_classes(
        cls, classes: Classes, *, n_bins: int | None = None, strategy: str = "uniform"
    ) -> Self:
        """The curves, not yet drawn.

        Parameters
        ----------
        classes : Classes
            True classes and predicted probabilities of N rows.
        n_bins : int, optional
            By default 10, or as many as there are rows where those are fewer.
        strategy : {"uniform", "quantile"}
            Bins of equal width, or of equally many rows.

        Raises
        ------
        GlassnetError
            On another strategy, and on fewer than 2 bins or more than rows.
        """
        if strategy not in STRATEGIES:
            raise unknown_name("strategy", strategy, STRATEGIES)
        N, K = classes.probabilities.shape
        n_bins = min(CURVE_BINS, N) if n_bins is None else n_bins
        if not 2 <= n_bins <= N:
            raise GlassnetError(f"n_bins must be from 2 to the number of rows ({N}), got {n_bins}")
        curves: dict[str, Bins] = {}
        for k in [1] if K == 2 else range(K):
            probability = classes.probabilities[:, k]
            curves[classes.labels[k]] = binned(classes.truth == k, probability, n_bins, strategy)
        return cls(curves, strategy, classes.name)

    @property
    def error(self) -> float:
        """The expected calibration error, the mean over the classes."""
        return float(np.mean([bins.error for bins in self.curves.values()]))

    @property
    def _legend_beside(self) -> bool:
        """Whether there are so many curves that the legend stands beside them."""
        return len(self.curves) > MOST_IN_LEGEND

    @property
    def _inches(self) -> tuple[float, float]:
        return (7.6 if self._legend_beside else 5.2), 5.6

    def _make_axes(self, ax: Any) -> Any:
        """Take or make axes; the histogram gets the lower quarter of their room.

        Raises GlassnetError on axes that are not one of a grid, as `figure.subplots` makes them.
        """
        figure = super()._make_axes(ax)
        self.histogram_ax_ = _axes_below(self.ax_)
        return figure

    def _draw(self) -> None:
        line = {"color": GREY, "linestyle": "--", "linewidth": 1}
        self.ax_.plot([0, 1], [0, 1], **line, label="as predicted")
        for number, (label, bins) in enumerate(self.curves.items()):
            self._draw_curve(label, bins, number)
        self._label_axes()
        if self._legend_beside:
            self.ax_.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8)
        else:
            entries = self.ax_.get_legend_handles_labels()
            below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.5), "ncols": 2}
            self.histogram_ax_.legend(*entries, **below, fontsize=9)

    def _draw_curve(self, label: str, bins: Bins, number: int) -> None:
        """The bins as dots with their intervals; a line between them would claim too much."""
        dot = marker_style(number)
        low, high = wilson_interval(bins.observed, bins.counts)
        area = 20 + 80 * bins.counts / bins.counts.max()  # square points of a dot
        for chosen, strength in (
            (bins.counts >= ENOUGH_IN_BIN, 0.85),
            (bins.counts < ENOUGH_IN_BIN, FAINT),
        ):
            x, y = bins.predicted[chosen], bins.observed[chosen]
            # Rounding may put the end of an interval of all rows, or none, a little inside it.
            reach = np.maximum(0, (y - low[chosen], high[chosen] - y))
            bar = {"color": dot["color"], "alpha": strength, "linewidth": 1.2, "capsize": 2}
            self.ax_.errorbar(x, y, reach, fmt="none", **bar)
            dots = {"s": area[chosen], "alpha": strength, "linewidths": 0, **dot}
            self.ax_.scatter(x, y, **dots, zorder=3)
        text = f"error {bins.error:.3f} {in_picture(label)}"
        self.ax_.scatter([], [], s=40, label=text, **dot)
        edges = np.linspace(0, 1, HISTOGRAM_BARS + 1)
        self.histogram_ax_.stairs(bins.histogram, edges, **curve_style(number))

    def _label_axes(self) -> None:
        mean = "mean " if len(self.curves) > 1 else ""
        heading = f"{in_picture(self.name)}: {mean}expected calibration error {self.error:.3f}"
        title(self.ax_, heading, NOTE, width=76)
        self.ax_.set(ylabel="fraction observed")
        self.ax_.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.04))
        self.ax_.tick_params(labelbottom=False)
        xlabel = f"probability predicted ({STRATEGIES[self.strategy]})"
        self.histogram_ax_.set(xlabel=xlabel, ylabel="rows")
        self.histogram_ax_.yaxis.get_major_locator().set_params(integer=True, nbins=4)
        for axes in (self.ax_, self.histogram_ax_):
            axes.grid(visible=True, alpha=0.25)


def _axes_below(ax: Any) -> Any:
    """New axes in the lower quarter of the room of these, which shrink."""
    room = ax.get_subplotspec()
    if room is None:
        raise GlassnetError(
            "ax must be one of a grid, as figure.subplots makes them, "
            "to make room for the histogram"
        )
    upper, lower = room.subgridspec(2, 1, height_ratios=(3, 1), hspace=0.06)
    ax.set_subplotspec(upper)
    return ax.figure.add_subplot(lower, sharex=ax)


def binned(positive: np.ndarray, probability: np.ndarray, n_bins: int, strategy: str) -> Bins:
    """Probabilities in bins; a value on an edge is in the bin below it.

    Parameters
    ----------
    positive : ndarray of bool
        Which rows are of the class, N.
    probability : ndarray
        The probability of that, N.
    n_bins : int
        How many bins are made; those without rows are left out.
    strategy : {"uniform", "quantile"}
        Bins of equal width, or of equally many rows.
    """
    edges = np.linspace(0, 1, n_bins + 1)
    if strategy == "quantile":
        edges = np.quantile(probability, edges)
    bin_of = np.searchsorted(edges[1:-1], probability)
    counts = np.bincount(bin_of)
    filled = counts > 0
    predicted = np.bincount(bin_of, probability)[filled] / counts[filled]
    observed = np.bincount(bin_of, positive)[filled] / counts[filled]
    histogram, _ = np.histogram(probability, HISTOGRAM_BARS, (0, 1))
    return Bins(predicted, observed, counts[filled], histogram)
