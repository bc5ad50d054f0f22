"""Workers of any joblib backend: its processes of this machine, and what others registered."""

import warnings
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from typing import Any

from glassnet.workers.base import Task, WorkerDiedError, Workers, call

BLOCKS_OF_A_ROUND = 8  # a worker, where a backend gives results only when all are there


class JoblibWorkers(Workers):
    """Those of the active joblib backend.

    Parameters
    ----------
    backend : ParallelBackendBase
        It.
    n_jobs : int
        As joblib has it.
    """

    def __init__(self, backend: Any, n_jobs: int) -> None:
        super().__init__(backend.effective_n_jobs(n_jobs))
        self.backend = backend
        self.n_jobs = n_jobs

    def stream(
        self, task: Task, blocks: Iterator[range]
    ) -> Iterator[tuple[range, tuple[Any, float]]]:
        """As `Workers.stream` says."""
        from joblib import Parallel, delayed

        def calls() -> Iterator[Any]:
            for block in blocks:
                yield delayed(_named)(
                    block, task.function, task.data, task.key, task.message(block)
                )

        one_by_one = self.backend.supports_return_generator
        try:
            if one_by_one:
                parallel = Parallel(self.n_jobs, batch_size=1, return_as="generator_unordered")
                with closing(_quiet(parallel(calls()))) as found:
                    yield from found
                return
            waiting = calls()
            while some := list(islice(waiting, BLOCKS_OF_A_ROUND * self.count)):
                yield from Parallel(self.n_jobs, batch_size=1)(some)
        except BrokenProcessPool as error:
            raise WorkerDiedError from error


def _named(block: range, *arguments: Any) -> tuple[range, tuple[Any, float]]:
    return block, call(*arguments)


def _quiet(found: Any) -> Iterator[Any]:
    """The same, without joblib's warning where it is closed before its end."""
    try:
        for one in found:  # noqa: UP028 (`yield from` would close it before it is quiet)
            yield one
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.close()
