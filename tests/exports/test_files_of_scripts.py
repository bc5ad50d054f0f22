"""The exported scripts that predict the rows of a file: what a file may look like."""

import csv
import io
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
@pytest.mark.parametrize("target", ["python", "r"])
@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_may_be_separated_as_in_the_table_of_the_training(
    target: str, mark: str, tmp_path: Path
) -> None:
    path, other = tmp_path / "rows.csv", tmp_path / "other.csv"
    _write(path, ROWS[:1] + [row for row in ROWS if row != ROWS[0]], mark)
    model = gn.train_table(path, "Miete", epochs=3, members=1)
    [script] = gn.export(model, target).write(
        tmp_path / ("model.py" if target == "python" else "model.R")
    )
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


def _write(path: Path, rows: list[tuple[str, ...]], mark: str) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=mark).writerows(rows)


def _run(script: Path, rows: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8"] if script.suffix == ".py" else ["Rscript", "--vanilla"]
    return subprocess.run(
        [*command, script, rows], capture_output=True, check=False, encoding="utf-8"
    )
