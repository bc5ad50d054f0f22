"""What the lab opens: each kind of thing as the page's data, with the library's own reading."""

import datetime
import json
import shutil
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import ConvergenceWarning

import glassnet as gn
from glassnet.lab.document import MOST_LAB_ROWS, opened_document
from glassnet.lab.page import json_for_html
from glassnet.models.rows import rows_of

DATA = Path(__file__).parents[2] / "examples" / "data"
QUICK: dict[str, Any] = {"epochs": 3, "hidden": 4, "members": 1}


def columns(document: dict[str, Any]) -> dict[str, tuple[str, list[Any]]]:
    return {one["name"]: (one["kind"], one["cells"]) for one in document["table"]["columns"]}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder, of a table that lies beside it."""
    folder = tmp_path_factory.mktemp("run")
    shutil.copy(DATA / "penguins.csv", folder)
    gn.train_run(folder / "penguins.csv", "species", folder / "r", **QUICK)
    return folder / "r"


def test_nothing_opens_the_pages_own_examples() -> None:
    assert opened_document() == {}


def test_a_table_has_numbers_and_texts() -> None:
    days = [datetime.date(1970, 1, 2), None, datetime.date(2020, 1, 1)]
    frame = pd.DataFrame(
        {
            "whole": [1, 2, 3],
            "number": [0.5, np.nan, 1e300 * 1e-201],
            "text": ["a", None, "</script>"],
            "flag": pd.array([True, None, False], "boolean"),
            "level": pd.Categorical([10, 20, 10]),
            "day": pd.to_datetime(days),
        }
    )
    document = opened_document(frame)
    assert columns(document) == {
        "whole": ("number", [1, 2, 3]),
        "number": ("number", [0.5, None, 1e300 * 1e-201]),
        "text": ("text", ["a", None, "</script>"]),
        "flag": ("text", ["true", None, "false"]),
        "level": ("text", ["10", "20", "10"]),
        "day": ("number", [1, None, 18262]),
    }
    assert document["table"]["rows"] == 3
    assert set(document) == {"table"}
    assert json.loads(json_for_html(document)) == document


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, dict])
def test_frames_of_every_kind_are_tables(kind: Any) -> None:
    assert columns(opened_document(kind({"x": [1.5, 2.5], "y": ["a", "b"]}))) == {
        "x": ("number", [1.5, 2.5]),
        "y": ("text", ["a", "b"]),
    }


def test_a_file_is_read_as_the_library_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("when;size;kind;y\n31.12.2020;1.234,5;NA;ja\n01.02.2021;2.000,0;b;nein\n")
    document = opened_document(file, "y", ["kind"])
    assert document["table"]["name"] == "t.csv"
    assert document["targets"] == ["y"]
    assert document["ignored"] == ["kind"]
    assert columns(document) == {
        "when": ("number", [18627, 18659]),
        "size": ("number", [1234.5, 2000]),
        "kind": ("text", [None, "b"]),
        "y": ("text", ["ja", "nein"]),
    }


def test_of_many_rows_the_first_are_taken_and_a_note_says_so() -> None:
    n = MOST_LAB_ROWS + 345
    document = opened_document({"x": np.arange(n), "y": ["a"] * (n - 1) + ["b"]})
    assert columns(document)["x"][1] == list(range(MOST_LAB_ROWS))
    assert document["table"]["rows"] == MOST_LAB_ROWS
    assert document["table"]["note"] == "The first 2,000 of 2,345 rows: the lab takes no more."
    exactly = opened_document({"x": np.arange(MOST_LAB_ROWS)})
    assert exactly["table"]["rows"] == MOST_LAB_ROWS
    assert "note" not in exactly["table"]


def test_a_column_that_counts_the_rows_is_shown_and_ignored_as_in_training() -> None:
    table = {"row": [1, 2, 3, 4], "x": [4, 3, 3, 1], "y": [1, 0, 0, 1]}
    with pytest.warns(gn.GlassnetWarning, match="'row', only numbers the rows"):
        document = opened_document(table, "y")
    assert document["ignored"] == ["row"]
    assert list(columns(document)) == ["row", "x", "y"]


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    ({"x": [1], "y": [2]}, {"target": "z"}, "unknown target column 'z'.*Known: x, y"),
    ({"x": [1], "y": [2]}, {"ignore": ["z"]}, "unknown column 'z'.*Known: x, y"),
    ({"x": [1], "y": [2]}, {"target": "y", "ignore": ["y"]}, "target 'y' is also to be ignored"),
    ({"x": [1], "y": [2]}, {"target": ["y", "y"]}, "target 'y' is given twice"),
    ({"x": [1]}, {"target": 3}, "target must be the name of a column, or several names, got 3"),
    ({"x": [1]}, {"ignore": 3}, "ignore must be the name of a column, or several names, got 3"),
    ({"x": [1]}, {"ignore": [1]}, "ignore must be the name of a column, or several names"),
    ({"x": []}, {}, "has no rows"),
    ({}, {}, "has no rows"),
    ({"x": [np.inf]}, {}, "column 'x', row 1: inf is not a finite number"),
    (pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, "two columns of the table have the name 'a'"),
    ("none.csv", {}, "none.csv: no such file"),
    ("none", {}, "none: no such file"),
    (".", {}, "is a folder without a model.safetensors"),
    ("none.safetensors", {}, "none.safetensors: no such model file"),
    (None, {"target": "y"}, "target is for a table of yours: give one"),
    (None, {"ignore": ["y"]}, "ignore is for a table of yours: give one"),
    (3, {}, "give a glassnet Model or one of its fitted estimators, got int"),
    ([[1, 2]], {}, "give a data frame, a dict of columns or a path, not an array"),
    (np.ones((2, 2)), {}, "give a data frame, a dict of columns or a path, not an array"),
    (gn.TableClassifier(), {}, "this TableClassifier is not fitted yet"),
]


@pytest.mark.parametrize(("given", "named", "message"), WRONG, ids=lambda value: str(value)[:30])
def test_what_cannot_be_opened_is_one_line(
    given: Any, named: dict[str, Any], message: str, folder: Path
) -> None:
    with pytest.raises(gn.GlassnetError, match=message) as error:
        opened_document(given, **named)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_a_run_brings_its_model_and_the_rows_of_its_table(run: Path) -> None:
    for given in (run, str(run / "model.safetensors"), gn.open_run(run)):
        document = opened_document(given)
        assert b64decode(document["model"]["base64"]) == (run / "model.safetensors").read_bytes()
        assert document["model"]["name"] == "r/model.safetensors"
        assert document["targets"] == ["species"]
        assert "setup" not in document
        table = document["table"]
        assert (table["name"], table["rows"]) == ("penguins.csv", 344)
        assert "note" not in table
        found = columns(document)
        model = gn.load(run)
        assert list(found) == [*model.encoding.needed, "species"]
        rows = rows_of(model, DATA / "penguins.csv")
        cells = [np.nan if cell is None else cell for cell in found["bill_length_mm"][1]]
        np.testing.assert_array_equal(cells, rows.columns["bill_length_mm"].values)
        assert found["sex"] == ("text", rows.columns["sex"].values.tolist())


def test_the_cells_of_a_run_predict_what_its_table_does(run: Path) -> None:
    model = gn.load(run)
    frame = {name: cells for name, (_, cells) in columns(opened_document(run)).items()}
    assert (model.predict(frame) == model.predict(DATA / "penguins.csv")).all()


def test_where_the_table_is_gone_the_model_opens_with_a_row_to_change(
    run: Path, tmp_path: Path
) -> None:
    shutil.copytree(run.parent, tmp_path / "moved")
    moved = tmp_path / "moved" / "r"
    record = json.loads((moved / "run.json").read_text())
    record["table"] = str(tmp_path / "moved" / "gone.csv")
    (moved / "run.json").write_text(json.dumps(record))
    table = opened_document(moved)["table"]
    assert table["rows"] == 1
    assert table["note"] == (
        "The rows of this run are not here (the table of this run is not there any more): "
        "change the cells of this one."
    )


@pytest.mark.parametrize("name", ["m.safetensors", "m.model"])
def test_a_model_file_opens_with_a_row_of_usual_cells(name: str, run: Path, tmp_path: Path) -> None:
    shutil.copy(run / "model.safetensors", tmp_path / name)
    document = opened_document(tmp_path / name)
    assert b64decode(document["model"]["base64"]) == (tmp_path / name).read_bytes()
    assert document["model"]["name"] == name
    assert document["table"]["rows"] == 1
    found = columns(document)
    assert 40 < found["bill_length_mm"][1][0] < 50
    assert found["sex"] == ("text", ["female"])
    assert found["species"] == ("text", ["Adelie"])
    model = gn.load(run)
    cells = {column: cells for column, (_, cells) in found.items()}
    assert model.predict(cells).tolist()[0] in model.encoding.targets[0].labels
    assert document["table"]["note"].startswith("This model came without rows")


def test_a_model_and_an_estimator_become_their_file(run: Path, tmp_path: Path) -> None:
    model = gn.load(run)
    (tmp_path / "m").write_bytes(b64decode(opened_document(model)["model"]["base64"]))
    assert gn.load(tmp_path / "m").parameters.weights[0].tolist() == (
        model.parameters.weights[0].tolist()
    )
    estimator = gn.MLPRegressor(hidden_layer_sizes=(2,), max_iter=2, tol=0, n_iter_no_change=9)
    with pytest.warns(ConvergenceWarning):
        estimator.fit([[0.0, 1.0], [1.0, 0.0]] * 9, [0.0, 1.0] * 9)
    assert list(columns(opened_document(estimator))) == ["x0", "x1", "y"]


def test_a_class_that_is_a_number_and_a_category_that_is_one_are_texts() -> None:
    table = {"x": [1, 2, 3, 1, 2, 3] * 4, "y": [0, 1] * 12}
    model = gn.train_table(table, "y", task="binary", categories=["x"], holdout=0, **QUICK)
    found = columns(opened_document(model))
    assert found == {"x": ("text", ["1"]), "y": ("text", ["0"])}


@pytest.mark.parametrize(
    ("arguments", "name"), [((), "the article's table"), (("t.csv", "y"), "t.csv")]
)
def test_a_demo_brings_how_it_was_set_up(
    arguments: tuple[str, ...], name: str, folder: Path
) -> None:
    from in_process import run as command

    (folder / "t.csv").write_text("a,b,y\n0,1,0\n1,0,1\n1,1,1\n")
    table = ["t.csv", "--target", "y"] if arguments else []
    extra = ["--iterations", "5", "--learning-rate", "0.25", "--seed", "7", "--out", "d"]
    assert command("demo", *table, *extra).code == 0
    document = opened_document("d")
    assert document["setup"] == {
        "optimizer": "gradient_descent",
        "rate": 0.25,
        "start": "uniform",
        "seed": 7,
    }
    assert document["table"]["name"] == name
    assert document["table"]["rows"] == (3 if arguments else 4)
    assert command("demo", *table, *extra, "--rng", "numpy", "--overwrite").code == 0
    assert "setup" not in opened_document("d")
