"""ROC curves of a classification, one class against the rest, and their mean. (Fawcett 2006, An introduction to ROC analysis)"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.plots.confusion_matrix import ClassDisplay
from glassnet.plots.figures import GREY, PALETTE, figure_and_axes, in_picture, style
from glassnet.plots.predictions import Classes, given_classes

SEVERAL = 5  # curves; for more the legend is small


class RocCurve(NamedTuple):
    """False and true positive rates at every threshold, from (0, 0) to (1, 1), and the area under the curve."""

    fpr: np.ndarray
    tpr: np.ndarray
    auc: float


@dataclass
class RocCurveDisplay(ClassDisplay):
    """The share of a class's rows that is found against the share of other rows taken for it, at every threshold.

    `curves` holds a `RocCurve` for each class: for two classes the second's alone, else each class's against the rest, and `macro`
    is then their mean. `without` are classes that no row has, or every row: they have no curve.

    Attributes set by `plot`: `ax_`, `figure_`.

    Examples
    --------
    >>> display = RocCurveDisplay.from_predictions(["no", "no", "yes", "yes"], [0.1, 0.4, 0.35, 0.8])
    >>> display.curves["yes"].auc
    0.75
    """

    curves: dict[str, RocCurve]
    macro: RocCurve | None = None
    without: Sequence[str] = ()
    name: str = "class"
    ax_: Any = field(init=False, repr=False)
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
    ) -> Self:
        """Of N labels and N x K probabilities, or N of the second of two classes. `labels` are the K classes in order."""
        return cls.from_answers(given_classes(y_true, y_prob, labels, name)).plot(ax)

    @classmethod
    def from_answers(cls, answers: Classes) -> Self:
        """The curves, not yet drawn. Raises GlassnetError where all rows are of one class."""
        seen = np.unique(answers.truth)
        if len(seen) < 2:
            only = answers.labels[seen[0]]
            raise GlassnetError(
                f"every row is of one class of '{answers.name}' ({only}): an ROC curve needs rows of two or more"
            )
        numbers = [1] if len(answers.labels) == 2 else seen
        curves = {
            answers.labels[k]: roc_curve(answers.truth == k, answers.probabilities[:, k])
            for k in numbers
        }
        without = [label for k, label in enumerate(answers.labels) if k not in seen]
        macro = mean_curve(list(curves.values())) if len(curves) > 1 else None
        return cls(curves, macro, without, answers.name)

    def plot(self, ax: Any = None) -> Self:
        """Draw on the axes given, or new ones."""
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax, 5.2, 5.0)
            self.ax_.plot(
                [0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="AUC 0.5 by chance"
            )
            for k, (label, curve) in enumerate(self.curves.items()):
                colour, line = PALETTE[k % len(PALETTE)], "-" if k < len(PALETTE) else "-."
                text = f"AUC {curve.auc:.3f} {in_picture(label)}"
                self.ax_.plot(
                    curve.fpr, curve.tpr, color=colour, linestyle=line, linewidth=1.6, label=text
                )
            if self.macro:
                text = f"AUC {self.macro.auc:.3f} mean of the classes"
                self.ax_.plot(
                    self.macro.fpr,
                    self.macro.tpr,
                    color="black",
                    linestyle=":",
                    linewidth=2,
                    label=text,
                )
            for label in self.without:
                self.ax_.plot([], [], " ", label=f"no rows of {in_picture(label)}")
            rest = (
                "one class against the rest"
                if self.macro
                else f"positive: {in_picture(next(iter(self.curves)))}"
            )
            self.ax_.set(
                xlabel="false positive rate",
                ylabel="true positive rate",
                title=f"{in_picture(self.name)}, {rest}",
            )
            self.ax_.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
            self.ax_.grid(visible=True, alpha=0.25)
            self.ax_.legend(loc="lower right", fontsize=9 if len(self.curves) <= SEVERAL else 7.5)
        return self


def roc_curve(positive: np.ndarray, score: np.ndarray) -> RocCurve:
    """The curve of N scores, those of positive rows (N booleans) hoped to be high; one point for each different score."""
    order = np.argsort(-score, kind="stable")
    last = np.append(
        np.flatnonzero(np.diff(score[order])), len(score) - 1
    )  # of each run of equal scores
    found = np.cumsum(positive[order])[last]
    wrong = last + 1 - found
    fpr, tpr = (np.concatenate([[0.0], counts / counts[-1]]) for counts in (wrong, found))
    return RocCurve(fpr, tpr, float(np.trapezoid(tpr, fpr)))


def mean_curve(curves: Sequence[RocCurve]) -> RocCurve:
    """The mean true positive rate at every false positive rate; its area is the mean of theirs.

    Where a curve rises straight up, its lower and its upper end both enter.
    """
    grid = np.unique(np.concatenate([curve.fpr for curve in curves]))
    lower = np.mean(
        [np.interp(-grid, -curve.fpr[::-1], curve.tpr[::-1]) for curve in curves], axis=0
    )
    upper = np.mean([np.interp(grid, curve.fpr, curve.tpr) for curve in curves], axis=0)
    fpr, tpr = np.repeat(grid, 2), np.stack([lower, upper], axis=1).ravel()
    return RocCurve(fpr, tpr, float(np.mean([curve.auc for curve in curves])))
