"""What Markdown shows first of a row: the prediction, a table of the columns, what changed."""

import re
from collections.abc import Iterator, Sequence

from glassnet.errors import visible
from glassnet.explanation.encoding import shown_cell
from glassnet.explanation.parts import Explanation, RowForward, WeightUpdate
from glassnet.explanation.render.summary_text import (
    LARGEST_CHANGE,
    UPDATE_HEADS,
    before_and_after,
    contributed_to,
    signed,
    update_cells,
    updates_heading,
)
from glassnet.explanation.summaries import Changed, TargetSummary, WhatIf
from glassnet.notation.numerals import numeral


def summary_blocks(explanation: Explanation, digits: int) -> Iterator[str]:
    """The summaries of all rows: headings, paragraphs and tables."""
    yield from map(markdown_text, explanation.opening)
    method = ""
    for row in explanation.rows:
        for summary in row.summary:
            yield f"# {markdown_text(f'{row.name}: {summary.sentence}')}"
            if summary.pulled:
                yield markdown_text(summary.pulled)
            if summary.contributions:
                yield f"{markdown_text(summary.heading)}:"
                yield _contributions(summary)
            method = method or summary.method
        yield from map(markdown_text, row.outside)
        if row.what_if is not None:
            yield from _what_if(row, row.what_if, digits)
    for layer in explanation.updates:
        yield f"## {markdown_text(updates_heading(layer))}"
        yield _table(UPDATE_HEADS, [_updated(one, digits) for one in layer.weights])
    yield from map(markdown_text, filter(None, (method, explanation.model_note)))


def _contributions(summary: TargetSummary) -> str:
    rows = [
        (one.column, one.cell, signed(summary.shown(one.value), summary.shown_decimals))
        for one in summary.contributions
    ]
    return _table(("column", "cell", "contribution"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown; all but the first column to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    lines += [[markdown_text(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _what_if(row: RowForward, changed: WhatIf, digits: int) -> Iterator[str]:
    cells = ", ".join(
        f"{one.name} {shown_cell(one.after)} (not {shown_cell(one.before)})"
        for one in changed.cells
    )
    yield f"## {markdown_text(f'{row.name}, what if {cells}')}"
    for before, after, sentence, values in zip(
        row.summary, changed.summary, changed.sentences, changed.contributions, strict=True
    ):
        both = ("before", before.whole_sentence), ("after", after.whole_sentence)
        yield "\n".join(f"- {when}: {markdown_text(text)}" for when, text in both)
        yield markdown_text(sentence)
        if values:
            yield markdown_text(f"Contributions to {contributed_to(before, after)}:")
            heads = ("column", "before", "after", "change")
            yield _table(heads, [_changed(one, before) for one in values])
    if changed.inputs:
        inputs = [
            (one.name, numeral(one.before, digits), numeral(one.after, digits))
            for one in changed.inputs
        ]
        yield _table(("input", "before", "after"), inputs)
    yield from map(markdown_text, changed.notes)


def _changed(one: Changed, summary: TargetSummary) -> tuple[str, ...]:
    before, after = float(one.before or 0), float(one.after or 0)
    return (one.name, *before_and_after(before, after, summary))


def _updated(one: WeightUpdate, digits: int) -> tuple[str, ...]:
    name, *numbers = update_cells(one, digits)
    return (f"{name}, {LARGEST_CHANGE}" if one.largest else name, *numbers)


def markdown_text(text: str) -> str:
    """Words outside formulas."""
    return re.sub(r"([\\`*_\[\]<>|$#&~])", r"\\\1", visible(text))
