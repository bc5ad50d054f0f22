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
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glassnet.errors import TableError
from glassnet.tables.files.header import BLANKS, NUMERAL
from glassnet.tables.files.text import LINE_END, RECORD_SEPARATOR, UNIT_SEPARATOR, TableText

if TYPE_CHECKING:
    import polars

SEPARATORS = ("\t", ";", "|", ",")
"""What may separate cells; of two that fit alike the first is it, for it is rarer within cells."""
SAMPLE_ROWS = 200
BLANK_LINES = r"(?:[ \t]*(?:\r\n|\r|\n))*"
BEFORE_HEADER = re.compile(
    rf'{BLANK_LINES}(?:"?sep=([^\w"\r\n])"?[ \t]*(?:\r\n|\r|\n|\Z){BLANK_LINES})?', re.A
)
"""Blank lines, and Excel's own first line, which names the separator."""
END = "\0"  # a line of its own after the last: it is a row, unless a quote was never closed


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


def read_delimited(
    text: TableText, separator: str | None = None
) -> tuple["polars.DataFrame", Layout]:
    """The cells of a delimited text, and how it is laid out.

    All columns are String, without blanks around cells, None where one is empty. Rows in which
    every cell is empty are left out; in a table of one column only those at its end.

    Parameters
    ----------
    text : TableText
    separator : str, optional
        What separates the cells; it is told from the first lines.

    Raises
    ------
    TableError
        Naming the line and row, on a row with too many or too few cells and a quote that is not
        closed; on a text that is empty or not UTF-8.
    """
    beginning = text.beginning()
    before = BEFORE_HEADER.match(beginning)
    assert before is not None
    if not beginning[before.end() :].strip():
        what = "holds only the separator" if before[1] else "the file is empty"
        raise TableError(what, file=text.name)
    text = text.after(before[0])
    layout = find_layout(beginning[before.end() :], before[1] or separator)
    regular = find_regular(text, layout)
    frame = by_polars(text, layout, regular) if regular else None
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
    rows = _csv_reader(io.StringIO(sample, newline=""), separator)
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


class Regular(NamedTuple):
    """What is known of a regular text, or a part of it: one that Polars and csv read alike."""

    rows: int
    """The header and blank lines among them."""
    padded: bool
    """Whether blanks stand around cells."""


def find_regular(text: TableText, layout: Layout) -> Regular | None:
    """What is known of the text where it is regular; None where it is not.

    Raises TableError on what is not UTF-8 text.
    """
    is_plain = layout.header_width == layout.width and layout.separator.isascii()
    parts = [_regular_part(block, layout) if is_plain else None for block in text.blocks()]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Regular(sum(part.rows for part in known), any(part.padded for part in known))


def _regular_part(block: bytes, layout: Layout) -> Regular | None:
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    if not block.endswith(b"\n"):
        return None
    codes = np.frombuffer(block, np.uint8)
    line_feeds, separators = codes == ord("\n"), codes == ord(layout.separator)
    if b'"' in block:
        outside = _outside_quotes(codes, line_feeds | separators)
        if outside is None:
            return None
        line_feeds, separators = line_feeds & outside, separators & outside
    last = np.flatnonzero(line_feeds)
    first = np.append(0, last[:-1] + 1)
    cells = 1 + np.add.reduceat(separators, first, dtype=np.int32)
    others = cells != layout.width
    if ((last - first)[others] > (codes[first[others]] == ord("\r"))).any():  # not blank
        return None
    return Regular(len(last), _has_padding(block, codes, layout))


def _outside_quotes(codes: np.ndarray, marks: np.ndarray) -> np.ndarray | bool | None:
    """Which bytes do not stand in quotes; None where quotes are not around whole cells.

    True, all of them as it were, where no mark (what ends a cell) stands in quotes.
    """
    is_quote = codes == ord('"')
    quotes = np.flatnonzero(is_quote)
    opening, closing = quotes[::2], quotes[1::2]
    edges = marks | is_quote
    whole = len(opening) == len(closing) and edges[opening - 1].all()
    if not whole or not (edges | (codes == ord("\r")))[closing + 1].all():
        return None
    if not np.logical_or.reduceat(marks, quotes)[::2].any():
        return True
    return np.cumsum(is_quote, dtype=np.uint8) % 2 == 0


def _has_padding(block: bytes, codes: np.ndarray, layout: Layout) -> bool:
    """Whether blanks stand around cells."""
    if not any(blank.encode() in block for blank in BLANKS if blank != layout.separator):
        return False
    blanks = np.flatnonzero((codes == ord(" ")) | (codes == ord("\t")))
    around = np.concatenate([codes[blanks - 1], codes[blanks + 1]])
    return bool(np.isin(around, [ord(mark) for mark in ("\r", "\n", '"', layout.separator)]).any())


def by_polars(text: TableText, layout: Layout, regular: Regular) -> "polars.DataFrame | None":
    """The cells of a regular text; None where Polars finds another number of rows."""
    import polars

    source = text.content
    if isinstance(source, bytes) or text.line > 1:
        with text.open() as file:
            source = file.read()
    frame = _cells(source, layout, "\n", '"')
    if frame is None or frame.height != regular.rows:
        return None
    if regular.padded:
        frame = frame.with_columns(polars.all().str.strip_chars(BLANKS))
    frame = _empty_as_none(frame)
    return _without_blank_rows(frame)[1:]


def by_csv(text: TableText, layout: Layout) -> "polars.DataFrame":
    """The cells of any text. Raises TableError as `read_delimited` does."""
    import polars

    content, height = io.BytesIO(), 0
    for cells in even_rows(text, layout):
        height += 1
        content.write((UNIT_SEPARATOR.join(cells) + RECORD_SEPARATOR).encode())
    if not height:
        return polars.DataFrame(schema=_schema(layout.width))
    plain = Layout(UNIT_SEPARATOR, layout.header, layout.width)
    frame = _cells(content.getvalue(), plain, RECORD_SEPARATOR, None)
    if frame is None or frame.height != height:
        raise TableError("cannot be read as a table", file=text.name)
    return _without_blank_rows(frame)


def _cells(
    source: Any, layout: Layout, line_end: str, quote: str | None
) -> "polars.DataFrame | None":
    """The cells of even rows as Polars finds them; None where it fails."""
    import polars

    try:
        return polars.read_csv(
            source,
            has_header=False,
            schema=_schema(layout.width),
            separator=layout.separator,
            eol_char=line_end,
            quote_char=quote,
            glob=False,
        )
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException):
        return None


def _empty_as_none(frame: "polars.DataFrame") -> "polars.DataFrame":
    """Cells of blanks or of quotes alone are as empty as the others."""
    import polars

    any_empty = frame.select((polars.all() == "").any()).row(0)
    names = [name for name, empty in zip(frame.columns, any_empty, strict=True) if empty]
    return frame.with_columns(polars.when(polars.col(names) != "").then(polars.col(names)))


def _schema(width: int) -> dict[str, Any]:
    import polars

    return {str(number): polars.String for number in range(1, width + 1)}


def _without_blank_rows(frame: "polars.DataFrame") -> "polars.DataFrame":
    import polars

    known = frame["1"].is_not_null()
    if frame.width == 1:  # a blank line in between is a missing cell
        last = known.arg_true().max()
        return frame[: 0 if last is None else last + 1]
    return frame if known.all() else frame.filter(polars.any_horizontal(polars.all().is_not_null()))


def even_rows(text: TableText, layout: Layout) -> Iterator[list[str]]:
    """The rows after the header that are not blank, each as wide as the others.

    Raises TableError, naming the line, where one is not, or a quote is not closed.
    """
    row = -1  # the header becomes 0
    for line, cells in csv_rows(text, layout.separator):
        if layout.width > 1 and not any(cell.strip(BLANKS) for cell in cells):
            continue
        row += 1
        if row == 0:
            continue
        if len(cells) != layout.width and (cells or layout.width > 1):
            raise _uneven(text, layout, line, row, len(cells))
        yield [cell.strip(BLANKS) for cell in cells] or [""]


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
            for cells in _csv_reader(content, separator):
                if cells == [END]:
                    return
                if len(lines) > 1:
                    _check_quotes(text, separator, lines, first)
                yield first, cells
                first += len(lines)
                lines.clear()
        except csv.Error:
            raise _open_quote(text, first) from None


def _csv_reader(lines: Iterable[str], separator: str, strict: bool = False) -> Iterator[list[str]]:
    """Blanks before a cell do not count: in ``1, "a, b"`` the second cell is quoted."""
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator != " ", strict=strict)


def _check_quotes(text: TableText, separator: str, lines: list[str], first: int) -> None:
    """Raises TableError where a cell of several lines does not end with its quote.

    A lone quote would swallow the rows up to the next one.
    """
    begin = first
    strict = _csv_reader(lines, separator, strict=True)
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


def _uneven(text: TableText, layout: Layout, line: int, row: int, width: int) -> TableError:
    """The error that names a row with too many or too few cells."""
    mark = "tab" if layout.separator == "\t" else f"'{layout.separator}'"
    remedy = f"a cell that holds a {mark} must stand in quotes" if width > layout.width else ""
    if row == 1 and layout.header_width == 1:
        remedy = "the first line must hold the names of the columns: delete what stands above it"
    return TableError(
        f"line {line} (row {row}) has {width} cells, the header has {layout.width}",
        file=text.name,
        remedy=remedy,
    )
