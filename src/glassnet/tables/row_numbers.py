"""A first column that counts or names the rows: it says nothing of them, and is no input.

pandas and R write such a column without being asked. It is told by its name and its cells together,
for a column that merely happens to count (a year, a day) is an input like any other.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from glassnet.errors import GlassnetWarning
from glassnet.tables.columns import Column, Table

NAMELESS = ("", "unnamed: 0", "column 1", "...1")
"""How a first column without a name is called: by Polars and R, pandas, glassnet, R's readr."""
ROW_NUMBERS = ("index", "level_0", "id", "row", "rows", "rowid", "row_id", "row id", "rownames")
ROW_NUMBERS += ("row.names", "row_number", "row number", "rownumber", "obs", "no", "no.", "nr", "#")
FROM_R = "X"
"""What R's read.csv calls a column without a name; "x" is a name like any other."""


def without_row_numbers(table: Table, keep: Collection[str] = ()) -> Table:
    """The table without its first column, where that counts or names the rows; a notice says so.

    It does where it is called as in `ROW_NUMBERS` and its cells are exactly 1 to N or 0 to N - 1,
    or where it has no name and no two cells are alike: text, or whole numbers that begin below N.

    Parameters
    ----------
    table : Table
    keep : collection of str
        Columns that stay: the targets, and what was named otherwise.
    """
    first, *others = table
    inputs = [name for name in others if name not in keep]
    if first in keep or not inputs or not _tells_rows_apart(table[first]):
        return table
    counts = _counts(table[first])
    notice = GlassnetWarning(
        f"the first column, '{first}', only {'numbers' if counts else 'names'} the rows, and is "
        "not an input",
        column=first,
        remedy="give it a name of its own to use it",
    )
    return replace(table.select(others), notices=(*table.notices, notice))


def _tells_rows_apart(column: Column) -> bool:
    name = column.name.strip()
    if name.lower() in NAMELESS:
        return _are_row_names(column)
    return (name == FROM_R or name.lower() in ROW_NUMBERS) and _counts(column)


def _are_row_names(column: Column) -> bool:
    """Whether no two cells are alike: text, or numbers of rows of a table that may have had more.

    Dates without a name, or years, tell something of the row.
    """
    cells, rows = column.values, len(column.values)
    if column.kind == "text":
        return rows > 2 and len(set(cells)) == rows
    if column.kind != "number" or rows < 3:
        return False
    whole = bool(np.all(cells == np.floor(cells))) and 0 <= cells.min() < rows
    return whole and len(np.unique(cells)) == rows


def _counts(column: Column) -> bool:
    """Whether the cells are exactly 1 to N, or 0 to N - 1."""
    if column.kind != "number" or len(column.values) < 3:
        return False
    start = column.values[0]
    return start in (0, 1) and bool(np.all(column.values == start + np.arange(len(column.values))))
