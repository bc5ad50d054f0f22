"""An output's way to the answer in the target's own unit, and a target's way to what the output should have been.

The steps follow `tables/targets.py`, and the tests hold them to what that gives. The inputs' way is in `encoding.py`.
"""

from collections.abc import Iterator

import numpy as np

from glassnet.explanation.encoding import AS_IT_IS, text_of
from glassnet.explanation.parts import Operand, Step
from glassnet.tables.columns import Column as TableColumn
from glassnet.tables.targets import ClassTarget, NumberTarget, Target


def explain_answers(
    target: Target, outputs: list[Operand], prefix: str, place: int
) -> Iterator[Step]:
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
        operands = {
            "a": output,
            "s": Operand("scale", target.scale),
            "m": Operand("centre", target.center),
        }
        steps.append(
            Step(
                f"{at}.unit",
                "in its unit",
                scaled,
                target.formulas["decode"],
                operands,
                "back to the target's unit",
            )
        )
    if target.low is not None and target.high is not None:
        before = steps[-1].operand() if steps else output
        operands = {
            "x": before,
            "p": Operand("smallest", target.low),
            "q": Operand("largest", target.high),
        }
        held = min(max(scaled, target.low), target.high)
        steps.append(
            Step(
                f"{at}.held",
                "",
                held,
                target.formulas["clip"],
                operands,
                "held to the range seen in training",
            )
        )
    yield from steps[:-1]
    last = steps[-1] if steps else Step("", "", value, "a", {"a": output}, AS_IT_IS)
    yield Step(
        f"{at}.answer",
        f"prediction of {target.name}",
        last.value,
        last.formula,
        last.operands,
        last.says,
    )


def _class_answer(target: ClassTarget, outputs: list[Operand], at: str) -> Iterator[Step]:
    labels = target.label_texts
    values = np.array([[o.value for o in outputs]], float)
    shares = target.probabilities(values)[0]
    total = float(values.sum())
    for k, (label, share) in enumerate(zip(labels, shares, strict=True)):
        if len(labels) == 2:
            formula, operands = (
                target.formulas["second of two" if k else "first of two"],
                {"a": outputs[0]},
            )
        elif np.isclose(total, 1, rtol=1e-9):
            formula, operands = "a", {"a": outputs[k]}
        else:
            formula, operands = (
                target.formulas["probability"],
                {"a": outputs[k], "s": Operand("sum of the outputs", total)},
            )
        yield Step(f"{at}.p{k + 1}", f"probability of {label}", float(share), formula, operands)
    best = labels[int(shares.argmax())]
    yield Step(
        f"{at}.answer",
        f"prediction of {target.name}",
        best,
        says="the class of the largest probability",
    )


def explain_target(
    target: Target, column: TableColumn, row: int, prefix: str, place: int, first: int
) -> Iterator[Step]:
    """What the target's outputs should have been: y1, y2, ... from number `first` (from 1) on."""
    at = f"{prefix}t{place}"
    if isinstance(target, NumberTarget):
        value = float(column.values[row])
        given = Step(f"{at}.actual", f"actual {target.name}", value)
        yield given
        operands = {
            "x": given.operand(),
            "m": Operand("centre", target.center),
            "s": Operand("scale", target.scale),
        }
        plain = (target.center, target.scale) == (0, 1)
        formula, says = (
            ("x", AS_IT_IS)
            if plain
            else (target.formulas["encode"], "centred and scaled, as in training")
        )
        encoded = (value - target.center) / target.scale
        yield Step(
            f"{prefix}y{first}",
            f"y{first}",
            encoded,
            formula,
            {"x": operands["x"]} if plain else operands,
            says,
        )
        return
    cell = text_of(column, row)
    given = Step(f"{at}.actual", f"actual {target.name}", cell)
    yield given
    levels = target.label_texts[1:] if len(target.labels) == 2 else target.label_texts
    for k, level in enumerate(levels, first):
        operands = {"x": given.operand(), "q": Operand(level, level)}
        yield Step(
            f"{prefix}y{k}",
            f"y{k}",
            float(cell == level),
            target.formulas["encode"],
            operands,
            f"1 for {level}",
        )
