"""A table in a file some rows at a time, for tables that are larger than memory.

Parquet, Arrow and delimited text are read so; a file of another kind is one block. How whole files
are read is `read.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from glassnet.errors import GlassnetWarning, TableError
from glassnet.files import check_regular_file
from glassnet.tables.files import FileTable
from glassnet.tables.files.delimited import delimited_blocks, from_header
from glassnet.tables.files.header import check_header, find_names, under_names
from glassnet.tables.files.regular import find_regular
from glassnet.tables.files.text import open_text
from glassnet.tables.files.typed import TypedRows, is_arrow_file
from glassnet.tables.forks import use_polars
from glassnet.tables.read import (
    SEPARATOR_OF,
    TYPED_READERS,
    check_opens,
    read_table,
    suffix_of,
)

if TYPE_CHECKING:
    import polars

BLOCK_BYTES = 16_000_000  # about, of a block as text or as numbers


@dataclass(frozen=True)
class TableBlocks:
    """The rows of a table in a file, in order; it can be iterated over more than once.

    Parameters
    ----------
    n_rows : int or None
        How many rows there are; of a text that may be blank lines too. None: reading will tell.
    separator : str
        As in `FileTable`.
    notices : tuple of GlassnetWarning
        What was found while the file was opened, and should be said.
    load : function
        Gives the frames of a pass over the rows.
    """

    n_rows: int | None
    separator: str
    notices: tuple[GlassnetWarning, ...]
    load: "Callable[[], Iterable[polars.DataFrame]]"

    def __iter__(self) -> Iterator[FileTable]:
        """The blocks; the notices are with the first."""
        notices = self.notices
        for frame in self.load():
            if frame.height:
                yield FileTable(frame, self.separator, notices)
                notices = ()


def read_blocks(path: str | Path, size: int | None = None) -> TableBlocks:
    """Open a table to be read some rows at a time.

    Parameters
    ----------
    path : str or Path
        As in `read_table`.
    size : int, optional
        About how many bytes a block takes; None: `BLOCK_BYTES`.

    Returns
    -------
    TableBlocks
        All of them together are what `read_table` gives.

    Raises
    ------
    TableError
        As `read_table` does; what is wrong with a row, when it is read.
    """
    use_polars()
    blocks = None
    if str(path) != "-":
        check_regular_file(path, TableError)
        blocks = _blocks_of(Path(path), size or BLOCK_BYTES)
    if blocks is None:
        whole = read_table(path)
        frames = [whole.frame]
        return TableBlocks(whole.frame.height, whole.separator, whole.notices, lambda: frames)
    if next(iter(blocks), None) is None:
        raise TableError("has no rows", file=path)
    return blocks


def _blocks_of(path: Path, size: int) -> TableBlocks | None:
    """The blocks of a file; None where its kind is read whole."""
    suffix = suffix_of(path)
    check_opens(path)
    if suffix in TYPED_READERS:
        if suffix != ".parquet" and not is_arrow_file(path):
            return None
        rows = TypedRows(path, "scan_parquet" if suffix == ".parquet" else "scan_ipc", size)
        if not rows.n_columns:
            return None
        return TableBlocks(rows.n_rows, "", (), lambda: rows)
    if suffix not in SEPARATOR_OF:
        return None
    text, layout = from_header(open_text(str(path), path), SEPARATOR_OF[suffix])
    if layout.width == 1:  # a blank line is a missing cell, unless it is among the last
        return None
    regular = find_regular(text, layout)
    frames = partial(delimited_blocks, text, layout, regular, size)
    is_empty = _are_empty(frames(), layout.header)
    names, notices = find_names(text.name, layout.header, is_empty)
    first = next(iter(frames()), None)
    if first is not None:
        check_header(text.name, under_names(first, names))

    def named() -> "Iterator[polars.DataFrame]":
        return (under_names(frame, names) for frame in frames())

    return TableBlocks(regular and regular.rows - 1, layout.separator, notices, named)


def _are_empty(frames: "Iterable[polars.DataFrame]", header: list[str]) -> list[bool]:
    """Whether all cells of a column without a name are empty; of others nobody asks."""
    is_empty = [not name.strip() for name in header]
    if any(is_empty):
        for frame in frames:
            for number, column in enumerate(frame.get_columns()):
                is_empty[number] &= column.null_count() == len(column)
            if not any(is_empty):
                break
    return is_empty
