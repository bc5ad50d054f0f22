"""Writing without leaving anything half-written: a file or folder appears whole, or not at all.

And before anything is read: whether there is a regular file at all.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glassnet.errors import GlassnetError, OutputError


def check_regular_file(path: str | Path, error: type[GlassnetError] = GlassnetError) -> None:
    """Raises `error`, naming the path, unless it is a regular file, or a link to one.

    A pipe may never give a byte and a device may never end, so neither is opened.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise error("no such file", file=path) from None
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the name
        reason = getattr(problem, "strerror", None) or problem
        raise error(f"cannot be read ({reason})", file=path) from None
    if stat.S_ISDIR(mode):
        raise error("is a folder, not a file", file=path)
    if not stat.S_ISREG(mode):
        raise error("is a pipe, a socket or a device, not a file", file=path)


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to, which replaces `path` at the end.

    It vanishes on an error, and then `path` is as it was. Raises OutputError where nothing can be
    written, or `path` is a folder, a link or a device.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder {path.parent} to write into", file=path)
    if path.is_dir():
        raise OutputError("is a folder", file=path, remedy="give the name of a file")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OutputError(
            "is not a plain file, and is not replaced", file=path, remedy="give another name"
        )
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OutputError(f"cannot be written ({error.strerror})", file=path) from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """Give a temporary folder to fill; what is in it moves to `path` at the end.

    It vanishes on an error. Raises OutputError where `check_free` does.
    """
    path = Path(path)
    check_free(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise OutputError(f"cannot be written ({error.strerror})", file=path) from None
    try:
        yield part
        part.chmod(0o777 & ~_umask())
        if path.exists():  # an empty folder: it stays the folder it is
            for child in part.iterdir():
                child.replace(path / child.name)
        else:
            part.replace(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_free(path: str | Path) -> None:
    """Raises OutputError unless something can be written at `path` without losing anything.

    An empty folder can be filled.
    """
    path = Path(path)
    if os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir())):
        raise OutputError(
            "already exists and nothing is overwritten",
            file=path,
            remedy="give another name, or delete it first",
        )
    nearest = next(folder for folder in (path, *path.resolve().parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise OutputError(
            f"cannot be written, because {nearest} is not a folder that may be written to",
            file=path,
        )


def free_folder(path: str | Path) -> Path:
    """`path`, or `path`-2, `path`-3, ...: the first that does not exist yet."""
    path = Path(path)
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
