"""How much memory the arrays of a run may take; those beyond lie in files without a name.

NumPy asks an allocator of the native extension (`src/native/bindings/array_memory.hpp`) for the
memory of each array. What lies in a file is mapped into memory: the system reads its pages when
they are used, and writes them out and drops them when it needs the memory for something else. So no
result depends on where an array lies.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, option_error
from glassnet.settings import bytes_of
from glassnet.training.packed import PackedRows

OVERHEAD = 220_000_000  # bytes that Python and its libraries take, whatever the table
LEAST = 300_000_000  # bytes a run may be given
MOST_BYTES = 2**62  # bytes of arrays: no machine has so many
BUFFER_PART = 0.5  # of the memory of arrays, for rows that are shuffled together
DISK = Path("/var/tmp")
"""Where large temporary files belong on Unix: it is on a disk, as /tmp may not be."""


@dataclass(frozen=True)
class ArrayLimit:
    """A limit on the memory of a run's arrays.

    Parameters
    ----------
    arrays : int
        Bytes of all arrays that may lie in memory at a time.
    folder : Path
        Where the files of the others are.
    native : _native.ArrayMemory
        What makes the arrays.
    """

    arrays: int
    folder: Path
    native: Any


_limit: ContextVar[ArrayLimit | None] = ContextVar("limit", default=None)


def shuffle_buffer_for(x: np.ndarray | PackedRows) -> int | None:
    """How many rows to shuffle together, N x D in all, so that these fit into the memory.

    None: all of them, where they do or there is no limit.
    """
    limit = _limit.get()
    arrays = (x.plain, x.index, x.value) if isinstance(x, PackedRows) else (x,)
    size = sum(array.nbytes for array in arrays)
    if limit is None or size <= limit.arrays:
        return None
    return max(1, int(len(x) * BUFFER_PART * limit.arrays / size))


def checked_memory(name: str, value: str | int) -> int:
    """A size of memory in bytes. Raises OptionError, naming the setting, where it is too small."""
    size = bytes_of(name, value)
    if size < LEAST:
        raise option_error(
            name,
            f"must be {LEAST // 10**6}MB or more, of which Python and its libraries take some "
            f"{OVERHEAD // 10**6}MB",
            value,
        )
    return size


@contextmanager
def arrays_within(memory: str | int | None) -> Iterator[None]:
    """Arrays that are made within take at most a part of a run's memory; others lie in files.

    Of what Python and its libraries leave that is one half; the other is for what is not NumPy's:
    rows that Polars reads and parses, the engine's threads.

    Parameters
    ----------
    memory : str or int, optional
        What the run may take, in bytes or as in "512MB"; see docs/large_tables.md. None: any, as it
        is also within a call that has a limit already.

    Raises
    ------
    GlassnetError
        Where the disk has no room for the arrays, and where this system has no such files.
    """
    limit = _limit.get()
    if limit is None and memory is not None:
        with _begun(memory) as limit, _naming_folder(limit):
            yield
    elif limit is not None:
        with _naming_folder(limit):
            yield
    else:
        yield


@contextmanager
def _begun(memory: str | int) -> Iterator[ArrayLimit]:
    problem = _why_not()
    if problem:
        raise GlassnetError(f"memory cannot be limited here: {problem}", option="memory")
    size = min(MOST_BYTES, (checked_memory("memory", memory) - OVERHEAD) // 2)
    folder = Path(os.environ.get("TMPDIR") or (DISK if DISK.is_dir() else tempfile.gettempdir()))
    native = _native().ArrayMemory(str(folder), size)
    limit = ArrayLimit(size, folder, native)
    before = _limit.set(limit)
    native.begin()
    try:
        yield limit
    finally:
        native.end()
        _limit.reset(before)


@contextmanager
def _naming_folder(limit: ArrayLimit) -> Iterator[None]:
    """An array for which there was no room on the disk is an error that names the folder."""
    try:
        yield
    except MemoryError:
        problem = limit.native.problem
        if not problem:
            raise
        raise GlassnetError(
            f"has no room for the rows of the table, which take more than the memory given "
            f"({problem})",
            file=limit.folder,
            remedy="name a folder of another disk in the variable TMPDIR, or give more memory",
        ) from None


def can_be_limited() -> bool:
    """Whether arrays can lie in files here."""
    return not _why_not()


def _why_not() -> str:
    """Why arrays cannot lie in files here; "" where they can."""
    try:
        native = _native()
    except ImportError:
        return "it needs the native engine, which is not installed"
    return "" if native.has_array_files else "it needs Linux, macOS or another Unix"


def _native() -> Any:
    """The extension. Raises ImportError where it is not installed."""
    return import_module("glassnet._native")
