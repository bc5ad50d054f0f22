"""Parquet, Arrow and JSON lines: files whose cells have types, read by Polars.

What it cannot read is one error of ours, without its words.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassnet.errors import TableError
from glassnet.tables.files.text import TableText

if TYPE_CHECKING:
    import polars

ARROW_FILE = b"ARROW1"
TRIAL_LIMIT = 1800.0  # seconds
TRIAL = """
import sys
import polars
try:
    reader, path, size = getattr(polars, sys.argv[1]), sys.argv[2], int(sys.argv[3])
    if size:
        rows = reader(path).select(polars.len()).collect().item()
        for first in range(0, rows, size):
            reader(path).slice(first, size).collect()
    else:
        reader(path)
except BaseException:
    sys.exit(2)
"""
KILLED = 9  # SIGKILL, by which a system takes back memory
UNTRIED = 1  # the exit status where Polars could not even be imported


def read_parquet(path: Path) -> "polars.DataFrame":
    """The table of a Parquet file. Raises TableError where it is none, or damaged."""
    return _read(path, "read_parquet", "Parquet")


def read_arrow(path: Path) -> "polars.DataFrame":
    """The table of an Arrow file or stream. Raises TableError where it is none, or damaged."""
    return _read(path, "read_ipc" if is_arrow_file(path) else "read_ipc_stream", "Arrow")


def is_arrow_file(path: Path) -> bool:
    """Whether it is an Arrow file, of which a part can be read, and not a stream."""
    with path.open("rb") as file:
        return file.read(len(ARROW_FILE)) == ARROW_FILE


class TypedRows:
    """The rows of a Parquet or Arrow file, of which some are read at a time.

    Parameters
    ----------
    path : Path
    scanner : str
        The name of Polars' function that opens such a file without reading it.
    size : int
        About how many bytes a block takes, as numbers of 8 bytes.

    Raises
    ------
    TableError
        Where it is no such file, or damaged.
    """

    def __init__(self, path: Path, scanner: str, size: int) -> None:
        import polars

        self.path = path
        self.scanner = scanner
        with self._no_other_error():
            frame: Any = getattr(polars, scanner)(path)
            width = len(frame.collect_schema())
            self.n_rows: int = frame.select(polars.len()).collect().item() if width else 0
        self.n_columns: int = width
        self.rows_of_block: int = max(1, size // (8 * max(1, width)))
        status = path.stat()
        if not _can_read(path, scanner, status.st_size, status.st_mtime_ns, self.rows_of_block):
            raise self._damaged

    def __iter__(self) -> Iterator["polars.DataFrame"]:
        import polars

        for first in range(0, self.n_rows, self.rows_of_block):
            with self._no_other_error():
                frame: Any = getattr(polars, self.scanner)(self.path)
                block = frame.slice(first, self.rows_of_block).collect()
            yield block

    @property
    def _damaged(self) -> TableError:
        kind = "Parquet" if "parquet" in self.scanner else "Arrow"
        return TableError(f"cannot be read as a table (damaged, or not {kind})", file=self.path)

    @contextmanager
    def _no_other_error(self) -> Iterator[None]:
        """What Polars raises becomes the one error of ours."""
        import polars

        errors = polars.exceptions
        try:
            yield
        except (errors.PolarsError, errors.PanicException, OSError, ValueError):
            raise self._damaged from None


def _read(path: Path, reader: str, kind: str) -> "polars.DataFrame":
    """Read by one of Polars' readers, which has shown that it can."""
    import polars

    damaged = TableError(f"cannot be read as a table (damaged, or not {kind})", file=path)
    status = path.stat()
    if not _can_read(path, reader, status.st_size, status.st_mtime_ns, 0):
        raise damaged
    try:
        return getattr(polars, reader)(path)
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, OSError, ValueError):
        raise damaged from None


@lru_cache(maxsize=100)
def _can_read(path: Path, reader: str, _size: int, _changed: int, rows: int) -> bool:
    """Whether Polars reads a file, so many rows at a time or (0) all, tried in another process.

    On some damaged files Polars ends its whole process (an allocation that fails cannot be caught),
    and on others writes what went wrong inside it to standard error.
    """
    if getattr(sys, "frozen", False) or not Path(sys.executable).name.startswith("python"):
        return True  # there is no interpreter to try it in
    command = [sys.executable, "-P", "-c", TRIAL, reader, str(path), str(rows)]
    try:
        trial = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TRIAL_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    if trial.returncode == -KILLED:
        raise TableError(
            "the system ended the process that read it, most likely for lack of memory",
            file=path,
            remedy="give it more, or read the table some rows at a time: docs/large_tables.md",
        )
    return trial.returncode in (0, UNTRIED)


def read_json_lines(text: TableText) -> "polars.DataFrame":
    """The table of JSON lines. Raises TableError, naming the line, where one is no object."""
    import polars

    data = b"".join(text.blocks())
    try:
        return polars.read_ndjson(data, infer_schema_length=None)
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, ValueError):
        raise _not_json_lines(text, data) from None


def _not_json_lines(text: TableText, data: bytes) -> TableError:
    for line, content in enumerate(data.split(b"\n"), text.line):
        try:
            found = json.loads(content) if content.strip() else {}
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            message = f"line {line} is not a JSON object"
            return TableError(message, file=text.name, remedy='write {"column": cell, ...}')
    return TableError(
        "cannot be read as a table",
        file=text.name,
        remedy="give each column cells of one kind: numbers, text or booleans",
    )
