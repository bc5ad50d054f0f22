"""A data frame of any kind as plain columns: numbers with NaN, or text with None, where a cell is missing."""

from collections import Counter
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from numbers import Real
from typing import Any, Literal

import numpy as np

from glassnet.errors import GlassnetError, unknown_name

Kind = Literal["number", "date", "boolean", "text"]
Columns = dict[str, "Column"]
LARGEST = 1e100  # what is larger could not be squared and added up


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


def as_columns(
    frame: Any, wanted: Container[str] | None = None, ignore: Collection[str] = ()
) -> Columns:
    """The columns of a pandas, Polars or PyArrow data frame, or of a dict of columns.

    Only those `wanted` (None: all) and not to be ignored are looked at. Raises GlassnetError, naming the column and row, on
    numbers that are infinite or beyond 1e100, and on cells that are neither numbers, text, booleans nor dates.
    """
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(_frame_of(frame), eager_only=True)
    except TypeError:
        raise GlassnetError(
            f"a table must be a pandas, Polars or PyArrow data frame or a path, got {type(frame).__name__}"
        ) from None
    except nw.exceptions.DuplicateError as error:
        raise GlassnetError(
            f"the table has two columns of one name: rename one ({error})"
        ) from None
    names = [str(name) for name in frame.columns]
    for name in ignore:
        if name not in names:
            raise unknown_name("column", name, names)
    chosen = [
        name
        for name in frame.columns
        if (wanted is None or str(name) in wanted) and str(name) not in ignore
    ]
    schema = frame.schema
    floats = [
        name for name in chosen if schema[name] in (nw.Float64, nw.Float32)
    ]  # all at once: one by one takes its time
    block = (
        dict(zip(floats, np.asarray(frame.select(floats).to_numpy(), np.float64).T, strict=True))
        if floats
        else {}
    )
    columns = {
        str(name): Column(str(name), "number", block[name])
        if name in block
        else _column(str(name), frame[name])
        for name in chosen
    }
    for column in columns.values():
        check_size(column)
    return columns


def _frame_of(table: Any) -> Any:
    """A dict of columns as a data frame, a pandas frame with its columns named by text, anything else as it is."""
    if not isinstance(table, dict):
        names = getattr(table, "columns", ())
        odd = hasattr(table, "rename") and any(not isinstance(name, str) for name in names)
        return table.rename(columns=str) if odd else table
    import polars

    try:
        return polars.DataFrame(table, strict=False)
    except (polars.exceptions.PolarsError, TypeError, ValueError) as error:
        raise GlassnetError(
            f"the columns do not make a table: {str(error).splitlines()[0]}"
        ) from None


def check_size(column: Column) -> None:
    """Raises GlassnetError on a number that is infinite or too large."""
    odd = np.abs(column.values) > LARGEST if column.kind == "number" else np.zeros(1, bool)
    if odd.any():
        row = int(np.argmax(odd))
        raise GlassnetError(
            f"column '{column.name}', row {row + 1}: {column.values[row]} is not a finite number of usable size: replace it"
        )


def _column(name: str, series: Any) -> Column:
    import narwhals.stable.v2 as nw

    dtype = series.dtype
    if dtype.is_numeric():
        numbers = np.array(series.cast(nw.Float64).to_numpy(), np.float64)
        if (
            dtype.is_integer() and np.abs(numbers[~np.isnan(numbers)]).max(initial=0) > 2**53
        ):  # a name: as numbers they would merge
            return Column(
                name, "text", _objects(None if is_missing(c) else str(c) for c in series.to_list())
            )
        return Column(name, "number", numbers)
    return column_of_cells(
        name, series.to_list(), dtype in (nw.Date, nw.Datetime), dtype == nw.Boolean, str(dtype)
    )


def column_of_cells(
    name: str, cells: list[Any], dates: bool = False, booleans: bool = False, what: str = "objects"
) -> Column:
    """A column by its cells, and where all are missing by what it could hold. Raises GlassnetError on cells of another kind."""
    seen = [cell for cell in cells if not is_missing(cell)]
    if dates or (seen and all(isinstance(cell, date) for cell in seen)):
        stamps = np.array([_naive(cell) for cell in cells], "datetime64[us]")
        days = (stamps - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
        return Column(name, "date", np.asarray(days, np.float64))
    if booleans or (seen and all(isinstance(cell, (bool, np.bool_)) for cell in seen)):
        return Column(
            name,
            "boolean",
            _objects(None if is_missing(c) else str(bool(c)).lower() for c in cells),
        )
    if all(
        isinstance(cell, (Real, Decimal)) for cell in seen
    ):  # an object column of numbers, or one of nothing
        return Column(
            name,
            "number",
            np.array([np.nan if is_missing(c) else float(c) for c in cells], np.float64),
        )
    if all(isinstance(cell, (str, Real, Decimal)) for cell in seen):
        return Column(
            name, "text", _objects(None if is_missing(c) else str(c).strip() or None for c in cells)
        )
    raise GlassnetError(
        f"column '{name}' holds {what}, which is neither numbers, text, booleans nor dates: leave it out or convert it"
    )


def _naive(cell: Any) -> Any:
    """A date or time in microseconds, in UTC where it has a zone; NaT where missing."""
    if is_missing(cell):
        return np.datetime64("NaT", "us")
    return np.datetime64(
        cell.astimezone(UTC).replace(tzinfo=None) if getattr(cell, "tzinfo", None) else cell, "us"
    )


def is_missing(cell: Any) -> bool:
    """Whether a cell of a data frame says that nothing is known: None, NaN, NA or NaT."""
    return (
        cell is None
        or (isinstance(cell, float) and cell != cell)
        or type(cell).__name__ in ("NAType", "NaTType")
    )


def _objects(cells: Iterable[str | None]) -> np.ndarray:
    items = list(cells)
    array = np.empty(len(items), object)
    array[:] = items
    return array


def texts(column: Column) -> Iterable[str | None]:
    """The cells as text, also of a column of numbers that is to be taken as categories; None where missing."""
    if column.kind in ("boolean", "text"):
        return column.values
    return [None if np.isnan(v) else number_text(v) for v in column.values]


def count_texts(column: Column) -> Counter[str]:
    """How often each cell's text stands in the column, missing ones apart."""
    return Counter(cell for cell in texts(column) if cell is not None)


def number_text(value: float) -> str:
    """A number as it would stand in a table: 3, not 3.0."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def check_almost_numbers(column: Column, otherwise: str = "") -> None:
    """Raises GlassnetError, naming the cell, on text in which nine cells in ten, and more than ten different, are numbers.

    `otherwise` ends the message: what else can be done than mend the cell.
    """
    if column.kind != "text":
        return
    cells = [(row, cell) for row, cell in enumerate(column.values, 1) if cell is not None]
    odd = [(row, cell) for row, cell in cells if not is_number(cell)]
    if odd and len(odd) <= 0.1 * len(cells) and len({cell for _, cell in cells}) > 10:
        row, cell = odd[0]
        numbers = f"{len(cells) - len(odd)} of {len(cells)} cells"
        raise GlassnetError(
            f"column '{column.name}', row {row}: '{cell}' is not a number, but {numbers} are: mend or empty it{otherwise}"
        )


def is_number(text: str) -> bool:
    """Whether a cell of text would be a number on its own."""
    try:
        float(text)
    except ValueError:
        return False
    return True
