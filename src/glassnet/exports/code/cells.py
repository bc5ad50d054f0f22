"""How the cells of each column are read, for code that reads them one by one."""

from collections.abc import Callable
from typing import Any, NamedTuple

from glassnet.exports.columns import UsedColumn, cell_kind
from glassnet.exports.plan import ExportPlan
from glassnet.tables.columns import LARGEST
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import LAST_YEAR_OF_2000, MONTHS, DateFormat
from glassnet.tables.formats.numbers import NumberFormat, is_currency
from glassnet.tables.inputs import Number

CELL_READERS = {
    "number": "number",
    "clock": "hours",
    "date": "day",
    "boolean": "truth",
    "text": "text",
}
"""The function of the code that reads cells of each kind."""

CELL_CONSTANTS: dict[str, Any] = {
    "largest": LARGEST,
    "last_year": LAST_YEAR_OF_2000,
    "months": MONTHS,
}
"""What templates know of numbers and dates."""

CELL_BLANKS = r"\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Python's `str.strip` takes away, as a part of a class of a pattern."""


class CellReading(NamedTuple):
    """How the cells of one column are read."""

    kind: str
    """"number", "clock", "date", "boolean" or "text"."""
    written: NumberFormat | DateFormat | ClockFormat | None
    """How numbers, dates and times are written in text."""
    pattern: str
    """The name of the pattern of such a text; "" there is none."""

    @property
    def units(self) -> list[str]:
        """The units that a number may have; "" none, which is always allowed for 0."""
        unit = self.written.unit if isinstance(self.written, NumberFormat) else ""
        return [unit, ""] if is_currency(unit) else [unit] if unit else []

    @property
    def halves(self) -> bool:
        """Whether times of day have AM or PM."""
        return isinstance(self.written, ClockFormat) and self.written.halves


class CellReadings:
    """How the cells of a model are read.

    Parameters
    ----------
    plan : ExportPlan
        The model.
    """

    def __init__(self, plan: ExportPlan) -> None:
        self.patterns: dict[str, NumberFormat | DateFormat] = {}
        self.of: dict[str, CellReading] = {column.name: self._of(column) for column in plan.columns}

    def _of(self, column: UsedColumn) -> CellReading:
        kind = cell_kind(column)
        if kind in ("text", "boolean"):
            return CellReading(kind, None, "")
        written = column.format if isinstance(column, Number) else None
        if isinstance(column, Number) and column.date:
            return CellReading(kind, column.date_format, self._pattern("DATE", column.date_format))
        if isinstance(written, ClockFormat):
            return CellReading("clock", written, "")
        number = written if isinstance(written, NumberFormat) else NumberFormat()
        return CellReading(kind, number, self._pattern("NUMBER", number))

    def _pattern(self, kind: str, written: NumberFormat | DateFormat) -> str:
        """The name of the pattern, NUMBER_1, DATE_1 and so on; the same for the same format."""
        for name, known in self.patterns.items():
            if known == written:
                return name
        name = f"{kind}_{1 + sum(known.startswith(kind) for known in self.patterns)}"
        self.patterns[name] = written
        return name

    def settings(
        self, column: UsedColumn, literal: Callable[[Any], str], equals: str | None = None
    ) -> str:
        """What follows the cell in the call that reads it: pattern, units, halves, each after ", ".

        `equals` stands between the names of units and halves and their values, where a language
        gives them by name.
        """
        reading = self.of[column.name]
        written = [reading.pattern] if reading.pattern else []
        named: list[tuple[str, Any]] = [("units", reading.units)] if reading.units else []
        named += [("halves", reading.halves)] if reading.kind == "clock" else []
        for name, value in named:
            written.append(("" if equals is None else name + equals) + literal(value))
        return "".join(f", {one}" for one in written)

    def any(self, *kinds: str) -> bool:
        """Whether columns are of one of these kinds."""
        return any(reading.kind in kinds for reading in self.of.values())

    @property
    def any_units(self) -> bool:
        """Whether numbers have units."""
        return any(reading.units for reading in self.of.values())

    @property
    def any_month_names(self) -> bool:
        """Whether dates have months by name."""
        return any("mon" in pattern for pattern in self._date_patterns)

    @property
    def any_short_years(self) -> bool:
        """Whether dates have years of two digits."""
        return any("yyyy" not in pattern for pattern in self._date_patterns)

    @property
    def _date_patterns(self) -> list[str]:
        return [one.pattern for one in self.patterns.values() if isinstance(one, DateFormat)]


def named_groups(pattern: str) -> str:
    """A pattern with its named groups as JavaScript and Java write them.

    >>> named_groups("(?P<year>[0-9]{4})")
    '(?<year>[0-9]{4})'
    """
    return pattern.replace("(?P<", "(?<")


def pattern_parts(pattern: str, width: int) -> list[str]:
    r"""A pattern cut before its named groups, into parts of at most this width where it can be.

    >>> pattern_parts(r"(?P<year>[0-9]{4})\-(?P<month>[0-9]{2})", 25)
    ['(?P<year>[0-9]{4})\\-', '(?P<month>[0-9]{2})']
    """
    first, *others = pattern.split("(?P<")
    parts = [first]
    for other in others:
        group = "(?P<" + other
        if parts[-1] and len(parts[-1]) + len(group) > width:
            parts.append(group)
        else:
            parts[-1] += group
    return parts
