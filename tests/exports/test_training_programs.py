"""The programs that repeat a training: run by Python and by R, beside the library's own run."""

import csv
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exported import HOSTILE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import glassnet as gn
from glassnet.article import Program
from glassnet.runs.article import article_record, run_on_article, run_on_table
from glassnet.runs.folder import new_run, write_run

_random = np.random.default_rng(5)
N = 24
SUFFIXES = {"python-script": ".py", "r-script": ".R"}
pytestmark = pytest.mark.filterwarnings("ignore::glassnet.errors.GlassnetWarning")
X, Z = _random.normal(size=(2, N)).round(3)
KINDS = [HOSTILE, "it's", 'a "b"']


@dataclass(frozen=True)
class Case:
    """A table, and how it is trained on."""

    columns: dict[str, list[Any]]
    targets: list[str]
    options: dict[str, Any] = field(default_factory=dict)


CASES = {
    "article": Case(
        {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "x3": [1, 1, 1, 1], "y": [0, 1, 1, 0]}, ["y"]
    ),
    "numpy's numbers": Case(
        {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "x3": [1, 1, 1, 1], "y": [0, 1, 1, 0]},
        ["y"],
        {"rng": "numpy", "seed": 7},
    ),
    "two numbers, scaled": Case(
        {"x": X.tolist(), HOSTILE: Z.tolist(), "sum": (X + Z).tolist(), "z": (50 - Z).tolist()},
        ["sum", "z"],
        {"hidden": (3, 2), "bias": True, "learning_rate": 0.02, "scale": True, "iterations": 300},
    ),
    "classes": Case(
        {
            "x": X.tolist(),
            "in\tside": [KINDS[number % 3] for number in range(N)],
            "is new": [number % 4 < 2 for number in range(N)],
            "kind": [KINDS[int(x > 0) + int(x > 0.7)] for x in X],
        },
        ["kind"],
        {"learning_rate": 0.1, "hidden": 5, "bias": True, "iterations": 200},
    ),
    "two times two classes": Case(
        {
            "x": X.tolist(),
            "z": (1000 * Z).tolist(),
            "high": ["yes" if x > 0 else "no" for x in X],
            "low": ["\u4f4e" if z < 0 else "-1" for z in Z],
        },
        ["high", "low"],
        {"learning_rate": 0.05, "iterations": 60, "seed": 3},
    ),
    "true and false": Case(
        {"x": X.tolist(), "is new": [bool(x > 0) for x in X]}, ["is new"], {"iterations": 40}
    ),
}
RUN_PYTHON = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("program", sys.argv[1])
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
nn, losses = program.learn(program.X, program.Y)
program.check(nn, losses)
found = {name: cells.tolist() for name, cells in program.predictions(nn).items()}
json.dump([[float(loss) for loss in losses], found], sys.stdout)
"""
RUN_R = r"""
source(commandArgs(TRUE)[1], encoding = "UTF-8")
write <- function(cells) {
  text <- if (is.numeric(cells)) sprintf("%.17g", cells) else as.character(cells)
  cat(length(text), enc2utf8(text), sep = "\x1f")
  cat("\x1e")
}
cat("\x1d")
write(losses)
for (name in names(predictions)) { write(name); write(predictions[[name]]) }
"""


def _written(case: Case, folder: Path) -> Path:
    """The table as a file."""
    path = folder / "rows of it's.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.writer(file)
        written.writerow(case.columns)
        written.writerows(zip(*case.columns.values(), strict=True))
    return path


def _run_python(program: Path) -> tuple[list[float], dict[str, list[Any]]]:
    command = [sys.executable, "-W", "error", "-c", RUN_PYTHON, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr[-2000:]
    losses, predicted = json.loads(done.stdout)
    return losses, predicted


def _run_r(program: Path) -> tuple[list[float], dict[str, list[Any]]]:
    command = ["Rscript", "-e", "options(warn = 2)", "-e", RUN_R, str(program)]
    environment = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert not done.returncode, done.stderr[-2000:]
    parts = done.stdout.decode().split("\x1d")[1].split("\x1e")[:-1]
    losses, *predicted = [part.split("\x1f")[1:] for part in parts]
    pairs = zip(predicted[::2], predicted[1::2], strict=True)
    return list(map(float, losses)), {name: cells for [name], cells in pairs}


def _check(
    found: tuple[list[float], dict[str, list[Any]]], model: gn.Model, case: Case, most: float
) -> float:
    """That losses and predictions are the model's; how far the losses are apart."""
    losses, predicted = found
    known = np.array(model.history["loss"])
    assert len(losses) == len(known)
    difference = float((np.abs(np.array(losses) - known) / known).max())
    assert difference < most
    columns = model.predict_columns(case.columns)
    names = {name: name if len(case.targets) == 1 else f"_{name}" for name in case.targets}
    assert list(predicted) == case.targets
    for target in case.targets:
        ending = "" if len(case.targets) == 1 else names[target]
        for one, other in zip(predicted[target], columns[f"prediction{ending}"], strict=True):
            if isinstance(other, float):
                assert abs(float(one) - other) < most * max(1, abs(other))
            else:
                assert str(one).lower() == str(other).lower()
    return difference


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("to", "run"), [("python-script", _run_python), ("r-script", _run_r)])
def test_a_program_reads_the_table_and_has_the_losses_of_the_run(
    name: str, to: str, run: Any, tmp_path: Path
):
    case = CASES[name]
    table = _written(case, tmp_path)
    model = gn.train_article(table, case.targets, **case.options)
    [program] = gn.export(model, to, source=str(table)).write(tmp_path / f"program{SUFFIXES[to]}")
    _check(run(program), model, case, 1e-12)


@pytest.mark.parametrize("name", ["article", "two numbers, scaled", "classes"])
def test_a_run_folder_s_rows_are_written_out(name: str, tmp_path: Path):
    case = CASES[name]
    model = _demo(case, tmp_path)
    for to, run in [("python-script", _run_python), ("r-script", _run_r)]:
        for path in (tmp_path / "run", tmp_path / "run" / "model.safetensors"):
            exported = gn.export(path, to)
        assert str(tmp_path) not in exported.content
        [program] = exported.write(tmp_path / f"program{SUFFIXES[to]}")
        _check(run(program), model, case, 1e-12)
        assert gn.export(gn.open_run(tmp_path / "run"), to).content == exported.content
        if name == "article":
            _check_said(program, [sys.executable if to == "python-script" else "Rscript"])


def _check_said(program: Path, command: list[str]) -> None:
    """That a program says how near it is, and ends with an error where a first loss is another."""
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, check=True)
    first, second, *_ = done.stdout.splitlines()
    assert first == "loss: 1.4359 at the first iteration, 0.0019 at the last"
    assert second.startswith("y: 0.0177")
    assert "The losses are those of the model, to " in done.stdout
    program.write_text(program.read_text().replace("1.4358854672385897", "1.4358864672385897"))
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, check=False)
    assert done.returncode


def _demo(case: Case, folder: Path) -> gn.Model:
    """The model of a run folder of `glassnet demo`; the article's own table is no file."""
    table = None if case is CASES["article"] else str(_written(case, folder))
    options = dict(case.options)
    program = Program(**{name: value for name, value in options.items() if name != "scale"})
    scale = options.get("scale", False)
    if table is None:
        run = run_on_article(program)
    else:
        run = run_on_table(program, table, case.targets, scale=scale)
    with new_run(folder / "run", "run") as new:
        write_run(run.done, article_record(run, table), new, pictures=())
    return run.done.model


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    hidden=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    bias=st.booleans(),
    rng=st.sampled_from(["r", "numpy"]),
    seed=st.integers(0, 2**31 - 1),
    name=st.text(
        st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff\ufffe\uffff"),
        min_size=1,
    ).filter(lambda text: text == text.strip() and text != "y"),
)
def test_any_shape_and_name(
    hidden: list[int], bias: bool, rng: str, seed: int, name: str, tmp_path: Path
):
    case = Case({name: [0.0, 0.5, 1.0], "y": [0.1, 0.9, 0.3]}, ["y"])
    table = _written(case, tmp_path)
    model = gn.train_article(
        table, "y", hidden=hidden, bias=bias, rng=rng, seed=seed, iterations=20
    )
    for to, run in [("python-script", _run_python), ("r-script", _run_r)]:
        exported = gn.export(model, to, source=str(table))
        [program] = exported.write(tmp_path / f"program{SUFFIXES[to]}", overwrite=True)
        _check(run(program), model, case, 1e-12)


def test_a_training_that_swings_is_said_to(tmp_path: Path):
    case = CASES["two numbers, scaled"]
    table = _written(case, tmp_path)
    model = gn.train_article(table, case.targets, **{**case.options, "learning_rate": 0.25})
    for to, command in [("python-script", sys.executable), ("r-script", "Rscript")]:
        exported = gn.export(model, to, source=str(table))
        [program] = exported.write(tmp_path / f"program{SUFFIXES[to]}")
        done = subprocess.run([command, str(program)], capture_output=True, text=True, check=True)
        assert "this training swings, and rounding grows in it" in done.stdout


def test_what_a_program_cannot_repeat_is_named(tmp_path: Path):
    table = {"x": X.tolist(), "y": Z.tolist()}
    trained = gn.train_table(table, "y", epochs=2, members=2, hidden=4, dropout=0.1)
    with pytest.raises(gn.GlassnetError, match=r"2 networks, optimizer=.*dropout.*to='python'"):
        gn.export(trained, "python-script", source="rows.csv")
    network = gn.Network([1, 2, 1])
    run = gn.train(network, gn.initialize(network), X[:, None], Z, epochs=2)
    with pytest.raises(gn.GlassnetError, match="a start and steps that it does not tell"):
        gn.export(run, "r-script", source="rows.csv")
    article = gn.train_article(table, "y", iterations=5)
    with pytest.raises(gn.OptionError, match=r"does not hold the rows.*source='rows\.csv'"):
        gn.export(article, "python-script")
    with pytest.raises(gn.OptionError, match="takes no interval"):
        gn.export(article, "python-script", source="rows.csv", interval=0.9)
    classes = {"x": X.tolist(), "y": ["a" if z < 0 else "b" for z in Z]}
    folded = gn.train_article(classes, "y", iterations=5, scale=True).fold()
    with pytest.raises(gn.GlassnetError, match="folded into the weights"):
        gn.export(folded, "python-script", source="rows.csv")
    written = {"x": [f"{x:.2f} kg" for x in X], "y": Z.tolist()}
    with pytest.raises(gn.GlassnetError, match="cells of column 'x' are .*leave source out"):
        gn.export(gn.train_article(written, "y", iterations=5), "r-script", source="rows.csv")


def test_many_rows_are_not_written_out(tmp_path: Path):
    case = Case({"x": list(range(3000)), "y": [0.5] * 2999 + [0.25]}, ["y"], {"iterations": 2})
    _demo(case, tmp_path)
    with pytest.raises(gn.OptionError, match=r"the 3,000 rows are 6,000 numbers, too many"):
        gn.export(tmp_path / "run", "r-script")
    assert "read.csv" in str(gn.export(tmp_path / "run", "r-script", source="rows.csv").content)
