"""The rows of a table as networks take them, some at a time, so that many need little memory."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table


def encoded_blocks(encoding: TableEncoding, table: Any, size: int) -> Iterable[np.ndarray]:
    """The rows of a table, encoded, at most `size` at a time.

    Parameters
    ----------
    encoding : TableEncoding
        How the columns become inputs.
    table : array, data frame, dict of columns or path
        N rows, as `Model.predict` takes them.
    size : int
        The most rows of a block.

    Returns
    -------
    iterable of arrays
        Each rows x D.

    Raises
    ------
    GlassnetError
        As `encode_array` and `encode_inputs` do; a row is named by its number in the whole table.
    """
    if isinstance(table, np.ndarray):
        if table.ndim != 2 or len(table) <= size:
            return (encoding.encode_array(table),)
        return _blocks(encoding.encode_array, table, table.__getitem__, _slices(len(table), size))
    columns = _columns_of(encoding, table)
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


def _columns_of(encoding: TableEncoding, table: Any) -> Table:
    """The columns that predicting needs, of a data frame, a dict of columns, or a file."""
    if isinstance(table, (str, Path)):
        table = read_table(table)
    return as_table(table, wanted=encoding.needed, reading=encoding.reading)
