"""The equations from a row's cells to the inputs of the networks."""

from collections.abc import Iterator

from glassnet.exports.columns import UsedColumn
from glassnet.exports.formulas import Formulas
from glassnet.exports.latex.text import (
    escaped_for_latex,
    flat_cases,
    latex_display,
    latex_list,
    latex_numeral,
    span_of,
)
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.inputs import Binary, Categories, Number


def column_parts(formulas: Formulas) -> Iterator[str]:
    """A paragraph for each column; its cell is r, its first input x has the next number."""
    first = 1
    for column in formulas.plan.columns:
        yield rf"\paragraph{{{escaped_for_latex(column.name)}}}"
        if isinstance(column, Number):
            yield from _number(formulas, column, first)
        elif isinstance(column, Binary):
            yield from _binary(formulas, column, first)
        else:
            yield from _categories(formulas, column, first)
        first += len(column.features)


def _number(formulas: Formulas, column: Number, first: int) -> Iterator[str]:
    yield f"$r$ is {_unit(column)}; where it is missing, $r = {latex_numeral(column.fill)}$."
    u = formulas.scaled(column, "r")
    if column.smooth_clip:
        yield latex_display(f"u &= {u}", f"x_{{{first}}} &= {formulas.smooth_clip('u')}")
    else:
        yield latex_display(f"x_{{{first}}} &= {u}")
    after = first + 1
    if column.indicator:
        yield rf"$x_{{{after}}}$ is 1 where the cell is missing, else 0."
        after += 1
    if column.bin_edges:
        yield from _bins(formulas, column, after)


def _unit(column: UsedColumn) -> str:
    """What the number of a cell is."""
    if isinstance(column, Number) and column.date:
        return "the days since 1970{-}01{-}01"
    if isinstance(column, Number) and isinstance(column.format, ClockFormat):
        return "the hours of a time of day"
    return "a number"


def _bins(formulas: Formulas, column: Number, first: int) -> Iterator[str]:
    n_bins = len(column.bin_edges) - 1
    number = "j" if first == 1 else f"{first - 1} + j"
    value = formulas.bin("r", "e_{j}", "e_{j + 1}", column.bin_height)
    yield f"{span_of('x', first, n_bins)} are bins between the edges $e$, for $j = 1$ to "
    yield f"${n_bins}$:"
    yield latex_display(f"x_{{{number}}} &= {value}")
    yield f"Edges {span_of('e', 1, n_bins + 1)}: {latex_list(column.bin_edges)}."


def _binary(formulas: Formulas, column: Binary, first: int) -> Iterator[str]:
    formula = flat_cases(formulas.two_levels("r", "p", "q"))
    yield latex_display(f"x_{{{first}}} &= {formula}")
    low, high = map(escaped_for_latex, column.levels)
    yield f"The categories are $p$: {low}; $q$: {high}."
    if column.indicator:
        yield f"$x_{{{first + 1}}}$ is 1 where the cell is none of the two, else 0."


def _categories(formulas: Formulas, column: Categories, first: int) -> Iterator[str]:
    formula = formulas.write(Categories.formula, x="r", q="q_{i}")
    yield f"{span_of('x', first, len(column.levels))} are one for each category:"
    yield latex_display(f"x_{{i}} &= {formula}")
    listed = "; ".join(
        f"$q_{{{number}}}$: {escaped_for_latex(level)}"
        for number, level in enumerate(column.levels, first)
    )
    yield f"The categories are {listed}."
    if column.indicator:
        last = first + len(column.levels)
        yield f"$x_{{{last}}}$ is 1 where the cell is none of them, or missing, else 0."
