"""Where a file cannot be written to its end, one line names it, and nothing is left of it.

The disk is not filled: the system is told to let no file grow beyond some bytes.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import glassnet as gn

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that it is an error, as of a full disk
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from glassnet.cli import main
main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table and a model of it."""
    rows = "".join(f"{i % 7},{i % 5}.5,{'uvw'[i % 3]},{i % 11}\n" for i in range(2000))
    (tmp_path / "t.csv").write_text("a,b,c,y\n" + rows)
    table = {"a": range(42), "b": range(42), "c": ["u", "v", "w"] * 14, "y": range(42)}
    quick: dict[str, Any] = {"members": 1, "epochs": 2, "hidden": 3}
    gn.train_table(table, "y", holdout=0, validation=0.2, **quick).save(tmp_path / "m.model")
    return tmp_path


TRAIN = "train t.csv --target y --members 1 --epochs 20 --hidden 3 --quiet --out run"


@pytest.mark.parametrize(
    ("limit", "arguments", "file"),
    [
        (500, TRAIN, "run/model.safetensors"),
        (12_000, TRAIN, "run/rows.csv"),
        (100_000, TRAIN, "run/report.html"),
        (1000, "predict m.model t.csv --out out.csv", "out.csv"),
        (1000, "plot loss m.model --out out.pdf", "out.pdf"),
        (1000, "plot loss m.model --out out.png", "out.png"),
        (1000, "plot network m.model --out out.svg", "out.svg"),
        (1000, "explain m.model t.csv --out out.html", "out.html"),
        (1000, "predict m.model t.csv > out.csv", "standard output"),
        (0, "predict m.model t.csv > out.csv", "standard output"),
    ],
)
def test_what_cannot_be_written_is_one_line_with_its_name(
    folder: Path, limit: int, arguments: str, file: str
) -> None:
    words, _, target = arguments.partition(" > ")
    before = {path.name for path in folder.iterdir()}
    with (folder / target if target else Path("/dev/null")).open("w") as output:
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, str(limit), *words.split()],
            cwd=folder,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"glassnet: {file}"), done.stderr
    assert done.stderr.endswith("cannot be written (File too large)\n")
    assert done.stderr.count("\n") == 1
    left = {path.name for path in folder.iterdir()} - before - {target}
    assert left == ({"run"} if file == "run/report.html" else set())
    if left:
        assert (folder / "run" / "model.safetensors").is_file()
        assert not [path for path in (folder / "run").iterdir() if path.name.startswith(".")]


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    header, rows = (folder / "t.csv").read_text().split("\n", 1)
    (folder / "t.csv").write_text(f"{header}\n{rows * 10}")  # more than a pipe holds
    command = (
        f"{sys.executable} -m glassnet predict m.model t.csv | head -1; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("prediction")
