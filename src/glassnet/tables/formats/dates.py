"""How a column writes its dates, and the days since 1970-01-01 that they are.

Years have four digits, or two; months are numbers or English names; a time of day and a zone may
follow. Which pattern a column has is settled in `settle.py` from all its cells.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

MICROSECONDS_A_DAY = 86_400_000_000
LAST_YEAR_OF_2000 = 68  # 68 is 2068 and 69 is 1969, as in POSIX
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
NO_TIME = -(10**15)  # microseconds; stands for a time of day that there is not

_PARTS = {
    "yyyy": "(?P<year>[0-9]{4})",
    "yy": "(?P<year>[0-9]{2})",
    "mm": "(?P<month>[0-9]{1,2})",
    "dd": "(?P<day>[0-9]{1,2})",
    "mon": r"(?P<name>[A-Za-z]{3,9})\.?",
}
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_TIME = (
    r"(?:(?:T|,?\s+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])"
    r"(?::(?P<second>[0-5][0-9])(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>z|utc|gmt|[-+\u2212][0-9]{2}(?::?[0-9]{2})?)?)?"
)

PATTERNS: tuple[str, ...] = (
    "yyyy-mm-dd", "yyyy/mm/dd", "yyyy.mm.dd",
    "dd-mm-yyyy", "dd/mm/yyyy", "dd.mm.yyyy",
    "mm-dd-yyyy", "mm/dd/yyyy", "mm.dd.yyyy",
    "dd-mm-yy", "dd/mm/yy", "dd.mm.yy",
    "mm-dd-yy", "mm/dd/yy", "mm.dd.yy",
    "yy-mm-dd", "yy/mm/dd", "yy.mm.dd",
    "dd mon yyyy", "dd-mon-yyyy", "dd/mon/yyyy", "dd. mon yyyy", "ddmonyyyy",
    "dd mon yy", "dd-mon-yy", "ddmonyy",
    "mon dd, yyyy", "mon dd yyyy", "mon-dd-yyyy", "yyyy-mon-dd", "yyyy mon dd",
    "mon yyyy", "mon-yyyy", "yyyy-mm",
)  # fmt: skip
"""Every way that dates are written: yy a year of two digits, mon a month by its name."""


def order_of(pattern: str) -> str:
    """In which order year, month and day stand; "" where a name tells the month.

    >>> order_of("dd/mm/yyyy"), order_of("dd mon yyyy")
    ('dmy', '')
    """
    if "mon" in pattern:
        return ""
    return "".join(sorted("dmy", key=pattern.index))


@dataclass(frozen=True)
class DateFormat:
    """How the dates of a column are written; a time of day and a zone may follow the date.

    >>> DateFormat("dd.mm.yyyy").read(["02.01.1970", "2.1.1970 12:00", "31.02.1970"])
    array([1. , 1.5, nan])
    """

    kind: ClassVar[str] = "date"
    pattern: str
    """A member of `PATTERNS`."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What a cell written so looks like."""
        parts = re.split("(yyyy|yy|mm|dd|mon)", self.pattern)
        written = "".join(_PARTS.get(part, _literal(part)) for part in parts)
        return re.compile(_WEEKDAY + written + _TIME, re.I)

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """Days since 1970-01-01, in UTC where there is a zone; NaN where a text is no such date."""
        days = np.full(len(texts), np.nan)
        found = [(i, self.regex.fullmatch(text)) for i, text in enumerate(texts)]
        dates = [(i, match.groupdict()) for i, match in found if match]
        if not dates:
            return days
        rows = np.array([i for i, _ in dates])
        parts = np.array([_numbers_of(part) for _, part in dates], np.int64)  # dates x 4
        days[rows] = _days(*parts.T)
        return days

    def __str__(self) -> str:
        years = "" if "yyyy" in self.pattern else " (years 1969 to 2068)"
        return f"written {self.pattern}{years}"


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\ ", r"\s+").replace(",", ",?")


def _numbers_of(part: dict[str, str | None]) -> tuple[int, int, int, int]:
    """(year, month, day, microseconds of the day in UTC); the month is 0 where there is none."""
    year = int(part["year"] or 0)
    if len(part["year"] or "") == 2:
        year += 2000 if year <= LAST_YEAR_OF_2000 else 1900
    name = part.get("name")
    month = _month_of(name) if name else int(part.get("month") or 0)
    return year, month, int(part.get("day") or 1), _microseconds(part)


def _month_of(name: str) -> int:
    """The month of an English name, short or whole; 0 where there is none."""
    lower = name.lower()
    for number, month in enumerate(MONTHS, 1):
        if lower in (month, month[:3], month[:4]):  # sept has four letters
            return number
    return 0


def _microseconds(part: dict[str, str | None]) -> int:
    """The time of day, less what the zone is ahead of UTC; below zero where it is no time."""
    if part["hour"] is None:
        return 0
    hour = int(part["hour"])
    if part["half"]:
        hour = hour % 12 + 12 * (part["half"][0] in "pP") if 1 <= hour <= 12 else 99
    if hour > 23:
        return NO_TIME
    seconds = hour * 3600 + int(part["minute"] or 0) * 60 + int(part["second"] or 0)
    fraction = int((part["fraction"] or "0").ljust(6, "0")[:6])
    return (seconds - _seconds_ahead(part["zone"])) * 1_000_000 + fraction


def _seconds_ahead(zone: str | None) -> int:
    if zone is None or zone[0] not in "+-\u2212":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return seconds if zone[0] == "+" else -seconds


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Days since 1970-01-01, N; NaN where there is no such date or time."""
    valid = (month >= 1) & (month <= 12) & (day >= 1) & (time > NO_TIME)
    months = ((year - 1970) * 12 + np.where(valid, month, 1) - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]")
    length = (months + 1).astype("datetime64[D]") - first
    valid &= day <= length.astype(int)
    whole = first.astype(np.int64) + day - 1
    return np.where(valid, days_of(whole * MICROSECONDS_A_DAY + time, MICROSECONDS_A_DAY), np.nan)


def days_of(ticks: np.ndarray, ticks_a_day: int) -> np.ndarray:
    """Days (or hours) of so many ticks each; the same in every unit, to the last digit."""
    days, rest = np.divmod(ticks, ticks_a_day)
    return days + rest / ticks_a_day
