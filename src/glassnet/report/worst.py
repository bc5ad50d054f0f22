"""The rows that a model did worst on: their cells, how far off it was, and what pushed it there."""

from typing import NamedTuple

import numpy as np

from glassnet.explanation.render.bars import bars
from glassnet.importance.contributions import Contributions, contributions_of
from glassnet.models.rows import Rows
from glassnet.recipe.assessment.text import numbers_text, rounded_text, unit_text
from glassnet.recipe.run import BLOCK_ROWS
from glassnet.tables.targets import ClassTarget, NumberTarget, label_text
from glassnet.tables.write import cell_text

MOST_PUSHES = 6  # of a row that are shown, those that pushed it most; the others together
TEXT_LETTERS = 18  # of a text cell


class Outcome(NamedTuple):
    """What a target was, what was predicted, and how far off that is, in words."""

    target: str
    actual: str
    predicted: str
    error: str


class Push(NamedTuple):
    """A column of a row: its cell, and how far it pushed the prediction."""

    column: str
    cell: str
    value: str
    bar: str
    """As HTML."""


class WorstRow(NamedTuple):
    """A row of a large loss."""

    number: int
    """Its number in the table, from 1."""
    loss: float
    outcomes: list[Outcome]
    pushed: str
    """What the columns pushed, in words, from where to where."""
    pushes: list[Push]


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
    order = np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")[:count]
    worst = rows.take(order)
    found = contributions_of(worst, others=rows)
    is_class = isinstance(rows.model.encoding.targets[0], ClassTarget)
    return [
        WorstRow(
            int(numbers[row]),
            float(losses[row]),
            _outcomes(worst.take([i])),
            _pushed(found.take([i]), is_class),
            _pushes(worst.take([i]), found.take([i]), is_class),
        )
        for i, row in enumerate(order)
    ]


def _losses(rows: Rows) -> np.ndarray:
    """The loss of each row alone, N."""
    loss, output = rows.model.loss, rows.output
    predicted = output
    if loss.output is not None:  # a cross-entropy takes pre-activations
        blocks = [rows.take(slice(at, at + BLOCK_ROWS)) for at in range(0, len(rows), BLOCK_ROWS)]
        predicted = np.concatenate([rows.model.pre_activations_of(block.x) for block in blocks])
    with np.errstate(all="ignore"):  # a loss without bound is sorted first
        scale = loss.row_scale(np, output[:1], None)
        return scale * loss.elementwise(predicted, rows.y)[0].sum(axis=1)


def _pushed(found: Contributions, is_class: bool) -> str:
    """What was pushed: "miles per gallon from 23.2 to 39.1"."""
    output = found.outputs[0]
    start, end = float(found.starts[0]), float(found.predictions[0])
    if is_class:
        return f"the probability of {output} from {start:.1%} to {end:.1%}, in percentage points"
    return f"{unit_text(output)} from {' to '.join(numbers_text([start, end]))}"


def _pushes(row: Rows, found: Contributions, is_class: bool) -> list[Push]:
    """The columns that pushed the prediction of a row most, and all others together."""
    values = found.values[0] * (100 if is_class else 1)
    order = np.argsort(-np.abs(values), kind="stable")
    shown, others = order[:MOST_PUSHES], order[MOST_PUSHES:]
    names = [found.columns[i] for i in shown]
    cells = [_cell(row, name) for name in names]
    sizes = [float(values[i]) for i in shown]
    if len(others):
        names.append(f"{len(others)} other columns" if len(others) > 1 else "1 other column")
        cells.append("")
        sizes.append(float(values[others].sum()))
    texts = [f"{'+' if size > 0 else ''}{rounded_text(size)}" for size in sizes]
    return [Push(*parts) for parts in zip(names, cells, texts, bars(sizes), strict=True)]


def _cell(row: Rows, name: str) -> str:
    """A cell as it stands in a table; a date as a date."""
    column = row.columns[name]
    if column.missing[0]:
        return "missing"
    value = column.values[0]
    if column.kind == "date":
        return str(np.datetime64(round(value), "D"))
    if column.kind == "number":
        return f"{value:.6g}"
    text = cell_text(value)
    return text if len(text) <= TEXT_LETTERS else f"{text[: TEXT_LETTERS - 1]}…"


def _outcomes(row: Rows) -> list[Outcome]:
    """Each target of a row."""
    return [
        _class_outcome(target, row, part)
        if isinstance(target, ClassTarget)
        else _number_outcome(target, row, part)
        for target, part in row.model.encoding.by_target(row.output)
    ]


def _number_outcome(target: NumberTarget, row: Rows, output: np.ndarray) -> Outcome:
    actual, predicted = target.truth(row.targets[target.name])[0], target.decode(output)[0]
    error = predicted - actual
    side = "too high" if error > 0 else "too low"
    text = f"{rounded_text(abs(error), 3)} {unit_text(target.name)} {side}"
    return Outcome(target.name, f"{actual:.6g}", rounded_text(predicted, 4), text)


def _class_outcome(target: ClassTarget, row: Rows, output: np.ndarray) -> Outcome:
    """The classes, with the probability of the predicted one and of the actual one."""
    probabilities = target.probabilities(output)[0]
    column = row.targets[target.name]
    actual = label_text(target.truth(column).tolist()[0])
    predicted = label_text(target.decode(output).tolist()[0])
    found = f"{probabilities[target.predicted(probabilities[None])[0]]:.1%}"
    error = "right" if predicted == actual else "wrong"
    if predicted != actual:
        found += f"; {actual} {probabilities[target.index(column)[0]]:.1%}"
    return Outcome(target.name, actual, f"{predicted} ({found})", error)
