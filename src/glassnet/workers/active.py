"""Whether the user asked for workers, by ``joblib.parallel_config``, and which these are."""

import sys
from typing import Any

from glassnet.workers.base import Workers

EVERY_WORKER = -1


def active_workers() -> Workers | None:
    """The workers of the joblib backend that is active here; None where none was asked for.

    Threads are none: the engines have their own. Without `n_jobs` all workers are meant.
    """
    if "joblib" not in sys.modules:  # then nobody has configured it
        return None
    from joblib.parallel import get_active_backend

    active: Any = get_active_backend()
    backend, n_jobs = active
    is_default = get_active_backend()[0] is not backend  # which is made anew for each call
    if getattr(backend, "uses_threads", False) or (is_default and n_jobs is None):
        return None
    n_jobs = EVERY_WORKER if n_jobs is None else int(n_jobs)
    module = type(backend).__module__
    if module == "joblib._dask":
        from glassnet.workers.dask import DaskWorkers

        return DaskWorkers(backend)
    if module.startswith("ray."):
        from glassnet.workers.ray import RayWorkers

        return RayWorkers(backend, n_jobs)
    from glassnet.workers.processes import JoblibWorkers

    found = JoblibWorkers(backend, n_jobs)
    return found if found.count > 1 else None
