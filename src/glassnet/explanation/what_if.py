"""What if cells of a row were others: the row with them, and what that changes in its prediction.

Changes are written as on the command line, `=+2` and the like, or given as Python's own values.
The data is `summaries.py`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from glassnet.errors import (
    GlassnetError,
    OptionError,
    OptionRef,
    TableError,
    option_error,
    unknown_name,
)
from glassnet.explanation.encoding import written_cell
from glassnet.explanation.outside import changed_outside
from glassnet.explanation.summaries import Changed, TargetSummary, WhatIf
from glassnet.explanation.summarize import (
    decimals_of,
    probability_text,
    row_contributions,
    summarize,
)
from glassnet.models.rows import Rows
from glassnet.tables.columns import Column, Table, texts
from glassnet.tables.frames import as_table
from glassnet.tables.inputs import Binary, Categories, Number, Unused, check_kind
from glassnet.tables.targets import ClassTarget

Changes = Mapping[str, Any]
"""Column -> its new cell: a value, None for a missing one, or text: "+2" and "-2" add to a number
or to the days of a date, "=-2" sets a number below 0, anything else is set as it would stand in the
table, "" being a missing cell."""


class _OtherCell(NamedTuple):
    """A column with its cell replaced, and what should be said of that."""

    column: Column
    note: str = ""


def changes_of(given: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Changes written as "column=value", by column; a column's name may hold "=" too.

    Raises GlassnetError on one without "=", or of no column, or of a column given twice.
    """
    changes: dict[str, str] = {}
    for text in given:
        if "=" not in text:
            message = [OptionRef("what_if"), f" {text}: give COLUMN=VALUE, as in {names[0]}=+2"]
            raise OptionError(message, option="what_if", value=text)
        fitting = [name for name in names if text.startswith(f"{name}=")]
        name = max(fitting, key=len) if fitting else text.partition("=")[0]
        if name in changes:
            message = [OptionRef("what_if"), f": column '{name}' is given twice"]
            raise OptionError(message, option="what_if", value=text)
        changes[name] = text[len(name) + 1 :]
    return changes


def explain_what_if(rows: Rows, row: int, changes: Changes, others: Rows) -> WhatIf:
    """What comes of one row, from 0, with other cells; `others` as in `summarize`.

    Raises GlassnetError on a column that the model does not use, and on a cell that does not fit.
    """
    if not isinstance(changes, Mapping):
        raise option_error("what_if", "must be a dict of columns and their new cells", changes)
    before = rows.take([row])
    found = {name: _other_cell(before, name, value) for name, value in changes.items()}
    columns = {**before.columns.columns} | {name: other.column for name, other in found.items()}
    after = replace(before, columns=Table(columns))
    summary = summarize(after, 0, others)
    was = summarize(before, 0, others)
    return WhatIf(
        cells=tuple(_cell_before_and_after(before, after, name) for name in changes),
        inputs=_inputs(before, after),
        summary=summary,
        contributions=tuple(_contributions(before, after, one, others) for one in was),
        sentences=tuple(_sentence(*pair, before, after) for pair in zip(was, summary, strict=True)),
        notes=(
            *(other.note for other in found.values() if other.note),
            *changed_outside(after, list(changes), others),
        ),
    )


def _other_cell(row: Rows, name: str, value: Any) -> _OtherCell:
    encoding = _encoding_of(row, name)
    text = value.strip() if isinstance(value, str) else ""
    if isinstance(encoding, Number) and text[:1] in ("+", "-"):
        return _OtherCell(_added(row, encoding, text))
    new = text.removeprefix("=") if isinstance(value, str) else value
    column = _column_of_cell(row, encoding, new)
    note = _missing_note(encoding) if column.missing[0] else ""
    if not isinstance(encoding, Number) and not column.missing[0]:
        (level,) = texts(column)
        if level not in encoding.levels:
            known = ", ".join(encoding.levels[:6])
            note = (
                f"{name} '{level}' was never seen in the training and counts as missing; "
                f"known are {known}{', ...' if len(encoding.levels) > 6 else ''}."
            )
    return _OtherCell(column, note)


def _missing_note(encoding: Number | Binary | Categories) -> str:
    """What stands in for a missing cell, and what the network knows of that."""
    missing = f"{encoding.name} is missing: "
    if isinstance(encoding, Categories):
        return f"{missing}it counts as none of its categories."
    if isinstance(encoding, Binary):
        first, second = encoding.levels
        return f"{missing}it counts as halfway between {first} and {second}."
    fill = encoding.written(encoding.fill)
    if not encoding.fill_learnt:
        return f"{missing}{fill} stands in; the network learnt of no missing cells."
    known = (
        "an input tells the network so" if encoding.indicator else "none was missing in training"
    )
    return f"{missing}the median of the training, {fill}, stands in; {known}."


def _encoding_of(row: Rows, name: str) -> Number | Binary | Categories:
    """How the model takes a column. Raises GlassnetError where it takes none of that name."""
    inputs = {column.name: column for column in row.model.encoding.inputs}
    found = inputs.get(name)
    if found is None or isinstance(found, Unused):
        reason = f": {found}" if found else ""
        if name in [target.name for target in row.model.encoding.targets]:
            reason = ": it is what is predicted"
        if reason:
            message = [OptionRef("what_if"), f": the model does not use column '{name}'{reason}"]
            raise OptionError(message, option="what_if", value=name, remedy="give another column")
        raise unknown_name("column", name, row.model.encoding.needed)
    return found


def _added(row: Rows, encoding: Number, text: str) -> Column:
    """A column of numbers, or of days, with an amount added to its cell."""
    column = row.columns[encoding.name]
    if column.missing[0]:
        raise _unfit(encoding.name, text, "the cell is missing, so nothing can be added to it")
    try:
        amount = float(text.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        raise _unfit(encoding.name, text, "no number is behind the sign") from None
    changed = replace(column, values=column.values + amount)
    if not np.isfinite(changed.values).all():
        raise _unfit(encoding.name, text, "not a finite number")
    return changed


def _column_of_cell(row: Rows, encoding: Number | Binary | Categories, value: Any) -> Column:
    """A column whose one cell is read as it would be in a table of the model's."""
    name = encoding.name
    try:
        table = as_table({name: [value]}, wanted=[name], reading=row.model.encoding.reading)
        check_kind(encoding, table[name])
    except TableError:
        how = "date" if isinstance(encoding, Number) and encoding.date else "number"
        what = f"it is no {how} as the table has them{_written(encoding)}"
        raise _unfit(name, value, what) from None
    return table[name]


def _written(encoding: Number | Binary | Categories) -> str:
    """How a column's cells are written, where that is not the plain way."""
    found = encoding.format if isinstance(encoding, Number) else None
    return "" if found is None or str(found) == "number" else f" ({found})"


def _unfit(name: str, value: Any, what: str) -> GlassnetError:
    message = [OptionRef("what_if"), f" {name}={value}: {what}"]
    return OptionError(message, option="what_if", value=value)


def _cell_before_and_after(before: Rows, after: Rows, name: str) -> Changed:
    encoding = _encoding_of(before, name)
    cells = [written_cell(encoding, rows.columns[name], 0) for rows in (before, after)]
    return Changed(name, *cells)


def _inputs(before: Rows, after: Rows) -> tuple[Changed, ...]:
    """The network's inputs that are others."""
    features = before.model.encoding.features
    pairs = zip(features, before.x[0].tolist(), after.x[0].tolist(), strict=True)
    return tuple(Changed(name, old, new) for name, old, new in pairs if old != new)


def _contributions(
    before: Rows, after: Rows, was: TargetSummary, others: Rows
) -> tuple[Changed, ...]:
    """What each column contributes to what was predicted before, then and now."""
    name = was.target if was.output == was.target else f"{was.target}={was.predicted}"
    old, new = (row_contributions(row, name, others) for row in (before, after))
    if old is None or new is None:
        return ()
    pairs = zip(old.columns, old.values[0].tolist(), new.values[0].tolist(), strict=True)
    changed = [Changed(*pair) for pair in pairs]
    sizes = np.abs(new.values[0] - old.values[0])
    return tuple(changed[i] for i in np.argsort(-sizes, kind="stable"))


def _sentence(was: TargetSummary, now: TargetSummary, before: Rows, after: Rows) -> str:
    """What changed in the prediction of one target."""
    if isinstance(was.predicted, float) and isinstance(now.predicted, float):
        sentence = _number_sentence(was.target, was.predicted, now.predicted)
        return f"{sentence} {_before_clipping(was, now)}".strip()
    labels = dict.fromkeys(str(one.predicted) for one in (was, now))
    ways = [_way_of(label, was.target, before, after) for label in labels]
    stays = f"stays {was.predicted}"
    if len(labels) > 1:
        stays = f"changes from {was.predicted} to {now.predicted}"
    return f"{was.target} {stays}; {', '.join(ways)}."


def _way_of(label: str, target: str, before: Rows, after: Rows) -> str:
    """How the probability of a class changes."""
    old, new = (_probability(row, target, label) for row in (before, after))
    goes = f"stays {old}" if old == new else f"goes from {old} to {new}"
    return f"the probability of {label} {goes}"


def _number_sentence(name: str, old: float, new: float) -> str:
    """By how much a number changes, which is the difference of both as they are shown."""
    decimals = max(decimals_of([old, new]), min(decimals_of([new - old]), decimals_of([old]) + 2))
    change = round(new, decimals) - round(old, decimals)
    numbers = f"{name} goes from {old:.{decimals}f} to {new:.{decimals}f}"
    if change == 0:
        return f"{numbers}: nothing changes."
    return f"{numbers}: {abs(change):.{decimals}f} {'up' if change > 0 else 'down'}."


def _before_clipping(was: TargetSummary, now: TargetSummary) -> str:
    """How a number goes before it is clipped to the range seen in training, where it is."""
    if not was.clipped and not now.clipped:
        return ""
    decimals = max(decimals_of([value]) for value in (was.value, now.value))
    values = f"{was.value:.{decimals}f} → {now.value:.{decimals}f}"
    return f"It is clipped to the range seen in training (before clipping {values})."


def _probability(row: Rows, target: str, label: str) -> str:
    for one, output in row.model.encoding.by_target(row.output):
        if one.name == target and isinstance(one, ClassTarget):
            return probability_text(
                float(one.probabilities(output)[0, one.label_texts.index(label)])
            )
    raise KeyError(target)
