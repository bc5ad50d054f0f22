"""Tables on disk to data frames (Polars), and one clear error for what is not a table.

Cells of text files stay as they are written: `formats/` reads them. What columns mean is decided
elsewhere: `frames.py`, `inputs.py`, `targets.py`.
"""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from glassnet.errors import GlassnetError, GlassnetWarning, TableError
from glassnet.tables.forks import use_polars

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


def read_table(path: str | Path) -> FileTable:
    """Read a table by its suffix.

    The suffixes are .csv, .tsv, .parquet, .arrow, .ipc, .feather, .jsonl and .ndjson. In CSV a
    comma, semicolon or tab separates.

    Parameters
    ----------
    path : str or Path
        "-" is CSV on standard input.

    Returns
    -------
    FileTable

    Raises
    ------
    TableError
        Naming the file and where it can the row, on a file that is missing, empty, without rows,
        not a table, or with two columns of one name.
    """
    name = "standard input" if str(path) == "-" else str(path)
    if str(path) == "-":
        return _checked(name, lambda data: _csv(name, data, None), sys.stdin.buffer.read())
    path = Path(path)
    if not path.exists():
        raise TableError("no such file", file=name)
    if path.is_dir():
        raise TableError("is a folder, not a table", file=name)
    if path.suffix.lower() not in READERS:
        known = ", ".join(READERS)
        raise TableError(
            f"unknown suffix '{path.suffix}'",
            file=name,
            remedy=f"glassnet reads {known}, and '-' for CSV on standard input",
        )
    return _checked(name, lambda data: READERS[path.suffix.lower()](name, data), path.read_bytes())


def _checked(name: str, read: Callable[[bytes], FileTable], data: bytes) -> FileTable:
    import polars

    use_polars()
    if not data.strip():
        raise TableError("the file is empty", file=name)
    try:
        table = read(data)
    except polars.exceptions.DuplicateError as error:
        raise TableError(
            f"two columns have the same name ({_first_line(error)})",
            file=name,
            remedy="rename one",
        ) from None
    except GlassnetError:
        raise
    except UnicodeDecodeError as error:
        raise TableError(
            f"is not UTF-8 text (byte {error.start})", file=name, remedy="save it as UTF-8"
        ) from None
    except (
        polars.exceptions.PolarsError,
        polars.exceptions.PanicException,
        csv.Error,
        ValueError,
    ) as error:
        raise TableError(f"cannot be read as a table ({_first_line(error)})", file=name) from None
    if table.frame.height == 0 or table.frame.width == 0:
        raise TableError("has no rows", file=name)
    return table


def _csv(name: str, data: bytes, separator: str | None) -> FileTable:
    import polars

    if b"\0" in data:
        raise TableError("is not a text table (it holds zero bytes)", file=name)
    content = data.decode("utf-8-sig").lstrip("\r\n")
    declared = re.match(r"sep=(.)\r?\n", content)  # Excel's own first line
    if declared:
        separator, content = separator or declared[1], content[declared.end() :]
    separator = separator or max(",;\t", key=re.sub('"[^"]*"', "", content.split("\n", 1)[0]).count)
    header = [
        cell.strip()
        for cell in next(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    ]
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise TableError(
            f"two columns are named '{twice[0]}'", file=name, column=twice[0], remedy="rename one"
        )
    content = _even_rows(name, content, header, separator)
    frame = polars.read_csv(
        content.encode(),
        separator=separator,
        new_columns=header,
        infer_schema=False,
        null_values="",
    )
    return FileTable(frame, separator)


def _even_rows(name: str, content: str, header: list[str], separator: str) -> str:
    """The text, in which each row must have as many cells as the header.

    It is written anew where there are blank lines, or blanks around cells: Polars reads a blank
    line as a row of missing cells, and "a, 1" as text.
    """
    tidy = True
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    for row, cells in enumerate(rows):
        blank = not any(cell.strip() for cell in cells) and len(cells) <= 1 < len(header)
        missing = (
            not cells and len(header) == 1
        )  # in a table of one column a blank line is a missing cell
        if len(cells) != len(header) and not blank and not missing:
            raise TableError(
                f"line {rows.line_num} (row {row}) has {len(cells)} cells, "
                f"the header has {len(header)}",
                file=name,
            )
        tidy = tidy and not blank and all(cell == cell.strip() for cell in cells)
    if tidy:
        return content
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    for cells in csv.reader(
        io.StringIO(content, newline=""), delimiter=separator, skipinitialspace=True
    ):
        if len(cells) == len(header):
            writer.writerow([cell.strip() for cell in cells])
    return out.getvalue()


def _parquet(_name: str, data: bytes) -> FileTable:
    import polars

    return FileTable(polars.read_parquet(io.BytesIO(data)))


def _arrow(_name: str, data: bytes) -> FileTable:
    import polars

    try:
        return FileTable(polars.read_ipc(io.BytesIO(data)))
    except polars.exceptions.PolarsError:
        return FileTable(polars.read_ipc_stream(io.BytesIO(data)))


def _json_lines(_name: str, data: bytes) -> FileTable:
    import polars

    return FileTable(polars.read_ndjson(io.BytesIO(data), infer_schema_length=None))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__


READERS: dict[str, Callable[[str, bytes], FileTable]] = {
    ".csv": lambda name, data: _csv(name, data, None),
    ".tsv": lambda name, data: _csv(name, data, "\t"),
    ".parquet": _parquet,
    ".arrow": _arrow,
    ".ipc": _arrow,
    ".feather": _arrow,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
}
"""How each suffix is read."""
