"""Columns written as CSV, numbers in full precision. Reading a table is `read.py`'s."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any


def write_columns(target: Path | IO[str], columns: Mapping[str, Sequence[Any]]) -> None:
    """Write named columns as CSV, each cell as `cell_text` has it.

    Parameters
    ----------
    target : Path or text file
        Where to write.
    columns : mapping of str to sequence
        The columns by name, all of the same length.
    """
    if isinstance(target, Path):
        with target.open("w", newline="", encoding="utf-8") as file:
            write_columns(file, columns)
        return
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([cell_text(value) for value in row])


def cell_text(value: Any) -> str:
    """A value as a cell of CSV: a missing one is empty, a boolean is true or false.

    >>> [cell_text(value) for value in (0.1, True, None, float("nan"), "a")]
    ['0.1', 'true', '', '', 'a']
    """
    if isinstance(value, bool):
        return str(value).lower()
    missing = value is None or value != value
    return "" if missing else str(value)
