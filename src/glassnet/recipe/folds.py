"""Which rows each member trains on, and which validate it.

Rows set aside for the final score, and splits into two parts, are `tables/splitting.py`.
"""

from typing import NamedTuple

import numpy as np

from glassnet.recipe.defaults import ENOUGH_TO_VALIDATE, VALIDATION_FRACTION
from glassnet.recipe.options import Options
from glassnet.tables.splitting import split_rows


class Split(NamedTuple):
    """The rows of one member.

    Parameters
    ----------
    train : array of int
        Numbers, from 0, of the rows that it trains on.
    validation : array of int, or None
        Those of the rows whose loss picks its best epoch; None: none of these rows do.
    """

    train: np.ndarray
    validation: np.ndarray | None


def split_validation(
    n_rows: int, options: Options, classes: np.ndarray | None = None, *, taught: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays of row numbers: rows to train on, and rows to validate every member on.

    Each class (`classes`: N indices) gives its part. There are none to validate on where they
    would be too few to be trusted, where several members validate each other's rows instead (see
    `assign_folds`), and where one is `taught` by a teacher that knows other rows: what it says of
    those keeps the network from overfitting.
    """
    fraction = options.validation
    if fraction is None:
        enough = VALIDATION_FRACTION * n_rows >= ENOUGH_TO_VALIDATE
        alone = options.member_count == 1 and not taught
        fraction = VALIDATION_FRACTION if alone and enough else 0.0
    return split_rows(n_rows, fraction, options.seed, classes)


def assign_folds(
    n_rows: int,
    options: Options,
    classes: np.ndarray | None = None,
    *,
    validated_by_other_rows: bool = False,
) -> list[Split]:
    """The rows of each member.

    Several members train each on all folds of the rows but one, which validates it where every
    fold has ENOUGH_TO_VALIDATE rows. A single member trains on all rows.

    Parameters
    ----------
    n_rows : int
        How many rows there are to train on.
    options : Options
        A `validation` that is not None means that nothing is validated by folds.
    classes : array of N int, or None
        The index of each row's class, so that every fold gets its part of each class.
    validated_by_other_rows : bool
        Whether other rows validate all members, so that all of these can train.

    Returns
    -------
    list of Split
        One a member.
    """
    members = options.member_count
    everything = np.arange(n_rows)
    if validated_by_other_rows or options.validation is not None or not 1 < members <= n_rows:
        return [Split(everything, None) for _ in range(members)]
    fold = draw_folds(n_rows, members, options.seed, classes)
    left_out = [np.flatnonzero(fold == member) for member in range(members)]
    enough = min(len(rows) for rows in left_out) >= ENOUGH_TO_VALIDATE
    return [
        Split(np.flatnonzero(fold != member), left_out[member] if enough else None)
        for member in range(members)
    ]


def draw_folds(n_rows: int, count: int, seed: int, classes: np.ndarray | None = None) -> np.ndarray:
    """The fold of each of N rows, 0 to count - 1: drawn at random, in equal parts.

    With `classes` (N indices) each class is cut into equal parts too; rows of a class that has not
    one for each fold are in none, -1, and so train every member.
    """
    order = np.random.default_rng([seed, n_rows, count]).permutation(n_rows)
    if classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    fold = np.empty(n_rows, int)
    fold[order] = np.arange(n_rows) % count
    if classes is None:
        return fold
    class_size = np.bincount(classes)
    return np.where(class_size[classes] < count, -1, fold)
