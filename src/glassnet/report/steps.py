"""How far the making of a report is, for those who wait for it."""

from collections.abc import Callable

ReportProgress = Callable[[str, float], None]
"""Called with (the part that is being made, the fraction of all that is done)."""
PARTS = ("scores", "columns", "table", "training", "network", "worst rows")
"""The parts of a report, in the order in which they are made."""


class Steps:
    """Tells a progress function, if there is one, which part is being made.

    >>> Steps(lambda part, done: print(f"{part}: {done:.0%}")).begin("training")
    training: 50%
    """

    def __init__(self, progress: ReportProgress | None = None) -> None:
        self.progress = progress
        self.number: int = 0

    def begin(self, part: str) -> None:
        """A part, one of `PARTS`, begins."""
        self.number = PARTS.index(part)
        self.within(0, 1)

    def within(self, done: int, total: int) -> None:
        """So much of the part is done."""
        if self.progress is not None:
            self.progress(PARTS[self.number], (self.number + done / total) / len(PARTS))
