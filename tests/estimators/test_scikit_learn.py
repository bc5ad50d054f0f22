"""scikit-learn's own checks, and the tools that people put estimators into."""

import io
import pickle
import warnings
from collections.abc import Iterator
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingRegressor
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import glassnet as gn
from glassnet import HiddenFeatures, MLPClassifier, MLPRegressor, TableClassifier, TableRegressor
from glassnet.core.network import Parameters
from glassnet.estimators.mlp.translate import SOLVERS

X, Y = load_iris(return_X_y=True)
NUMBERS = X[:, 0] * X[:, 2]
FAST: dict[str, Any] = {
    "hidden_layer_sizes": (6,),
    "solver": "lbfgs",
    "random_state": 0,
    "max_iter": 50,
}


@pytest.fixture(autouse=True)
def _short_runs() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def checked() -> list[Any]:
    """Both classes with each solver, as scikit-learn checks its own.

    lm takes only losses that are squares, and has few nodes.
    """
    found: list[Any] = [
        make(solver=solver, max_iter=100)
        for make in (MLPClassifier, MLPRegressor)
        for solver in SOLVERS
        if solver != "lm"
    ]
    few = {"solver": "lm", "hidden_layer_sizes": (5,), "max_iter": 30}
    found += [MLPClassifier(**few, loss="squared_error"), MLPRegressor(**few)]
    return found + [
        HiddenFeatures(make(max_iter=20, random_state=0)) for make in (MLPClassifier, MLPRegressor)
    ]


# true of the checks' unscaled rows, and no fault of the estimator
@pytest.mark.filterwarnings("ignore:every node of the first layer")
@parametrize_with_checks(checked())
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    if "decision_function" in getattr(check.func, "__name__", "") and not hasattr(
        estimator, "decision_function"
    ):
        pytest.skip("there is no decision_function, as in scikit-learn's own")
    check(estimator)


def test_the_checks_of_optional_packages_are_not_skipped() -> None:
    import scipy

    assert scipy._lib._array_api.SCIPY_ARRAY_API


@pytest.mark.parametrize("make", [MLPClassifier, MLPRegressor])
def test_in_searches_pipelines_and_pickles(make: Any) -> None:
    y = Y if make is MLPClassifier else NUMBERS
    pipeline = make_pipeline(StandardScaler(), make(**FAST))
    name, folds = pipeline.steps[-1][0], KFold(3, shuffle=True, random_state=0)
    search = GridSearchCV(
        pipeline,
        {f"{name}__alpha": [0.01, 1.0], f"{name}__activation": ["tanh", "silu"]},
        cv=folds,
        n_jobs=2,
    )
    search.fit(X, y)
    assert search.best_score_ > 0.9
    assert cross_val_score(pipeline, X, y, cv=folds, n_jobs=2).mean() > 0.9
    fitted = pipeline.fit(X, y)
    for copy in (pickle.loads(pickle.dumps(fitted)), _through_joblib(fitted)):
        np.testing.assert_array_equal(copy.predict(X), fitted.predict(X))
    again = clone(fitted)
    with pytest.raises(NotFittedError):
        again.predict(X)
    assert str(again) == str(fitted)


def _through_joblib(fitted: Any) -> Any:
    file = io.BytesIO()
    joblib.dump(fitted, file)
    return joblib.load(io.BytesIO(file.getvalue()))


def test_a_pickle_goes_on_training() -> None:
    one = MLPClassifier(hidden_layer_sizes=(6,), random_state=0).partial_fit(
        X, Y, classes=[0, 1, 2]
    )
    other = pickle.loads(pickle.dumps(one))
    for _ in range(3):
        one.partial_fit(X, Y)
        other.partial_fit(X, Y)
    for a, b in zip(one.coefs_, other.coefs_, strict=True):
        np.testing.assert_array_equal(a, b)


def test_in_other_estimators() -> None:
    calibrated = CalibratedClassifierCV(MLPClassifier(**FAST), cv=3).fit(
        X, Y, sample_weight=np.ones(150)
    )
    assert calibrated.score(X, Y) > 0.9
    assert (
        BaggingRegressor(MLPRegressor(**FAST), n_estimators=3, random_state=0)
        .fit(X, NUMBERS)
        .score(X, NUMBERS)
        > 0.9
    )
    frame = pd.DataFrame(X, columns=list("abcd")).assign(
        kind=np.where(X[:, 0] > 5.8, "long", "short")
    )
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), list("abcd")), ("kinds", OneHotEncoder(), ["kind"])]
    )
    assert make_pipeline(columns, MLPClassifier(**FAST)).fit(frame, Y).score(frame, Y) > 0.95


@pytest.mark.parametrize(
    "form", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"]
)
def test_data_frames_of_every_kind(form: Any) -> None:
    frame = form({name: X[:, i] for i, name in enumerate("abcd")})
    fitted = MLPClassifier(**FAST).fit(frame, Y)
    assert fitted.n_features_in_ == 4
    plain = MLPClassifier(**FAST).fit(X, Y)
    np.testing.assert_array_equal(fitted.predict_proba(frame), plain.predict_proba(X))
    if hasattr(fitted, "feature_names_in_"):
        assert fitted.feature_names_in_.tolist() == list("abcd")
        with pytest.raises(ValueError, match="feature names"):
            fitted.predict(form({name: X[:, i] for i, name in enumerate("abdc")}))


def test_metadata_go_where_they_are_sent() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        network = MLPClassifier(
            hidden_layer_sizes=(6,),
            early_stopping=True,
            max_iter=40,
            random_state=0,
            learning_rate_init=0.02,
        )
        network.set_fit_request(
            sample_weight=True, X_val=True, y_val=True, sample_weight_val=False
        ).set_score_request(sample_weight=True)
        pipeline = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=False),
            network,
            transform_input=["X_val"],
        )
        w = np.linspace(0, 2, 100)
        pipeline.fit(X[::3], Y[::3], sample_weight=w[:50], X_val=X[1::3], y_val=Y[1::3])
        scaler = StandardScaler().fit(X[::3])
        alone = clone(network).fit(
            scaler.transform(X[::3]),
            Y[::3],
            sample_weight=w[:50],
            X_val=scaler.transform(X[1::3]),
            y_val=Y[1::3],
        )
        np.testing.assert_allclose(
            pipeline[-1].history_["validation_loss"], alone.history_["validation_loss"]
        )
        search = GridSearchCV(
            network.set_fit_request(X_val=False, y_val=False), {"alpha": [0.1, 0.01]}, cv=2
        )
        search.fit(X, Y, sample_weight=np.ones(150))
        regressor = MLPRegressor(**FAST).set_fit_request(sample_weight=True)
        assert "sample_weight" in str(regressor.get_metadata_routing())


def test_hidden_features_are_the_activations() -> None:
    fitted = MLPClassifier(**FAST | {"hidden_layer_sizes": (5, 3)}).fit(X, Y)
    trace = gn.feedforward(
        fitted.network_, Parameters(tuple(fitted.coefs_), tuple(fitted.intercepts_)), X
    )
    for layer, name in ((0, "hidden1_"), (1, "hidden2_"), (-1, "hidden2_"), (-2, "hidden1_")):
        hidden = HiddenFeatures(FrozenEstimator(fitted), layer=layer).fit(X, Y)
        np.testing.assert_allclose(hidden.transform(X), trace.a[layer if layer >= 0 else layer - 1])
        names = hidden.get_feature_names_out()
        assert names[0] == f"{name}1"
        assert len(names) == hidden.transform(X).shape[1]
    frame = HiddenFeatures(fitted).set_output(transform="pandas").fit(X, Y).transform(X)
    assert frame.columns.tolist() == ["hidden2_1", "hidden2_2", "hidden2_3"]
    assert (
        make_pipeline(HiddenFeatures(MLPClassifier(**FAST)), LogisticRegression())
        .fit(X, Y)
        .score(X, Y)
        > 0.95
    )
    with pytest.raises(
        ValueError, match="layer=2, but the network has 2 hidden layers: give -2 to 1"
    ):
        HiddenFeatures(fitted, layer=2).fit(X, Y)
    with pytest.raises(TypeError, match="must be a network of glassnet's, got LogisticRegression"):
        HiddenFeatures(LogisticRegression()).fit(X, Y)


@pytest.mark.parametrize("make", [TableClassifier, TableRegressor])
def test_hidden_features_of_a_raw_table(make: Any) -> None:
    frame = pd.DataFrame(
        {"size": X[:, 0], "kind": np.where(X[:, 1] > 3, "wide", "narrow"), "y": X[:, 2]}
    )
    hidden = HiddenFeatures(make(hidden_layer_sizes=(4,), max_iter=3, random_state=0)).fit(
        frame[["size", "kind"]], Y
    )
    found = hidden.transform(frame[["size", "kind"]])
    model = hidden.estimator_.model_.joined().as_dtype(np.float32)
    expected = gn.feedforward(
        model.network, model.parameters, model.encoding.encode_inputs(_columns(frame))
    ).a[0]
    np.testing.assert_allclose(found, expected)


def _columns(frame: pd.DataFrame) -> Any:
    from glassnet.tables.frames import as_table

    return as_table(frame)


def test_metadata_reach_the_network_inside_hidden_features() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        network = MLPClassifier(**FAST).set_fit_request(sample_weight=True)
        weights = np.linspace(0.1, 2, 150)
        hidden = HiddenFeatures(network).fit(X, Y, sample_weight=weights)
        alone = clone(network).fit(X, Y, sample_weight=weights)
        np.testing.assert_array_equal(hidden.estimator_.coefs_[0], alone.coefs_[0])
