"""Writing without leaving anything half-written: a file or folder appears whole, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glassnet.errors import GlassnetError


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Gives a temporary path beside `path` to write to; it takes the file's place at the end, or vanishes on an error."""
    path = Path(path)
    if not path.parent.is_dir():
        raise GlassnetError(f"{path}: there is no folder {path.parent} to write into")
    if path.is_dir():
        raise GlassnetError(f"{path}: is a folder, give the name of a file")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise GlassnetError(f"{path}: is not a plain file, and is not replaced: give another name")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise GlassnetError(f"{path}: cannot be written ({error.strerror})") from None
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
    """Gives a temporary folder beside `path` to fill; what is in it moves to `path` at the end, or vanishes on an error."""
    path = Path(path)
    check_free(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise GlassnetError(f"{path}: cannot be written ({error.strerror})") from None
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
    """Raises GlassnetError unless something can be written at `path` without losing anything; an empty folder can be filled."""
    path = Path(path)
    if os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir())):
        raise GlassnetError(
            f"--out {path}: already exists and nothing is overwritten: give another name, or delete it first"
        )
    standing = next(folder for folder in (path, *path.resolve().parents) if folder.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK):
        raise GlassnetError(
            f"--out {path}: cannot be written, because {standing} is not a folder that may be written to"
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
