"""Dates that are held as text, in DuckDB and PostgreSQL: taken apart by a regular expression.

It is the one by which the model reads them, so that times of day, zones and names of months are
read alike. SQLite has none: see `sqlite_dates.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from glassnet.exports.code.cells import pattern_parts
from glassnet.exports.sql.numbers import sql_regex
from glassnet.exports.sql.steps import SqlChain, SqlColumn
from glassnet.exports.templates import LINE_WIDTH
from glassnet.tables.formats.dates import LAST_YEAR_OF_2000, MONTHS, DateFormat
from glassnet.tables.inputs import Number

_ISO_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_ISO = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{_ISO_TIME})?"
"""What both databases read alike: without a zone, which PostgreSQL would leave out."""


@dataclass(frozen=True)
class DateColumn:
    """A column of dates with its number, from 1: its text is text1, its days are c1."""

    number: int
    column: Number

    def named(self, name: str) -> str:
        """What the query calls something of this column."""
        return f"{name}{self.number}"

    @property
    def written(self) -> DateFormat:
        """How its dates are written."""
        return self.column.date_format

    def error(self, chain: SqlChain) -> str:
        """An expression that raises an error, which shows the text."""
        fault = f"is no date {self.written.pattern}"
        return chain.database.text_error(self.column.name, self.named("text"), fault)


def add_dates(chain: SqlChain, columns: Sequence[DateColumn], others: Sequence[str]) -> None:
    """The queries from the texts to days: text1, text2, ... become c1, c2, ...

    `others` are the columns that are handed on.
    """
    kept = [*others, *(of.named(name) for name in ("c", "text") for of in columns)]
    parts = [SqlColumn(of.named("parts"), [_parts(chain, of)]) for of in columns]
    chain.add("date_parts", "The parts of dates that are held as text.", kept, parts)
    numbers = [column for of in columns for column in _numbers(chain, of)]
    chain.add("date_numbers", "The same as numbers.", kept, numbers)
    days = [SqlColumn(of.named("c"), [_days(chain, of)], of.column.name) for of in columns]
    chain.add("dates", "Dates as days since 1970-01-01.", others, days)


def month_number(name: str) -> str:
    """The number of a month, from its name; NULL where there is none."""
    lines = ["CASE"]
    for number, month in enumerate(MONTHS, 1):
        names = ", ".join(f"'{month[:n]}'" for n in sorted({3, min(4, len(month)), len(month)}))
        lines.append(f"      WHEN lower({name}) IN ({names}) THEN {number}")
    return "\n".join([*lines, "    END"])


def _parts(chain: SqlChain, of: DateColumn) -> str:
    """The parts of a text; none, or empty ones, where it is not written so."""
    lines = map(sql_regex, pattern_parts(of.written.regex.pattern, LINE_WIDTH - 20))
    texts = ["(?i)^(?:", *lines, ")$"]
    names = ", ".join(f"'{name}'" for name in of.written.regex.groupindex)
    return chain.database.match.format(
        text=of.named("text"),
        pattern=" ||\n      ".join(map(chain.database.literal, texts)),
        names=names,
    )


def _numbers(chain: SqlChain, of: DateColumn) -> list[SqlColumn]:
    """Year, month, day, hour, minute, second, and the seconds that the zone is ahead of UTC.

    The year is NULL where the text is not written so, month or hour where there is no such one.
    """
    names = list(of.written.regex.groupindex)
    parts = {
        name: chain.database.part.format(parts=of.named("parts"), name=name, number=number)
        for number, name in enumerate(names, 1)
    }
    year = f"CAST(nullif({parts['year']}, '') AS integer)"
    if "yyyy" not in of.written.pattern:
        year += f" + CASE WHEN {parts['year']} > '{LAST_YEAR_OF_2000}' THEN 1900 ELSE 2000 END"
    second = f"concat('0', {parts['second']}, '.', substr({parts['fraction']}, 1, 6), '0')"
    found = {
        "year": year,
        "month": month_number(parts["name"]) if "name" in parts else _integer(parts["month"]),
        "day": _integer(parts["day"]) if "day" in parts else "1",
        "hour": _hour(_integer(parts["hour"]), parts["half"]),
        "minute": _integer(parts["minute"]),
        "second": chain.database.parsed.format(second),
        "ahead": _seconds_ahead(parts["zone"]),
    }
    return [SqlColumn(of.named(name), [expression]) for name, expression in found.items()]


def _integer(text: str) -> str:
    """A whole number from its digits; 0 where there are none."""
    return f"CAST(concat('0', {text}) AS integer)"


def _hour(hour: str, half: str) -> str:
    """The hour of 24; `half` is AM, PM or nothing."""
    return (
        f"CASE\n      WHEN concat({half}) = '' THEN {hour}"
        f"\n      WHEN {hour} BETWEEN 1 AND 12 AND lower({half}) LIKE 'p%' THEN {hour} % 12 + 12"
        f"\n      WHEN {hour} BETWEEN 1 AND 12 THEN {hour} % 12\n    END"
    )


def _seconds_ahead(zone: str) -> str:
    """How far a zone is ahead of UTC: +02, -0330 or +05:30; 0 of a name, such as Z, or of none."""
    hours = _integer(f"substr({zone}, 2, 2)")
    minutes = _integer(f"substr(replace({zone}, ':', ''), 4, 2)")
    return (
        f"CASE\n      WHEN right({zone}, 1) BETWEEN '0' AND '9'"
        f"\n        THEN CASE left({zone}, 1) WHEN '+' THEN 60 ELSE -60 END"
        f"\n          * ({hours} * 60 + {minutes})"
        "\n      ELSE 0\n    END"
    )


def _days(chain: SqlChain, of: DateColumn) -> str:
    """The days; an error where the text is no date, which make_date raises for the 30.02. too."""
    text, year, month, day = map(of.named, ("text", "year", "month", "day"))
    hour, minute, second, ahead = map(of.named, ("hour", "minute", "second", "ahead"))
    is_known = f"{year} IS NOT NULL AND {month} IS NOT NULL"
    is_time = f"{hour} <= 23 AND {minute} <= 59 AND {second} < 60"
    seconds = f"{hour} * 3600 + {minute} * 60 + {second} - {ahead}"
    iso = ""
    if of.written.pattern != "yyyy-mm-dd":
        days = chain.database.days.format(text)
        iso = f"\n      WHEN {text} ~ '^{_ISO}$'\n        THEN {days}"
    return (
        f"CASE\n      WHEN {text} IS NULL THEN {of.named('c')}"
        f"\n      WHEN {is_known} AND {is_time}"
        f"\n        THEN make_date({year}, {month}, {day}) - DATE '1970-01-01'"
        f"\n          + ({seconds}) / {chain.literal(86_400)}"
        f"{iso}\n      ELSE {of.error(chain)}\n    END"
    )
