"""How each database writes numbers, text, names and tables, and how much it takes."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from glassnet.errors import CONTROLS, option_error, visible
from glassnet.notation.dialects import DUCKDB, POSTGRESQL, SQLITE
from glassnet.notation.write import Dialect


@dataclass(frozen=True)
class Database:
    """How one database writes a query.

    What may be missing stands last; "", () and None mean that the database has no such thing. A
    template has {} for the expression that it is of.

    Parameters
    ----------
    name, title : str
        As a target, and as its makers write it.
    dialect : Dialect
        How formulas are written.
    notes : tuple of str
        What its user must know, in lines.
    text : str
        The template of a cell as text without blanks around it.
    number : str
        The template of a number's digits, where they have no exponent.
    infinity : str
        The template of infinity, after its sign.
    character : str
        The function that makes a character of its code.
    largest : str
        The function of the largest of several numbers.
    not_text : str
        The template that says whether a cell is no text.
    is_missing : str
        The template that says whether {text} is one of the query {marks}.
    known : str
        The template of a number from a cell that is no text, with NULL for NaN.
    parsed : str
        The template of a number from its text, which raises an error where it is none.
    error : str
        The template that raises an error with a message, and gives NULL for NULL.
    most_parts : int
        Of a table's name.
    same_case : bool
        Whether names that differ by small and capital letters alone are the same.
    escaped : str
        What of text is written by its code beside CONTROLS: the end of a regular expression.
    feature : str
        The template that gives a feature its type.
    time : tuple of str
        The templates that say whether a cell is a time of day, and give the hours of its text.
    is_date : str
        The template that says whether a cell {0} is a date or a time on a date.
    days : str
        The template of the days since 1970-01-01 to such a cell, or to ISO text.
    zoned : tuple of str
        The templates that say whether such a cell has a zone, and give the days to it.
    match : str
        The template of the {names} parts of a {text} that a regular expression, {pattern}, finds.
    part : str
        The template of one of the {parts}, by {name} or {number}.
    product : str
        The template of the scalar product of a list and its weights; else columns are added up.
    fence : str
        What keeps a query from being merged into the one that reads it, so that what is computed
        once is not written out, and computed, wherever it is used.
    whole_row : str
        The columns of a row that was carried along as the column `raw`; else the row's id is.
    most_columns : int or None
        Of a query.
    most_arguments : int or None
        Of a function.
    longest_name : int or None
        Bytes of a name; what is longer is cut.
    """

    name: str
    title: str
    dialect: Dialect
    notes: tuple[str, ...]
    text: str
    number: str
    infinity: str
    character: str
    largest: str
    not_text: str
    is_missing: str
    known: str
    parsed: str
    error: str
    most_parts: int
    same_case: bool
    escaped: str = ""
    feature: str = "{}"
    time: tuple[str, ...] = ()
    is_date: str = ""
    days: str = ""
    zoned: tuple[str, ...] = ()
    match: str = ""
    part: str = ""
    product: str = ""
    fence: str = ""
    whole_row: str = ""
    most_columns: int | None = None
    most_arguments: int | None = None
    longest_name: int | None = None

    def literal(self, value: Any) -> str:
        """A value as a constant: numbers to the last digit, text with its controls as codes."""
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return self._number(value)
        return self._quoted(value) if isinstance(value, str) else str(value)

    def _number(self, value: float) -> str:
        if math.isinf(value):
            return self.infinity.format("-" if value < 0 else "")
        text = repr(value)
        return text if "e" in text else self.number.format(text)

    def _quoted(self, text: str) -> str:
        """Text in quotes; controls as their codes, as each database escapes them differently."""
        parts: list[str] = []
        for number, part in enumerate(re.split(f"({CONTROLS.pattern}{self.escaped})", text)):
            if number % 2:
                parts.append(f"{self.character}({ord(part)})")
            elif part or text == "":
                parts.append("'" + part.replace("'", "''") + "'")
        return parts[0] if len(parts) == 1 else f"({' || '.join(parts)})"

    def text_error(self, name: str, text: str, fault: str) -> str:
        """An expression that raises an error with a column's name, its text and what is wrong."""
        first, last = self.literal(f"column '{visible(name)}': "), self.literal(f" {fault}")
        return self.error.format(f"{first} || {text} || {last}")

    def folded(self, name: str) -> str:
        """The name as the database compares it with others."""
        if self.longest_name:
            name = name.encode(errors="replace")[: self.longest_name].decode(errors="ignore")
        return name.lower() if self.same_case else name

    def table(self, source: str) -> list[str]:
        """The parts of a table's name, such as schema and table; quotes keep a point in a name.

        Raises OptionError where it is none.

        >>> DATABASES["duckdb"].table('main."rows.csv"')
        ['main', 'rows.csv']
        """
        parts = re.findall(r'"((?:[^"]|"")+)"|([^".]+)', source)
        names = [quoted.replace('""', '"') or plain for quoted, plain in parts]
        written = [f'"{quoted}"' if quoted else plain for quoted, plain in parts]
        if ".".join(written) != source or not 1 <= len(names) <= self.most_parts:
            form = "a table's name" + (", or schema.table" if self.most_parts > 1 else "")
            raise option_error("source", f'must be {form}; points within a name need "..."', source)
        return names


def sql_name(name: str) -> str:
    """A name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with as many _ at its end as it needs to be none of those, small letters all."""
    while name in taken:
        name += "_"
    return name


_DUCKDB = Database(
    name="duckdb",
    title="DuckDB",
    dialect=DUCKDB,
    notes=(
        "What is missing is NULL. Numbers and dates may be held as text, as the model's own table",
        "writes them, times of day as TIME; text is VARCHAR.",
    ),
    text="trim(CAST({} AS VARCHAR))",
    number="{}e0",
    infinity="CAST('{}inf' AS DOUBLE)",
    character="chr",
    largest="greatest",
    not_text="typeof({}) <> 'VARCHAR'",
    # a list: IN would compare the text of each cell, of columns of numbers too
    is_missing="list_contains((SELECT list(mark) FROM {marks}), lower({text}))",
    known="nullif(CAST({} AS DOUBLE), CAST('nan' AS DOUBLE))",
    parsed="CAST({} AS DOUBLE)",
    error="error({})",
    most_parts=3,
    same_case=True,
    time=("typeof({}) = 'TIME'", "epoch(CAST({} AS INTERVAL)) / 3600e0"),
    is_date="(typeof({0}) = 'DATE' OR typeof({0}) LIKE 'TIMESTAMP%')",
    days="epoch(CAST({} AS TIMESTAMP)) / 86400e0",
    zoned=("typeof({}) = 'TIMESTAMP WITH TIME ZONE'", "epoch(CAST({} AS TIMESTAMPTZ)) / 86400e0"),
    match="regexp_extract({text},\n      {pattern},\n      [{names}]\n    )",
    part="{parts}.{name}",
    product="list_inner_product({}, [\n{}\n    ])",
    whole_row="raw.*",
)
_SQLITE = Database(
    name="sqlite",
    title="SQLite",
    dialect=SQLITE,
    notes=(
        "Dates are text, as the model's own table writes them or ISO, true and false 1 and 0, what",
        "is missing NULL. Numbers may be held as text. Rows are told apart by their rowid, which a",
        "table has and a view has not.",
    ),
    text="trim({})",
    number="{}",
    infinity="{}9e999",
    character="char",
    largest="max",
    not_text="typeof({}) <> 'text'",
    is_missing="lower({text}) IN (SELECT mark FROM {marks})",
    known="CAST({} AS REAL)",
    parsed="CAST(json_extract({}, '$') AS REAL)",
    error="json_extract('[]', {})",  # shows what is no path
    most_parts=2,
    same_case=True,
    fence="LIMIT -1",
    most_columns=2000,
    most_arguments=100,
)
_POSTGRESQL = Database(
    name="postgresql",
    title="PostgreSQL",
    dialect=POSTGRESQL,
    notes=(
        "What is missing is NULL. Numbers and dates may be held as text, as the model's own table",
        "writes them, times of day as time.",
        "Over many rows SET jit = off first: to compile so many sums takes minutes.",
    ),
    text="trim(CAST({} AS text))",
    number="{}",
    infinity="CAST('{}Infinity' AS double precision)",
    character="chr",
    largest="greatest",
    not_text="pg_typeof({}) NOT IN ('text', 'character varying', 'character')",
    is_missing="lower({text}) IN (SELECT mark FROM {marks})",
    known="nullif(CAST({} AS double precision), 'NaN')",
    parsed="CAST({} AS double precision)",
    error="CAST({} AS double precision)",  # shows what is no number
    most_parts=3,
    same_case=False,
    escaped=r"|\\",  # an escape in text, where standard_conforming_strings is off
    feature="CAST({} AS double precision)",
    time=(
        "pg_typeof({}) = 'time'::regtype",
        "CAST(extract(epoch FROM CAST({} AS interval)) AS double precision) / 3600.0",
    ),
    is_date="pg_typeof({}) IN ('date', 'timestamp', 'timestamptz')",
    days="CAST(extract(epoch FROM CAST({} AS timestamp)) AS double precision) / 86400.0",
    zoned=(
        "pg_typeof({}) = 'timestamptz'::regtype",
        "CAST(extract(epoch FROM CAST({} AS timestamptz)) AS double precision) / 86400.0",
    ),
    match="regexp_match({text},\n      {pattern}\n    )",
    part="{parts}[{number}]",
    fence="OFFSET 0",
    whole_row="(raw).*",
    most_columns=1664,
    longest_name=63,
)
DATABASES = {row.name: row for row in (_DUCKDB, _SQLITE, _POSTGRESQL)}
"""Name -> database."""
