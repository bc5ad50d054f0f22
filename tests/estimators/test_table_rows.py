"""Which rows count and how much: sample and class weights, validation rows, metadata routing."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import config_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV, cross_validate

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.errors import GlassnetError
from glassnet.estimators.table.estimators import TableClassifier, TableRegressor

RANDOM = np.random.default_rng(0)
N = 60
FRAME = pd.DataFrame(
    {"a": RANDOM.normal(size=N), "b": ["x", "y", None] * (N // 3), "c": [k % 4 for k in range(N)]}
)
CLASS = np.where(FRAME["a"] + FRAME["c"] > 1, "up", "down")
NUMBER = FRAME["a"].to_numpy() * 3 + FRAME["c"].to_numpy()
QUICK: dict[str, Any] = {"max_iter": 4, "hidden_layer_sizes": (8,), "random_state": 3}
MAKE = {"classifier": (TableClassifier, CLASS), "regressor": (TableRegressor, NUMBER)}


def distance(ours: gn.Model, theirs: gn.Model) -> float:
    """The largest difference of two parameters."""
    pairs = zip(leaves(ours.joined().parameters), leaves(theirs.joined().parameters), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


@pytest.mark.filterwarnings("ignore:column '.*' alone tells")
@pytest.mark.parametrize("kind", MAKE)
@given(
    st.lists(st.integers(0, 4), min_size=N, max_size=N).filter(
        lambda weights: sum(weights[:9]) > 6
    ),
    st.randoms(),
)
@settings(max_examples=12, deadline=None)
def test_a_whole_weight_is_so_many_rows_in_any_order(
    kind: str, weights: list[int], random: Any
) -> None:
    make, y = MAKE[kind]
    places = np.repeat(np.arange(N), weights)
    assume(len(set(CLASS[places])) == 2)
    order = random.sample(range(N), N)
    repeated = make(**QUICK).fit(FRAME.iloc[places], y[places])
    weighted = make(**QUICK).fit(FRAME.iloc[order], y[order], np.array(weights)[order])
    if len(places) > len(set(places)):
        assert distance(repeated.model_, weighted.model_) == 0
        assert repeated.model_.encoding == weighted.model_.encoding
    in_place = make(**QUICK).fit(FRAME, y, weights)
    assert distance(repeated.model_, in_place.model_) == 0


@pytest.mark.parametrize("kind", MAKE)
def test_other_weights_count_in_the_loss(kind: str) -> None:
    make, y = MAKE[kind]
    plain = make(**QUICK).fit(FRAME, y)
    weights = RANDOM.uniform(0.1, 3, size=N)
    weighted = make(**QUICK).fit(FRAME, y, weights)
    assert distance(plain.model_, weighted.model_) > 1e-3
    assert weighted.model_.encoding == plain.model_.encoding
    scaled = make(**QUICK).fit(FRAME, y, pd.Series(8 * weights))
    assert distance(scaled.model_, weighted.model_) < 1e-9
    for same in (np.ones(N), [1] * N, 1):
        assert distance(make(**QUICK).fit(FRAME, y, same).model_, plain.model_) == 0
    half = np.where(np.arange(N) % 2, 0.5, 0.0)
    kept = make(**QUICK).fit(FRAME, y, half)
    assert distance(kept.model_, make(**QUICK).fit(FRAME[1::2], y[1::2]).model_) < 1e-9


def test_too_many_repeated_rows_are_weighed_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.arange(N) % 3 + 1
    settings_ = {**QUICK, "members": 1, "dropout": 0.0, "batch_size": 1000, "solver": "adam"}
    repeated = TableRegressor(**settings_).fit(FRAME, NUMBER, weights)
    monkeypatch.setattr("glassnet.recipe.rows.MAX_REPEATED_ROWS", 100)
    weighed = TableRegressor(**settings_).fit(FRAME, NUMBER, weights)
    assert repeated.model_.record.options["batch_size"] == weights.sum()
    assert weighed.model_.record.options["batch_size"] == N


@pytest.mark.filterwarnings("ignore:7 of 67 rows are copies of others")
def test_the_order_of_rows_does_not_matter_where_some_are_equal() -> None:
    twice = pd.concat([FRAME, FRAME[:7]])
    y = np.concatenate([NUMBER, NUMBER[:7]])
    order = RANDOM.permutation(len(y))
    ours, other = (
        TableRegressor(**QUICK).fit(twice, y),
        TableRegressor(**QUICK).fit(twice.iloc[order], y[order]),
    )
    assert distance(ours.model_, other.model_) == 0
    table = gn.train_table(twice.assign(y=y), "y", holdout=0.0, epochs=4, hidden=(8,), seed=3)
    assert distance(ours.model_, table) == 0


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(N), "sample_weight is zero for every row"),
        (
            np.ones(N - 1),
            r"sample_weight has shape \(59,\): give one number for each of the 60 rows",
        ),
        (np.ones((N, 2)), "sample_weight has shape"),
        (
            np.where(np.arange(N) == 4, -1, 1),
            "sample_weight, row 5: -1.0 is not a finite number of 0 or more",
        ),
        (np.where(np.arange(N) == 4, np.nan, 1), "sample_weight, row 5: nan"),
        (["much"] * N, "sample_weight must be numbers"),
        ((np.arange(N) == 4) * 1, "only 1 sample has a weight above zero"),
    ],
)
def test_weights_refused(weights: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        TableRegressor(**QUICK).fit(FRAME, NUMBER, weights)


def test_a_threshold_is_what_predict_goes_by() -> None:
    plain = TableClassifier(**QUICK).fit(FRAME, CLASS)
    p = plain.predict_proba(FRAME)
    cut = float(np.quantile(p[:, 1], 0.8))
    ours = TableClassifier(**QUICK, threshold=cut).fit(FRAME, CLASS)
    np.testing.assert_array_equal(ours.predict_proba(FRAME), p)
    assert (ours.predict(FRAME) == "up").tolist() == (p[:, 1] >= cut).tolist()
    three = np.where(np.arange(N) % 9 == 0, "rare", CLASS)
    balanced = TableClassifier(**QUICK, threshold="balanced").fit(FRAME, three)
    frequency = [np.mean(three == label) for label in balanced.classes_]
    likeliest = (balanced.predict_proba(FRAME) / frequency).argmax(axis=1)
    assert balanced.predict(FRAME).tolist() == balanced.classes_[likeliest].tolist()
    assert "rare" in balanced.predict(FRAME)
    several = np.column_stack([CLASS == "up", CLASS == "down"]).astype(int)
    both = TableClassifier(**QUICK, threshold=0.2).fit(FRAME, several)
    assert (both.predict(FRAME) == (both.predict_proba(FRAME) >= 0.2)).all()
    with pytest.raises(GlassnetError, match="threshold is for two classes"):
        TableClassifier(**QUICK, threshold=0.2).fit(FRAME, three)


def test_class_weights() -> None:
    plain = TableClassifier(**QUICK).fit(FRAME, CLASS)
    ups = CLASS == "up"
    heavy = TableClassifier(**QUICK, class_weight={"up": 5}).fit(FRAME, CLASS)
    assert (
        distance(
            heavy.model_, TableClassifier(**QUICK).fit(FRAME, CLASS, np.where(ups, 5, 1)).model_
        )
        == 0
    )
    assert heavy.predict_proba(FRAME)[:, 1].mean() > plain.predict_proba(FRAME)[:, 1].mean()
    balanced = TableClassifier(**QUICK, class_weight="balanced").fit(FRAME, CLASS)
    each = np.where(ups, N / (2 * ups.sum()), N / (2 * (~ups).sum()))
    assert (
        distance(balanced.model_, TableClassifier(**QUICK).fit(FRAME, CLASS, each).model_) < 1e-12
    )
    rows = RANDOM.integers(1, 4, size=N)
    both = TableClassifier(**QUICK, class_weight={"up": 5, "down": 2}).fit(FRAME, CLASS, rows)
    assert (
        distance(
            both.model_,
            TableClassifier(**QUICK).fit(FRAME, CLASS, rows * np.where(ups, 5, 2)).model_,
        )
        == 0
    )
    counted = TableClassifier(**QUICK, class_weight="balanced").fit(FRAME, CLASS, rows)
    total = np.where(ups, rows[ups].sum(), rows[~ups].sum())
    assert (
        distance(
            counted.model_,
            TableClassifier(**QUICK).fit(FRAME, CLASS, rows * rows.sum() / (2 * total)).model_,
        )
        < 1e-12
    )
    for wrong, message in (
        ("balance", "class_weight must be balanced, or a weight by class"),
        ({"up": -1}, "class_weight must be a number of 0 or more for class .up., got -1"),
    ):
        with pytest.raises(GlassnetError, match=message):
            TableClassifier(**QUICK, class_weight=wrong).fit(FRAME, CLASS)


@pytest.mark.parametrize("kind", MAKE)
def test_given_validation_rows_replace_the_drawn_ones(kind: str) -> None:
    make, y = MAKE[kind]
    settled = {"bins": 0, "decay": 1.0}  # else the rows for validation choose these
    plain = make(**QUICK, **settled, validation_fraction=0.0).fit(FRAME[:40], y[:40])
    ours = make(**QUICK, **settled, validation_fraction=0.3).fit(
        FRAME[:40], y[:40], X_val=FRAME[40:], y_val=y[40:]
    )
    np.testing.assert_array_equal(ours.loss_curve_, plain.loss_curve_)
    assert len(ours.history_["validation_loss"]) == 4
    assert ours.model_.record.options["validation"] == 0.0
    one = make(**QUICK, members=1).fit(FRAME[:40], y[:40], X_val=FRAME[40:], y_val=y[40:])
    assert one.best_iter_.tolist() == [1 + np.argmin(one.history_["validation_loss"])]
    weights = np.where(np.arange(20) < 10, 1.0, 0.0)
    validated = make(**QUICK).fit(
        FRAME[:40], y[:40], X_val=FRAME[40:], y_val=y[40:], sample_weight_val=weights
    )
    part = make(**QUICK).fit(FRAME[:40], y[:40], X_val=FRAME[40:50], y_val=y[40:50])
    np.testing.assert_allclose(
        validated.history_["validation_loss"], part.history_["validation_loss"], rtol=1e-12
    )
    for given_rows, message in (
        ({"X_val": FRAME}, "X_val and y_val belong together"),
        ({"sample_weight_val": np.ones(3)}, "X_val and y_val belong together"),
        ({"X_val": FRAME, "y_val": y[:-1]}, "inconsistent numbers"),
        ({"X_val": FRAME[["b", "a", "c"]], "y_val": y}, "same order"),
        (
            {"X_val": FRAME.assign(a="z"), "y_val": y},
            "column 'a', row 1: 'z' where the model was trained on numbers",
        ),
        (
            {"X_val": FRAME, "y_val": y, "sample_weight_val": np.zeros(N)},
            "sample_weight_val is zero for every row",
        ),
        (
            {"X_val": FRAME, "y_val": np.stack([y == y[0], y == y[1]], axis=1) * 1},
            "y_val has shape",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            make(**QUICK).fit(FRAME, y, **given_rows)


def test_a_class_that_training_did_not_have() -> None:
    y_val = np.where(np.arange(N) == 6, "sideways", CLASS)
    with pytest.raises(
        GlassnetError, match="y_val, row 7: class .*sideways.* is not among those of y: down, up"
    ):
        TableClassifier(**QUICK).fit(FRAME, CLASS, X_val=FRAME, y_val=y_val)


def test_class_weights_count_in_validation_as_in_training() -> None:
    settings_ = {**QUICK, "class_weight": {"up": 9.5}}
    ours = TableClassifier(**settings_).fit(FRAME, CLASS, X_val=FRAME, y_val=CLASS)
    weight = np.where(CLASS == "up", 9.5, 1)
    other = TableClassifier(**QUICK).fit(
        FRAME, CLASS, weight, X_val=FRAME, y_val=CLASS, sample_weight_val=weight
    )
    np.testing.assert_array_equal(
        ours.history_["validation_loss"], other.history_["validation_loss"]
    )


def test_weights_in_scores() -> None:
    weights = RANDOM.uniform(size=N)
    classifier, regressor = (
        TableClassifier(**QUICK).fit(FRAME, CLASS),
        TableRegressor(**QUICK).fit(FRAME, NUMBER),
    )
    expected = accuracy_score(CLASS, classifier.predict(FRAME), sample_weight=weights)
    assert classifier.score(FRAME, CLASS, sample_weight=weights) == expected
    assert regressor.score(FRAME, NUMBER, weights) == r2_score(
        NUMBER, regressor.predict(FRAME), sample_weight=weights
    )


def test_weights_and_validation_rows_are_routed() -> None:
    weights = RANDOM.uniform(size=N)
    with config_context(enable_metadata_routing=True):
        ours = (
            TableClassifier(**QUICK)
            .set_fit_request(sample_weight=True, X_val=True, y_val=True)
            .set_score_request(sample_weight=True)
        )
        given_rows = {"sample_weight": weights, "X_val": FRAME, "y_val": CLASS}
        found = cross_validate(
            ours, FRAME, CLASS, params=given_rows, cv=3, return_estimator=True, return_indices=True
        )
        train, test = found["indices"]["train"][0], found["indices"]["test"][0]
        # scikit-learn cuts what has as many rows as X into the folds, X_val and y_val too
        alone = TableClassifier(**QUICK).fit(
            FRAME.iloc[train],
            CLASS[train],
            weights[train],
            X_val=FRAME.iloc[train],
            y_val=CLASS[train],
        )
        assert distance(found["estimator"][0].model_, alone.model_) == 0
        assert found["test_score"][0] == alone.score(FRAME.iloc[test], CLASS[test], weights[test])
        search = GridSearchCV(ours, {"max_iter": [2, 3]}, cv=3).fit(FRAME, CLASS, **given_rows)
        assert "validation_loss" in search.best_estimator_.history_


def test_a_run_that_leaves_the_numbers_says_so() -> None:
    with pytest.warns(
        ConvergenceWarning, match="TableRegressor: the run stopped: the loss became NaN or infinite"
    ):
        ours = TableRegressor(
            **QUICK, solver="gradient_descent", learning_rate_init=1e200, activation="relu"
        ).fit(FRAME, NUMBER)
    assert np.isfinite(ours.predict(FRAME)).all()


def test_drawn_validation_rows_keep_their_weights() -> None:
    weights = RANDOM.uniform(0.5, 2, size=N)
    ours = TableRegressor(**QUICK, validation_fraction=0.4).fit(FRAME, NUMBER, weights)
    plain = TableRegressor(**QUICK, validation_fraction=0.4).fit(FRAME, NUMBER)
    assert ours.model_.encoding == plain.model_.encoding  # the same rows were drawn
    assert ours.history_["validation_loss"][0] != plain.history_["validation_loss"][0]
