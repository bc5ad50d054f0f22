"""A data frame of any kind as plain columns: numbers with NaN, or text with None, where a cell is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from glassnet.errors import GlassnetError

Kind = Literal["number", "date", "boolean", "text"]
Columns = dict[str, "Column"]


@dataclass(frozen=True)
class Column:
    """One column of N cells.

    Numbers and dates (days since 1970-01-01) are float64 with NaN where missing; booleans ("true", "false") and text are
    object arrays of str with None where missing.
    """

    name: str
    kind: Kind
    values: np.ndarray

    @property
    def missing(self) -> np.ndarray:
        """N booleans: where a cell is missing."""
        return np.isnan(self.values) if self.kind in ("number", "date") else self.values == None  # noqa: E711 (elementwise)

    def take(self, rows: np.ndarray) -> "Column":
        """The column with only these rows."""
        return Column(self.name, self.kind, self.values[rows])


def take_rows(columns: Columns, rows: np.ndarray) -> Columns:
    """Every column with only these rows."""
    return {name: column.take(rows) for name, column in columns.items()}


def as_columns(frame: Any) -> Columns:
    """The columns of a pandas, Polars or PyArrow data frame, or of a dict of columns.

    Raises GlassnetError, naming the column and row, on infinite numbers and on cells that are neither numbers, text, booleans
    nor dates.
    """
    import narwhals.stable.v2 as nw

    if isinstance(frame, dict):
        import polars

        frame = polars.DataFrame(frame)
    try:
        frame = nw.from_native(frame, eager_only=True)
    except TypeError:
        raise GlassnetError(
            f"a table must be a pandas, Polars or PyArrow data frame or a path, got {type(frame).__name__}"
        ) from None
    except nw.exceptions.DuplicateError as error:
        raise GlassnetError(f"the table has two columns of one name: rename one ({error})") from None
    columns = {str(name): _column(str(name), frame[name]) for name in frame.columns}
    for column in columns.values():
        if column.kind == "number" and np.isinf(column.values).any():
            row = int(np.argmax(np.isinf(column.values)))
            raise GlassnetError(
                f"column '{column.name}', row {row + 1}: {column.values[row]} is not a finite number: remove or replace it"
            )
    return columns


def _column(name: str, series: Any) -> Column:
    import narwhals.stable.v2 as nw

    dtype = series.dtype
    if dtype.is_numeric():
        return Column(name, "number", np.array(series.cast(nw.Float64).to_numpy(), np.float64))
    if dtype in (nw.Date, nw.Datetime):
        stamps = np.array([_naive(cell) for cell in series.to_list()], "datetime64[us]")
        days = (stamps - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
        return Column(name, "date", np.asarray(days, np.float64))
    cells = series.to_list()
    if dtype == nw.Boolean or _all_of(cells, bool):
        return Column(name, "boolean", _objects(None if _is_missing(c) else str(bool(c)).lower() for c in cells))
    if dtype in (nw.String, nw.Categorical, nw.Enum, nw.Object, nw.Unknown) and _all_of(cells, (str, int, float)):
        if _all_of(cells, (int, float)):  # an object column of numbers, or one in which every cell is missing
            return Column(name, "number", np.array([np.nan if _is_missing(c) else float(c) for c in cells]))
        texts = (None if _is_missing(c) else str(c).strip() or None for c in cells)
        return Column(name, "text", _objects(texts))
    raise GlassnetError(
        f"column '{name}' holds {dtype}, which is neither numbers, text, booleans nor dates: leave it out or convert it"
    )


def _naive(cell: Any) -> Any:
    """A date or time without its zone, in microseconds; NaT where missing."""
    if _is_missing(cell):
        return np.datetime64("NaT", "us")
    return np.datetime64(cell.replace(tzinfo=None) if getattr(cell, "tzinfo", None) else cell, "us")


def _is_missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and cell != cell) or type(cell).__name__ in ("NAType", "NaTType")


def _all_of(cells: list[Any], types: Any) -> bool:
    return all(isinstance(cell, types) for cell in cells if not _is_missing(cell)) and not (
        types is bool and all(map(_is_missing, cells))
    )


def _objects(cells: Iterable[str | None]) -> np.ndarray:
    items = list(cells)
    array = np.empty(len(items), object)
    array[:] = items
    return array
