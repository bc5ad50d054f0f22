"""The rows of a table as networks take them, some at a time, so that many need little memory."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, GlassnetWarning, Message, OptionRef, TableError, warn_of
from glassnet.models.notices import notices_of_array, notices_of_rows
from glassnet.tables.arrays import array_of_rows
from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table
from glassnet.tables.inputs import Number
from glassnet.tables.read import read_table


def encoded_blocks(
    encoding: TableEncoding, table: Any, size: int, missing_columns: bool = False
) -> Iterable[np.ndarray]:
    """The rows of a table, encoded, at most `size` at a time.

    Parameters
    ----------
    encoding : TableEncoding
        How the columns become inputs.
    table : Table, array, list of rows, data frame, dict of columns or path
        N rows, as `Model.predict` takes them.
    size : int
        The most rows of a block.
    missing_columns : bool
        Whether a column that the table lacks counts as missing in every row, with a warning.

    Returns
    -------
    iterable of arrays
        Each rows x D.

    Raises
    ------
    GlassnetError
        As `encode_array` and `encode_inputs` do, a row named by its number in the whole table; and
        where the table lacks a column.
    """
    if type(table) in (list, tuple):  # a FileTable is a named tuple
        table = array_of_rows(table)
    if isinstance(table, np.ndarray):
        if table.ndim != 2 or len(table) <= size:
            encoded = encoding.encode_array(table)
            warn_of(notices_of_array(encoding, table))
            return (encoded,)
        encoding.encode_array(table[:1])  # which refuses what is not such an array
        warn_of(notices_of_array(encoding, table))
        return _blocks(encoding.encode_array, table, table.__getitem__, _slices(len(table), size))
    columns = _columns_of(encoding, table, missing_columns)
    if columns.n_rows <= size:
        return (encoding.encode_inputs(columns),)
    return _blocks(encoding.encode_inputs, columns, columns.take, _slices(columns.n_rows, size))


def _blocks(
    encode: Callable[[Any], np.ndarray],
    whole: Any,
    take: Callable[[slice], Any],
    blocks: Iterable[slice],
) -> Iterator[np.ndarray]:
    for rows in blocks:
        try:
            yield encode(take(rows))
        except GlassnetError:
            encode(whole)  # raises it again, with the number of the row in the whole table
            raise


def _slices(n: int, size: int) -> Iterator[slice]:
    return (slice(first, first + size) for first in range(0, n, size))


def _columns_of(encoding: TableEncoding, table: Any, missing_columns: bool) -> Table:
    """The columns that predicting needs, of a data frame, a dict of columns, or a file."""
    if isinstance(table, Table):
        return table
    if isinstance(table, (str, Path)):
        table = read_table(table)
    columns = as_table(table, wanted=encoding.needed, reading=encoding.reading)
    warn_of([*columns.notices, *notices_of_rows(encoding, columns)])
    return with_missing_columns(encoding, columns, missing_columns)


def with_missing_columns(
    encoding: TableEncoding, columns: Table, missing_columns: bool | None
) -> Table:
    """A table with every column that predicting needs.

    Those that are not there are missing in every row, with a warning, where that was asked for;
    else TableError names them. None: there is no option to ask with.
    """
    columns, notices = filled_up(encoding, columns, missing_columns)
    warn_of(notices)
    return columns


def filled_up(
    encoding: TableEncoding, columns: Table, missing_columns: bool | None
) -> tuple[Table, list[GlassnetWarning]]:
    """The same table, and the warning apart; none where no column lacks."""
    lacking = [name for name in encoding.needed if name not in columns]
    if not lacking:
        return columns, []
    if not columns:
        raise TableError(
            f"the table has none of the columns that the model needs: {', '.join(lacking)}",
            column=lacking[0],
        )
    if not missing_columns:
        raise TableError(
            f"the table lacks {_columns_text(lacking)}, which the model needs",
            column=lacking[0],
            remedy=_remedy_for_missing(missing_columns is not None),
        )
    empty = [_missing_column(encoding, name, columns.n_rows) for name in lacking]
    text = f"the table lacks {_columns_text(lacking)}: missing in every row"
    notice = GlassnetWarning(text, column=lacking[0])
    return Table.of([*columns.values(), *empty]), [notice]


def _remedy_for_missing(has_option: bool) -> Message:
    if not has_option:
        return "add what is not there, with empty cells if it is not known"
    option = OptionRef("missing_columns", True)
    return ["add what is not there, or give ", option, " to take it as missing"]


def _columns_text(names: list[str]) -> str:
    quoted = ", ".join(f"'{name}'" for name in names)
    return f"the column {quoted}" if len(names) == 1 else f"{len(names)} columns, {quoted}"


def _missing_column(encoding: TableEncoding, name: str, n_rows: int) -> Column:
    """A column of missing cells, of the kind that the encoding takes."""
    known = next(column for column in encoding.inputs if column.name == name)
    if isinstance(known, Number):
        kind = "date" if known.date else "number"
        return Column(name, kind, np.full(n_rows, np.nan))
    return Column(name, "text", np.full(n_rows, None, object))
