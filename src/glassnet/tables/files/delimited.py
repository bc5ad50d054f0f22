"""CSV and its kin: where rows and cells begin and end, and one clear error where they do not fit.

Cells are those of Python's `csv` module, row by row. Where the text is regular (quotes stand around
whole cells only, each line has as many cells as the others), Polars finds the same cells a good
deal faster, and does. Names are settled in `header.py`, what cells mean elsewhere.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.errors import TableError
from glassnet.tables.files.text import LINE_END, RECORD_SEPARATOR, UNIT_SEPARATOR, Text

if TYPE_CHECKING:
    import polars

SEPARATORS = ("\t", ";", "|", ",")
"""What may separate cells; of two that fit alike the first is it, for it is rarer within cells."""
SAMPLE = 2**22  # bytes from which the layout is told
SAMPLE_ROWS = 200
BLANK_LINES = r"(?:[ \t]*(?:\r\n|\r|\n))*"
BEFORE_HEADER = re.compile(
    rf'{BLANK_LINES}(?:"?sep=([^\w"\r\n])"?[ \t]*(?:\r\n|\r|\n|\Z){BLANK_LINES})?', re.A
)
"""Blank lines, and Excel's own first line, which names the separator."""
NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*")
END = "\0"  # a line of its own after the last: it is a row, unless a quote was never closed


@dataclass(frozen=True)
class Layout:
    """How a text is laid out."""

    separator: str
    """What separates its cells."""
    header: list[str]
    """As many cells as a row has; "" where a column has no name."""
    own_width: int
    """How many cells the line of the header itself has."""

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.header)


def read_delimited(
    text: Text, separator: str | None = None
) -> tuple["polars.DataFrame", Layout]:
    """The cells of a delimited text, and how it is laid out.

    All columns are String, None where a cell is empty. Rows in which every cell is empty are left
    out; in a table of one column only those at its end.

    Parameters
    ----------
    text : Text
    separator : str, optional
        What separates the cells; it is told from the first lines.

    Raises
    ------
    TableError
        Naming the line and row, on a row with too many or too few cells and a quote that is not
        closed; on a text that is empty or not UTF-8.
    """
    beginning = text.beginning(SAMPLE)
    before = BEFORE_HEADER.match(beginning)
    assert before is not None
    if not beginning[before.end() :].strip():
        raise TableError("the file is empty", file=text.name)
    text = text.after(before[0])
    layout = find_layout(beginning[before.end() :], before[1] or separator)
    rows = count_regular_rows(text, layout)
    frame = by_polars(text, layout, rows) if rows else None
    return by_csv(text, layout) if frame is None else frame, layout


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
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, skipinitialspace=True)
    found: list[list[str]] = []
    try:
        found = [row for row in islice(rows, SAMPLE_ROWS) if any(cell.strip() for cell in row)]
    except csv.Error:  # a cell without end: the whole text is read anyway, and says where
        found = next([row] for row in [sample.splitlines()[0].split(separator)])
    return found[:-1] if len(sample) >= SAMPLE / 4 and len(found) > 2 else found


def _fit(rows: Sequence[Sequence[str]]) -> tuple[float, float]:
    """How well a separator fits: the fraction of rows as wide as the header, and of numbers."""
    header, *others = rows
    width = len(header)
    if width < 2:
        return 0, 0
    alike = [1.0 if len(row) == width else 0.9 * (len(row) == width + 1) for row in others]
    numbers = [NUMBER.fullmatch(cell.strip()) is not None for row in others for cell in row]
    return (sum(alike) + 0.1) / (len(alike) + 0.1), sum(numbers) / max(len(numbers), 1)


def _without_names(sample: str) -> str:
    """The separator of a text whose first line holds none: most likely it has a single column."""
    widths = {mark: _common_width(_first_rows(sample, mark)[1:]) or 1 for mark in SEPARATORS}
    widest = max(SEPARATORS, key=lambda mark: widths[mark])
    if widths[widest] > 2:  # what stands above the header is not the table's
        return widest
    return next((mark for mark in reversed(SEPARATORS) if widths[mark] == 1), ";")


def _common_width(rows: Iterable[Sequence[str]]) -> int:
    """The number of cells that most rows have; 0 where there are none."""
    counts = Counter(len(row) for row in rows).most_common(1)
    return counts[0][0] if counts else 0


def _are_row_names(cells: Sequence[str]) -> bool:
    """Whether these may be what R writes before the first column, and gives no name."""
    if cells == [str(row) for row in range(1, len(cells) + 1)]:
        return len(cells) > 1
    numbers = any(NUMBER.fullmatch(cell) for cell in cells)
    return len(cells) > 1 and not numbers and len(set(cells)) == len(cells)


def count_regular_rows(text: Text, layout: Layout) -> int:
    """How many rows a regular text has, header and blank lines among them; 0 if it is not regular.

    Raises TableError on what is not UTF-8 text.
    """
    separator = layout.separator
    is_ascii = layout.own_width == layout.width and separator.isascii()
    rows = [
        _regular_rows(block, ord(separator), layout.width) if is_ascii else 0
        for block in text.blocks()
    ]
    return sum(rows) if all(rows) else 0


def _regular_rows(block: bytes, separator: int, width: int) -> int:
    """How many rows a block of regular text has; 0 if it is not regular."""
    if block.count(b"\r") != block.count(b"\r\n") or not block.endswith(b"\n"):
        return 0
    codes = np.frombuffer(block, np.uint8)
    line_feeds, separators = codes == ord("\n"), codes == separator
    if b'"' in block:
        quotes = codes == ord('"')
        edges = line_feeds | separators | quotes
        inside = (np.cumsum(quotes, dtype=np.uint8) & 1).astype(bool)
        opening = np.flatnonzero(quotes & inside)
        closing = np.flatnonzero(quotes & ~inside)
        whole_cells = edges[opening - 1].all() and not inside[-1]
        if not whole_cells or not (edges | (codes == ord("\r")))[closing + 1].all():
            return 0
        line_feeds &= ~inside
        separators &= ~inside
    ends = np.flatnonzero(line_feeds)
    begins = np.append(0, ends[:-1] + 1)
    cells = 1 + np.add.reduceat(separators, begins, dtype=np.int32)
    odd = cells != width
    blank = (ends - begins)[odd] <= (codes[begins[odd]] == ord("\r"))
    return len(ends) if blank.all() else 0


def by_polars(text: Text, layout: Layout, rows: int) -> "polars.DataFrame | None":
    """The cells of a regular text of so many rows; None where Polars finds others."""
    source = text.content
    if isinstance(source, bytes) or text.line > 1:
        with text.open() as file:
            source = file.read()
    frame = _cells(source, layout, "\n", '"')
    if frame is None or frame.height != rows:
        return None
    return _without_blank_rows(frame)[1:]


def by_csv(text: Text, layout: Layout) -> "polars.DataFrame":
    """The cells of any text. Raises TableError as `read_delimited` does."""
    import polars

    rows = (UNIT_SEPARATOR.join(cells) for cells in even_rows(text, layout))
    plain = RECORD_SEPARATOR.join(rows)
    if not plain and layout.width > 1:
        return polars.DataFrame(schema=_schema(layout))
    plain = Layout(UNIT_SEPARATOR, layout.header, layout.width)
    frame = _cells(content.encode(), plain, RECORD_SEPARATOR, None)
    return _without_blank_rows(frame)
