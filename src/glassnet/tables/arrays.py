"""A plain array as a `Table`: numbers as they are, text and objects cell by cell.

Data frames are read in `frames.py`.
"""

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any
from warnings import warn

import numpy as np

from glassnet.errors import GlassnetWarning, TableError
from glassnet.tables.columns import Column, Table, check_size, is_missing
from glassnet.tables.plain_cells import column_of_cells, column_of_times

CELLS = (str, Real, Decimal, date, time, timedelta, np.bool_, np.datetime64)
"""What a cell can be, when it is not missing."""


def table_of_array(x: np.ndarray, names: Sequence[str]) -> Table:
    """The columns of an array. NaN, None and what a mask hides are missing cells.

    Booleans count as 0 and 1, text as text even where it looks like a number; durations are hours.
    Warns of a cell that is an object of another kind, and takes it as missing.

    Parameters
    ----------
    x : array of shape (N, D)
    names : sequence of str
        D of them.

    Returns
    -------
    Table

    Raises
    ------
    TableError
        Naming the column and row, on numbers that are infinite or beyond 1e100, and on an array
        of complex numbers.
    """
    masked = np.ma.getmaskarray(x)
    plain = np.ma.getdata(x)
    if plain.dtype.kind == "c":
        raise TableError(f"an array of {plain.dtype}", remedy="give real numbers")
    if plain.dtype.kind in "fiub":
        numbers = np.where(masked, np.nan, plain) if masked.any() else plain
        columns = [
            Column(name, "number", np.asarray(numbers[:, i], np.float64))
            for i, name in enumerate(names)
        ]
    elif plain.dtype.kind in "mM":
        columns = [column_of_times(name, x[:, i]) for i, name in enumerate(names)]
    else:
        cells = plain.astype(object)
        cells[masked] = None
        columns = [
            column_of_cells(name, _known_cells(name, cells[:, i])) for i, name in enumerate(names)
        ]
    for column in columns:
        check_size(column)
    return Table.of(columns)


def array_of_rows(rows: Sequence[Any]) -> np.ndarray:
    """A list of rows of numbers as an array; None is NaN.

    Raises TableError on rows of different lengths, and on what is no number.
    """
    try:
        return np.asarray(rows, np.float64)
    except (TypeError, ValueError):
        raise TableError(
            "a list must hold rows of numbers, all of one length",
            remedy="give an array, a data frame, a dict of columns or a path",
        ) from None


def _known_cells(name: str, cells: np.ndarray) -> list[Any]:
    """The cells, with None (and a warning) where one is of a kind that no column can hold."""
    strange = [
        row
        for row, cell in enumerate(cells)
        if not isinstance(cell, CELLS) and not is_missing(cell)
    ]
    if not strange:
        return list(cells)
    more = f", and {len(strange) - 1} more like it" if len(strange) > 1 else ""
    row = strange[0]
    warning = GlassnetWarning(
        f"{str(cells[row])[:40]} is neither a number, text, a boolean nor a date: "
        f"it counts as missing{more}",
        column=name,
        row=row + 1,
    )
    warn(warning, stacklevel=2)
    known = list(cells)
    for row in strange:
        known[row] = None
    return known
