"""How each database writes numbers, text, names and tables, and how much it takes."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from glassnet.errors import CONTROLS, option_error
from glassnet.notation.dialects import DUCKDB, POSTGRESQL, SQLITE
from glassnet.notation.write import Dialect


@dataclass(frozen=True)
class Database:
    """How one database writes a query.

    Parameters
    ----------
    name, title : str
        As a target, and as its makers write it.
    dialect : Dialect
        How formulas are written.
    text : str
        The template of a cell as text without blanks around it.
    number : str
        The template of a number's digits, where they have no exponent.
    infinity : str
        The template of infinity, after its sign.
    character : str
        The function that makes a character of its code.
    escaped : str
        What of text is written by its code beside CONTROLS: the end of a regular expression.
    largest : str
        The function of the largest of several numbers.
    not_text : str
        The template that says whether a cell is no text.
    is_date : str
        The template that says whether a cell is of a type of dates.
    days : str
        The template of the days since 1970-01-01 to such a cell, or to ISO text.
    zoned : tuple of str
        The templates that say whether a cell is a time with a zone, and give the days to it.
    match : str
        The template of the parts of a text that a regular expression finds; "": there is none.
    part : str
        The template of one of these parts, by name or number.
    error : str
        The template that raises an error with a message.
    is_known : str
        The template that says whether a text is none of the marks, a query's name.
    known : str
        The template of a number from a cell that is no text, with NULL for NaN.
    parsed : str
        The template of a number from its text, which raises an error where it is none.
    time : tuple of str
        The templates that say whether a cell is a time of day, and give the hours of its text; ():
        there is no such type.
    feature : str
        The template that gives a feature its type.
    fence : str
        What keeps a query from being merged into the one that reads it, so that what is computed
        once is not written out, and computed, wherever it is used; "": nothing is needed.
    product : str
        The template of the scalar product of a list and its weights; "": columns are added up.
    most_columns : int or None
        Of a query.
    most_arguments : int or None
        Of a function.
    most_parts : int
        Of a table's name.
    longest_name : int or None
        Bytes of a name; what is longer is cut.
    same_case : bool
        Whether names that differ by small and capital letters alone are the same.
    whole_row : str
        The columns of a row that was carried along as the column `raw`; "": the row's id is.
    notes : tuple of str
        What its user must know, in lines.
    """

    name: str
    title: str
    dialect: Dialect
    text: str
    number: str
    infinity: str
    character: str
    largest: str
    not_text: str
    is_known: str
    known: str
    parsed: str
    error: str
    most_parts: int
    same_case: bool
    notes: tuple[str, ...]
    time: tuple[str, ...] = ()
    is_date: str = ""
    days: str = ""
    zoned: tuple[str, ...] = ()
    match: str = ""
    part: str = ""
    escaped: str = ""
    feature: str = "{}"
    fence: str = ""
    product: str = ""
    most_columns: int | None = None
    most_arguments: int | None = None
    longest_name: int | None = None
    whole_row: str = ""

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
    text="trim(CAST({} AS VARCHAR))",
    number="{}e0",
    infinity="CAST('{}inf' AS DOUBLE)",
    character="chr",
    largest="greatest",
    not_text="typeof({}) <> 'VARCHAR'",
    is_known="NOT list_contains((SELECT list(mark) FROM {marks}), lower({text}))",
    known="nullif(CAST({} AS DOUBLE), CAST('nan' AS DOUBLE))",
    parsed="CAST({} AS DOUBLE)",
    error="error({})",
    time=("typeof({}) = 'TIME'", "epoch(CAST({} AS INTERVAL)) / 3600e0"),
    is_date="(typeof({0}) = 'DATE' OR typeof({0}) LIKE 'TIMESTAMP%')",
    days="epoch(CAST({} AS TIMESTAMP)) / 86400e0",
    zoned=(
        "typeof({}) = 'TIMESTAMP WITH TIME ZONE'",
        "epoch(CAST({} AS TIMESTAMP WITH TIME ZONE)) / 86400e0",
    ),
    match="regexp_extract({text},\n      {pattern},\n      [{names}]\n    )",
    part="{parts}.{name}",
    product="list_inner_product({}, [\n{}\n    ])",
    most_parts=3,
    same_case=True,
    whole_row="raw.*",
    notes=(
        "What is missing is NULL. Numbers and dates may be held as text, as the model's own table",
        "writes them, times of day as TIME; text is VARCHAR.",
    ),
)
_SQLITE = Database(
    name="sqlite",
    title="SQLite",
    dialect=SQLITE,
    text="trim({})",
    number="{}",
    infinity="{}9e999",
    character="char",
    largest="max",
    not_text="typeof({}) <> 'text'",
    is_known="lower({text}) NOT IN (SELECT mark FROM {marks})",
    known="CAST({} AS REAL)",
    parsed="CAST(json_extract({}, '$') AS REAL)",
    error="json_extract('[]', {})",  # what is no path is shown
    fence="LIMIT -1",
    most_columns=2000,
    most_arguments=100,
    most_parts=2,
    same_case=True,
    notes=(
        "Dates are text, as the model's own table writes them or ISO, true and false 1 and 0, what",
        "is missing NULL. Numbers may be held as text. Rows are told apart by their rowid, which a",
        "table has and a view has not.",
    ),
)
_POSTGRESQL = Database(
    name="postgresql",
    title="PostgreSQL",
    dialect=POSTGRESQL,
    text="trim(CAST({} AS text))",
    number="{}",
    infinity="CAST('{}Infinity' AS double precision)",
    character="chr",
    escaped=r"|\\",  # an escape in text, where standard_conforming_strings is off
    largest="greatest",
    not_text="pg_typeof({}) NOT IN ('text', 'character varying', 'character')",
    is_known="lower({text}) NOT IN (SELECT mark FROM {marks})",
    known="nullif(CAST({} AS double precision), 'NaN')",
    parsed="CAST({} AS double precision)",
    error="CAST({} AS double precision)",  # of what is no number
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
    feature="CAST({} AS double precision)",
    fence="OFFSET 0",
    most_columns=1664,
    most_parts=3,
    longest_name=63,
    same_case=False,
    whole_row="(raw).*",
    notes=(
        "What is missing is NULL. Numbers and dates may be held as text, as the model's own table",
        "writes them, times of day as time.",
        "Over many rows SET jit = off first: to compile so many sums takes minutes.",
    ),
)
DATABASES = {row.name: row for row in (_DUCKDB, _SQLITE, _POSTGRESQL)}
"""Name -> database."""
