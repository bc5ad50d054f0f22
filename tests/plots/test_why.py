"""The waterfall of a row: its steps are the contributions and lead to the prediction."""

from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, N, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.why import ContributionsDisplay, Fall


def waterfall(target: str, **options: Any) -> ContributionsDisplay:
    return ContributionsDisplay.from_model(small_model(target, members=2), TABLE, **options)


@pytest.mark.parametrize("target", ["price", "sold", "kind"])
@pytest.mark.parametrize("most", [2, 20])
def test_the_steps_lead_from_the_average_row_to_this_one(target: str, most: int) -> None:
    model = small_model(target, members=2)
    rows = gn.contributions(model, TABLE)
    display = waterfall(target, row=4, most=most)
    fall = display.falls[0]
    assert (fall.output, fall.end) == (rows.outputs[4], rows.predictions[4])
    np.testing.assert_allclose(fall.start + fall.steps.sum(), fall.end, rtol=1e-3)
    size = np.abs(rows.values[4])
    np.testing.assert_allclose(np.abs(fall.steps[:2]), np.sort(size)[::-1][:2])
    if most == 2:
        assert display.labels[2] == f"{len(size) - 2} others"
    bars = display.axes_[0].patches
    assert len(bars) == len(fall.steps) == len(display.labels)
    np.testing.assert_allclose([bar.get_width() for bar in bars], fall.steps)


def test_cells_stand_beside_their_columns() -> None:
    labels = waterfall("price", row=5, most=20).labels
    assert f"length = {TABLE['length'][5]:g}" in labels
    assert f"seen = {TABLE['seen'][5]}" in labels
    assert f"island = {TABLE['island'][5]}" in labels
    assert "mass = missing" in waterfall("price", row=3, most=20).labels


def test_beside_a_wrong_class_stands_the_actual_one() -> None:
    model = small_model("kind", members=2)
    predicted = model.predict(TABLE)
    wrong = int(np.flatnonzero(predicted != TABLE["kind"])[0])
    right = int(np.flatnonzero(predicted == TABLE["kind"])[0])
    display = waterfall("kind", row=wrong)
    assert [fall.output for fall in display.falls] == [
        f"kind={predicted[wrong]}",
        f"kind={TABLE['kind'][wrong]}",
    ]
    title = display.axes_[1].get_title("left")
    assert title.startswith(f"and the actual class, {TABLE['kind'][wrong]}: ")
    assert len(waterfall("kind", row=right).falls) == 1
    assert len(waterfall("kind", row=wrong, output="c").falls) == 1
    unknown = ContributionsDisplay.from_model(model, INPUTS, row=wrong)
    assert (len(unknown.falls), unknown.actual) == (1, "")
    assert "actual" not in unknown.axes_[0].get_title("left")


def test_of_two_classes_one_waterfall_says_it_all() -> None:
    model = small_model("sold", members=2)
    wrong = int(np.flatnonzero(model.predict(TABLE) != TABLE["sold"])[0])
    display = waterfall("sold", row=wrong)
    assert len(display.falls) == 1
    assert display.axes_[0].get_title("left").endswith(f"actual {TABLE['sold'][wrong]}")


def test_a_prediction_held_to_its_range_has_a_last_step() -> None:
    x = np.linspace(-1, 1, 60)
    encoding = gn.train_table({"x": x, "y": 3 * x}, "y", epochs=1, hidden=2, members=1).encoding
    network = gn.Network([len(encoding.features), 1])
    steep = np.full((len(encoding.features), 1), 5.0)
    model = gn.Model.of_network(network, gn.Parameters((steep,), (np.zeros(1),)), encoding)
    display = ContributionsDisplay.from_model(model, {"x": x}, row=59)
    (fall,) = display.falls
    assert display.labels[-1] == "held to the range seen"
    assert fall.end == pytest.approx(3)
    assert fall.steps[-1] < 0
    assert fall.start + fall.steps.sum() == pytest.approx(3)
    assert display.axes_[0].get_title("left") == "Row 60, y: 3"
    assert (
        "held to the range seen"
        not in ContributionsDisplay.from_model(model, {"x": x}, row=30).labels
    )


def test_steps_of_a_probability_may_pass_its_ends_and_no_tick_does() -> None:
    fall = Fall("kind=a", 0.5, 0.9, np.array([0.7, -0.3]))
    display = ContributionsDisplay(0, ["x", "z"], [fall], "the average row", "", True).plot()
    axes = display.axes_[0]
    assert axes.get_xlim()[1] > 1.2
    assert all(0 <= tick <= 1 for tick in axes.get_xticks())
    assert "on the way the sum passes 100%" in display._title(0)[1]
    assert {text.get_text() for text in axes.texts} >= {"50.0%", "+70.0", "-30.0", "90.0%"}
    inside = Fall("kind=a", 0.5, 0.9, np.array([0.2, 0.2]))
    display = ContributionsDisplay(0, ["x", "z"], [inside], "the average row", "", True).plot()
    assert display._title(0)[1] == "Compared with the average row. Steps in percentage points"


def test_axes_of_others_and_what_is_wrong() -> None:
    axes = Figure().subplots(1, 2)
    display = waterfall("price", row=1, ax=axes[1])
    assert len(display.axes_) == 1
    with pytest.raises(
        GlassnetError,
        match=f"row must be a whole number from 0 to {N - 1}, a row there is, got {N}",
    ):
        waterfall("price", row=N)
    with pytest.raises(GlassnetError, match="row must be a whole number .* got 1.5"):
        waterfall("price", row=1.5)
    with pytest.raises(GlassnetError, match="unknown output 'd'"):
        waterfall("kind", output="d")
    with pytest.raises(GlassnetError, match="most must be a whole number of 1 or more, got 0"):
        waterfall("kind", most=0)


@pytest.mark.parametrize("target", ["price", "kind"])
def test_the_waterfall_looks_as_it_did(target: str) -> None:
    model = small_model(target, members=2)
    row = 1
    if target == "kind":
        row = int(np.flatnonzero(model.predict(TABLE) != TABLE["kind"])[0])
    assert_like(waterfall(target, row=row, most=4).figure_, f"why_{target}")
