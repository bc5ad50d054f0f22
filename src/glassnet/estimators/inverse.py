"""From an encoding's cells back to the table they came from.

Each column comes back in its own kind of cells, the table in its own kind: a data frame of the
same library, or an array.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from glassnet.tables.columns import Kind
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Input, Number, Unused

FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_A_DAY = 86_400_000


@dataclass(frozen=True)
class TableFormat:
    """What kind of table it was.

    Parameters
    ----------
    library : narwhals Implementation, or None
        The library of a data frame; None: it was an array.
    schema : dict
        The types of a data frame's columns, by name.
    """

    library: Any = None
    schema: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of_frame(cls, frame: Any) -> "TableFormat":
        """That of a pandas, Polars or PyArrow data frame."""
        table = nw.from_native(frame, eager_only=True)
        return cls(table.implementation, dict(table.schema))

    def decode(self, encoding: TableEncoding, x: np.ndarray, names: list[str]) -> Any:
        """The table that `encoding` made x of, N x D; `names` are those that it has in there."""
        columns = encoding.decode_inputs(x)
        if self.library is None:
            return _array(encoding, [columns[name] for name in names], len(x))
        frame = {}
        for column, (name, dtype) in zip(encoding.inputs, self.schema.items(), strict=True):
            cells = _cells(_kind(column), dtype, columns[column.name])
            frame[name] = self._series(str(name), cells, dtype)
        return nw.from_dict(frame).to_native()

    def _series(self, name: str, cells: list[Any], dtype: Any) -> Any:
        """The cells as a column of the type it had, or where that cannot hold them as one that can.

        pandas' whole numbers and booleans cannot hold a missing cell; times with a zone are made
        in UTC and then cast. What was read from text comes back as what it was read as.
        """
        is_pandas = self.library is nw.Implementation.PANDAS
        cannot_miss = is_pandas and (dtype.is_integer() or dtype == nw.Boolean)
        if getattr(dtype, "time_zone", None) is not None:
            return nw.Series.from_iterable(name, cells, backend=self.library).cast(dtype)
        was_written = dtype == nw.String and not all(isinstance(c, str | None) for c in cells)
        if not was_written and not (cannot_miss and None in cells):
            try:
                return nw.Series.from_iterable(name, cells, dtype, backend=self.library)
            except (TypeError, ValueError, nw.exceptions.NarwhalsError):
                pass
        return nw.Series.from_iterable(name, cells, backend=self.library)


def _array(encoding: TableEncoding, columns: list[list[Any]], n_rows: int) -> np.ndarray:
    """Decoded columns as an array, N x columns: of numbers where all are, else of any kind."""
    kinds: list[Kind] = [_kind(column) for column in encoding.inputs]
    cells = [_cells(kind, None, column) for kind, column in zip(kinds, columns, strict=True)]
    are_numbers = all(
        kind == "number" or isinstance(column, Unused)
        for kind, column in zip(kinds, encoding.inputs, strict=True)
    )
    dtype = np.float64 if are_numbers else object
    return np.array(cells, dtype).T.reshape(n_rows, len(columns))


def _kind(column: Input) -> Kind:
    """What the cells of a column were."""
    if isinstance(column, Unused):
        return "text"
    if isinstance(column, Number):
        return "date" if column.date else "number"
    return column.cells


def _cells(kind: Kind, dtype: Any, decoded: list[Any]) -> list[Any]:
    """Decoded cells as those of a column of that kind, and of a data frame's type if it has one.

    None stays None.
    """
    convert = _converter(kind, dtype)
    return [None if cell is None else convert(cell) for cell in decoded]


def _converter(kind: Kind, dtype: Any) -> Callable[[Any], Any]:
    """What makes a cell of that kind and type of a decoded cell."""
    if kind == "number":
        is_integer = dtype is not None and dtype.is_integer()
        return (lambda cell: round(float(cell))) if is_integer else float
    if kind == "date":
        return lambda cell: _date(float(cell), dtype)
    if kind == "boolean":
        return lambda cell: cell == "true"
    return str


def _date(days: float, dtype: Any) -> date | datetime:
    """Days since 1970-01-01 as a date, or as a time to the millisecond.

    A time is in UTC where the column had a zone.
    """
    if dtype == nw.Date:
        return (FIRST_DAY + timedelta(days=round(days))).date()
    moment = FIRST_DAY + timedelta(milliseconds=round(days * MILLISECONDS_A_DAY))
    return moment if getattr(dtype, "time_zone", None) else moment.replace(tzinfo=None)
