"""How well classes are predicted, as a table: the confusion matrix. And what all pictures of classes share; no curves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from glassnet.errors import GlassnetError, check_enough
from glassnet.plots.figures import figure_and_axes, in_picture, style
from glassnet.plots.predictions import Classes, class_numbers, classes_of, label_names
from glassnet.tables.targets import label_text

MOST_WITH_SHARES = 6  # classes, if each cell is to hold its share of the row too


class ClassDisplay:
    """A picture of classes that is made from a model or an estimator and rows whose classes are known.

    `from_answers` computes its numbers, and its `plot` draws them.
    """

    from_answers: ClassVar[Callable[..., Any]]

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        target: str | None = None,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Of a fitted classifier on X, N rows, and y, N labels, or N x targets. See `from_model`."""
        return cls.from_model(estimator, X, y=y, target=target, ax=ax, **options)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        y: Any = None,
        target: str | None = None,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Of a model on the rows of a table.

        Parameters
        ----------
        table : what `Model.predict` takes. Rows whose target is missing are left out.
        y : the targets, where the table does not hold them.
        target : which of several targets; None: the first.
        ax : the axes to draw on; None: new ones.
        options : those of `from_answers`.

        Raises GlassnetError on a model that predicts numbers, an unknown target or class, and too few rows.
        """
        return cls.from_answers(classes_of(model, table, y, target), **options).plot(ax)


@dataclass
class ConfusionMatrixDisplay(ClassDisplay):
    """How many rows of each class (down) were predicted as each class (across); the colour is the share of the class's rows.

    `confusion_matrix` is K x K counts, `display_labels` the K classes, `name` the target's.

    Attributes set by `plot`: `ax_`, `figure_`.

    Examples
    --------
    >>> display = ConfusionMatrixDisplay.from_predictions(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    >>> display.confusion_matrix
    array([[1, 0],
           [1, 1]])
    >>> display.balanced_accuracy
    0.75
    """

    confusion_matrix: np.ndarray
    display_labels: Sequence[str]
    name: str = "class"
    ax_: Any = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        y_pred: Any,
        *,
        labels: Sequence[Any] | None = None,
        name: str = "class",
        ax: Any = None,
    ) -> Self:
        """Of N true and N predicted labels. `labels` orders the classes; None: those that occur, sorted."""
        names = (
            label_names(y_true, y_pred)
            if labels is None
            else [label_text(label) for label in labels]
        )
        truth, predicted = class_numbers(y_true, names), class_numbers(y_pred, names)
        if len(truth) != len(predicted):
            raise GlassnetError(
                f"y_true has {len(truth)} labels and y_pred {len(predicted)}: give as many of each"
            )
        check_enough(len(truth), 1, "rows")
        return cls(_counts(truth, predicted, len(names)), names, name).plot(ax)

    @classmethod
    def from_answers(cls, answers: Classes) -> Self:
        """The class of the largest probability against the true one."""
        counts = _counts(answers.truth, answers.probabilities.argmax(axis=1), len(answers.labels))
        return cls(counts, answers.labels, answers.name)

    @property
    def shares(self) -> np.ndarray:
        """The counts as shares of each class's rows, K x K; 0 where a class has none."""
        return self.confusion_matrix / np.maximum(
            1, self.confusion_matrix.sum(axis=1, keepdims=True)
        )

    @property
    def accuracy(self) -> float:
        """The share of rows predicted right."""
        return float(np.trace(self.confusion_matrix) / self.confusion_matrix.sum())

    @property
    def balanced_accuracy(self) -> float:
        """The mean share found of each class that has rows."""
        return float(np.diag(self.shares)[self.confusion_matrix.any(axis=1)].mean())

    def plot(self, ax: Any = None) -> Self:
        """Draw on the axes given, or new ones."""
        K, names = len(self.display_labels), [in_picture(name) for name in self.display_labels]
        side = 3.4 + 0.42 * K
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax, side + 0.6, side)
            self.ax_.imshow(self.shares, cmap="Blues", vmin=0, vmax=1)
            for (i, j), count in np.ndenumerate(self.confusion_matrix):
                self._write(i, j, count)
            slanted = sum(map(len, names)) > 40
            turn: dict[str, Any] = (
                {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
            )
            self.ax_.set_xticks(range(K), names, **turn)
            self.ax_.set_yticks(range(K), names)
            title = f"accuracy {self.accuracy:.3f}, balanced {self.balanced_accuracy:.3f}, {self.confusion_matrix.sum():,} rows"
            name = in_picture(self.name)
            self.ax_.set(xlabel=f"{name}, predicted", ylabel=f"{name}, actual", title=title)
            self.ax_.spines[:].set_visible(False)
        return self

    def _write(self, i: int, j: int, count: int) -> None:
        share, few = self.shares[i, j], len(self.display_labels) <= MOST_WITH_SHARES
        text = f"{count:,}\n{share:.0%}" if few and count else f"{count:,}"
        colour = "white" if share > 0.5 else "#1f2937" if count else "#94a3b8"
        self.ax_.text(j, i, text, ha="center", va="center", color=colour, fontsize=10 if few else 8)


def _counts(truth: np.ndarray, predicted: np.ndarray, K: int) -> np.ndarray:
    """K x K counts: how often class i (row) was predicted as class j (column)."""
    return np.bincount(truth * K + predicted, minlength=K * K).reshape(K, K)
