"""What is inside a run folder is not believed: it is refused in one line, or a run that works.

The long run of the same is ``python tools/fuzz.py runs``.
"""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from damaged_runs import Whole, decode_and_use, open_and_use, whole_run
from in_process import refused

import glassnet as gn
from glassnet.runs import layout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return whole_run(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def path(whole: Whole, tmp_path: Path) -> Path:
    """A copy of the run folder, to be damaged."""
    for name in (layout.MODEL, layout.SCORED_MODEL, *whole.texts):
        (tmp_path / name).write_bytes((whole.path / name).read_bytes())
    return tmp_path


@pytest.mark.parametrize("part", range(4))
def test_its_record(whole: Whole, part: int) -> None:
    accepted = [decode_and_use(random.Random(f"{part} {n}"), whole) for n in range(300)]
    assert 30 < sum(accepted) < 200  # much of it only describes


def test_its_files(whole: Whole) -> None:
    accepted = [open_and_use(random.Random(f"files {number}"), whole) for number in range(80)]
    assert 0 < sum(accepted) < 60


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (("table",), 5, "table: expected `str | null`, got `int`"),
        (("target",), ["a", 1], r"target\[1\]: expected `str`"),
        (("target",), [], "no target"),
        (("options",), [], "options: expected `object`, got `array`"),
        (("options", "epochs"), "2", "options.epochs: expected `int`, got `str`"),
        (("options", "epochs"), None, "options.epochs: expected `int`, got `null`"),
        (("options", "l2"), -1.0, "options: l2 must be 0 or more, got -1.0"),
        (("options", "optimizer"), "sgd", "options: unknown optimizer 'sgd'"),
        (("options", "hiden"), [3], "options: object contains unknown field `hiden`"),
        (("rows",), {"test": 3}, "do not name train, validation, holdout"),
        (("scored_on",), "test", "do not name train, validation, holdout"),
        (("rows", "train"), -3, "a count is below 0"),
        (("rows", "train"), 1.5, r"expected `int`, got `float`"),
        (("best_epochs",), [1, "2"], r"best_epochs\[1\]: expected `int`"),
        (("members",), 0, "a count is below 0"),
        (("scores",), [], "scores: expected `object`"),
    ],
)
def test_a_field_of_another_kind_is_named(
    path: Path, whole: Whole, keys: tuple[str, ...], value: Any, message: str
) -> None:
    data = json.loads(whole.texts[layout.RECORD])
    parent = data
    for key in keys[:-1]:
        parent = parent[key]
    parent[keys[-1]] = value
    (path / layout.RECORD).write_text(json.dumps(data))
    with pytest.raises(gn.GlassnetError, match=message) as caught:
        gn.open_run(path)
    beginning = f"{path / layout.RECORD}: is not the whole record of a run ("
    assert str(caught.value).startswith(beginning)


def test_a_later_record_is_read_without_what_is_new(path: Path, whole: Whole) -> None:
    (path / layout.RECORD).write_text(json.dumps({**whole.data, "later": [1, {"a": 2}]}))
    run = gn.open_run(path)
    assert run.record == gn.open_run(whole.path).record
    assert len(run.scored_rows()) == len(run.predictions["row"])


def test_an_earlier_record_takes_the_defaults_of_newer_options(path: Path, whole: Whole) -> None:
    options = dict(whole.data["options"])
    del options["affine"], options["ignore"]
    (path / layout.RECORD).write_text(json.dumps({**whole.data, "options": options}))
    run = gn.open_run(path)
    assert run.options == gn.open_run(whole.path).options
    assert run.model.predict(whole.data["table"]).shape == (60,)


@pytest.mark.parametrize(
    "changed",
    [
        {"members": 2},
        {"target": ["kind"]},
        {"epochs_run": 10**9},
        {"options": {"epochs": 10**12}},
        {"options": {"seed": 4}},
    ],
)
def test_the_record_of_another_run_is_not_worked_with(
    path: Path, whole: Whole, changed: dict[str, Any]
) -> None:
    options = whole.data["options"] | changed.pop("options", {})
    (path / layout.RECORD).write_text(json.dumps({**whole.data, **changed, "options": options}))
    run = gn.open_run(path)
    for ask in (run.table_rows, lambda: run.model, lambda: run.training_path(2)):
        with pytest.raises(gn.GlassnetError, match="run.json: is the record of another run"):
            ask()


@pytest.mark.parametrize("name", ["/dev/zero", "pipe"])
def test_a_table_that_is_no_file_is_not_read(path: Path, whole: Whole, name: str) -> None:
    os.mkfifo(path / "pipe")
    table = str(path / name)
    (path / layout.RECORD).write_text(json.dumps({**whole.data, "table": table}))
    message = f"{table}: is a pipe, a socket or a device, not a file"
    with pytest.raises(gn.GlassnetError, match=message):
        gn.open_run(path).table_rows()
    assert message in refused("explain", str(path))


@pytest.mark.parametrize("name", [layout.RECORD, layout.ROWS, layout.PREDICTIONS])
def test_its_files_must_be_regular(path: Path, name: str) -> None:
    (path / name).unlink()
    os.mkfifo(path / name)

    def read() -> Any:
        run = gn.open_run(path)
        return run.rows, run.predictions

    with pytest.raises(gn.GlassnetError, match=f"{name}: is a pipe, a socket or a device"):
        read()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rows.csv", "", "is empty"),
        ("rows.csv", "row\n1\n", "has not the columns row, part"),
        ("rows.csv", "row,part\n1,train,\n", "row 1 has 3 cells, and should have 2"),
        ("rows.csv", "row,part\n0,train\n", "column 'row', row 1: '0' is not the number of a row"),
        ("rows.csv", "row,part\n1,test\n", "'test' is not one of train, validation, holdout"),
        ("rows.csv", "row,part\n1,train\n1,train\n", "a row stands twice"),
        ("rows.csv", "row,part\n1,train\n", "the rows are not as many as run.json says"),
        ("rows.csv", 'row,part\n1,"train\n', "cannot be read"),
        ("rows.csv", "row,part\n1,tr\udcffain\n", "cannot be read"),
        ("predictions.csv", "row\nx\n", "has not the columns row, actual, prediction"),
        ("predictions.csv", "-5,no,no,0.5,0.5", "'-5' is not the number of a row"),
        ("predictions.csv", "9999999999999999999999,no,no,0.5,0.5", "is not the number of a row"),
        ("predictions.csv", "1.0,no,no,0.5,0.5", "'1.0' is not the number of a row"),
        ("predictions.csv", "1,maybe,no,0.5,0.5", "column 'actual', row 1: 'maybe' is not one of"),
        ("predictions.csv", "1,no,no,half,0.5", "'half' is not a number"),
        ("predictions.csv", "1,no,no,0.5,0.5", "the rows are not as many as run.json says"),
    ],
)
def test_a_cell_that_is_wrong_is_named(
    path: Path, whole: Whole, name: str, text: str, message: str
) -> None:
    if text[:1] in "-0123456789" and text:
        text = whole.texts[name].split("\n")[0] + f"\n{text}\n"
    (path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    run = gn.open_run(path)
    with pytest.raises(gn.GlassnetError, match=message) as caught:
        _ = run.rows, run.predictions
    assert str(caught.value).startswith(f"{path / name}: ")


def test_a_row_beyond_the_table_is_named(path: Path, whole: Whole) -> None:
    lines = whole.texts[layout.PREDICTIONS].split("\n")
    lines[2] = "61" + lines[2][lines[2].index(",") :]
    (path / layout.PREDICTIONS).write_text("\n".join(lines))
    with pytest.raises(gn.GlassnetError, match="there is no row 61: the table has 60"):
        gn.open_run(path).scored_rows()
    assert "there is no row 61" in refused("plot", "confusion", str(path), "--out", "c.svg")
