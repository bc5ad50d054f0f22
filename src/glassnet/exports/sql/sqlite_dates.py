"""Dates that are held as text, in SQLite: taken apart by where their parts stand.

SQLite has no regular expressions. Numbers are cut out of a text, and the text must then be one of
those that they would be written as, such as 1.2.2024 and 01.02.2024.
"""

from collections.abc import Sequence
from itertools import product

from glassnet.exports.sql.dates import DateColumn, month_number
from glassnet.exports.sql.numbers import SQL_DIGITS
from glassnet.exports.sql.steps import SqlChain, SqlColumn
from glassnet.tables.formats.dates import LAST_YEAR_OF_2000

_SEPARATORS = "' .,-/'"
"""What stands between the parts of a date."""
_AROUND_NAMES = "' .,-/0123456789'"


def add_sqlite_dates(chain: SqlChain, columns: Sequence[DateColumn], others: Sequence[str]) -> None:
    """The queries from the texts to days, as `add_dates` has them."""

    def named(name: str) -> list[str]:
        return [of.named(name) for of in columns]

    texts = [*others, *named("text")]
    made = [SqlColumn(of.named("date"), [_date(of)]) for of in columns]
    chain.add("date_texts", "Dates that are held as text, without the time.", texts, made)
    made = [column for of in columns for column in _parts(of)]
    chain.add("date_parts", "The time, and the date with mon for the name of a month.", texts, made)
    made = [column for of in columns for column in _numbers(of)]
    kept = [*texts, *named("date"), *named("time")]
    chain.add("date_numbers", "Year, month and day, and the fraction of a second.", kept, made)
    made = [column for of in columns for column in _iso(of)]
    kept = [*texts, *named("fraction")]
    chain.add("iso_dates", "The date as ISO text, and the time without fractions.", kept, made)
    made = [SqlColumn(of.named("c"), [_days(chain, of)], of.column.name) for of in columns]
    chain.add("dates", "Dates as days since 1970-01-01.", others, made)


def _date(of: DateColumn) -> str:
    """The text up to the time, whose hour ends at the first colon."""
    text = of.named("text")
    hours = f"rtrim(substr({text}, 1, instr({text}, ':') - 1), {SQL_DIGITS})"
    return f"CASE instr({text}, ':') WHEN 0 THEN {text} ELSE rtrim({hours}, ' ,Tt') END"


def _parts(of: DateColumn) -> list[SqlColumn]:
    date = of.named("date")
    time = f"replace(ltrim(substr({of.named('text')}, length({date}) + 1), ' ,Tt'), ',', '.')"
    found = [SqlColumn(of.named("time"), [time])]
    if "mon" not in of.written.pattern:
        return [*found, SqlColumn(date, [date])]
    name = f"trim({date}, {_AROUND_NAMES})"
    plain = f"replace({date}, ',', '')" if "," in of.written.pattern else date
    replaced = f"replace(replace({plain}, {name} || '.', 'mon'), {name}, 'mon')"
    return [
        *found,
        SqlColumn(of.named("month"), [month_number(name)]),
        SqlColumn(date, [replaced]),
    ]


def _pattern_parts(of: DateColumn) -> list[str]:
    """The parts of a date in the order in which they stand."""
    pattern = of.written.pattern
    names = ("yyyy" if "yyyy" in pattern else "yy", "mon" if "mon" in pattern else "mm", "dd")
    return sorted((name for name in names if name in pattern), key=pattern.index)


def _numbers(of: DateColumn) -> list[SqlColumn]:
    """Year, month and day, and the fraction of a second with what follows it."""
    date, time = of.named("date"), of.named("time")
    parts = _pattern_parts(of)
    before = "'mon'" if parts[0] == "mon" else SQL_DIGITS
    second = f"ltrim(ltrim({date}, {before}), {_SEPARATORS})"
    last = f"substr({date}, length(rtrim({date}, {SQL_DIGITS})) + 1)"
    texts = dict(zip(parts, [date, second, last] if len(parts) == 3 else [date, last], strict=True))
    numbers = {name: f"CAST({text} AS INTEGER)" for name, text in texts.items()}
    year = numbers.get("yyyy", "")
    if "yy" in numbers:
        of_two = numbers["yy"]
        year = f"{of_two} + CASE WHEN {of_two} > {LAST_YEAR_OF_2000} THEN 1900 ELSE 2000 END"
    return [
        SqlColumn(of.named("year"), [year]),
        SqlColumn(of.named("month"), [numbers.get("mm", of.named("month"))]),
        SqlColumn(of.named("day"), [numbers.get("dd", "1")]),
        SqlColumn(of.named("fraction"), [f"substr({time}, instr({time} || '.', '.'))"]),
    ]


def _iso(of: DateColumn) -> list[SqlColumn]:
    date, time, fraction = map(of.named, ("date", "time", "fraction"))
    year, month, day = map(of.named, ("year", "month", "day"))
    numbers = {"yyyy": year, "yy": f"{year} % 100", "mm": month, "dd": day}
    given = ", ".join(numbers[part] for part in _pattern_parts(of) if part != "mon")
    forms = ", ".join(f"printf('{form}', {given})" for form in _forms(of))
    iso = (
        f"CASE\n      WHEN {date} GLOB '????-??-??' THEN {date}\n      WHEN {date} IN ({forms})"
        f"\n        THEN printf('%04d-%02d-%02d', {year}, {month}, {day})\n    END"
    )
    whole = f"substr({time}, 1, length({time}) - length({fraction}))"
    zone = f"ltrim(substr({fraction}, 2), {SQL_DIGITS})"
    clock = (
        f"CASE WHEN {time} LIKE '_:%' THEN '0' ELSE '' END"
        f"\n      || CASE WHEN {fraction} = '' OR {whole} GLOB '??:??:??' THEN {whole} END"
        f"\n      || ' ' || {zone}"
    )
    return [SqlColumn(of.named("iso"), [iso]), SqlColumn(time, [clock])]


def _forms(of: DateColumn) -> list[str]:
    """How the date may be written, for printf: with zeros in front of month and day or without."""
    pattern = of.written.pattern.replace(",", "").replace("yyyy", "%04d").replace("yy", "%02d")
    months = ("%02d", "%d") if "mm" in pattern else ("",)
    days = ("%02d", "%d") if "dd" in pattern else ("",)
    return [pattern.replace("mm", month).replace("dd", day) for month, day in product(months, days)]


def _days(chain: SqlChain, of: DateColumn) -> str:
    """The days; unixepoch alone would take the 30.02. and 24:30, and numbers as Julian days."""
    iso, time = of.named("iso"), of.named("time")
    is_date = f"date({iso}, '+0 days') = {iso} AND {time} < '24'"
    seconds = f"unixepoch(CASE WHEN {is_date} THEN {iso} || ' ' || {time} END)"
    fraction = f"CAST('0' || substr({of.named('fraction')}, 1, 7) AS REAL)"
    return f"(coalesce({seconds},\n      {of.error(chain)})\n      + {fraction}) / 86400.0"
