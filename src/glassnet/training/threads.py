"""How many threads a training may use."""

import os


def threads_allowed(n_jobs: int | None) -> int:
    """As many as `n_jobs` says; None: as OMP_NUM_THREADS, or else one for each core allowed."""
    return n_jobs or _threads_from_environment() or _cores_allowed()


def _cores_allowed() -> int:
    if hasattr(os, "sched_getaffinity"):  # macOS has none
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _threads_from_environment() -> int:
    """OMP_NUM_THREADS, whose first number counts where there are several; 0 where it is not set."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(first) if first.isdecimal() else 0
