"""How well classes are predicted, as a table: the confusion matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, check_enough
from glassnet.plots.class_display import ClassDisplay
from glassnet.plots.figures import in_picture
from glassnet.plots.predictions import Classes, label_names, label_numbers
from glassnet.tables.targets import label_text

MOST_WITH_PERCENT = 6  # classes; with more a cell has room for its count alone
MOST_LEVEL_LETTERS = 40  # letters of all labels together; longer ones stand slanted
GROUND = "#f8fafc"  # of cells without a row
BELOW_PALEST = -0.25  # where the colours' white is, so that a single row has a colour
DARK_FROM = 0.5  # fraction of a row from which on a cell is so dark that its text is white
DARK_ERROR_FROM = 0.8  # the same of an error, whose orange is lighter
TEXT_ON_DARK = "white"
TEXT_ON_LIGHT = "#1f2937"
TEXT_OF_ZERO = "#64748b"


@dataclass(eq=False, repr=False)
class ConfusionMatrixDisplay(ClassDisplay):
    """How many rows of each class were predicted as each class.

    True classes go down, predicted ones across; the colour, blue where they agree and orange where
    not, is the fraction of the true class's rows.

    Parameters
    ----------
    confusion_matrix : ndarray
        K x K counts.
    display_labels : sequence of str
        The K classes.
    name : str
        The target's name.

    Examples
    --------
    >>> truth, predicted = ["cat", "dog", "dog"], ["cat", "dog", "cat"]
    >>> display = ConfusionMatrixDisplay.from_predictions(truth, predicted)
    >>> display.confusion_matrix
    array([[1, 0],
           [1, 1]])
    >>> display.balanced_accuracy
    0.75
    """

    kind_of_picture = "map"

    confusion_matrix: np.ndarray
    display_labels: Sequence[str]
    name: str = "class"

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
        """Draw N true labels against N predicted ones.

        Parameters
        ----------
        y_true, y_pred : array
            N labels each.
        labels : sequence, optional
            The classes in order; by default those that occur, sorted.
        name : str
            The target's name.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.

        Raises
        ------
        GlassnetError
            On another number of predicted labels, on no rows, and on a label not among `labels`.
        """
        if labels is None:
            names = label_names(y_true, y_pred)
        else:
            names = [label_text(label) for label in labels]
        truth, predicted = label_numbers(y_true, names), label_numbers(y_pred, names)
        if len(truth) != len(predicted):
            raise GlassnetError(
                f"y_true has {len(truth)} labels and y_pred {len(predicted)}: give as many of each"
            )
        check_enough(len(truth), 1, "rows")
        return cls(_counts(truth, predicted, len(names)), names, name).plot(ax)

    @classmethod
    def from_classes(cls, classes: Classes) -> Self:
        """The predicted class against the true one, not yet drawn."""
        counts = _counts(classes.truth, classes.predicted, len(classes.labels))
        return cls(counts, classes.labels, classes.name)

    @property
    def fractions(self) -> np.ndarray:
        """The counts as fractions of each class's rows, K x K; 0 where a class has none."""
        rows = self.confusion_matrix.sum(axis=1, keepdims=True)
        return self.confusion_matrix / np.maximum(1, rows)

    @property
    def accuracy(self) -> float:
        """The fraction of rows predicted right."""
        return float(np.trace(self.confusion_matrix) / self.confusion_matrix.sum())

    @property
    def balanced_accuracy(self) -> float:
        """The fraction predicted right of a class's rows, the mean over the classes with rows."""
        has_rows = self.confusion_matrix.any(axis=1)
        return float(np.diag(self.fractions)[has_rows].mean())

    @property
    def _inches(self) -> tuple[float, float]:
        side = 3.4 + 0.42 * len(self.display_labels)
        return side + 0.6, side

    def _draw(self) -> None:
        right = np.eye(len(self.display_labels), dtype=bool)
        empty = self.confusion_matrix == 0
        self.ax_.set_facecolor(GROUND)
        for colours, others in (("Blues", ~right), ("Oranges", right)):
            cells = np.ma.array(self.fractions, mask=others | empty)
            self.ax_.imshow(cells, cmap=colours, vmin=BELOW_PALEST, vmax=1)
        for (row, column), count in np.ndenumerate(self.confusion_matrix):
            self._write_cell(row, column, count)
        self._label_ticks()
        name = in_picture(self.name)
        rows = self.confusion_matrix.sum()
        self.ax_.set(
            xlabel=f"{name}, predicted",
            ylabel=f"{name}, actual",
            title=f"accuracy {self.accuracy:.3f}, "
            f"balanced {self.balanced_accuracy:.3f}, {rows:,} rows",
        )
        self.ax_.spines[:].set_visible(False)

    def _write_cell(self, row: int, column: int, count: int) -> None:
        fraction = self.fractions[row, column]
        roomy = len(self.display_labels) <= MOST_WITH_PERCENT
        text = f"{count:,}"
        if roomy and count:
            text += f"\n{fraction:.0%}"
        colour = TEXT_ON_LIGHT if count else TEXT_OF_ZERO
        if fraction > (DARK_FROM if row == column else DARK_ERROR_FROM):
            colour = TEXT_ON_DARK
        size = 10 if roomy else 8
        self.ax_.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)

    def _label_ticks(self) -> None:
        names = [in_picture(label) for label in self.display_labels]
        slant: dict[str, Any] = {}
        if sum(map(len, names)) > MOST_LEVEL_LETTERS:
            slant = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"}
        self.ax_.set_xticks(range(len(names)), names, **slant)
        self.ax_.set_yticks(range(len(names)), names)


def _counts(truth: np.ndarray, predicted: np.ndarray, K: int) -> np.ndarray:
    """K x K counts: how often class i (row) was predicted as class j (column)."""
    return np.bincount(truth * K + predicted, minlength=K * K).reshape(K, K)
