"""`glassnet explain` as a user runs it: every format, the article's steps, tables of every kind."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from in_process import refused, run

import glassnet as gn
from glassnet import article

DATA = Path(__file__).parents[2] / "examples" / "data"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the article's run, one of penguins, and one from standard input."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copy(DATA / "penguins.csv", folder / "penguins.csv")
    assert run("demo", "--out", str(folder / "demo")).code == 0
    quick = [
        "--target",
        "species",
        "--epochs",
        "2",
        "--hidden",
        "5",
        "--members",
        "2",
        "--no-report",
        "--quiet",
    ]
    assert (
        run("train", str(folder / "penguins.csv"), *quick, "--out", str(folder / "penguins")).code
        == 0
    )
    arguments = [
        sys.executable,
        "-m",
        "glassnet",
        "train",
        "-",
        *quick,
        "--out",
        str(folder / "stdin"),
    ]
    subprocess.run(arguments, input=(DATA / "penguins.csv").read_bytes(), check=True)
    return folder


def numbers(text: str) -> dict[str, float]:
    """Every number of a JSON explanation by its id."""
    found: dict[str, float] = {}

    def walk(part: object) -> None:
        if isinstance(part, dict):
            if "id" in part:
                found[part["id"]] = part["value"]
            list(map(walk, part.values()))
        elif isinstance(part, list):
            list(map(walk, part))

    walk(json.loads(text))
    return found


@pytest.mark.parametrize("iteration", [1, 2, 700, 1500])
def test_a_step_of_the_article_as_it_happened(runs: Path, iteration: int) -> None:
    ran = run(
        "explain",
        str(runs / "demo"),
        "--iteration",
        str(iteration),
        "--backward",
        "--format",
        "json",
    )
    assert ran.code == 0, ran.err
    found = numbers(ran.out)
    network = article.article_network()
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    trained = gn.train(
        network, start, article.X, article.Y, optimizer=gn.GradientDescent(1.0), epochs=iteration
    )
    assert found["E"] == pytest.approx(trained.history.iteration_loss[iteration - 1], rel=1e-12)
    for layer, w in enumerate(trained.parameters.weights, 1):
        for (i, j), value in np.ndenumerate(w):  # the weights that this iteration left behind
            assert found[f"w{layer}.{i + 1}.{j + 1}.new"] == pytest.approx(value, rel=1e-11)
    assert {f"r{n}.a2.1" for n in (1, 2, 3, 4)} <= set(found)


def test_one_row_of_a_step_and_what_is_said_of_the_others(runs: Path) -> None:
    ran = run("explain", str(runs / "demo"), "--iteration", "1", "--row", "2", "--backward")
    assert ran.code == 0, ran.err
    assert "Iteration 1 of 3-4-1 sigmoid" in ran.out
    assert "Of the batch's other rows (1, 3, 4)" in ran.out
    assert "\nrow 2\n" in ran.out
    assert "\nrow 1\n" not in ran.out
    assert ran.out.count("row 4, x1·δ1.1") == 1
    assert "learning rate 1." in " ".join(ran.out.split())  # wherever the lines are broken
    assert "\x1b" not in ran.out


def test_the_rows_of_the_run_and_those_of_a_table_are_the_same(runs: Path) -> None:
    path = str(runs / "penguins")
    own = run("explain", path, "--row", "4", "--row", "9", "--backward", "--format", "json")
    assert own.code == 0, own.err
    assert (
        own.out
        == run(
            "explain",
            path,
            str(DATA / "penguins.csv"),
            "--row",
            "4",
            "--row",
            "9",
            "--backward",
            "--format",
            "json",
        ).out
    )
    model = gn.load(path)
    found = numbers(own.out)
    shares = model.predict_proba(DATA / "penguins.csv")[[3, 8]]
    for n, row in enumerate((4, 9)):
        assert [found[f"r{row}.t1.p{k}"] for k in (1, 2, 3)] == pytest.approx(
            shares[n].tolist(), rel=1e-12
        )
    assert "row 1" in run("explain", str(runs / "penguins" / "model.safetensors")).out


def test_a_table_on_standard_input(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(runs / "penguins")
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO((DATA / "penguins.csv").read_bytes()))
    )
    piped = run("explain", path, "-", "--row", "4", "--backward")
    assert piped.code == 0, piped.err
    assert piped.out == run("explain", path, "--row", "4", "--backward").out


def test_every_format_and_out(runs: Path, folder: Path) -> None:
    path = str(runs / "penguins")
    of_each_member = run("explain", path, "--node", "1.3", "--digits", "7").out
    assert of_each_member.count("Node 1.3") == of_each_member.count("\nMember ") == 2
    assert "Node 1.5" in run("explain", path, "--node", "all").out
    assert run("explain", path, "--format", "md").out.startswith("# row 1: species = ")
    assert run("explain", path, "--format", "html").out.startswith("<!doctype html>")
    ran = run("explain", path, "--format", "html", "--out", "page.html")
    assert (ran.code, ran.out) == (0, "")
    assert (folder / "page.html").read_text(encoding="utf-8") == run(
        "explain", path, "--format", "html"
    ).out
    assert "page.html: already exists" in refused("explain", path, "--out", "page.html")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--row", "345"], "--row 345: the table has rows 1 to 344"),
        (["--row", "0"], "--row 0"),
        (["--row", "x"], "'x' is not a valid integer"),
        (["--node", "1"], "--node 1: give LAYER.NODE, both from 1, such as 1.5, or all"),
        (["--node", "1.99"], "node 1.99 is not in the network"),
        (["--node", "0.1"], "node 0.1 is not in the network"),
        (["--digits", "0"], "digits must be from 1 to 17, got 0"),
        (["--format", "htm"], "unknown --format 'htm': did you mean 'html'?"),
        (["--iteration", "3"], "--iteration is for a run of `glassnet demo`"),
        (["nothing.csv"], "nothing.csv: no such file"),
        (["--out", "no/such/x.md"], "there is no folder no/such to write into"),
        (["--what-if", "year"], "--what-if year: give COLUMN=VALUE, as in island=+2"),
        (["--what-if", "yaer=1"], "unknown column 'yaer': did you mean 'year'?"),
        (["--what-if", "year=old"], "--what-if year=old: it is no number as the table has them"),
        (["--what-if", "year=1", "--what-if", "year=2"], "column 'year' is given twice"),
        (["--worst", "0"], "--worst must be 1 or more, got 0"),
        (["--worst", "1", "--row", "2"], "--worst finds rows of the run itself: leave --row out"),
        (["--model", "best"], "unknown --model 'best': "),
        (["--member", "1"], "--member goes with --hidden-nodes"),
        (["--hidden-nodes", "--member", "3"], "--member 3: the model's members are 1 to 2"),
        (["--hidden-nodes", "--member", "0"], "--member 0: the model's members are 1 to 2"),
        (["--hidden-nodes", "--row", "1"], "looks at all rows of the table: leave --row out"),
        (["--hidden-nodes", "--backward"], "looks at all rows of the table: leave --backward out"),
        (["--hidden-nodes", "--node", "1.6"], "--node 1.6: the hidden nodes are 1.1 to 1.5"),
        (["--hidden-nodes", "--node", "2.1"], "--node 2.1: the hidden nodes are 1.1 to 1.5"),
        (["--hidden-nodes", "--format", "html"], "written as text or json, not as html"),
    ],
)
def test_wrong_arguments(runs: Path, folder: Path, arguments: list[str], message: str) -> None:
    assert message in refused("explain", str(runs / "penguins"), *arguments)
    assert not list(folder.iterdir())


def test_wrong_iterations(runs: Path) -> None:
    for iteration in ("0", "1501"):
        assert "--iteration must be from 1 to 1500" in refused(
            "explain", str(runs / "demo"), "--iteration", iteration
        )
    assert "leave TABLE out" in refused(
        "explain", str(runs / "demo"), str(DATA / "cars.csv"), "--iteration", "1"
    )


def test_a_table_that_is_gone_changed_or_never_was(runs: Path, folder: Path) -> None:
    assert "was trained on standard input, which is gone: give the TABLE too" in refused(
        "explain", str(runs / "stdin")
    )
    assert run("explain", str(runs / "stdin"), str(DATA / "penguins.csv")).code == 0
    (folder / "alone").mkdir()
    shutil.copy(runs / "penguins" / "model.safetensors", folder / "alone")
    assert "is not a run folder of `glassnet train`" in refused("explain", "alone")
    shutil.copytree(runs / "penguins", folder / "copy")
    record = json.loads((folder / "copy" / "run.json").read_text())
    (folder / "table.csv").write_text(
        (DATA / "penguins.csv").read_text() + "Adelie,Dream,1,2,3,4,male,2007\n"
    )
    (folder / "copy" / "run.json").write_text(
        json.dumps({**record, "table": str(folder / "table.csv")})
    )
    assert "was changed after this run" in refused("explain", "copy")
    assert run("explain", "copy", "table.csv", "--row", "345").code == 0
    (folder / "table.csv").unlink()
    assert "is not there any more: give the TABLE too" in refused("explain", "copy")


def test_a_table_without_targets(runs: Path, folder: Path) -> None:
    import polars as pl

    pl.read_csv(DATA / "penguins.csv").drop("species").head(3).write_csv("new.csv")
    ran = run("explain", str(runs / "penguins"), "new.csv")
    assert ran.code == 0, ran.err
    assert "does not hold the targets of these rows, so there is no loss" in ran.out
    assert "the table lacks the target column 'species'" in refused(
        "explain", str(runs / "penguins"), "new.csv", "--backward"
    )


def test_what_if_as_it_is_typed(runs: Path) -> None:
    path = str(runs / "penguins")
    changes = ["--what-if", "bill_length_mm=+2", "--what-if", "island=Dream", "--what-if", "sex="]
    ran = run("explain", path, "--row", "2", *changes, "--format", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)["rows"][0]["what_if"]
    assert [(one["name"], one["after"]) for one in found["cells"]] == [
        ("bill_length_mm", "41.5"),
        ("island", "Dream"),
        ("sex", "missing"),
    ]
    text = run("explain", path, "--row", "2", *changes).out
    assert "row 2, what if bill_length_mm 41.5 (not 39.5), island Dream (not Torgersen), " in text
    assert found["sentences"][0] in text


def test_the_terminal_says_how_long_lines_are(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    longest: dict[str, int] = {}
    for columns in ("80", "120", ""):
        monkeypatch.setenv("COLUMNS", columns)
        text = run("explain", str(runs / "penguins"), "--row", "2", "--whole").out
        longest[columns] = max(map(len, text.splitlines()))
    assert longest["80"] <= 80 < longest[""] <= 100 < longest["120"] <= 120


@pytest.fixture(scope="module")
def refit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose model was trained again on all rows, after its scores."""
    path = tmp_path_factory.mktemp("refit") / "cars"
    quick = ["--epochs", "8", "--hidden", "6", "--members", "2", "--no-report", "--quiet"]
    target = ["--target", "miles_per_gallon"]
    ran = run("train", str(DATA / "cars.csv"), *target, *quick, "--out", str(path))
    assert ran.code == 0, ran.err
    assert gn.open_run(path).model.record.refit
    return path


def explained(path: Path, *arguments: str) -> dict[str, object]:
    ran = run("explain", str(path), *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_a_row_that_was_held_out_is_explained_by_the_model_that_had_not_seen_it(
    refit: Path,
) -> None:
    opened = gn.open_run(refit)
    holdout, trained = (int(opened.rows[part][0]) for part in ("holdout", "train"))
    by = {"scored": opened.scored_model, "final": opened.model}
    predictions = {name: model.predict(DATA / "cars.csv") for name, model in by.items()}
    for row, which, expected in (
        (holdout, None, "scored"),
        (holdout, "final", "final"),
        (trained, None, "final"),
        (trained, "scored", "scored"),
    ):
        options = [] if which is None else ["--model", which]
        found = explained(refit, "--row", str(row + 1), *options)
        (summary,) = found["rows"][0]["summary"]
        assert summary["predicted"] == pytest.approx(predictions[expected][row], rel=1e-9)
        note = str(found["model_note"])
        assert (f"Row {row + 1} was held out" in note) == (row == holdout)
        assert ("--model" in note) == (row == holdout or which == "scored")
    both = run("explain", str(refit), "--row", str(holdout + 1), "--row", str(trained + 1)).out
    said = " ".join(both.split())
    assert "This is the model that the scores are of (scored.safetensors)" in said
    table = run("explain", str(refit), str(DATA / "cars.csv"), "--model", "scored").out
    assert table.startswith("row 1: predicted miles_per_gallon")


def test_the_rows_predicted_worst(refit: Path, runs: Path) -> None:
    opened = gn.open_run(refit)
    found = opened.predictions
    errors = np.abs(np.array(found["actual"]) - np.array(found["prediction"]))
    worst = [found["row"][i] for i in np.argsort(-errors)[:3]]
    rows = explained(refit, "--worst", "3")["rows"]
    assert [row["name"] for row in rows] == [f"row {number}" for number in worst]
    found = gn.open_run(runs / "penguins").predictions
    wrong = [
        number
        for number, actual, predicted in zip(
            found["row"], found["actual"], found["prediction"], strict=True
        )
        if actual != predicted
    ]
    whole = explained(runs / "penguins", "--worst", str(len(wrong) + 1))
    assert whole["opening"][0].startswith(f"Only {len(wrong)} of the {len(found['row'])} held-out ")
    names = [row["name"] for row in whole["rows"]]
    for row in whole["rows"]:
        assert row["outside"][-1].startswith("Most like it of the rows trained on: row ")
    assert {f"row {number}" for number in wrong} == set(names[:-1])
    told = " ".join(run("explain", str(runs / "penguins"), "--worst", "1").out.split())
    assert ": wrong" in told[: told.index("What each column contributed")]
