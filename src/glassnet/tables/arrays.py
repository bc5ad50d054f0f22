"""A plain array as the columns of a table: numbers as they are, text and objects cell by cell. Data frames are `columns.py`'s."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import Any
from warnings import warn

import numpy as np

from glassnet.errors import GlassnetWarning
from glassnet.tables.columns import Column, Columns, check_size, column_of_cells, is_missing

CELLS = (str, Real, Decimal, date, np.bool_)
"""What a cell can be, when it is not missing."""


def array_columns(x: np.ndarray, names: Sequence[str]) -> Columns:
    """The columns of an N x D array, D names. NaN and None are missing cells.

    Booleans count as 0 and 1, text as text even where it looks like a number. Warns of a cell that is an object of another kind,
    and takes it as missing. Raises GlassnetError, naming the column and row, on numbers that are infinite or beyond 1e100.
    """
    if x.dtype.kind in "fiub":
        columns = {
            name: Column(name, "number", np.asarray(x[:, i], np.float64))
            for i, name in enumerate(names)
        }
    else:
        cells = (
            x.astype("datetime64[us]").astype(object) if x.dtype.kind == "M" else x.astype(object)
        )
        columns = {
            name: column_of_cells(name, _known(name, cells[:, i])) for i, name in enumerate(names)
        }
    for column in columns.values():
        check_size(column)
    return columns


def _known(name: str, cells: np.ndarray) -> list[Any]:
    """The cells, None where one is of a kind that no column can hold, which is said."""
    known = [cell if isinstance(cell, CELLS) or is_missing(cell) else None for cell in cells]
    odd = [
        row
        for row, (cell, kept) in enumerate(zip(cells, known, strict=True))
        if kept is None and not is_missing(cell)
    ]
    if odd:
        more = f", and {len(odd) - 1} more like it" if len(odd) > 1 else ""
        warn(
            f"column '{name}', row {odd[0] + 1}: {str(cells[odd[0]])[:40]} is neither a number, text, a boolean nor a date: "
            f"it counts as missing{more}",
            GlassnetWarning,
            stacklevel=2,
        )
    return known
