"""A data frame of any kind, or a dict of columns, as a `Table`.

Which kind each column is, and its cells in plain form, is decided here. Plain arrays are read in
`arrays.py`, files in `read.py`.
"""

import re
from collections.abc import Callable, Collection, Container, Sequence
from datetime import UTC, date
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from glassnet.errors import TableError, unknown_name
from glassnet.tables.columns import Column, Kind, Table, check_size, is_missing
from glassnet.tables.names import text_names, with_text_names
from glassnet.tables.read import FileTable

LARGEST_WHOLE = 2**53  # from here on float64 cannot tell neighbouring whole numbers apart


def as_table(
    frame: Any,
    wanted: Container[str] | None = None,
    ignore: Collection[str] = (),
    text: Collection[str] = (),
) -> Table:
    """The plain table of a data frame.

    Parameters
    ----------
    frame : pandas, Polars or PyArrow data frame, dict of columns, or FileTable
    wanted : container of str, optional
        The columns to read; the others are not looked at. None reads all.
    ignore : collection of str
        Columns not to read.
    text : collection of str
        Columns of a text file that stay text, even where every cell looks like a number.

    Returns
    -------
    Table

    Raises
    ------
    TableError
        Naming the column and row, on numbers that are infinite or beyond 1e100, and on cells that
        are neither numbers, text, booleans nor dates.
    """
    notices = ()
    if isinstance(frame, FileTable):
        notices = frame.notices
        frame = _inferred(frame, text)
    frame = _in_narwhals(frame)
    names = [str(name) for name in frame.columns]
    for name in ignore:
        if name not in names:
            raise unknown_name("column", name, names)
    chosen = [
        name
        for name in frame.columns
        if (wanted is None or str(name) in wanted) and str(name) not in ignore
    ]
    floats = _float_columns(frame, chosen)
    columns = [
        Column(str(name), "number", floats[name])
        if name in floats
        else _column(str(name), frame[name])
        for name in chosen
    ]
    for column in columns:
        check_size(column)
    return Table(Table.of(columns).columns, notices)


def _inferred(table: FileTable, text: Collection[str]) -> Any:
    """The frame of a file with the types of its columns, as Polars finds them."""
    import polars

    frame = table.frame
    if not table.separator:
        texts = [column for column in frame.get_columns() if column.dtype == polars.String]
        return frame.with_columns(_as_dates(column) for column in texts)
    return polars.read_csv(
        frame.with_columns(polars.all().str.strip_chars())
        .write_csv(separator=table.separator)
        .encode(),
        separator=table.separator,
        new_columns=frame.columns,
        null_values=["", *MISSING],
        infer_schema_length=None,
        try_parse_dates=True,
        decimal_comma=table.separator == ";" and _has_decimal_commas(frame),
        schema_overrides={column: polars.String for column in frame.columns if column in text},
    )


MISSING = ("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "?", "-")


def _as_dates(column: Any) -> Any:
    """A column of text as dates or times where every cell is one; JSON has no dates."""
    import polars

    for convert in (column.str.to_date, column.str.to_datetime):
        try:
            return convert(strict=True)
        except polars.exceptions.PolarsError:
            continue
    return column


def _has_decimal_commas(frame: Any) -> bool:
    """Whether some numbers have a decimal comma, and none a point."""
    cells = [cell for series in frame.get_columns() for cell in series.unique() if cell]
    has_points = any(re.fullmatch(r"-?\d+\.\d+", cell) for cell in cells)
    return not has_points and any(re.fullmatch(r"-?\d+,\d+", cell) for cell in cells)


def frame_names(frame: Any) -> list[str]:
    """The names of the columns of a data frame, a dict of columns, or a FileTable."""
    return [str(name) for name in _in_narwhals(_unread(frame)).columns]


def frame_cells(frame: Any, name: str) -> list[Any]:
    """The cells of a column as the frame, dict or text file has them; None where missing."""
    frame = _in_narwhals(_unread(frame))
    (column,) = (column for column in frame.columns if str(column) == name)
    return [None if is_missing(cell) else cell for cell in frame[column].to_list()]


def _unread(frame: Any) -> Any:
    """The frame of a file, its text as it is written; others as they are."""
    return frame.frame if isinstance(frame, FileTable) else frame


def column_of_cells(
    name: str, cells: Sequence[Any], declared: Kind | None = None, what: str = "objects"
) -> Column:
    """A column by its cells.

    Parameters
    ----------
    name : str
    cells : sequence of length N
    declared : {"date", "boolean"}, optional
        The kind that the data frame declares; None: it is found from the known cells.
    what : str
        What the data frame calls the cells, for the message.

    Returns
    -------
    Column

    Raises
    ------
    TableError
        On cells that are neither numbers, text, booleans nor dates.
    """
    kind = declared or _kind_of([cell for cell in cells if not is_missing(cell)])
    if kind is None:
        raise TableError(
            f"column '{name}' holds {what}, which is neither numbers, text, booleans nor dates",
            column=name,
            remedy="leave it out or convert it",
        )
    return Column(name, kind, CELLS_OF[kind](cells))


def _in_narwhals(frame: Any) -> Any:
    import narwhals.stable.v2 as nw

    try:
        return nw.from_native(_frame_of(frame), eager_only=True)
    except TypeError:
        raise TableError(
            "a table must be a pandas, Polars or PyArrow data frame or a path, "
            f"got {type(frame).__name__}"
        ) from None


def _frame_of(table: Any) -> Any:
    """A dict becomes a data frame, a pandas frame gets columns named by text; others stay."""
    if not isinstance(table, dict):
        return with_text_names(table)
    import polars

    try:
        return polars.DataFrame(
            dict(zip(text_names(table), table.values(), strict=True)), strict=False
        )
    except (polars.exceptions.PolarsError, TypeError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise TableError(f"the columns do not make a table: {first_line}") from None


def _float_columns(frame: Any, chosen: list[Any]) -> dict[Any, np.ndarray]:
    """The cells of the columns of floats, by name: all at once, for one by one takes its time."""
    import narwhals.stable.v2 as nw

    schema = frame.schema
    names = [name for name in chosen if schema[name] in (nw.Float64, nw.Float32)]
    if not names:
        return {}
    block = np.asarray(frame.select(names).to_numpy(), np.float64)  # N x floats
    return dict(zip(names, block.T, strict=True))


def _column(name: str, series: Any) -> Column:
    import narwhals.stable.v2 as nw

    dtype = series.dtype
    if dtype.is_numeric():
        return _column_of_numbers(name, series)
    declared: Kind | None = None
    if dtype in (nw.Date, nw.Datetime):
        declared = "date"
    elif dtype == nw.Boolean:
        declared = "boolean"
    return column_of_cells(name, series.to_list(), declared, str(dtype))


def _column_of_numbers(name: str, series: Any) -> Column:
    """Numbers; or text, where whole numbers are so large that as float64 they would merge."""
    import narwhals.stable.v2 as nw

    numbers = np.array(series.cast(nw.Float64).to_numpy(), np.float64)
    if series.dtype.is_integer():
        largest = np.abs(numbers[~np.isnan(numbers)]).max(initial=0)
        if largest > LARGEST_WHOLE:
            cells = [None if is_missing(cell) else str(cell) for cell in series.to_list()]
            return Column(name, "text", _objects(cells))
    return Column(name, "number", numbers)


def _kind_of(known: list[Any]) -> Kind | None:
    """The kind of a column by its cells that are not missing; None where no kind fits."""

    def all_are(*types: type) -> bool:
        return all(isinstance(cell, types) for cell in known)

    if not known:
        return "number"
    if all_are(date):
        return "date"
    if all_are(bool, np.bool_):
        return "boolean"
    if all_are(Real, Decimal):
        return "number"
    if all_are(str, Real, Decimal):
        return "text"
    return None


def _date_cells(cells: Sequence[Any]) -> np.ndarray:
    """Days since 1970-01-01, N."""
    times = np.array([_time_in_utc(cell) for cell in cells], "datetime64[us]")
    days = (times - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
    return np.asarray(days, np.float64)


def _time_in_utc(cell: Any) -> np.datetime64:
    """A date or time in microseconds, in UTC where it has a zone; NaT where missing."""
    if is_missing(cell):
        return np.datetime64("NaT", "us")
    if getattr(cell, "tzinfo", None):
        cell = cell.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(cell, "us")


def _boolean_cells(cells: Sequence[Any]) -> np.ndarray:
    return _objects([None if is_missing(cell) else str(bool(cell)).lower() for cell in cells])


def _number_cells(cells: Sequence[Any]) -> np.ndarray:
    return np.array([np.nan if is_missing(cell) else float(cell) for cell in cells], np.float64)


def _text_cells(cells: Sequence[Any]) -> np.ndarray:
    """Text without the blanks around it; a cell of blanks alone is missing."""
    return _objects([None if is_missing(cell) else str(cell).strip() or None for cell in cells])


def _objects(cells: list[str | None]) -> np.ndarray:
    array = np.empty(len(cells), object)
    array[:] = cells
    return array


CELLS_OF: dict[Kind, Callable[[Sequence[Any]], np.ndarray]] = {
    "number": _number_cells,
    "date": _date_cells,
    "boolean": _boolean_cells,
    "text": _text_cells,
}
"""How the cells of each kind are put in plain form."""
