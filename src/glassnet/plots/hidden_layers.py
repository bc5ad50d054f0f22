"""What pictures of all hidden layers share: how they are made from a model and rows."""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.errors import check_enough
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.plots.display import RowsDisplay
from glassnet.plots.hidden_units import check_hidden
from glassnet.plots.members import one_member


@dataclass(eq=False, repr=False)
class HiddenLayersDisplay(RowsDisplay):
    """A picture with axes for each hidden layer; `_of` takes its numbers from a trace of rows."""

    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_model(cls, model: Any, table: Any, *, member: int = 0, ax: Any = None) -> Self:
        """Draw what the rows of a table do in a model's hidden layers.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows.
        member : int
            Which network of an ensemble, from 0.
        ax : matplotlib.axes.Axes or a sequence of them, optional
            One axes, whose room is divided, or one for each hidden layer; by default those of a new
            figure.

        Raises
        ------
        GlassnetError
            On a model without hidden layers, and on fewer than two rows.
        """
        one, name = one_member(model, member)
        check_hidden(one)
        rows = rows_of(one, table)
        check_enough(len(rows), 2, "rows to show to the model")
        return cls._of(one, rows, name).plot(ax)

    @classmethod
    def _of(cls, model: Model, rows: Rows, name: str) -> Self:
        """The picture of a model of one network, not yet drawn."""
        raise NotImplementedError
