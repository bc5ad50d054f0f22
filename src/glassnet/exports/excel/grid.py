"""A sheet of columns: in each one formula, the same in every row, and its constants above it.

Text of the data stands in cells of text only, never in a formula.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from glassnet.errors import GlassnetError, shown

HEADER = 7  # the row of the columns' names; their constants are above it
FIRST_ROW = 8  # of the rows that are predicted, on every sheet
SHEET_COLUMNS = 16_384  # of a sheet
LONGEST_TEXT = 32_767  # characters of a cell
NO_CELL_TEXT = re.compile(r"[\ud800-\udfff\ufffe\uffff]")  # what no XML can hold
ESCAPED_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9a-fA-F]{4}_)")  # in a file's cells

CellValue = float | str | bool | None
"""What stands in a cell; None: nothing."""


def column_letters(number: int) -> str:
    """The letters of a column, from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16_383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


@dataclass(frozen=True)
class GridColumn:
    """A column of a grid.

    Parameters
    ----------
    grid : Grid
    number : int
        Which one it is on its sheet, from 0.
    name : str
        Its header.
    formula : str
        That of its cells, without the "="; "{row}" stands for the row's number. "": typed in.
    values : sequence of float, str, bool or None
        What the cells hold: as typed, or what the formula gives.
    constants : dict
        What stands above the header, by the label of its row.
    style : str
        How its cells look: a key of `STYLES`.
    """

    grid: "Grid"
    number: int
    name: str
    formula: str
    values: Sequence[CellValue]
    constants: Mapping[str, CellValue]
    style: str

    @property
    def letters(self) -> str:
        """The column on its sheet."""
        return column_letters(self.number)

    def cell(self, grid: "Grid") -> str:
        """Its cell in the row, as a formula of that grid names it."""
        return f"{self.grid.prefix(grid)}{self.letters}{{row}}"

    def to(self, last: "GridColumn", grid: "Grid") -> str:
        """The cells of the row from this column to another."""
        return f"{self.grid.prefix(grid)}${self.letters}{{row}}:${last.letters}{{row}}"

    def constant(self, label: str) -> str:
        """The constant of that label, as a formula of the same grid names it."""
        return f"{self.letters}${self.grid.row_of(label)}"

    def constants_to(self, last: "GridColumn", label: str) -> str:
        """The constants of that label from this column to another."""
        row = self.grid.row_of(label)
        return f"${self.letters}${row}:${last.letters}${row}"


@dataclass
class Grid:
    """A sheet of columns, all with the same rows.

    Parameters
    ----------
    name : str
        The sheet's; plain letters, digits and blanks.
    title : str
        What the sheet does, in its first row.
    labels : tuple of str
        Of the rows of constants, from the second row on.
    first : int
        The first column; those before it tell the row.
    columns : list of GridColumn
    """

    name: str
    title: str
    labels: tuple[str, ...] = ()
    first: int = 1
    columns: list[GridColumn] = field(default_factory=list)

    def prefix(self, asking: "Grid") -> str:
        """What stands before a cell of this sheet in a formula of another."""
        return "" if asking is self else f"'{self.name}'!"

    def row_of(self, label: str) -> int:
        """The row of the constants of that label."""
        return 2 + self.labels.index(label)

    def next_constant(self, label: str) -> str:
        """The constant of that label above the column that is added next."""
        letters = column_letters(self.first + len(self.columns))
        return f"{letters}${self.row_of(label)}"

    def add(
        self,
        name: str,
        formula: str,
        values: Iterable[Any],
        constants: Mapping[str, CellValue] | None = None,
        style: str = "computed",
    ) -> GridColumn:
        """A new column on the right. Raises GlassnetError where the sheet is full."""
        number = self.first + len(self.columns)
        if number >= SHEET_COLUMNS:
            raise GlassnetError(
                f"the sheet '{self.name}' would need more than {SHEET_COLUMNS:,} columns, all that "
                "there are",
                remedy="export it to 'python'",
            )
        shown_values = [cell_value(value) for value in values]
        column = GridColumn(self, number, name, formula, shown_values, constants or {}, style)
        self.columns.append(column)
        return column


def cell_value(value: Any) -> CellValue:
    """A value as a cell holds it: of a number that is none, nothing."""
    if value is None or isinstance(value, (str, bool)):
        return value
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, (str, bool)):
        return number
    return float(number) if math.isfinite(number) else None


def excel_text(text: str) -> str:
    """The text itself. Raises GlassnetError where a cell cannot hold it."""
    if len(text) > LONGEST_TEXT:
        problem = f"is longer than the {LONGEST_TEXT:,} characters"
    elif NO_CELL_TEXT.search(text):
        problem = "has a character that is none"
    else:
        return text
    raise GlassnetError(
        f"the text {shown(text)} {problem} of a cell", remedy="export it to 'python'"
    )


def calculated_value(value: CellValue) -> float | str | bool:
    r"""What a formula's cell holds beside it: XlsxWriter escapes the text of other cells only.

    The escape is that of ECMA-376, part 1, 22.9.2.19 (ST_Xstring).

    >>> calculated_value("a\x1fb_x0041_")
    'a_x001F_b_x005F_x0041_'
    """
    if isinstance(value, str):
        return ESCAPED_TEXT.sub(lambda part: f"_x{ord(part[0]):04X}_", excel_text(value))
    return "" if value is None else value
