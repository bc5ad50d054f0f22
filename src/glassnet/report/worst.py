"""The rows a model did worst on, with their whole explanation."""

from typing import NamedTuple

import numpy as np

from glassnet.explanation.build import explain_rows
from glassnet.explanation.render.html import to_body
from glassnet.models.rows import Rows
from glassnet.tables.targets import ClassTarget, label_text


class WorstRow(NamedTuple):
    """A row by its number in the table, its loss, what each target was and what was predicted, and the explanation as HTML."""

    number: int
    loss: float
    answers: list[tuple[str, str, str]]
    """(target, actual, predicted), in words."""
    explanation: str


def worst_rows(rows: Rows, numbers: np.ndarray, count: int) -> list[WorstRow]:
    """The rows of the largest loss, the worst first; `numbers` are the rows' in the table, from 1."""
    network, output = rows.model.network, rows.output
    predicted = (
        output if network.loss.output is None else rows.trace.z[-1]
    )  # a cross-entropy takes z
    with np.errstate(all="ignore"):
        share = network.loss.row_scale(np, output[:1], None)  # of a row alone
        losses = share * network.loss.elementwise(predicted, rows.y)[0].sum(axis=1)  # N
    order = np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")[:count]
    return [
        _worst(rows.take([place]), int(numbers[place]), float(losses[place])) for place in order
    ]


def _worst(row: Rows, number: int, loss: float) -> WorstRow:
    answers: list[tuple[str, str, str]] = []
    for target, part in row.model.encoding.by_target(row.output):
        truth, answer = target.truth(row.answers[target.name])[0], target.decode(part)[0]
        if isinstance(target, ClassTarget):
            shares = target.probabilities(part)[0]
            of_truth = shares[int(target.index(row.answers[target.name])[0])]
            of_both = (
                f"{shares.max():.1%}"
                + f"; {label_text(_plain(truth))} {of_truth:.1%}" * bool(truth != answer)
            )
            told = f"{label_text(_plain(answer))} ({of_both})"
            answers.append((target.name, label_text(_plain(truth)), told))
        else:
            answers.append((target.name, f"{truth:.6g}", f"{answer:.6g}"))
    return WorstRow(number, loss, answers, to_body(explain_rows(row, [number])))


def _plain(label: object) -> object:
    return label.item() if isinstance(label, np.generic) else label
