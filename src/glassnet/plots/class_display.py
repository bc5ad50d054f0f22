"""What all pictures of classes share: how they are made from a model; counts at each threshold."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from glassnet.plots.display import RowsDisplay
from glassnet.plots.predictions import classes_of, given_classes

MOST_IN_LEGEND = 5  # curves; for more the legend is smaller, or stands beside them


class ClassDisplay(RowsDisplay):
    """A picture of classes; `from_classes` computes its numbers."""

    from_classes: ClassVar[Callable[..., Any]]

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
        """Draw a model's classes on the rows of a table.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows, as `Model.predict` takes them. Those whose target is missing are left out.
        y : array, optional
            The targets, where the table does not hold them.
        target : str, optional
            Which of several targets; by default the first.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.
        **options
            Those of `from_classes`.

        Raises
        ------
        GlassnetError
            On a model that predicts numbers, an unknown target or class, and fewer than two rows.
        """
        return cls.from_classes(classes_of(model, table, y, target), **options).plot(ax)


class CurvesDisplay(ClassDisplay):
    """A picture of curves, one a class, that probabilities alone are enough for."""

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
        """Draw the curves of labels and probabilities.

        Parameters
        ----------
        y_true : array
            N labels.
        y_prob : array
            N x K probabilities, or N of the second of two classes.
        labels : sequence, optional
            The K classes in order; by default those that occur, sorted.
        name : str
            The target's name.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.
        **options
            Those of `from_classes`.

        Raises
        ------
        GlassnetError
            On shapes that do not fit, and as `from_classes` does.
        """
        return cls.from_classes(given_classes(y_true, y_prob, labels, name), **options).plot(ax)


def counts_at_thresholds(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many rows of a class are found at each different score, and how many are taken for it.

    Parameters
    ----------
    positive : ndarray of bool
        Which rows are of the class, N.
    score : ndarray
        N numbers, the higher the likelier a row is of the class; the highest comes first.
    """
    order = np.argsort(-score, kind="stable")
    changes = np.flatnonzero(np.diff(score[order]))
    last = np.append(changes, len(score) - 1)  # the last of each run of equal scores
    return np.cumsum(positive[order])[last], last + 1
