"""The rows of a table as networks take them, some at a time: predicting many rows so needs little memory beyond them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table


def encoded_blocks(encoding: TableEncoding, table: Any, size: int) -> Iterator[np.ndarray]:
    """The rows of a table or array, encoded, at most `size` at a time, each block rows x D.

    Raises GlassnetError as `encode_inputs` and `encode_array` do; a row is named by its number in the whole table.
    """
    if isinstance(table, np.ndarray):
        return _blocks_of_array(encoding, table, size)
    return _blocks_of_columns(encoding, _columns_of(encoding, table), size)


def _blocks_of_array(encoding: TableEncoding, x: np.ndarray, size: int) -> Iterator[np.ndarray]:
    if x.ndim != 2 or len(x) <= size:
        yield encoding.encode_array(x)
        return
    for rows in _slices(len(x), size):
        try:
            yield encoding.encode_array(x[rows])
        except GlassnetError:
            encoding.encode_array(x)  # raises it again, with the row's number in the whole table
            raise


def _blocks_of_columns(encoding: TableEncoding, columns: Table, size: int) -> Iterator[np.ndarray]:
    if columns.n_rows <= size:
        yield encoding.encode_inputs(columns)
        return
    for rows in _slices(columns.n_rows, size):
        try:
            yield encoding.encode_inputs(columns.take(rows))
        except GlassnetError:
            encoding.encode_inputs(columns)  # as above
            raise


def _slices(n: int, size: int) -> Iterator[slice]:
    return (slice(first, first + size) for first in range(0, n, size))


def _columns_of(encoding: TableEncoding, table: Any) -> Table:
    """The columns that predicting needs, of a data frame, a dict of columns, or the table in a file."""
    if isinstance(table, (str, Path)):
        table = read_table(table, text=encoding.text_columns)
    return as_table(table, wanted=encoding.needed)
