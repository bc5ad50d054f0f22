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

from glassnet.tables.formats.shapes import by_shape

MICROSECONDS_A_DAY = 86_400_000_000
LAST_YEAR_OF_2000 = 68  # 68 is 2068 and 69 is 1969, as in POSIX
FURTHEST = 3.6e8  # days, about a million years, which NumPy's seconds hold
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_PARTS = {
    "yyyy": "(?P<year>[0-9]{4})",
    "yy": "(?P<year>[0-9]{2})",
    "mm": "(?P<month>[0-9]{1,2})",
    "dd": "(?P<day>[0-9]{1,2})",
    "mon": r"(?P<name>[A-Za-z]{3,9})\.?",
}
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_TIME = (
    r"(?:(?:T|,?\s+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
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
    return "".join(sorted(set("dmy") & set(pattern), key=pattern.index))


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
        for shape, positions in by_shape(texts).items():
            found = self.regex.fullmatch(shape)
            if found is not None:
                days[positions] = _days_of_alike([texts[i] for i in positions], found)
        return days

    def write(self, days: float) -> str:
        """Days since 1970-01-01 as a date, and its time of day where it has one.

        Beyond a million years, as only a damaged model holds them, they stay days.

        >>> DateFormat("dd.mm.yyyy").write(1.0), DateFormat("mon dd, yyyy").write(1.5)
        ('02.01.1970', 'Jan 02, 1970 12:00')
        """
        if abs(days) > FURTHEST:
            return f"{days:.6g} days"
        moment = str(np.datetime64(round(days * 86_400), "s"))  # as 1970-01-02T12:00:00
        date, _, time = moment.partition("T")
        year, month, day = date.rsplit("-", 2)
        name = MONTHS[int(month) - 1][:3].capitalize()
        parts = {"yyyy": year, "yy": year[-2:], "mm": month, "dd": day, "mon": name}
        written = re.split("(yyyy|yy|mm|dd|mon)", self.pattern)
        text = "".join(parts.get(part, part) for part in written)
        return text if time == "00:00:00" else f"{text} {time.removesuffix(':00')}"

    def __str__(self) -> str:
        years = "" if "yyyy" in self.pattern else " (years 1969 to 2068)"
        return f"written {self.pattern}{years}"


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\ ", r"\s+").replace(",", ",?")


def _days_of_alike(texts: Sequence[str], found: re.Match[str]) -> np.ndarray:
    """Days of texts that look alike; `found` is where their parts stand."""
    letters = np.array(texts).view(np.uint32).reshape(len(texts), -1)  # N x characters
    digits = letters.astype(np.int64) - ord("0")

    def number(part: str, otherwise: int) -> np.ndarray:
        if part not in found.re.groupindex or not found[part]:
            return np.full(len(texts), otherwise)
        first, last = found.span(part)
        return digits[:, first:last] @ 10 ** np.arange(last - first)[::-1]

    year = number("year", 0)
    if len(found["year"]) == 2:
        year = year + np.where(year <= LAST_YEAR_OF_2000, 2000, 1900)
    name = found.groupdict().get("name")
    month = np.full(len(texts), _month_of(name)) if name else number("month", 0)
    hour, valid = _hours(number("hour", 0), found["half"])
    minute, second = number("minute", 0), number("second", 0)
    valid &= (hour <= 23) & (minute <= 59) & (second <= 59)
    time = (hour * 3600 + minute * 60 + second - _seconds_ahead(digits, found)) * 1_000_000
    if found["fraction"]:
        first, last = found.span("fraction")
        last = min(last, first + 6)
        time += digits[:, first:last] @ 10 ** (5 - np.arange(last - first))
    return np.where(valid, _days(year, month, number("day", 1), time), np.nan)


def _month_of(name: str) -> int:
    """The month of an English name, short or whole; 0 where there is none."""
    lower = name.lower()
    for number, month in enumerate(MONTHS, 1):
        if lower in (month, month[:3], month[:4]):  # sept has four letters
            return number
    return 0


def _hours(hour: np.ndarray, half: str | None) -> tuple[np.ndarray, np.ndarray]:
    """(hours of 24, whether there are such); `half` is AM, PM or nothing."""
    if not half:
        return hour, hour >= 0
    return hour % 12 + 12 * (half[0] in "pP"), (hour >= 1) & (hour <= 12)


def _seconds_ahead(digits: np.ndarray, found: re.Match[str]) -> np.ndarray:
    """How far the zone of each text is ahead of UTC, N."""
    zone = found["zone"]
    if not zone or zone[0] not in "+-\u2212":
        return np.zeros(len(digits), np.int64)
    first, last = found.span("zone")
    hours = digits[:, first + 1 : first + 3] @ [10, 1]
    minutes = digits[:, last - 2 : last] @ [10, 1] if last - first > 3 else 0
    seconds = hours * 3600 + minutes * 60
    return seconds if zone[0] == "+" else -seconds


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Days since 1970-01-01, N; NaN where there is no such date."""
    valid = (month >= 1) & (month <= 12) & (day >= 1)
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
