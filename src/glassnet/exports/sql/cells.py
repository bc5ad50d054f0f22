"""How a cell of each kind of column is read: the expression that gives it, NULL where missing."""

from typing import NamedTuple

import numpy as np

from glassnet.errors import visible
from glassnet.exports.columns import Cell, UsedColumn, cell_kind, cell_number
from glassnet.exports.sql.databases import Database, sql_name
from glassnet.exports.sql.numbers import hours_in_text, number_in_text
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import MICROSECONDS_A_DAY
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.inputs import Binary, Categories, Number

TAKEN_AS_BOOLEAN = {"yes", "no", "y", "n", "t", "f", "on", "off"}
"""Categories, in small letters, by which DuckDB takes a column of a CSV file as BOOLEAN."""


class SqlCells(NamedTuple):
    """Reads cells of a row.

    Parameters
    ----------
    database : Database
        How it is written.
    row : str
        What the row is called.
    marks : str
        The query with the texts that mean "missing" among numbers and dates.
    """

    database: Database
    row: str
    marks: str

    def cell(self, column: UsedColumn) -> str:
        """The cell of a column: a number, the days to a date, or text without blanks around it.

        Where a date is held as text it is NULL: see `date_text`.
        """
        cell = self._raw(column)
        kind = cell_kind(column)
        if kind == "number":
            return self._number(column, cell)
        if kind == "date":
            return self._days(cell)
        if kind == "text" and not isinstance(column, Number):
            return self._category(column, cell)
        text = f"lower({self._text(cell)})"
        if self.database.name == "sqlite":
            return f"CASE {cell} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE {text} END"
        return text

    def date_text(self, column: UsedColumn) -> str:
        """The text where a date is held as text, without blanks around it; else NULL."""
        cell = self._raw(column)
        text = self._text(cell)
        is_date = self.database.is_date.format(cell)
        first = f"\n      WHEN {is_date} THEN NULL" if is_date else ""
        is_missing = self._is_missing(text)
        return f"CASE{first}\n      WHEN {is_missing} THEN NULL\n      ELSE {text}\n    END"

    def reads_text(self, column: UsedColumn) -> bool:
        """Whether the column's numbers or dates may be held as text.

        In SQLite every cell may be, and DuckDB takes a column of a CSV file as text where a mark
        such as NA stands in it.
        """
        kind = cell_kind(column)
        if self.database.name == "postgresql" and kind == "number":
            return getattr(column, "format", None) not in (None, NumberFormat())
        return kind in ("number", "date")

    def _raw(self, column: UsedColumn) -> str:
        """The cell as it stands in the table."""
        return f"{self.row}.{sql_name(column.name)}"

    def _text(self, cell: str) -> str:
        return self.database.text.format(cell)

    def _category(self, column: Binary | Categories, cell: str) -> str:
        """The text of a cell; an error where DuckDB took yes and no of a CSV file as BOOLEAN."""
        text = self._text(cell)
        levels = {level.lower() for level in column.levels}
        if self.database.name != "duckdb" or not levels & TAKEN_AS_BOOLEAN:
            return text
        message = f"column '{visible(column.name)}' is BOOLEAN, but must be VARCHAR as it was"
        error = self.database.error.format(self.database.literal(message))
        return f"CASE WHEN typeof({cell}) = 'BOOLEAN' THEN {error} ELSE {text} END"

    def _is_missing(self, text: str) -> str:
        return self.database.is_missing.format(text=text, marks=self.marks)

    def _number(self, column: UsedColumn, cell: str) -> str:
        """The number; of a time of day the hours."""
        known = self.database.known.format(cell)
        if not self.reads_text(column):
            return known
        text = self._text(cell)
        written = getattr(column, "format", None)
        time = ""
        if isinstance(written, ClockFormat):
            if self.database.time:
                of_time, hours = self.database.time
                time = f"\n      WHEN {of_time.format(cell)} THEN {hours.format(text)}"
                known = self.database.known.format(text)  # no TIME can be cast to a number
            test, value = hours_in_text(self.database, written, text)
        else:
            number = written if isinstance(written, NumberFormat) else NumberFormat()
            test, value = number_in_text(self.database, number, text)
        return (
            f"CASE{time}\n      WHEN {self.database.not_text.format(cell)} THEN {known}"
            f"\n      WHEN {self._is_missing(text)} THEN NULL"
            f"\n      WHEN {test}\n        THEN {value}"
            f"\n      ELSE {self.database.text_error(column.name, text, 'is no number')}\n    END"
        )

    def _days(self, cell: str) -> str:
        """Days since 1970-01-01, of a cell of the database's own dates."""
        has_zone, zoned = (template.format(cell) for template in self.database.zoned)
        return (
            f"CASE\n      WHEN {has_zone} THEN {zoned}"
            f"\n      WHEN {self.database.is_date.format(cell)}"
            f" THEN {self.database.days.format(cell)}\n    END"
        )

    def given(self, column: UsedColumn, cell: Cell) -> str:
        """A cell of the model's as a constant; of a date, which is text, the database's own."""
        if not (isinstance(column, Number) and column.date and isinstance(cell, str)):
            return self.database.literal(cell)
        moment = self.database.literal(iso_moment(cell_number(column, cell)))
        return moment if self.database.name == "sqlite" else f"TIMESTAMP {moment}"


def iso_moment(days: float) -> str:
    """Days since 1970-01-01 as a date, and its time to the microsecond where it has one.

    >>> iso_moment(1.0), iso_moment(1.5)
    ('1970-01-02', '1970-01-02 12:00:00.000000')
    """
    moment = str(np.datetime64(round(days * MICROSECONDS_A_DAY), "us")).replace("T", " ")
    return moment.removesuffix(" 00:00:00.000000")
