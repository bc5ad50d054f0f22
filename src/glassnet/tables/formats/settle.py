"""What every text column of a table holds: the one door for text, in training and in predicting.

A column's cells say what it could be (`drafts.py`); where two ways fit, the table as a whole
decides (`choices.py`). New rows are read as the model's were. What is said on the way is worded in
`remarks.py`.
"""

from collections.abc import Collection, Sequence

import numpy as np

from glassnet.errors import GlassnetWarning
from glassnet.tables.columns import Column, is_name, number_text
from glassnet.tables.formats import remarks
from glassnet.tables.formats.choices import Choices
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.drafts import Draft
from glassnet.tables.formats.guess import draft
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.missing import MissingRule
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.formats.plain import plain_numbers
from glassnet.tables.formats.reading import TRAINING, Learnt, Reading, TextColumn


def read_text_columns(
    columns: Sequence[TextColumn], reading: Reading = TRAINING, separator: str = ""
) -> tuple[dict[str, Column], list[GlassnetWarning]]:
    """The columns of text of one table as what they hold, and what is to be said of them.

    Parameters
    ----------
    columns : sequence of TextColumn
    reading : Reading
    separator : str
        What separates the cells of the file; "" it was none, or does not say.

    Returns
    -------
    columns : dict of str to Column
    notices : list of GlassnetWarning

    Raises
    ------
    TableError
        Naming column and row, on a cell that does not fit a column of numbers, dates or times, and
        on targets of text in which a word may mean that nothing is known.
    """
    rule = MissingRule(reading.missing)
    found: dict[str, Column] = {}
    notices: list[GlassnetWarning] = []
    for column in columns:
        known = _known(column, reading, rule)
        if known is not None:
            found[column.name] = known
    others = [column for column in columns if column.name not in found]
    drafts = {c.name: draft(c.cells, rule) for c in others if _is_open(c, rule)}
    choices = Choices(others, drafts, reading, separator)
    for column in others:
        read, said = _read_open(column, drafts.get(column.name), choices, rule, reading)
        if read is not None:
            found[column.name] = read
        notices += said
    marks = set[str]()
    if reading.missing is None:  # what means "missing" among this table's numbers does in its texts
        marks = marks.union(*(column.marks for column in columns))
    for column in columns:
        if column.name not in found:
            found[column.name], said = _text(column, drafts[column.name], marks, rule, reading)
            notices += said
    return found, notices if reading.learnt is None else []


def _known(column: TextColumn, reading: Reading, rule: MissingRule) -> Column | None:
    """A column of which it is settled what it holds, by the model or by the user."""
    if reading.learnt is None:
        return _category(column, rule) if column.name in reading.categories else None
    learnt = reading.learnt.get(column.name, Learnt("number"))
    if learnt.kind == "text":
        return _text_of_levels(column, learnt.levels, rule)
    if learnt.format is None:
        return None
    if column.plain is not None and learnt.format == NumberFormat():
        return Column(column.name, "number", column.plain, learnt.format)
    read = _read(column, learnt.format, rule)
    missing = read.missing[
        [column.cells.first_row(i) - 1 for i in range(len(column.cells.distinct))]
    ]
    for text, is_missing in zip(column.cells.distinct, missing, strict=True):
        if is_missing and text not in column.marks:
            raise remarks.unlike_training(column, text, learnt.format)
    return read


def _category(column: TextColumn, rule: MissingRule) -> Column:
    """A column that keeps its written form; as numbers where those are written no other way."""
    cells = column.cells
    if _is_boolean(column, rule):
        return _boolean(column)
    known = [text for text in cells.distinct if not rule.among_numbers(text)]
    numbers = plain_numbers(known)
    if numbers is not None and _are_written_plainly(numbers, known):
        return _read(column, NumberFormat(), rule)
    kept = [None if rule.among_texts(text) else text for text in cells.distinct]
    return Column(column.name, "text", cells.texts(kept))


def _are_written_plainly(numbers: np.ndarray, texts: Sequence[str]) -> bool:
    """Whether the numbers, as they are always written, are these texts."""
    return bool(np.isfinite(numbers).all()) and [number_text(x) for x in numbers] == list(texts)


def _text_of_levels(column: TextColumn, levels: Collection[str], rule: MissingRule) -> Column:
    """Text as a model knows it: what may mean "missing" does, unless it is a level."""
    known = set(levels)
    kept = [
        text if text in known or not rule.among_numbers(text) else None
        for text in column.cells.distinct
    ]
    return Column(column.name, "text", column.cells.texts(kept))


def _is_open(column: TextColumn, rule: MissingRule) -> bool:
    """Whether a column has to be looked at cell by cell."""
    return column.plain is None and not _is_boolean(column, rule)


def _is_boolean(column: TextColumn, rule: MissingRule) -> bool:
    known = {t.casefold() for t in column.cells.distinct if not rule.among_numbers(t)}
    return bool(known) and known <= {"true", "false"}


def _boolean(column: TextColumn) -> Column:
    lower = [text.casefold() for text in column.cells.distinct]
    kept = [text if text in ("true", "false") else None for text in lower]
    return Column(column.name, "boolean", column.cells.texts(kept))


def _read_open(
    column: TextColumn,
    found: Draft | None,
    choices: Choices,
    rule: MissingRule,
    reading: Reading,
) -> tuple[Column | None, list[GlassnetWarning]]:
    """(the column as numbers, dates, times or booleans, notices); None where it is text."""
    if column.plain is not None:
        written, said = choices.plain(column)
        if written.thousands:
            return _read(column, written, rule), said
        return Column(column.name, "number", column.plain, written), said
    if found is None:
        return _boolean(column), []
    if not found.n_known:
        return _read(column, NumberFormat(), rule), []
    if not found.formats:
        return None, []
    if found.unread is not None:
        if reading.learnt is None and remarks.is_slip(found, _n_different(column, rule)):
            raise remarks.slip(column, found, reading)
        return None, []
    written, said = _chosen(column, found.formats, choices)
    return _read(column, written, rule), said


def _chosen(
    column: TextColumn, formats: Sequence[Format], choices: Choices
) -> tuple[Format, list[GlassnetWarning]]:
    """One of the formats that read every cell."""
    if isinstance(formats[0], ClockFormat):
        return formats[0], []
    dates = [written for written in formats if isinstance(written, DateFormat)]
    if dates:
        return choices.date(column, dates)
    return choices.number(column, [w for w in formats if isinstance(w, NumberFormat)])


def _read(column: TextColumn, written: Format, rule: MissingRule) -> Column:
    """The column as a format reads it; what means "missing" in it is kept as its marks."""
    cells = column.cells
    known = ["" if rule.among_numbers(text) else text for text in cells.distinct]
    values = written.read(known)
    unread = [cells.distinct[i] for i in np.flatnonzero(np.isnan(values))]
    column.marks |= {text for text in unread if rule.among_numbers(text)}
    kind = "date" if isinstance(written, DateFormat) else "number"
    return Column(column.name, kind, cells.numbers(values), written)


def _n_different(column: TextColumn, rule: MissingRule) -> int:
    return sum(not rule.among_numbers(text) for text in column.cells.distinct)


def _text(
    column: TextColumn, found: Draft, marks: set[str], rule: MissingRule, reading: Reading
) -> tuple[Column, list[GlassnetWarning]]:
    """(the column as text, notices); what may mean "missing" does where it does among numbers."""
    cells = column.cells
    is_target = column.name in reading.targets
    notices: list[GlassnetWarning] = []
    kept: list[str | None] = []
    for text, count in zip(cells.distinct, cells.counts.tolist(), strict=True):
        missing = rule.among_texts(text) or text in marks
        if not missing and rule.is_ambiguous(text):
            missing = count == 1 and not is_target
            if not missing and is_target and reading.learnt is None:
                raise remarks.class_or_missing(column, text, count)
            if not missing:
                notices.append(remarks.category_or_missing(column, text, count))
        kept.append(None if missing else text)
    texts = [text for text in kept if text is not None]
    if is_target or not is_name(len(texts), found.n_known):
        notices += remarks.alike_but_for_case(column.name, texts, cells)
    else:
        notices = remarks.dropped_numbers(column, found, reading)
    return Column(column.name, "text", cells.texts(kept)), notices
