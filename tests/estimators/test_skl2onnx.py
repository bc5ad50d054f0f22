"""Pipelines with our networks, which skl2onnx converts once we have registered with it."""

import sys
from typing import Any

import numpy as np
import onnxruntime
import pytest
from skl2onnx import to_onnx
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris, make_classification, make_multilabel_classification
from sklearn.ensemble import StackingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import glassnet as gn

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
BOUNDS = {np.float64: 1e-12, np.float32: 1e-5}
DTYPES = pytest.mark.parametrize("dtype", BOUNDS)


@pytest.fixture(autouse=True)
def _registered() -> None:
    gn.register_onnx_converters()


def _classes(labels: Any) -> tuple[np.ndarray, np.ndarray]:
    X, y = load_iris(return_X_y=True)
    rows = y < len(labels)
    return X[rows], np.array(labels)[y[rows]]


CLASSES = {
    "text": _classes(["s\u00e9", "b'", "c"]),
    "numbers": _classes([3, 7, 20]),
    "two": _classes(["no", "yes"]),
    "booleans": _classes([True, False]),
    "whole floats": _classes([1.0, 2.0, 3.0]),
    "several at once": make_multilabel_classification(60, 4, random_state=0),
}


@DTYPES
@pytest.mark.parametrize("name", CLASSES)
def test_a_classifier_behind_a_scaler(name: str, dtype: Any) -> None:
    X, y = CLASSES[name]
    network = _fitted(gn.MLPClassifier(activation=["gelu", "softplus"], **_options()), X, y, dtype)
    label, probabilities = _run(network, X.astype(dtype), options={"zipmap": False})
    assert np.array_equal(label, network.predict(X.astype(dtype)))
    expected = network.predict_proba(X.astype(dtype))
    assert probabilities.dtype == dtype
    assert label.shape[0] == len(expected) == len(probabilities)
    assert np.abs(probabilities - expected).max() < BOUNDS[dtype]


@DTYPES
@pytest.mark.parametrize("outputs", [1, 3])
def test_a_regressor_behind_columns_scaled_apart(outputs: int, dtype: Any) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(80, 3))
    y = X @ random.normal(size=(3, outputs))
    scaled = make_column_transformer((StandardScaler(), [0, 2]), (MinMaxScaler(), [1]))
    network = make_pipeline(scaled, gn.MLPRegressor(activation="tanh", **_options()))
    network.fit(X.astype(dtype), y[:, 0] if outputs == 1 else y)
    [found] = _run(network, X.astype(dtype))
    assert found.shape == (80, outputs)
    assert np.abs(found - network.predict(X.astype(dtype)).reshape(80, -1)).max() < BOUNDS[dtype]


def test_the_options_of_classifiers_are_taken() -> None:
    X, y = CLASSES["text"]
    X = X.astype(np.float32)  # in double there is no ZipMap, of scikit-learn's own neither
    network = _fitted(gn.MLPClassifier(**_options()), X, y, np.float32)
    expected = network.predict_proba(X)
    _, found = _run(network, X)
    assert found[0] == pytest.approx(
        dict(zip(network.classes_, expected[0], strict=True)), abs=1e-6
    )
    _, *columns = _run(network, X, options={"zipmap": "columns"})
    assert np.abs(np.column_stack(columns) - expected).max() < 1e-6
    index, _ = _run(network, X, options={id(network[-1]): {"nocl": True, "zipmap": False}})
    assert np.array_equal(network.classes_[index], network.predict(X))


def test_two_networks_in_one_graph_do_not_collide() -> None:
    X, y = make_classification(60, 5, random_state=0)
    first = gn.MLPRegressor(**_options()).fit(X, y)
    second = gn.MLPClassifier(**_options()).fit(first.predict(X)[:, None], y)
    stacked = StackingClassifier(
        [("a", gn.MLPClassifier(**_options())), ("b", gn.MLPClassifier(**_options(4)))],
        final_estimator=second,
        cv=2,
    ).fit(X, y)
    _, found = _run(stacked, X, options={"zipmap": False})
    assert np.abs(found - stacked.predict_proba(X)).max() < 1e-12


def test_skl2onnx_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skl2onnx", None)
    with pytest.raises(gn.GlassnetError, match="pip install skl2onnx"):
        gn.register_onnx_converters()


def _options(nodes: int = 5) -> dict[str, Any]:
    return {"hidden_layer_sizes": (nodes, 3), "max_iter": 15, "random_state": 0}


def _fitted(network: Any, X: np.ndarray, y: np.ndarray, dtype: Any) -> Pipeline:
    return make_pipeline(StandardScaler(), network).fit(X.astype(dtype), y)


def _run(network: Any, X: np.ndarray, **options: Any) -> Any:
    """What onnxruntime makes of X by the network's graph."""
    model = to_onnx(network, X[:1], **options)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"X": X})
