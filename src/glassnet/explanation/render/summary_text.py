"""What a terminal shows first of a row: the prediction, a bar for each column, what changed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from glassnet.errors import visible
from glassnet.explanation.encoding import shown_cell
from glassnet.explanation.parts import Explanation, LayerUpdates, RowForward, WeightUpdate
from glassnet.explanation.render.wrapping import HEAD, QUIET, RESULT, UNSTYLED, StyledLine
from glassnet.explanation.summaries import Changed, ColumnContribution, TargetSummary, WhatIf
from glassnet.notation.numerals import Value, numeral

PLAIN_WIDTH = 100  # columns, where no terminal says how many it has
INDENT = "    "
BAR_BLOCK = "█"
AXIS = "│"
MOST_LINES = 12  # that have a line; of more the smallest are added up
LONGEST_NAME = 28
LONGEST_CELL = 20
FEWEST_BLOCKS = 10
UPDATE_HEADS = ("weight", "before", "gradient", "after")
LARGEST_CHANGE = "the largest change"


def summary_lines(explanation: Explanation, digits: int, width: int | None) -> Iterator[StyledLine]:
    """The summaries of all rows, as lines that may still be too long."""
    for sentence in explanation.opening:
        yield [(sentence, HEAD)]
        yield []
    method = ""
    for row in explanation.rows:
        for summary in row.summary:
            yield [(f"{row.name}: {summary.sentence}", HEAD)]
            if summary.pulled:
                yield [(f"  {summary.pulled}", UNSTYLED)]
            yield from _contributions(summary, width or PLAIN_WIDTH)
            yield []
            method = method or summary.method
        if row.outside:
            yield from ([(f"  {note}", UNSTYLED)] for note in row.outside)
            yield []
        if row.what_if is not None:
            yield from _what_if(row, row.what_if, digits)
            yield []
    for layer in explanation.updates:
        yield from _updates(layer, digits)
        yield []
    if method:
        yield [(method, QUIET)]
    if explanation.model_note:
        yield [(explanation.model_note, QUIET)]
    if method or explanation.model_note:
        yield []


def _contributions(summary: TargetSummary, width: int) -> Iterator[StyledLine]:
    if not summary.contributions:
        return
    yield [(f"  {summary.heading}:", UNSTYLED)]
    yield from _bars(_lines_of(summary), summary.shown_decimals, width)


class _Bar(NamedTuple):
    """A line of a bar chart: a name, a cell and a number."""

    name: str
    cell: str
    value: float


def _lines_of(summary: TargetSummary) -> list[_Bar]:
    """The columns' bars, the largest first; the smallest of many columns together."""
    found = [_bar_of(one, summary) for one in summary.contributions]
    if len(found) <= MOST_LINES + 1:
        return found
    rest = found[MOST_LINES:]
    together = _Bar(f"{len(rest)} more columns", "", sum(bar.value for bar in rest))
    return [*found[:MOST_LINES], together]


def _bar_of(one: ColumnContribution, summary: TargetSummary) -> _Bar:
    name, cell = clipped(one.column, LONGEST_NAME), clipped(one.cell, LONGEST_CELL)
    return _Bar(name, cell, summary.shown(one.value))


def clipped(text: str, longest: int) -> str:
    """Text that fits into a column of a table."""
    shown = visible(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _bars(bars: Sequence[_Bar], decimals: int, width: int) -> Iterator[StyledLine]:
    """Names, cells and numbers in columns, and a bar to the right or left of zero."""
    numbers = [signed(bar.value, decimals) for bar in bars]
    names = max(len(bar.name) for bar in bars)
    cells = max(len(bar.cell) for bar in bars)
    longest = max(map(len, numbers))
    taken = len(INDENT) + names + cells + longest + 7
    blocks = max(FEWEST_BLOCKS, width - taken)
    low, high = max(0.0, *(-bar.value for bar in bars)), max(0.0, *(bar.value for bar in bars))
    scale = blocks / (low + high) if low + high else 0.0
    before = round(low * scale)
    for bar, number in zip(bars, numbers, strict=True):
        count = round(abs(bar.value) * scale)
        left = BAR_BLOCK * count if bar.value < 0 else ""
        right = BAR_BLOCK * count if bar.value > 0 else ""
        texts = f"{INDENT}{bar.name:<{names}}  {bar.cell:<{cells}}  {number:>{longest}}  "
        yield [(texts, UNSTYLED), (f"{left:>{before}}{AXIS}{right}", RESULT)]


def signed(value: float, decimals: int) -> str:
    """A number with its sign; a 0 as it is shown has none.

    >>> signed(1.234, 1), signed(-0.04, 1)
    ('+1.2', '0.0')
    """
    text = f"{value:+.{decimals}f}"
    return text[1:] if not float(text) else text


def _what_if(row: RowForward, changed: WhatIf, digits: int) -> Iterator[StyledLine]:
    cells = ", ".join(
        f"{one.name} {_text(one.after)} (not {_text(one.before)})" for one in changed.cells
    )
    yield [(f"{row.name}, what if {cells}", HEAD)]
    for before, after, sentence, values in zip(
        row.summary, changed.summary, changed.sentences, changed.contributions, strict=True
    ):
        yield [(f"  before: {before.whole_sentence}", UNSTYLED)]
        yield [(f"  after:  {after.whole_sentence}", UNSTYLED)]
        yield [(f"  {sentence}", UNSTYLED)]
        if values:
            heading = f"  Contributions to {contributed_to(before, after)}, before and after:"
            yield [(heading, UNSTYLED)]
            yield from _changed_contributions(values, before)
    if changed.inputs:
        yield [("  Inputs of the network that changed:", UNSTYLED)]
    for one in changed.inputs[:MOST_LINES]:
        before, after = numeral(one.before, digits), numeral(one.after, digits)
        yield [(f"{INDENT}{one.name}: {before} → {after}", UNSTYLED)]
    if len(changed.inputs) > MOST_LINES:
        yield [(f"{INDENT}and {len(changed.inputs) - MOST_LINES} more", UNSTYLED)]
    for note in changed.notes:
        yield [(f"  {note}", QUIET)]


def _updates(layer: LayerUpdates, digits: int) -> Iterator[StyledLine]:
    """A table of a layer's weights: before the step, the gradient, after it."""
    yield [(updates_heading(layer), HEAD)]
    cells = [UPDATE_HEADS, *(update_cells(one, digits) for one in layer.weights)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    marks = ["", *(LARGEST_CHANGE if one.largest else "" for one in layer.weights)]
    for (name, *numbers), mark in zip(cells, marks, strict=True):
        shown = [f"{text:>{width}}" for text, width in zip(numbers, widths[1:], strict=True)]
        line = f"{INDENT}{name:<{widths[0]}}  {'  '.join(shown)}"
        yield [(line, UNSTYLED), (f"  ← {mark}" if mark else "", RESULT)]


def updates_heading(layer: LayerUpdates) -> str:
    """What a table of a layer's weights shows."""
    return f"The step in layer {layer.name}: before, less learning rate times gradient, is after"


def update_cells(one: WeightUpdate, digits: int) -> tuple[str, ...]:
    """A weight's line of that table, below `UPDATE_HEADS`."""
    values = (one.before, one.gradient, one.after)
    return (one.symbol, *(numeral(value, digits) for value in values))


def contributed_to(before: TargetSummary, after: TargetSummary) -> str:
    """What the contributions add up to, as a sentence goes on with it."""
    if before.in_points:
        return f"the {before.output} in percentage points"
    is_clipped = before.clipped or after.clipped
    return f"{before.output} before clipping" if is_clipped else before.output


def before_and_after(before: float, after: float, summary: TargetSummary) -> list[str]:
    """Two contributions and their difference, which is that of the two as they are shown."""
    decimals = summary.shown_decimals
    shown = [signed(summary.shown(value), decimals) for value in (before, after)]
    return [*shown, signed(float(shown[1]) - float(shown[0]), decimals)]


def _text(value: Value) -> str:
    return clipped(shown_cell(value), LONGEST_CELL)


def _changed_contributions(
    values: Sequence[Changed], summary: TargetSummary
) -> Iterator[StyledLine]:
    """The contributions that changed, in columns."""
    rows: list[tuple[str, ...]] = []
    for one in values:
        if isinstance(one.before, float) and isinstance(one.after, float):
            shown = before_and_after(one.before, one.after, summary)
            if float(shown[2]):
                rows.append((clipped(one.name, LONGEST_NAME), *shown))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers in rows[:MOST_LINES]:
        cells = [f"{text:>{width}}" for text, width in zip(numbers, widths[1:], strict=True)]
        before, after, change = cells
        text = f"{INDENT}{name:<{widths[0]}}  {before} → {after}  "
        yield [(text, UNSTYLED), (change, RESULT)]
