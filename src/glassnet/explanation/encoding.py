"""A cell's way to the network's inputs: each step of the encoding a line of its own. The targets' way is in `answers.py`.

The steps follow `tables/inputs.py`, and the tests hold them to what that gives.
"""

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

import numpy as np

from glassnet.explanation.parts import Column, Operand, Step, Value
from glassnet.tables.columns import Column as TableColumn
from glassnet.tables.columns import Table, number_text, texts
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import SQUEEZE, Categories, Number, TwoValues, Unused

Made = tuple[list[Operand], tuple[Column, ...]]
NUMBER, AS_IT_IS = "number", "as it is"
"""What is said of a cell that is a number, and of a number that nothing is done to."""


def explain_columns(
    encoding: TableEncoding, columns: Table, row: int, prefix: str, whole: bool
) -> Made:
    """The network's inputs as operands, D of them, and how each column's cell became them.

    `row` is the place of the row in `columns`, from 0; ids begin with `prefix`. Unless `whole`, runs of pieces that are all -1 or
    all +1 are one step.
    """
    inputs: list[Operand] = []
    shown: list[Column] = []
    used = [column for column in encoding.inputs if not isinstance(column, Unused)]
    for place, column in enumerate(used, 1):
        cell = _cell(columns[column.name], row)
        given = Step(f"{prefix}c{place}", "cell", cell, says=_what(column, cell))
        if isinstance(column, Number):
            steps = _number_steps(column, given, prefix, len(inputs), whole)
        else:
            steps = _category_steps(column, given, prefix, len(inputs))
        made = list(steps)
        shown.append(Column(column.name, column.kind, (given, *(step for step, _ in made))))
        inputs += [Operand(name, step.value, step.id) for step, names in made for name in names]
    return inputs, tuple(shown)


def _what(column: Number | TwoValues | Categories, cell: Value) -> str:
    if isinstance(column, Number):
        return f"date{_date(cell)}, in days since 1970-01-01" if column.date else NUMBER
    return (
        f"two values, {column.levels[0]} and {column.levels[1]}"
        if isinstance(column, TwoValues)
        else "category"
    )


def _date(days: Value) -> str:
    """A space and the day, with its time where it has one; nothing where the cell is missing."""
    if not isinstance(days, float):
        return ""
    return f" {np.datetime64(int(days), 'D') if days.is_integer() else np.datetime64(round(days * 86400), 's')}"


def _cell(column: TableColumn, row: int) -> Value:
    if column.missing[row]:
        return None
    return float(column.values[row]) if column.kind in ("number", "date") else text_of(column, row)


def text_of(column: TableColumn, row: int) -> str:
    return str(next(iter(texts(column.take(np.array([row]))))))


Steps = Iterator[tuple[Step, list[str]]]
"""Steps, each with the names of the inputs that have its value: none for a step on the way."""


def _number_steps(column: Number, given: Step, prefix: str, first: int, whole: bool) -> Steps:
    """Fill, centre, scale, squeeze; then the indicator and the pieces."""
    at, features = given.id, column.features
    x = given
    if given.value is None:
        x = Step(f"{at}.fill", "filled", column.fill, says="missing: the median stands in")
        yield x, []
    ways = _ways(column)
    u = x
    for number, (says, formula, constants, compute) in enumerate(ways, 1):
        assert isinstance(u.value, float)
        last = number == len(ways)
        called = (f"{prefix}x{first + 1}", features[0]) if last else (f"{at}.{says}", f"{says}d")
        u = Step(
            *called,
            compute(u.value),
            formula,
            {"x" if says == "centre" else "u": u.operand(), **constants},
            says,
        )
        yield u, features[:1] if last else []
    if not ways:
        yield (
            Step(f"{prefix}x{first + 1}", features[0], x.value, "x", {"x": x.operand()}, AS_IT_IS),
            features[:1],
        )
    if column.indicator:
        operands = {"x": given.operand(), "q": Operand("missing", None)}
        formula = column.formulas["missing"]
        yield (
            Step(
                f"{prefix}x{first + 2}",
                features[1],
                float(given.value is None),
                formula,
                operands,
            ),
            features[1:2],
        )
    yield from _piece_steps(column, x, prefix, first + 1 + column.indicator, whole)


Way = tuple[str, str, dict[str, Operand], Callable[[float], float]]
"""What is done to a number: in words, as a formula, the formula's constants, and computed."""


def _ways(column: Number) -> list[Way]:
    """Centre, scale and squeeze, as far as the column has them, computed as `tables/inputs.py` does."""
    center, scale, formulas = column.center, column.scale, column.formulas
    ways: list[Way] = (
        [("centre", formulas["center"], {"m": Operand("centre", center)}, lambda x: x - center)]
        if center
        else []
    )
    ways += (
        [("scale", formulas["scale"], {"s": Operand("scale", scale)}, lambda u: u / scale)]
        if scale != 1
        else []
    )
    return ways + (
        [("squeeze", formulas["smooth_clip"], {}, lambda u: float(u / np.hypot(1.0, u / SQUEEZE)))]
        if column.squeeze
        else []
    )


def _piece_steps(column: Number, x: Step, prefix: str, first: int, whole: bool) -> Steps:
    """A step for each piece; runs of pieces below or above the cell are one, unless all are wanted."""
    value, names = x.value, column.features[len(column.features) - max(0, len(column.edges) - 1) :]
    assert isinstance(value, float)
    edges = list(pairwise(column.edges))
    sides = [1 if value >= high else -1 if value <= low else 0 for low, high in edges]
    for side, run in groupby(range(len(edges)), key=lambda i: sides[i]):
        places = list(run)
        alone = whole or side == 0 or len(places) == 1
        for group in [[i] for i in places] if alone else [places]:
            low, high = edges[group[0]][0], edges[group[-1]][1]
            ids = "-".join(str(first + i + 1) for i in dict.fromkeys((group[0], group[-1])))
            made = names[group[0]] if alone else f"{column.name} {low:.6g} to {high:.6g}"
            step = _piece if alone else _run_of_pieces
            yield (
                step(f"{prefix}x{ids}", made, x.operand(), low, high, len(group)),
                [names[i] for i in group],
            )


def _piece(step_id: str, name: str, x: Operand, low: float, high: float, _: int) -> Step:
    assert isinstance(x.value, float)
    piece = float(np.clip((x.value - low) * (2 / (high - low)) - 1, -1, 1))
    return Step(
        step_id,
        name,
        piece,
        Number.formulas["bin"],
        {"x": x, "p": Operand("from", low), "q": Operand("to", high)},
        "piece: -1 up to its start, 1 from its end, a line between",
    )


def _run_of_pieces(
    step_id: str, name: str, x: Operand, low: float, high: float, count: int
) -> Step:
    assert isinstance(x.value, float)
    if x.value >= high:
        return Step(
            step_id,
            name,
            1.0,
            "1 if x >= q else -1",
            {"x": x, "q": Operand("to", high)},
            f"{count} pieces below it, each 1",
        )
    return Step(
        step_id,
        name,
        -1.0,
        "-1 if x <= p else 1",
        {"x": x, "p": Operand("from", low)},
        f"{count} pieces above it, each -1",
    )


def _category_steps(column: TwoValues | Categories, given: Step, prefix: str, first: int) -> Steps:
    """The cell against each level; what is none of them is missing."""
    features, cell = column.features, given.operand()
    known = given.value in column.levels
    if isinstance(column, TwoValues):
        low, high = column.levels
        value = 0.0 if not known else 1.0 if given.value == high else -1.0
        operands = {"x": cell, "p": Operand(low, low), "q": Operand(high, high)}
        formula = column.formula
        yield (
            Step(
                f"{prefix}x{first + 1}",
                features[0],
                value,
                formula,
                operands,
                f"{low} is -1, {high} is 1",
            ),
            features[:1],
        )
    else:
        for i, level in enumerate(column.levels):
            operands = {"x": cell, "q": Operand(level, level)}
            value = float(given.value == level)
            yield (
                Step(f"{prefix}x{first + 1 + i}", features[i], value, column.formula, operands),
                [features[i]],
            )
    if column.indicator:
        says = "1 where the cell is missing or none of the known ones, else 0"
        yield (
            Step(f"{prefix}x{first + len(features)}", features[-1], float(not known), says=says),
            features[-1:],
        )


def cell_text(value: Value) -> str:
    """A value as it would stand in a table."""
    return "missing" if value is None else value if isinstance(value, str) else number_text(value)
