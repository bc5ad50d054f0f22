"""What a page of an explanation begins with: the answer, and what each column contributed to it.

The sentences and the numbers are those of `summaries.py`.
"""

from collections.abc import Sequence
from html import escape

from glassnet.explanation.parts import Explanation, RowForward
from glassnet.explanation.render.bars import bars
from glassnet.explanation.summaries import Changed, ColumnContribution, TargetSummary, WhatIf
from glassnet.notation.numerals import numeral

COLUMNS_AT_ONCE = 10  # columns that are shown at once; of more, the others can be opened
DIGITS_OF_A_CELL = 6


def title_of(explanation: Explanation) -> str:
    """The answer in a sentence; of several rows, which they are."""
    rows = explanation.rows
    if len(rows) == 1:
        return ": ".join([rows[0].name, *_sentences(rows[0])])
    return ", ".join(row.name for row in rows) or explanation.title


def begin_page(explanation: Explanation) -> str:
    """For each row: the answer, what the columns contributed, and what other cells would change."""
    several = len(explanation.rows) > 1
    return "".join(_row(row, several) for row in explanation.rows)


def _sentences(row: RowForward) -> list[str]:
    """The answer in a sentence; nothing where there is none."""
    return ["; ".join(summary.sentence for summary in row.summary)] if row.summary else []


def _row(row: RowForward, several: bool) -> str:
    heading = ": ".join([row.name, *_sentences(row)])
    title = f"<h2>{escape(heading)}</h2>" if several else ""
    inner = "".join(_target(summary) for summary in row.summary)
    changed = _what_if(row.what_if) if row.what_if else ""
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
    more = f"{len(every) - COLUMNS_AT_ONCE} more columns, together {together:+.{summary.decimals}f}"
    folded = _table(more, rows[COLUMNS_AT_ONCE:])
    return f"{table}<details><summary>{escape(more)}</summary>{folded}</details>"


def _contribution(one: ColumnContribution, bar: str, summary: TargetSummary) -> str:
    value = f"{one.value:+.{summary.decimals}f}"
    return _table_row(one.column, [escape(one.cell), bar], value)


def _what_if(what_if: WhatIf) -> str:
    """The cells that were changed, the answer then, and how the contributions moved."""
    cells = "; ".join(f"{c.name}: {_plain(c.before)} → {_plain(c.after)}" for c in what_if.cells)
    parts = [f"<h3>{escape(f'What if {cells}')}</h3>"]
    parts += [_paragraph(sentence) for sentence in what_if.sentences]
    parts += map(_moves, what_if.contributions)
    parts += [_paragraph(note, "quiet") for note in what_if.notes]
    return "".join(parts)


def _moves(changes: Sequence[Changed]) -> str:
    """A table with a bar for how far each column's contribution moved."""
    numbers = [(c.name, c.before, c.after) for c in changes]
    known = [
        (name, before, after)
        for name, before, after in numbers
        if isinstance(before, float) and isinstance(after, float)
    ]
    drawn = bars([after - before for _, before, after in known])
    rows = [
        _table_row(name, [numeral(before, 3), numeral(after, 3), bar], numeral(after - before, 3))
        for (name, before, after), bar in zip(known, drawn, strict=True)
    ]
    return _table("What each column contributed: before, after, and the difference", rows)


def _plain(value: object) -> str:
    return numeral(value, DIGITS_OF_A_CELL) if isinstance(value, float) else str(value)


def _table(caption: str, rows: Sequence[str]) -> str:
    head = f"<caption>{escape(caption)}</caption>"
    return (
        f'<table class="contributions">{head}<tbody>{"".join(rows)}</tbody></table>' if rows else ""
    )


def _table_row(name: str, cells: Sequence[str], value: str) -> str:
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{inner}<td class="number">{value}</td></tr>'


def _paragraph(text: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f"<p{named}>{escape(text)}</p>" if text else ""
