"""Trained things as models that predict the same; rows of every kind of table as they see them."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_models import INPUTS, TABLE, N, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of
from glassnet.tables.targets import ClassTarget

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(40, 3))
LABELS = np.array(["b", "a", "c"])[np.argmax(X, axis=1)]
NUMBERS = np.stack([X[:, 0] * 2, X[:, 1] - X[:, 2]], axis=1)


def mlp(kind: Any, y: Any) -> Any:
    return kind(
        hidden_layer_sizes=(3,), solver="lbfgs", max_iter=2000, alpha=1.0, random_state=0
    ).fit(X, y)


def test_a_model_is_itself() -> None:
    model = small_model()
    assert as_model(model) is model


def test_a_pair_takes_its_columns_as_they_are() -> None:
    plain = plain_model([3, 4, 2])
    model = as_model((plain.network, plain.parameters))
    assert model.encoding.needed == ["x1", "x2", "x3"]
    assert [target.name for target in model.encoding.targets] == ["y1", "y2"]
    expected = gn.feedforward(plain.network, plain.parameters, X).output
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-12)


@pytest.mark.parametrize("y", [NUMBERS[:, 0], NUMBERS], ids=["one", "two"])
def test_a_regressor_predicts_the_same_as_its_model(y: np.ndarray) -> None:
    fitted = mlp(gn.MLPRegressor, y)
    model = as_model(fitted)
    np.testing.assert_allclose(model.predict(X), fitted.predict(X), rtol=1e-10)
    assert model.encoding.task == "regression"
    assert model.encoding.needed == ["x0", "x1", "x2"]


@pytest.mark.parametrize(
    "y", [LABELS, LABELS == "a", (X[:, 0] > 0).astype(int)], ids=["three", "booleans", "integers"]
)
def test_a_classifier_predicts_the_same_as_its_model(y: np.ndarray) -> None:
    fitted = mlp(gn.MLPClassifier, y)
    model = as_model(fitted)
    assert model.predict(X).tolist() == fitted.predict(X).tolist()
    np.testing.assert_allclose(model.predict_proba(X), fitted.predict_proba(X), rtol=1e-10)
    assert model.encoding.task != "regression"


def test_several_labels_at_once_are_as_many_targets() -> None:
    model = as_model(mlp(gn.MLPClassifier, (X[:, :2] > 0).astype(int)))
    assert [
        (target.name, target.labels)
        for target in model.encoding.targets
        if isinstance(target, ClassTarget)
    ] == [
        ("y0", (0, 1)),
        ("y1", (0, 1)),
    ]


def test_a_table_estimator_is_its_model() -> None:
    fitted = gn.TableRegressor((3,), members=1, max_iter=2).fit(
        pl.DataFrame({"a": X[:, 0], "b": X[:, 1]}), NUMBERS[:, 0]
    )
    assert as_model(fitted) is fitted.model_
    assert as_model(fitted).encoding.needed == ["a", "b"]


def test_names_of_a_frame_are_kept() -> None:
    frame = pl.DataFrame({"p": X[:, 0], "q": X[:, 1]}).to_pandas()
    fitted = gn.MLPRegressor(
        hidden_layer_sizes=(2,), solver="lbfgs", max_iter=2000, alpha=1.0, random_state=0
    )
    assert as_model(fitted.fit(frame, NUMBERS[:, 0])).encoding.needed == ["p", "q"]


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        ("a string", "give a glassnet Model or one of its fitted estimators, got str"),
        (gn.MLPRegressor(), "this MLPRegressor is not fitted yet: call fit first"),
        (gn.TableClassifier(), "this TableClassifier is not fitted yet: call fit first"),
        ((1, 2), r"a pair must be \(Network, Parameters\)"),
        ((gn.Network([2, 1]), plain_model([3, 1]).parameters), "shape"),
    ],
)
def test_what_is_no_model(thing: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        as_model(thing)


def test_rows_of_every_kind_of_table_are_the_same(tmp_path: Path) -> None:
    model = small_model()
    frame = pl.DataFrame(TABLE)
    frame.write_csv(tmp_path / "t.csv")
    frame.write_parquet(tmp_path / "t.parquet")
    wanted = rows_of(model, TABLE)
    for table in (
        frame,
        frame.to_pandas(),
        frame.to_arrow(),
        tmp_path / "t.csv",
        str(tmp_path / "t.parquet"),
    ):
        rows = rows_of(model, table)
        np.testing.assert_allclose(rows.x, wanted.x, rtol=1e-12)
        np.testing.assert_allclose(rows.y, wanted.y, rtol=1e-12)
    assert len(wanted) == N
    np.testing.assert_array_equal(wanted.output, model.output(TABLE))
    assert rows_of(model, wanted) is wanted


def test_targets_may_stand_apart_or_be_unknown() -> None:
    model = small_model()
    np.testing.assert_array_equal(rows_of(model, INPUTS, TABLE["price"]).y, rows_of(model, TABLE).y)
    unknown = rows_of(model, INPUTS)
    assert unknown.targets == {}
    assert unknown.with_targets() is unknown
    with pytest.raises(
        GlassnetError, match="the table lacks the target column 'price', which this needs"
    ):
        _ = unknown.y


def test_rows_are_taken_by_number_and_with_known_targets() -> None:
    model = small_model("kind")
    kinds = [None if i == 2 else kind for i, kind in enumerate(TABLE["kind"])]
    rows = rows_of(model, {**TABLE, "kind": kinds})
    np.testing.assert_array_equal(rows.take([5, 1]).x, rows.x[[5, 1]])
    known = rows.with_targets()
    np.testing.assert_array_equal(known.x, np.delete(rows.x, 2, axis=0))
    with pytest.raises(GlassnetError, match="column 'kind', row 3: the target is missing"):
        rows.known_targets()


def test_arrays_have_the_columns_in_order() -> None:
    model = plain_model([3, 2, 1])
    np.testing.assert_array_equal(rows_of(model, X).x, X)
    np.testing.assert_array_equal(rows_of(model, X.tolist(), NUMBERS[:, 0]).x, X)
    np.testing.assert_array_equal(rows_of(plain_model([1, 2, 1]), X[:, 0]).x, X[:, :1])
    with pytest.raises(
        GlassnetError,
        match=r"an array of shape \(40, 2\): give N x 3, one column each for x1, x2, x3",
    ):
        rows_of(model, X[:, :2])


@pytest.mark.parametrize(
    ("table", "y", "message"),
    [
        (
            {name: INPUTS[name] for name in INPUTS if name != "mass"},
            None,
            "the table lacks the column 'mass'",
        ),
        (INPUTS, [1.0, 2.0], "the table has 60 rows and y has 2: give one target for each row"),
        (INPUTS, np.ones((N, 2)), r"y has shape \(60, 2\), but there are 1 targets: price"),
        (
            {**INPUTS, "price": ["dear"] * N},
            None,
            "target 'price' is text, but the model predicts numbers",
        ),
    ],
)
def test_rows_that_do_not_fit(table: Any, y: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        rows_of(small_model(), table, y)
