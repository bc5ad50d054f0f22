"""Calls that end in the middle, as a crash or Ctrl-C ends them."""

import itertools
from typing import Any


class CrashError(Exception):
    """What ends a call without its notice, as SIGKILL does."""


def crash_after(chunks: int, error: type[BaseException] = CrashError) -> Any:
    """Progress that ends the call after so many chunks."""
    counter = itertools.count(1)

    def progress(*_: Any) -> None:
        if next(counter) >= chunks:
            raise error

    return progress
