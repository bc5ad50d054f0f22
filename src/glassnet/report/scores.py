"""The scores of a run, beside those of a prediction that is always the same."""

from typing import NamedTuple

import numpy as np

from glassnet.core.metrics import class_scores, regression_scores
from glassnet.models.rows import Rows
from glassnet.recipe.run import TableRun
from glassnet.tables.columns import Column
from glassnet.tables.targets import ClassTarget, NumberTarget


class ScoreTable(NamedTuple):
    """The scores of one target.

    Attributes
    ----------
    target : str
        The target.
    constant : str
        The constant prediction in words.
    scores : list of (name, value, value of the constant prediction or None)
        The scores.
    """

    target: str
    constant: str
    scores: list[tuple[str, float, float | None]]


def score_tables(done: TableRun, rows: Rows) -> list[ScoreTable]:
    """The scores of each target.

    Parameters
    ----------
    done : TableRun
        The run.
    rows : Rows
        The rows that its scores are of.
    """
    trained = done.columns.take(done.rows["train"])
    tables: list[ScoreTable] = []
    for target in done.model.encoding.targets:
        actual = rows.targets[target.name]
        if isinstance(target, NumberTarget):
            description, constant = _constant_number(trained[target.name], actual)
        else:
            description, constant = _constant_class(target, trained[target.name], actual)
        scores = [
            (name, value, constant.get(name))
            for name, value in done.model.scores[target.name].items()
        ]
        tables.append(ScoreTable(target.name, description, scores))
    return tables


def _constant_number(trained: Column, actual: Column) -> tuple[str, dict[str, float]]:
    """The mean of the training rows as the prediction: in words, and its scores."""
    mean = trained.values.mean()
    predicted = np.full(len(actual.values), mean)
    return f"always the mean, {mean:.6g}", regression_scores(actual.values, predicted)


def _constant_class(
    target: ClassTarget, trained: Column, actual: Column
) -> tuple[str, dict[str, float]]:
    """The frequencies of the training rows' classes as the prediction: in words, and its scores."""
    counts = np.bincount(target.index(trained), minlength=len(target.labels))
    frequencies = counts / len(trained.values)
    predicted = np.tile(frequencies, (len(actual.values), 1))
    description = (
        f"always {target.label_texts[int(frequencies.argmax())]}, by the classes' frequencies"
    )
    return description, class_scores(target.index(actual), predicted)
