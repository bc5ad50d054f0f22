"""Which rows are set aside by chance, to validate epochs or for the final score."""

import numpy as np


def split_rows(
    n: int, fraction: float, seed: int, classes: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Set a fraction of the rows aside, at random.

    Parameters
    ----------
    n : int
        How many rows there are.
    fraction : float
        About which fraction of them is set aside.
    seed : int
    classes : array of shape (n,), optional
        The class of each row, by number. Each class gives its fraction, and classes of one or two
        rows stay whole among those kept.

    Returns
    -------
    kept, aside : arrays of int
        Row numbers from 0, sorted.
    """
    random = np.random.default_rng([seed, n])
    if fraction == 0:
        return np.arange(n), np.arange(0)
    if classes is None:
        aside = random.permutation(n)[: max(1, round(fraction * n))]
    else:
        rows_by_class = [np.flatnonzero(classes == number) for number in np.unique(classes)]
        aside = np.concatenate([_drawn(rows, fraction, random) for rows in rows_by_class])
    is_aside = np.zeros(n, bool)
    is_aside[aside] = True
    return np.flatnonzero(~is_aside), np.flatnonzero(is_aside)


def _drawn(rows: np.ndarray, fraction: float, random: np.random.Generator) -> np.ndarray:
    """A fraction of the rows of one class; what is not a whole row is decided by chance."""
    if len(rows) <= 2:
        return rows[:0]
    count = int(fraction * len(rows) + random.random())
    return random.permutation(rows)[: min(count, len(rows) - 1)]
