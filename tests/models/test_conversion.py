"""Runs, pairs, scikit-learn's fitted networks and pipelines as Models that predict the same."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import neural_network as sk
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    RobustScaler,
    StandardScaler,
)

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.conversion import as_model

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(60, 3)) * [1, 50, 0.1] + [0, 400, 2]
Y = X[:, 0] + X[:, 1] / 50 + RANDOM.normal(size=60) * 0.1
SIGN = np.where(np.median(Y) < Y, "high", "low")
THIRDS = np.digitize(Y, np.quantile(Y, [1 / 3, 2 / 3]))
SEVERAL = np.column_stack([SIGN == "high", X[:, 0] > 0]).astype(int)
FRAME = pd.DataFrame(
    {
        "island": RANDOM.choice(["Biscoe", "Dream", "Torgersen"], 60),
        "length": X[:, 1],
        "sex": RANDOM.choice(["f", "m"], 60),
        "depth": X[:, 2],
        "year": RANDOM.choice([2007, 2008], 60),
        "alive": RANDOM.choice([True, False], 60),
    }
)
SHORT: dict[str, Any] = {"hidden_layer_sizes": (6,), "max_iter": 40, "random_state": 0}


def quietly(fit: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit()


def fitted(estimator: Any, x: Any = X, y: Any = Y) -> Any:
    return quietly(lambda: estimator.fit(x, y))


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("y", [Y, np.column_stack([Y, -Y])], ids=["one", "two"])
def test_scikit_learns_regressor(activation: str, y: np.ndarray) -> None:
    theirs = fitted(sk.MLPRegressor(activation=activation, solver="lbfgs", **SHORT), X, y)
    np.testing.assert_allclose(as_model(theirs).predict(X), theirs.predict(X), rtol=1e-12)


def test_scikit_learns_poisson_regressor() -> None:
    theirs = fitted(sk.MLPRegressor(loss="poisson", **SHORT), StandardScaler().fit_transform(X), Y)
    ours = as_model(theirs)
    assert (ours.loss.name, ours.output_activation.name) == ("poisson", "exponential")
    np.testing.assert_allclose(ours.predict(X / 500), theirs.predict(X / 500), rtol=1e-12)


@pytest.mark.parametrize("y", [SIGN, THIRDS, THIRDS == 1, SEVERAL], ids=["2", "3", "bool", "multi"])
def test_scikit_learns_classifier(y: np.ndarray, folder: Path) -> None:
    theirs = fitted(sk.MLPClassifier((7, 5), max_iter=60, random_state=1), X, y)
    ours = as_model(theirs)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-12)
    assert ours.predict(X).tolist() == theirs.predict(X).tolist()
    assert ours.history["loss"] == theirs.loss_curve_
    ours.save("m.safetensors")
    np.testing.assert_array_equal(gn.load("m.safetensors").predict_proba(X), ours.predict_proba(X))


ENDS: dict[str, Callable[[], Any]] = {
    "scikit-learn": lambda: sk.MLPClassifier(**SHORT),
    "glassnet": lambda: gn.MLPClassifier(**SHORT),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "step",
    [
        StandardScaler(),
        StandardScaler(with_mean=False),
        StandardScaler(with_std=False),
        MinMaxScaler(feature_range=(-2, 3)),
        MaxAbsScaler(),
        RobustScaler(),
        "passthrough",
        FunctionTransformer(),
        make_pipeline(SimpleImputer(), StandardScaler(), MinMaxScaler()),
        make_pipeline(RobustScaler(), SimpleImputer(strategy="median")),
    ],
    ids=str,
)
def test_a_pipeline_keeps_the_columns_own_units(step: Any, end: str) -> None:
    pipeline = fitted(make_pipeline(step, ENDS[end]()), X, SIGN)
    model = as_model(pipeline)
    np.testing.assert_allclose(model.predict_proba(X), pipeline.predict_proba(X), rtol=1e-11)
    cell = gn.explain(pipeline, X, 4)["r5.c1"].value
    assert cell in X[4]


def test_missing_numbers_are_filled_in_as_the_pipeline_does() -> None:
    holes = np.where(RANDOM.random(X.shape) < 0.2, np.nan, X)
    for imputer in (SimpleImputer(), SimpleImputer(strategy="constant", fill_value=-3)):
        pipeline = fitted(
            make_pipeline(imputer, StandardScaler(), sk.MLPRegressor(**SHORT)), holes, Y
        )
        found = as_model(pipeline).predict(holes)
        np.testing.assert_allclose(found, pipeline.predict(holes), rtol=1e-11)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "columns",
    [
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["island", "sex", "year", "alive"]),
            (StandardScaler(), ["length", "depth"]),
        ),
        make_column_transformer(
            (make_pipeline(SimpleImputer(), MinMaxScaler()), ["depth"]),
            (OneHotEncoder(drop="first"), ["sex", "island"]),
            ("drop", ["year", "alive"]),
            remainder="passthrough",
        ),
        ColumnTransformer(
            [("one", OneHotEncoder(drop="if_binary"), [0, 2]), ("rest", "passthrough", slice(3, 5))]
        ),
    ],
    ids=["scaled", "nested", "numbers"],
)
def test_a_column_transformer_becomes_the_columns_encodings(columns: Any, end: str) -> None:
    pipeline = fitted(make_pipeline(columns, ENDS[end]()), FRAME, THIRDS)
    model = as_model(pipeline)
    np.testing.assert_allclose(model.predict_proba(FRAME), pipeline.predict_proba(FRAME), rtol=1e-9)
    text = gn.explain(pipeline, FRAME, 2).text()
    assert FRAME["sex"][2] in text
    used = set(gn.permutation_importance(pipeline, FRAME, THIRDS).table()["column"])
    assert used <= set(FRAME.columns)


def test_missing_categories_are_a_category_of_their_own() -> None:
    holes = FRAME[["sex", "island"]].astype(object).copy()
    holes.loc[::7, "sex"] = np.nan
    for encoder in (OneHotEncoder(), OneHotEncoder(drop="first")):
        pipeline = fitted(make_pipeline(encoder, sk.MLPClassifier(**SHORT)), holes, SIGN)
        found = as_model(pipeline).predict_proba(holes)
        np.testing.assert_allclose(found, pipeline.predict_proba(holes), rtol=1e-12)
    ignoring = OneHotEncoder(handle_unknown="ignore")
    pipeline = fitted(make_pipeline(ignoring, sk.MLPClassifier(**SHORT)), holes, SIGN)
    with pytest.raises(GlassnetError, match="takes missing and unknown cells for two different"):
        as_model(pipeline)


def test_a_scaled_target_is_in_its_unit() -> None:
    for scaler in (StandardScaler(), MinMaxScaler()):
        inner = make_pipeline(StandardScaler(), sk.MLPRegressor(**SHORT))
        theirs = fitted(TransformedTargetRegressor(inner, transformer=scaler))
        np.testing.assert_allclose(as_model(theirs).predict(X), theirs.predict(X), rtol=1e-11)
    bent = TransformedTargetRegressor(sk.MLPRegressor(**SHORT), func=np.cbrt, inverse_func=np.cbrt)
    with pytest.raises(GlassnetError, match="calls a function of yours"):
        as_model(fitted(bent))


def test_the_best_of_a_search_is_the_model() -> None:
    grid = {"mlpclassifier__alpha": [0.1, 1.0]}
    search = fitted(
        GridSearchCV(make_pipeline(StandardScaler(), sk.MLPClassifier(**SHORT)), grid, cv=2),
        X,
        SIGN,
    )
    assert as_model(search).predict(X).tolist() == search.predict(X).tolist()


def test_pictures_take_a_pipeline() -> None:
    pipeline = fitted(make_pipeline(StandardScaler(), sk.MLPClassifier(**SHORT)), X, SIGN)
    assert gn.ConfusionMatrixDisplay.from_estimator(pipeline, X, SIGN).figure_
    assert gn.contributions(pipeline, X).columns == ("x0", "x1", "x2")


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (lambda: sk.MLPClassifier(), "this MLPClassifier is not fitted yet: call fit first"),
        (lambda: gn.MLPClassifier(), "this MLPClassifier is not fitted yet: call fit first"),
        (lambda: make_pipeline(StandardScaler(), sk.MLPClassifier()), "is not fitted yet"),
        (lambda: fitted(LogisticRegression(), X, SIGN), "LogisticRegression of scikit-learn is no"),
        (
            lambda: fitted(make_pipeline(PCA(2), sk.MLPClassifier(**SHORT)), X, SIGN),
            r"step 'pca' \(PCA\) mixes or bends columns.*transform\(X\)",
        ),
        (
            lambda: fitted(make_pipeline(SelectKBest(k=2), sk.MLPClassifier(**SHORT)), X, SIGN),
            "step 'selectkbest'",
        ),
        (
            lambda: fitted(make_pipeline(MinMaxScaler(clip=True), gn.MLPClassifier()), X, SIGN),
            "clips",
        ),
        (
            lambda: fitted(
                make_pipeline(SimpleImputer(add_indicator=True), sk.MLPRegressor(**SHORT)),
                np.where(X > 400, np.nan, X),
                Y,
            ),
            "adds indicators",
        ),
        (
            lambda: fitted(
                make_pipeline(
                    ColumnTransformer([("a", OneHotEncoder(), ["sex"])]),
                    StandardScaler(with_mean=False),
                    sk.MLPClassifier(**SHORT),
                ),
                FRAME,
                SIGN,
            ),
            "after 'sex' was encoded",
        ),
        (
            lambda: fitted(
                make_pipeline(
                    make_column_transformer((StandardScaler(), ["depth"]), (PCA(1), ["depth"])),
                    sk.MLPClassifier(**SHORT),
                ),
                FRAME,
                SIGN,
            ),
            "columntransformer__pca",
        ),
        (
            lambda: fitted(
                make_pipeline(OneHotEncoder(min_frequency=30), sk.MLPClassifier(**SHORT)),
                FRAME[["island"]],
                SIGN,
            ),
            "puts rare categories together",
        ),
        (
            lambda: fitted(
                make_pipeline(gn.TableEncoder(missing=["?"]), sk.MLPClassifier(**SHORT)),
                FRAME,
                SIGN,
            ),
            "texts of its own for missing cells",
        ),
        (
            lambda: fitted(
                make_pipeline(StandardScaler(), gn.TableEncoder(), sk.MLPRegressor(**SHORT)), X, Y
            ),
            "was scaled or filled in",
        ),
        (lambda: object(), "give a glassnet Model or one of its fitted estimators, got object"),
    ],
)
def test_what_cannot_be_a_model_says_why(thing: Callable[[], Any], message: str) -> None:
    made = thing()
    with pytest.raises(GlassnetError, match=message) as caught:
        as_model(made)
    assert len(str(caught.value)) < 400


NETWORK = gn.Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
ROWS = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])


def trained(network: gn.Network = NETWORK, y: Any = (0, 1, 1, 0)) -> gn.Run:
    start = gn.initialize(network, "uniform", seed=1)
    return gn.train(network, start, ROWS, y, optimizer=gn.GradientDescent(1.0), epochs=30)


def test_a_run_is_a_model_with_names_of_its_columns(folder: Path) -> None:
    run = trained()
    model = gn.Model.of_run(run, ["a", "b", "c"], "target")
    output = gn.feedforward(NETWORK, run.parameters, ROWS).output[:, 0]
    table = pd.DataFrame(ROWS, columns=["a", "b", "c"])
    np.testing.assert_allclose(model.predict(table), output, rtol=1e-12)
    assert model.history["loss"] == run.history.loss.tolist()
    assert model.record.learning_rate == 1.0
    assert "prediction of target" in gn.explain(model, table, 1).text()
    model.save("m.safetensors")
    assert gn.load("m.safetensors").record == model.record
    assert gn.LossCurveDisplay.from_estimator(model).figure_


def test_a_run_alone_has_columns_by_number() -> None:
    model = as_model(trained())
    assert (model.encoding.needed, model.encoding.outputs) == (["x1", "x2", "x3"], ["y"])
    assert gn.explain(trained(), ROWS, 0).text() == gn.explain(model, ROWS, 0).text()
    pair = gn.Model.of_run((NETWORK, trained().parameters), ["a", "b", "c"])
    np.testing.assert_array_equal(pair.predict(ROWS), model.predict(ROWS))


def test_labels_make_classes_of_the_outputs() -> None:
    model = gn.Model.of_run(trained(), labels=[False, True])
    assert model.predict(ROWS).dtype == bool
    three = gn.Network([3, 3], loss="categorical_cross_entropy")
    run = trained(three, np.eye(3)[[0, 1, 2, 0]])
    model = gn.Model.of_run(run, targets="species", labels=np.array(["r", "s", "t"]))
    assert set(model.predict(ROWS)) <= {"r", "s", "t"}
    assert gn.Model.of_run(run).encoding.outputs == ["y1", "y2", "y3"]


TWO_OUTPUTS = (TWO := gn.Network([3, 2], output="softmax"), gn.initialize(TWO))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": ["a", "b"]}, r"inputs must be 3, .*got \['a', 'b'\]"),
        ({"inputs": ["a", "b", "b"]}, "inputs must be different names"),
        ({"inputs": [1, 2, 3]}, "inputs must be text"),
        ({"targets": ["a", "b"]}, "targets must be 1"),
        ({"labels": ["a"]}, "labels must be 2"),
        ({"run": TWO_OUTPUTS, "labels": ["a", "b"]}, "two labels are for one output"),
        ({"run": 3}, "run must be what train gave"),
        ({"run": (NETWORK, 1)}, "a pair must be"),
    ],
)
def test_wrong_names_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        gn.Model.of_run(**{"run": trained(), **arguments})


ONES: Callable[..., np.ndarray] = lambda *shape: np.ones(shape)  # noqa: E731


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            gn.Parameters((np.full((3, 4), np.nan), ONES(4, 1)), (ONES(4), ONES(1))),
            "^W1 holds 12 numbers that are NaN or infinite.*did the training diverge",
        ),
        (
            gn.Parameters((ONES(3, 4), ONES(4, 1)), (ONES(4), np.array([np.inf]))),
            "^b2 holds 1 number that is NaN or infinite",
        ),
        (
            gn.Parameters((ONES(4, 3), ONES(1, 4)), (ONES(4, 1), ONES(1, 1))),
            "look transposed.*give W.T and b.ravel",
        ),
        (
            gn.Parameters((ONES(3, 4), ONES(4, 1)), (ONES(4, 1), ONES(1, 1))),
            r"biases of shapes .*look transposed.*give b.ravel\(\)",
        ),
        ({"W1": ONES(3, 4)}, r"got dict in its second place: give Parameters\(\(W1, W2\)"),
        ([ONES(3, 4), ONES(4, 1)], "got list in its second place"),
        (gn.Parameters((ONES(3, 5), ONES(4, 1)), (ONES(4), ONES(1))), "do not fit the network"),
        (gn.Parameters((ONES(3, 4).tolist(), ONES(4, 1)), ()), "weights must be a tuple of arrays"),
    ],
)
def test_wrong_parameters_are_named_with_the_fix(parameters: Any, message: str) -> None:
    network = gn.Network([3, 4, 1], "sigmoid")
    with pytest.raises(GlassnetError, match=message) as caught:
        gn.Model.of_run((network, parameters))
    assert len(str(caught.value)) < 400


def test_weights_of_a_course_predict_once_turned() -> None:
    random = np.random.default_rng(3)
    W1, b1 = random.normal(size=(4, 3)), random.normal(size=(4, 1))
    W2, b2 = random.normal(size=(1, 4)), random.normal(size=(1, 1))
    network = gn.Network([3, 4, 1], "tanh")
    parameters = gn.Parameters((W1.T, W2.T), (b1.ravel(), b2.ravel()))
    model = gn.Model.of_run((network, parameters), ["a", "b", "c"], "y")
    by_hand = W2 @ np.tanh(W1 @ ROWS.T + b1) + b2
    np.testing.assert_allclose(model.predict(ROWS), by_hand[0], rtol=1e-12)


def test_rows_may_be_lists_of_numbers() -> None:
    model = gn.Model.of_run(trained())
    np.testing.assert_array_equal(model.predict(ROWS.tolist()), model.predict(ROWS))
    assert model.predict_columns([[0, 1, 1]])["prediction"] == [model.predict(ROWS[1:2])[0]]
    for wrong in ([["a", 1, 2]], [[1, 2], [3]], [{"x1": 1}]):
        with pytest.raises(GlassnetError, match="a list must hold rows of numbers.*a dict of"):
            model.predict(wrong)


@pytest.mark.parametrize("y", [SIGN, THIRDS, SEVERAL], ids=["2", "3", "multi"])
def test_our_own_mlp_saves_as_a_model_file(y: np.ndarray, folder: Path) -> None:
    mlp = fitted(gn.MLPClassifier(**SHORT), X / [1, 100, 1], y)
    mlp.model_.save("m.safetensors")
    loaded = gn.load("m.safetensors")
    np.testing.assert_allclose(
        loaded.predict_proba(X / [1, 100, 1]), mlp.predict_proba(X / [1, 100, 1]), rtol=1e-12
    )
    assert loaded.predict(X / [1, 100, 1]).tolist() == mlp.predict(X / [1, 100, 1]).tolist()
    assert not hasattr(gn.MLPClassifier(), "model_")
