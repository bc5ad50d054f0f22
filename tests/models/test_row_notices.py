"""What new rows show: categories never seen, columns that are empty, predictions held back."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small_models import INPUTS, TARGETS, N, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetWarning
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import NumberTarget


def said(model: gn.Model, table: Any, how: str = "predict") -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(model, how)(table)
    assert {warning.category for warning in caught} <= {GlassnetWarning}
    assert {warning.filename for warning in caught} <= {__file__}
    return [str(warning.message) for warning in caught]


def changed(**columns: Any) -> dict[str, Any]:
    """The rows that the small models know, but for some columns."""
    return {**INPUTS, **columns}


def reaching(low: float, high: float) -> gn.Model:
    """A model of one input that predicts 2 x, held to a range; the target's deviation is 10."""
    model = plain_model([1, 1], "identity")
    (w,), (b,) = model.parameters
    parameters = model.parameters._replace(
        weights=(np.full_like(w, 0.2),), biases=(np.zeros_like(b),)
    )
    target = NumberTarget("y", 0.0, 10.0, low, high)
    encoding = TableEncoding("regression", model.encoding.inputs, (target,))
    return replace(model.with_parameters(parameters), encoding=encoding)


@pytest.mark.parametrize("how", ["predict", "predict_columns", "output"])
@pytest.mark.parametrize("target", TARGETS)
def test_of_rows_like_those_trained_on_nothing_is_said(target: str, how: str) -> None:
    assert said(small_model(target), INPUTS, how) == []
    assert said(small_model(target), changed(mass=[None] * (N - 1) + [80.0]), how) == []


def test_categories_that_the_model_does_not_know_are_named_by_how_often_they_are() -> None:
    island = ["east"] * 5 + ["up", "down", "down", "off"] + INPUTS["island"][9:]
    model = small_model()
    wanted = (
        f"column 'island': 9 of {N} rows hold categories that the model does not know ('east', "
        "'down', 'off' and 1 more) and takes as missing: mend the spelling, or train on rows that "
        "have them"
    )
    assert said(model, changed(island=island)) == [wanted]
    (found,) = said(model, changed(island=["East", *INPUTS["island"][1:]]), "predict_columns")
    assert found.startswith(f"column 'island': 1 of {N} rows holds a category that the model")


def test_missing_cells_are_no_unknown_category() -> None:
    island = [None, "", *INPUTS["island"][2:]]
    assert said(small_model(), changed(island=island)) == []


def test_two_values_and_probabilities_are_looked_at_too() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=60)
    table = {"x": x, "t": ["p", "q"] * 30, "y": (x + random.normal(size=60) > 0).tolist()}
    model = gn.train_table(table, "y", epochs=1, members=1, hidden=3)
    (found,) = said(model, {"x": x, "t": ["p", "r"] * 30}, "predict_proba")
    assert "column 't': 30 of 60 rows hold" in found
    assert "('r')" in found


def test_numbers_taken_as_categories_are_looked_at_too() -> None:
    random = np.random.default_rng(0)
    table = {"year": [2019, 2020, 2021] * 20, "y": random.normal(size=60)}
    model = gn.train_table(table, "y", categories=["year"], epochs=1, members=1, hidden=3)
    (found,) = said(model, {"year": [2020, 2022, 2023]})
    assert "column 'year': 2 of 3 rows hold" in found
    assert "('2022', '2023')" in found


def test_a_column_that_is_empty_in_all_rows_is_named() -> None:
    model = small_model()
    (found,) = said(model, changed(length=[None] * N))
    assert found.startswith(f"column 'length' is missing in all {N} rows: ")
    assert said(model, {name: cells[3:4] for name, cells in INPUTS.items()}) == []  # no mass


@pytest.mark.parametrize("how", ["predict", "predict_columns"])
def test_predictions_that_are_held_back_are_counted(how: str) -> None:
    model = reaching(-10.0, 10.0)
    x = np.arange(-10.0, 10.0)  # 2 x leaves the range by more than 1 where |x| > 5.5
    wanted = (
        "{} predictions would go beyond the numbers trained on (-10 to 10) and are held to them: "
        "train on rows that reach further, or with affine=True"
    )
    assert said(model, {"x1": x}, how) == ["target 'y': " + wanted.format("9 of 20")]
    assert said(model, np.array([[7.0]]), how) == ["target 'y': " + wanted.format("1 of 1")]


def test_predictions_are_counted_over_all_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    model = reaching(-10.0, 10.0)
    monkeypatch.setitem(vars(model._tables), "_rows_of_block", 7)
    (found,) = said(model, {"x1": np.arange(-10.0, 10.0)})
    assert "9 of 20 predictions" in found


def test_what_is_held_back_by_a_little_or_seldom_is_not_said() -> None:
    model = reaching(-10.0, 10.0)
    assert said(model, {"x1": np.linspace(-5.4, 5.4, 100)}) == []
    assert said(model, {"x1": np.r_[np.zeros(199), 8.0]}) == []
    unheld = TableEncoding(
        "regression", model.encoding.inputs, (NumberTarget("y", 0, 10, None, None),)
    )
    assert said(replace(model, encoding=unheld), {"x1": np.arange(20.0)}) == []


NEVER = "the network learnt no missing cells, and 0 stands in"


def test_a_missing_cell_where_none_was_learnt_is_said():
    model = plain_model([2, 3, 1])
    cells = {"x1": [1.0, None, 3.0], "x2": [1.0, 2.0, 3.0]}
    (text,) = said(model, cells)
    assert text.startswith(f"'x1' is missing in 1 row; {NEVER}"), text
    array = np.array([[np.nan, 1.0], [np.nan, np.nan]])
    for table in (array, array.tolist()):
        one, two = said(model, table)
        assert one.startswith(f"'x1' is missing in 2 rows; {NEVER}"), one
        assert two.startswith("'x2' is missing in 1 row"), two
    assert not said(model, np.ones((2, 2)))
    assert not said(model, {"x1": [1.0], "x2": [2.0]})


def test_a_missing_cell_is_said_of_many_rows_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("glassnet.models.predictor.BLOCK", 1)  # one row at a time
    found = said(plain_model([2, 3, 1]), np.array([[np.nan, 1.0]] * 4))
    assert [text.split(";")[0] for text in found] == ["'x1' is missing in 4 rows"]


def test_where_a_median_was_learnt_a_missing_cell_is_no_news():
    table = {"x": np.linspace(0, 1, 30), "y": np.linspace(0, 1, 30)}
    model = gn.train_table(table, "y", members=1, hidden=3, epochs=5, holdout=0)
    assert not [text for text in said(model, {"x": [None]}) if "stands in" in text]


def test_the_explanation_says_what_stands_in():
    found = gn.explain(plain_model([2, 3, 1]), {"x1": [None], "x2": [1.0]}, 0)
    assert "missing: 0 stands in: no missing cells in the training" in found.text(width=200)
    assert "median" not in found.text()
