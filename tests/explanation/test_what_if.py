"""What other cells would change: every way to write them, what is shown, what is refused."""

import datetime
import re
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.explanation.summaries import WhatIf
from glassnet.explanation.what_if import changes_of

N = 60
TABLE = {
    "size": np.linspace(-3, 3, N),
    "day": [f"{1 + i % 28:02d}.{1 + i % 12:02d}.20{10 + i % 9}" for i in range(N)],
    "kind": (["a", "b", "c"] * N)[:N],
    "name": [f"n{i}" for i in range(N)],
    "y": np.linspace(0, 9, N) + np.tile([0.0, 1.0, 2.0], N)[:N],
}


@pytest.fixture(scope="module")
def model() -> gn.Model:
    return gn.train_table(TABLE, "y", hidden=(6,), members=1, epochs=40, holdout=0)


def what_if(model: gn.Model, row: int = 4, **changes: Any) -> WhatIf:
    found = gn.explain(model, TABLE, row, what_if=changes).rows[0].what_if
    assert found is not None
    return found


def predicted(model: gn.Model, row: int = 4, **cells: Any) -> float:
    table = {name: [cells.get(name, column[row])] for name, column in TABLE.items()}
    return float(model.predict(table)[0])


@pytest.mark.parametrize(
    ("change", "cell", "shown"),
    [
        ({"size": "+2"}, {"size": TABLE["size"][4] + 2}, None),
        ({"size": "-0.25"}, {"size": TABLE["size"][4] - 0.25}, None),
        ({"size": "1.25"}, {"size": 1.25}, "1.25"),
        ({"size": "=-2"}, {"size": -2.0}, "-2"),
        ({"size": -2}, {"size": -2.0}, "-2"),
        ({"day": "01.03.2015"}, {"day": "01.03.2015"}, "01.03.2015"),
        ({"day": "+3"}, {"day": "08.05.2014"}, "08.05.2014"),
        ({"day": datetime.date(2015, 3, 1)}, {"day": "01.03.2015"}, "01.03.2015"),
        ({"kind": "c"}, {"kind": "c"}, "c"),
        ({"kind": "=c"}, {"kind": "c"}, "c"),
        ({"kind": ""}, {"kind": None}, "missing"),
        ({"kind": None}, {"kind": None}, "missing"),
        ({"size": "1", "kind": "a"}, {"size": 1.0, "kind": "a"}, "1"),
    ],
)
def test_it_is_the_prediction_of_the_row_with_that_cell(
    model: gn.Model, change: dict[str, Any], cell: dict[str, Any], shown: str | None
) -> None:
    found = what_if(model, **change)
    (summary,) = found.summary
    assert summary.predicted == pytest.approx(predicted(model, **cell), rel=1e-9)
    assert shown is None or found.cells[0].after == shown
    assert [one.name for one in found.cells] == list(change)
    gone = [one.name for one in found.cells if one.after == "missing"]
    assert [note.partition(" is missing: ")[0] for note in found.notes] == gone


def test_what_changed_in_between(model: gn.Model) -> None:
    found = what_if(model, size="+2")
    explanation = gn.explain(model, TABLE, 4, what_if={"size": "+2"})
    (before,), (after,) = explanation.rows[0].summary, found.summary
    assert {one.name.split(" ")[0] for one in found.inputs} == {"size"}
    changes = [one.after - one.before for one in found.contributions[0]]
    assert sum(changes) == pytest.approx(after.value - before.value, rel=1e-6)
    assert [abs(change) for change in changes] == sorted(map(abs, changes), reverse=True)
    sentence = re.fullmatch(
        r"y goes from ([\d.-]+) to ([\d.-]+): ([\d.]+) (up|down)\.", found.sentences[0]
    )
    assert sentence
    moved = float(sentence[2]) - float(sentence[1])
    assert abs(moved) == pytest.approx(float(sentence[3]), abs=1e-9)
    text = explanation.text()
    assert "row 5, what if size " in text
    assert f"before: {before.sentence}" in text
    assert f"after:  {after.sentence}" in text
    assert found.sentences[0] in explanation.markdown().replace("\\", "")


def test_a_class_that_changes_and_one_that_stays() -> None:
    table = {"x": np.linspace(-1, 1, N), "y": ["no"] * (N // 2) + ["yes"] * (N // 2)}
    model = gn.train_table(table, "y", hidden=3, members=1, epochs=150, holdout=0)
    found = gn.explain(model, table, 2, what_if={"x": "1"}).rows[0].what_if
    assert found
    assert re.fullmatch(
        r"y changes from no to yes; the probability of no goes from .* to .*, "
        r"the probability of yes goes from .* to .*\.",
        found.sentences[0],
    )
    found = gn.explain(model, table, 2, what_if={"x": "-0.001"}).rows[0].what_if
    assert found
    assert found.sentences[0].startswith("y stays no; the probability of no ")


def test_a_category_that_was_never_seen_counts_as_missing_and_that_is_said(
    model: gn.Model,
) -> None:
    found = what_if(model, kind="zebra")
    with pytest.warns(gn.GlassnetWarning, match="does not know"):
        expected = predicted(model, kind="zebra")
    assert found.summary[0].predicted == pytest.approx(expected, rel=1e-9)
    (note,) = found.notes
    assert "kind 'zebra' was never seen in the training and counts as missing" in note
    assert "known are a, b, c" in note


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sise": "1"}, "unknown column 'sise': did you mean 'size'?"),
        ({"name": "n1"}, "the model does not use column 'name': not used: 60 different texts"),
        ({"y": "1"}, "the model does not use column 'y': it is what is predicted"),
        ({"size": "large"}, "what_if size=large: it is no number as the table has them"),
        ({"size": "+x"}, "what_if size=\\+x: no number is behind the sign"),
        ({"size": "+1e400"}, "not a finite number"),
        ({"size": [1, 2]}, "what_if size="),
        ({"day": "2015-03-01"}, "it is no date as the table has them \\(written dd.mm.yyyy\\)"),
        ([1], "what_if must be a dict"),
    ],
)
def test_what_cannot_be_is_one_clear_error(model: gn.Model, changes: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        gn.explain(model, TABLE, 4, what_if=changes)


def test_nothing_can_be_added_to_a_missing_cell() -> None:
    table = {"x": [np.nan, 1.0, 2.0] * 20, "y": np.arange(60.0)}
    model = gn.train_table(table, "y", hidden=2, members=1, epochs=1)
    with pytest.raises(GlassnetError, match="the cell is missing, so nothing can be added"):
        gn.explain(model, table, 0, what_if={"x": "+1"})


def test_changes_as_they_are_typed() -> None:
    names = ["a", "a=b", "c d"]
    assert changes_of(["a=+2", "c d==-2"], names) == {"a": "+2", "c d": "=-2"}
    assert changes_of(["a=b=1"], names) == {"a=b": "1"}
    assert changes_of(["a="], names) == {"a": ""}
    for wrong in (["a"], ["a=1", "a=2"]):
        with pytest.raises(GlassnetError, match="what_if"):
            changes_of(wrong, names)
