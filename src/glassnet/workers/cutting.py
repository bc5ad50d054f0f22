"""How much of the work is one block: about two seconds of it, by what was measured so far."""

from collections.abc import Sequence
from typing import NamedTuple

BLOCK_SECONDS = 2.0
"""Of a block: hundreds of times what it costs to hand one out, and no great loss with a worker."""
FASTEST_BLOCK_GROWTH = 10  # times as much work as the largest block measured, at most


class ItemRange(NamedTuple):
    """Items that are alike: a block is of one range."""

    items: range
    work: float
    """Of an item, in whatever unit."""
    most: int
    """Items of a block."""


class Blocks:
    """Cuts ranges of items into blocks, as they are asked for. No result depends on how.

    Parameters
    ----------
    ranges : sequence of ItemRange
        What is cut, in this order; no two of them hold an item of the same number.
    first : float
        How much work to begin with, of a pace that nobody knows yet.
    n_workers : int
        Workers, for all of which there is to be something.
    """

    def __init__(self, ranges: Sequence[ItemRange], first: float, n_workers: int) -> None:
        self.ranges: list[ItemRange] = [one for one in ranges if one.items]
        total = sum(len(one.items) * one.work for one in self.ranges)
        self.most: float = total / max(1, n_workers)
        self.wanted: float = first
        self.largest: float = 0.0
        self.work: dict[int, float] = {}
        """Of the blocks that were cut, by their first items."""

    def __iter__(self) -> "Blocks":
        return self

    def __next__(self) -> range:
        if not self.ranges:
            raise StopIteration
        items, work, most = self.ranges[0]
        size = max(1, min(int(min(self.wanted, self.most) // work), most))
        block, rest = items[:size], items[size:]
        self.work[block.start] = len(block) * work
        self.ranges[:1] = [ItemRange(rest, work, most)] if rest else []
        return block

    def measured(self, block: range, seconds: float) -> None:
        """Size the next ones by how long one took."""
        work = self.work.pop(block.start)
        self.largest = max(self.largest, work)
        fitting = work * BLOCK_SECONDS / max(seconds, 1e-6)
        self.wanted = min(fitting, FASTEST_BLOCK_GROWTH * self.largest)
