"""The table of a file that is read some rows at a time: the same as if it were read at once.

Its columns are arrays of all rows, which may lie in files (`training/array_memory.py`); nothing
else here grows with the rows. Columns of text that are not plain numbers are gone through once
more, for their different cells; where these are too many, what the first of them say holds for all.
"""

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from glassnet.errors import GlassnetWarning, TableError
from glassnet.tables.blocks import TableBlocks
from glassnet.tables.columns import Column, Table
from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.missing import MissingRule
from glassnet.tables.formats.plain import any_code, are_whole, numbers_of_texts
from glassnet.tables.formats.reading import TRAINING, Learnt, Reading, TextColumn
from glassnet.tables.frames import chosen_columns, may_be_numbers, open_columns, settled_table

MOST_TEXTS = 100_000  # different cells of a column of text that are kept


def gather_table(
    blocks: TableBlocks,
    wanted: Container[str] | None = None,
    ignore: Collection[str] = (),
    reading: Reading = TRAINING,
) -> Table:
    """The table of a file, read some rows at a time.

    Parameters
    ----------
    blocks : TableBlocks
        The file.
    wanted, ignore, reading
        As in `as_table`.

    Returns
    -------
    Table
        As `as_table` gives it, but for columns of text with more than `MOST_TEXTS` different cells:
        they are read as the first of them say, and left out, with a notice, where these are neither
        numbers nor dates.

    Raises
    ------
    TableError
        As `as_table` does; where a target has that many texts, and where a later cell is not
        written as the first are.
    """
    found = _first_pass(blocks, wanted, ignore, reading)
    n_rows = found.n_rows
    distinct = _distinct_cells(blocks, [*found.texts, *found.as_written], n_rows)
    columns: dict[str, Column | TextColumn] = {}
    left_out: list[str] = []
    for name in found.names:
        if name in found.texts:
            columns[name] = TextColumn(name, distinct[name].cells)
        elif name in found.as_written and distinct[name].are_too_many:
            left_out.append(name)
        elif name in found.as_written:
            cells = distinct[name].cells()
            text = Column(name, "text", cells.texts(cells.distinct))
            columns[name] = replace(text, category=found.as_written[name].category)
        elif name in found.plain:
            of_text = partial(_cells_of_one, blocks, name, n_rows)
            plain = found.plain[name]
            columns[name] = TextColumn(name, of_text, plain.rows.array, plain.marks)
        else:
            cells_of = found.typed[name]
            columns[name] = replace(cells_of.first, values=cells_of.rows.array)
    table = settled_table(columns, reading, blocks.separator, blocks.notices)
    short = {name: c for name, c in table.items() if len(c.values) < n_rows}
    left_out += [name for name, column in short.items() if column.kind == "text"]
    for name in left_out:
        if name in reading.targets:
            raise TableError(
                f"target '{name}' has more than {MOST_TEXTS:,} different texts: too many to be "
                "classes",
                column=name,
            )
    written = {name: column for name, column in short.items() if name not in left_out}
    later = _read_as_written(blocks, written, n_rows) if written else {}
    kept = {name: later.get(name, c) for name, c in table.items() if name not in left_out}
    return Table(kept, (*table.notices, *map(_left_out, left_out)))


class GrowingArray:
    """An array of one number or object a row, filled as rows come."""

    def __init__(self, dtype: Any, n_rows: int | None) -> None:
        self.values: np.ndarray = np.empty(n_rows or 0, dtype)
        self.n_rows: int = 0

    def add(self, values: np.ndarray) -> None:
        """The next rows."""
        end = self.n_rows + len(values)
        if end > len(self.values):
            longer = np.empty(max(end, 2 * len(self.values)), self.values.dtype)
            longer[: self.n_rows] = self.array
            self.values = longer
        self.values[self.n_rows : end] = values
        self.n_rows = end

    @property
    def array(self) -> np.ndarray:
        """The rows that came."""
        return self.values[: self.n_rows]


@dataclass
class TypedCells:
    """A column whose type the file declares."""

    first: Column
    """Its first block, which says what it holds."""
    rows: GrowingArray


@dataclass
class PlainCells:
    """A column of text whose cells have been plain numbers so far."""

    rows: GrowingArray
    marks: set[str] = field(default_factory=set)
    are_whole: bool = True
    any_code: bool = False

    def add(self, texts: Any, values: np.ndarray, marks: set[str]) -> None:
        """The next cells, as a Polars series of strings and as numbers."""
        self.are_whole = self.are_whole and are_whole(values)
        self.any_code = self.any_code or (self.are_whole and any_code(texts))
        self.rows.add(values)
        self.marks |= marks

    @property
    def are_codes(self) -> bool:
        """Whether they are codes such as 01067, which are text."""
        return self.are_whole and self.any_code


class DistinctCells:
    """A column of text by its different cells; of too many, only its first rows."""

    def __init__(self, n_rows: int) -> None:
        self.position_of: dict[str, int] = {}
        self.rows = GrowingArray(np.intp, n_rows)
        self.are_too_many: bool = False

    def add(self, series: Any) -> None:
        """The cells of the next rows, a Polars series of strings."""
        if self.are_too_many:
            return
        cells = TextCells.of_polars(series)
        self.are_too_many = len(self.position_of.keys() | set(cells.distinct)) > MOST_TEXTS
        if self.are_too_many:
            if self.position_of:
                return
            cells = TextCells.of_polars(series.head(MOST_TEXTS))
        positions = [
            self.position_of.setdefault(text, len(self.position_of)) for text in cells.distinct
        ]
        self.rows.add(np.array([*positions, -1])[cells.index])

    def cells(self) -> TextCells:
        """Those of the rows that were kept."""
        return TextCells(list(self.position_of), self.rows.array)


@dataclass
class FirstPass:
    """What the first pass over a file finds of its columns."""

    names: Sequence[str] = ()
    n_rows: int = 0
    typed: dict[str, TypedCells] = field(default_factory=dict)
    plain: dict[str, PlainCells] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    """Columns of text that are not plain numbers, or are not to be."""
    as_written: dict[str, Column] = field(default_factory=dict)
    """Columns that are text by their type: categories, and whole numbers beyond float64."""


def _first_pass(
    blocks: TableBlocks,
    wanted: Container[str] | None,
    ignore: Collection[str],
    reading: Reading,
) -> FirstPass:
    import polars

    rule = MissingRule(reading.missing)
    found = FirstPass()
    for frame, *_ in blocks:
        names = list(chosen_columns(frame.columns, wanted, ignore))
        strings = [name for name in names if frame.schema[name] == polars.String]
        if not found.names:
            found.names = names
            for name in strings:
                if may_be_numbers(name, reading):
                    found.plain[name] = PlainCells(GrowingArray(np.float64, blocks.n_rows))
                else:
                    found.texts.append(name)
        numbers = numbers_of_texts(frame, list(found.plain), rule) if found.plain else {}
        for name, cells in list(found.plain.items()):
            if name in numbers:
                cells.add(frame[name], *numbers[name])
            else:
                del found.plain[name]
                found.texts.append(name)
        declared = [name for name in names if name not in strings]
        for name, column in open_columns(frame.select(declared)).items():
            assert isinstance(column, Column)
            if name in found.as_written or column.kind == "text":
                found.typed.pop(name, None)
                found.as_written.setdefault(name, column)
            else:
                _add_typed(found, column, blocks.n_rows)
        found.n_rows += frame.height
    for name in [name for name, cells in found.plain.items() if cells.are_codes]:
        del found.plain[name]
        found.texts.append(name)
    return found


def _add_typed(found: FirstPass, column: Column, n_rows: int | None) -> None:
    if column.name not in found.typed:
        dtype = np.float64 if column.kind in ("number", "date") else object
        found.typed[column.name] = TypedCells(column, GrowingArray(dtype, n_rows))
    values = column.values
    if column.kind == "boolean":  # each text once
        values = np.array([None, "false", "true"], object)[
            np.where(column.missing, 0, 1 + (values == "true"))
        ]
    found.typed[column.name].rows.add(values)


def _distinct_cells(
    blocks: TableBlocks, names: Sequence[str], n_rows: int
) -> dict[str, DistinctCells]:
    """Columns by their different cells, found in one pass over the file."""
    import polars

    distinct = {name: DistinctCells(n_rows) for name in names}
    if names:
        for frame, *_ in blocks:
            for name, cells in distinct.items():
                cells.add(frame[name].cast(polars.String))
    return distinct


def _cells_of_one(blocks: TableBlocks, name: str, n_rows: int) -> TextCells:
    """Plain numbers as text, which is hardly ever asked for."""
    return _distinct_cells(blocks, [name], n_rows)[name].cells()


def _read_as_written(
    blocks: TableBlocks, first: dict[str, Column], n_rows: int
) -> dict[str, Column]:
    """All rows of columns whose first rows say how they are written."""
    learnt = {name: Learnt(column.kind, column.format) for name, column in first.items()}
    rows = {name: GrowingArray(np.float64, n_rows) for name in first}
    done = 0
    for frame, *_ in blocks:
        try:
            table = settled_table(
                open_columns(frame.select(list(first)), reading=Reading(learnt=learnt)),
                Reading(learnt=learnt),
            )
        except TableError as error:
            written = "" if error.column is None else f" ({first[error.column].format})"
            raise TableError(
                f"a cell is not written as the {MOST_TEXTS:,} different ones before it{written}",
                column=error.column,
                row=None if error.row is None else error.row + done,
                remedy="write it alike, or empty it",
            ) from None
        for name, column in table.items():
            rows[name].add(column.values)
        done += frame.height
    return {name: replace(column, values=rows[name].array) for name, column in first.items()}


def _left_out(name: str) -> GlassnetWarning:
    return GlassnetWarning(
        f"column '{name}' has more than {MOST_TEXTS:,} different texts: it is left out",
        column=name,
        remedy="write it as numbers or dates, if it is some",
    )
