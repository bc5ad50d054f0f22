"""Tables on disk, kind by kind, as data frames; `tables/read.py` is the door.

`text.py` gives any text file as UTF-8, `delimited.py` its rows and cells (with `layout.py`,
`regular.py` and `csv_rows.py`), `header.py` the names of its columns; `typed.py` is Parquet, Arrow
and JSON lines, `excel.py` workbooks. Cells of text stay as they are written: what they mean is
found in `tables/formats/` and `tables/frames.py`.
"""

from typing import TYPE_CHECKING, NamedTuple

from glassnet.errors import GlassnetWarning

if TYPE_CHECKING:
    import polars


class FileTable(NamedTuple):
    """A table as a file has it, before its text is read as numbers, dates or categories."""

    frame: "polars.DataFrame"
    """Of a text file all columns are String: cells as written, without quotes, None where empty."""
    separator: str = ""
    """What separates the cells of a text file; "" for the other kinds of files."""
    notices: tuple[GlassnetWarning, ...] = ()
    """What was found while the file was read, and should be said."""
