"""Individual conditional expectation: predictions of changed rows; lines, dots, dates, members."""

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, N, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.ice import IceDisplay


@pytest.mark.parametrize("column", ["length", "seen", "island", "tagged"])
@pytest.mark.parametrize("target", ["price", "sold", "kind"])
def test_each_value_is_predicts_with_that_one_cell_changed(column: str, target: str) -> None:
    model = small_model(target, members=2)
    found = gn.ice(model, TABLE, column, points=3, rows=1000)
    assert found.values.shape == (N, len(found.x))
    for p, cell in enumerate(found.x):
        value = cell
        if column == "seen":
            value = np.datetime64("1970-01-01") + np.timedelta64(round(cell * 86400), "s")
        if column == "tagged":
            value = cell == "true"
        changed = INPUTS | {column: [value] * N}
        if target == "price":
            wanted = model.predict(changed)
        else:
            wanted = model.predict_proba(changed)[:, 1 if target == "sold" else 0]
        np.testing.assert_allclose(found.values[:, p], wanted, rtol=1e-4)
    np.testing.assert_allclose(found.mean, found.table()["mean"])


def test_both_of_two_classes_can_be_asked_for_and_members_are_kept_apart() -> None:
    model = small_model("sold", members=3)
    yes, no = (gn.ice(model, TABLE, "length", output=label) for label in ("yes", "sold=no"))
    np.testing.assert_allclose(yes.values + no.values, 1)
    assert (yes.output, no.output) == ("sold=yes", "sold=no")
    assert yes.members.shape == (3, 50)
    one = gn.ice(model.member(1), TABLE, "length", output="yes")
    np.testing.assert_allclose(yes.members[1], one.mean)


def test_of_many_rows_some_are_followed_and_the_picture_says_so() -> None:
    display = IceDisplay.from_model(small_model(), TABLE, column="length", rows=20)
    assert display.ice.values.shape == (20, 50)
    notes = [text.get_text() for text in display.ax_.texts]
    assert f"20 of {N} rows, each with its other cells as they are" in notes
    whole = IceDisplay.from_model(small_model(), TABLE, column="length")
    assert f"{N} rows, each with its other cells as they are" in [
        text.get_text() for text in whole.ax_.texts
    ]


def test_by_default_the_column_along_which_the_mean_moves_most() -> None:
    model = small_model("kind")
    display = IceDisplay.from_model(model, TABLE)
    moves = {
        name: np.ptp(gn.ice(model, TABLE, name).mean)
        for name in ("length", "mass", "island", "seen", "tagged")
    }
    assert display.ice.column == max(moves, key=lambda name: moves[name])
    assert display.ax_.get_ylabel() == "probability of kind = a"


def test_an_estimator_on_given_axes() -> None:
    x = np.random.default_rng(0).normal(size=(30, 2))
    fitted = gn.MLPRegressor(
        hidden_layer_sizes=(3,), solver="lbfgs", max_iter=2000, random_state=0
    ).fit(x, x[:, 0])
    axes = Figure().subplots(1, 2)
    display = IceDisplay.from_estimator(fitted, x, column="x1", ax=axes[1])
    assert display.ax_ is axes[1]
    assert axes[1].get_legend() is not None


def test_wrong_columns_outputs_and_counts() -> None:
    model = small_model("kind")
    with pytest.raises(GlassnetError, match="unknown column 'lenth': did you mean 'length'"):
        gn.ice(model, TABLE, "lenth")
    with pytest.raises(GlassnetError, match="unknown column 'constant'"):
        gn.ice(model, TABLE, "constant")
    with pytest.raises(GlassnetError, match="unknown output 'd'"):
        gn.ice(model, TABLE, "length", output="d")
    with pytest.raises(GlassnetError, match="points must be a whole number of 2 or more, got 1"):
        gn.ice(model, TABLE, "length", points=1)
    with pytest.raises(GlassnetError, match="rows must be a whole number of 1 or more, got 0"):
        gn.ice(model, TABLE, "length", rows=0)
    with pytest.raises(GlassnetError, match="column 'mass' is missing in every row"):
        gn.ice(model, TABLE | {"mass": [None] * N}, "mass")


@pytest.mark.parametrize("column", ["length", "seen", "island"])
def test_the_lines_and_dots_look_as_they_did(column: str) -> None:
    model = small_model("sold", members=3)
    assert_like(IceDisplay.from_model(model, TABLE, column=column).figure_, f"ice_{column}")


def test_the_band_of_the_members_is_seen_where_it_is_as_narrow_as_the_mean() -> None:
    display = IceDisplay.from_model(small_model("price", members=3), TABLE, column="length")
    (band,) = display.ax_.collections[:1]
    assert band.get_label().startswith("± 1 standard deviation of 3 networks")
    assert band.get_linewidth()[0] > 0
    assert band.get_alpha() > 0.3
