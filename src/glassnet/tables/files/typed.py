"""Parquet, Arrow and JSON lines: files whose cells have types, read by Polars.

What it cannot read is one error of ours, without its words.
"""

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

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
    getattr(polars, sys.argv[1])(sys.argv[2])
except BaseException:
    sys.exit(2)
"""
UNTRIED = 1  # the exit status where Polars could not even be imported


def read_parquet(path: Path) -> "polars.DataFrame":
    """The table of a Parquet file. Raises TableError where it is none, or damaged."""
    return _read(path, "read_parquet", "Parquet")


def read_arrow(path: Path) -> "polars.DataFrame":
    """The table of an Arrow file or stream. Raises TableError where it is none, or damaged."""
    with path.open("rb") as file:
        is_file = file.read(len(ARROW_FILE)) == ARROW_FILE
    return _read(path, "read_ipc" if is_file else "read_ipc_stream", "Arrow")


def _read(path: Path, reader: str, kind: str) -> "polars.DataFrame":
    """Read by one of Polars' readers, which has shown that it can."""
    import polars

    damaged = TableError(f"cannot be read as a table (damaged, or not {kind})", file=path)
    status = path.stat()
    if not _can_read(path, reader, status.st_size, status.st_mtime_ns):
        raise damaged
    try:
        return getattr(polars, reader)(path)
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, OSError, ValueError):
        raise damaged from None


@lru_cache(maxsize=100)
def _can_read(path: Path, reader: str, _size: int, _changed: int) -> bool:
    """Whether Polars reads a file, tried in a process of its own.

    On some damaged files Polars ends its whole process (an allocation that fails cannot be caught),
    and on others writes what went wrong inside it to standard error.
    """
    if getattr(sys, "frozen", False) or not Path(sys.executable).name.startswith("python"):
        return True  # there is no interpreter to try it in
    command = [sys.executable, "-P", "-c", TRIAL, reader, str(path)]
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
