"""Tables on disk to data frames: which reader reads a file, told by its suffix.

The readers are in `files/`. Cells of text files stay as they are written: `formats/` reads them.
What columns mean is decided elsewhere: `frames.py`, `inputs.py`, `targets.py`.
"""

import sys
from pathlib import Path

from glassnet.errors import TableError
from glassnet.files import check_regular_file
from glassnet.tables.files import FileTable
from glassnet.tables.files.delimited import read_delimited
from glassnet.tables.files.excel import read_excel
from glassnet.tables.files.header import with_names
from glassnet.tables.files.text import TableText, open_text
from glassnet.tables.files.typed import read_arrow, read_json_lines, read_parquet
from glassnet.tables.forks import use_polars

SEPARATOR_OF = {".csv": None, ".tsv": "\t", ".tab": "\t", ".txt": None}
"""The suffixes of text tables, and what separates their cells; None: it is told from the rows."""
JSON_SUFFIXES = (".jsonl", ".ndjson")
TYPED_READERS = {
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".ipc": read_arrow,
    ".feather": read_arrow,
}
EXCEL_SUFFIX = ".xlsx"
PACKED_SUFFIX = ".gz"
SUFFIXES = (*SEPARATOR_OF, *JSON_SUFFIXES, *TYPED_READERS, EXCEL_SUFFIX)


def read_table(path: str | Path) -> FileTable:
    """Read a table by its suffix.

    The suffixes are .csv, .tsv, .tab, .txt, .jsonl, .ndjson, each also with .gz behind it;
    .parquet, .arrow, .ipc, .feather, and .xlsx with the extra `excel`. docs/files.md has the
    rules.

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
        Naming the file and where it can the line, on a file that is missing, not a regular file,
        empty, without rows, not a table, or with two columns of one name.
    """
    use_polars()
    if str(path) == "-":
        table = _text_table(open_text("standard input", sys.stdin.buffer.read()), None)
        name = "standard input"
    else:
        check_regular_file(path, TableError)
        name = str(path)
        table = _file_table(Path(path))
    if table.frame.height == 0 or table.frame.width == 0:
        raise TableError("has no rows", file=name)
    return table


def _file_table(path: Path) -> FileTable:
    name, suffix = str(path), suffix_of(path)
    check_opens(path)
    if suffix in TYPED_READERS:
        return FileTable(TYPED_READERS[suffix](path))
    if suffix == EXCEL_SUFFIX:
        frame, header, notices = read_excel(path)
        frame, more = with_names(name, frame, header)
        return FileTable(frame, notices=(*notices, *more))
    text = open_text(name, path)
    if suffix in JSON_SUFFIXES:
        return FileTable(read_json_lines(text))
    return _text_table(text, SEPARATOR_OF[suffix])


def _text_table(text: TableText, separator: str | None) -> FileTable:
    frame, layout = read_delimited(text, separator)
    frame, notices = with_names(text.name, frame, layout.header)
    return FileTable(frame, layout.separator, notices)


def suffix_of(path: Path) -> str:
    """The suffix that tells the reader, without .gz. Raises TableError where none does."""
    suffix, packed = path.suffix.lower(), False
    if suffix == PACKED_SUFFIX:
        suffix, packed = Path(path.stem).suffix.lower(), True
    if suffix in SUFFIXES and not (packed and (suffix in TYPED_READERS or suffix == EXCEL_SUFFIX)):
        return suffix
    known = ", ".join(SUFFIXES)
    raise TableError(
        f"unknown suffix '{path.suffix}'",
        file=path,
        remedy=f"glassnet reads {known}, those of text with .gz too, and '-' for CSV on standard "
        "input",
    )


def check_opens(path: Path) -> None:
    """Raises TableError where the file is empty, or may not be read."""
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror})", file=path) from None
    if empty:
        raise TableError("the file is empty", file=path)
