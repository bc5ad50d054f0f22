"""Train, validation and held-out rows side by side: their numbers, lines, errors, looks."""

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, N, small_model

from glassnet.errors import GlassnetError
from glassnet.plots.fit import FitDisplay, FittedPart

PARTS = {"train": np.arange(40), "validation": np.arange(40, 45), "holdout": np.arange(45, N)}


def test_each_part_has_its_rows_correlation_and_line() -> None:
    model = small_model(members=2)
    display = FitDisplay.from_model(model, TABLE, parts=PARTS)
    predicted = model.predict(TABLE)
    for part, rows in zip(display.parts, PARTS.values(), strict=True):
        actual = np.array(TABLE["price"])[rows]
        np.testing.assert_array_equal(part.actual, actual)
        np.testing.assert_allclose(part.predicted, predicted[rows])
        assert part.r == pytest.approx(np.corrcoef(actual, predicted[rows])[0, 1])
        A = np.stack([actual, np.ones(len(rows))], axis=1)
        np.testing.assert_allclose(part.line, np.linalg.lstsq(A, predicted[rows])[0])
    titles = [axes.get_title("left").split(":")[0] for axes in display.axes_]
    assert titles == ["Trained on", "Validated on", "Held out"]
    assert len({axes.get_xlim() + axes.get_ylim() for axes in display.axes_}) == 1


def test_without_parts_all_rows_are_one_and_empty_parts_are_left_out() -> None:
    model = small_model()
    assert [part.name for part in FitDisplay.from_model(model, TABLE).parts] == ["all rows"]
    parts = PARTS | {"validation": np.array([], int)}
    assert len(FitDisplay.from_model(model, TABLE, parts=parts).parts) == 2


def test_numbers_that_do_not_vary_have_no_correlation() -> None:
    part = FittedPart("all rows", np.array([2.0, 2.0]), np.array([1.0, 2.0]))
    assert np.isnan(part.r)
    assert part.line == (0.0, 1.5)
    display = FitDisplay([part], "y").plot()
    assert display.axes_[0].get_title("left") == "All rows"


def test_axes_given_and_what_is_wrong() -> None:
    model = small_model()
    axes = Figure().subplots(1, 3)
    assert list(FitDisplay.from_model(model, TABLE, parts=PARTS, ax=axes).axes_) == list(axes)
    with pytest.raises(GlassnetError, match="parts: 'train' has a row that the table of 60 rows"):
        FitDisplay.from_model(model, TABLE, parts={"train": [1, N]})
    with pytest.raises(GlassnetError, match="parts: none has 2 rows or more"):
        FitDisplay.from_model(model, TABLE, parts={"train": [1]})
    with pytest.raises(GlassnetError, match="predicts classes of 'kind'"):
        FitDisplay.from_model(small_model("kind"), TABLE)
    with pytest.raises(GlassnetError, match="unknown target 'prise'"):
        FitDisplay.from_model(model, TABLE, target="prise")
    with pytest.raises(GlassnetError, match="lacks the target column 'price'"):
        FitDisplay.from_model(model, INPUTS)


def test_the_parts_look_as_they_did() -> None:
    display = FitDisplay.from_model(small_model(members=2), TABLE, parts=PARTS)
    assert_like(display.figure_, "fit")
