"""A run folder, written and opened again: nothing is lost, the demo's is like any other."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_process import run as command
from small_models import TABLE

import glassnet as gn
from glassnet import article
from glassnet.recipe.options import ResolvedOptions, options_from
from glassnet.recipe.run import run_table
from glassnet.runs import layout
from glassnet.runs.folder import new_run, write_run
from glassnet.runs.record import RunRecord, read_record, record_of_table
from glassnet.runs.sources import SOURCES

DATA = Path(__file__).parents[2] / "examples" / "data"
QUICK: dict[str, Any] = {"epochs": 3, "hidden": 3, "members": 2, "engine": "numpy"}
INPUTS = ("length", "mass", "island", "seen", "tagged")
TARGETS = [["price"], ["sold"], ["kind"], ["tagged"], ["price", "length"], ["sold", "tagged"]]


@pytest.fixture(scope="module")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> gn.RunFolder:
    """A run on a copy of the penguins, which have rows without a sex."""
    folder = tmp_path_factory.mktemp("penguins")
    table = Path(shutil.copy(DATA / "penguins.csv", folder))
    options = {**QUICK, "members": 1, "validation": 0.2, "seed": 5}
    return gn.train_run(table, "sex", folder / "run", **options)


@pytest.mark.parametrize("targets", TARGETS, ids=" and ".join)
def test_what_was_written_is_read_again(folder: Path, targets: list[str]) -> None:
    table = {name: TABLE[name] for name in dict.fromkeys([*INPUTS, *targets])}
    done = run_table(table, targets, options_from(QUICK))
    record = record_of_table(done, None)
    with new_run(folder / "run", "") as new:
        write_run(done, record, new)
    run = gn.open_run(folder / "run")
    assert run.record == record
    assert run.options == done.options
    assert run.history == done.model.history
    assert run.predictions == done.predictions
    assert [type(cell) for column in run.predictions.values() for cell in column] == [
        type(cell) for column in done.predictions.values() for cell in column
    ]
    assert run.rows.keys() == done.rows.keys()
    for part, rows in done.rows.items():
        assert run.rows[part].tolist() == sorted(done.row_numbers[rows] - 1)
    np.testing.assert_array_equal(run.model.predict(table), done.model.predict(table))


def test_a_run_from_python_is_that_of_the_command(folder: Path, penguins: gn.RunFolder) -> None:
    table = str(penguins.record.table)
    options = {**QUICK, "members": 1, "validation": 0.2, "seed": 5}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    ran = command("train", table, "--target", "sex", *words, "--no-report", "--out", "run")
    assert ran.code == 0, ran.err
    run = gn.open_run("run")
    assert run.record == penguins.record
    assert run.predictions == penguins.predictions
    assert {path.name for path in run.path.iterdir()} == {
        path.name for path in penguins.path.iterdir()
    }


def test_rows_are_numbered_in_the_table_as_it_was_given(penguins: gn.RunFolder) -> None:
    lines = Path(str(penguins.record.table)).read_text().splitlines()
    sex = [line.split(",")[-2] for line in lines[1:]]
    listed = np.concatenate(list(penguins.rows.values()))
    assert sorted(listed) == [row for row, cell in enumerate(sex) if cell in ("male", "female")]
    assert penguins.record.rows_without_target == len(sex) - len(listed) == 11
    assert [sex[row - 1] for row in penguins.predictions["row"]] == penguins.predictions["actual"]
    scored = penguins.scored_rows()
    assert len(penguins.table_rows()) == len(sex)
    predicted = penguins.model.columns_of(scored.output)["prediction"]
    assert predicted == penguins.predictions["prediction"]


def test_a_run_is_opened_by_its_model_file_too(penguins: gn.RunFolder) -> None:
    run = gn.open_run(penguins.path / layout.MODEL)
    assert (run.path, run.record) == (penguins.path, penguins.record)


def test_its_training_can_be_repeated(penguins: gn.RunFolder) -> None:
    path = penguins.training_path(3)
    assert path[-1][0] == 3
    np.testing.assert_array_equal(
        path[penguins.record.best_epochs[0] - 1][1].weights[0], penguins.model.parameters.weights[0]
    )
    with pytest.raises(gn.GlassnetError, match="is for a run of `glassnet demo`"):
        penguins.model_before(1)


def test_the_demos_run_is_an_ordinary_run(folder: Path) -> None:
    ran = command("demo", "--seed", "3", "--rng", "numpy", "--iterations", "20", "--out", "run")
    assert ran.code == 0, ran.err
    run = gn.open_run("run")
    program = article.Program(seed=3, rng="numpy", iterations=20)
    network = program.network()
    start = gn.initialize(network, "uniform", seed=3, rng="numpy")
    trained = program.run(network, engine=run.record.engine)
    assert run.record.command == ("demo", "--seed", "3", "--rng", "numpy", "--iterations", "20")
    assert run.options == ResolvedOptions(
        task="regression",
        effort="default",
        draws=0,
        members=1,
        hidden=(4,),
        activation="sigmoid",
        loss="sum_of_squares",
        optimizer="gradient_descent",
        learning_rate=1.0,
        schedule="constant",
        average=None,
        batch_size=4,
        epochs=20,
        patience=None,
        l2=0.0,
        l1=0.0,
        decay=0.0,
        dropout=0.0,
        seed=3,
        dtype="float64",
        engine="auto",
        validation=0.0,
        holdout=0.0,
        refit=False,
        teacher_weight=0.7,
        bins=0,
        class_weight=None,
        threshold=None,
        missing=None,
        decimal=None,
        date_order=None,
        categories=(),
        ignore=(),
        affine=True,
    )
    assert run.history == trained.history.table()
    assert run.rows["train"].tolist() == [0, 1, 2, 3]
    assert run.predictions["row"] == [1, 2, 3, 4]
    assert run.predictions["actual"] == list(article.Y)
    assert run.table_rows().y[:, 0].tolist() == list(article.Y)
    np.testing.assert_array_equal(run.scored_rows().x, article.X)
    np.testing.assert_array_equal(run.model.parameters.weights[0], trained.parameters.weights[0])
    np.testing.assert_array_equal(run.model_before(1).parameters.weights[0], start.weights[0])
    last = run.training_path(4)[-1][1]
    np.testing.assert_allclose(last.weights[0], trained.parameters.weights[0], rtol=1e-12)


def test_every_command_that_writes_a_run_has_a_source() -> None:
    assert set(SOURCES) == {"train", "demo"}


def test_a_record_is_json_and_back(penguins: gn.RunFolder) -> None:
    content = json.loads((penguins.path / layout.RECORD).read_text())
    assert content == json.loads(json.dumps(penguins.record.to_dict()))
    assert RunRecord.from_dict(content) == penguins.record
    assert "rng" not in content


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"options": {}}'])
def test_a_broken_record_is_one_line_that_names_it(folder: Path, text: str) -> None:
    (folder / layout.RECORD).write_text(text)
    with pytest.raises(gn.GlassnetError, match="run.json: is not the whole record") as caught:
        read_record(folder / layout.RECORD)
    assert "\n" not in str(caught.value)


def test_a_wrong_folder_is_named(folder: Path, penguins: gn.RunFolder) -> None:
    with pytest.raises(gn.GlassnetError, match="^nowhere: no such run folder$"):
        gn.open_run("nowhere")
    (folder / "empty").mkdir()
    with pytest.raises(gn.GlassnetError, match="^empty: is not a run folder"):
        gn.open_run("empty")
    shutil.copytree(penguins.path, folder / "copy")
    for name in (layout.ROWS, layout.PREDICTIONS):
        (folder / "copy" / name).unlink()
    run = gn.open_run("copy")
    with pytest.raises(gn.GlassnetError, match=r"rows.csv: is missing from this run folder"):
        _ = run.rows
    with pytest.raises(gn.GlassnetError, match=r"predictions.csv: is missing"):
        _ = run.predictions
    content = json.loads((folder / "copy" / layout.RECORD).read_text())
    (folder / "copy" / layout.RECORD).write_text(json.dumps({**content, "command": ["fly"]}))
    with pytest.raises(gn.GlassnetError, match="unknown command: 'fly'"):
        gn.open_run("copy").table_rows()


def test_a_table_that_was_no_file_is_gone(folder: Path) -> None:
    table = {"x": list(range(30)), "y": [2 * x for x in range(30)]}
    run = gn.train_run(table, "y", **QUICK)
    assert run.path == Path("runs/table")
    assert gn.train_run(table, "y", **QUICK).path == Path("runs/table-2")
    with pytest.raises(gn.GlassnetError, match="a table that was not a file, which is gone"):
        run.table_rows()


def test_nothing_is_overwritten(folder: Path, penguins: gn.RunFolder) -> None:
    (folder / "taken").mkdir()
    (folder / "taken" / "file").write_text("mine")
    with pytest.raises(gn.GlassnetError, match="taken: already exists"):
        gn.train_run(str(penguins.record.table), "sex", "taken", **QUICK)
    assert [path.name for path in (folder / "taken").iterdir()] == ["file"]


def test_a_run_replaces_a_run_when_it_may_and_nothing_else(folder: Path) -> None:
    def write(seed: int, **how: Any) -> None:
        done = run_table(TABLE, "price", options_from({**QUICK, "seed": seed}))
        with new_run("again", "", **how) as new:
            write_run(done, record_of_table(done, None), new)

    write(1)
    (folder / "again" / layout.REPORT).write_text("of the first run")
    with pytest.raises(gn.GlassnetError, match="again: already exists"):
        write(2)
    write(2, overwrite=True)
    assert gn.open_run("again").record.options.seed == 2
    assert not (folder / "again" / layout.REPORT).exists()  # it told of another run
    (folder / "again" / "notes.txt").write_text("mine")
    with pytest.raises(gn.GlassnetError, match=r"is not overwritten, because it holds notes\.txt"):
        write(3, overwrite=True)
    assert gn.open_run("again").record.options.seed == 2


def test_a_folder_that_was_there_stays_the_folder_it_is(folder: Path) -> None:
    before = folder.stat().st_ino
    gn.train_run(TABLE, "price", ".", **QUICK)
    assert folder.stat().st_ino == before
    assert gn.open_run(folder).record.target == ("price",)


def test_an_error_leaves_no_folder(folder: Path) -> None:
    for out in (None, "deep/deeper/run"):
        with pytest.raises(gn.GlassnetError, match="unknown target column"):
            gn.train_run(TABLE, "cost", out, **QUICK)
    assert not list(folder.iterdir())
