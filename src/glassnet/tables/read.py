"""Tables on disk to data frames (Polars), and one clear error for what is not a table. What columns mean is decided elsewhere."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    import polars

MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "?"]
"""What counts as a missing cell in CSV and TSV files."""


def read_table(path: str | Path) -> "polars.DataFrame":
    """Read a table by its suffix: .csv, .tsv, .parquet, .arrow/.ipc/.feather, .jsonl/.ndjson; "-" is CSV on standard input.

    CSV columns are numbers, dates, booleans or text by all their cells; a comma, semicolon or tab separates. Raises GlassnetError,
    naming the file and where it can the row, on a file that is missing, empty, without rows, not a table, or with two
    columns of one name.
    """
    name = "standard input" if str(path) == "-" else str(path)
    if str(path) == "-":
        return _checked(name, lambda data: _csv(name, data, None), sys.stdin.buffer.read())
    path = Path(path)
    if not path.exists():
        raise GlassnetError(f"{name}: no such file")
    if path.is_dir():
        raise GlassnetError(f"{name}: is a folder, not a table")
    if path.suffix.lower() not in READERS:
        known = ", ".join(READERS)
        raise GlassnetError(f"{name}: unknown suffix '{path.suffix}': glassnet reads {known}, and '-' for CSV on standard input")
    return _checked(name, lambda data: READERS[path.suffix.lower()](name, data), path.read_bytes())


def _checked(name: str, read: Callable[[bytes], "polars.DataFrame"], data: bytes) -> "polars.DataFrame":
    import polars

    if not data.strip():
        raise GlassnetError(f"{name}: the file is empty")
    try:
        frame = read(data)
    except polars.exceptions.DuplicateError as error:
        raise GlassnetError(f"{name}: two columns have the same name ({_first_line(error)}): rename one") from None
    except GlassnetError:
        raise
    except UnicodeDecodeError as error:
        raise GlassnetError(f"{name}: is not UTF-8 text (byte {error.start}): save it as UTF-8") from None
    except (polars.exceptions.PolarsError, csv.Error, OSError, ValueError) as error:
        raise GlassnetError(f"{name}: cannot be read as a table ({_first_line(error)})") from None
    if frame.height == 0 or frame.width == 0:
        raise GlassnetError(f"{name}: has no rows")
    return frame


def _csv(name: str, data: bytes, separator: str | None) -> "polars.DataFrame":
    import polars

    if b"\0" in data:
        raise GlassnetError(f"{name}: is not a text table (it holds zero bytes)")
    text = data.decode("utf-8-sig")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = separator or max(",;\t", key=first.count)
    header = [cell.strip() for cell in next(csv.reader([first], delimiter=separator))]
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise GlassnetError(f"{name}: two columns are named '{twice[0]}': rename one")
    for row, cells in enumerate(csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=separator)):
        if len(cells) not in (0, len(header)):
            raise GlassnetError(f"{name}: row {row} has {len(cells)} cells, the header has {len(header)}")
    return polars.read_csv(
        text.encode(),
        separator=separator,
        new_columns=header,
        null_values=MISSING,
        infer_schema_length=None,
        try_parse_dates=True,
    )


def _parquet(_: str, data: bytes) -> "polars.DataFrame":
    import polars

    return polars.read_parquet(io.BytesIO(data))


def _arrow(_: str, data: bytes) -> "polars.DataFrame":
    import polars

    return polars.read_ipc(io.BytesIO(data))


def _json_lines(_: str, data: bytes) -> "polars.DataFrame":
    import polars

    frame = polars.read_ndjson(io.BytesIO(data), infer_schema_length=None)
    return frame.with_columns(_as_dates(column) for column in frame.get_columns() if column.dtype == polars.String)


def _as_dates(column: "polars.Series") -> "polars.Series":
    """A column of text as dates or times where every cell is one (JSON has no dates), else as it is."""
    import polars

    for convert in (column.str.to_date, column.str.to_datetime):
        try:
            return convert(strict=True)
        except polars.exceptions.PolarsError:
            continue
    return column


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__


READERS: dict[str, Callable[[str, bytes], Any]] = {
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
