"""From which probability the second of two classes is predicted: as given, or found.

It is found on rows that the members did not train on. How it is used is `tables/targets.py`.
"""

import numpy as np

from glassnet.core.network import Network
from glassnet.errors import OptionError, OptionRef
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.tables.encoding import TableEncoding


def settle_threshold(
    threshold: float | str | None,
    encoding: TableEncoding,
    network: Network,
    left_out: OutOfFold | None,
) -> TableEncoding:
    """The encoding, with the threshold that is asked for.

    Parameters
    ----------
    threshold : float, "balanced" or None
        "balanced": what makes the balanced accuracy largest on rows not trained on.
    encoding : TableEncoding
        That of the rows.
    network : Network
        That of the members.
    left_out : OutOfFold or None
        What they give for rows that they were not trained on, nor on equal ones.

    Raises OptionError where the targets are not of two classes, and where a threshold is to be
    found but every row was trained on.
    """
    if threshold is None:
        return encoding
    if not isinstance(threshold, str):
        return encoding.with_thresholds([threshold] * len(encoding.targets))
    encoding.with_thresholds([None] * len(encoding.targets))  # which refuses other targets
    if left_out is None or not left_out.n_rows:
        raise OptionError(
            [OptionRef("threshold", "balanced"), " is found on rows that were not trained on"],
            option="threshold",
            value=threshold,
            remedy=["there are none: give ", OptionRef("validation", 0.2), ", or a number"],
        )
    output, y, weight = left_out.output(network), left_out.y, left_out.weights
    return encoding.with_thresholds(
        [best_threshold(y[:, k] > 0.5, output[:, k], weight) for k in range(y.shape[1])]
    )


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
