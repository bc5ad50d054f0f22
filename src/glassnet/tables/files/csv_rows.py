"""The rows of a delimited text as Python's csv reads them, and an error where a quote stays open."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from glassnet.errors import TableError
from glassnet.tables.files.text import LINE_END, TableText

END = "\0"  # a line of its own after the last: it is a row, unless a quote was never closed


def csv_rows(text: TableText, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text as Python's csv reads them, each with the number of its first line.

    Raises TableError, naming the line, where a quote is not closed.
    """
    first, lines = text.line, []  # of the row that is being read

    def kept_lines(file: Iterable[str]) -> Iterator[str]:
        for line in chain(file, [END]):
            lines.append(line)
            yield line

    with text.open() as file:
        content = kept_lines(io.TextIOWrapper(file, "utf-8", newline=""))
        try:
            for cells in csv_reader(content, separator):
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
