"""`glassnet search`: what it writes and says, how it goes on, and what is wrong in one line."""

import csv
import json
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from in_process import refused, run

from glassnet.runs.search_folder import SEARCH_FILES

SMALL = ["search", "t.csv", "--target", "y", "--candidates", "6", "--folds", "3", "--epochs", "5"]


@pytest.fixture
def table(folder: Path) -> Path:
    lines = [f"{i},{'uvw'[i % 3]},{(i % 7) * 1.5}" for i in range(90)]
    (folder / "t.csv").write_text("a,b,y\n" + "\n".join(lines) + "\n")
    return folder


def test_a_search(table: Path) -> None:
    ran = run(*SMALL)
    assert (ran.code, ran.err) == (0, "")
    out = table / "runs" / "search-t"
    assert sorted(path.name for path in out.iterdir()) == sorted(SEARCH_FILES)
    assert not (table / "runs" / "search-t.checkpoint").exists()
    with open(out / "leaderboard.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    losses = [float(row["loss"]) for row in rows]
    assert losses == sorted(losses)
    assert [int(row["rank"]) for row in rows] == list(range(1, 7))
    assert sorted(int(row["candidate"]) for row in rows) == list(range(6))
    for text in ("6 of 6 candidates tried", "plain", "rmse", "Next: glassnet train t.csv"):
        assert text in ran.out
    assert (out / "settings.svg").read_text().lstrip().startswith("<?xml")
    line = ran.out.splitlines()[-1].removeprefix("Next: glassnet ")
    trained = run(*shlex.split(line), "--quiet", "--no-report")
    assert (trained.code, trained.out) == (0, "")


def test_json_and_more_candidates(table: Path) -> None:
    ran = run(*SMALL, "--json")
    found = json.loads(ran.out)
    assert ran.err == ""
    assert len(found["candidates"]) == found["planned"] == 6
    assert found["origin"]["folds"] == 3
    more = run("search", "--resume", "runs/search-t", "--candidates", "8", "--json")
    assert (more.code, more.err) == (0, "")
    again = json.loads(more.out)
    assert again["planned"] == 8
    by_number = {one["number"]: one for one in again["candidates"]}
    assert [by_number[one["number"]] for one in found["candidates"]] == found["candidates"]
    assert len((table / "runs/search-t/search.jsonl").read_text().splitlines()) == 9


def test_what_is_varied(table: Path) -> None:
    varied = ["--vary", "width=2,4", "--vary", "learning-rate=0.001..0.1", "--vary", "bins=0,3"]
    ran = run(*SMALL, *varied, "--vary", "activation=relu,tanh", "--quiet", "--out", "s")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    lines = [json.loads(line) for line in (table / "s/search.jsonl").read_text().splitlines()]
    assert lines[0]["space"] == {
        "width": {"values": [2, 4]},
        "learning_rate": {"from": 0.001, "to": 0.1},
        "bins": {"values": [0, 3]},
        "activation": {"values": ["relu", "tanh"]},
    }
    for line in lines[2:]:  # the first candidate is the plain one
        settings = line["settings"]
        assert settings["width"] in (2, 4)
        assert 0.001 <= settings["learning_rate"] <= 0.1
        assert settings["bins"] in (0, 3)
        assert settings["activation"] in ("relu", "tanh")


def test_killed_and_gone_on(table: Path) -> None:
    """SIGKILL, then --resume: the leaderboard of the uninterrupted search."""
    command = [sys.executable, "-m", "glassnet", *SMALL, "--epochs", "1500", "--quiet"]
    kept = table / "runs" / "search-t.checkpoint"
    with subprocess.Popen(command) as process:
        while process.poll() is None and not (kept.exists() and kept.read_text().count("\n") >= 3):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert kept.exists()
    assert not (table / "runs" / "search-t").exists()
    resumed = run("search", "--resume", "runs/search-t", "--quiet")
    assert (resumed.code, resumed.err) == (0, "")
    assert not kept.exists()
    whole = run(*SMALL, "--epochs", "1500", "--quiet", "--out", "whole")
    assert (whole.code, whole.err) == (0, "")
    boards = [(table / name / "leaderboard.csv").read_text() for name in ("runs/search-t", "whole")]
    assert boards[0] == boards[1]


def test_stopped_by_sigint(table: Path) -> None:
    command = [sys.executable, "-m", "glassnet", *SMALL, "--epochs", "2000", "--candidates", "40"]
    kept = table / "runs" / "search-t.checkpoint"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not (kept.exists() and kept.read_text().count("\n") >= 3):
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 1
    assert "stopped by Ctrl-C; runs/search-t was written, without the picture" in said
    assert "glassnet search --resume runs/search-t goes on from there" in said
    assert (table / "runs/search-t/leaderboard.csv").is_file()
    assert kept.is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search"], "give TABLE and --target, or --resume RUN"),
        (["search", "t.csv"], "--target is missing"),
        ([*SMALL, "--vary", "width"], "--vary must be SETTING=VALUES"),
        ([*SMALL, "--vary", "widht=3"], "did you mean 'width'"),
        ([*SMALL, "--vary", "hidden=3,4"], "use depth=1,2,3 and width=16,64"),
        ([*SMALL, "--vary", "width=9..3"], "from a number to a larger one"),
        ([*SMALL, "--vary", "dropout=0,1.5"], "--dropout must be"),
        ([*SMALL, "--vary", "epochs=3,4"], "--epochs is given as 5, and searched too"),
        ([*SMALL, "--vary", "width=4", "--vary", "width=8"], "--vary has a setting twice"),
        ([*SMALL, "--folds", "1"], "--folds must be a whole number of 2 or more"),
        ([*SMALL, "--candidates", "0"], "--candidates must be"),
        ([*SMALL, "--effort", "best"], "--effort"),
        (["search", "--resume", "runs/none"], "there is no search to go on with"),
        (["search", "--resume", "runs/none", "--folds", "3"], "leave out TABLE and all options"),
        (["search", "none.csv", "--target", "y"], "none.csv: no such file"),
        (["search", "t.csv", "--target", "z"], "'z'"),
    ],
)
def test_wrong_arguments(table: Path, arguments: list[str], says: str) -> None:
    assert says in refused(*arguments)
    assert not (table / "runs").exists()


def test_a_checkpoint_of_another_search(table: Path) -> None:
    kept = table / "runs" / "search-t.checkpoint"
    kept.parent.mkdir()
    assert run(*SMALL, "--quiet", "--out", "s").code == 0
    kept.write_bytes((table / "s/search.jsonl").read_bytes())
    assert "is of another search: epochs was 5, and is 6" in refused(*SMALL, "--epochs", "6")
    assert run(*SMALL, "--epochs", "6", "--overwrite", "--quiet").code == 0


def test_overwrite_keeps_what_is_no_search(table: Path) -> None:
    """Neither a file of the user's nor a search is lost to a command that fails."""
    kept = table / "o.checkpoint"
    kept.write_text("mine\n")
    assert "is not the file of a search" in refused(*SMALL, "--out", "o", "--overwrite")
    assert kept.read_text() == "mine\n"
    assert run(*SMALL, "--quiet", "--out", "s").code == 0
    kept.write_bytes((table / "s/search.jsonl").read_bytes())
    wrong = ["search", "t.csv", "--target", "nope", "--out", "o", "--overwrite"]
    assert "'nope'" in refused(*wrong)
    assert kept.read_bytes() == (table / "s/search.jsonl").read_bytes()


def test_resume_with_fewer_loses_nothing(table: Path) -> None:
    assert run(*SMALL, "--quiet").code == 0
    before = (table / "runs/search-t/search.jsonl").read_text()
    said = refused("search", "--resume", "runs/search-t", "--candidates", "2")
    assert "holds 6 candidates already" in said
    assert "--candidates 6" in said
    assert (table / "runs/search-t/search.jsonl").read_text() == before


def test_the_plain_settings_may_be_none(table: Path) -> None:
    ran = run(*SMALL, "--candidates", "1", "--vary", "patience=1,2")
    assert ran.code == 0
    assert "--patience" not in ran.out.splitlines()[-1]
