"""Cells of any Python or NumPy kind as a column in plain form, by what all of them are.

Text stays text here; what stands in it is read in `formats/`.
"""

import math
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from glassnet.errors import TableError
from glassnet.tables.columns import Column, Kind, is_missing
from glassnet.tables.times import stored_array, stored_cells

LARGEST_WHOLE = 2**53  # from here on float64 cannot tell neighbouring whole numbers apart


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


def column_of_times(name: str, array: np.ndarray) -> Column:
    """A column of datetime64 as dates, of timedelta64 as hours; what a mask hides is missing."""
    stored = stored_array(np.ma.getdata(array))
    is_date = array.dtype.kind == "M"
    values = stored.days if is_date else stored.hours
    values[np.ma.getmaskarray(array)] = np.nan
    return Column(name, "date" if is_date else "number", values)


def merges(whole: np.ndarray) -> bool:
    """Whether whole numbers are so large that as float64 neighbours would be one."""
    return (
        bool(len(whole)) and max(abs(float(whole.max())), abs(float(whole.min()))) > LARGEST_WHOLE
    )


def boolean_cells(cells: Sequence[Any]) -> np.ndarray:
    return as_objects([None if is_missing(cell) else str(bool(cell)).lower() for cell in cells])


def _number_cells(cells: Sequence[Any]) -> np.ndarray:
    return np.array([np.nan if is_missing(cell) else _as_float(cell) for cell in cells], np.float64)


def _as_float(number: Any) -> float:
    """A number as float64; infinite, which is refused, where it is beyond that."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _text_cells(cells: Sequence[Any]) -> np.ndarray:
    """Text without the blanks around it; a cell of blanks alone is missing."""
    return as_objects([None if is_missing(cell) else str(cell).strip() or None for cell in cells])


def as_objects(cells: list[str | None]) -> np.ndarray:
    array = np.empty(len(cells), object)
    array[:] = cells
    return array


CellsOf = tuple[tuple[type, ...], Kind, Callable[[Sequence[Any]], np.ndarray]]

CELLS_OF: tuple[CellsOf, ...] = (
    ((date, np.datetime64), "date", lambda cells: stored_cells(cells).days),
    ((time, timedelta, np.timedelta64), "number", lambda cells: stored_cells(cells).hours),
    ((bool, np.bool_), "boolean", boolean_cells),
    ((Real, Decimal), "number", _number_cells),
    ((str, Real, Decimal), "text", _text_cells),
)
"""What cells can be when none is of another type, and how they are put in plain form."""
