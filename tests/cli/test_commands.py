"""The commands as a user runs them, on real tables: in this process and in ones of their own."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from in_process import run

import glassnet as gn
from glassnet import article
from glassnet.training.engines.registry import ENGINES

DATA = Path(__file__).parents[2] / "examples" / "data"
QUICK = ["--epochs", "3", "--hidden", "8"]
RUN_FILES = {
    "model.safetensors",
    "history.csv",
    "rows.csv",
    "predictions.csv",
    "run.json",
    "loss.svg",
    "network.svg",
    "report.html",
}
DEMO_FILES = RUN_FILES - {"report.html"} | {"loss.png"}


def glassnet(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess:
    """The command in a process of its own; its output as text."""
    done = subprocess.run(
        [sys.executable, "-m", "glassnet", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_demo_prints_plots_and_draws(folder: Path) -> None:
    done = glassnet("demo", "--out", "run")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for text in (
        "0.018",
        "0.980",
        "0.976",
        "0.024",
        "0.017",
        "0.975",
        "0.982",
        "predicted",
        "actual",
        "1.4358854672",
        "seed",
    ):
        assert text in done.stdout
    assert files_in(folder / "run") == DEMO_FILES
    history = rows_of((folder / "run" / "history.csv").read_text())
    assert len(history) == 1500
    assert (history[0]["iteration"], float(history[-1]["loss"])) == (
        "1",
        pytest.approx(0.0018732600964096436, rel=1e-12),
    )
    for picture in ("loss.svg", "network.svg"):
        assert ElementTree.parse(folder / "run" / picture).getroot().tag.endswith("svg")
    assert (folder / "run" / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_demo_json_is_one_object_and_writes_nothing(
    folder: Path, article_oracle: dict[str, Any]
) -> None:
    done = glassnet("demo", "--json", "--seed", "3")
    assert done.returncode == 0, done.stderr
    found, oracle = json.loads(done.stdout), article_oracle["runs"]["3"]
    names = ["predicted", "predicted_after_update", "actual", "loss", "initial_weights", "weights"]
    assert list(found) == [*names, "engine"]
    assert found["actual"] == [0, 1, 1, 0]
    assert found["engine"] in ("numpy", "native")
    assert len(found["loss"]) == 1500
    assert np.ravel(found["initial_weights"][0]).tolist() == oracle["initial_w1"]
    assert np.shape(found["initial_weights"][1]) == np.shape(found["weights"][1]) == (4, 1)
    np.testing.assert_allclose(found["predicted"], oracle["predicted"], rtol=1e-12)
    np.testing.assert_allclose(np.ravel(found["weights"][0]), oracle["w1"], rtol=1e-11)
    assert not files_in(folder)


def test_demo_json_with_out_writes_too(folder: Path) -> None:
    done = run(
        "demo",
        "--json",
        "--out",
        "deep/run",
        "--iterations",
        "7",
        "--rng",
        "numpy",
        "--engine",
        "numpy",
    )
    assert done.code == 0, done.err
    assert len(json.loads(done.out)["loss"]) == 7
    assert files_in(folder / "deep" / "run") == DEMO_FILES


def test_demo_never_overwrites(folder: Path) -> None:
    for expected in ("demo", "demo-2", "demo-3"):
        assert run("demo", "--iterations", "2").code == 0
        assert (folder / "runs" / expected / "model.safetensors").exists()
    again = run("demo", "--out", "runs/demo")
    assert again.code == 2
    assert "runs/demo: already exists" in again.err


def test_the_demos_model_predicts_new_rows(folder: Path) -> None:
    run("demo", "--out", "run")
    (folder / "new.csv").write_text(
        "x3,x2,x1\n" + "".join(f"{c},{b},{a}\n" for a, b, c in article.NEW_ROWS)
    )
    done = glassnet("predict", "run", "new.csv")
    assert done.returncode == 0, done.stderr
    start = gn.initialize(article.article_network(), "uniform", seed=1, rng="r")
    trained = gn.train(
        article.article_network(),
        start,
        article.X,
        article.Y,
        optimizer=gn.GradientDescent(1.0),
        epochs=1500,
    )
    expected = gn.feedforward(
        article.article_network(), trained.parameters, article.NEW_ROWS
    ).output.ravel()
    np.testing.assert_allclose(
        [float(row["prediction"]) for row in rows_of(done.stdout)], expected, rtol=1e-12
    )
    shown = glassnet("show", "run").stdout
    assert "3-4-1 sigmoid" in shown
    assert f"{trained.parameters.weights[1][0, 0]:.6g}" in shown


@pytest.mark.parametrize(
    ("table", "targets", "task", "scores"),
    [
        ("penguins.csv", ["species"], "multiclass", ["accuracy", "balanced_accuracy", "log_loss"]),
        ("penguins.csv", ["sex"], "binary", ["accuracy", "balanced_accuracy", "log_loss", "auc"]),
        ("cars.csv", ["miles_per_gallon"], "regression", ["rmse", "mae", "r2"]),
        ("penguins.csv", ["bill_length_mm", "bill_depth_mm"], "regression", ["rmse", "mae", "r2"]),
        (
            "breast_cancer.csv",
            ["diagnosis"],
            "binary",
            ["accuracy", "balanced_accuracy", "log_loss", "auc"],
        ),
    ],
)
def test_train_predict_show(
    folder: Path, table: str, targets: list[str], task: str, scores: list[str]
) -> None:
    wanted = [part for target in targets for part in ("--target", target)]
    done = run("train", str(DATA / table), *wanted, "--epochs", "20", "--out", "run")
    assert done.code == 0, done.err
    assert f"Task: {task}" in done.out
    assert all(score in done.out for score in scores)
    assert files_in(folder / "run") == RUN_FILES | {"scored.safetensors"}
    record = json.loads((folder / "run" / "run.json").read_text())
    assert record["options"]["task"] == task
    assert record["scores"].keys() == set(targets)
    held_out = rows_of((folder / "run" / "predictions.csv").read_text())
    assert len(held_out) == record["rows"]["holdout"] > 50
    assert len(rows_of((folder / "run" / "history.csv").read_text())) == record["epochs_run"]

    frame = pl.read_csv(DATA / table, null_values=["NA", ""]).drop(targets)
    frame.write_csv(folder / "new.csv")
    predicted = run("predict", "run", "new.csv", "--out", "predicted.csv")
    assert predicted.code == 0, predicted.err
    assert predicted.out == ""
    found = rows_of((folder / "predicted.csv").read_text())
    assert len(found) == frame.height
    names = [f"prediction_{t}" for t in targets] if len(targets) > 1 else ["prediction"]
    assert set(names) <= set(found[0])
    if task != "regression":
        assert sum(
            float(v) for name, v in found[0].items() if name.startswith("probability_")
        ) == pytest.approx(1)
    scored = run("predict", "run/scored.safetensors", "new.csv")
    before = rows_of(scored.out)
    for row in held_out:  # the run's own predictions are those of the model that was scored
        assert row[names[0]] == before[int(row["row"]) - 1][names[0]]
        actual = row["actual" if len(targets) == 1 else f"actual_{targets[0]}"]
        assert actual != ""

    shown = run("show", "run")
    assert shown.code == 0, shown.err
    assert all(score in shown.out for score in scores)
    assert all(column in shown.out for column in frame.columns[:3])


def test_a_run_can_be_repeated_from_its_record(folder: Path) -> None:
    run(
        "train",
        str(DATA / "penguins.csv"),
        "--target",
        "sex",
        *QUICK,
        "--seed",
        "7",
        "--dropout",
        "0.1",
        "--out",
        "run",
    )
    record = json.loads((folder / "run" / "run.json").read_text())
    model = gn.train_table(record["table"], record["target"], **record["options"])
    assert model.scores == record["scores"]
    again = gn.load("run").joined()
    np.testing.assert_array_equal(model.joined().parameters.weights[0], again.parameters.weights[0])


def test_every_format_trains_the_same(folder: Path) -> None:
    frame = pl.read_csv(DATA / "cars.csv", try_parse_dates=True)
    frame.write_parquet("cars.parquet")
    frame.write_ipc("cars.arrow")
    frame.write_ndjson("cars.jsonl")
    frame.write_csv("cars.tsv", separator="\t")
    frame.write_csv("cars.csv")
    scores = []
    for name in ("cars.csv", "cars.tsv", "cars.parquet", "cars.arrow", "cars.jsonl"):
        wanted = ["--target", "miles_per_gallon", "--no-report"]
        done = run("train", name, *wanted, *QUICK, "--json")
        assert done.code == 0, done.err
        scores.append(json.loads(done.out)["scores"])
    assert all(score == scores[0] for score in scores)
    assert files_in(folder / "runs") == {"cars", "cars-2", "cars-3", "cars-4", "cars-5"}


def test_standard_input_and_output(folder: Path) -> None:
    data = (DATA / "penguins.csv").read_bytes()
    wanted = ["--target", "species", "--quiet", "--no-report"]
    done = glassnet("train", "-", *wanted, *QUICK, stdin=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    predicted = glassnet("predict", "runs/stdin", "-", stdin=data)
    assert len(rows_of(predicted.stdout)) == 344


def test_every_option_of_train(folder: Path) -> None:
    options = {
        "--members": "2",
        "--task": "multiclass",
        "--hidden": "9,7",
        "--activation": "relu,tanh",
        "--loss": "sum_of_squares",
        "--l1": "0.0001",
        "--optimizer": "nesterov",
        "--learning-rate": "0.01",
        "--schedule": "four_cycles",
        "--average": "0.1",
        "--batch-size": "32",
        "--l2": "0.001",
        "--epochs": "8",
        "--patience": "2",
        "--dropout": "0.1",
        "--seed": "4",
        "--dtype": "float32",
        "--engine": "numpy",
        "--validation": "0.25",
        "--holdout": "0.3",
        "--category": "year",
        "--ignore": "island",
        "--out": "run",
        "--decay": "0.1",
    }
    done = run(
        "train",
        str(DATA / "penguins.csv"),
        "--target",
        "species",
        "--json",
        "--no-report",
        *(part for pair in options.items() for part in pair),
    )
    assert done.code == 0, done.err
    record = json.loads(done.out)
    one = "13-9-7-3 relu, tanh, softmax, sum_of_squares, biases, 220 weights"
    assert record["network"] == f"2 networks of {one} each"
    assert (record["members"], record["trained_on"], len(record["best_epochs"])) == (
        2,
        "all rows but those that validate its epochs",
        2,
    )
    assert "categories: 2007, 2008, 2009" in record["inputs"]["year"]
    assert "island" not in record["inputs"]
    assert sum(record["rows"].values()) == 344
    assert record["rows"]["holdout"] == pytest.approx(0.3 * 344, abs=3)
    assert record["rows"]["validation"] == pytest.approx(0.25 * 0.7 * 344, abs=3)
    for name, value in options.items():
        key = name[2:].replace("-", "_")
        if key in record["options"] and key not in ("hidden", "activation", "category", "ignore"):
            assert str(record["options"][key]) == value


def test_four_rows_train_when_none_are_held_out(folder: Path) -> None:
    (folder / "xor.csv").write_text("a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n")
    done = run(
        "train",
        "xor.csv",
        "--target",
        "y",
        "--holdout",
        "0",
        "--validation",
        "0",
        "--task",
        "binary",
        "--no-report",
    )
    assert done.code == 0, done.err
    assert "rows trained on (none were held out)" in done.out


def test_help_and_version() -> None:
    for command in ("demo", "train", "predict", "show"):
        assert command in run("--help").out
        assert run(command, "--help").code == 0
    assert glassnet("--version").stdout == f"glassnet {gn.__version__}\n"
    verbose = glassnet("--version", "--verbose").stdout
    assert verbose.startswith(f"glassnet {gn.__version__}\npython 3.")
    for name, engine in ENGINES.items():
        assert f"{name} engine: {engine.why_unavailable() or engine.describe()}" in verbose
    assert glassnet().returncode == 2


def test_no_colour_and_no_bar_where_there_is_no_terminal(folder: Path) -> None:
    # the defaults: of a network that learns less than a linear model it would be said
    done = glassnet("train", str(DATA / "penguins.csv"), "--target", "species", "--no-report")
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_ctrl_c_before_anything_is_learnt_says_so_and_writes_nothing(folder: Path) -> None:
    rows = "".join(f"{i % 97},{i % 89},{i % 7}.5\n" for i in range(20_000))
    (folder / "big.csv").write_text("a,b,y\n" + rows)
    arguments = [
        "train",
        "big.csv",
        "--target",
        "y",
        "--batch-size",
        "1",
        "--hidden",
        "256,256",
        "--engine",
        "numpy",
    ]  # an epoch takes many seconds
    process = subprocess.Popen(
        [sys.executable, "-m", "glassnet", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, b"")
    assert error.decode() == "glassnet: stopped by Ctrl-C; nothing was written\n"
    assert files_in(folder) == {"big.csv"}


def test_what_the_system_refuses_is_one_line(folder: Path) -> None:
    (folder / "t.csv").write_bytes((DATA / "penguins.csv").read_bytes())
    long = "x" * 300
    for arguments in (
        ["train", "t.csv", "--target", "sex", *QUICK, "--out", long],
        ["show", long],
        ["train", f"{long}.csv", "--target", "y"],
    ):
        done = run(*arguments)
        assert done.code == 2
        assert done.err.startswith("glassnet: ")
        assert done.err.count("\n") == 1
    done = run("train", "t.csv", "--target", "sex", *QUICK, "--out", "t.csv/run")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert files_in(folder) == {"t.csv"}


def test_an_empty_folder_can_be_filled(folder: Path) -> None:
    done = run("demo", "--iterations", "3", "--out", ".")
    assert done.code == 0, done.err
    assert files_in(folder) == DEMO_FILES
