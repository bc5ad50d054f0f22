"""Columns written as CSV, numbers in full precision. Reading a table is `read.py`'s."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from glassnet.tables.columns import is_number

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How text begins that spreadsheets take for a formula."""


def write_columns(
    target: Path | IO[str], columns: Mapping[str, Sequence[Any]], escape_formulas: bool = False
) -> None:
    """Write named columns as CSV, each cell as `cell_text` has it.

    Parameters
    ----------
    target : Path or text file
        Where to write.
    columns : mapping of str to sequence
        The columns by name, all of the same length.
    escape_formulas : bool
        Whether text (not numbers) that a spreadsheet would take for a formula gets a ' before it.
    """
    if isinstance(target, Path):
        with target.open("w", newline="", encoding="utf-8") as file:
            write_columns(file, columns, escape_formulas)
        return
    ColumnWriter(target, escape_formulas).write(columns)


class ColumnWriter:
    """Writes columns as CSV, some rows at a time, as `write_columns` does.

    Parameters
    ----------
    file : text file
        Where to write.
    escape_formulas : bool
        As in `write_columns`.
    """

    def __init__(self, file: IO[str], escape_formulas: bool = False) -> None:
        # csv quotes the characters of its line end: both of them, so that no cell breaks a line
        self._writer = csv.writer(_Lines(file), lineterminator="\r\n")
        self._text = without_formula if escape_formulas else cell_text
        self._has_names = False

    def write(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """The next rows; before the first, the names of the columns."""
        text = self._text
        if not self._has_names:
            self._writer.writerow([text(name) for name in columns])
            self._has_names = True
        for row in zip(*columns.values(), strict=True):
            self._writer.writerow([text(value) for value in row])


class _Lines:
    """A text file whose lines end with a line feed alone."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def write(self, line: str) -> None:
        self.file.write(line.removesuffix("\r\n") + "\n")


def cell_text(value: Any) -> str:
    """A value as a cell of CSV: a missing one is empty, a boolean is true or false.

    >>> [cell_text(value) for value in (0.1, True, None, float("nan"), "a")]
    ['0.1', 'true', '', '', 'a']
    """
    if isinstance(value, bool):
        return str(value).lower()
    missing = value is None or value != value
    return "" if missing else str(value)


def without_formula(value: Any) -> str:
    """A value as a cell of CSV that no spreadsheet takes for a formula.

    >>> [without_formula(value) for value in ("=1+1", "@here", "-1.5", -1.5, "a-b")]
    ["'=1+1", "'@here", '-1.5', '-1.5', 'a-b']
    """
    text = cell_text(value)
    return f"'{text}" if text.startswith(FORMULA) and not is_number(text) else text
