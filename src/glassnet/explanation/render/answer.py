"""What a page of an explanation begins with: the answer, and what each column contributed to it.

The sentences and the numbers are those of `summaries.py`.
"""

from collections.abc import Sequence
from html import escape

from glassnet.explanation.encoding import shown_cell
from glassnet.explanation.parts import Explanation, LayerUpdates, RowForward
from glassnet.explanation.render.bars import bars
from glassnet.explanation.render.summary_text import (
    LARGEST_CHANGE,
    before_and_after,
    contributed_to,
    signed,
    update_cells,
    updates_heading,
)
from glassnet.explanation.summaries import Changed, ColumnContribution, TargetSummary, WhatIf

COLUMNS_AT_ONCE = 10  # columns that are shown at once; of more, the others can be opened


def title_of(explanation: Explanation) -> str:
    """The answer in a sentence; of several rows, which they are."""
    rows = explanation.rows
    if len(rows) == 1:
        return ": ".join([rows[0].name, *_sentences(rows[0])])
    return ", ".join(row.name for row in rows) or explanation.title


def begin_page(explanation: Explanation, digits: int) -> str:
    """What is said before all else; for each row the answer, and what the columns contributed.

    With it what other cells would change; then what a step makes of each weight.
    """
    several = len(explanation.rows) > 1
    opening = "".join(map(_paragraph, explanation.opening))
    rows = "".join(_row(row, several) for row in explanation.rows)
    return opening + rows + "".join(_updates(layer, digits) for layer in explanation.updates)


def _sentences(row: RowForward) -> list[str]:
    """The answer in a sentence; nothing where there is none."""
    return ["; ".join(summary.sentence for summary in row.summary)] if row.summary else []


def _row(row: RowForward, several: bool) -> str:
    heading = ": ".join([row.name, *_sentences(row)])
    title = f"<h2>{escape(heading)}</h2>" if several else ""
    inner = "".join(_target(summary) for summary in row.summary)
    inner += "".join(_paragraph(note) for note in row.outside)
    changed = _what_if(row, row.what_if) if row.what_if else ""
    return f'<section class="answer">{title}{inner}{changed}</section>'


def _target(summary: TargetSummary) -> str:
    if not summary.contributions:
        return _paragraph(summary.method, "quiet")
    pulled = _paragraph(summary.pulled)
    return pulled + _contributions(summary) + _paragraph(summary.method, "quiet")


def _contributions(summary: TargetSummary) -> str:
    """A table with a bar for each column, the longest first; the shortest of many fold away."""
    every = summary.contributions
    drawn = bars([one.value for one in every])
    rows = [_contribution(one, bar, summary) for one, bar in zip(every, drawn, strict=True)]
    table = _table(summary.heading, rows[:COLUMNS_AT_ONCE])
    if len(every) <= COLUMNS_AT_ONCE:
        return table
    together = sum(one.value for one in every[COLUMNS_AT_ONCE:])
    sum_of_them = signed(summary.shown(together), summary.shown_decimals)
    more = f"{len(every) - COLUMNS_AT_ONCE} more columns, together {sum_of_them}"
    folded = _table(more, rows[COLUMNS_AT_ONCE:])
    return f"{table}<details><summary>{escape(more)}</summary>{folded}</details>"


def _contribution(one: ColumnContribution, bar: str, summary: TargetSummary) -> str:
    number = signed(summary.shown(one.value), summary.shown_decimals)
    return _table_row(one.column, [escape(one.cell), bar], number)


def _what_if(row: RowForward, changed: WhatIf) -> str:
    """The cells that were changed, the answer then, and how the contributions moved."""
    cells = ", ".join(
        f"{one.name} {shown_cell(one.after)} (not {shown_cell(one.before)})"
        for one in changed.cells
    )
    parts = [f"<h3>{escape(f'What if {cells}')}</h3>"]
    for before, after, sentence, values in zip(
        row.summary, changed.summary, changed.sentences, changed.contributions, strict=True
    ):
        parts += [
            _paragraph(f"Before: {before.whole_sentence}"),
            _paragraph(f"After: {after.whole_sentence}"),
            _paragraph(sentence),
            _moves(values, before, after),
        ]
    parts += [_paragraph(note, "quiet") for note in changed.notes]
    return "".join(parts)


def _moves(changes: Sequence[Changed], was: TargetSummary, now: TargetSummary) -> str:
    """A table with a bar for how far each column's contribution moved."""
    numbers = [(float(one.before or 0), float(one.after or 0)) for one in changes]
    drawn = bars([after - before for before, after in numbers])
    rows: list[str] = []
    for one, (before, after), bar in zip(changes, numbers, drawn, strict=True):
        *both, change = before_and_after(before, after, was)
        rows.append(_table_row(one.name, [bar], *both, change))
    caption = f"Contributions to {contributed_to(was, now)}: before, after, and the change"
    return _table(caption, rows)


def _updates(layer: LayerUpdates, digits: int) -> str:
    """A table of a layer's weights: before the step, the gradient, after it."""
    rows: list[str] = []
    for one in layer.weights:
        name, *numbers = update_cells(one, digits)
        rows.append(_table_row(name, [LARGEST_CHANGE if one.largest else ""], *numbers))
    heading = updates_heading(layer)
    table = _table("Weight: before, gradient, after", rows)
    inner = f"<details open><summary>{escape(heading)}</summary>{table}</details>"
    return f'<section class="answer">{inner}</section>'


def _table(caption: str, rows: Sequence[str]) -> str:
    head = f"<caption>{escape(caption)}</caption>"
    return (
        f'<table class="contributions">{head}<tbody>{"".join(rows)}</tbody></table>' if rows else ""
    )


def _table_row(name: str, cells: Sequence[str], *numbers: str) -> str:
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    inner += "".join(f'<td class="number">{number}</td>' for number in numbers)
    return f'<tr><th scope="row">{escape(name)}</th>{inner}</tr>'


def _paragraph(text: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f"<p{named}>{escape(text)}</p>" if text else ""
