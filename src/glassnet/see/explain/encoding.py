"""A cell's way to the network's inputs, and an output's way back to an answer: each step of the encoding a line of its own.

The steps follow `tables/inputs.py` and `tables/targets.py`, and the tests hold them to what those give.
"""

from collections.abc import Iterator
from itertools import groupby, pairwise

import numpy as np

from glassnet.see.explain.formulas import PIECE, SQUEEZED
from glassnet.see.explain.parts import Column, Operand, Step, Value
from glassnet.tables.columns import Column as TableColumn
from glassnet.tables.columns import Columns, number_text, texts
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Categories, Number, TwoValues, Unused
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

Made = tuple[list[Operand], tuple[Column, ...]]


def explain_columns(encoding: TableEncoding, columns: Columns, row: int, prefix: str, whole: bool) -> Made:
    """The network's inputs as operands, D of them, and how each column's cell became them.

    `row` is the place of the row in `columns`, from 0; ids begin with `prefix`. Unless `whole`, runs of pieces that are all -1 or
    all +1 are one step.
    """
    inputs: list[Operand] = []
    shown: list[Column] = []
    used = [column for column in encoding.inputs if not isinstance(column, Unused)]
    for place, column in enumerate(used, 1):
        given = Step(f"{prefix}c{place}", column.name, _cell(columns[column.name], row), says=_what(column))
        if isinstance(column, Number):
            steps = _number_steps(column, given, prefix, len(inputs), whole)
        else:
            steps = _category_steps(column, given, prefix, len(inputs))
        made = list(steps)
        shown.append(Column(column.name, column.kind, (given, *(step for step, _ in made))))
        inputs += [Operand(name, step.value, step.id) for step, names in made for name in names]
    return inputs, tuple(shown)


def _what(column: Number | TwoValues | Categories) -> str:
    if isinstance(column, Number):
        return "date, in days since 1970-01-01" if column.date else "number"
    return f"two values, {column.levels[0]} and {column.levels[1]}" if isinstance(column, TwoValues) else "category"


def _cell(column: TableColumn, row: int) -> Value:
    if column.missing[row]:
        return None
    return float(column.values[row]) if column.kind in ("number", "date") else _text(column, row)


def _text(column: TableColumn, row: int) -> str:
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
    ways = [("centre", "x - m", "m", column.center)] if column.center else []
    ways += [("scale", "u / s", "s", column.scale)] if column.scale != 1 else []
    ways += [("squeeze", SQUEEZED, "", 0.0)] if column.squeeze else []
    u = x
    for number, (says, formula, name, constant) in enumerate(ways, 1):
        last = number == len(ways)
        operands = {"x" if says == "centre" else "u": u.operand()} | ({name: Operand(says, constant)} if name else {})
        symbol = features[0] if last else f"{says}d"
        u = Step(f"{prefix}x{first + 1}" if last else f"{at}.{says}", symbol, 0.0, formula, operands, says)
        u = Step(u.id, u.symbol, _number_value(u), u.formula, u.operands, u.says)
        yield u, features[:1] if last else []
    if not ways:
        yield Step(f"{prefix}x{first + 1}", features[0], x.value, "x", {"x": x.operand()}, "as it is"), features[:1]
    if column.indicator:
        operands = {"x": given.operand(), "q": Operand("missing", None)}
        yield Step(f"{prefix}x{first + 2}", features[1], float(given.value is None), "1 if x == q else 0", operands), features[1:2]
    yield from _piece_steps(column, x, prefix, first + 1 + column.indicator, whole)


def _number_value(step: Step) -> float:
    """A centre, scale or squeeze as `tables/inputs.py` computes it."""
    a, *b = (operand.value for operand in (step.operands or {}).values())
    assert isinstance(a, float)
    if step.says == "squeeze":
        return float(a / np.hypot(1.0, a / 3.0))
    (constant,) = b
    assert isinstance(constant, float)
    return a - constant if step.says == "centre" else a / constant


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
            yield step(f"{prefix}x{ids}", made, x.operand(), low, high, len(group)), [names[i] for i in group]


def _piece(step_id: str, name: str, x: Operand, low: float, high: float, _: int) -> Step:
    assert isinstance(x.value, float)
    piece = float(np.clip((x.value - low) * (2 / (high - low)) - 1, -1, 1))
    return Step(
        step_id, name, piece, PIECE, {"x": x, "p": Operand("from", low), "q": Operand("to", high)}, "piece, held to -1 ... 1"
    )


def _run_of_pieces(step_id: str, name: str, x: Operand, low: float, high: float, count: int) -> Step:
    assert isinstance(x.value, float)
    if x.value >= high:
        return Step(
            step_id, name, 1.0, "1 if x >= q else -1", {"x": x, "q": Operand("to", high)}, f"{count} pieces below it, each 1"
        )
    return Step(
        step_id, name, -1.0, "-1 if x <= p else 1", {"x": x, "p": Operand("from", low)}, f"{count} pieces above it, each -1"
    )


def _category_steps(column: TwoValues | Categories, given: Step, prefix: str, first: int) -> Steps:
    """The cell against each level; what is none of them is missing."""
    features, cell = column.features, given.operand()
    known = given.value in column.levels
    if isinstance(column, TwoValues):
        low, high = column.levels
        value = 0.0 if not known else 1.0 if given.value == high else -1.0
        operands = {"x": cell, "p": Operand("first", low), "q": Operand("second", high)}
        formula = "-1 if x == p else 1 if x == q else 0"
        yield Step(f"{prefix}x{first + 1}", features[0], value, formula, operands, f"{low} is -1, {high} is 1"), features[:1]
    else:
        for i, level in enumerate(column.levels):
            operands = {"x": cell, "q": Operand("category", level)}
            value = float(given.value == level)
            yield Step(f"{prefix}x{first + 1 + i}", features[i], value, "1 if x == q else 0", operands), [features[i]]
    if column.indicator:
        says = "1 where the cell is missing or none of the known ones, else 0"
        yield Step(f"{prefix}x{first + len(features)}", features[-1], float(not known), says=says), features[-1:]


def explain_answers(target: Target, outputs: list[Operand], prefix: str, place: int) -> Iterator[Step]:
    """From a target's outputs to its answer. `place` numbers the target, from 1."""
    at = f"{prefix}t{place}"
    if isinstance(target, NumberTarget):
        yield from _number_answer(target, outputs[0], at)
    else:
        yield from _class_answer(target, outputs, at)


def _number_answer(target: NumberTarget, output: Operand, at: str) -> Iterator[Step]:
    value = output.value
    assert isinstance(value, float)
    scaled = value * target.scale + target.center
    steps = []
    if (target.scale, target.center) != (1, 0):
        operands = {"a": output, "s": Operand("scale", target.scale), "m": Operand("centre", target.center)}
        steps.append(Step(f"{at}.unit", "in its unit", scaled, "a * s + m", operands, "back to the target's unit"))
    if target.low is not None and target.high is not None:
        before = steps[-1].operand() if steps else output
        operands = {"x": before, "p": Operand("smallest", target.low), "q": Operand("largest", target.high)}
        held = min(max(scaled, target.low), target.high)
        steps.append(Step(f"{at}.held", "", held, "min(max(x, p), q)", operands, "held to the range seen in training"))
    yield from steps[:-1]
    last = steps[-1] if steps else Step("", "", value, "a", {"a": output}, "as it is")
    yield Step(f"{at}.answer", f"prediction of {target.name}", last.value, last.formula, last.operands, last.says)


def _class_answer(target: ClassTarget, outputs: list[Operand], at: str) -> Iterator[Step]:
    labels = target.label_texts
    values = np.array([[o.value for o in outputs]], float)
    shares = target.probabilities(values)[0]
    total = float(values.sum())
    for k, (label, share) in enumerate(zip(labels, shares, strict=True)):
        if len(labels) == 2:
            formula, operands = ("a" if k else "1 - a"), {"a": outputs[0]}
        elif np.isclose(total, 1, rtol=1e-9):
            formula, operands = "a", {"a": outputs[k]}
        else:
            formula, operands = "a / s", {"a": outputs[k], "s": Operand("sum of the outputs", total)}
        says = "" if k else "probabilities"
        yield Step(f"{at}.p{k + 1}", f"probability of {label}", float(share), formula, operands, says)
    best = labels[int(shares.argmax())]
    yield Step(f"{at}.answer", f"prediction of {target.name}", best, says="the class of the largest probability")


def explain_target(target: Target, column: TableColumn, row: int, prefix: str, place: int, first: int) -> Iterator[Step]:
    """What the target's outputs should have been: y1, y2, ... from number `first` (from 1) on."""
    at = f"{prefix}t{place}"
    if isinstance(target, NumberTarget):
        value = float(column.values[row])
        given = Step(f"{at}.actual", f"actual {target.name}", value)
        yield given
        operands = {"x": given.operand(), "m": Operand("centre", target.center), "s": Operand("scale", target.scale)}
        plain = (target.center, target.scale) == (0, 1)
        formula, says = ("x", "as it is") if plain else ("(x - m) / s", "centred and scaled, as in training")
        encoded = (value - target.center) / target.scale
        yield Step(f"{prefix}y{first}", f"y{first}", encoded, formula, {"x": operands["x"]} if plain else operands, says)
        return
    cell = _text(column, row)
    given = Step(f"{at}.actual", f"actual {target.name}", cell)
    yield given
    levels = target.label_texts[1:] if len(target.labels) == 2 else target.label_texts
    for k, level in enumerate(levels, first):
        operands = {"x": given.operand(), "q": Operand("class", level)}
        yield Step(f"{prefix}y{k}", f"y{k}", float(cell == level), "1 if x == q else 0", operands, f"1 for {level}")


def cell_text(value: Value) -> str:
    """A value as it would stand in a table."""
    return "missing" if value is None else value if isinstance(value, str) else number_text(value)
