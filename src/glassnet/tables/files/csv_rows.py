"""The rows of a delimited text as Python's csv reads them; an error where a quote stays open."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from glassnet.errors import TableError
from glassnet.tables.files.text import LINE_END, TableText

END = "\0"  # a line of its own after the last: it is a row, unless a quote was never closed


def csv_rows(
    text: TableText, file: Iterable[str], separator: str
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text as Python's csv reads them, each with the number of its first line.

    `file` gives the lines of the text. Raises TableError, naming the line, where a quote is not
    closed.
    """
    first, lines = text.line, []  # of the row that is being read

    def kept_lines() -> Iterator[str]:
        for line in chain(file, [END]):
            lines.append(line)
            yield line

    try:
        for cells in csv_reader(kept_lines(), separator):
            if cells == [END]:
                return
            if len(lines) > 1:
                _check_quotes(text, separator, lines, first)
            yield first, cells
            first += len(lines)
            lines.clear()
    except csv.Error:
        raise _open_quote(text, first) from None


def csv_reader(lines: Iterable[str], separator: str, strict: bool = False) -> Iterator[list[str]]:
    """Blanks before a cell do not count: in ``1, "a, b"`` the second cell is quoted."""
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator != " ", strict=strict)


def _check_quotes(text: TableText, separator: str, lines: list[str], first: int) -> None:
    """Raises TableError where a cell of several lines does not end with its quote.

    A lone quote would swallow the rows up to the next one.
    """
    begin = first
    strict = csv_reader(lines, separator, strict=True)
    try:
        cells = next(strict)
    except csv.Error:
        raise _open_quote(text, first) from None
    if lines[-1] == END:
        begin = first + len(lines) - 1 - len(LINE_END.findall(cells[-1]))
        raise _open_quote(text, begin)


def _open_quote(text: TableText, line: int) -> TableError:
    return TableError(
        f"line {line}: a quote is opened and not closed where the cell ends",
        file=text.name,
        remedy="close it, or write a quote within quotes twice",
    )
