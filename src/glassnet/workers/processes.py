"""Workers of any joblib backend: its processes of this machine, and what others registered."""

import warnings
from collections.abc import Generator, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from functools import partial
from itertools import islice
from typing import Any

from glassnet.workers.base import BlockCall, WorkerDiedError, Workers, call

RESTARTED = "A worker stopped while some jobs were given to the executor"
"""What loky warns of when it replaces a worker that has grown by 300 MB, such as by reading a table
or by importing JAX. Where warnings are errors, it would end loky's own thread, and all would wait.
"""
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
        self, task: BlockCall, blocks: Iterator[range]
    ) -> Generator[tuple[range, tuple[Any, float]], None, None]:
        """As `Workers.stream` says."""
        import joblib

        Parallel: Any = joblib.Parallel  # its types are not what it takes
        parallel = partial(Parallel, self.n_jobs, batch_size=1)

        def calls() -> Iterator[Any]:
            for block in blocks:
                yield joblib.delayed(_named)(
                    block, task.function, task.key, task.message(block), *task.data
                )

        warnings.filterwarnings("ignore", RESTARTED, UserWarning)
        try:
            if self.backend.supports_return_generator:
                results = parallel(return_as="generator_unordered")(calls())
                with closing(_quiet(results)) as found:
                    yield from found
                return
            waiting = calls()
            while some := list(islice(waiting, BLOCKS_OF_A_ROUND * self.count)):
                yield from parallel()(some)
        except BrokenProcessPool as error:
            raise WorkerDiedError from error


def _named(block: range, *arguments: Any) -> tuple[range, tuple[Any, float]]:
    return block, call(*arguments)


def _quiet(found: Any) -> Generator[Any, None, None]:
    """The same, without joblib's warning where it is closed before its end."""
    try:
        for one in found:  # noqa: UP028 (`yield from` would close it before it is quiet)
            yield one
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.close()
