"""The scores of resampled rows: the nonparametric bootstrap (Efron 1979), all resamples at once.

A resample is how often each row was drawn. Each score is the one of `metrics.py` with rows
that count so often; the intervals that are made of them are `intervals.py`.
"""

from collections.abc import Iterator

import numpy as np

from glassnet.tables.columns import Column
from glassnet.tables.targets import NumberTarget, Target

DRAWN_AT_A_TIME = 1_000_000  # rows x resamples in memory

Resampled = dict[str, np.ndarray]
"""By its name, a score of every resample."""


def resamples(n_rows: int, count: int, seed: int = 0) -> Iterator[np.ndarray]:
    """How often each row was drawn with replacement, some resamples x N at a time."""
    random = np.random.default_rng([seed, n_rows])
    size = max(1, DRAWN_AT_A_TIME // n_rows)
    for first in range(0, count, size):
        several = min(size, count - first)
        drawn = (
            random.integers(n_rows, size=(several, n_rows)) + np.arange(several)[:, None] * n_rows
        )
        drawn_times = np.bincount(drawn.ravel(), minlength=several * n_rows)
        yield drawn_times.reshape(several, n_rows).astype(float)


def resampled_scores(
    target: Target, output: np.ndarray, column: Column, drawn: np.ndarray
) -> Resampled:
    """The scores of a target's outputs on each of R resamples; NaN where one cannot be told.

    Parameters
    ----------
    target : Target
        What the outputs mean.
    output : array, N x its outputs
        A model's outputs, or others in their place.
    column : Column
        The N true cells.
    drawn : array, R x N
        How often each row counts.
    """
    if isinstance(target, NumberTarget):
        return _regression_scores(column.values, target.decode(output), drawn)
    probabilities = target.probabilities(output)
    return _class_scores(
        target.index(column), probabilities, target.predicted(probabilities), drawn
    )


def _regression_scores(y: np.ndarray, predicted: np.ndarray, drawn: np.ndarray) -> Resampled:
    error = y - predicted
    centred = y - y.mean()
    of_rows = np.stack([error**2, np.abs(error), centred, centred**2], axis=1)  # N x 4
    square, absolute, mean, mean_square = (drawn @ of_rows / len(y)).T
    spread = mean_square - mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(spread > 0, 1 - square / spread, np.nan)
    return {"rmse": np.sqrt(square), "mae": absolute, "r2": r2}


def _class_scores(
    y: np.ndarray, probabilities: np.ndarray, predicted: np.ndarray, drawn: np.ndarray
) -> Resampled:
    N, classes = probabilities.shape
    right = (y == predicted).astype(float)
    of_truth = np.clip(probabilities[np.arange(N), y], np.finfo(np.float64).eps, 1)
    of_class = np.eye(classes)[y]  # N x classes
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (drawn * right) @ of_class / (drawn @ of_class)  # R x classes
    there = ~np.isnan(found)  # a class may be missing from a resample
    scores = {
        "accuracy": drawn @ right / N,
        "balanced_accuracy": np.where(there, found, 0.0).sum(axis=1) / there.sum(axis=1),
        "log_loss": drawn @ -np.log(of_truth) / N,
    }
    if classes == 2:
        scores["auc"] = _areas_under_roc(y == 1, probabilities[:, 1], drawn)
    return scores


def _areas_under_roc(positive: np.ndarray, score: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The area under the ROC curve of each resample, ties counting half."""
    order = np.argsort(score, kind="stable")
    _, first_of_equals = np.unique(score[order], return_index=True)
    drawn, positive = drawn[:, order], positive[order]
    positives, negatives = drawn * positive, drawn * ~positive
    if len(first_of_equals) < len(score):
        positives = np.add.reduceat(positives, first_of_equals, axis=1)
        negatives = np.add.reduceat(negatives, first_of_equals, axis=1)
    below = np.cumsum(negatives, axis=1) - negatives / 2
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pairs > 0, (positives * below).sum(axis=1) / pairs, np.nan)
