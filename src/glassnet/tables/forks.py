"""Polars in a forked process: its threads do not survive a fork, and it would wait for them.

Where the parent's were running, a child gets one error at once in place of a wait without end.
"""

import os
import sys
from pathlib import Path

from glassnet.errors import TableError

_THREADS = Path("/proc/self/task")  # Linux names the threads of a process here

_state = {"used": False, "lost": False}


def use_polars() -> None:
    """Say that Polars is about to run threads.

    Raises
    ------
    TableError
        In a process that was forked from one in which they were running.
    """
    if _state["lost"]:
        raise TableError(
            "this process was forked from one that had read a table with Polars, whose threads "
            "do not survive a fork",
            remedy="give a dict of columns or a pandas data frame, or start processes with "
            "multiprocessing's 'spawn' or 'forkserver'",
        )
    _state["used"] = True


def _before_fork() -> None:
    """Look whether threads of Polars run, started by this library or by the user."""
    if not _state["used"] and "polars" in sys.modules and _THREADS.is_dir():
        _state["used"] = any(_name(task).startswith("polars-") for task in _THREADS.iterdir())


def _name(task: Path) -> str:
    try:
        return (task / "comm").read_text()
    except OSError:  # the thread has ended
        return ""


def _after_fork() -> None:
    _state["lost"] = _state["used"]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
