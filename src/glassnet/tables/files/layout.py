"""How a delimited text is laid out, told from its first rows: its separator, and its header."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from glassnet.tables.files.csv_rows import csv_reader
from glassnet.tables.files.header import BLANKS, NUMERAL

SEPARATORS = ("\t", ";", "|", ",")
"""What may separate cells; of two that fit alike the first is it, for it is rarer within cells."""
SAMPLE_ROWS = 200
BLANK_LINES = r"(?:[ \t]*(?:\r\n|\r|\n))*"
BEFORE_HEADER = re.compile(
    rf'{BLANK_LINES}(?:"?sep=([^\w"\r\n])"?[ \t]*(?:\r\n|\r|\n|\Z){BLANK_LINES})?', re.A
)
"""Blank lines, and Excel's own first line, which names the separator."""


@dataclass(frozen=True)
class Layout:
    """How a text is laid out."""

    separator: str
    """What separates its cells."""
    header: list[str]
    """As many cells as a row has; "" where a column has no name."""
    header_width: int
    """How many cells the line of the header itself has."""

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.header)


def find_layout(sample: str, separator: str | None = None) -> Layout:
    """How a text is laid out, told from its first rows."""
    if separator is None:
        fits = {mark: _fit(_first_rows(sample, mark)) for mark in SEPARATORS}
        separator = max(SEPARATORS, key=lambda mark: fits[mark])
        if not any(fits[separator]):
            separator = _without_names(sample)
    header, *rows = _first_rows(sample, separator)
    width = _common_width(rows) or len(header)
    names = header
    if width > len(header) and not any(cell for row in rows for cell in row[len(header) :]):
        names = header + [""] * (width - len(header))
    elif width == len(header) + 1 and _are_row_names([row[0] for row in rows if len(row) == width]):
        names = ["", *header]
    elif width < len(header) and not any(cell.strip() for cell in header[width:]):
        names = header[:width]
    return Layout(separator, names, len(header))


def _first_rows(sample: str, separator: str) -> list[list[str]]:
    """The first rows that are not blank, the header among them; the last may be cut."""
    rows = csv_reader(io.StringIO(sample, newline=""), separator)
    found: list[list[str]] = []
    try:
        for row in islice(rows, SAMPLE_ROWS):
            if any(cell.strip(BLANKS) for cell in row):
                found.append(row)
    except csv.Error:  # a cell without end, perhaps only here: reading all of it will tell
        pass
    return found or [sample.split("\n", 1)[0].split(separator)]


def _fit(rows: Sequence[Sequence[str]]) -> tuple[float, float]:
    """How well a separator fits: the fraction of rows as wide as the header, and of numbers."""
    header, *others = rows
    width = len(header)
    if width < 2:
        return 0, 0
    alike = [1.0 if len(row) == width else 0.9 * (len(row) == width + 1) for row in others]
    numbers = [NUMERAL.fullmatch(cell.strip()) is not None for row in others for cell in row]
    return (sum(alike) + 0.1) / (len(alike) + 0.1), sum(numbers) / max(len(numbers), 1)


def _without_names(sample: str) -> str:
    """The separator of a text whose first line holds none: most likely it has a single column."""
    rows = {mark: _first_rows(sample, mark)[1:] for mark in SEPARATORS}
    widest = max(SEPARATORS, key=lambda mark: _common_width(rows[mark]))
    if _common_width(rows[widest]) > 2:  # what stands above the header is not the table's
        return widest
    absent = [mark for mark in (",", ";", "\t") if all(len(row) == 1 for row in rows[mark])]
    return absent[0] if absent else "|"


def _common_width(rows: Iterable[Sequence[str]]) -> int:
    """The number of cells that most rows have; 0 where there are none."""
    counts = Counter(len(row) for row in rows).most_common(1)
    return counts[0][0] if counts else 0


def _are_row_names(cells: Sequence[str]) -> bool:
    """Whether these may be what R writes before the first column, and gives no name."""
    if cells == [str(row) for row in range(1, len(cells) + 1)]:
        return len(cells) > 1
    numbers = any(NUMERAL.fullmatch(cell) for cell in cells)
    return len(cells) > 1 and not numbers and len(set(cells)) == len(cells)
