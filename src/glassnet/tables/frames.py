"""A data frame of any kind, a file's table, or a dict of columns, as a `Table`.

Which kind each column is, and its cells in plain form, is decided here; what stands in text is
read in `formats/`. Plain arrays are read in `arrays.py`, files in `read.py`.
"""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from glassnet.errors import TableError, unknown_name
from glassnet.tables.columns import Column, Kind, Table, check_size, is_missing
from glassnet.tables.files import FileTable
from glassnet.tables.forks import use_polars
from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.missing import MissingRule
from glassnet.tables.formats.plain import plain_columns, plain_text
from glassnet.tables.formats.reading import TRAINING, Reading, TextColumn
from glassnet.tables.formats.settle import read_text_columns
from glassnet.tables.times import stored_array, stored_cells, stored_series

LARGEST_WHOLE = 2**53  # from here on float64 cannot tell neighbouring whole numbers apart


def as_table(
    frame: Any,
    wanted: Container[str] | None = None,
    ignore: Collection[str] = (),
    reading: Reading = TRAINING,
    names: Sequence[str] | None = None,
) -> Table:
    """The plain table of a data frame.

    Parameters
    ----------
    frame : pandas, Polars or PyArrow data frame, dict of columns, or FileTable
    wanted : container of str, optional
        The columns to read; the others are not looked at. None reads all.
    ignore : collection of str
        Columns not to read.
    reading : Reading
        How columns of text are to be read.
    names : sequence of str, optional
        Other names for all columns, in their order.

    Returns
    -------
    Table

    Raises
    ------
    TableError
        Naming the column and row, on numbers that are infinite or beyond 1e100, on text that does
        not fit its column, and on cells that are neither numbers, text, booleans nor dates.
    """
    file = frame if isinstance(frame, FileTable) else FileTable(frame)
    if isinstance(file.frame, dict):
        source: Any = file.frame
        keys = list(source)
    else:
        source = _in_narwhals(file.frame)
        keys = source.columns
    chosen = _chosen([str(key) for key in keys] if names is None else names, wanted, ignore)
    open_columns = _dict_columns if isinstance(source, dict) else _frame_columns
    columns = open_columns(source, {name: keys[i] for name, i in chosen.items()}, reading)
    texts = [column for column in columns.values() if isinstance(column, TextColumn)]
    of_text, notices = read_text_columns(texts, reading, file.separator)
    read_columns: dict[str, Column] = {}
    for name, column in columns.items():
        read_columns[name] = of_text[name] if isinstance(column, TextColumn) else column
        check_size(read_columns[name])
    return Table(read_columns, (*file.notices, *notices))


def _chosen(
    names: Sequence[str], wanted: Container[str] | None, ignore: Collection[str]
) -> dict[str, int]:
    """Name -> number of the columns to read. Raises GlassnetError on one to ignore that is none."""
    for name in ignore:
        if name not in names:
            raise unknown_name("column", name, names)
    return {
        name: i
        for i, name in enumerate(names)
        if (wanted is None or name in wanted) and name not in ignore
    }


def check_frame(frame: Any) -> None:
    """Raises TableError where it is no data frame, or two of its columns have one name."""
    _in_narwhals(frame)


def frame_names(frame: Any) -> list[str]:
    """The names of the columns of a data frame, a dict of columns, or a FileTable."""
    source = _unread(frame)
    keys = source if isinstance(source, dict) else _in_narwhals(source).columns
    return [str(key) for key in keys]


def frame_cells(frame: Any, name: str) -> list[Any]:
    """The cells of a column as the frame, dict or text file has them; None where missing."""
    source = _unread(frame)
    if isinstance(source, dict):
        n_rows = max((_length(cells) or 1 for cells in source.values()), default=0)
        (cells,) = (cells for key, cells in source.items() if str(key) == name)
        found = [cells] * n_rows if _length(cells) is None else list(cells)
    else:
        source = _in_narwhals(source)
        (column,) = (column for column in source.columns if str(column) == name)
        found = source[column].to_list()
    return [None if is_missing(cell) else cell for cell in found]


def _unread(frame: Any) -> Any:
    """The frame of a file, its text as it is written; others as they are."""
    return frame.frame if isinstance(frame, FileTable) else frame


def column_of_cells(name: str, cells: Sequence[Any], what: str = "objects") -> Column:
    """A column by its cells; text stays text.

    Parameters
    ----------
    name : str
    cells : sequence of length N
    what : str
        What the data frame calls the cells, for the message.

    Returns
    -------
    Column

    Raises
    ------
    TableError
        On cells that are neither numbers, text, booleans, dates nor times.
    """
    known = [cell for cell in cells if not is_missing(cell)]
    if not known:
        return Column(name, "number", np.full(len(cells), np.nan))
    for types, kind, in_plain_form in CELLS_OF:
        if all(isinstance(cell, types) for cell in known):
            return Column(name, kind, in_plain_form(cells))
    raise TableError(
        f"column '{name}' holds {what}, which is neither numbers, text, booleans nor dates",
        column=name,
        remedy="leave it out or convert it",
    )


def _in_narwhals(frame: Any) -> Any:
    import narwhals.stable.v2 as nw

    try:
        table = nw.from_native(_with_text_names(frame), eager_only=True)
    except TypeError:
        raise TableError(
            "a table must be a pandas, Polars or PyArrow data frame or a path, "
            f"got {type(frame).__name__}"
        ) from None
    except nw.exceptions.DuplicateError as error:
        raise TableError(
            f"the table has two columns of one name ({error})", remedy="rename one"
        ) from None
    if table.implementation is nw.Implementation.POLARS:
        use_polars()
    return table


def _with_text_names(table: Any) -> Any:
    """A pandas frame gets columns named by text; others stay."""
    names = getattr(table, "columns", ())
    if hasattr(table, "rename") and not all(isinstance(name, str) for name in names):
        return table.rename(columns=str)
    return table


def _frame_columns(
    frame: Any, chosen: Mapping[str, Any], reading: Reading
) -> dict[str, Column | TextColumn]:
    """The columns of a data frame, by their names as text; those of text are yet to be read."""
    floats = _float_columns(frame, list(chosen.values()))
    columns: dict[str, Column | TextColumn] = {}
    for name, key in chosen.items():
        known = floats.get(key)
        columns[name] = (
            _column(name, frame[key]) if known is None else Column(name, "number", known)
        )
    _read_plain(columns, reading, frame, chosen)
    return columns


def _dict_columns(
    data: Mapping[Any, Any], chosen: Mapping[str, Any], reading: Reading
) -> dict[str, Column | TextColumn]:
    """The columns of a dict, by their names as text; those of text are yet to be read."""
    values = {name: data[key] for name, key in chosen.items()}
    lengths = {name: _length(cells) for name, cells in values.items()}
    n_rows = max((length for length in lengths.values() if length is not None), default=1)
    columns: dict[str, Column | TextColumn] = {}
    for name, cells in values.items():
        if lengths[name] not in (None, n_rows):
            longest = next(other for other, length in lengths.items() if length == n_rows)
            raise TableError(
                f"the columns do not make a table: '{name}' has {lengths[name]} cells, "
                f"'{longest}' has {n_rows}",
                column=name,
            )
        columns[name] = _column_of(name, [cells] * n_rows if lengths[name] is None else cells)
    _read_plain(columns, reading)
    return columns


def _length(cells: Any) -> int | None:
    """How many cells there are; None for one value, which stands in every row."""
    is_one = isinstance(cells, (str, bytes)) or not hasattr(cells, "__len__")
    is_one = is_one or getattr(cells, "ndim", 1) == 0
    return None if is_one else len(cells)


def _column_of(name: str, cells: Any) -> Column | TextColumn:
    """A column of a dict: an array, a series of a data frame library, or any sequence."""
    import narwhals.stable.v2 as nw

    if isinstance(cells, np.ndarray):
        return _column_of_array(name, cells)
    series: Any = nw.from_native(cells, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return _column(name, series)
    return _text_open(column_of_cells(name, list(cells), type(cells).__name__))


def _column_of_array(name: str, array: np.ndarray) -> Column | TextColumn:
    """A column of an array, N; what a mask hides is missing."""
    if array.ndim != 1:
        raise TableError(
            f"column '{name}' is an array of shape {array.shape}",
            column=name,
            remedy="give one of N cells",
        )
    masked = np.ma.getmaskarray(array)
    plain = np.ma.getdata(array)
    if plain.dtype.kind in "mM":
        return column_of_times(name, array)
    if plain.dtype.kind == "f" or (plain.dtype.kind in "iu" and not _merges(plain)):
        return Column(name, "number", np.where(masked, np.nan, plain.astype(np.float64)))
    cells = plain.astype(object)
    cells[masked] = None
    return _text_open(column_of_cells(name, list(cells), f"an array of {plain.dtype}"))


def column_of_times(name: str, array: np.ndarray) -> Column:
    """A column of datetime64 as dates, of timedelta64 as hours; what a mask hides is missing."""
    stored = stored_array(np.ma.getdata(array))
    is_date = array.dtype.kind == "M"
    values = stored.days if is_date else stored.hours
    values[np.ma.getmaskarray(array)] = np.nan
    return Column(name, "date" if is_date else "number", values)


def _text_open(column: Column) -> Column | TextColumn:
    """A column of text as one that is yet to be read; others stay."""
    if column.kind != "text":
        return column
    return TextColumn(column.name, lambda: TextCells.of(column.values.tolist()))


def _may_be_numbers(name: str, reading: Reading) -> bool:
    """Whether a column of text may hold numbers."""
    if reading.learnt is None:
        return name not in reading.categories
    return name in reading.learnt and reading.learnt[name].kind != "text"


def _read_plain(
    columns: Mapping[str, Column | TextColumn],
    reading: Reading,
    frame: Any = None,
    chosen: Mapping[str, Any] | None = None,
) -> None:
    """Read columns of text that are plain numbers as such; those of a Polars frame all at once."""
    import narwhals.stable.v2 as nw

    rule = MissingRule(reading.missing)
    texts = [column for column in columns.values() if isinstance(column, TextColumn)]
    texts = [column for column in texts if _may_be_numbers(column.name, reading)]
    if chosen is None or frame.implementation is not nw.Implementation.POLARS:
        for column in texts:
            column.plain, column.marks = plain_text(column.cells, rule)
        return
    schema = frame.schema
    strings = [c for c in texts if schema[chosen[c.name]] == nw.String]
    found = plain_columns(frame.to_native(), [chosen[c.name] for c in strings], rule)
    for column in strings:
        column.plain, column.marks = found.get(chosen[column.name], (None, set()))


def _float_columns(frame: Any, chosen: list[Any]) -> dict[Any, np.ndarray]:
    """The cells of the columns of floats, by name: all at once, for one by one takes its time."""
    import narwhals.stable.v2 as nw

    schema = frame.schema
    names = [name for name in chosen if schema[name] in (nw.Float64, nw.Float32)]
    if not names:
        return {}
    block = np.asarray(frame.select(names).to_numpy(), np.float64)  # N x floats
    return dict(zip(names, block.T, strict=True))


def _column(name: str, series: Any) -> Column | TextColumn:
    """A column of a data frame by the type that it declares."""
    import narwhals.stable.v2 as nw

    dtype = series.dtype
    if dtype.is_numeric():
        return _column_of_numbers(name, series)
    if dtype in (nw.Date, nw.Datetime):
        return Column(name, "date", stored_series(series).days)
    if dtype in (nw.Time, nw.Duration):
        return Column(name, "number", stored_series(series).hours)
    if dtype == nw.Boolean:
        return Column(name, "boolean", _boolean_cells(series.to_list()))
    if dtype in (nw.Categorical, nw.Enum):
        return replace(column_of_cells(name, series.to_list(), str(dtype)), category=True)
    if dtype == nw.String:
        return TextColumn(name, lambda: _text_cells_of(series))
    return _text_open(column_of_cells(name, series.to_list(), str(dtype)))


def _text_cells_of(series: Any) -> TextCells:
    """The distinct cells of a series of strings."""
    import narwhals.stable.v2 as nw

    if series.implementation is nw.Implementation.POLARS:
        return TextCells.of_polars(series.to_native())
    return TextCells.of(None if is_missing(cell) else str(cell) for cell in series.to_list())


def _column_of_numbers(name: str, series: Any) -> Column:
    """Numbers; or text, where whole numbers are so large that as float64 they would merge."""
    import narwhals.stable.v2 as nw

    numbers = np.array(series.cast(nw.Float64).to_numpy(), np.float64)
    if series.dtype.is_integer() and _merges(numbers[~np.isnan(numbers)]):
        cells = [None if is_missing(cell) else str(cell) for cell in series.to_list()]
        return Column(name, "text", _objects(cells))
    return Column(name, "number", numbers)


def _merges(whole: np.ndarray) -> bool:
    """Whether whole numbers are so large that as float64 neighbours would be one."""
    return (
        bool(len(whole)) and max(abs(float(whole.max())), abs(float(whole.min()))) > LARGEST_WHOLE
    )


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


CellsOf = tuple[tuple[type, ...], Kind, Callable[[Sequence[Any]], np.ndarray]]

CELLS_OF: tuple[CellsOf, ...] = (
    ((date, np.datetime64), "date", lambda cells: stored_cells(cells).days),
    ((time, timedelta, np.timedelta64), "number", lambda cells: stored_cells(cells).hours),
    ((bool, np.bool_), "boolean", _boolean_cells),
    ((Real, Decimal), "number", _number_cells),
    ((str, Real, Decimal), "text", _text_cells),
)
"""What cells can be when none is of another type, and how they are put in plain form."""
