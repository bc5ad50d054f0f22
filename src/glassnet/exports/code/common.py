"""What the code of several languages has in common: patterns of cells, and names in camel case.

A pattern is a regular expression that JavaScript and Java take alike, for a whole cell, its parts
by name.
"""

import re
from collections.abc import Iterable, Iterator

from glassnet.core.activations import Activation
from glassnet.errors import CONTROLS
from glassnet.exports.plan import UsedColumn
from glassnet.exports.templates import Formulas
from glassnet.tables.formats.clocks import CLOCK, ClockFormat
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.numbers import (
    APOSTROPHES,
    MINUS,
    SPACES,
    NumberFormat,
    is_currency,
    parse_unit,
)
from glassnet.tables.inputs import Number

CELL_BLANKS = r"\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Python's `str.strip` takes away, as a part of a class of a pattern."""


class CamelFormulas(Formulas):
    """Formulas of a language that writes names in camel case."""

    def function_of(self, activation: Activation) -> str:
        """The name of the function that makes a of z, such as leakyRelu."""
        return re.sub("_(.)", lambda found: found[1].upper(), super().function_of(activation))


def format_of(column: UsedColumn) -> Format | None:
    """How a cell of the column is written; None of texts and booleans.

    Numbers and dates of which the model does not know it are written plainly: 1.5, 2024-12-31.
    """
    if isinstance(column, Number):
        plain = DateFormat("yyyy-mm-dd") if column.date else NumberFormat()
        return column.format or plain
    return NumberFormat() if column.cells == "number" else None


def formats_of(columns: Iterable[UsedColumn]) -> list[Format]:
    """Each way once in which cells are written."""
    found = (format_of(column) for column in columns)
    return list(dict.fromkeys(one for one in found if one is not None))


def cell_pattern(written: Format) -> str:
    """The pattern of a cell that is written so."""
    if isinstance(written, NumberFormat):
        return _number_pattern(written)
    known = CLOCK if isinstance(written, ClockFormat) else written.regex
    return known.pattern.replace("(?P<", "(?<")


def needs_unit(written: NumberFormat) -> bool:
    """Whether a number other than 0 must have its unit; a currency may be left out."""
    return bool(written.unit) and not is_currency(written.unit)


def _number_pattern(written: NumberFormat) -> str:
    r"""The pattern of a number as `NumberFormat` reads it.

    Its parts are the signs (open, sign, inner, trailing, close), the unit (before, after), the
    body, which is the digits with their marks, and the exponent. Of the signs one may be there.

    >>> pattern = _number_pattern(NumberFormat(",", ".", "EUR")).replace("(?<", "(?P<")
    >>> re.fullmatch(pattern.replace("(?P<=", "(?<="), "-1.234,50 EUR")["body"]
    '1.234,50'
    """
    before, after = ("|".join(map(_escaped, parts)) for parts in _unit_parts(written.unit))
    return "".join(
        [
            rf"(?<open>\()?\s*(?<sign>[-+{MINUS}])?\s*",
            rf"(?<before>{before})?\s*" if before else "",
            rf"(?<inner>[-+{MINUS}])?\s*" if before else "",
            rf"(?<body>{_body(written)})",
            rf"(?<exponent>[eE][-+{MINUS}]?[0-9]{{1,4}}|[dD][-+][0-9]{{1,3}})?",
            r"(?:(?<=[.,])[-\u2013\u2014]{1,2})?\s*",
            rf"(?:(?<after>{after}) *)?" if after else "",
            rf"(?<trailing>[-{MINUS}])?\s*(?<close>\))?",
        ]
    )


def _body(written: NumberFormat) -> str:
    """The digits of a number and their marks."""
    decimal = _escaped(written.decimal)
    whole = "[0-9]+"
    if written.thousands:
        known = {" ": f"[{SPACES}]", "'": f"[{APOSTROPHES}]"}
        mark = known.get(written.thousands, _escaped(written.thousands))
        groups = f"(?:{mark}[0-9]{{3}})+"
        if written.thousands == ",":
            groups = f"(?:(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}|{groups})"  # 12,34,567 in India
        whole = f"(?:[1-9][0-9]{{0,2}}{groups}|{whole})"
    return f"{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+"


def _unit_parts(unit: str) -> tuple[list[str], list[str]]:
    """What of a unit stands before a number, and what after it: $5, 5 $, or a part on each side."""
    before: list[str] = []
    after: list[str] = []
    for first, last in _cuts(unit):
        if parse_unit(f"{first}1 {last}") == unit:
            before += [first] if first and first not in before else []
            after += [last] if last and last not in after else []
    return before, after


def _cuts(unit: str) -> Iterator[tuple[str, str]]:
    yield unit, ""
    yield "", unit
    for found in re.finditer(" ", unit):
        yield unit[: found.start()], unit[found.end() :]


def _escaped(text: str) -> str:
    """Text as a part of a pattern."""
    return "".join(
        rf"\u{ord(letter):04x}" if CONTROLS.match(letter) else re.escape(letter) for letter in text
    )
