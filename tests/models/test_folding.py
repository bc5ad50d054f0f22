"""Centre and scale in the weights: an equal model on the columns' numbers, or one clear error."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import feedforward
from glassnet.errors import GlassnetError
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget

DATA = Path(__file__).parents[2] / "examples" / "data"
QUICK: dict[str, Any] = {"epochs": 3, "hidden": (5, 4), "affine": True}
pytestmark = pytest.mark.filterwarnings("ignore:column.*missing cells count as the median")
CASES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "a number, a date, categories, missing cells": ("cars.csv", "miles_per_gallon", {"members": 2}),
    "one network": ("cars.csv", "miles_per_gallon", {"members": 1, "dtype": "float64"}),
    "several targets": ("penguins.csv", ["bill_length_mm", "bill_depth_mm"], {}),
    "counts": ("cars.csv", "cylinders", {"loss": "poisson", "task": "regression"}),
    "classes": ("penguins.csv", "species", {}),
    "two classes": ("penguins.csv", "sex", {"activation": "relu"}),
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[gn.Model, Path]:
    table, target, options = CASES[request.param]
    return gn.train_table(DATA / table, target, **{**QUICK, **options}), DATA / table


def test_a_folded_model_predicts_the_same(case: tuple[gn.Model, Path], tmp_path: Path) -> None:
    model, table = case
    flat = model.fold()
    np.testing.assert_allclose(
        flat.output(table), _in_its_unit(model, table), rtol=1e-10, atol=1e-10
    )
    if model.encoding.task == "regression":
        np.testing.assert_allclose(flat.predict(table), model.predict(table), rtol=1e-10)
    else:
        assert flat.predict(table).tolist() == model.predict(table).tolist()
    for column in flat.encoding.inputs:
        if isinstance(column, Number):
            assert (
                column.center,
                column.scale,
                column.smooth_clip,
                column.indicator,
                column.bin_edges,
            ) == (0, 1, False, False, ())
    flat.save(tmp_path / "flat.safetensors")
    np.testing.assert_array_equal(
        gn.load(tmp_path / "flat.safetensors").output(table), flat.output(table)
    )
    np.testing.assert_array_equal(
        flat.fold().joined().parameters.weights[0], flat.joined().parameters.weights[0]
    )


def test_a_folded_model_takes_every_number_as_it_is(case: tuple[gn.Model, Path]) -> None:
    model, table = case
    (row,) = gn.explain(model.fold(), table, 3).rows
    numbers = [column for column in row.columns if column.kind == "number"]
    assert len(numbers) >= 3
    for column in numbers:
        assert [step.says for step in column.steps[-1:]] == ["as it is"], column
        assert len(column.steps) == (
            3 if column.steps[0].value is None else 2
        )  # a missing cell is filled first
    assert all(
        step.says == "as it is" for step in row.predictions if model.encoding.task == "regression"
    )


def _in_its_unit(model: gn.Model, table: Path) -> np.ndarray:
    """The outputs, of numbers in their own unit."""
    output = model.output(table)
    for k, target in enumerate(model.encoding.targets):
        if isinstance(target, NumberTarget):
            output[:, k] = output[:, k] * target.scale + target.center
    return output


def test_by_hand_from_the_weights_alone() -> None:
    """One column, one hidden node: y = w2 tanh(w1 x + b1) + b2, x and y as in the table."""
    x = np.linspace(100, 200, 40)
    table = {"x": x, "y": 3 * x + 1000}
    model = gn.train_table(
        table, "y", members=1, hidden=1, activation="tanh", affine=True, epochs=20, holdout=0
    )
    ((w1,), (w2,)), ((b1,), (b2,)) = (
        [np.ravel(a) for a in part] for part in model.fold().parameters
    )
    assert model.predict({"x": [123.0]})[0] == pytest.approx(
        w2 * np.tanh(w1 * 123 + b1) + b2, rel=1e-9
    )
    explanation = gn.explain(model.fold(), {"x": [123.0]})
    assert explanation["r1.x1"].value == 123.0
    assert [step.says for step in explanation.rows[0].columns[0].steps] == ["number", "as it is"]
    assert [step.says for step in explanation.rows[0].predictions] == ["as it is"]


def test_a_network_without_biases_gets_them() -> None:
    from dataclasses import replace

    network = gn.Network([2, 3, 1], "tanh", bias=False)
    from glassnet.tables.encoding import plain_encoding

    plain = plain_encoding(["a", "b"], ["y"])
    scaled = replace(
        plain, inputs=(replace(plain.inputs[0], center=5.0, scale=2.0), plain.inputs[1])
    )
    model = gn.Model.of_network(network, gn.initialize(network, seed=1), scaled)
    x = np.array([[1.0, 2.0], [6.0, -1.0]])
    flat = model.fold()
    assert flat.network.bias
    np.testing.assert_allclose(flat.predict(x), model.predict(x), rtol=1e-12)
    np.testing.assert_allclose(
        feedforward(flat.network, flat.parameters, x).output[:, 0], model.predict(x), rtol=1e-12
    )


NAMED = {
    (
        "cars.csv",
        "miles_per_gallon",
    ): "'cylinders', .* are squeezed; 'horsepower' is given an indicator for missing cells; "
    "'miles_per_gallon' is held to the range seen in training: "
    "train with affine=True, which leaves",
    ("penguins.csv", "species"): "'bill_length_mm', .*are squeezed; .* are given an indicator",
}


@pytest.mark.parametrize(("table", "target"), NAMED)
def test_what_is_not_affine_is_named(table: str, target: str) -> None:
    with pytest.raises(GlassnetError, match=NAMED[table, target]):
        gn.train_table(DATA / table, target, epochs=1, hidden=2, bins=0).fold()


def test_pieces_are_named() -> None:
    random = np.random.default_rng(0)
    table = {"a": random.normal(size=900), "y": random.normal(size=900)}
    with pytest.raises(
        GlassnetError, match="'a' is squeezed; 'a' is cut in pieces; 'y' is held to"
    ):
        gn.train_table(table, "y", epochs=1, hidden=2).fold()
    assert gn.train_table(table, "y", epochs=1, hidden=2, affine=True).fold().encoding.features == [
        "a"
    ]


def test_a_scale_that_the_output_does_not_let_through() -> None:
    from dataclasses import replace

    network = gn.Network([1, 1], output="sigmoid", loss="mean_squared_error")
    from glassnet.tables.encoding import plain_encoding

    plain = plain_encoding(["a"], ["y"])
    model = gn.Model.of_network(
        network,
        gn.initialize(network),
        replace(plain, targets=(replace(plain.targets[0], scale=2.0),)),
    )
    with pytest.raises(
        GlassnetError,
        match="the scale of target 'y' cannot pass through the output's activation 'sigmoid'",
    ):
        model.fold()


def test_a_folded_models_explanation_says_so() -> None:
    table = {"x": np.linspace(1, 2, 20), "y": np.linspace(3, 4, 20)}
    model = gn.train_table(
        table,
        "y",
        members=1,
        hidden=2,
        affine=True,
        epochs=1,
        holdout=0,
        l2=0.1,
        learning_rate=0.02,
    )
    notes = gn.explain(model.fold(), table, 0, backward=True).notes
    assert any("were folded into the first and the last weights" in note for note in notes)
    assert any("penalty of the training" in note for note in notes)
    assert "learning rate 0.1" in " ".join(notes)
    assert "learning rate 0.02" in " ".join(gn.explain(model, table, 0, backward=True).notes)
