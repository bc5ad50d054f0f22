"""How a column writes its numbers: the decimal mark, thousands marks, signs, and a unit.

Which way a column writes them is settled in `settle.py` from all its cells, of which this module
says what each could be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from glassnet.tables.formats.shapes import by_shape

CURRENCY_SIGNS = "$\u00a2\u00a3\u00a4\u00a5\u0e3f\u20a0-\u20cf"
CURRENCY_CODES = (
    "AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY "
    "KES KRW LKR MXN MYR NGN NOK NZD PEN PHP PKR PLN RMB RON RUB SAR SEK SGD THB TRY TWD UAH USD "
    "VND ZAR DM Fr Fr. SFr SFr. kr kr. Rs Rs. Rp RM"
)
MINUS = "\u2212\u2013"  # a true minus, and the dash that word processors make of a hyphen
SPACES = " \u00a0\u2007\u2009\u202f"
APOSTROPHES = "'\u2019\u2018"

_BEFORE = (
    rf"(?:[A-Za-z]{{0,3}}[{CURRENCY_SIGNS}]|%|"
    + "|".join(re.escape(code) + r"(?![A-Za-z])" for code in CURRENCY_CODES.split())
    + ")"
)
_UNIT = (
    rf"(?:[^\W\d_]|[%‰°\"″′{CURRENCY_SIGNS}])"
    rf"(?:[^\W\d_]|[ %‰°/·.^²³{CURRENCY_SIGNS}]|-(?=[^\W\d_])|(?<=[A-Za-z^])-?[0-9](?![0-9]))*"
)
WRITTEN = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+{MINUS}])?\s*(?P<before>{_BEFORE})?\s*"
    rf"(?P<inner>[-+{MINUS}])?\s*"
    rf"(?P<body>[.,]?[0-9](?:[0-9.,{SPACES}{APOSTROPHES}]*[0-9])?[.,]?)"
    rf"(?P<exponent>[eE][-+{MINUS}]?[0-9]{{1,4}}|[dD][-+][0-9]{{1,3}})?"
    rf"(?P<whole>(?<=[.,])[-\u2013\u2014]{{1,2}})?\s*(?P<after>{_UNIT})?"
    rf"(?P<trailing>[-{MINUS}])?\s*(?P<close>\))?"
)
"""A number as people write it: ($1,234.50), -5, 5-, 1.5e+05, 39 m2, 1.234,50 EUR, 5.-"""

PLAIN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"[-+]?(?:inf|infinity)", re.I)
CODE = re.compile(r"0[0-9]+")  # digits with a zero in front: 01067 is a code, not 1067

FORMS: tuple[tuple[str, str], ...] = (
    (".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"),
)  # fmt: skip
"""(decimal mark, thousands mark), each way that numbers are written."""

_NINES = str.maketrans("0123456789", "9999999999")
_CURRENCY = re.compile(f".{{0,3}}[{CURRENCY_SIGNS}]")
_MARKS = str.maketrans({**dict.fromkeys(SPACES, " "), **dict.fromkeys(APOSTROPHES, "'")})
_SIGNS = str.maketrans("dD\u2212\u2013", "ee--")


class WrittenNumber(NamedTuple):
    """The parts of cells that could be numbers and look alike."""

    negative: bool
    body: str
    """9 for its digits but a first 0, and its marks: every blank a space, apostrophes straight."""
    unit: str
    """What stands before or after it; "" nothing."""
    span: tuple[int, int]
    """Where the digits and their marks begin and end in the cell."""
    exponent: tuple[int, int]
    """Where the exponent does; nowhere: the same number twice."""


def parse_number(text: str) -> WrittenNumber | None:
    """The parts of a cell that could be a number, else None.

    >>> parse_number("-1.234,50 EUR")[:3]
    (True, '9.999,99', 'EUR')
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    part = found.groupdict("")
    signs = part["sign"] + part["inner"] + part["trailing"] + part["open"]
    if len(signs) > 1 or bool(part["open"]) != bool(part["close"]):
        return None
    nines = part["body"].translate(_NINES).translate(_MARKS)
    body = "0" + nines[1:] if part["body"][0] == "0" else nines
    unit = f"{part['before']} {part['after'].strip()}".strip()
    exponent = found.span("exponent") if part["exponent"] else (0, 0)
    return WrittenNumber(signs not in ("", "+"), body, unit, found.span("body"), exponent)


class NumberGroup(NamedTuple):
    """Texts that look alike."""

    written: WrittenNumber | None
    """None: they could be no numbers."""
    positions: list[int]
    infinite: bool = False


def number_groups(texts: Sequence[str]) -> list[NumberGroup]:
    """The texts by how they look, a first 0 and a digit in the unit told apart."""
    groups: list[NumberGroup] = []
    for shape, positions in by_shape(texts).items():
        infinite = INFINITE.fullmatch(shape) is not None
        written = parse_number(shape)
        if written is None:
            groups.append(NumberGroup(None, positions, infinite))
            continue
        start = written.span[0]
        parts: dict[tuple[bool, str], list[int]] = {}
        has_digit = "9" in written.unit
        for i in positions:
            text = texts[i]
            unit = parse_unit(text) if has_digit else written.unit
            parts.setdefault((text[start] == "0", unit), []).append(i)
        for (zero, unit), some in parts.items():
            body = "0" + written.body[1:] if zero else written.body
            groups.append(NumberGroup(written._replace(body=body, unit=unit), some))
    return groups


def parse_unit(text: str) -> str:
    """The unit of a text that could be a number."""
    found = parse_number(text)
    return found.unit if found else ""


def is_currency(unit: str) -> bool:
    """Whether a unit is a currency, which may be left out in some cells."""
    return unit in CURRENCY_CODES.split() or _CURRENCY.fullmatch(unit) is not None


def forms_of(body: str) -> list[tuple[str, str]]:
    """The forms that a number can have whose digits and marks look so.

    >>> forms_of("9,999.99"), forms_of("9,999,999")
    ([('.', ',')], [('.', ',')])
    """
    return [form for form, regex in SHAPES.items() if regex.fullmatch(body)]


def _shape_regex(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = "[09]9*"
    if thousands:
        mark = re.escape(thousands)
        groups = f"(?:{mark}999)+"
        if thousands == ",":
            groups = "(?:,99)*,999|" + groups  # 12,34,567 in India
        whole = f"9{{1,3}}(?:{groups})|{whole}"
    point = re.escape(decimal)
    return re.compile(f"(?:{whole})(?:{point}9*)?|{point}9+")


SHAPES: dict[tuple[str, str], re.Pattern[str]] = {form: _shape_regex(*form) for form in FORMS}
"""Form -> how the digits and marks of such a number look, 9 standing for each but a first 0."""


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of a column are written.

    Signs (+5, -5, a true minus, 5-, (5)) and exponents (1e+05) may stand in any of them.

    >>> NumberFormat(",", ".", "EUR").read(["1.234,50 EUR", "(5)", "1.5"])
    array([1234.5,   -5. ,    nan])
    """

    kind: ClassVar[str] = "number"
    decimal: str = "."
    """The decimal mark."""
    thousands: str = ""
    """The mark between groups of digits; "" there is none."""
    unit: str = ""
    """What stands before or after the number, such as $, % or kg; "" nothing."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What a cell written so looks like, for code that reads cells one by one as `read` does.

        Of the groups open, sign, inner and trailing at most one may be found, but for close, which
        goes with open. Those before and after are the unit. The number is whole.fraction times ten
        to the power, after anything but digits is taken out of whole.
        """
        mark = f"[{self.marks}]" if len(self.marks) > 1 else re.escape(self.marks)
        groups = f"(?:{mark}[0-9]{{3}})+"
        if self.thousands == ",":
            groups = f"(?:(?:,[0-9]{{2}})*,[0-9]{{3}}|{groups})"
        grouped = f"[1-9][0-9]{{0,2}}{groups}|" if self.thousands else ""
        point = re.escape(self.decimal)
        before, after = self._unit_patterns
        return re.compile(
            rf"(?P<open>\()?\s*(?P<sign>[-+{MINUS}])?\s*{before}(?P<inner>[-+{MINUS}])?\s*"
            rf"(?={point}?[0-9])(?P<whole>{grouped}[0-9]*)"
            rf"(?:(?P<point>{point})(?P<fraction>[0-9]*))?"
            rf"(?:(?:[eE]|[dD](?=[-+][0-9]{{1,3}}(?![0-9])))(?P<power>[-+{MINUS}]?[0-9]{{1,4}}))?"
            rf"(?:(?<={point})[-\u2013\u2014]{{1,2}})?\s*{after}(?P<trailing>[-{MINUS}])?\s*"
            r"(?P<close>\))?"
        )

    @property
    def marks(self) -> str:
        """Every way that the mark between groups of digits is written; "" there is none."""
        return {" ": SPACES, "'": APOSTROPHES}.get(self.thousands, self.thousands)

    @property
    def _unit_patterns(self) -> tuple[str, str]:
        """What may stand before and after a number with its unit, as groups of a pattern."""
        if not self.unit:
            return "", ""
        cuts = [0, *(i for i, letter in enumerate(self.unit) if letter == " "), len(self.unit)]
        parts = {(self.unit[:cut].strip(), self.unit[cut:].strip()) for cut in cuts}
        parts = {(b, a) for b, a in parts if not b or re.fullmatch(_BEFORE, b)}
        parts = {(b, a) for b, a in parts if not a or re.fullmatch(_UNIT, a)}
        before, after = (
            "|".join(re.escape(part).replace(r"\ ", " ") for part in sorted(set(some)) if part)
            for some in ([cut[side] for cut in parts] for side in (0, 1))
        )
        return (
            rf"(?P<before>{before})?\s*" if before else "",
            rf"(?:(?P<after>{after}) *)?" if after else "",
        )

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """The numbers, one a text; NaN where a text is not written so."""
        numbers = np.full(len(texts), np.nan)
        for group in number_groups(texts):
            some = [texts[i] for i in group.positions]
            if group.infinite:
                numbers[group.positions] = [float(text) for text in some]
            elif group.written is not None and self.fits(group.written):
                numbers[group.positions] = self._read_alike(some, group.written)
        return numbers

    def fits(self, found: WrittenNumber) -> bool:
        """Whether a cell that looks so is written in this format."""
        regex = SHAPES[self.decimal, self.thousands]
        return self.fits_unit(found) and regex.fullmatch(found.body) is not None

    def fits_unit(self, found: WrittenNumber) -> bool:
        """Whether a cell has the unit; it may do without where that is a currency, or for 0."""
        if found.unit or not self.unit:
            return found.unit == self.unit
        return is_currency(self.unit) or found.body == "0"

    def _read_alike(self, texts: Sequence[str], found: WrittenNumber) -> np.ndarray:
        """The numbers of texts that look alike and fit."""
        first, last = found.span
        digits = [text[first:last].translate(_MARKS) for text in texts]
        if self.thousands in found.body and self.thousands:
            digits = [text.replace(self.thousands, "") for text in digits]
        if self.decimal != ".":
            digits = [text.replace(self.decimal, ".") for text in digits]
        first, last = found.exponent
        if first < last:
            exponents = [text[first:last].translate(_SIGNS) for text in texts]
            digits = [d + e for d, e in zip(digits, exponents, strict=True)]
        numbers = np.array([float(text) for text in digits])
        return -numbers if found.negative else numbers

    @property
    def removed(self) -> list[str]:
        """What is taken away from a cell before it is read."""
        return [part for part in (self.unit, self.thousands) if part]

    def __str__(self) -> str:
        text = "number"
        if self.removed:
            text += ", " + " and ".join(f"'{part}'" for part in self.removed) + " removed"
        if self.decimal != ".":
            text += f", decimal '{self.decimal}'"
        return text
