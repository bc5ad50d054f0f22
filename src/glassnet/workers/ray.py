"""Workers of a Ray cluster: its tasks, with what all blocks need in its object store.

Not by the pool of actors of Ray's joblib backend, in which one that died stays dead. Ray runs a
task again whose worker or machine died. Tasks are not cancelled, as a cancellation that meets the
end of its task can end this process (ray#54798): after Ctrl-C blocks that were handed out run to
their end, and nobody wants them.
"""

from collections.abc import Generator, Iterator
from itertools import islice
from typing import Any

import numpy as np

from glassnet.workers.base import BlockCall, Cluster, WorkerDiedError, call


class RayWorkers(Cluster):
    """Those of the cluster that Ray is connected to; where there is none, Ray starts one here.

    Parameters
    ----------
    backend : RayBackend
        Ray's for joblib, with the options of its tasks.
    n_jobs : int
        How many at a time; -1: as many as the cluster has CPUs.
    """

    def __init__(self, backend: Any, n_jobs: int) -> None:
        import ray

        if not ray.is_initialized():
            ray.init()
        self.n_jobs = n_jobs
        super().__init__(self.counted(), backend)
        self.options: dict[str, Any] = dict(backend.ray_remote_args or {})

    def counted(self) -> int:
        """As many as were asked for, or as there are CPUs."""
        import ray

        return self.n_jobs if self.n_jobs > 0 else int(ray.cluster_resources().get("CPU", 1))

    def placed(self, array: np.ndarray) -> Any:
        """Every machine fetches it from the object store when it needs it."""
        import ray

        return ray.put(array)

    def stream(
        self, task: BlockCall, blocks: Iterator[range]
    ) -> Generator[tuple[range, tuple[Any, float]], None, None]:
        """As `Workers.stream` says."""
        import ray
        from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError

        remote = ray.remote(call)
        if self.options:
            remote = remote.options(**self.options)
        data = self.references(task.data)
        away: dict[Any, range] = {}

        def send(block: range) -> None:
            message = task.message(block)
            away[remote.remote(task.function, task.key, message, *data)] = block

        for block in islice(blocks, self.wanted):
            send(block)
        while away:
            (done,), _ = ray.wait(list(away), num_returns=1)
            try:
                result = ray.get(done)
            except RayTaskError as error:  # what the function raised
                raise error.cause from error
            except (WorkerCrashedError, OutOfMemoryError) as error:  # each time it was tried
                raise WorkerDiedError(away[done]) from error
            except RayError as error:
                raise WorkerDiedError from error
            yield away.pop(done), result
            for following in islice(blocks, max(0, self.wanted - len(away))):
                send(following)
