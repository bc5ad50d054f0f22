"""An output's way to the prediction in the target's unit, and a target's way to the outputs.

The steps follow `tables/targets.py`, whose formulas they show, and the tests compare the two. The
inputs' way is in `encoding.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from glassnet.explanation.batch import as_number
from glassnet.explanation.encoding import AS_IT_IS, cell_as_text
from glassnet.explanation.parts import Operand, Step
from glassnet.notation.numerals import Value
from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

T = TypeVar("T")

SUMS_TO_1 = 1e-9  # how near the outputs of a row must add up to 1 to be shown as probabilities


def explain_predictions(
    encoding: TableEncoding, outputs: Sequence[Operand], row_id: str
) -> Iterator[Step]:
    """From a row's K outputs to the prediction of each target."""
    for number, target, of_target in _by_target(encoding, outputs):
        target_id = f"{row_id}t{number}"
        if isinstance(target, NumberTarget):
            yield from _number_prediction(target, of_target[0], target_id)
        else:
            yield from _class_prediction(target, of_target, target_id)


def _by_target(
    encoding: TableEncoding, outputs: Sequence[T]
) -> Iterator[tuple[int, Target, Sequence[T]]]:
    """Each target, numbered from 1, with its part of K things."""
    first = 0
    for number, target in enumerate(encoding.targets, 1):
        yield number, target, outputs[first : first + target.width]
        first += target.width


def _number_prediction(target: NumberTarget, output: Operand, target_id: str) -> Iterator[Step]:
    steps = list(_decoding_steps(target, output, target_id))
    if not steps:
        steps = [Step("", "", output.value, "a", {"a": output}, AS_IT_IS)]
    *before, last = steps
    yield from before
    yield replace(last, id=f"{target_id}.answer", symbol=f"prediction of {target.name}")


def _decoding_steps(target: NumberTarget, output: Operand, target_id: str) -> Iterator[Step]:
    """Back to the target's unit, and into the range seen in training, as far as it has these."""
    number = output
    if (target.scale, target.center) != (1, 0):
        operands = {
            "a": output,
            "s": Operand("scale", target.scale),
            "m": Operand("centre", target.center),
        }
        step = Step(
            f"{target_id}.unit",
            "in its unit",
            as_number(output) * target.scale + target.center,
            target.formulas["decode"],
            operands,
            "back to the target's unit",
        )
        yield step
        number = step.operand()
    if target.low is not None and target.high is not None:
        operands = {
            "x": number,
            "p": Operand("smallest", target.low),
            "q": Operand("largest", target.high),
        }
        yield Step(
            f"{target_id}.held",
            "",
            min(max(as_number(number), target.low), target.high),
            target.formulas["clip"],
            operands,
            "clipped to the range seen in training",
        )


def _class_prediction(
    target: ClassTarget, outputs: Sequence[Operand], target_id: str
) -> Iterator[Step]:
    values = np.array([[as_number(output) for output in outputs]])
    probabilities = target.probabilities(values)[0]
    for k, label in enumerate(target.label_texts):
        formula, operands = _probability_formula(target, outputs, k)
        value = float(probabilities[k])
        step = Step(f"{target_id}.p{k + 1}", f"probability of {label}", value, formula, operands)
        yield step
        if target.frequencies:
            yield _over_frequency(target, step, k, f"{target_id}.q{k + 1}")
    yield Step(
        f"{target_id}.answer",
        f"prediction of {target.name}",
        target.label_texts[int(target.predicted(probabilities[None])[0])],
        says=how_it_is_chosen(target),
    )


def _over_frequency(target: ClassTarget, probability: Step, k: int, step_id: str) -> Step:
    """The probability of class k over its frequency among the rows trained on."""
    label, frequency = target.label_texts[k], target.frequencies[k]
    operands = {"p": probability.operand(), "f": Operand(f"frequency of {label}", frequency)}
    value = as_number(probability.operand()) / frequency
    formula = target.formulas["over frequency"]
    return Step(step_id, f"{label}, over its frequency", value, formula, operands)


def how_it_is_chosen(target: ClassTarget) -> str:
    """Which class is predicted, in words."""
    if target.threshold is not None:
        return f"{target.label_texts[1]} from a probability of {target.threshold:.4g} on"
    if target.frequencies:
        return "the class of the largest probability over its frequency in the training"
    return "the class of the largest probability"


def _probability_formula(
    target: ClassTarget, outputs: Sequence[Operand], k: int
) -> tuple[str, dict[str, Operand]]:
    """How the probability of class k comes from the outputs."""
    if len(target.labels) == 2:
        return target.formulas["second of two" if k else "first of two"], {"a": outputs[0]}
    total = float(np.array([[as_number(output) for output in outputs]]).sum())
    if np.isclose(total, 1, rtol=SUMS_TO_1):
        return "a", {"a": outputs[k]}
    operands = {"a": outputs[k], "s": Operand("sum of the outputs", total)}
    return target.formulas["probability"], operands


def explain_targets(encoding: TableEncoding, table: Table, row: int, row_id: str) -> Iterator[Step]:
    """What the outputs should have been: y1, y2, ..., each after the target's cell."""
    names = [f"y{k}" for k in range(1, len(encoding.outputs) + 1)]
    for number, target, of_target in _by_target(encoding, names):
        column = table[target.name]
        given = Step(
            f"{row_id}t{number}.actual", f"actual {target.name}", _target_cell(target, column, row)
        )
        yield given
        if isinstance(target, NumberTarget):
            yield _number_target(target, given, row_id, of_target[0])
        else:
            yield from _class_target(target, given, row_id, of_target)


def _target_cell(target: Target, column: Column, row: int) -> Value:
    if isinstance(target, NumberTarget):
        return float(column.values[row])
    return cell_as_text(column, row)


def _number_target(target: NumberTarget, given: Step, row_id: str, name: str) -> Step:
    value = as_number(given.operand())
    operands = {"x": given.operand()}
    formula, says = "x", AS_IT_IS
    if (target.center, target.scale) != (0, 1):
        operands |= {"m": Operand("centre", target.center), "s": Operand("scale", target.scale)}
        formula, says = target.formulas["encode"], "centred and scaled, as in training"
    encoded = (value - target.center) / target.scale
    return Step(f"{row_id}{name}", name, encoded, formula, operands, says)


def _class_target(
    target: ClassTarget, given: Step, row_id: str, names: Sequence[str]
) -> Iterator[Step]:
    levels = target.label_texts[1:] if len(target.labels) == 2 else target.label_texts
    for name, level in zip(names, levels, strict=True):
        operands = {"x": given.operand(), "q": Operand(level, level)}
        value = float(given.value == level)
        formula = target.formulas["encode"]
        yield Step(f"{row_id}{name}", name, value, formula, operands, f"1 for {level}")
