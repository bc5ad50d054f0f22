"""Predicted against actual, residuals, their histogram: numbers, targets, axes, errors, looks."""

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from sklearn.metrics import r2_score, root_mean_squared_error

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.regression import KINDS, MOST_BINS, MOST_VECTOR_POINTS, RegressionDisplay

RANDOM = np.random.default_rng(0)
TABLE = {"size": np.arange(40.0), "age": RANDOM.normal(size=40)}
TABLE |= {"price": 3 * TABLE["size"] + TABLE["age"], "weight": 2 - TABLE["size"]}


@pytest.fixture(scope="module")
def model() -> gn.Model:
    return gn.train_table(TABLE, target=["price", "weight"], members=1, hidden=(3,), epochs=3)


@pytest.fixture(scope="module")
def classes() -> gn.Model:
    table = {"size": TABLE["size"], "kind": ["small"] * 20 + ["large"] * 20}
    return gn.train_table(table, target="kind", members=1, hidden=(3,), epochs=1)


def actual_and_predicted(N: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    actual = random.normal(20, 5, N)
    return actual, 4 + 0.8 * actual + random.normal(size=N)


def test_each_target_in_its_own_unit(model: gn.Model) -> None:
    predicted = model.predict(TABLE)
    for place, name in enumerate(["price", "weight"]):
        display = RegressionDisplay.from_model(model, TABLE, target=name)
        np.testing.assert_array_equal(display.actual, TABLE[name])
        np.testing.assert_allclose(display.predicted, predicted[:, place])
        np.testing.assert_allclose(display.scores["r2"], r2_score(TABLE[name], predicted[:, place]))
        np.testing.assert_allclose(
            display.scores["rmse"], root_mean_squared_error(TABLE[name], predicted[:, place])
        )
        assert [ax.get_xlabel() for ax in display.axes_] == [
            f"{name}, actual",
            f"{name}, predicted",
            "residual: actual - predicted",
        ]
        assert (
            display.axes_[0].get_title("left").startswith(f"R² {display.scores['r2']:.3f}, RMSE ")
        )
    assert RegressionDisplay.from_model(model, TABLE).name == "price"


def test_what_the_panels_hold() -> None:
    actual, predicted = actual_and_predicted(100)
    display = RegressionDisplay.from_predictions(actual, predicted)
    first, second, third = display.axes_
    np.testing.assert_allclose(
        first.collections[0].get_offsets(), np.stack([actual, predicted], axis=1)
    )
    np.testing.assert_allclose(
        second.collections[0].get_offsets(), np.stack([predicted, actual - predicted], axis=1)
    )
    x, y = first.lines[0].get_data()
    np.testing.assert_array_equal(x, y)
    assert sum(bar.get_height() for bar in third.patches) == 100
    assert third.lines[1].get_xdata()[0] == pytest.approx(np.mean(actual - predicted))


def test_an_estimator_and_targets_apart() -> None:
    x = np.stack([TABLE["size"], TABLE["age"]], axis=1)
    plain = gn.MLPRegressor(
        hidden_layer_sizes=(3,), learning_rate="cosine", max_iter=3, random_state=0
    ).fit(x, TABLE["price"])
    display = RegressionDisplay.from_estimator(plain, x, TABLE["price"])
    np.testing.assert_allclose(display.predicted, plain.predict(x))
    table = gn.TableRegressor((3,), members=2, max_iter=3, random_state=0).fit(
        x, np.stack([TABLE["price"], TABLE["weight"]], axis=1)
    )
    display = RegressionDisplay.from_estimator(
        table, x, np.stack([TABLE["price"], TABLE["weight"]], axis=1), target="y1"
    )
    np.testing.assert_allclose(display.predicted, table.predict(x)[:, 1])
    np.testing.assert_array_equal(display.actual, TABLE["weight"])


def test_rows_without_a_target_are_left_out(model: gn.Model) -> None:
    holes = TABLE | {"price": np.where(np.arange(40) < 10, np.nan, TABLE["price"])}
    assert len(RegressionDisplay.from_model(model, holes).actual) == 30


@pytest.mark.parametrize("kind", KINDS)
def test_one_panel_on_given_axes(kind: str) -> None:
    actual, predicted = actual_and_predicted(50)
    ax = Figure().add_subplot()
    display = RegressionDisplay.from_predictions(actual, predicted, kind=kind, ax=ax)
    assert display.axes_.tolist() == [ax]
    assert display.figure_ is ax.figure
    assert "RMSE" in ax.get_title("left")


def test_three_panels_on_given_axes() -> None:
    actual, predicted = actual_and_predicted(50)
    axes = Figure().subplots(1, 3)
    assert (
        RegressionDisplay.from_predictions(actual, predicted, ax=axes).axes_.tolist()
        == axes.tolist()
    )
    with pytest.raises(GlassnetError, match="ax has 1 axes, but 3 are needed"):
        RegressionDisplay.from_predictions(actual, predicted, ax=axes[0])


def test_many_points_are_faint_and_held_as_a_picture() -> None:
    few, many = (
        RegressionDisplay.from_predictions(*actual_and_predicted(N)).axes_
        for N in (100, MOST_VECTOR_POINTS + 1)
    )
    assert many[0].collections[0].get_alpha() < few[0].collections[0].get_alpha()
    assert [axes[0].collections[0].get_rasterized() for axes in (few, many)] == [False, True]
    assert len(many[2].patches) == MOST_BINS


def test_actual_numbers_that_do_not_vary_have_no_r2() -> None:
    display = RegressionDisplay.from_predictions([2.0, 2.0], [2.0, 2.0])
    assert display.axes_[0].get_title("left") == "RMSE 0, 2 rows"


def test_errors(model: gn.Model, classes: gn.Model) -> None:
    with pytest.raises(
        GlassnetError, match=r"predicts classes of 'kind'.*use ConfusionMatrixDisplay"
    ):
        RegressionDisplay.from_model(classes, TABLE)
    with pytest.raises(
        GlassnetError, match="unknown target 'prise': did you mean 'price'. Known: price, weight"
    ):
        RegressionDisplay.from_model(model, TABLE, target="prise")
    with pytest.raises(GlassnetError, match="lacks the target column 'price'"):
        RegressionDisplay.from_model(model, {name: TABLE[name] for name in ("size", "age")})
    with pytest.raises(
        GlassnetError, match="rows whose target is known: 2 or more are needed, there is 1"
    ):
        RegressionDisplay.from_model(model, {name: column[:1] for name, column in TABLE.items()})
    with pytest.raises(
        GlassnetError, match="target 'price' is text, but the model predicts numbers"
    ):
        RegressionDisplay.from_model(model, TABLE | {"price": ["a"] * 40})
    with pytest.raises(GlassnetError, match="unknown kind 'histogram'"):
        RegressionDisplay.from_model(model, TABLE, kind="histogram")
    with pytest.raises(GlassnetError, match=r"shape \(3,\) and y_pred \(2,\)"):
        RegressionDisplay.from_predictions([1, 2, 3], [1, 2])
    with pytest.raises(GlassnetError, match="2 or more are needed, there is 1"):
        RegressionDisplay.from_predictions([1], [1])


def test_the_picture() -> None:
    actual, predicted = actual_and_predicted(300)
    assert_like(
        RegressionDisplay.from_predictions(
            1000 * actual, 1000 * predicted, name="price in $"
        ).figure_,
        "regression",
    )
