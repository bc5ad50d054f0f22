"""Times of day, and durations written like them, as hours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

CLOCK = re.compile(
    r"(?P<hours>[0-9]{1,3})"
    r"(?::(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9](?:[.,][0-9]{1,9})?))?)?"
    r"\s*(?P<half>[aApP]\.?\s?[mM]\.?)?"
)


@dataclass(frozen=True)
class ClockFormat:
    """How the times of a column are written: 23:00, 23:00:15, or 11:05 PM.

    >>> ClockFormat().read(["23:30", "7:15:36", "soon"])
    array([23.5 ,  7.26,   nan])
    """

    kind: ClassVar[str] = "clock"
    halves: bool = False
    """Whether AM and PM tell the halves of the day."""

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """Hours, one number a text; NaN where a text is not written so."""
        return np.array([self._hours(text) for text in texts], np.float64)

    def _hours(self, text: str) -> float:
        found = CLOCK.fullmatch(text)
        if found is None or bool(found["half"]) != self.halves:
            return np.nan
        if not (found["minutes"] or self.halves):
            return np.nan
        hours = int(found["hours"])
        if self.halves:
            if not 1 <= hours <= 12:
                return np.nan
            hours = hours % 12 + 12 * (found["half"][0] in "pP")
        minutes = int(found["minutes"] or 0)
        seconds = float((found["seconds"] or "0").replace(",", "."))
        return hours + (minutes * 60 + seconds) / 3600

    def __str__(self) -> str:
        return "time with AM or PM, in hours" if self.halves else "time in hours"


CLOCKS = (ClockFormat(False), ClockFormat(True))
