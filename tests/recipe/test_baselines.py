"""The baselines beside a score: the constant by hand, the linear model against scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from glassnet.recipe import baselines as module
from glassnet.recipe.baselines import Baseline, baselines
from glassnet.recipe.metrics import class_scores, regression_scores
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.frames import as_table
from glassnet.tables.targets import Task, learn_target

N, TRAIN = 90, 60
PENALTY = 1 + 5**2 / TRAIN  # of five features
_random = np.random.default_rng(7)
_x = _random.normal(size=N)
TABLE: dict[str, Any] = {
    "x": [None if i % 13 == 0 else float(v) for i, v in enumerate(_x)],
    "c": [("a", "b", "c")[i % 3] for i in range(N)],
    "number": (2 * _x + _random.normal(size=N) + 5).tolist(),
    "two": [("no", "yes")[int(v > 0.2)] for v in _x + 0.8 * _random.normal(size=N)],
    "three": [
        ("p", "q", "r")[i] for i in np.digitize(_x + 0.5 * _random.normal(size=N), [-0.5, 1])
    ],
}
TASKS: dict[str, Task] = {"number": "regression", "two": "binary", "three": "multiclass"}


def encoded(target: str, bins: int = 16) -> tuple[TableEncoding, Table, Table]:
    """The encoding (with bins), the rows to learn from and those to score on."""
    columns = as_table(TABLE)
    inputs = learn_inputs(columns.select(["x", "c"]), bins=bins)
    encoding = TableEncoding(TASKS[target], inputs, (learn_target(columns[target], TASKS[target]),))
    return encoding, columns.take(slice(0, TRAIN)), columns.take(slice(TRAIN, N))


def found(target: str) -> tuple[Baseline, Baseline]:
    constant, linear = baselines(*encoded(target))
    assert (constant.name, linear.name) == ("constant", "linear")
    return constant, linear


def scaled(target: str) -> tuple[np.ndarray, np.ndarray]:
    """The inputs without bins, in units of their standard deviation in the training rows."""
    encoding, train, scored = encoded(target, bins=0)
    assert len(encoding.features) == 5  # x, x missing, three categories
    x = encoding.encode_inputs(train)
    return tuple((part - x.mean(0)) / x.std(0) for part in (x, encoding.encode_inputs(scored)))


def test_the_constant_is_the_mean_or_the_frequencies_of_the_rows_trained_on() -> None:
    constant, _ = found("number")
    y = np.array(TABLE["number"])
    predicted = np.full(N - TRAIN, y[:TRAIN].mean())
    assert constant.scores["number"] == pytest.approx(regression_scores(y[TRAIN:], predicted))
    assert constant.description["number"] == f"always the mean, {y[:TRAIN].mean():.6g}"
    constant, _ = found("three")
    classes = np.array(["pqr".index(label) for label in TABLE["three"]])
    frequencies = np.bincount(classes[:TRAIN]) / TRAIN
    wanted = class_scores(classes[TRAIN:], np.tile(frequencies, (N - TRAIN, 1)))
    assert constant.scores["three"] == pytest.approx(wanted)
    assert constant.description["three"] == f"always {'pqr'[frequencies.argmax()]}"


def test_numbers_are_predicted_by_ridge_regression() -> None:
    _, linear = found("number")
    x, x_scored = scaled("number")
    y = np.array(TABLE["number"])
    ridge = Ridge(PENALTY).fit(x, y[:TRAIN] / y.std())
    wanted = np.clip(ridge.predict(x_scored) * y.std(), y.min(), y.max())
    assert linear.scores["number"] == pytest.approx(regression_scores(y[TRAIN:], wanted), rel=1e-9)


@pytest.mark.parametrize("target", ["two", "three"])
def test_classes_are_predicted_by_logistic_regression(target: str) -> None:
    _, linear = found(target)
    x, x_scored = scaled(target)
    labels = sorted(set(TABLE[target]))
    classes = np.array([labels.index(label) for label in TABLE[target]])
    model = LogisticRegression(C=1 / PENALTY, tol=1e-10, max_iter=1000).fit(x, classes[:TRAIN])
    wanted = class_scores(classes[TRAIN:], model.predict_proba(x_scored))
    assert linear.scores[target] == pytest.approx(wanted, rel=3e-3)  # it stops early


def test_of_too_many_features_those_are_used_that_go_with_the_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_FEATURES", 3)
    random = np.random.default_rng(0)
    noise = {f"n{i}": random.normal(size=N) for i in range(20)}
    columns = as_table({**noise, "x": _x, "y": TABLE["number"]})
    inputs = learn_inputs(columns.select([*noise, "x"]))
    encoding = TableEncoding("regression", inputs, (learn_target(columns["y"], "regression"),))
    _, linear = baselines(encoding, columns.take(slice(0, TRAIN)), columns.take(slice(TRAIN, N)))
    assert linear.scores["y"]["r2"] > 0.5


def test_of_too_many_rows_some_that_are_evenly_spread_are_learnt_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, whole = found("number")
    monkeypatch.setattr(module, "MOST_NUMBERS", 5 * 20)  # 20 rows of five features
    _, fewer = found("number")
    assert fewer.scores != whole.scores
    assert fewer.scores["number"]["r2"] > 0.5
