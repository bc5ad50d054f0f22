"""The residuals that training leaves, and how many true values their intervals and sets hold."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets
from sklearn.model_selection import ShuffleSplit

import glassnet as gn
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.models.conformal import MOST_RESIDUALS
from glassnet.models.ensemble import ensemble_predictor
from glassnet.recipe.folds import draw_folds
from glassnet.recipe.residuals import _kept, _log_scale

QUICK: dict[str, Any] = {"holdout": 0, "hidden": 8, "epochs": 30, "seed": 1}


def table_of(data: Any) -> pd.DataFrame:
    return pd.DataFrame(np.round(data.data, 6)).rename(columns=str).assign(y=data.target)


def waves(n_rows: int, noise: Any, seed: int = 0) -> pd.DataFrame:
    """A smooth function of x1, with noise of a size that may depend on x2."""
    random = np.random.default_rng(seed)
    x = random.uniform(-2, 2, (n_rows, 2))
    spread: Any = noise(x[:, 1]) if callable(noise) else noise
    y = np.sin(2 * x[:, 0]) + spread * random.normal(size=n_rows)
    return pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "y": y})


def held(model: gn.Model, rows: Any, coverage: float) -> np.ndarray:
    """Whether the intervals or sets of the target y hold what is true."""
    if model.encoding.task == "regression":
        low, high = model.predict_interval(rows, coverage).T
        return (low <= rows["y"]) & (rows["y"] <= high)
    labels = list(model.encoding.targets[0].labels)  # pyright: ignore[reportAttributeAccessIssue]
    index = [labels.index(label) for label in rows["y"]]
    return model.predict_set(rows, coverage)[np.arange(len(rows)), index]


def coverage_of(frame: pd.DataFrame, coverage: float, splits: int = 4) -> tuple[float, float]:
    """(the fraction of true values in their intervals or sets, 4 of its standard deviations).

    That of the binomial, for the rows and for the residuals that set the ends: as if both were
    drawn in each split anew, though a row may be in several.
    """
    found = []
    for train, test in ShuffleSplit(splits, test_size=0.4, random_state=0).split(frame):
        task = "regression" if frame["y"].dtype.kind == "f" else None
        model = gn.train_table(frame.iloc[train], "y", task=task, **QUICK)
        found.append(held(model, frame.iloc[test], coverage).mean())
    N = len(frame)
    return float(np.mean(found)), 4 * np.sqrt(coverage * (1 - coverage) * (1 / 0.4 + 1 / 0.6) / N)


@pytest.mark.parametrize("coverage", [0.5, 0.9])
@pytest.mark.parametrize("name", ["diabetes", "waves", "loud"])
def test_intervals_hold_as_many_as_asked(name: str, coverage: float) -> None:
    frames = {
        "diabetes": lambda: table_of(datasets.load_diabetes()),
        "waves": lambda: waves(600, 0.3),
        "loud": lambda: waves(600, np.exp),
    }
    found, deviation = coverage_of(frames[name](), coverage)
    assert abs(found - coverage) < deviation


@pytest.mark.parametrize("name", ["breast_cancer", "wine"])
def test_sets_hold_as_many_as_asked_or_more(name: str) -> None:
    """More where the likeliest class alone is right more often."""
    frame = table_of(getattr(datasets, f"load_{name}")())
    found, deviation = coverage_of(frame, 0.9, splits=2)
    assert found > 0.9 - deviation
    found, deviation = coverage_of(frame, 0.99, splits=2)
    assert found > 0.99 - deviation


def test_sets_of_what_cannot_be_told_hold_as_many_as_asked() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=1500)
    label = np.digitize(x + 1.5 * random.normal(size=1500), [-1, 0, 1])
    frame = pd.DataFrame({"x": x, "y": np.array(list("abcd"))[label]})
    found, deviation = coverage_of(frame, 0.8, splits=2)
    assert abs(found - 0.8) < deviation


def test_intervals_are_wide_where_the_noise_is_large() -> None:
    """Where it is, one width for all would hold far fewer than asked."""
    frame, new = waves(1500, np.exp), waves(4000, np.exp, seed=1)
    model = gn.train_table(frame, "y", holdout=0)
    low, high = model.predict_interval(new).T
    quiet, loud = new["x2"] < -1, new["x2"] > 1
    assert (high - low)[loud].mean() > 4 * (high - low)[quiet].mean()  # the noise: e^3 = 20 times
    inside = held(model, new, 0.9)
    half = np.quantile(
        np.abs(new["y"] - model.predict(new)), 0.9
    )  # of the one width that holds 0.9
    of_one_width = np.abs(new["y"] - model.predict(new)) < half
    assert of_one_width[loud].mean() < 0.7
    assert inside[loud].mean() > 0.78
    assert inside[quiet].mean() > 0.9


def test_each_of_several_targets_has_its_own() -> None:
    frame = waves(900, 0.2).assign(z=lambda f: 50 + 10 * f["x2"] + np.tile([-8.0, 8.0], 450))
    model = gn.train_table(frame[:600], ["y", "z"], **QUICK)
    ends = model.predict_interval(frame[600:], 0.9)
    for number, target in enumerate(("y", "z")):
        low, high = ends[:, number].T
        inside = ((low <= frame[target][600:]) & (frame[target][600:] <= high)).mean()
        assert abs(inside - 0.9) < 4 * np.sqrt(0.9 * 0.1 * (1 / 300 + 1 / 600))
    widths = (ends[..., 1] - ends[..., 0]).mean(axis=0)
    assert widths[1] > 10 * widths[0]


def test_they_are_those_of_the_rows_that_a_member_was_not_shown() -> None:
    """Worked out again from the members and their folds; 1 - probability of the true class."""
    random = np.random.default_rng(3)
    x = random.normal(size=(300, 2))
    label = np.where(x[:, 0] + random.normal(size=300) > 0, "yes", "no")
    table = {"a": x[:, 0], "b": x[:, 1], "y": label.tolist()}
    model = gn.train_table(table, "y", members=3, dtype="float64", **QUICK)
    second = label == "yes"
    fold = draw_folds(300, 3, QUICK["seed"], second.astype(int))
    encoded = model.encoding.encode_array(x)
    p = np.empty(300)
    for number, member in enumerate(model.members):
        rows = fold == number
        p[rows] = ensemble_predictor([member])(np.ascontiguousarray(encoded[rows]))[:, 0]
    np.testing.assert_allclose(
        model.residuals[0].values, np.sort(np.where(second, 1 - p, p)), rtol=1e-9
    )


def test_residuals_of_numbers_times_their_scale_are_errors() -> None:
    frame = waves(300, 0.0).assign(y=lambda f: 1000 * f["y"])
    one = gn.train_table(frame, "y", **QUICK)
    thousandth = gn.train_table(frame.assign(y=frame["y"] / 1000), "y", **QUICK)
    ends = one.predict_interval(frame) / 1000
    np.testing.assert_allclose(ends, thousandth.predict_interval(frame), rtol=1e-3, atol=1e-4)


def test_of_one_member_they_are_those_of_its_validation_rows() -> None:
    frame = waves(700, 0.3)
    model = gn.train_table(frame, "y", members=1, **QUICK)
    assert len(model.residuals[0].values) == 140
    alone = gn.train_table(frame[:60], "y", members=1, **QUICK)
    assert alone.residuals == ()
    with pytest.raises(GlassnetError, match="knows no residuals of rows"):
        alone.predict_interval(frame)


def test_a_whole_weight_is_so_many_rows_and_any_other_counts_as_much() -> None:
    values, random = np.arange(10.0), np.random.default_rng(0)
    np.testing.assert_array_equal(_kept(values[::-1], np.ones(10)), values)
    half = np.r_[np.full(5, 1e-9), np.ones(5)]  # the first five hardly count
    np.testing.assert_array_equal(_kept(values, half), values[5:])
    uneven = _kept(np.arange(50.0), np.r_[np.ones(25), np.full(25, 3.0)])
    assert len(uneven) == 40  # 100^2 / (25 + 9 * 25)
    assert (uneven >= 25).mean() == pytest.approx(0.75, abs=0.02)
    many = _kept(random.normal(size=50_000), np.ones(50_000))
    assert len(many) == MOST_RESIDUALS
    assert many[int(0.95 * MOST_RESIDUALS)] == pytest.approx(1.645, abs=0.03)


def test_a_local_scale_of_few_rows_and_many_inputs_is_the_same_ridge_regression() -> None:
    random = np.random.default_rng(1)
    x, weight = random.normal(size=(30, 8)) * 5 + 2, random.uniform(0.5, 2, 30)
    log = random.normal(size=30)
    few, many = _log_scale(x, log, weight), _log_scale(np.tile(x, 5), log, weight)
    np.testing.assert_allclose(np.tile(x, 5) @ many[0] + many[1], x @ few[0] + few[1], rtol=1e-9)


@pytest.mark.filterwarnings("ignore:target 'y' was hardly", "ignore:300 of 360 rows are copies")
def test_copies_of_rows_trained_on_do_not_count() -> None:
    frame = waves(60, 0.5)
    copies = gn.train_table(pd.concat([frame] * 6), "y", **QUICK)
    assert copies.residuals == ()
    rough = waves(600, 0.5).round({"x1": 0, "x2": 0})  # 25 different pairs
    natural = gn.train_table(rough, "y", **QUICK)
    assert len(natural.residuals[0].values) == 600


def test_estimators_give_them_too() -> None:
    frame = waves(300, 0.3)
    X, y = frame[["x1", "x2"]], frame["y"]
    few: dict[str, Any] = {"hidden_layer_sizes": 8, "max_iter": 20, "random_state": 0}
    regressor = gn.TableRegressor(**few).fit(X, y)
    ends = regressor.predict_interval(X, 0.8)
    assert ends.shape == (300, 2)
    np.testing.assert_array_equal(ends, regressor.model_.predict_interval(X, 0.8))
    assert regressor.fit(X, y.to_frame()).predict_interval(X).shape == (300, 1, 2)
    assert regressor.fit(X, frame[["y", "x1"]]).predict_interval(X).shape == (300, 2, 2)
    classifier = gn.TableClassifier(**few).fit(X, y > 0)
    chosen = classifier.predict_set(X)
    assert chosen.shape == (300, 2)
    assert chosen[np.arange(300), classifier.predict(X).astype(int)].all()
    several = classifier.fit(X, np.c_[y > 0, X["x1"] > 0].astype(int))
    assert several.predict_set(X).shape == (300, 2, 2)
    bare = gn.TableClassifier(members=1, **few).fit(X[:50], y[:50] > 0)
    with pytest.raises(GlassnetError, match="members, or validation_fraction"):
        bare.predict_set(X)


def test_counts_and_quantiles() -> None:
    random = np.random.default_rng(0)
    x = random.uniform(0, 2, 800)
    frame = pd.DataFrame({"x": x, "y": random.poisson(np.exp(x)).astype(float)})
    counts = gn.train_table(frame[:500], "y", task="regression", loss="poisson", **QUICK)
    assert counts.predict_interval(frame).min() == 0
    assert abs(held(counts, frame[500:], 0.9).mean() - 0.9) < 0.07
    upper = gn.train_table(frame[:500], "y", task="regression", loss="pinball:0.9", **QUICK)
    low, high = upper.predict_interval(frame[500:], 0.8).T
    assert abs((frame["y"][500:] < low).mean() - 0.1) < 0.07  # as much on either side
    assert abs((frame["y"][500:] > high).mean() - 0.1) < 0.07
    with pytest.warns(GlassnetWarning, match="residuals of 1,999 rows are needed, and 500 are"):
        assert np.isinf(upper.predict_interval(frame, 0.999)).all()
