"""Workers of a Dask cluster, by the client that joblib's backend has.

Not by joblib itself, which waits for ever where Dask gives a task up. What all blocks need goes to
every worker once, so that one that dies takes nothing with it. Dask runs the blocks of a dead
worker again; where all died at once, its futures are cancelled, and the blocks are sent again.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from glassnet.errors import GlassnetError
from glassnet.workers.base import Cluster, Task, WorkerDiedError, call


class DaskWorkers(Cluster):
    """Those of a cluster.

    Parameters
    ----------
    backend : DaskDistributedBackend
        joblib's, with its client and what it submits tasks with.
    """

    def __init__(self, backend: Any) -> None:
        try:
            count = backend.effective_n_jobs(-1)
        except TimeoutError as error:
            raise GlassnetError(
                "the Dask cluster has no worker", remedy="start one, or wait for it"
            ) from error
        super().__init__(count)
        self.backend = backend

    def counted(self) -> int:
        """As many as the workers have threads."""
        return sum(self.backend.client.ncores().values())

    def stream(
        self, task: Task, blocks: Iterator[range]
    ) -> Iterator[tuple[range, tuple[Any, float]]]:
        """As `Workers.stream` says."""
        from distributed import KilledWorker, as_completed

        client = self.backend.client
        away: dict[Any, range] = {}
        data = client.scatter(task.data, broadcast=True, hash=False)

        def send(block: range) -> Any:
            future = client.submit(
                call,
                task.function,
                data,
                task.key,
                task.message(block),
                pure=False,
                **self.backend.submit_kwargs,
            )
            away[future] = block
            return future

        try:
            first = [send(block) for block in islice(blocks, self.wanted)]
            completed = as_completed(first, loop=client.loop, with_results=True, raise_errors=False)
            with self.backend.retrieval_context():
                for future, result in completed:
                    block = away.pop(future)
                    if future.status == "error":
                        _, error, traceback = result
                        if isinstance(error, KilledWorker):
                            raise WorkerDiedError(block) from error
                        raise error.with_traceback(traceback)
                    if future.status != "finished":
                        raise WorkerDiedError
                    yield block, result
                    for following in islice(blocks, max(0, self.wanted - len(away))):
                        completed.add(send(following))
        finally:
            client.cancel(list(away))
