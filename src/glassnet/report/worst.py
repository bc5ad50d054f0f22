"""The rows that a model did worst on, with their whole explanation."""

from typing import NamedTuple

import numpy as np

from glassnet.explanation.build import explain_rows
from glassnet.explanation.render.html import to_body
from glassnet.models.rows import Rows
from glassnet.tables.targets import ClassTarget, NumberTarget, label_text


class Outcome(NamedTuple):
    """What a target was and what was predicted, in words."""

    target: str
    actual: str
    predicted: str


class WorstRow(NamedTuple):
    """A row of a large loss."""

    number: int
    """Its number in the table, from 1."""
    loss: float
    outcomes: list[Outcome]
    explanation: str
    """All its arithmetic as HTML."""


def worst_rows(rows: Rows, numbers: np.ndarray, count: int) -> list[WorstRow]:
    """The rows of the largest loss, the worst first.

    Parameters
    ----------
    rows : Rows
        N rows with known targets.
    numbers : array of N int
        Their numbers in the table, from 1.
    count : int
        How many are wanted.
    """
    losses = _losses(rows)
    order = np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")
    return [
        _worst_row(rows.take([row]), int(numbers[row]), float(losses[row])) for row in order[:count]
    ]


def _losses(rows: Rows) -> np.ndarray:
    """The loss of each row alone, N."""
    loss, output = rows.model.loss, rows.output
    takes_pre_activations = loss.output is not None  # a cross-entropy does
    predicted = rows.model.pre_activations_of(rows.x) if takes_pre_activations else output
    with np.errstate(all="ignore"):  # a loss without bound is sorted first
        scale = loss.row_scale(np, output[:1], None)
        return scale * loss.elementwise(predicted, rows.y)[0].sum(axis=1)


def _worst_row(row: Rows, number: int, loss: float) -> WorstRow:
    outcomes: list[Outcome] = []
    for target, part in row.model.encoding.by_target(row.output):
        if isinstance(target, ClassTarget):
            outcomes.append(_class_outcome(target, row, part))
        else:
            outcomes.append(_number_outcome(target, row, part))
    return WorstRow(number, loss, outcomes, to_body(explain_rows(row, [number])))


def _number_outcome(target: NumberTarget, row: Rows, output: np.ndarray) -> Outcome:
    actual, predicted = target.truth(row.targets[target.name])[0], target.decode(output)[0]
    return Outcome(target.name, f"{actual:.6g}", f"{predicted:.6g}")


def _class_outcome(target: ClassTarget, row: Rows, output: np.ndarray) -> Outcome:
    """The classes, with the probability of the predicted one and of the actual one."""
    probabilities = target.probabilities(output)[0]
    column = row.targets[target.name]
    actual = label_text(target.truth(column).tolist()[0])
    predicted = label_text(target.decode(output).tolist()[0])
    found = f"{probabilities[target.predicted(probabilities[None])[0]]:.1%}"
    if predicted != actual:
        found += f"; {actual} {probabilities[target.index(column)[0]]:.1%}"
    return Outcome(target.name, actual, f"{predicted} ({found})")
