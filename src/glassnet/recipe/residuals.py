"""The residuals of rows not trained on, as a model keeps them for intervals and sets.

What is made of them for new rows is `models/conformal.py`.
"""

from dataclasses import replace

import numpy as np

from glassnet.core.network import Network
from glassnet.models.conformal import LARGEST_LOG, MOST_RESIDUALS, LocalScale, Residuals
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.recipe.rows import EncodedRows
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget, NumberTarget

AllResiduals = tuple[Residuals, ...]

MOST_SCALED = 1_000_000  # rows x features that a local scale is learnt from; of more, fewer rows
SCALE_PENALTY = 3.0  # times D, on the squared weights of a local scale
LEAST_RESIDUAL = 0.1  # of the mean: what is added to every one before the logarithm
SCALE_FOLDS = 5  # of the rows, so that each one's scale is learnt from others


def residuals_of(left_out: OutOfFold | None, rows: EncodedRows, network: Network) -> AllResiduals:
    """The residuals of each target; none where no row was left out.

    Parameters
    ----------
    left_out : OutOfFold or None
        Rows that were not trained on; each counts as its weight says.
    rows : EncodedRows
        Those that the numbers in `left_out` point into.
    network : Network
        That of the members.
    """
    counting = np.empty(0, int) if left_out is None else np.flatnonzero(left_out.weights)
    if left_out is None or not len(counting):
        return ()
    left_out = left_out.take(counting)
    if rows.encoding.task != "regression":
        return _of_classes(left_out, rows.encoding, left_out.output(network))
    most = max(1, MOST_SCALED // rows.x.shape[1])
    if left_out.n_rows > most:
        left_out = left_out.take(np.linspace(0, left_out.n_rows - 1, most).astype(int))
    x = np.asarray(rows.take(left_out.row).x, np.float64)
    output = left_out.output(network)
    encoding = rows.encoding
    truths = encoding.by_target(left_out.y)
    return tuple(
        _of_number(
            x, (y[:, 0] * target.scale + target.center) - target.decode(part), left_out.weights
        )
        for (target, part), (_, y) in zip(encoding.by_target(output), truths, strict=True)
        if isinstance(target, NumberTarget)
    )


def _of_classes(left_out: OutOfFold, encoding: TableEncoding, output: np.ndarray) -> AllResiduals:
    truths = encoding.by_target(left_out.y)
    found = []
    for (target, part), (_, y) in zip(encoding.by_target(output), truths, strict=True):
        assert isinstance(target, ClassTarget)
        of_class = (target.probabilities(part) * target.probabilities(y)).sum(axis=1)
        found.append(Residuals(_kept(1 - of_class, left_out.weights)))
    return tuple(found)


def _of_number(x: np.ndarray, residual: np.ndarray, weight: np.ndarray) -> Residuals:
    """Residuals, N, over the scale that the rows, N x D, let expect, learnt from other rows."""
    size = np.abs(residual)
    with np.errstate(divide="ignore"):  # where all are 0
        log = np.log(size + LEAST_RESIDUAL * np.average(size, weights=weight))
    log = np.clip(log, -LARGEST_LOG, LARGEST_LOG)
    weights, bias = _log_scale(x, log, weight)
    every = x @ weights + bias
    scale = LocalScale(weights, bias, float(every.min()), float(every.max()))
    expected = np.empty(len(x))
    fold = np.arange(len(x)) % SCALE_FOLDS
    for number in range(min(SCALE_FOLDS, len(x))):
        others, these = fold != number, fold == number
        if not others.any():
            others = these
        w, b = _log_scale(x[others], log[others], weight[others])
        expected[these] = replace(scale, weights=w, bias=b).of(x[these])
    return Residuals(_kept(residual / expected, weight), scale)


def _log_scale(x: np.ndarray, log: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights, D, and bias of a linear model of the residuals' logarithms, N, by ridge regression.

    The penalty is on the weights of inputs of mean 0 and deviation 1.
    """
    N, D = x.shape
    mean, center = x.mean(axis=0), np.average(log, weights=weight)
    deviation = x.std(axis=0)
    deviation[deviation == 0] = np.inf  # of no use: its weight is 0
    root = np.sqrt(weight / weight.mean())[:, None]  # N x 1
    u = (x - mean) / deviation * root
    v = (log - center) * root[:, 0]
    if D <= N:
        scaled = np.linalg.solve(u.T @ u + SCALE_PENALTY * D * np.eye(D), u.T @ v)
    else:  # the same, of an N x N matrix
        scaled = u.T @ np.linalg.solve(u @ u.T + SCALE_PENALTY * D * np.eye(N), v)
    weights = scaled / deviation
    return weights, float(center - mean @ weights)


def _kept(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The values, sorted; of too many, or where they count differently, quantiles of them.

    As many as there are values of equal weight that tell as much: (sum w)^2 / sum w^2.
    """
    order = np.argsort(values)
    count = int(weight.sum() ** 2 / (weight**2).sum() + 1e-9)  # up to rounding
    count = min(max(count, 1), MOST_RESIDUALS)
    below = np.cumsum(weight[order]) / weight.sum()
    chance = (np.arange(count) + 0.5) / count
    return values[order][np.minimum(np.searchsorted(below, chance), len(order) - 1)]
