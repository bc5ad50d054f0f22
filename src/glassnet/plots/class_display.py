"""What all pictures of classes share: how they are made from a model."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from glassnet.plots.display import RowsDisplay
from glassnet.plots.predictions import classes_of

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
