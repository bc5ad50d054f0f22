"""Workers of a Dask cluster, by the client that joblib's backend has.

Not by joblib itself, which waits for ever where Dask gives a task up. What all blocks need goes to
every worker once, so that one that dies takes nothing with it. Dask runs the blocks of a dead
worker again; where all died at once, its futures are cancelled, and the blocks are sent again.
"""

from collections.abc import Generator, Iterator
from itertools import islice
from time import sleep
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.workers.base import BlockCall, Cluster, WorkerDiedError, call

WAITS = (0.1, 0.3, 1.0, 3.0, 5.0)  # seconds between attempts to reach the workers


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
        super().__init__(count, backend)

    def counted(self) -> int:
        """As many as the workers have threads."""
        return sum(self.backend.client.ncores().values())

    def placed(self, array: np.ndarray) -> Any:
        """Every worker has it then.

        Raises GlassnetError where none can be reached for a while, such as while they start anew.
        """
        for seconds in WAITS:
            try:
                return self.backend.client.scatter(array, broadcast=True, hash=False)
            except OSError:  # a worker died a moment ago, and is still counted
                sleep(seconds)
        raise GlassnetError(
            "the workers of the Dask cluster cannot be reached", remedy="see their log, and why"
        )

    def is_lost(self, reference: Any) -> bool:
        """All workers that had it died."""
        return reference.status != "finished"

    def stream(
        self, task: BlockCall, blocks: Iterator[range]
    ) -> Generator[tuple[range, tuple[Any, float]], None, None]:
        """As `Workers.stream` says."""
        from distributed import KilledWorker, as_completed

        client = self.backend.client
        away: dict[Any, range] = {}
        data = self.references(task.data)

        def send(block: range) -> Any:
            future = client.submit(
                call,
                task.function,
                task.key,
                task.message(block),
                *data,
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
