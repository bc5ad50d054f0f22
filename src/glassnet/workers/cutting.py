"""How much of the work is one block: about a second or two of it, by what was measured so far."""

BLOCK_SECONDS = 2.0
"""Of a block: a hundred times what it costs to hand one out, and no great loss with a worker."""
FASTEST_BLOCK_GROWTH = 10  # times as long as the longest block measured, at most


class Blocks:
    """Cuts items, numbered from 0, into blocks, as they are asked for. No result depends on how.

    Parameters
    ----------
    items : range
        What is cut.
    first : int
        How many to begin with, whose pace nobody knows yet.
    most : int
        In a block.
    n_workers : int
        Workers, for all of which there is to be something.
    """

    def __init__(self, items: range, first: int, most: int, n_workers: int) -> None:
        self.items = items
        self.most: int = max(1, min(most, -(-len(items) // max(1, n_workers))))
        self.size: int = max(1, min(first, self.most))
        self.longest: int = 0

    def __iter__(self) -> "Blocks":
        return self

    def __next__(self) -> range:
        if not self.items:
            raise StopIteration
        block, self.items = self.items[: self.size], self.items[self.size :]
        return block

    def measured(self, block: range, seconds: float) -> None:
        """Size the next ones by how long one took."""
        self.longest = max(self.longest, len(block))
        fitting = int(len(block) * BLOCK_SECONDS / max(seconds, 1e-6))
        self.size = max(1, min(fitting, FASTEST_BLOCK_GROWTH * self.longest, self.most))
