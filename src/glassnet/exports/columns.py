"""The columns that a model reads of a row, and their cells as a program gets them."""

from collections.abc import Mapping, Sequence

import numpy as np

from glassnet.tables.columns import Column, Kind
from glassnet.tables.inputs import Binary, Categories, Number

UsedColumn = Number | Binary | Categories

Cell = float | str | bool | None
"""A cell as a program gets it: a date as it is written, None where it is missing."""


def cell_kind(column: UsedColumn) -> Kind:
    """What a cell of the column is, before it is encoded."""
    if isinstance(column, Number):
        return "date" if column.date else "number"
    return column.cells


def levels_of(column: Binary | Categories) -> list[float | str]:
    """The categories as cells are compared with them: numbers where the cells are numbers."""
    return list(map(float, column.levels)) if column.cells == "number" else list(column.levels)


def cell_number(column: UsedColumn, cell: Cell) -> float:
    """A number, or the days from 1970-01-01 to a date; NaN where the cell is missing."""
    if cell is None:
        return np.nan
    if isinstance(column, Number) and isinstance(cell, str):
        return float(column.date_format.read([cell])[0])
    return float(cell)


def table_column(column: UsedColumn, cells: Sequence[Cell]) -> Column:
    """Cells as the column of a table."""
    if isinstance(column, Number) or column.cells == "number":
        numbers = np.array([cell_number(column, cell) for cell in cells], float)
        return Column(column.name, cell_kind(column), numbers)
    texts = [str(cell).lower() if isinstance(cell, bool) else cell for cell in cells]
    return Column(column.name, column.cells, np.array(texts, object))


def columns_of_rows(rows: Sequence[Mapping[str, Cell]]) -> dict[str, list[Cell]]:
    """The cells of rows that have the same columns, column by column."""
    return {name: [row[name] for row in rows] for name in rows[0]}
