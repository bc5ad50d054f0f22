"""LightGBM and CatBoost tuned: settings drawn at random, the best by a quarter of the rows, or an
ensemble of them, trained once more on all rows.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

DRAWS = 50  # settings tried, the first being the defaults
TREES = 1000  # of a model at most; fewer where the validation loss no longer falls
PATIENCE = 50  # trees without a lower validation loss
PICKS = 40  # of the ensemble, with replacement

Settings = dict[str, Any]
Prepare = Callable[[pd.DataFrame], pd.DataFrame]


class Booster(NamedTuple):
    """How to bring inputs into its form, draw settings, make a model of so many trees, and fit one
    beside a validation set, for the number of trees that is best there.
    """

    prepare: Prepare
    draw: Callable[[np.random.Generator], Settings]
    make: Callable[[Settings, int], Any]
    fit: Callable[[Any, pd.DataFrame, np.ndarray, pd.DataFrame, np.ndarray], int]


class Tuned:
    """A classifier of classes from 0, or a regressor."""

    def __init__(self, booster: Booster, classify: bool, seed: int, ensemble: bool) -> None:
        self.booster = booster
        self.classify = classify
        self.seed = seed
        self.ensemble = ensemble

    def fit(self, x: pd.DataFrame, y: np.ndarray) -> "Tuned":
        from sklearn.model_selection import train_test_split

        x = self.booster.prepare(x)
        classes = y if self.classify else None
        parts = train_test_split(x, y, test_size=0.25, random_state=self.seed, stratify=classes)
        x_fit, x_val, y_fit, y_val = parts
        rng = np.random.default_rng(self.seed)
        tried, predictions = [], []
        for i in range(DRAWS):
            settings = self.booster.draw(rng) if i else {}
            model = self.booster.make(settings, TREES)
            trees = self.booster.fit(model, x_fit, y_fit, x_val, y_val)
            tried.append((settings, trees))
            predictions.append(self._predictions(model, x_val))
        picked = picks(np.array(predictions), y_val, PICKS if self.ensemble else 1)
        self.weights = [float(np.mean(picked == i)) for i in np.unique(picked)]
        self.models = [self.booster.make(*tried[i]).fit(x, y) for i in np.unique(picked)]
        return self

    def _predictions(self, model: Any, x: pd.DataFrame) -> np.ndarray:
        return np.asarray(model.predict_proba(x) if self.classify else model.predict(x))

    def predict_proba(self, x: pd.DataFrame) -> np.ndarray:
        x = self.booster.prepare(x)
        predictions = [self._predictions(model, x) for model in self.models]
        return np.average(predictions, axis=0, weights=self.weights)

    def predict(self, x: pd.DataFrame) -> np.ndarray:
        found = self.predict_proba(x)
        return found.argmax(axis=1) if self.classify else found


def picks(predictions: np.ndarray, y: np.ndarray, count: int) -> np.ndarray:
    """The models (M, N[, K]) that a greedy choice with replacement adds to a mean, one by one, each
    making the loss of that mean the lowest (Caruana and others, 2004).
    """
    found: list[int] = []
    total = np.zeros_like(predictions[0])
    for n in range(1, count + 1):
        losses = [loss((total + p) / n, y) for p in predictions]
        found.append(int(np.argmin(losses)))
        total = total + predictions[found[-1]]
    return np.array(found)


def loss(predictions: np.ndarray, y: np.ndarray) -> float:
    """Log loss of probabilities (N, K), or mean squared error of numbers (N,)."""
    if predictions.ndim == 1:
        return float(np.mean((predictions - y) ** 2))
    of_truth = predictions[np.arange(len(y)), y]
    return float(-np.mean(np.log(np.clip(of_truth, np.finfo(float).eps, 1))))


def _log(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def lightgbm(prepare: Prepare, classify: bool, seed: int) -> Booster:
    """Spaces like those of TabArena's (arXiv 2506.16791)."""
    from lightgbm import LGBMClassifier, LGBMRegressor, early_stopping

    kind = LGBMClassifier if classify else LGBMRegressor

    def draw(rng: np.random.Generator) -> Settings:
        return {
            "learning_rate": _log(rng, 0.005, 0.1),
            "num_leaves": int(_log(rng, 2, 200)),
            "min_child_samples": int(_log(rng, 1, 64)),
            "colsample_bytree": rng.uniform(0.4, 1),
            "subsample": rng.uniform(0.7, 1),
            "subsample_freq": 1,
            "reg_lambda": _log(rng, 1e-4, 1),
            "extra_trees": bool(rng.integers(2)),
        }

    def make(settings: Settings, trees: int) -> Any:
        fixed = {"n_jobs": 1, "random_state": seed, "verbosity": -1, "n_estimators": trees}
        return kind(**fixed, **settings)

    def fit(model: Any, x: pd.DataFrame, y: np.ndarray, x_val: Any, y_val: Any) -> int:
        stop = early_stopping(PATIENCE, verbose=False)
        model.fit(x, y, eval_X=x_val, eval_y=y_val, callbacks=[stop])
        return model.best_iteration_ or TREES

    return Booster(prepare, draw, make, fit)


def catboost(prepare: Prepare, text: list[str], classify: bool, seed: int) -> Booster:
    """Spaces like those of TabArena's (arXiv 2506.16791)."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    kind = CatBoostClassifier if classify else CatBoostRegressor

    def draw(rng: np.random.Generator) -> Settings:
        return {
            "learning_rate": _log(rng, 0.005, 0.1),
            "depth": int(rng.integers(4, 9)),
            "l2_leaf_reg": _log(rng, 1e-4, 5),
            "rsm": rng.uniform(0.4, 1),
            "bootstrap_type": "Bernoulli",
            "subsample": rng.uniform(0.7, 1),
            "leaf_estimation_iterations": int(_log(rng, 1, 20)),
        }

    def make(settings: Settings, trees: int) -> Any:
        fixed = {"thread_count": 1, "random_seed": seed, "verbose": False}
        more = {"allow_writing_files": False, "cat_features": text, "iterations": trees}
        return kind(**fixed, **more, **settings)

    def fit(model: Any, x: pd.DataFrame, y: np.ndarray, x_val: Any, y_val: Any) -> int:
        model.fit(x, y, eval_set=(x_val, y_val), early_stopping_rounds=PATIENCE)
        return (model.get_best_iteration() or 0) + 1

    return Booster(prepare, draw, make, fit)
