"""A teacher's predictions as they were given: an array, a data frame or a file, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.arrays import real_array
from glassnet.errors import GlassnetError, TableError
from glassnet.recipe.rows import TableRows
from glassnet.recipe.teachers.teacher import Predicted, Wanted
from glassnet.tables.columns import Table
from glassnet.tables.files import FileTable
from glassnet.tables.frames import as_table

FARTHEST_FROM_1 = 0.01  # that the probabilities of a row may add up to; files round them


@dataclass(frozen=True, eq=False)
class GivenPredictions:
    """Predictions of a table's rows, as named columns or as an array.

    Parameters
    ----------
    columns : Table or array of N x columns
        Named columns are as `Model.predict_columns` names them; an array has what is wanted, in
        its order.
    row : array of int
        The number of each row, from 0, in the table as it was given.
    file : str
        Where they were read from; "" for nowhere.
    """

    columns: Table | np.ndarray
    row: np.ndarray
    file: str = ""

    knows_other_rows = False

    @property
    def description(self) -> str:
        """What it is, in words."""
        return (
            f"the predictions in {Path(self.file).name}"
            if self.file
            else "predictions of every row"
        )

    def take(self, rows: np.ndarray) -> "GivenPredictions":
        """Only those of the rows of these numbers."""
        return replace(self, columns=_take(self.columns, rows), row=self.row[rows])

    def predict(self, rows: TableRows, wanted: Sequence[Wanted], seed: int) -> Predicted:
        """The predictions, checked. Raises GlassnetError, naming what does not fit."""
        first = 0
        parts: list[np.ndarray] = []
        for target in wanted:
            several = len(wanted) > 1
            if isinstance(self.columns, Table):
                found = self._named(target, several)
            else:
                width = self._width_in_array(wanted)
                found = self.columns[:, first : first + width]
                first += width
            parts.append(self._checked(found, target))
        return Predicted(np.concatenate(parts, axis=1))

    def _named(self, target: Wanted, several: bool) -> np.ndarray:
        """The columns of a target, by their names: N x classes, or N x 1."""
        assert isinstance(self.columns, Table)
        suffix = f"_{target.name}" if several else ""
        if not target.labels:
            names = [f"prediction{suffix}", target.name]
            found = [name for name in names if name in self.columns] or [*self.columns][:2]
            if len(found) > 1 and found[0] != names[0]:
                raise self._lacks(names[0])
            return self._number(found[0])[:, None]
        prefix = f"probability{suffix}{'=' if several else '_'}"
        prefixed = [f"{prefix}{key}" for key in target.keys]
        unknown = [n for n in self.columns if n.startswith(prefix) and n not in prefixed]
        if unknown:
            raise self._error(
                f"the teacher's column '{unknown[0]}' is of a class that '{target.name}' has not: "
                f"its classes are {', '.join(target.keys)}",
                column=unknown[0],
            )
        for names in (prefixed, target.keys):
            if all(name in self.columns for name in names):
                return np.stack([self._number(name) for name in names], axis=1)
        raise self._lacks(next(name for name in prefixed if name not in self.columns))

    def _number(self, name: str) -> np.ndarray:
        assert isinstance(self.columns, Table)
        column = self.columns[name]
        if column.kind != "number":
            raise self._error(f"the teacher's column '{name}' is not numbers", column=name)
        return column.values

    def _width_in_array(self, wanted: Sequence[Wanted]) -> int:
        """How many columns of the array each target has."""
        assert isinstance(self.columns, np.ndarray)
        columns = self.columns.shape[1]
        classes = len(wanted[0].labels)
        fitting = [len(wanted)] if classes <= 2 or len(wanted) > 1 else []
        if classes and len(wanted) == 1:
            fitting.append(classes)
        if columns not in fitting:
            what = f"{classes} classes" if classes and len(wanted) == 1 else f"{len(wanted)} target"
            raise self._error(
                f"the teacher's array has {columns} columns, but there are {what}"
                f"{'s' if len(wanted) > 1 else ''}: give N x {max(fitting)}"
            )
        return columns // len(wanted)

    def _checked(self, found: np.ndarray, target: Wanted) -> np.ndarray:
        """Predictions of a target as it is encoded, N x K."""
        finite = np.isfinite(found).all(axis=1)
        if not finite.all():
            row = int(np.argmin(finite))
            number = found[row][~np.isfinite(found[row])][0]
            raise self._error(f"the teacher predicts {number} of '{target.name}'", row)
        if not target.labels:
            return found
        within = ((found >= 0) & (found <= 1)).all(axis=1)
        if not within.all():
            row = int(np.argmin(within))
            odd = found[row][(found[row] < 0) | (found[row] > 1)][0]
            raise self._error(
                f"the teacher predicts {odd:g} of '{target.name}', which is no probability", row
            )
        if found.shape[1] == 1:
            return found
        total = found.sum(axis=1)
        odd_rows = np.abs(total - 1) > FARTHEST_FROM_1
        if odd_rows.any():
            row = int(np.argmax(odd_rows))
            raise self._error(
                f"the teacher's probabilities of '{target.name}' add up to {total[row]:.4g}, "
                "not to 1",
                row,
            )
        found = found / total[:, None]
        return found[:, 1:] if len(target.labels) == 2 else found

    def _lacks(self, name: str) -> GlassnetError:
        listed = ", ".join(list(self.columns)[:20]) if isinstance(self.columns, Table) else ""
        return self._error(
            f"the teacher's predictions lack the column '{name}'; they have: {listed}", column=name
        )

    def _error(self, message: str, row: int | None = None, column: str = "") -> GlassnetError:
        """The error for a row, by its number here, or a column."""
        return TableError(
            message,
            option="teacher",
            file=self.file or None,
            column=column or None,
            row=None if row is None else int(self.row[row]) + 1,
        )


def given_predictions(given: Any, n_rows: int, file: str = "") -> GivenPredictions:
    """Predictions of N rows, from an array, a data frame, a dict of columns or a table in a file.

    Raises GlassnetError on anything else, and on another number of rows.
    """
    is_array = isinstance(given, (list, tuple)) or np.ndim(given) == 1 or type(given) is np.ndarray
    if is_array and not isinstance(given, FileTable):
        columns: Table | np.ndarray = real_array(given, "teacher")
        columns = columns.reshape(len(columns), -1)
    else:
        columns = as_table(given)
    found = columns.n_rows if isinstance(columns, Table) else len(columns)
    if found != n_rows:
        raise TableError(
            f"the teacher has predictions of {found} rows, but the table has {n_rows}",
            option="teacher",
            file=file or None,
            remedy="give one for each row of the table, in its order",
        )
    return GivenPredictions(columns, np.arange(n_rows), file)


def _take(columns: Table | np.ndarray, rows: np.ndarray) -> Table | np.ndarray:
    return columns.take(rows) if isinstance(columns, Table) else columns[rows]
