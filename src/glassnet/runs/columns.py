"""The CSV files of a run folder as typed columns: a cell that is not what it should be is named.

What the columns of each file are is said in `open.py`. Tables of users are read in `tables/`.
"""

import csv
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from glassnet.errors import GlassnetError
from glassnet.files import check_regular_file

LARGEST_ROW = 2**53  # a row's number beyond it is none

CellReader = Callable[[str], Any]
"""The value of a cell. Raises ValueError, saying what is wrong, where it has none."""


def read_columns(path: Path, readers: Mapping[str, CellReader]) -> dict[str, list[Any]]:
    """The columns of a CSV file of a run folder.

    Parameters
    ----------
    path : Path
        The file.
    readers : dict of str to function
        For each column that it must have, in their order, how a cell becomes a value.

    Returns
    -------
    dict of str to list
        The columns, all of one length.

    Raises
    ------
    GlassnetError
        Naming the file, and column and row where a cell is at fault.
    """
    header, lines = _lines(path)
    if header != list(readers):
        raise GlassnetError(f"has not the columns {', '.join(readers)}", file=path)
    for number, line in enumerate(lines, 1):
        if len(line) != len(header):
            message = f"has {len(line)} cells, and should have {len(header)}"
            raise GlassnetError(f"row {number} {message}", file=path)
    cells = list(zip(*lines, strict=True)) or [()] * len(header)
    columns: dict[str, list[Any]] = {}
    for (name, reader), texts in zip(readers.items(), cells, strict=True):
        columns[name] = _values(path, name, reader, texts)
    return columns


def row_number(text: str) -> int:
    """The number of a row, from 1."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 1 <= number <= LARGEST_ROW:
        raise ValueError("is not the number of a row")
    return number


def number_of_cell(text: str) -> float:
    """A number; NaN for an empty cell."""
    try:
        return float(text) if text else float("nan")
    except ValueError:
        raise ValueError("is not a number") from None


def one_of_texts(values: Mapping[str, Any]) -> CellReader:
    """The value that a text stands for."""

    def read(text: str) -> Any:
        if text not in values:
            raise ValueError(f"is not one of {', '.join(values)}")
        return values[text]

    return read


def _lines(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header and the lines below it."""
    if not path.exists():
        raise GlassnetError("is missing from this run folder", file=path)
    check_regular_file(path)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GlassnetError(f"cannot be read ({error})", file=path) from None
    if not lines:
        raise GlassnetError("is empty", file=path)
    return lines[0], lines[1:]


def _values(path: Path, name: str, reader: CellReader, texts: Collection[str]) -> list[Any]:
    """The values of a column's cells."""
    values: list[Any] = []
    for row, text in enumerate(texts, 1):
        try:
            values.append(reader(text))
        except ValueError as error:
            message = f"{text[:40]!r} {error}"
            raise GlassnetError(message, file=path, column=name, row=row) from None
    return values
