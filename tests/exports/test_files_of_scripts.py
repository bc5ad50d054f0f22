"""The exported scripts that predict the rows of a file: what a file may look like."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from exported import largest_difference

import glassnet as gn

ROWS = [
    ("Fl\u00e4che", " Ort", "Miete"),
    ("70,5 m\u00b2", "Bonn", "705,5"),
    ("1.100 m\u00b2", "Ulm", "11000"),
    ("80 m\u00b2", "Bonn", "801,5"),
    ("", "Ulm", "660"),
    ("90 m\u00b2", "Kiel", "920,25"),
] * 4
SCRIPTS = {"python": "model.py", "r": "model.R"}


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
@pytest.mark.parametrize("target", SCRIPTS)
@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_may_be_separated_as_in_the_table_of_the_training(
    target: str, mark: str, tmp_path: Path
) -> None:
    path, other = tmp_path / "rows.csv", tmp_path / "other.csv"
    _write(path, ROWS[:1] + [row for row in ROWS if row != ROWS[0]], mark)
    model = gn.train_table(path, "Miete", epochs=3, members=1)
    [script] = gn.export(model, target).write(tmp_path / SCRIPTS[target])
    found = list(csv.DictReader(io.StringIO(_run(script, path).stdout, newline="")))
    expected = model.predict_columns(path)
    assert len(found) == 20
    columns = {name: [row[name] for row in found] for name in expected}
    assert largest_difference(columns, expected) < 1e-12
    _write(other, [("Ort", "Miete"), *(row[1:] for row in ROWS[1:5])], mark)
    failed = _run(script, other)
    assert failed.returncode
    assert "lacks the column 'Fl" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_cell_that_cannot_be_read_is_named_by_its_line(tmp_path: Path) -> None:
    model = gn.train_article({"x": [0.0, 1.0, 2.0], "y": [0.1, 0.5, 0.9]}, "y", iterations=3)
    [script] = gn.export(model, "python").write(tmp_path / "model.py")
    path = tmp_path / "rows.csv"
    path.write_text("x\n1\ntwo\n")
    failed = _run(script, path)
    assert failed.stderr.strip().endswith(
        "rows.csv, line 3: column 'x': 'two' is no number as the model knows them"
    )
    assert failed.stderr.count("\n") == 1


WRONG = {
    "": "the header lacks the column|it is empty",
    "a,b": "lacks the column 'x'",
    "x,z,x\n1,2,3": "the header has two columns 'x'",
    "z,x\n1,2\n3": "line 3: 1 cells where the header has 2|line 3 did not have 2",
    "z,x\n1,2\n3,4,5": "line 3: 3 cells where the header has 2|line 1 did not have 3",
    "z,x\n\xff,2": "can't decode byte 0xff|no text in UTF-8",
    "z,x\n1,two": "column 'x'.*: 'two' is no number as the model knows them",
}
"""What files hold, and what is said of them: by Python, or by R where that says something else."""


@pytest.mark.parametrize("target", SCRIPTS)
def test_a_wrong_file_is_named_in_one_line(target: str, tmp_path: Path) -> None:
    model = gn.train_article({"x": [0.0, 1.0, 2.0], "y": [0.1, 0.5, 0.9]}, "y", iterations=3)
    [script] = gn.export(model, target).write(tmp_path / SCRIPTS[target])
    path = tmp_path / "rows.csv"
    for content, said in WRONG.items():
        path.write_bytes(content.encode("latin-1"))
        failed = _run(script, path)
        _check_one_line(failed, said)
        assert target == "r" or "rows.csv" in failed.stderr
    _check_one_line(_run(script, tmp_path / "none.csv"), "none.csv: .*no such file")
    _check_one_line(_run(script, tmp_path), f"{tmp_path}: (Is a directory|there is no such file)")
    _check_one_line(_run(script, path, path), "give one file of rows")


def _check_one_line(failed: subprocess.CompletedProcess[str], said: str) -> None:
    assert failed.returncode
    lines = failed.stderr.removesuffix("Execution halted\n").splitlines()
    assert len(lines) == 1, failed.stderr
    assert re.search(said, lines[0], re.IGNORECASE), failed.stderr


@pytest.mark.parametrize("target", SCRIPTS)
def test_a_blank_line_is_a_missing_cell_of_a_table_of_one_column(
    target: str, tmp_path: Path
) -> None:
    y = np.random.default_rng(0).normal(size=30).tolist()
    model = gn.train_table({"x": [1.0, None, 3.0] * 10, "y": y}, "y", epochs=2, members=1, hidden=3)
    [script] = gn.export(model, target).write(tmp_path / SCRIPTS[target])
    path = tmp_path / "rows.csv"
    path.write_text("x\n\n1\n\n\n3\n\n")
    found = list(csv.DictReader(io.StringIO(_run(script, path).stdout, newline="")))
    assert [row["x"] for row in found] == ["", "1", "", "", "3"]
    predicted = {"prediction": [row["prediction"] for row in found]}
    assert largest_difference(predicted, model.predict_columns(path)) < 1e-12


def test_cells_beyond_the_header_may_be_empty(tmp_path: Path) -> None:
    model = gn.train_article({"x": [0.0, 1.0, 2.0], "y": [0.1, 0.5, 0.9]}, "y", iterations=3)
    [script] = gn.export(model, "python").write(tmp_path / "model.py")
    path = tmp_path / "rows.csv"
    path.write_text("z,x\n1,2,\n1,0.5,\n")
    found = [float(line.split(",")[2]) for line in _run(script, path).stdout.splitlines()[1:]]
    assert largest_difference({"prediction": found}, model.predict_columns(path)) < 1e-12


def _write(path: Path, rows: list[tuple[str, ...]], mark: str) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=mark).writerows(rows)


def _run(script: Path, *rows: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8"] if script.suffix == ".py" else ["Rscript", "--vanilla"]
    return subprocess.run(
        [*command, script, *rows], capture_output=True, check=False, encoding="utf-8"
    )
