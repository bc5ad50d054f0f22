"""`glassnet study`: what it writes and says, how it goes on, and what is wrong in one line."""

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from in_process import refused, run

import glassnet as gn
from glassnet.runs.study_folder import (
    LOSSES_PICTURE,
    NETWORKS_TABLE,
    PREDICTIONS_PICTURE,
    SOLUTIONS_PICTURE,
    STUDY_FILE,
    STUDY_FILES,
)

SMALL = ["study", "t.csv", "--target", "y", "--networks", "6", "--hidden", "3", "--epochs", "9"]


@pytest.fixture
def table(folder: Path) -> Path:
    lines = [f"{i},{'uvw'[i % 3]},{(i % 7) * 1.5}" for i in range(60)]
    (folder / "t.csv").write_text("a,b,y\n" + "\n".join(lines) + "\n")
    return folder


def test_the_articles_problem(folder: Path) -> None:
    ran = run("study", "--networks", "300")
    assert (ran.code, ran.err) == (0, "")
    assert sorted(path.name for path in (folder / "runs" / "study").iterdir()) == sorted(
        STUDY_FILES
    )
    study = gn.load_study("runs/study/study.safetensors")
    assert len(study) == 300
    for text in (
        "300 networks on the article's problem: 3-4-1",
        f"Stuck above {study.stuck_above:.4g}: {study.stuck.sum()} of 300",
        "How many reach which loss, and when",
        "Kinds of solution, hidden nodes matched up to order and sign",
        "The article's printed table has the loss 0.001814: lower than",
        "Predicted to all its digits by 1 of 300 (0.333 %): seed 184.",
        "gn.load_study('runs/study/study.safetensors')",
    ):
        assert text in ran.out
    with open("runs/study/networks.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == study.losses.tolist()
    assert [int(row["seed"]) for row in rows] == list(range(1, 301))
    for name in (LOSSES_PICTURE, PREDICTIONS_PICTURE, SOLUTIONS_PICTURE):
        assert (folder / "runs" / "study" / name).read_text().lstrip().startswith("<?xml")


def test_a_table_of_ours(table: Path) -> None:
    ran = run(*SMALL)
    assert (ran.code, ran.err) == (0, "")
    assert "6 networks on t.csv: 5-3-1" in ran.out or "6 networks on t.csv" in ran.out
    assert "Scores on the held-out rows, over the networks" in ran.out
    assert "The article" not in ran.out
    study = gn.load_study("runs/study-t/study.safetensors")
    again = gn.study("t.csv", "y", networks=6, hidden=3, epochs=9)
    assert np.array_equal(study.losses, again.losses)


def test_json_is_everything(folder: Path) -> None:
    ran = run("study", "--networks", "40", "--learning-rate", "10", "--json", "--out", "s")
    found = json.loads(ran.out)
    study = gn.study(networks=40, learning_rate=10.0)
    assert found["loss"] == study.losses.tolist()
    assert found["stuck"] == study.stuck.sum()
    assert found["article"] is None
    assert found["origin"]["learning_rate"] == 10.0
    assert [one["networks"] for one in found["reached"]] == [
        one.networks for one in study.reached()
    ]
    assert len(found["differences"]) == len(study.differences())
    quiet = run("study", "--networks", "3", "--quiet", "--out", "q")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert json.loads(run("study", "--networks", "184", "--json").out)["article"]["same_seeds"] == [
        184
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "y"], "--target is for a table of yours"),
        (["t.csv"], "--target is missing: name the column of t.csv"),
        (["none.csv", "--target", "y"], "none.csv: no such file"),
        (["t.csv", "--target", "z"], "unknown target column 'z'"),
        (["t.csv", "--target", "y", "--bias"], "--bias is for the article's problem"),
        (["t.csv", "--target", "y", "--iterations", "9"], "use --epochs"),
        (["t.csv", "--target", "y", "--members", "2"], "No such option '--members'"),
        (["t.csv", "--target", "y", "--effort", "best"], "No such option '--effort'"),
        (["--epochs", "9"], "has no 'epochs': give a table, or one of hidden"),
        (["--rng", "x"], "unknown --rng 'x'"),
        (["--networks", "0"], "--networks must be a whole number"),
        (["--iterations", "0"], "--iterations must be a whole number"),
        (["--hidden", "a"], "--hidden must be whole numbers"),
        (["--engine", "x"], "engine"),
        (["--out", "-"], "standard output is not"),
        (["--out", "t.csv"], "t.csv: already exists"),
        (["--checkpoint", "no/where"], "there is no folder no"),
        (["--checkpoint", "t.csv"], "t.csv: is not a study file"),
        (["--networks", "many"], "Invalid value for '--networks'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(table: Path, arguments: list[str], said: str) -> None:
    before = sorted(table.rglob("*"))
    assert said in refused("study", *arguments)
    assert sorted(table.rglob("*")) == before


def test_a_study_is_replaced_as_a_whole(table: Path) -> None:
    assert run(*SMALL).code == 0
    assert run(*SMALL).code == 0
    assert run(*SMALL, "--overwrite").code == 0
    assert sorted(path.name for path in (table / "runs").iterdir()) == ["study-t", "study-t-2"]
    (table / "runs" / "study-t" / "mine").write_text("precious")
    assert "holds mine" in refused(*SMALL, "--overwrite")


def test_it_goes_on_from_a_checkpoint(table: Path) -> None:
    assert run(*SMALL, "--checkpoint", "c").code == 0
    more = run(*SMALL, "--networks", "9", "--checkpoint", "c")
    assert "9 networks on t.csv" in more.out
    whole = gn.study("t.csv", "y", networks=9, hidden=3, epochs=9)
    assert np.array_equal(gn.load_study("c").losses, whole.losses)
    assert "hidden was [3], and is [4]" in refused(*SMALL, "--checkpoint", "c", "--hidden", "4")


def test_ctrl_c_keeps_what_there_is(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "glassnet", "study", "--networks", "2000000", "--checkpoint", "c"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(12)  # networks enough to keep, also beside other programs
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, (out, err)
    assert "stopped by Ctrl-C; " in err
    assert "without pictures" in err
    study = gn.load_study(folder / "runs" / "study" / STUDY_FILE)
    assert 0 < len(study) < 2_000_000
    assert study.planned == 2_000_000
    assert f"{len(study):,} networks" in out
    assert len(gn.load_study(folder / "c")) == len(study)
    assert (folder / "runs" / "study" / NETWORKS_TABLE).exists()
    assert not (folder / "runs" / "study" / LOSSES_PICTURE).exists()
