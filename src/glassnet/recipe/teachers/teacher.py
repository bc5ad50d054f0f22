"""What a teacher is, what it is asked for, and what it gives.

The kinds there are: `given.py` and `asked.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from glassnet.recipe.class_weight import label_key
from glassnet.recipe.rows import TableRows
from glassnet.tables.columns import Table
from glassnet.tables.targets import Target


class Wanted(NamedTuple):
    """What a teacher is to predict: a target by name, and its labels where they are classes."""

    name: str
    labels: tuple[Any, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The labels as text."""
        return [label_key(label) for label in self.labels]

    @property
    def width(self) -> int:
        """How many columns its predictions take, K: of two classes the second's probability."""
        return len(self.labels) if len(self.labels) > 2 else 1


def all_wanted(targets: Table, classes: Sequence[Target]) -> list[Wanted]:
    """What is wanted for these target columns; `classes` are those of a classification."""
    if not classes:
        return [Wanted(name) for name in targets]
    return [Wanted(target.name, getattr(target, "labels", ())) for target in classes]


class MixedRows(NamedTuple):
    """Rows whose cells are taken from several rows.

    Parameters
    ----------
    inputs : Table
        Their cells, S rows.
    base : array of S int
        The row that most cells of each come from.
    donor : dict of arrays of S int
        By column, the row that the cell comes from.
    """

    inputs: Table
    base: np.ndarray
    donor: Mapping[str, np.ndarray]


class Predicted(NamedTuple):
    """What a teacher predicts: numbers in their unit, probabilities of classes.

    Parameters
    ----------
    of_rows : array, N x K
        For the rows that are trained on.
    of_mixed : function or None
        For any rows that are mixed of these, S x K; None where the teacher knows no other rows.
    """

    of_rows: np.ndarray
    of_mixed: Callable[[MixedRows], np.ndarray] | None = None


class Teacher(Protocol):
    """Some rows of a table as another model predicts them."""

    @property
    def description(self) -> str:
        """What it is, in words."""
        ...

    @property
    def knows_other_rows(self) -> bool:
        """Whether it can be asked for rows that are not in the table."""
        ...

    def take(self, rows: np.ndarray) -> "Teacher":
        """The teacher of only the rows of these numbers, from 0, in that order."""
        ...

    def predict(self, rows: TableRows, wanted: Sequence[Wanted], seed: int) -> Predicted:
        """What it says of the rows to train on, which are its own.

        Raises GlassnetError on predictions that do not fit what is wanted.
        """
        ...
