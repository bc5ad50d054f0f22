"""From which probability the second of two classes is predicted: as given, or found.

It is found on rows that the members did not train on. How it is used is `tables/targets.py`.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.errors import OptionError, OptionRef
from glassnet.models.ensemble import Member, ensemble_predictor
from glassnet.recipe.folds import Split
from glassnet.recipe.rows import EncodedRows
from glassnet.tables.encoding import TableEncoding


def settle_threshold(
    threshold: float | str | None,
    members: Sequence[Member],
    rows: EncodedRows,
    validation: EncodedRows | None,
    splits: Sequence[Split],
) -> TableEncoding:
    """The encoding of the rows, with the threshold that is asked for.

    Parameters
    ----------
    threshold : float, "balanced" or None
        "balanced": what makes the balanced accuracy largest on rows not trained on.
    members : sequence of Member
        The trained networks.
    rows : EncodedRows
        The rows that the splits' numbers point into.
    validation : EncodedRows or None
        Rows that validated the members which trained on all of `rows`.
    splits : sequence of Split
        One a member.

    Raises OptionError where the targets are not of two classes, and where a threshold is to be
    found but every row was trained on.
    """
    encoding = rows.encoding
    if threshold is None:
        return encoding
    if not isinstance(threshold, str):
        return encoding.with_thresholds([threshold] * len(encoding.targets))
    encoding.with_thresholds([None] * len(encoding.targets))  # which refuses other targets
    found = list(_out_of_fold(members, rows, validation, splits))
    if not found:
        raise OptionError(
            [OptionRef("threshold", "balanced"), " is found on rows that were not trained on"],
            option="threshold",
            value=threshold,
            remedy=["there are none: give ", OptionRef("validation", 0.2), ", or a number"],
        )
    output, y, weight = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return encoding.with_thresholds(
        [best_threshold(y[:, k] > 0.5, output[:, k], weight) for k in range(y.shape[1])]
    )


Predicted = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Outputs and targets, N x K each, and weights, N."""


def _out_of_fold(
    members: Sequence[Member],
    rows: EncodedRows,
    validation: EncodedRows | None,
    splits: Sequence[Split],
) -> Iterator[Predicted]:
    """What each member gives for the rows that it did not train on, nor on their equals.

    Where all rows were trained on, what the members together give for those of the validation.
    """
    if validation is not None:
        yield _predicted(members, validation)
        return
    for member, split in zip(members, splits, strict=False):  # fewer where Ctrl-C ended the run
        left_out = np.ones(len(rows.x), bool)
        left_out[split.train] = False
        trained = {row.tobytes() for row in rows.x[split.train]}
        new = [row for row in np.flatnonzero(left_out) if rows.x[row].tobytes() not in trained]
        if new:
            yield _predicted([member], rows.take(np.array(new)))


def _predicted(members: Sequence[Member], rows: EncodedRows) -> Predicted:
    output = ensemble_predictor(members)(np.ascontiguousarray(rows.x, np.float64))
    weight = np.ones(len(rows.x)) if rows.sample_weight is None else rows.sample_weight
    return np.asarray(output, np.float64), rows.y, weight


def best_threshold(second: np.ndarray, probability: np.ndarray, weight: np.ndarray) -> float:
    """The threshold of the largest balanced accuracy; of several the nearest to 0.5.

    It lies midway between two probabilities that occur; where all are the same it is 0.5.

    Parameters
    ----------
    second : array of N booleans
        Whether a row is of the second class.
    probability : array of N numbers
        The predicted probability of that class.
    weight : array of N numbers
        How much each row counts.

    >>> p = np.array([0.1, 0.2, 0.3, 0.4])
    >>> best_threshold(np.array([False, False, True, True]), p, np.ones(4))
    0.25
    """
    order = np.argsort(probability)
    p = probability[order]
    of_second = np.where(second[order], weight[order], 0.0)
    of_first = weight[order] - of_second
    below = np.flatnonzero(p[1:] > p[:-1])  # the last row below each threshold
    if not len(below) or not of_second.any() or not of_first.any():
        return 0.5
    missed = np.cumsum(of_second)[below] / of_second.sum()
    right = np.cumsum(of_first)[below] / of_first.sum()
    balanced = (right + 1 - missed) / 2
    thresholds = (p[below] + p[below + 1]) / 2
    best = thresholds[balanced >= balanced.max() - 1e-12]  # up to rounding
    return float(np.clip(best[np.argmin(np.abs(best - 0.5))], 1e-300, 1 - 1e-16))
