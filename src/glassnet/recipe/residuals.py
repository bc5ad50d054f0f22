"""The residuals of rows not trained on, as a model keeps them for intervals and sets.

What is made of them for new rows is `models/conformal.py`.
"""

from collections.abc import Callable

import numpy as np

from glassnet.models.conformal import LARGEST_LOG, MOST_RESIDUALS, LocalScale, Residuals
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.recipe.rows import EncodedRows
from glassnet.tables.targets import ClassTarget, NumberTarget

MOST_NUMBERS = 1_000_000  # rows x features that a local scale is learnt from; of more, fewer rows
PENALTY = 3.0  # times D, on the squared weights of a local scale
LEAST_RESIDUAL = 0.1  # of the mean: what is added to every one before the logarithm
FOLDS = 5  # of the rows, so that each one's scale is learnt from others


def residuals_of(
    judged: OutOfFold, rows: EncodedRows, output: np.ndarray
) -> tuple[Residuals, ...]:
    """The residuals of each target.

    Parameters
    ----------
    judged : OutOfFold
        Rows that were not trained on; each counts as its weight says.
    rows : EncodedRows
        Those that the numbers in `judged` point into.
    output : array, N x K
        What the model gives for them.
    """
    encoding = rows.encoding
    targets = zip(encoding.by_target(output), encoding.by_target(judged.y), strict=True)
    of_class: list[Residuals] = []
    numbers: list[tuple[NumberTarget, np.ndarray]] = []
    for (target, predicted), (_, y) in targets:
        if isinstance(target, ClassTarget):
            probability = (target.probabilities(predicted) * target.probabilities(y)).sum(axis=1)
            of_class.append(Residuals(_kept(1 - probability, judged.weights)))
        else:
            numbers.append((target, y[:, 0] * target.scale + target.center - target.decode(predicted)))
    return tuple(of_class) or _of_numbers(judged, rows, [residual for _, residual in numbers])


def _of_numbers(
    judged: OutOfFold, rows: EncodedRows, residuals: list[np.ndarray]
) -> tuple[Residuals, ...]:
    """Each target's residuals, N numbers, over the scale that its rows let expect."""
    most = max(1, MOST_NUMBERS // rows.x.shape[1])
    used = np.arange(judged.n_rows)
    if judged.n_rows > most:
        used = np.linspace(0, judged.n_rows - 1, most).astype(int)
    x = np.asarray(rows.take(judged.row[used]).x, np.float64)
    weight = judged.weights[used]
    return tuple(_of_number(x, residual[used], weight) for residual in residuals)
