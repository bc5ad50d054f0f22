"""The scores of a run: what each is, how sure it is, and what the baselines score."""

from typing import NamedTuple

from glassnet.recipe.assessment.text import NOTHING, range_cell, unit_text
from glassnet.recipe.run import TableRun
from glassnet.tables.targets import Target

MEANINGS = {
    "rmse": "typical error in {unit}, large ones counting more",
    "mae": "how far off on average, in {unit}",
    "r2": "part of the variation that is explained: 1 all, 0 none",
    "accuracy": "part of the rows whose class is right",
    "balanced_accuracy": "the same for each class, and the mean of these",
    "log_loss": "how little it expected the actual class: 0 is best",
    "auc": "chance that a row of the second class ranks before one of the first",
}
"""What each score is, in a few words."""


class ScoreRow(NamedTuple):
    """A score, with the interval and the baselines' as text."""

    name: str
    meaning: str
    value: str
    interval: str
    baselines: list[str]


class ScoreTable(NamedTuple):
    """The scores of one target.

    Attributes
    ----------
    target : str
        The target.
    baselines : list of str
        What else predicts, in words.
    rows : list of ScoreRow
        Its scores.
    """

    target: str
    baselines: list[str]
    rows: list[ScoreRow]


def score_tables(done: TableRun) -> list[ScoreTable]:
    """The scores of each target."""
    return [_score_table(done, target) for target in done.model.encoding.targets]


def _score_table(done: TableRun, target: Target) -> ScoreTable:
    beside = [baseline.scores[target.name] for baseline in done.baselines]
    intervals = {one.name: one for one in done.assessment.scores if one.target == target.name}
    rows = [
        ScoreRow(
            name.replace("_", " "),
            MEANINGS[name].format(unit=unit_text(target.name)),
            score_text(value),
            range_cell(intervals[name].low, intervals[name].high),
            [score_text(scores[name]) if name in scores else "" for scores in beside],
        )
        for name, value in done.model.scores[target.name].items()
    ]
    descriptions = [one.description[target.name] for one in done.baselines]
    return ScoreTable(target.name, descriptions, rows)


def score_text(value: float) -> str:
    """A score with four digits; next to nothing is 0.

    >>> score_text(2.489577), score_text(-0.001062)
    ('2.49', '0')
    """
    return "0" if abs(value) < NOTHING else f"{value:.4g}"
