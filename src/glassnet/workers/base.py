"""What workers are: something that calls a function for blocks elsewhere, whoever runs it.

A worker that dies is no error: its block is run again. Which one a block is that kills its worker
every time, shows when it runs alone.
"""

import signal
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from time import monotonic, perf_counter
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.workers.cutting import Blocks
from glassnet.workers.packing import packed, unpacked

AHEAD = 2  # blocks for each worker
COUNT_SECONDS = 1.0  # from one look at how many workers a cluster has to the next
MOST_DEATHS = 3  # of the worker of a block, the last of which it ran alone

BlockFunction = Callable[[Any, Any], Any]
"""(what all blocks need, the message of one) -> its result."""


class WorkerDiedError(Exception):
    """One worker or several died; blocks were lost that had not come back.

    Parameters
    ----------
    culprit : range, optional
        The block that did it again and again, where that is known.
    """

    def __init__(self, culprit: range | None = None) -> None:
        super().__init__(culprit)
        self.culprit = culprit


class Task(NamedTuple):
    """What is called for every block."""

    function: BlockFunction
    """Of a module, so that its name is enough."""
    data: np.ndarray
    """What all blocks need, packed."""
    key: str
    """Its name in the memory of a worker."""
    message: Callable[[range], Any]
    """What a block needs beyond that; called where the workers are asked from."""


class Workers(ABC):
    """Processes, here or elsewhere.

    Parameters
    ----------
    count : int
        How many blocks they run at a time.
    """

    def __init__(self, count: int) -> None:
        self.count: int = max(1, count)

    def run(
        self, function: BlockFunction, shared: Any, message: Callable[[range], Any], blocks: Blocks
    ) -> Iterator[tuple[range, Any]]:
        """Call a function for every block; yields blocks and results as they come, in any order.

        Parameters
        ----------
        function : callable
            Called with `shared` and a message; a function of a module.
        shared : object
            What all blocks need.
        message : callable
            What a block needs beyond that.
        blocks : Blocks
            What is still to be cut.

        Raises
        ------
        GlassnetError
            Naming the block, where it killed its worker again and again.
        """
        task = Task(function, packed(shared), uuid4().hex, message)
        deaths: Counter[int] = Counter()
        lost: list[range] = []
        while True:
            suspects = [block for block in lost if deaths[block.start] >= MOST_DEATHS - 1]
            lost = [block for block in lost if block not in suspects]
            for suspect in suspects:
                away: dict[int, range] = {}
                try:
                    yield from self._measured(task, [suspect], away, blocks)
                except WorkerDiedError as error:
                    raise _deadly(suspect) from error
            away = {}
            try:
                yield from self._measured(task, chain(lost, blocks), away, blocks)
            except WorkerDiedError as error:
                if error.culprit is not None:
                    raise _deadly(error.culprit) from error
                lost = list(away.values())
                deaths.update(block.start for block in lost)
            else:
                return

    def _measured(
        self, task: Task, blocks: Iterable[range], away: dict[int, range], cut: Blocks
    ) -> Iterator[tuple[range, Any]]:
        """Results; meanwhile `away` holds the blocks that have not come back."""

        def sent() -> Iterator[range]:
            for block in blocks:
                away[block.start] = block
                yield block

        for block, (result, seconds) in self.stream(task, sent()):
            del away[block.start]
            cut.measured(block, seconds)
            yield block, result

    @abstractmethod
    def stream(
        self, task: Task, blocks: Iterator[range]
    ) -> Iterator[tuple[range, tuple[Any, float]]]:
        """Yield blocks and what `call` gives for them, as they come.

        Closing it takes back what has not begun. Raises WorkerDiedError where blocks were lost, and
        what the function raised.
        """


class Cluster(Workers):
    """Workers of which there may be more later, or fewer."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self._counted: float = monotonic()

    @abstractmethod
    def counted(self) -> int:
        """How many blocks they run at a time by now."""

    @property
    def wanted(self) -> int:
        """How many blocks to have handed out, so that no worker waits for one."""
        if monotonic() - self._counted > COUNT_SECONDS:
            self.count = max(1, self.counted())
            self._counted = monotonic()
        return AHEAD * self.count


def _deadly(block: range) -> GlassnetError:
    return GlassnetError(
        f"every worker died that trained networks {block.start} to {block.stop - 1}, counted from "
        "0 among those of their shape",
        remedy="give the workers more memory, or see in their log what ended them",
    )


def call(function: BlockFunction, data: np.ndarray, key: str, message: Any) -> tuple[Any, float]:
    """The result of a block and how many seconds it took: what a worker does."""
    shared = unpacked(data, key)
    began = perf_counter()
    with _no_interrupts():
        result = function(shared, message)
    return result, perf_counter() - began


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Inside, Ctrl-C goes to the process that asked alone, and not also to its workers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
