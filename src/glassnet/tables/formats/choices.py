"""Which of two ways a column is written where its own cells fit both.

The option decides; then the other columns of the table, then what separates the cells of the file,
then a rule, which a notice names.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from glassnet.errors import GlassnetWarning, OptionRef
from glassnet.tables.formats.dates import DateFormat, order_of
from glassnet.tables.formats.drafts import Draft
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.formats.reading import Reading, TextColumn

OTHER_MARK = {",": ".", ".": ","}
_GROUPS = re.compile(r"[-+]?[1-9][0-9]{0,2}(\.[0-9]{3})+")  # 1.234, in which . may part thousands


class Choices:
    """What a whole table says of how its numbers and dates are written.

    Parameters
    ----------
    columns : sequence of TextColumn
    drafts : mapping of str to Draft
        Of those that are not plain numbers.
    reading : Reading
    separator : str
        What separates the cells of the file; "" nothing.
    """

    def __init__(
        self,
        columns: Sequence[TextColumn],
        drafts: Mapping[str, Draft],
        reading: Reading,
        separator: str,
    ) -> None:
        self.reading = reading
        self.separator = separator
        clear = [found.formats for found in drafts.values() if found.unread is None]
        self.orders = set(_orders(clear))
        marks = set(_decimals(clear))
        plain = [column for column in columns if column.plain is not None]
        self.comma_is_likely = reading.decimal == "," or separator == ";" or "," in marks
        self.points: dict[str, str] = {}
        if self.comma_is_likely or any(len(formats) > 1 for formats in clear):
            self.points = {column.name: _point(column) for column in plain}
        self.marks = marks | ({"."} & set(self.points.values()))

    @property
    def decimal(self) -> tuple[str, bool]:
        """(the decimal mark of columns that fit both, whether the table or an option says so)."""
        if self.reading.decimal:
            return self.reading.decimal, True
        if len(self.marks) == 1:
            return next(iter(self.marks)), True
        if self.separator == ",":
            return ".", True
        return (",", False) if self.separator == ";" else (".", False)

    def plain(self, column: TextColumn) -> tuple[NumberFormat, list[GlassnetWarning]]:
        """How a column of plain numbers is written: 1.234 may have a mark between thousands."""
        decimal, is_sure = self.decimal
        point = self.points.get(column.name, ".")
        if point == "." or decimal == ".":
            return NumberFormat(), []
        if point == "":
            return NumberFormat(decimal if is_sure else "."), []
        written = NumberFormat(",", ".")
        return written, [] if is_sure else [_ambiguous(column.name, _GROUPS, column, written)]

    def number(
        self, column: TextColumn, formats: Sequence[NumberFormat]
    ) -> tuple[NumberFormat, list[GlassnetWarning]]:
        """One of the formats that read every cell of a column."""
        decimal, is_sure = self.decimal
        of_mark = {_decimal_of(written) or decimal: written for written in formats}
        written = of_mark.get(decimal, formats[0])
        written = replace(written, decimal=_decimal_of(written) or (decimal if is_sure else "."))
        if len(formats) == 1 or is_sure:
            return written, []
        return written, [_ambiguous(column.name, re.compile(".*[.,].*"), column, written)]

    def date(
        self, column: TextColumn, formats: Sequence[DateFormat]
    ) -> tuple[DateFormat, list[GlassnetWarning]]:
        """One of the formats that read every cell: by the option, the other columns, or the day
        first.
        """
        by_order = {order_of(written.pattern): written for written in formats}
        if len(by_order) == 1:
            return formats[0], []
        if self.reading.date_order and self.reading.date_order in by_order:
            return by_order[self.reading.date_order], []
        common = self.orders & set(by_order)
        if len(common) == 1:
            return by_order[common.pop()], []
        written = by_order.get("dmy", formats[0])
        if "." in written.pattern:  # between points the day is first, wherever they are used
            return written, []
        example = _example(column, written.regex)
        found = f"column '{column.name}': dates such as {example} fit more than one order, "
        notice = GlassnetWarning(
            [
                f"{found}read as {written.pattern}; ",
                OptionRef("date_order", "mdy"),
                " if the month is first",
            ],
            option="date_order",
            column=column.name,
        )
        return written, [notice]


def _orders(clear: Iterable[Sequence[object]]) -> Iterable[str]:
    """The orders of dates that columns have by their own cells."""
    for formats in clear:
        orders = {order_of(w.pattern) for w in formats if isinstance(w, DateFormat)} - {""}
        if len(orders) == 1:
            yield orders.pop()


def _decimals(clear: Iterable[Sequence[object]]) -> Iterable[str]:
    """The decimal marks that columns have by their own cells."""
    for formats in clear:
        if len(formats) == 1 and isinstance(formats[0], NumberFormat):
            mark = _decimal_of(formats[0])
            if mark:
                yield mark


def _decimal_of(written: NumberFormat) -> str:
    """The decimal mark of a draft: that of its cells, or the one that thousands leave."""
    return written.decimal or OTHER_MARK.get(written.thousands, "")


def _point(column: TextColumn) -> str:
    """What a point is in a column of plain numbers: "." decimal, "?" perhaps not, "" there is none.

    Where a number is below 1 or has not three decimals, it is decimal.
    """
    values = column.plain
    assert values is not None
    fractions = np.abs(values[np.isfinite(values) & (values != np.floor(values))])
    if not len(fractions):
        return ""
    thousandths = fractions * 1000
    if fractions.min() < 1 or (np.abs(thousandths - np.rint(thousandths)) > 1e-6).any():
        return "."
    with_point = [text for text in column.cells.distinct if "." in text]
    return "?" if all(_GROUPS.fullmatch(text) for text in with_point) else "."


def _ambiguous(
    name: str, looks_so: re.Pattern[str], column: TextColumn, written: NumberFormat
) -> GlassnetWarning:
    """The notice of a column whose numbers can be read in two ways."""
    example = _example(column, looks_so)
    value = written.read([example])[0]
    mark = written.thousands or written.decimal
    what, other = "a mark between thousands", "the decimal mark"
    if not written.thousands:
        what, other = other, what
    return GlassnetWarning(
        [
            f"column '{name}': {example} is read as {value:.10g}, its '{mark}' as {what}; ",
            OptionRef("decimal", mark if written.thousands else OTHER_MARK[mark]),
            f" if it is {other}",
        ],
        option="decimal",
        column=name,
    )


def _example(column: TextColumn, looks_so: re.Pattern[str]) -> str:
    return next(text for text in column.cells.distinct if looks_so.fullmatch(text))
