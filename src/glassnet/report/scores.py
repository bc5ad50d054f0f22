"""The scores of a run, beside those of the baselines."""

from typing import NamedTuple

from glassnet.recipe.run import TableRun


class ScoreTable(NamedTuple):
    """The scores of one target.

    Attributes
    ----------
    target : str
        The target.
    baselines : list of str
        What else predicts, in words.
    scores : list of (name, value, values of the baselines)
        The scores; a baseline that has not that score has None.
    """

    target: str
    baselines: list[str]
    scores: list[tuple[str, float, list[float | None]]]


def score_tables(done: TableRun) -> list[ScoreTable]:
    """The scores of each target."""
    return [_score_table(done, target) for target in done.model.scores]


def _score_table(done: TableRun, target: str) -> ScoreTable:
    beside = [baseline.scores[target] for baseline in done.baselines]
    scores = [
        (name, value, [scores.get(name) for scores in beside])
        for name, value in done.model.scores[target].items()
    ]
    return ScoreTable(target, [one.description[target] for one in done.baselines], scores)
