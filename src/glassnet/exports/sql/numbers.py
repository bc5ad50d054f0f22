"""Numbers and times of day that are held as text: which text is one, and its value.

Each function gives two expressions: a test, and what the number is where the test is true.
"""

import re

from glassnet.exports.sql.databases import Database
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.numbers import MINUS, NumberFormat

SQL_DIGITS = "'0123456789'"
"""What is trimmed off a text to find what stands beside its digits."""
_NO_BREAK = "\u00a0"  # often between a number and its unit
_SECONDS = ":[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?"


def sql_regex(pattern: str) -> str:
    r"""A pattern of Python without names, and without the backslashes that SQL may take away.

    >>> sql_regex(r"(?P<day>[0-9]{1,2})\.")
    '([0-9]{1,2})[.]'
    """
    plain = re.sub(r"\(\?P<[a-z]+>", "(", pattern)
    plain = plain.replace(r"\u2212", "\u2212").replace(r"\s", f"[[:space:]{_NO_BREAK}]")
    return re.sub(r"\\([^^])", r"[\1]", plain)


def number_in_text(database: Database, written: NumberFormat, text: str) -> tuple[str, str]:
    """A number as its column writes it."""

    def without(text: str, parts: str | list[str], instead: str = "") -> str:
        for part in parts:
            text = f"replace({text}, {database.literal(part)}, '{instead}')"
        return text

    marks = written.marks
    bare = text
    if written.unit:
        bare = f"trim({without(without(text, written.unit.split()), _NO_BREAK, instead=' ')})"
    plain = without(bare, marks)
    if written.decimal != ".":
        plain = without(plain, written.decimal, instead=".")
    if written != NumberFormat():
        plain = f"trim({without(plain, MINUS, instead='-')})"
    value = database.parsed.format(plain)
    if database.match:
        return f"{text} ~ {database.literal(_number_regex(written))}", value
    test = f"json_valid({plain}) AND json_type({plain}) IN ('integer', 'real')"
    if written.decimal != "." and written.thousands != ".":
        test += f" AND instr({bare}, '.') = 0"
    return test + "".join(
        f"\n        AND {bare} || ';' NOT GLOB {database.literal(fault)}"
        for mark in marks
        for fault in _grouping_faults(mark, written.decimal)
    ), value


def _number_regex(written: NumberFormat) -> str:
    """What numbers look like: a sign, digits in groups of three or not, an exponent, the unit."""
    mark, point = f"[{written.marks}]", f"[{written.decimal}]"
    groups = rf"[1-9][0-9]{{0,2}}({mark}[0-9]{{3}})+|"
    if written.thousands == ",":
        groups += "[1-9][0-9]?(,[0-9]{2})*,[0-9]{3}|"  # 12,34,567 in India
    whole = f"({groups if written.thousands else ''}[0-9]+)"
    unit = "".join(rf"({re.escape(part)})?\s*" for part in written.unit.split())
    sign = rf"[-+{MINUS}]?\s*"
    number = f"({whole}({point}[0-9]*)?|{point}[0-9]+)([eE][-+{MINUS}]?[0-9]{{1,4}})?"
    return sql_regex(rf"^{sign}{unit}{sign}{number}\s*{unit}$")


def _grouping_faults(mark: str, decimal: str) -> list[str]:
    """What a mark must not have around it, for GLOB: it stands between groups of three digits."""
    digit, four = "[0-9]", "[0-9]" * 4
    return [
        *(f"*[{mark}]{digit * count}[^0-9]*" for count in range(3)),
        f"*[{mark}]{four}*",
        f"*{four}[{mark}]*",
        f"*[{decimal}]*[{mark}]*",
    ]


def hours_in_text(database: Database, written: ClockFormat, text: str) -> tuple[str, str]:
    """The hours of a time of day, such as 23:15, or 11:15 PM where there are halves."""
    bare = f"rtrim(lower({text}), 'apm. ')" if written.halves else text
    if not database.match:
        return _hours_by_position(written, text, bare)
    regex = f"^[0-9]{{1,3}}{_SECONDS}$"
    if written.halves:
        regex = rf"^(0?[1-9]|1[0-2])({_SECONDS})?\s*[aApP]\.?\s?[mM]\.?$"
    hours, minutes = (f"CAST(split_part({bare}, ':', {n}) AS integer)" for n in (1, 2))
    if written.halves:
        hours = _of_24(hours, text)
        minutes = f"CAST(concat('0', split_part({bare}, ':', 2)) AS integer)"
    seconds = f"concat('0', replace(split_part({bare}, ':', 3), ',', '.'))"
    value = f"{hours} + ({minutes} * 60 + {database.parsed.format(seconds)}) / {_an_hour(database)}"
    return f"{text} ~ {database.literal(sql_regex(regex))}", value


def _an_hour(database: Database) -> str:
    return database.literal(3600.0)


def _of_24(hours: str, text: str) -> str:
    """The hours of 24 from those of a half of the day."""
    return f"{hours} % 12 + CASE WHEN lower({text}) LIKE '%p%' THEN 12 ELSE 0 END"


def _hours_by_position(written: ClockFormat, text: str, bare: str) -> tuple[str, str]:
    """The same where there are no regular expressions."""
    colon = f"instr({bare}, ':')"
    hours = f"substr({bare}, 1, {colon} - 1)"
    seconds = f"substr({bare}, {colon} + 3)"
    fraction = f"substr({bare}, {colon} + 6)"
    tests = [
        f"{bare} GLOB '[0-9]*:[0-5][0-9]*'",
        f"trim({hours}, {SQL_DIGITS}) = '' AND length({hours}) <= 3",
        f"({seconds} = '' OR {seconds} GLOB ':[0-5][0-9]*')",
        f"({fraction} = '' OR {fraction} GLOB '[.,][0-9]*'",
        f"trim(substr({fraction}, 2), {SQL_DIGITS}) = '')",
    ]
    number = f"CAST({hours} AS INTEGER)"
    if written.halves:
        half = f"replace(replace(substr(lower({text}), length({bare}) + 1), ' ', ''), '.', '')"
        tests += [f"{half} IN ('am', 'pm')", f"{number} BETWEEN 1 AND 12"]
        number = _of_24(number, text)
    minutes = f"CAST(substr({bare}, {colon} + 1, 2) AS INTEGER)"
    exact = f"CAST(replace(substr({seconds}, 2), ',', '.') AS REAL)"
    return "\n        AND ".join(tests), f"{number} + ({minutes} * 60 + {exact}) / 3600.0"
