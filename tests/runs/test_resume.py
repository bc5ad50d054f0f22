"""Runs and fits of tables that are cut short go on to the very bits: in Python and as a command."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crashing import CrashError, crash_after
from in_process import refused, run

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.model import Model
from glassnet.training import checkpoint as checkpoints
from glassnet.training.checkpoint import read_checkpoint
from glassnet.training.engines.registry import ENGINES
from glassnet.training.problem import to_vector

RANDOM = np.random.default_rng(9)
N = 140
TABLE = {
    "a": RANDOM.normal(size=N).tolist(),
    "b": RANDOM.normal(size=N).tolist(),
    "c": RANDOM.choice(["u", "v"], N).tolist(),
}
TABLE["y"] = [a * b + (c == "u") for a, b, c in zip(*TABLE.values(), strict=True)]
TABLE["kind"] = ["high" if y > 0.5 else "low" for y in TABLE["y"]]
FITS: dict[str, dict[str, Any]] = {
    "default": {"epochs": 30},
    "quick": {"effort": "quick", "epochs": 40},
    "searched": {"members": 3, "epochs": 25, "hidden": 12},
    "drawn": {"effort": "best", "draws": 2, "members": 3, "epochs": 12, "hidden": 8},
    "validated": {"validation": 0.3, "patience": 4, "members": 2, "average": 0.2, "epochs": 60},
    "classes": {"target": "kind", "ignore": "y", "epochs": 30, "threshold": "balanced"},
    "no_refit": {"refit": False, "epochs": 30, "optimizer": "rprop"},
    "numpy": {"engine": "numpy", "members": 2, "epochs": 6, "dtype": "float64", "l2": 0.01},
}


@pytest.fixture(autouse=True)
def written_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)
    monkeypatch.setattr(checkpoints, "PAUSE", 0)
    monkeypatch.setattr("glassnet.training.together.CHUNK_SECONDS", 0.0)  # an epoch at a time
    monkeypatch.setattr(ENGINES["native"], "first_chunk", 1)


def same_model(one: Model, other: Model) -> bool:
    pairs = zip(one.members, other.members, strict=True)
    return (
        all(
            np.array_equal(to_vector(a.parameters), to_vector(b.parameters)) and a.vote == b.vote
            for a, b in pairs
        )
        and one.scores == other.scores
        and one.history == other.history
        and repr(one.record) == repr(other.record)
        and one.encoding == other.encoding
    )


@pytest.mark.parametrize("name", FITS)
@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
def test_a_fit_that_crashed_goes_on(name: str, tmp_path: Path) -> None:
    options = {"target": "y", "ignore": "kind", **FITS[name]}

    def call(**more: Any) -> Model:
        return gn.train_table(TABLE, **options, **more)

    file, crashes = tmp_path / "c", 0
    for moment in (3, 17, 8, 29, 40, 11):
        try:
            call(checkpoint=file, progress=crash_after(moment))
        except CrashError:
            crashes += 1
    assert crashes > 0
    found = call(checkpoint=file)
    assert same_model(found, call())
    assert all(one.has_ended for one in read_checkpoint(file).trainings)
    again = gn.resume(file, TABLE)
    assert isinstance(again, Model)
    assert same_model(again, found)


def test_a_run_goes_on_from_beside_its_folder(folder: Path) -> None:
    write_table(folder / "t.csv")
    whole = gn.train_run("t.csv", "y", "whole", ignore="kind", epochs=30)
    options = {"ignore": "kind", "epochs": 30, "resumable": True}
    with pytest.raises(CrashError):
        gn.train_run("t.csv", "y", "r", progress=crash_after(9), **options)
    assert [path.name for path in folder.glob("r*")] == ["r.checkpoint"]
    for path in ("r", "r.checkpoint"):
        with pytest.raises(CrashError):
            gn.resume(path, progress=crash_after(3))
    found = gn.resume("r")
    assert isinstance(found, gn.RunFolder)
    assert found.path == Path("r")
    assert same_model(found.model, whole.model)
    assert same_model(found.scored_model, whole.scored_model)
    assert found.predictions == whole.predictions
    assert not (folder / "r.checkpoint").exists()
    with pytest.raises(GlassnetError, match="there is nothing to go on with"):
        gn.resume("r")


def test_a_run_that_was_stopped_is_replaced_by_the_whole_one(folder: Path) -> None:
    write_table(folder / "t.csv")
    options = {"ignore": "kind", "epochs": 30, "resumable": True}
    stopped = gn.train_run("t.csv", "y", "r", progress=crash_after(9, KeyboardInterrupt), **options)
    assert stopped.record.ended == "interrupted"
    found = gn.resume("r")
    assert isinstance(found, gn.RunFolder)
    assert found.record.ended != "interrupted"
    whole = gn.train_run("t.csv", "y", "whole", ignore="kind", epochs=30)
    assert same_model(found.model, whole.model)


def write_table(path: Path) -> None:
    rows = zip(*TABLE.values(), strict=True)
    lines = [",".join(TABLE), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


KILLED = """
import sys
from glassnet.training import checkpoint, together
checkpoint.SECONDS = checkpoint.PAUSE = 0
together.CHUNK_SECONDS = 0.01
from glassnet.cli import main
sys.argv = ["glassnet", *sys.argv[1:]]
main()
"""
TRAIN = ["train", "t.csv", "--target", "y", "--ignore", "kind", "--epochs", "1500"]
TRAIN += ["--no-report", "--quiet"]


KILLS = 6


def run_until(arguments: list[str], folder: Path, seconds: float | None) -> int:
    """The exit status of the command; killed so many seconds after it has written a checkpoint."""
    process = subprocess.Popen([sys.executable, "-c", KILLED, *arguments], cwd=folder)
    if seconds is None:
        return process.wait(120)
    checkpoint = folder / "r.checkpoint"
    before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if checkpoint.stat().st_mtime_ns != before:
                time.sleep(seconds)
                process.send_signal(signal.SIGKILL)
                break
        time.sleep(0.005)
    return process.wait()


def test_the_command_killed_and_resumed_is_the_command(folder: Path) -> None:
    write_table(folder / "t.csv")
    assert run_until([*TRAIN, "--out", "whole"], folder, None) == 0
    random, resumes = np.random.default_rng(2), ["train", "--resume", "r", "--no-report", "--quiet"]
    killed = 0
    for _ in range(KILLS):
        begun = (folder / "r.checkpoint").exists()
        arguments = resumes if begun else [*TRAIN, "--out", "r"]
        status = run_until(arguments, folder, random.uniform(0.0, 0.25))
        if status == 0:
            break
        assert status == -signal.SIGKILL
        killed += 1
    assert killed >= 2
    if (folder / "r.checkpoint").exists():  # else killed in its very last moment, or not at all
        assert run_until(resumes, folder, None) == 0
    assert not (folder / "r.checkpoint").exists()
    found, whole = gn.open_run("r"), gn.open_run("whole")
    assert same_model(found.model, whole.model)
    assert found.predictions == whole.predictions
    assert found.record.assessment == whole.record.assessment
    assert sorted(path.name for path in found.path.iterdir()) == sorted(
        path.name for path in whole.path.iterdir()
    )


def test_ctrl_c_says_how_to_go_on(folder: Path) -> None:
    write_table(folder / "t.csv")
    process = subprocess.Popen(
        [sys.executable, "-m", "glassnet", *TRAIN[:-4], "--epochs", "200000", "--no-report"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "stopped by Ctrl-C" in err
    assert err.endswith("; glassnet train --resume runs/t goes on from there\n")
    asked = read_checkpoint(folder / "runs" / "t.checkpoint").purpose
    assert asked["option epochs"] == 200_000
    assert asked["table"] == str(folder / "t.csv")


def test_what_cannot_go_on_is_one_line(folder: Path) -> None:
    write_table(folder / "t.csv")
    assert "nothing to go on with" in refused("train", "--resume", "none")
    assert "leave out TABLE" in refused("train", "t.csv", "--resume", "r")
    assert "leave out TABLE" in refused("train", "--resume", "r", "--epochs", "3")
    assert "give TABLE and --target, or --resume" in refused("train")
    options: dict[str, Any] = {"ignore": "kind", "epochs": 30}
    with pytest.raises(CrashError):
        gn.train_run("t.csv", "y", "r", progress=crash_after(5), resumable=True, **options)
    said = refused("train", "t.csv", "--target", "y", "--out", "r", "--epochs", "7")
    assert "is the checkpoint of another call: option epochs 30, and not 7" in said
    assert "glassnet train --resume r" in said
    with pytest.raises(CrashError):
        gn.train_table(TABLE, "y", progress=crash_after(5), checkpoint="m", **options)
    with pytest.raises(GlassnetError, match="its table was no file: give the table too"):
        gn.resume("m")
    assert "gn.resume goes on with it" in refused("train", "--resume", "m")
    other = {**TABLE, "a": [0.25, *TABLE["a"][1:]]}
    with pytest.raises(GlassnetError, match="not the same"):
        gn.resume("m", other)
    network = gn.Network([1, 2, 1], "tanh")
    x = np.linspace(0, 1, 9)[:, None]
    gn.train(network, gn.initialize(network), x, x, epochs=2, checkpoint="a")
    with pytest.raises(GlassnetError, match="make the same call again, with this checkpoint"):
        gn.resume("a")
    (folder / "t.csv").unlink()
    assert "t.csv: no such file" in refused("train", "--resume", "r")


def test_a_run_that_has_ended_is_not_replaced(folder: Path) -> None:
    write_table(folder / "t.csv")
    options: dict[str, Any] = {"ignore": "kind", "epochs": 30}
    with pytest.raises(CrashError):
        gn.train_run("t.csv", "y", "r", progress=crash_after(5), resumable=True, **options)
    gn.train_run("t.csv", "y", "r", ignore="kind", epochs=2)
    before = (folder / "r" / "model.safetensors").read_bytes()
    with pytest.raises(GlassnetError, match="holds a run that has ended"):
        gn.resume("r")
    assert "holds a run that has ended" in refused("train", "--resume", "r")
    assert (folder / "r" / "model.safetensors").read_bytes() == before


def test_a_table_that_moved_is_given(folder: Path) -> None:
    write_table(folder / "t.csv")
    options: dict[str, Any] = {"ignore": "kind", "epochs": 30}
    with pytest.raises(CrashError):
        gn.train_table("t.csv", "y", progress=crash_after(5), checkpoint="m", **options)
    (folder / "t.csv").rename(folder / "moved.csv")
    found = gn.resume("m", "moved.csv")
    assert isinstance(found, Model)
    assert same_model(found, gn.train_table("moved.csv", "y", **options))


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
def test_seconds_of_effort_go_on_with_the_draws_that_there_were(folder: Path) -> None:
    options: dict[str, Any] = {"effort": 4, "members": 2, "epochs": 8, "hidden": 6}
    options |= {"ignore": "kind", "checkpoint": "c"}
    first = gn.train_table(TABLE, "y", **options)
    assert same_model(gn.train_table(TABLE, "y", **options), first)
    assert len(first.record.tried) > 1


def test_here_is_a_folder_too(folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    write_table(folder / "t.csv")
    os.chdir(work)
    try:
        assert run("train", "../t.csv", "--target", "y", "--epochs", "2", "--out", ".").code == 0
        assert "nothing to go on with" in refused("train", "--resume", ".")
    finally:
        os.chdir(folder)


def test_a_run_that_went_astray_leaves_no_checkpoint(folder: Path) -> None:
    write_table(folder / "t.csv")
    astray = ["train", "t.csv", "--target", "y", "--ignore", "kind", "--epochs", "9", "--out", "r"]
    astray += ["--optimizer", "gradient_descent", "--learning-rate"]
    assert run(*astray, "1e30").code == 1
    assert not (folder / "r.checkpoint").exists()
    assert run(*astray, "0.001", "--no-report").code == 0


def test_the_same_command_goes_on_too(folder: Path) -> None:
    write_table(folder / "t.csv")
    options: dict[str, Any] = {"ignore": "kind", "epochs": 30, "resumable": True}
    with pytest.raises(CrashError):
        gn.train_run("t.csv", "y", "r", progress=crash_after(5), **options)
    command = ["train", "t.csv", "--target", "y", "--ignore", "kind", "--epochs", "30"]
    assert run(*command, "--no-report", "--out", "r").code == 0
    whole = gn.train_run("t.csv", "y", "whole", ignore="kind", epochs=30)
    assert same_model(gn.load("r"), whole.model)


@pytest.mark.parametrize("on_a_table", [False, True])
def test_a_study_goes_on(folder: Path, on_a_table: bool) -> None:
    write_table(folder / "t.csv")
    options: dict[str, Any] = {"hidden": 3, "iterations": 50, "networks": 9}
    if on_a_table:
        options = {"table": "t.csv", "target": "y", "ignore": "kind", "epochs": 5, "networks": 9}
    whole = gn.study(**options)
    file = "s.safetensors"
    gn.study(**{**options, "networks": 4}, checkpoint=file)
    found = gn.load_study(file)
    found.__class__(**{**vars(found), "planned": 9}).save(file)  # as where it was stopped
    again = gn.resume(file)
    assert isinstance(again, gn.Study)
    assert len(again) == 9
    assert np.array_equal(again.losses, whole.losses)
