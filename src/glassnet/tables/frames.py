"""A data frame of any kind, a file's table, or a dict of columns, as a `Table`.

Which kind each column is, and its cells in plain form, is decided here; what stands in text is
read in `formats/`. Plain arrays are read in `arrays.py`, files in `read.py`.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

import numpy as np

from glassnet.errors import GlassnetWarning, TableError, unknown_name
from glassnet.tables.columns import Column, Table, check_size, is_missing
from glassnet.tables.files import FileTable
from glassnet.tables.forks import use_polars
from glassnet.tables.formats.missing import MissingRule
from glassnet.tables.formats.plain import plain_columns, plain_text
from glassnet.tables.formats.reading import TRAINING, Reading, TextColumn
from glassnet.tables.formats.settle import read_text_columns
from glassnet.tables.names import text_names, with_text_names
from glassnet.tables.series import column_of_any, column_of_series


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
    columns = open_columns(file.frame, wanted, ignore, reading, names)
    return settled_table(columns, reading, file.separator, file.notices)


def open_columns(
    frame: Any,
    wanted: Container[str] | None = None,
    ignore: Collection[str] = (),
    reading: Reading = TRAINING,
    names: Sequence[str] | None = None,
) -> dict[str, Column | TextColumn]:
    """The columns of a data frame or dict, of which those of text are yet to be read.

    Columns of text that are plain numbers are known as such. The parameters are those of
    `as_table`.
    """
    if isinstance(frame, dict):
        source: Any = frame
        keys = list(source)
    else:
        source = _in_narwhals(frame)
        keys = source.columns
    chosen = chosen_columns(text_names(keys) if names is None else names, wanted, ignore)
    open_them = _dict_columns if isinstance(source, dict) else _frame_columns
    return open_them(source, {name: keys[i] for name, i in chosen.items()}, reading)


def settled_table(
    columns: Mapping[str, Column | TextColumn],
    reading: Reading,
    separator: str = "",
    notices: Sequence[GlassnetWarning] = (),
) -> Table:
    """The table of columns, once it is settled what those of text hold.

    Raises TableError as `as_table` does.
    """
    texts = [column for column in columns.values() if isinstance(column, TextColumn)]
    of_text, more = read_text_columns(texts, reading, separator)
    read_columns: dict[str, Column] = {}
    for name, column in columns.items():
        read_columns[name] = of_text[name] if isinstance(column, TextColumn) else column
        check_size(read_columns[name])
    return Table(read_columns, (*notices, *more))


def chosen_columns(
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
    return text_names(source if isinstance(source, dict) else _in_narwhals(source).columns)


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


def _in_narwhals(frame: Any) -> Any:
    import narwhals.stable.v2 as nw

    try:
        table = nw.from_native(with_text_names(frame), eager_only=True)
    except TypeError:
        raise TableError(
            "a table must be a pandas, Polars or PyArrow data frame, a dict of columns or a path, "
            f"got {type(frame).__name__}"
        ) from None
    if table.implementation is nw.Implementation.POLARS:
        use_polars()
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
            column_of_series(name, frame[key]) if known is None else Column(name, "number", known)
        )
    _read_plain(columns, reading, frame, chosen)
    return columns


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
    texts = [column for column in texts if may_be_numbers(column.name, reading)]
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
        columns[name] = column_of_any(name, [cells] * n_rows if lengths[name] is None else cells)
    _read_plain(columns, reading)
    return columns


def _length(cells: Any) -> int | None:
    """How many cells there are; None for one value, which stands in every row."""
    is_one = isinstance(cells, (str, bytes)) or not hasattr(cells, "__len__")
    is_one = is_one or getattr(cells, "ndim", 1) == 0
    return None if is_one else len(cells)


def may_be_numbers(name: str, reading: Reading) -> bool:
    """Whether a column of text may hold numbers."""
    if reading.learnt is None:
        return name not in reading.categories
    return name in reading.learnt and reading.learnt[name].kind != "text"
