"""A table in plain form: its columns, their cells, and how a cell is written as text.

Numbers with NaN, or text with None, where a cell is missing. Data frames become such a table in
`frames.py`, arrays in `arrays.py`; how text was written is `formats/`; what a column means to a
network is decided elsewhere (`inputs.py`, `targets.py`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any, Literal

import numpy as np

from glassnet.errors import GlassnetWarning, OptionRef, TableError
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.numbers import PLAIN

Kind = Literal["number", "date", "boolean", "text"]
LARGEST = 1e100  # what is larger could not be squared and added up


@dataclass(frozen=True)
class Column:
    """One column of N cells.

    Numbers and dates (days since 1970-01-01) are float64 with NaN where missing; booleans ("true",
    "false") and text are object arrays of str with None where missing.
    """

    name: str
    kind: Kind
    values: np.ndarray
    format: Format | None = None
    """How its cells were written, where they were text that was read as something else."""
    category: bool = False
    """Whether the data frame declares its cells to be categories, whatever they are."""

    @property
    def missing(self) -> np.ndarray:
        """N booleans: where a cell is missing."""
        if self.kind in ("number", "date"):
            return np.isnan(self.values)
        return self.values == None  # noqa: E711 (elementwise)

    def take(self, rows: np.ndarray | slice) -> "Column":
        """The column with only these rows, by number from 0."""
        return replace(self, values=self.values[rows])


@dataclass(frozen=True, eq=False)
class Table(Mapping[str, Column]):
    """The columns of a table by name, in order; each has the same N cells.

    It reads like a dict of columns: ``table["age"]``, ``"age" in table``, ``table.items()``;
    ``len(table)`` is the number of columns, `n_rows` the number of rows.

    >>> table = Table.of([Column("age", "number", np.array([22.0, 38.0, 26.0]))])
    >>> table.n_rows, list(table), table.take([0, 2])["age"].values.tolist()
    (3, ['age'], [22.0, 26.0])
    """

    columns: dict[str, Column]
    notices: tuple[GlassnetWarning, ...] = ()
    """What was found while the table was read, and should be said."""

    @classmethod
    def of(cls, columns: Iterable[Column]) -> "Table":
        """The table of these columns, each under its own name."""
        return cls({column.name: column for column in columns})

    @property
    def n_rows(self) -> int:
        """N, the number of rows; 0 for a table without columns."""
        for column in self.columns.values():
            return len(column.values)
        return 0

    def take(self, rows: Any) -> "Table":
        """The table with only these rows, by number from 0, or with those of a slice."""
        chosen = rows if isinstance(rows, slice) else np.asarray(rows)
        columns = {name: column.take(chosen) for name, column in self.columns.items()}
        return Table(columns, self.notices)

    def select(self, names: Iterable[str]) -> "Table":
        """The table with only these columns, in this order."""
        return Table({name: self.columns[name] for name in names}, self.notices)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


def is_missing(cell: Any) -> bool:
    """Whether a cell of a data frame says that nothing is known: None, NaN, NA or NaT."""
    if isinstance(cell, str):  # as most are
        return False
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(cell, float) and cell != cell


def texts(column: Column) -> np.ndarray:
    """The cells as text, N, numbers written as `number_text` does; None where missing."""
    if column.kind in ("boolean", "text"):
        return column.values
    different, number = np.unique(column.values, return_inverse=True)
    written = [None if np.isnan(value) else number_text(value) for value in different]
    return np.array(written, object)[number]


def level_numbers(column: Column, levels: Sequence[str]) -> np.ndarray:
    """The number of each cell's text among the levels, from 0; their count where it is none."""
    cells = texts(column)
    number = {level: i for i, level in enumerate(levels)}
    found = map(number.get, cells, repeat(len(levels)))  # without a loop of Python's
    return np.fromiter(found, np.intp, len(cells))


def count_texts(column: Column) -> Counter[str]:
    """How often each text stands in the column; missing cells are not counted."""
    if column.kind in ("boolean", "text"):
        counts = Counter(column.values)
        del counts[None]
        return counts
    different, counted = np.unique(column.values[~column.missing], return_counts=True)
    return Counter(dict(zip(map(number_text, different), counted.tolist(), strict=True)))


def count_cells(column: Column) -> np.ndarray:
    """How often each different cell stands in the column, one number a cell; missing ones are none.

    Of numbers it needs no text, as `count_texts` does.
    """
    if column.kind in ("boolean", "text"):
        return np.array(list(count_texts(column).values()), int)
    return np.unique(column.values[~column.missing], return_counts=True)[1]


def number_text(value: float) -> str:
    """A number as it would stand in a table: 3, not 3.0."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value))


def is_number(text: str) -> bool:
    """Whether a cell of text would be a number by itself."""
    return PLAIN.fullmatch(text) is not None


def is_name(n_different: int, n_known: int) -> bool:
    """Whether texts hardly repeat, which makes them names rather than categories."""
    return n_different > 2 and n_different > 0.5 * n_known


def check_size(column: Column) -> None:
    """Raises TableError, naming the row, on a number that is infinite or beyond 1e100."""
    if column.kind != "number":
        return
    too_large = np.abs(column.values) > LARGEST
    if too_large.any():
        row = int(np.argmax(too_large))
        raise TableError(
            f"{column.values[row]} is not a finite number of usable size",
            column=column.name,
            row=row + 1,
            remedy="replace it",
        )


def check_almost_numbers(column: Column, options: Sequence[str] = ()) -> None:
    """Raises TableError, naming the cell, on text that is meant to be numbers.

    That is text in which nine cells in ten, and more than ten different ones, are numbers.
    `options` are those that could name the column in place of mending the cell.
    """
    if column.kind != "text":
        return
    counts = count_texts(column)
    others = {cell: count for cell, count in counts.items() if not is_number(cell)}
    numbers = counts.total() - sum(others.values())
    if others and numbers >= 0.9 * counts.total() and len(counts) > 10:
        row, cell = next((row, c) for row, c in enumerate(column.values, 1) if c in others)
        remedy: list[str | OptionRef] = ["mend or empty it"]
        for joint, option in zip((", or give ", " or "), options, strict=False):
            remedy += [joint, OptionRef(option, [column.name])]
        raise TableError(
            f"'{cell}' is not a number, but {numbers} of {counts.total()} cells are",
            column=column.name,
            row=row,
            remedy=remedy,
        )
