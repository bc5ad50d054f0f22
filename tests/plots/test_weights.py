"""The heat maps of weights: every number in its cell, real names, one member of an ensemble."""

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.weights import MOST_NAMES, WeightsDisplay, in_cell


def words(axis: object) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]  # pyright: ignore[reportAttributeAccessIssue]


def test_weights_and_biases_stand_in_their_places_with_names() -> None:
    model = small_model("kind", (4,))
    display = WeightsDisplay.from_model(model)
    for axes, w, b in zip(display.axes_, *model.parameters, strict=True):
        shown = axes.images[0].get_array()
        np.testing.assert_array_equal(shown[:-1], w)
        np.testing.assert_array_equal(shown[-1], b)
        assert axes.images[0].get_clim() == (-np.abs(w).max(), np.abs(w).max())
    first, last = display.axes_
    assert words(first.yaxis) == [*model.encoding.features, "bias"]
    assert words(first.xaxis) == ["a1.1", "a1.2", "a1.3", "a1.4"]
    assert words(last.xaxis) == ["kind=a", "kind=b", "kind=c"]
    assert [axes.get_title(loc="left") for axes in display.axes_] == [
        "to hidden layer 1",
        "to output",
    ]
    assert [axes.texts[-1].get_text() for axes in display.axes_] == ["tanh", "softmax"]


def test_a_small_network_shows_its_numbers() -> None:
    model = plain_model([3, 4, 1], "sigmoid", bias=False)
    display = WeightsDisplay.from_model(model)
    for axes, w in zip(display.axes_, model.parameters.weights, strict=True):
        numbers = {
            tuple(int(v) for v in text.get_position()): text.get_text() for text in axes.texts[:-1]
        }
        assert numbers == {
            (column, row): in_cell(value) for (row, column), value in np.ndenumerate(w)
        }
        assert "bias" not in words(axes.yaxis)


def test_of_an_ensemble_one_member_is_drawn_whole() -> None:
    model = small_model(hidden=(3, 2), members=3)
    for number in (0, 2):
        display = WeightsDisplay.from_model(model, member=number)
        for axes, w in zip(display.axes_, model.members[number].parameters.weights, strict=True):
            np.testing.assert_array_equal(axes.images[0].get_array()[:-1], w)
        notes = [axes.texts[-1].get_text() for axes in display.axes_]
        assert notes == [f"tanh; member {number + 1} of 3", "tanh", "identity"]
    assert WeightsDisplay.from_model(model).member == "member 1 of 3"
    assert WeightsDisplay.from_model(small_model()).member == ""
    with pytest.raises(GlassnetError, match="there is no member 3"):
        WeightsDisplay.from_model(model, member=3)


def test_a_joined_network_is_drawn_as_the_one_it_is() -> None:
    model = small_model(hidden=(3, 2), members=3).joined()
    middle = WeightsDisplay.from_model(model).parameters.weights[1]
    assert middle.shape == (9, 6)
    blocks = np.kron(np.eye(3), np.ones((3, 2))) > 0
    assert not middle[~blocks].any()
    assert middle[blocks].all()


def test_a_zero_weight_that_was_trained_is_no_blank() -> None:
    model = plain_model([2, 3, 3, 1])
    model.parameters.weights[1][0, 0] = 0.0
    assert not np.isnan(WeightsDisplay.from_model(model).parameters.weights[1]).any()


def test_long_sides_have_numbers() -> None:
    display = WeightsDisplay.from_model(plain_model([2, 60, 1]))
    assert words(display.axes_[0].xaxis)[:3] == ["1", "9", "17"]
    assert len(words(display.axes_[1].yaxis)) <= MOST_NAMES + 1
    assert words(display.axes_[1].yaxis)[-1] == "bias"


def test_names_are_turned_only_where_they_have_no_room() -> None:
    def turned(model: gn.Model) -> list[float]:
        display = WeightsDisplay.from_model(model)
        return [axes.xaxis.get_ticklabels()[0].get_rotation() for axes in display.axes_]

    assert turned(plain_model([3, 4, 1])) == [0, 0]
    assert turned(small_model("kind", (4,))) == [0, 0]
    assert turned(plain_model([3, 20, 1])) == [90, 0]


@pytest.mark.parametrize("weight", [0.0, 1.5, -0.123, -0.00137, 98765.4, -1e-12, 2.5e10])
def test_a_number_in_a_cell_is_short_and_right_to_a_digit(weight: float) -> None:
    assert len(in_cell(weight)) <= 6
    assert float(in_cell(weight)) == pytest.approx(weight, rel=0.5, abs=0)


def test_where_there_is_no_room_numbers_are_left_out() -> None:
    narrow = Figure(figsize=(2, 3)).subplots(1, 2)
    display = WeightsDisplay.from_model(plain_model([3, 4, 1]), ax=narrow)
    assert [len(axes.texts) for axes in display.axes_] == [1, 1 + 5]


def test_axes_are_accepted_and_returned() -> None:
    model = plain_model([2, 3, 1])
    two = Figure().subplots(1, 2)
    assert list(WeightsDisplay.from_model(model, ax=two).axes_) == list(two)
    one = Figure(layout="constrained").add_subplot()
    display = WeightsDisplay.from_model(model, ax=one)
    assert display.figure_ is one.figure
    assert not one.axison
    with pytest.raises(GlassnetError, match="2 axes are needed, 1 were given"):
        display.plot([two[0]])


def test_from_estimator() -> None:
    x = np.random.default_rng(0).normal(size=(20, 2))
    estimator = gn.MLPRegressor(
        hidden_layer_sizes=(4,), solver="lbfgs", max_iter=2000, random_state=0
    ).fit(x, x[:, 0])
    display = WeightsDisplay.from_estimator(estimator)
    np.testing.assert_array_equal(display.parameters.weights[0], estimator.coefs_[0])
    with pytest.raises(GlassnetError, match="is not fitted yet"):
        WeightsDisplay.from_estimator(gn.MLPRegressor())


def test_it_looks_as_it_did() -> None:
    assert_like(WeightsDisplay.from_model(small_model("kind", (6, 4))).figure_, "weights_single")
    assert_like(
        WeightsDisplay.from_model(small_model(hidden=(8, 5), members=3)).figure_, "weights_member"
    )
