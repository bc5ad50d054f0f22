"""How a process is started: on one core with one thread, on two with two, or on all of them.

Every program is started here, and alike.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def cores() -> list[int]:
    """The cores that this process may use."""
    return (
        sorted(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else list(range(os.cpu_count() or 1))
    )


def chosen(threads: str) -> list[int]:
    """The cores of a process with 1, 2 or all threads: the last ones, since all take turns on the
    same, and the first is where others' interrupts tend to land.
    """
    return cores() if threads == "all" else cores()[-int(threads) :]


def environment(threads: str) -> dict[str, str]:
    """The variables by which libraries learn how many threads to use; XLA has its own, and takes
    all cores when left alone.

    PyTorch keeps what it compiled on disk; without that, a first call means the same in every run.
    Python keeps what it compiled even where that is forbidden, as it does of installed programs:
    glassnet in its source folder would else be compiled at every start.
    """
    count = str(len(chosen(threads)))
    flags = (
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        if threads == "1"
        else ""
    )
    more = {
        "XLA_FLAGS": flags,
        "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1",
        "PYTHONWARNINGS": "ignore",
    }
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | dict.fromkeys(VARIABLES, count) | more


def start(command: list[str], threads: str, **options: Any) -> subprocess.Popen[str]:
    """Start a command in the project's root, one with one or two threads on as many cores."""
    with bound(threads):
        return subprocess.Popen(command, env=environment(threads), cwd=ROOT, text=True, **options)


@contextmanager
def bound(threads: str) -> Iterator[None]:
    """While this lasts, what is started begins on the chosen cores and stays there, as a process
    inherits the cores of who starts it.
    """
    if threads == "all" or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = cores()
    os.sched_setaffinity(0, chosen(threads))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
