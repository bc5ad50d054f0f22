"""ROC curves of a classification, one class against the rest, and their mean.

Source: Fawcett 2006, An introduction to ROC analysis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.plots.class_display import MOST_IN_LEGEND, CurvesDisplay, counts_at_thresholds
from glassnet.plots.figures import GREY, curve_style, in_picture
from glassnet.plots.predictions import Classes

MARGIN = 0.04  # of the axes, so that a perfect curve does not lie on the spine
THINNEST_CURVE = 1.6  # points of a curve
WIDER = 1.2  # points that a curve is wider than the next, which may lie on it


class RocCurve(NamedTuple):
    """False and true positive rates at every threshold, from (0, 0) to (1, 1); the area below."""

    fpr: np.ndarray
    tpr: np.ndarray
    auc: float


@dataclass(eq=False, repr=False)
class RocCurveDisplay(CurvesDisplay):
    """The true positive rate against the false positive rate, at every threshold.

    Parameters
    ----------
    curves : dict of str to RocCurve
        Of two classes the second's curve, else each class's against the rest.
    macro : RocCurve, optional
        The mean of several curves.
    without : sequence of str
        The classes that have no curve, since no row is of them, or every row.
    name : str
        The target's name.

    Examples
    --------
    >>> truth, probability = ["no", "no", "yes", "yes"], [0.1, 0.4, 0.35, 0.8]
    >>> RocCurveDisplay.from_predictions(truth, probability).curves["yes"].auc
    0.75
    """

    curves: dict[str, RocCurve]
    macro: RocCurve | None = None
    without: Sequence[str] = ()
    name: str = "class"

    @classmethod
    def from_classes(cls, classes: Classes) -> Self:
        """The curves, not yet drawn. Raises GlassnetError where all rows are of one class."""
        occurring = np.unique(classes.truth).tolist()
        if len(occurring) < 2:
            raise GlassnetError(
                f"every row is of one class of '{classes.name}' "
                f"({classes.labels[occurring[0]]}): an ROC curve needs rows of two or more"
            )
        numbers = [1] if len(classes.labels) == 2 else occurring
        curves = {
            classes.labels[k]: roc_curve(classes.truth == k, classes.probabilities[:, k])
            for k in numbers
        }
        without = [label for k, label in enumerate(classes.labels) if k not in occurring]
        macro = mean_curve(list(curves.values())) if len(curves) > 1 else None
        return cls(curves, macro, without, classes.name)

    @property
    def _inches(self) -> tuple[float, float]:
        return 5.2, 5.0

    def _draw(self) -> None:
        chance = {"color": GREY, "linestyle": "--", "linewidth": 1, "label": "AUC 0.5 by chance"}
        self.ax_.plot([0, 1], [0, 1], **chance)
        for number, (label, curve) in enumerate(self.curves.items()):
            text = f"AUC {curve.auc:.3f} {in_picture(label)}"
            width = self._width(number)
            self.ax_.plot(curve.fpr, curve.tpr, linewidth=width, label=text, **curve_style(number))
        if self.macro:
            text = f"AUC {self.macro.auc:.3f} mean of the classes"
            line = {"color": "black", "linestyle": ":", "linewidth": 1}
            self.ax_.plot(self.macro.fpr, self.macro.tpr, **line, label=text)
        for label in self.without:
            self.ax_.plot([], [], " ", label=f"no rows of {in_picture(label)}")
        self._label_axes()

    def _width(self, number: int) -> float:
        """The width of a curve, in points: a later one is thinner and leaves earlier ones seen."""
        count = len(self.curves)
        return THINNEST_CURVE + WIDER * (count - 1 - number) * (count <= MOST_IN_LEGEND)

    def _label_axes(self) -> None:
        if self.macro:
            compared = "one class against the rest"
        else:
            compared = f"positive: {in_picture(next(iter(self.curves)))}"
        self.ax_.set(
            xlabel="false positive rate",
            ylabel="true positive rate",
            title=f"{in_picture(self.name)}, {compared}",
        )
        self.ax_.set(xlim=(-MARGIN, 1 + MARGIN), ylim=(-MARGIN, 1 + MARGIN), aspect="equal")
        self.ax_.grid(visible=True, alpha=0.25)
        letters = 9 if len(self.curves) <= MOST_IN_LEGEND else 7.5
        self.ax_.legend(loc="lower right", fontsize=letters)


def roc_curve(positive: np.ndarray, score: np.ndarray) -> RocCurve:
    """The ROC curve of N scores, with one point for each different score.

    Parameters
    ----------
    positive : ndarray of bool
        Which rows are of the class, N.
    score : ndarray
        N numbers, the higher the likelier a row is of the class.
    """
    true_positives, taken = counts_at_thresholds(positive, score)
    fpr, tpr = _rates(taken - true_positives), _rates(true_positives)
    return RocCurve(fpr, tpr, float(np.trapezoid(tpr, fpr)))


def _rates(counts: np.ndarray) -> np.ndarray:
    """Growing counts as fractions of the last, from 0."""
    return np.concatenate([[0.0], counts / counts[-1]])


def mean_curve(curves: Sequence[RocCurve]) -> RocCurve:
    """The mean true positive rate at every false positive rate; its area is the mean of theirs.

    Where a curve rises straight up, its lower and its upper end both enter.
    """
    grid = np.unique(np.concatenate([curve.fpr for curve in curves]))
    lower = np.mean([np.interp(-grid, -c.fpr[::-1], c.tpr[::-1]) for c in curves], axis=0)
    upper = np.mean([np.interp(grid, c.fpr, c.tpr) for c in curves], axis=0)
    fpr = np.repeat(grid, 2)
    tpr = np.stack([lower, upper], axis=1).ravel()
    return RocCurve(fpr, tpr, float(np.mean([curve.auc for curve in curves])))
