"""How a column writes its numbers: the decimal mark, thousands marks, signs, and a unit.

Which way a column writes them is settled in `settle.py` from all its cells, of which this module
says what each could be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

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
    rf"(?:[^\W\d_]|[ %‰°/·.^²³{CURRENCY_SIGNS}]|-(?=[^\W\d_])|(?<=[A-Za-z^])-?[23](?![0-9]))*"
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

_CURRENCY = re.compile(f".{{0,3}}[{CURRENCY_SIGNS}]")
_NINES = str.maketrans("0123456789", "9999999999")
_MARKS = str.maketrans({**dict.fromkeys(SPACES, " "), **dict.fromkeys(APOSTROPHES, "'")})


class WrittenNumber(NamedTuple):
    """A cell that could be a number."""

    negative: bool
    body: str
    """Digits with their marks; every kind of blank is a space, every apostrophe straight."""
    exponent: str
    unit: str
    """What stands before or after it; "" nothing."""


def parse_number(text: str) -> WrittenNumber | None:
    """The parts of a cell that could be a number, else None.

    >>> parse_number("-1.234,50 EUR")
    WrittenNumber(negative=True, body='1.234,50', exponent='', unit='EUR')
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    part = found.groupdict("")
    signs = part["sign"] + part["inner"] + part["trailing"] + part["open"]
    if len(signs) > 1 or bool(part["open"]) != bool(part["close"]):
        return None
    exponent = part["exponent"].translate(str.maketrans("dD\u2212\u2013", "ee--"))
    body = part["body"].translate(_MARKS)
    unit = f"{part['before']} {part['after'].strip()}".strip()
    return WrittenNumber(signs not in ("", "+"), body, exponent, unit)


def is_currency(unit: str) -> bool:
    """Whether a unit is a currency, which may be left out in some cells."""
    return unit in CURRENCY_CODES.split() or _CURRENCY.fullmatch(unit) is not None


def shape(body: str) -> str:
    """A body with 9 for its digits but a first 0: what tells which forms it can have.

    >>> shape("1,234.50"), shape("0.5")
    ('9,999.99', '0.9')
    """
    nines = body.translate(_NINES)
    return "0" + nines[1:] if body[0] == "0" else nines


def forms_of(shape: str) -> list[tuple[str, str]]:
    """The forms that a body of that shape can have.

    >>> forms_of("9,999.99"), forms_of("9,999")
    ([('.', ',')], [(',', ''), ('.', ',')])
    """
    return [form for form, regex in _SHAPES.items() if regex.fullmatch(shape)]


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


_SHAPES: dict[tuple[str, str], re.Pattern[str]] = {form: _shape_regex(*form) for form in FORMS}


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

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """The numbers, one a text; NaN where a text is not written so."""
        plain = self.decimal == "." and not self.unit
        return np.array(
            [
                float(text) if plain and PLAIN.fullmatch(text) else self._read_dressed(text)
                for text in texts
            ],
            np.float64,
        )

    def fits_unit(self, found: WrittenNumber) -> bool:
        """Whether a cell has the unit; it may do without where that is a currency, or for 0."""
        if found.unit or not self.unit:
            return found.unit == self.unit
        return is_currency(self.unit) or not found.body.strip("0.,")

    def _read_dressed(self, text: str) -> float:
        if INFINITE.fullmatch(text):
            return float(text)
        found = parse_number(text)
        if found is None or not self.fits_unit(found):
            return np.nan
        if not _SHAPES[self.decimal, self.thousands].fullmatch(shape(found.body)):
            return np.nan
        digits = found.body.replace(self.thousands, "") if self.thousands else found.body
        number = float(digits.replace(self.decimal, ".") + found.exponent)
        return -number if found.negative else number

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
