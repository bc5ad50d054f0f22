"""What workers are: something that calls a function for blocks elsewhere, whoever runs it.

A worker that dies is no error: its block is run again. Which one a block is that kills its worker
every time, shows when it runs alone.
"""

import signal
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import chain
from time import monotonic, perf_counter
from typing import Any, NamedTuple
from uuid import uuid4
from weakref import WeakKeyDictionary

import numpy as np

from glassnet import __version__
from glassnet.errors import GlassnetError
from glassnet.workers.cutting import Blocks
from glassnet.workers.packing import from_bytes, to_bytes

AHEAD = 2  # blocks for each worker
COUNT_SECONDS = 1.0  # from one look at how many workers a cluster has to the next
MOST_DEATHS = 3  # of the worker of a block, the last of which it ran alone

_placed: WeakKeyDictionary[Any, dict[bytes, Any]] = WeakKeyDictionary()
"""Of each backend what stands for the large arrays that it has, by their checksums."""

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


class BlockCall(NamedTuple):
    """What is called for every block."""

    function: BlockFunction
    """Of a module, so that its name is enough."""
    data: list[np.ndarray]
    """What all blocks need, as `to_bytes` gives it."""
    key: str
    """Its name in the memory of a worker: the version of glassnet that packed it, and a number."""
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
    ) -> Generator[tuple[range, Any], None, None]:
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
        task = BlockCall(function, to_bytes(shared), f"{__version__} {uuid4().hex}", message)
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
        self, task: BlockCall, blocks: Iterable[range], away: dict[int, range], cut: Blocks
    ) -> Generator[tuple[range, Any], None, None]:
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
        self, task: BlockCall, blocks: Iterator[range]
    ) -> Generator[tuple[range, tuple[Any, float]], None, None]:
        """Yield blocks and what `call` gives for them, as they come.

        Closing it takes back what has not begun, where that can be done. Raises WorkerDiedError
        where blocks were lost, and what the function raised.
        """


class Cluster(Workers):
    """Workers on other machines, of which there may be more later, or fewer.

    Parameters
    ----------
    count : int
        How many blocks they run at a time.
    backend : ParallelBackendBase
        joblib's, which lives as long as the ``with joblib.parallel_config`` that made it: large
        arrays are placed on the machines once in that time.
    """

    def __init__(self, count: int, backend: Any) -> None:
        super().__init__(count)
        self.backend = backend
        self._counted: float = monotonic()

    @abstractmethod
    def counted(self) -> int:
        """How many blocks they run at a time by now."""

    @abstractmethod
    def placed(self, array: np.ndarray) -> Any:
        """Place an array on the machines; what stands for it in a call."""

    def is_lost(self, reference: Any) -> bool:
        """Whether what was placed is there no more."""
        return False

    def references(self, data: Sequence[np.ndarray]) -> list[Any]:
        """What stands for arrays, of which large ones are placed unless they are there already."""
        first, *large = data
        known = _placed.setdefault(self.backend, {})
        found = [self.placed(first)]
        for array in large:
            digest = blake2b(array.data).digest()
            if digest not in known or self.is_lost(known[digest]):
                known[digest] = self.placed(array)
            found.append(known[digest])
        return found

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


def call(function: BlockFunction, key: str, message: Any, *data: np.ndarray) -> tuple[Any, float]:
    """The result of a block and how many seconds it took: what a worker does."""
    version = key.partition(" ")[0]
    if version != __version__:
        raise GlassnetError(
            f"a worker has glassnet {__version__}, and is asked by {version}",
            remedy="install the same version everywhere",
        )
    shared = from_bytes(data, key)
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
