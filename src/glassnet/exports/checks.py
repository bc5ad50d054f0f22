"""Rows with what the model predicts of them: by these a file proves itself where it arrives."""

import warnings
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from glassnet.errors import GlassnetWarning
from glassnet.models.model import Model
from glassnet.tables.columns import Column, Table
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.inputs import Binary, Categories, Number

N_CHECKS = 8
UNKNOWN_CATEGORY = "(no known category)"

Cell = float | str | bool | None
"""A cell as a program gets it: a date as it is written, None where it is missing."""


class CheckedRow(NamedTuple):
    """A row, and what the model predicts of it."""

    row: dict[str, Cell]
    predicted: dict[str, Cell]


def checks_of(
    model: Model,
    columns: Sequence[Number | Binary | Categories],
    interval: float | None,
    label_set: float | None,
) -> tuple[CheckedRow, ...]:
    """Made-up rows: the first in the middle of what was trained on, the others further out.

    Every column takes turns among numbers low and high, its categories, cells that are missing and
    categories that are not known.
    """
    parts = {column.name: _cells(column, turn) for turn, column in enumerate(columns)}
    table = Table.of(_column(column, parts[column.name]) for column in columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlassnetWarning)
        found = model.predict_columns(table, interval=interval, label_set=label_set)
    rows = [dict(zip(parts, cells, strict=True)) for cells in zip(*parts.values(), strict=True)]
    shown = {column.name: column for column in columns}
    return tuple(
        CheckedRow(
            {name: _as_given(shown[name], cell) for name, cell in row.items()},
            {name: cells[number] for name, cells in found.items()},
        )
        for number, row in enumerate(rows)
    )


def columns_of_rows(rows: Sequence[Mapping[str, Cell]]) -> dict[str, list[Cell]]:
    """The cells of rows that have the same columns, column by column."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def _cells(column: Number | Binary | Categories, turn: int) -> list[Cell]:
    """N_CHECKS cells of a column, the first a known one; numbers and dates as numbers."""
    choices = _numbers(column) if isinstance(column, Number) else _levels(column)
    known, others = choices[0], [*choices[1:], choices[0]]
    return [known, *(others[(turn + row) % len(others)] for row in range(N_CHECKS - 1))]


def _numbers(column: Number) -> list[Cell]:
    middle, scale = column.center, column.scale
    numbers = [middle, middle + 0.37 * scale, None, middle - 1.5 * scale, middle + 4 * scale]
    numbers += column.bin_edges[1:2]
    if column.date:
        return [None if day is None else _written_day(column, day) for day in numbers]
    return list(numbers)


def _written_day(column: Number, day: float) -> float:
    """The day that stands in a cell of the column, which may hold months or years of two digits."""
    known = column.format if isinstance(column.format, DateFormat) else DateFormat("yyyy-mm-dd")
    return float(known.read([column.written(round(day))])[0])


def _levels(column: Binary | Categories) -> list[Cell]:
    if column.cells == "text":
        return [*column.levels, None, UNKNOWN_CATEGORY]
    if column.cells == "boolean":
        return [*(level == "true" for level in column.levels), None]
    return [*map(float, column.levels), None, 1 + max(map(float, column.levels))]


def _column(column: Number | Binary | Categories, cells: Sequence[Cell]) -> Column:
    if isinstance(column, Number):
        numbers = [np.nan if cell is None else cell for cell in cells]
        return Column(column.name, "date" if column.date else "number", np.array(numbers, float))
    if column.cells == "number":
        numbers = [np.nan if cell is None else cell for cell in cells]
        return Column(column.name, "number", np.array(numbers, float))
    texts = [str(cell).lower() if isinstance(cell, bool) else cell for cell in cells]
    return Column(column.name, column.cells, np.array(texts, object))


def _as_given(column: Number | Binary | Categories, cell: Cell) -> Cell:
    """A cell as a program gets it."""
    if isinstance(column, Number) and column.date and isinstance(cell, float):
        return column.written(cell)
    return cell
