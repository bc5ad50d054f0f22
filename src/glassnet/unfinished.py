"""What is being written, under a name of its own, and the lock that tells who writes it.

The system drops the lock with the process, however that ends: so what a killed one left is known,
and removed by the next that writes to the same place. Whole files and folders are `files.py`'s.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

fcntl: Any = None
with suppress(ImportError):  # there is none on Windows
    import fcntl

UNFINISHED = ".unfinished"
"""How the name of what is being written ends."""


@contextmanager
def first_free(paths: Iterable[Path], make: Callable[[Path], None]) -> Iterator[Path]:
    """The first of some paths that nobody else writes to, made and locked; removed at the end."""
    for path in paths:
        mine = Unfinished(path, make)
        try:
            if mine.take():
                yield path
                break
        finally:
            mine.drop()


class Unfinished:
    """A file or folder that is being written, and the lock on it.

    Parameters
    ----------
    path : Path
        Where.
    make : callable
        Makes an empty one there; raises FileExistsError where something is.
    """

    def __init__(self, path: Path, make: Callable[[Path], None]) -> None:
        self.path = path
        self.make = make
        self.made = False
        self.handle = -1

    def take(self) -> bool:
        """Make and lock it; what a process that is gone left there is removed first.

        False where somebody has it who is still there.
        """
        for _ in range(2):
            try:
                self.make(self.path)
                self.made = True
            except FileExistsError:
                self.made = False
            if self._is_mine() and self.made:
                return True
            self.drop()
        return False

    def drop(self) -> None:
        """Remove it, unless somebody else has it or it is in its place."""
        if self._is_mine():
            if self.path.is_dir():
                shutil.rmtree(self.path, ignore_errors=True)
            else:
                self.path.unlink(missing_ok=True)
        if self.handle >= 0:
            os.close(self.handle)
        self.handle = -1

    def _is_mine(self) -> bool:
        """Lock what stands at the path, or see that it is locked by this already."""
        try:
            if self.handle < 0:
                self.handle = os.open(self.path, os.O_RDONLY)
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.path.samestat(os.fstat(self.handle), self.path.stat())
        except (BlockingIOError, FileNotFoundError):
            return False
        except (OSError, AttributeError):  # this file system, or Windows, has no such locks
            return self.made and self.path.exists()


def make_file(path: Path) -> None:
    """An empty file, with the permissions that the process gives to new ones."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
