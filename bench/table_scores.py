"""What `bench/tables.py` measures of predictions on held-out rows."""

from typing import Any

import numpy as np
import pandas as pd

BINS = 15
"""Of the calibration error: intervals of equal width of the probability of the likeliest class."""


def scores(model: Any, x: pd.DataFrame, y: np.ndarray, classify: bool) -> dict[str, float]:
    """Score (accuracy or R2) and loss (log loss, or RMSE over the spread of the targets: the square
    root of 1 - R2); of classes also balanced accuracy, AUC and calibration error.
    """
    if not classify:
        left = float(np.mean((y - model.predict(x)) ** 2) / np.var(y))
        return {"score": 1 - left, "loss": left**0.5}
    p = np.asarray(model.predict_proba(x), np.float64)  # (N, K)
    of_truth = np.clip(p[np.arange(len(y)), y], np.finfo(np.float64).eps, 1)
    return {
        "score": float(np.mean(p.argmax(axis=1) == y)),
        "loss": float(-np.mean(np.log(of_truth))),
        "balanced": balanced_accuracy(p, y),
        "auc": auc(p, y),
        "calibration": calibration_error(p, y),
    }


def balanced_accuracy(p: np.ndarray, y: np.ndarray) -> float:
    """The mean over the classes of `y` of the fraction of their rows that is found."""
    right = p.argmax(axis=1) == y
    return float(np.mean([np.mean(right[y == k]) for k in np.unique(y)]))


def auc(p: np.ndarray, y: np.ndarray) -> float:
    """The area under the ROC curve: each class against the others, the mean over classes."""
    from sklearn.metrics import roc_auc_score

    classes = np.unique(y)
    if p.shape[1] == 2:
        classes = np.array([1])
    return float(np.mean([roc_auc_score(y == k, p[:, k]) for k in classes]))


def calibration_error(p: np.ndarray, y: np.ndarray) -> float:
    """The expected calibration error: in BINS intervals of the likeliest class's probability, how
    far its mean is from the fraction of rows that are right, weighted by their rows.
    """
    top = p.max(axis=1)  # (N,)
    off = top - (p.argmax(axis=1) == y)  # (N,)
    bins = np.minimum((top * BINS).astype(int), BINS - 1)  # (N,)
    return float(np.abs(np.bincount(bins, off, BINS)).sum() / len(y))
