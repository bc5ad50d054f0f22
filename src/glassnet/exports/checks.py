"""Rows with what the model predicts of them: by these a file proves itself where it arrives."""

import warnings
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from glassnet.errors import GlassnetWarning
from glassnet.exports.columns import Cell, UsedColumn, cell_number, table_column
from glassnet.models.model import Model
from glassnet.tables.columns import LARGEST, Table
from glassnet.tables.inputs import Binary, Categories, Number

N_CHECKS = 8
UNKNOWN_CATEGORY = "(no known category)"
DAYS = tuple((day - date(1970, 1, 1)).days for day in (date.min, date.max))
"""The first and last day that dates can be written of, of the years 1 and 9999."""


class CheckedRow(NamedTuple):
    """A row, and what the model predicts of it."""

    row: dict[str, Cell]
    predicted: dict[str, Cell]


def checks_of(
    model: Model,
    columns: Sequence[UsedColumn],
    interval: float | None,
    label_set: float | None,
) -> tuple[CheckedRow, ...]:
    """Made-up rows: the first in the middle of what was trained on, the others further out.

    Every column takes turns among numbers low and high, its categories, cells that are missing and
    categories that are not known.
    """
    parts = {column.name: _cells(column, turn) for turn, column in enumerate(columns)}
    table = Table.of(table_column(column, parts[column.name]) for column in columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlassnetWarning)
        found = model.predict_columns(table, interval=interval, label_set=label_set)
    rows = [dict(zip(parts, cells, strict=True)) for cells in zip(*parts.values(), strict=True)]
    by_name = {column.name: column for column in columns}
    return tuple(
        CheckedRow(
            {name: _as_given(by_name[name], cell) for name, cell in row.items()},
            {name: cells[number] for name, cells in found.items()},
        )
        for number, row in enumerate(rows)
    )


def _cells(column: UsedColumn, turn: int) -> list[Cell]:
    """N_CHECKS cells of a column, the first a known one; numbers and dates as numbers.

    `turn` is the column's number: what stands in the second row, so that columns differ.
    """
    choices = _numbers(column) if isinstance(column, Number) else _levels(column)
    known, others = choices[0], [*choices[1:], choices[0]]
    return [known, *(others[(turn + row) % len(others)] for row in range(N_CHECKS - 1))]


def _numbers(column: Number) -> list[Cell]:
    steps = [0, 0.37, None, -1.5, 4.0, -0.6, 1.2]  # from the middle, in scales; None: missing
    numbers = [None if step is None else column.center + step * column.scale for step in steps]
    numbers += column.bin_edges[1:2]
    low, high = DAYS if column.date else (-LARGEST, LARGEST)
    cells = [None if number is None else min(max(number, low), high) for number in numbers]
    if column.date:
        return [None if day is None else _written_day(column, day) for day in cells]
    return list(cells)


def _written_day(column: Number, day: float) -> float:
    """The day that stands in a cell of the column, which may hold months or years of two digits."""
    return cell_number(column, column.written(round(day)))


def _levels(column: Binary | Categories) -> list[Cell]:
    if column.cells == "text":
        return [*column.levels, None, UNKNOWN_CATEGORY]
    if column.cells == "boolean":
        return [*(level == "true" for level in column.levels), None]
    numbers = list(map(float, column.levels))
    return [*numbers, None, 1 + max(numbers)]


def _as_given(column: UsedColumn, cell: Cell) -> Cell:
    """A cell as a program gets it."""
    if isinstance(column, Number) and column.date and isinstance(cell, float):
        return column.written(cell)
    return cell
