"""How good predictions are: the usual scores, on plain arrays.

scikit-learn's are the same numbers, and the tests hold ours to them; but they take over a second to
import.
"""

from statistics import NormalDist
from typing import Any

import numpy as np


def regression_scores(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """RMSE and MAE in y's unit, and, where y varies, R2 (1: perfect, 0: as good as the mean of y).
    y and predicted are N.
    """
    error = y - predicted
    spread = float(np.sum((y - y.mean()) ** 2))
    scores = {"rmse": float(np.sqrt(np.mean(error**2))), "mae": float(np.mean(np.abs(error)))}
    return scores | ({"r2": 1 - float(np.sum(error**2)) / spread} if spread > 0 else {})


def class_scores(
    y: np.ndarray, probabilities: np.ndarray, predicted: np.ndarray | None = None
) -> dict[str, float]:
    """Accuracy, balanced accuracy, log loss, and for two classes the area under the ROC curve.

    y is N class numbers, probabilities N x classes, predicted N class numbers (None: the likeliest
    classes). Balanced accuracy is the mean share found of each class that is there.
    """
    N = len(y)
    right: np.ndarray = y == (probabilities.argmax(axis=1) if predicted is None else predicted)
    of_truth = np.clip(probabilities[np.arange(N), y], np.finfo(np.float64).eps, 1)
    scores = {
        "accuracy": float(np.mean(right)),
        "balanced_accuracy": float(np.mean([right[y == c].mean() for c in np.unique(y)])),
        "log_loss": float(-np.mean(np.log(of_truth))),
    }
    if probabilities.shape[1] == 2 and len(np.unique(y)) == 2:
        scores["auc"] = area_under_roc(y == 1, probabilities[:, 1])
    return scores


def area_under_roc(positive: np.ndarray, score: np.ndarray) -> float:
    """The chance that a positive row scores above a negative one, ties counting half.

    (Mann & Whitney 1947)
    """
    _, index, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[index]  # mean rank of each row, from 1
    positives, negatives = int(positive.sum()), int((~positive).sum())
    return float((rank[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def wilson_interval(fraction: Any, n_rows: Any, confidence: float = 0.95) -> tuple[Any, Any]:
    """The interval of a fraction p of n rows, which is not empty where all are right; also arrays.

    (p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)

    (Wilson 1927, Journal of the American Statistical Association 22:209-212)

    >>> low, high = wilson_interval(1.0, 70)
    >>> round(low, 3), round(high, 3)
    (0.948, 1.0)
    """
    room = NormalDist().inv_cdf((1 + confidence) / 2) ** 2 / n_rows
    middle = fraction + room / 2
    reach = (room * (fraction * (1 - fraction) + room / 4)) ** 0.5
    return (middle - reach) / (1 + room), (middle + reach) / (1 + room)
