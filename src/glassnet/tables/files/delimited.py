"""CSV and its kin: the cells of a text, and one clear error where rows do not fit.

Cells are those of Python's `csv` module, row by row (`csv_rows.py`). Where the text is regular
(`regular.py`), Polars finds the same cells a good deal faster, and does. How a text is laid out is
told in `layout.py`, names are settled in `header.py`, what cells mean elsewhere.
"""

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from glassnet.errors import TableError
from glassnet.tables.files.csv_rows import csv_rows
from glassnet.tables.files.header import BLANKS
from glassnet.tables.files.layout import BEFORE_HEADER, Layout, find_layout
from glassnet.tables.files.regular import Regular, find_regular
from glassnet.tables.files.text import RECORD_SEPARATOR, UNIT_SEPARATOR, TableText

if TYPE_CHECKING:
    import polars

LIKELY_CELL = 8  # bytes, by which the size of rows that are not regular is estimated


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
    text, layout = from_header(text, separator)
    regular = find_regular(text, layout)
    frame = by_polars(text, layout, regular) if regular else None
    return by_csv(text, layout) if frame is None else frame, layout


def delimited_blocks(
    text: TableText, layout: Layout, regular: Regular | None, size: int
) -> Iterator["polars.DataFrame"]:
    """The cells of a text some rows at a time: together as `read_delimited` gives them.

    Parameters
    ----------
    text : TableText
        From its header on.
    layout : Layout
        How it is laid out; of more than one column.
    regular : Regular or None
        What is known of it where it is regular.
    size : int
        About how many bytes of it are read at a time.

    Raises
    ------
    TableError
        As `read_delimited` does, at the row that is wrong.
    """
    done = 0  # rows
    if regular:
        for part in _parts(text, size):
            rows = find_regular(part, layout)
            frame = None if rows is None else _regular_cells(part.content, layout, rows)
            if frame is None:
                break
            frame = _without_blank_rows(frame)[0 if done else 1 :]
            done += frame.height
            yield frame
        else:
            return
    with text.open_lines() as lines:
        left = islice(even_rows(text, lines, layout), done, None)
        while some := list(islice(left, max(1, size // (LIKELY_CELL * layout.width)))):
            yield _without_blank_rows(_cells_of_rows(text, some, layout))


def from_header(text: TableText, separator: str | None = None) -> tuple[TableText, Layout]:
    """The text from its header on, and how it is laid out.

    Raises TableError where nothing follows.
    """
    beginning = text.beginning()
    before = BEFORE_HEADER.match(beginning)
    assert before is not None
    if not beginning[before.end() :].strip():
        what = "holds only the separator" if before[1] else "the file is empty"
        raise TableError(what, file=text.name)
    return text.after(before[0]), find_layout(beginning[before.end() :], before[1] or separator)


def _parts(text: TableText, size: int) -> Iterator[TableText]:
    """The text in parts of about so many bytes, cut where rows end."""
    blocks: list[bytes] = []
    for block in text.blocks():
        blocks.append(block)
        if sum(map(len, blocks)) >= size:
            yield TableText(text.name, b"".join(blocks))
            blocks.clear()
    if blocks:
        yield TableText(text.name, b"".join(blocks))


def by_polars(text: TableText, layout: Layout, regular: Regular) -> "polars.DataFrame | None":
    """The cells of a regular text; None where Polars finds another number of rows."""
    source = text.content
    if isinstance(source, bytes) or text.line > 1:
        with text.open() as file:
            source = file.read()
    frame = _regular_cells(source, layout, regular)
    return None if frame is None else _without_blank_rows(frame)[1:]


def _regular_cells(source: Any, layout: Layout, regular: Regular) -> "polars.DataFrame | None":
    """All rows of a regular text, or a part of it; None where Polars finds another number."""
    import polars

    frame = _cells(source, layout, "\n", '"')
    if frame is None or frame.height != regular.rows:
        return None
    if regular.padded:
        frame = frame.with_columns(polars.all().str.strip_chars(BLANKS))
    return _empty_as_none(frame)


def by_csv(text: TableText, layout: Layout) -> "polars.DataFrame":
    """The cells of any text. Raises TableError as `read_delimited` does."""
    with text.open_lines() as lines:
        frame = _cells_of_rows(text, even_rows(text, lines, layout), layout)
    return _without_blank_rows(frame)


def _cells_of_rows(
    text: TableText, rows: Iterable[list[str]], layout: Layout
) -> "polars.DataFrame":
    """The cells of even rows as a frame."""
    import polars

    content, height = io.BytesIO(), 0
    for cells in rows:
        height += 1
        content.write((UNIT_SEPARATOR.join(cells) + RECORD_SEPARATOR).encode())
    if not height:
        return polars.DataFrame(schema=_schema(layout.width))
    plain = Layout(UNIT_SEPARATOR, layout.header, layout.width)
    frame = _cells(content.getvalue(), plain, RECORD_SEPARATOR, None)
    if frame is None or frame.height != height:
        raise TableError("cannot be read as a table", file=text.name)
    return frame


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
        rows = known.arg_true()
        return frame[: rows[-1] + 1 if len(rows) else 0]
    return frame if known.all() else frame.filter(polars.any_horizontal(polars.all().is_not_null()))


def even_rows(text: TableText, lines: Iterable[str], layout: Layout) -> Iterator[list[str]]:
    """The rows after the header that are not blank, each as wide as the others.

    Raises TableError, naming the line, where one is not, or a quote is not closed.
    """
    row = -1  # the header becomes 0
    for line, cells in csv_rows(text, lines, layout.separator):
        if layout.width > 1 and not any(cell.strip(BLANKS) for cell in cells):
            continue
        row += 1
        if row == 0:
            continue
        if len(cells) != layout.width and (cells or layout.width > 1):
            raise _uneven(text, layout, line, row, len(cells))
        yield [cell.strip(BLANKS) for cell in cells] or [""]


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
