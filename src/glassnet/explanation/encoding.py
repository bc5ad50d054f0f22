"""A cell's way to the network's inputs: each step of the encoding by itself.

The steps follow `tables/inputs.py`, whose formulas they show, and the tests compare the two. The
targets' way is in `predictions.py`.
"""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np

from glassnet.explanation.batch import as_number
from glassnet.explanation.parts import ColumnSteps, Operand, Step
from glassnet.notation.numerals import Value
from glassnet.tables.columns import Column, Table, number_text, texts
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import SMOOTH_CLIP, Binary, Categories, Number, Unused

NUMBER = "number"
"""What is said of a cell that is a number."""
AS_IT_IS = "as it is"
"""What is said of a number that nothing is done to."""


class Encoded(NamedTuple):
    """A step, and the names of the network's inputs that have its value: none on the way there."""

    step: Step
    inputs: list[str]


def explain_columns(
    encoding: TableEncoding, table: Table, row: int, row_id: str, whole: bool
) -> tuple[list[Operand], tuple[ColumnSteps, ...]]:
    """The network's inputs as operands, D of them, and how each column's cell became them.

    `row` counts from 0 in the table; ids begin with `row_id`. Unless `whole`, a run of bins that
    are all below or all above the cell is one step.
    """
    inputs: list[Operand] = []
    shown: list[ColumnSteps] = []
    used = [column for column in encoding.inputs if not isinstance(column, Unused)]
    for number, column in enumerate(used, 1):
        value = _cell(column, table[column.name], row)
        cell = Step(f"{row_id}c{number}", "cell", value, says=_what(column, value))
        at = _Inputs(row_id, first=len(inputs) + 1)
        if isinstance(column, Number):
            steps = list(_number_steps(column, cell, at, whole))
        elif isinstance(column, Binary):
            steps = list(_two_values_steps(column, cell, at))
        else:
            steps = list(_category_steps(column, cell, at))
        every_step = (cell, *(encoded.step for encoded in steps))
        written = written_cell(column, table[column.name], row)
        shown.append(ColumnSteps(column.name, column.kind, every_step, written))
        for step, names in steps:
            inputs += [Operand(name, step.value, step.id) for name in names]
    return inputs, tuple(shown)


def indicator_inputs(encoding: TableEncoding) -> list[int]:
    """The network's inputs, from 0, that are 1 for one category or for a missing cell, else 0."""
    found: list[int] = []
    first = 0
    for column in encoding.inputs:
        if isinstance(column, Categories):
            found += range(first, first + len(column.features))
        elif isinstance(column, (Number, Binary)) and column.indicator:
            found.append(first + 1)
        first += len(column.features)
    return found


class _Inputs(NamedTuple):
    """Where a column's inputs begin among the network's, from 1, and how its ids begin."""

    row_id: str
    first: int

    def id(self, index: int) -> str:
        """The id of one of the column's inputs, counted from 0."""
        return f"{self.row_id}x{self.first + index}"


def _what(column: Number | Binary | Categories, cell: Value) -> str:
    if isinstance(column, Binary):
        return f"two values, {column.levels[0]} and {column.levels[1]}"
    if isinstance(column, Categories):
        return "category"
    if not column.date:
        return NUMBER
    day = _day(column, cell) if isinstance(cell, float) else ""
    return f"date{day}, in days since 1970-01-01"


def _day(column: Number, value: float) -> str:
    """A space and the date that a number of a column of dates is; nothing of other columns."""
    return f" {column.written(value)}" if column.date else ""


def written_cell(encoding: Number | Binary | Categories, column: Column, row: int) -> str:
    """One cell as it would stand in the table: a date as a date."""
    value = _cell(encoding, column, row)
    if isinstance(encoding, Number) and isinstance(value, float):
        return encoding.written(value)
    return shown_cell(value)


def _cell(encoding: Number | Binary | Categories, column: Column, row: int) -> Value:
    if column.missing[row]:
        return None
    if isinstance(encoding, Number):
        return float(column.values[row])
    return cell_as_text(column, row)  # a number may be taken as a category too


def cell_as_text(column: Column, row: int) -> str:
    """One cell of a column as text."""
    return str(next(iter(texts(column.take(np.array([row]))))))


def _number_steps(column: Number, cell: Step, at: _Inputs, whole: bool) -> Iterator[Encoded]:
    """Fill, centre, scale and clip; then the indicator of a missing cell, and the bins."""
    x = cell
    if cell.value is None:
        says = _fill_sentence(column)
        x = Step(f"{cell.id}.fill", "filled", column.fill, says=says)
        yield Encoded(x, [])
    yield from _scaling_steps(column, x, at)
    index = 1
    if column.indicator:
        yield _indicator_step(column, cell, at)
        index = 2
    yield from _bin_steps(column, x, at, index, whole)


def _fill_sentence(column: Number) -> str:
    """What stands in for a missing cell."""
    if column.fill_learnt:
        return f"missing: the median{_day(column, column.fill)} stands in"
    return f"missing: {column.fill:g} stands in: no missing cells in the training"


def _scaling_steps(column: Number, x: Step, at: _Inputs) -> Iterator[Encoded]:
    """Centre, scale and clip, as far as the column has them; the last one is the input."""
    name = column.features[0]
    steps = list(_unnamed_scaling_steps(column, x))
    if not steps:
        yield Encoded(Step(at.id(0), name, x.value, "x", {"x": x.operand()}, AS_IT_IS), [name])
        return
    *before, last = steps
    for step in before:
        yield Encoded(step, [])
    final = Step(at.id(0), name, last.value, last.formula, last.operands, last.says)
    yield Encoded(final, [name])


def _unnamed_scaling_steps(column: Number, x: Step) -> Iterator[Step]:
    """The same, computed as in `tables/inputs.py`, with the names of steps on the way."""
    cell_id = x.id.removesuffix(".fill")
    formulas, u = column.formulas, x
    if column.center:
        operands = {"x": u.operand(), "m": Operand("centre", column.center)}
        value = _value(u) - column.center
        says = f"centre{_day(column, column.center)}"
        u = Step(f"{cell_id}.centre", "centred", value, formulas["center"], operands, says)
        yield u
    if column.scale != 1:
        operands = {"u": u.operand(), "s": Operand("scale", column.scale)}
        value = _value(u) / column.scale
        u = Step(f"{cell_id}.scale", "scaled", value, formulas["scale"], operands, "scale")
        yield u
    if column.smooth_clip:
        operands = {"u": u.operand()}
        value = float(_value(u) / np.hypot(1.0, _value(u) / SMOOTH_CLIP))
        formula = formulas["smooth_clip"]
        yield Step(f"{cell_id}.clip", "clipped", value, formula, operands, "smooth clip")


def _value(step: Step) -> float:
    return as_number(step.operand())


def _indicator_step(column: Number, cell: Step, at: _Inputs) -> Encoded:
    name = column.features[1]
    operands = {"x": cell.operand(), "q": Operand("missing", None)}
    is_missing = float(cell.value is None)
    return Encoded(Step(at.id(1), name, is_missing, column.formulas["missing"], operands), [name])


def _bin_steps(column: Number, x: Step, at: _Inputs, index: int, whole: bool) -> Iterator[Encoded]:
    """A step for each bin; unless all are wanted, runs of bins below or above the cell are one.

    `index` is that of the first bin among the column's inputs.
    """
    bins = list(pairwise(column.bin_edges))
    names = column.features[index:]
    sides = [_side(_value(x), low, high) for low, high in bins]
    for side, run in groupby(range(len(bins)), key=lambda i: sides[i]):
        indices = list(run)
        if whole or side == 0 or len(indices) == 1:
            for i in indices:
                step = _bin_step(at.id(index + i), names[i], x, *bins[i], column.bin_height)
                yield Encoded(step, [names[i]])
        else:
            first, last = indices[0], indices[-1]
            run_id = f"{at.id(index + first)}-{at.first + index + last}"
            low, high = bins[first][0], bins[last][1]
            name = column.bin_name(low, high)
            step = _run_of_bins(run_id, name, x, low, high, len(indices), column.bin_height)
            yield Encoded(step, [names[i] for i in indices])


def _side(x: float, low: float, high: float) -> int:
    """1 where the cell is above the bin, -1 where below, 0 within."""
    if x >= high:
        return 1
    return -1 if x <= low else 0


def _bin_step(step_id: str, name: str, x: Step, low: float, high: float, height: float) -> Step:
    value = float(np.clip((_value(x) - low) * (2 / (high - low)) - 1, -1, 1)) * height
    operands = {"x": x.operand(), "p": Operand("from", low), "q": Operand("to", high)}
    formula = Number.formulas["bin"]
    if height != 1:
        operands["h"] = Operand("height", height)
        formula = Number.formulas["low_bin"]
    h = f"{height:.6g}"
    says = f"bin: -{h} up to its start, {h} from its end, a line between"
    return Step(step_id, name, value, formula, operands, says)


def _run_of_bins(
    step_id: str, name: str, x: Step, low: float, high: float, count: int, height: float
) -> Step:
    """Several bins that the cell is above all of, or below."""
    operands = {"x": x.operand()}
    h = "1"
    if height != 1:
        operands["h"] = Operand("height", height)
        h = "h"
    if _value(x) >= high:
        operands["q"] = Operand("to", high)
        says = f"{count} bins below it, each {height:.6g}"
        return Step(step_id, name, height, f"{h} if x >= q else -{h}", operands, says)
    operands["p"] = Operand("from", low)
    says = f"{count} bins above it, each -{height:.6g}"
    return Step(step_id, name, -height, f"-{h} if x <= p else {h}", operands, says)


def _two_values_steps(column: Binary, cell: Step, at: _Inputs) -> Iterator[Encoded]:
    """The cell against both levels."""
    low, high = column.levels
    name = column.features[0]
    value = 0.0
    if cell.value in column.levels:
        value = 1.0 if cell.value == high else -1.0
    operands = {"x": cell.operand(), "p": Operand(low, low), "q": Operand(high, high)}
    says = f"{low} is -1, {high} is 1"
    yield Encoded(Step(at.id(0), name, value, column.formula, operands, says), [name])
    yield from _unknown_step(column, cell, at)


def _category_steps(column: Categories, cell: Step, at: _Inputs) -> Iterator[Encoded]:
    """The cell against each level."""
    for index, level in enumerate(column.levels):
        name = column.features[index]
        value = float(cell.value == level)
        operands = {"x": cell.operand(), "q": Operand(level, level)}
        yield Encoded(Step(at.id(index), name, value, column.formula, operands), [name])
    yield from _unknown_step(column, cell, at)


def _unknown_step(column: Binary | Categories, cell: Step, at: _Inputs) -> Iterator[Encoded]:
    """Whether the cell is none of the levels, where the column has an input for that."""
    if column.indicator:
        index = len(column.features) - 1
        name = column.features[index]
        value = float(cell.value not in column.levels)
        says = "1 where the cell is missing or none of the known ones, else 0"
        yield Encoded(Step(at.id(index), name, value, says=says), [name])


def shown_cell(value: Value) -> str:
    """A value as it would stand in a table."""
    if value is None:
        return "missing"
    return value if isinstance(value, str) else number_text(value)
