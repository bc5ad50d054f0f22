"""The rows of a table that a network trains on or is validated on, and the order it meets them in.

How columns become arrays is `tables/`; the rows that a trained model is asked about are
`models/rows.py`.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.tables.columns import Column, Table, level_numbers
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import Task
from glassnet.training.packed import PackedRows

if TYPE_CHECKING:
    from glassnet.recipe.teachers.teacher import Teacher

MAX_REPEATED_ROWS = 100_000  # rows; more than this, whole weights are not written out as rows


@dataclass(frozen=True, eq=False)
class TableRows:
    """Some rows of a table, with known targets.

    Parameters
    ----------
    inputs : Table
        What a network is given.
    targets : Table
        What it is to predict.
    sample_weight : array of N numbers, or None
        How much each row counts; None: all the same.
    teacher : Teacher or None
        What the network is trained towards beside the targets.
    """

    inputs: Table
    targets: Table
    sample_weight: np.ndarray | None = None
    teacher: "Teacher | None" = None

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return self.targets.n_rows

    def take(self, rows: np.ndarray) -> "TableRows":
        """Only the rows of these numbers, from 0, in that order."""
        weight = None if self.sample_weight is None else self.sample_weight[rows]
        teacher = None if self.teacher is None else self.teacher.take(rows)
        return TableRows(self.inputs.take(rows), self.targets.take(rows), weight, teacher)


class EncodedRows(NamedTuple):
    """Rows as a network takes them.

    Parameters
    ----------
    x : array or PackedRows, N x D
        Encoded inputs, in the dtype of the training.
    y : array, N x K
        Encoded targets.
    sample_weight : array of N numbers, or None
        How much each row counts; None: all the same.
    encoding : TableEncoding
        What made x and y of the columns.
    taught : array of N x K, or None
        What a network is trained towards where it has a teacher; None: y.
    """

    x: np.ndarray | PackedRows
    y: np.ndarray
    sample_weight: np.ndarray | None
    encoding: TableEncoding
    taught: np.ndarray | None = None

    @property
    def to_train_on(
        self,
    ) -> tuple[np.ndarray | PackedRows, np.ndarray, np.ndarray | None]:
        """(x, what y is to become, sample_weight)."""
        return self.x, self.y if self.taught is None else self.taught, self.sample_weight

    @property
    def arrays(self) -> tuple[np.ndarray | PackedRows, np.ndarray, np.ndarray | None]:
        """(x, y, sample_weight)."""
        return self.x, self.y, self.sample_weight

    @property
    def digest(self) -> str:
        """What tells these rows from others: the SHA-256 of the encoded inputs and targets."""
        import hashlib

        found = hashlib.sha256()
        for array in (self.x[:], self.y):
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()

    def take(self, rows: np.ndarray) -> "EncodedRows":
        """Only the rows of these numbers, from 0, in that order."""
        weight = None if self.sample_weight is None else self.sample_weight[rows]
        x = self.x.take(rows) if isinstance(self.x, PackedRows) else self.x[rows]
        taught = None if self.taught is None else self.taught[rows]
        return EncodedRows(x, self.y[rows], weight, self.encoding, taught)


def rows_to_train_on(rows: TableRows) -> TableRows:
    """The rows as training takes them, so that the same table in another form gives the same model.

    A whole sample weight and so many equal rows come to the same, and so does any order of equal
    rows.
    """
    return sort_if_any_are_equal(repeat_by_weight(rows))


def repeat_by_weight(rows: TableRows) -> TableRows:
    """Rows of whole weights as so many rows each, unless that would be too many rows.

    Rows of weight 0 are left out in any case.
    """
    if rows.sample_weight is None:
        return rows
    rows = rows.take(np.flatnonzero(rows.sample_weight))
    weight = np.asarray(rows.sample_weight)
    if (weight == 1).all():
        return replace(rows, sample_weight=None)
    if (weight != np.rint(weight)).any() or weight.sum() > MAX_REPEATED_ROWS:
        return rows
    repeated = np.repeat(np.arange(len(weight)), weight.astype(int))
    return replace(rows, sample_weight=None).take(repeated)


def sort_if_any_are_equal(rows: TableRows) -> TableRows:
    """The rows as they are where no two are equal, else sorted.

    Then the result does not depend on where in the table the equal rows were.
    """
    columns = [*rows.targets.values(), *rows.inputs.values()]
    group = np.zeros(rows.n_rows, int)  # equal in all columns so far: equal here
    for column in sorted(columns, key=lambda column: column.kind == "text"):
        rank = _ranks(column)
        _, group = np.unique(group * (rank.max() + 1) + rank, return_inverse=True)
        if group.max() + 1 == len(group):
            return rows
    return rows.take(np.argsort(group, kind="stable"))


def _ranks(column: Column) -> np.ndarray:
    """The rank of each cell, N, among the column's different cells in order; missing text last."""
    if column.kind in ("number", "date"):
        return np.unique(column.values, return_inverse=True)[1]
    return level_numbers(column, sorted(set(column.values) - {None}))


def class_indices(targets: Table, task: Task) -> np.ndarray | None:
    """The index of each row's class, N; None for numeric targets and for several."""
    if task == "regression" or len(targets) > 1:
        return None
    (column,) = targets.values()
    if column.kind in ("boolean", "text"):
        return _ranks(column)
    different, number = np.unique(column.values, return_inverse=True)
    return np.unique(different.astype(str), return_inverse=True)[1][number]
