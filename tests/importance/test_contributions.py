"""What columns contributed to a prediction: by hand, against other ways, for every kind of task."""

from pathlib import Path

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import Parameters
from glassnet.errors import GlassnetError
from glassnet.importance.contributions import contributions_of
from glassnet.importance.predicted_number import all_numbers, asked_number
from glassnet.models.conversion import as_model
from glassnet.models.record import AverageRow
from glassnet.models.rows import rows_of
from helpers.small_models import INPUTS, small_model

DATA = Path(__file__).parents[2] / "examples" / "data"


def test_of_a_linear_network_it_is_the_weight_times_the_way() -> None:
    weights = (np.array([[2.0], [-3.0]]),)
    model = as_model((gn.Network([2, 1]), Parameters(weights, (np.array([7.0]),))))
    found = gn.contributions(model, [[1.0, 1.0], [3.0, 5.0]])  # their average is (2, 3)
    np.testing.assert_allclose(found.values, [[-2, 6], [2, -6]], atol=1e-12)
    np.testing.assert_allclose(found.starts, [2, 2])
    np.testing.assert_allclose(found.predictions, [6, -2])
    assert found.against == "the average row (of the 2 of this table)"
    assert found.table()["row"] == [1, 1, 2, 2]
    assert found.table()["column"] == ["x1", "x2", "x1", "x2"]


def test_of_one_input_all_of_the_gain_is_its_own() -> None:
    network = gn.Network([1, 3, 1], "sigmoid", "sigmoid")
    weights = (np.array([[1.0, -2.0, 4.0]]), np.array([[1.0], [2.0], [-3.0]]))
    model = as_model((network, Parameters(weights, (np.zeros(3), np.zeros(1)))))
    found = gn.contributions(model, [[-2.0], [4.0]])
    at_average = float(model.output_of(np.array([[1.0]]))[0, 0])
    np.testing.assert_allclose(
        found.values[:, 0], model.output_of(np.array([[-2.0], [4.0]]))[:, 0] - at_average
    )


def test_a_product_is_shared_equally_and_what_is_symmetric_gets_the_same() -> None:
    # a1 * a2 with a network is out of reach; a function of x1 + x2 alone is symmetric
    network = gn.Network([2, 2, 1], "tanh")
    weights = (np.ones((2, 2)) * [1.0, -3.0], np.array([[1.0], [2.0]]))
    model = as_model((network, Parameters(weights, (np.zeros(2), np.zeros(1)))))
    found = gn.contributions(model, [[0.0, 0.0], [2.0, 2.0]])
    np.testing.assert_allclose(found.values[:, 0], found.values[:, 1])
    np.testing.assert_allclose(found.values.sum(axis=1), found.predictions - found.starts)


@pytest.mark.parametrize("target", ["price", "sold", "kind"])
@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("activation", ["relu", "silu"])
def test_they_add_up_to_what_the_model_predicts(target: str, members: int, activation: str) -> None:
    model = small_model(target, activation=activation, members=members)
    found = gn.contributions(model, INPUTS)
    np.testing.assert_allclose(
        found.values.sum(axis=1), found.predictions - found.starts, rtol=1e-9, atol=1e-12
    )
    assert found.columns == tuple(model.encoding.needed)
    if target == "price":
        np.testing.assert_allclose(found.predictions, model.predict(INPUTS))
        return
    predicted = [f"{target}={label}" for label in model.predict(INPUTS)]
    assert list(found.outputs) == predicted
    np.testing.assert_allclose(found.predictions, model.predict_proba(INPUTS).max(axis=1))


@pytest.mark.parametrize("target", ["price", "sold", "kind"])
def test_the_gradient_is_that_of_small_steps(target: str) -> None:
    model = small_model(target, activation="silu", members=2)
    x = rows_of(model, INPUTS).x[:3]
    for number in all_numbers(model.encoding):
        gradient = number.gradient(model, x)
        for d in range(x.shape[1]):
            step = np.zeros(x.shape[1])
            step[d] = 1e-5
            up, down = (number.of(model.output_of(x + sign * step)) for sign in (1, -1))
            np.testing.assert_allclose(gradient[:, d], (up - down) / 2e-5, rtol=1e-5, atol=1e-8)


def test_two_classes_mirror_each_other() -> None:
    model = small_model("sold")
    yes, no = (gn.contributions(model, INPUTS, output=label) for label in ("yes", "sold=no"))
    np.testing.assert_allclose(yes.values, -no.values)
    assert yes.outputs[0] == "sold=yes"
    assert asked_number(model, "yes").name == "sold=yes"


def test_a_trained_model_knows_its_average_row() -> None:
    table = {"x": list(range(40)), "y": [2.0 * x + 1 for x in range(40)]}
    model = gn.train_table(table, "y", epochs=30, hidden=4, affine=True)
    assert isinstance(model.record.average_row, AverageRow)
    assert model.record.average_row.n_rows == 40
    one = gn.contributions(model, {"x": [3]})
    assert one.against == "the average row (of 40 trained on)"
    folded = gn.contributions(model.fold(), {"x": [3]})
    np.testing.assert_allclose(folded.values, one.values)
    np.testing.assert_allclose(folded.starts, one.starts)


def test_the_average_row_is_in_the_model_file(tmp_path: Path) -> None:
    model = gn.train_table(DATA / "cars.csv", "miles_per_gallon", epochs=5, hidden=4)
    model.save(tmp_path / "cars.safetensors")
    assert gn.load(tmp_path / "cars.safetensors").record.average_row == model.record.average_row


def test_other_rows_take_the_place_of_an_average_that_is_not_known() -> None:
    model = small_model()
    rows = rows_of(model, INPUTS)
    one = contributions_of(rows.take([4]), others=rows)
    np.testing.assert_allclose(one.values[0], contributions_of(rows).values[4])


def test_wrong_arguments() -> None:
    model = small_model("kind")
    with pytest.raises(GlassnetError, match="unknown output 'd'"):
        gn.contributions(model, INPUTS, output="d")
    with pytest.raises(GlassnetError, match="give a table of two rows or more"):
        contributions_of(rows_of(model, INPUTS).take([0]))


def test_taking_rows() -> None:
    found = gn.contributions(small_model("kind"), INPUTS)
    assert found.take([2, 0]).outputs == (found.outputs[2], found.outputs[0])
    assert len(found.take(slice(0, 5))) == 5
    assert len(repr(found)) < 80


def test_a_row_in_the_place_of_an_output_is_refused_with_the_fix() -> None:
    model = small_model()
    with pytest.raises(GlassnetError, match=r"of one row: contributions.*take.*got 0"):
        gn.contributions(model, INPUTS, 0)  # pyright: ignore[reportArgumentType]
