"""Writing without leaving anything half-written: a file or folder appears whole, or not at all.

What is being written stands beside its place (`unfinished.py`) until it is whole. And before
anything is read: whether there is a regular file at all.
"""

import errno
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NoReturn

from glassnet.errors import GlassnetError, OptionRef, OutputError
from glassnet.unfinished import UNFINISHED, Unfinished, first_free, make_file


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
def whole_file(path: str | Path, *, overwrite: bool = True) -> Iterator[Path]:
    """Give a temporary path to write to, which takes the place of `path` at the end.

    It vanishes on an error, and then `path` is as it was. With `overwrite` False, a file that
    appears at `path` meanwhile is kept.

    Raises OutputError where `check_file` does, and where the writing fails, such as on a full disk.
    """
    path = Path(path)
    check_file(path, overwrite)
    parts = (path.with_name(f".{path.name}.{number}{UNFINISHED}") for number in count(1))
    try:
        with first_free(parts, make_file) as part:
            yield part
            _put_file(part, path, overwrite)
            _note(path)
    except OSError as error:
        raise _cannot_write(path, error) from None


@dataclass(frozen=True)
class NewFolder:
    """A folder that is being filled: `part` until it is whole, `path` from then on."""

    part: Path
    path: Path


@contextmanager
def whole_folder(
    path: str | Path, *, numbered: bool = False, overwrite: Collection[str] = ()
) -> Iterator[NewFolder]:
    """Reserve a folder and give its `part` to fill, all of which stands at its `path` at the end.

    It vanishes on an error. Until the end nobody else gets a folder of that name from here.

    Parameters
    ----------
    path : str or Path
        The folder; an empty one is filled and stays the folder it is.
    numbered : bool
        Take `path`-2, `path`-3, ... where `path` exists or is reserved.
    overwrite : collection of str
        The names of files that may be in the folder already; they go when the new ones come.

    Raises
    ------
    OutputError
        Where `check_free` does, and where another run is writing to the same place.
    """
    path = Path(path)
    if not numbered:
        check_free(path, overwrite)
    for name in _numbered(path) if numbered else (path,):
        with _parents(name):
            mine = Unfinished(_part_of(name), os.mkdir)
            try:
                if not _reserve(mine, name, numbered, overwrite):
                    continue
                yield NewFolder(mine.path, name)
                _put_folder(mine.path, name, overwrite)
                _note(name)
                break
            except (OSError, OutputError) as error:
                _raise_renamed(error, mine.path, name)
            finally:
                mine.drop()


def check_file(path: str | Path, overwrite: bool = True) -> None:
    """Raises OutputError unless a file can be written at `path`.

    One that is there already is an error too, unless it may be overwritten.
    """
    path = Path(path)
    if not overwrite:
        check_free(path)
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder {path.parent} to write into", file=path)
    if path.is_dir():
        raise OutputError("is a folder", file=path, remedy="give the name of a file")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OutputError(
            "is not a plain file, and is not replaced", file=path, remedy="give another name"
        )


def check_free(path: str | Path, overwrite: Collection[str] = ()) -> None:
    """Raises OutputError unless something can be written at `path` without losing anything.

    A folder can be filled that is empty, or that holds nothing but files named in `overwrite`.
    """
    path = Path(path)
    if os.path.lexists(path) and not (path.is_dir() and not _kept_names(path, overwrite)):
        raise _taken(path, overwrite)
    nearest = next(folder for folder in (path, *path.resolve().parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise OutputError(
            f"cannot be written, because {nearest} is not a folder that may be written to",
            file=path,
        )


CHECKPOINT_ENDING = ".checkpoint"
"""How the name of the checkpoint ends that stands beside the folder of a run while it lasts."""

_log: list[Path] | None = None


def log_written() -> list[Path]:
    """A list to which the path of every file and folder is added as soon as it is in its place."""
    global _log
    _log = []
    return _log


def _note(path: Path) -> None:
    is_part = any(parent.name.endswith(UNFINISHED) for parent in path.parents)
    if _log is not None and not is_part:
        _log.append(path)


def _put_file(part: Path, path: Path, overwrite: bool) -> None:
    """Move a whole file to its place; without `overwrite` nothing may be there."""
    if overwrite:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:  # this file system has no links
        try:
            make_file(path)
        except FileExistsError:
            raise _taken(path) from None
        part.replace(path)


def _numbered(path: Path) -> Iterator[Path]:
    """`path`, `path`-2, `path`-3, ..."""
    yield path
    for number in count(2):
        yield path.with_name(f"{path.name}-{number}")


def _part_of(path: Path) -> Path:
    """Where a folder is filled: inside the folder that is there, or beside where it will be."""
    if path.is_dir():
        return path / UNFINISHED
    return path.with_name(f".{path.name}{UNFINISHED}")


@contextmanager
def _parents(path: Path) -> Iterator[None]:
    """Make the folders that lead to `path`; those that stay empty are removed again."""
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if error.filename is None or Path(error.filename) not in missing:
            raise
        raise _cannot_write(path, error) from None
    finally:
        with suppress(OSError):
            for folder in missing:
                folder.rmdir()


def _reserve(mine: Unfinished, path: Path, numbered: bool, overwrite: Collection[str]) -> bool:
    """Whether `path` is now reserved; False asks for the next number."""
    if numbered and os.path.lexists(path):
        return False
    try:
        taken = mine.take()
    except OSError as error:
        raise _cannot_write(path, error) from None
    if numbered:
        return taken and not os.path.lexists(path)
    if not taken:
        raise OutputError(
            "is being written by another run", file=path, remedy="give another name, or wait"
        )
    check_free(path, overwrite)
    return True


def _put_folder(part: Path, path: Path, overwrite: Collection[str]) -> None:
    """Move a whole folder to its place: its files one by one where a folder is there already."""
    if part.parent != path:
        try:
            part.rename(path)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise _taken(path) from None
            raise
        return
    new = {child.name for child in part.iterdir()}
    for name in new:
        (part / name).replace(path / name)
    for name in set(overwrite) - new:
        (path / name).unlink(missing_ok=True)


def _kept_names(path: Path, overwrite: Collection[str]) -> list[str]:
    """What is in a folder and must stay there."""
    return [child.name for child in path.iterdir() if child.name not in {UNFINISHED, *overwrite}]


def _taken(path: Path, overwrite: Collection[str] = ()) -> OutputError:
    if overwrite and path.is_dir():
        name = min(_kept_names(path, overwrite))
        return OutputError(
            f"is not overwritten, because it holds {name}, which no run has written",
            file=path,
            remedy="give another name, or delete it first",
        )
    return OutputError(
        "already exists and nothing is overwritten",
        file=path,
        remedy=["give another name, or ", OptionRef("overwrite", True)],
    )


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(f"cannot be written ({error.strerror or error})", file=path)


def _raise_renamed(error: OSError | OutputError, part: Path, path: Path) -> NoReturn:
    """Raise the error again; a file in the unfinished folder is named as it would be called."""
    named = error.file if isinstance(error, OutputError) else error.filename
    if not isinstance(named, (str, os.PathLike)) or not Path(named).is_relative_to(part):
        raise error
    file = path / Path(named).relative_to(part)
    if isinstance(error, OSError):
        raise _cannot_write(file, error) from None
    raise OutputError(error.message, file=file, remedy=error.remedy) from None
