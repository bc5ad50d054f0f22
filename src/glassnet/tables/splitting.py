"""Which rows train, which judge epochs, which are kept for the final score."""

import numpy as np


def split_rows(
    n: int, share: float, seed: int, classes: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(kept, set aside): two sorted arrays of row numbers; about `share` of n rows are set aside, at random.

    With `classes` (N numbers) each class gives its share, and classes of one or two rows stay whole in the first part.
    """
    random = np.random.default_rng([seed, n])
    if share == 0:
        return np.arange(n), np.arange(0)
    if classes is None:
        aside = random.permutation(n)[: max(1, round(share * n))]
    else:
        aside = np.concatenate(
            [_aside_of(np.flatnonzero(classes == c), share, random) for c in np.unique(classes)]
        )
    mask = np.zeros(n, bool)
    mask[aside] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def _aside_of(rows: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    """The rows of one class that are set aside: its share, a part of a row decided by chance."""
    if len(rows) <= 2:
        return rows[:0]
    count = int(share * len(rows) + random.random())
    return random.permutation(rows)[: min(count, len(rows) - 1)]
