"""Precision against recall of a classification, one class against the rest, at every threshold.

Source: Davis & Goadrich 2006, The relationship between precision-recall and ROC curves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.plots.class_display import MOST_IN_LEGEND, CurvesDisplay, counts_at_thresholds
from glassnet.plots.figures import GREY, curve_style, in_picture, marker_style
from glassnet.plots.panels import legend_below, title
from glassnet.plots.predictions import Classes

LIKELIER = 0.5  # of two classes, where a model has no threshold of its own


class PrecisionRecallCurve(NamedTuple):
    """Precision and recall at every threshold, from the highest down.

    Attributes
    ----------
    precision, recall : ndarray
        One for each different probability; recall rises to 1.
    average : float
        The average precision: the area below the curve's steps.
    prevalence : float
        The fraction of rows that are of the class: the precision of who says so of every row.
    decided : tuple of two floats, or None
        Recall and precision of the classes as they are predicted; None where none is predicted.
    """

    precision: np.ndarray
    recall: np.ndarray
    average: float
    prevalence: float
    decided: tuple[float, float] | None


@dataclass(eq=False, repr=False)
class PrecisionRecallDisplay(CurvesDisplay):
    """How many of what is taken for a class are of it, against how many of it are found.

    Beside each curve a dotted line is the class's prevalence, which a guess would have, and a dot
    the classes as the model predicts them, with its threshold.

    Parameters
    ----------
    curves : dict of str to PrecisionRecallCurve
        Of two classes the second's curve, else each class's against the rest.
    threshold : float, optional
        Of two classes, the probability from which on the second is predicted.
    without : sequence of str
        The classes that have no curve, since no row is of them.
    name : str
        The target's name.

    Examples
    --------
    >>> truth, probability = ["no", "no", "yes", "yes"], [0.1, 0.4, 0.35, 0.8]
    >>> found = PrecisionRecallDisplay.from_predictions(truth, probability)
    >>> round(found.curves["yes"].average, 3)
    0.833
    """

    curves: dict[str, PrecisionRecallCurve]
    threshold: float | None = None
    without: Sequence[str] = ()
    name: str = "class"

    @classmethod
    def from_classes(cls, classes: Classes) -> Self:
        """The curves, not yet drawn.

        Raises GlassnetError where of two classes no row is of the second.
        """
        two = len(classes.labels) == 2
        numbers = [1] if two else range(len(classes.labels))
        occurring = [k for k in numbers if (classes.truth == k).any()]
        if not occurring:
            raise GlassnetError(
                f"no row is of the class '{classes.labels[1]}' of '{classes.name}': "
                "precision and recall need rows of it"
            )
        curves = {
            classes.labels[k]: precision_recall_curve(
                classes.truth == k, classes.probabilities[:, k], classes.predicted == k
            )
            for k in occurring
        }
        without = [classes.labels[k] for k in numbers if k not in occurring]
        threshold = (classes.threshold or LIKELIER) if two else None
        return cls(curves, threshold, without, classes.name)

    @property
    def _inches(self) -> tuple[float, float]:
        return 5.4, 5.4

    def _draw(self) -> None:
        decided = False
        for number, (label, curve) in enumerate(self.curves.items()):
            line = curve_style(number)
            text = f"{curve.average:.3f} {in_picture(label)} (guessing: {curve.prevalence:.3f})"
            steps = {"drawstyle": "steps-pre", "linewidth": 1.8, "label": text}
            recall = np.concatenate([[0.0], curve.recall])
            precision = np.concatenate([curve.precision[:1], curve.precision])
            self.ax_.plot(recall, precision, **line, **steps)
            guess = {"color": line["color"], "linestyle": ":", "linewidth": 1.2}
            self.ax_.axhline(curve.prevalence, **guess)
            if curve.decided:
                dot = marker_style(number) | {"markersize": 9, "markeredgecolor": "white"}
                self.ax_.plot(*curve.decided, linestyle="", **dot, zorder=4)
                decided = True
        if decided:
            dot = {"color": GREY, "markersize": 9, "markeredgecolor": "white"}
            self.ax_.plot([], [], "o", **dot, label=self._decided_text())
        for label in self.without:
            self.ax_.plot([], [], " ", label=f"no rows of {in_picture(label)}")
        self._label_axes()

    def _decided_text(self) -> str:
        if self.threshold is None:
            return "the classes as predicted"
        return f"as predicted, from a probability of {self.threshold:.3g} on"

    def _label_axes(self) -> None:
        self.ax_.set(xlabel="recall: found, of all that are of the class")
        self.ax_.set(ylabel="precision: right, of all taken for the class")
        self.ax_.set(xlim=(-0.02, 1.03), ylim=(-0.02, 1.03), aspect="equal")
        self.ax_.grid(visible=True, alpha=0.25)
        compared = "one class against the rest" if self.threshold is None else "at every threshold"
        title(self.ax_, f"{in_picture(self.name)}, {compared}")
        columns = 1 if len(self.curves) <= MOST_IN_LEGEND else 2
        legend_below(self.ax_, columns, "average precision")


def precision_recall_curve(
    positive: np.ndarray, score: np.ndarray, predicted: np.ndarray
) -> PrecisionRecallCurve:
    """The curve of N scores, with one point for each different score.

    Parameters
    ----------
    positive : ndarray of bool
        Which rows are of the class, N; at least one.
    score : ndarray
        N numbers, the higher the likelier a row is of the class.
    predicted : ndarray of bool
        Which rows are taken for it, N.
    """
    found, taken = counts_at_thresholds(positive, score)
    precision, recall = found / taken, found / positive.sum()
    average = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    decided = None
    if predicted.any():
        right = float((positive & predicted).sum())
        decided = (right / positive.sum(), right / predicted.sum())
    return PrecisionRecallCurve(precision, recall, average, float(positive.mean()), decided)
