"""From which probability on a class is predicted: as given, or so that rare classes are found.

Of two classes that is found on rows that the members did not train on; of more the classes'
frequencies do it. How it is used is `tables/targets.py`.
"""

from dataclasses import replace

import numpy as np

from glassnet.core.network import Network
from glassnet.errors import OptionError, OptionRef
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.recipe.rows import EncodedRows
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget


def settle_threshold(
    threshold: float | str | None,
    encoding: TableEncoding,
    network: Network,
    left_out: OutOfFold | None,
    rows: EncodedRows,
) -> TableEncoding:
    """The encoding, with the threshold that is asked for.

    Parameters
    ----------
    threshold : float, "balanced" or None
        "balanced": of two classes what makes the balanced accuracy largest on rows not trained on;
        of more the class of the largest probability over its frequency is predicted.
    encoding : TableEncoding
        That of the rows.
    network : Network
        That of the members.
    left_out : OutOfFold or None
        What they give for rows that they were not trained on, nor on equal ones.
    rows : EncodedRows
        Those trained on.

    Raises OptionError where the targets are not of classes, or a number is given for more than two,
    and where a threshold is to be found but every row was trained on.
    """
    if threshold is None:
        return encoding
    if not isinstance(threshold, str):
        return encoding.with_thresholds([threshold] * len(encoding.targets))
    target = encoding.targets[0]
    if isinstance(target, ClassTarget) and len(target.labels) > 2:  # then it is the only one
        known = frequencies(rows.y, rows.sample_weight)
        return replace(encoding, targets=(replace(target, frequencies=known),))
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


def frequencies(y: np.ndarray, weight: np.ndarray | None) -> tuple[float, ...]:
    """The frequency of each class among N rows, by their weights; as of one row for none.

    The class of the largest probability over its frequency has the largest balanced accuracy that
    can be had, where probabilities are right: a row found of a class counts 1 / its rows.

    >>> frequencies(np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 1, 0]]), None)
    (0.25, 0.75, 0.25)
    """
    found = np.average(y, axis=0, weights=weight)
    return tuple(np.maximum(found, 1 / len(y)).tolist())


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
