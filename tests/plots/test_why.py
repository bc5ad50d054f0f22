"""The waterfall of a row: its steps are the contributions and lead to the prediction."""

from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, N, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.why import ContributionsDisplay


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
