"""`glassnet export`: what it writes, prints and refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import refused, run


@pytest.fixture
def trained(folder: Path) -> str:
    (folder / "t.csv").write_text("a,b,y\n0,1,0\n1,0,1\n1,1,1\n0,0,0\n")
    assert run("demo", "t.csv", "--target", "y", "--iterations", "3", "--out", "r").code == 0
    return "r"


def test_it_prints_the_code_or_writes_it(trained: str, folder: Path) -> None:
    printed = run("export", trained, "--to", "python")
    assert (printed.code, printed.err) == (0, "")
    written = run("export", "r/model.safetensors", "--to", "python", "--out", "m.py")
    assert (written.code, written.out) == (0, "Written to m.py\n")
    assert (folder / "m.py").read_text(encoding="utf-8") == printed.out
    checked = subprocess.run(
        [sys.executable, "m.py"], capture_output=True, text=True, cwd=folder, check=True
    )
    assert "8 check rows are predicted as by the model" in checked.stdout


def test_a_dash_is_standard_output(trained: str, folder: Path) -> None:
    assert run("export", trained, "--to", "python", "--out", "-").out.startswith('"""')
    assert not (folder / "-").exists()
    assert "onnx is more than one file" in refused("export", trained, "--to", "onnx", "--out", "-")


def test_what_it_prints_is_utf_8_as_in_a_file(folder: Path) -> None:
    (folder / "t.csv").write_text("\u00e9t\u00e9,y\n0,0\n1,1\n0,0\n", encoding="utf-8")
    assert run("demo", "t.csv", "--target", "y", "--iterations", "3", "--out", "r").code == 0
    printed = subprocess.run(
        [sys.executable, "-m", "glassnet", "export", "r", "--to", "csv"],
        capture_output=True,
        cwd=folder,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert "\u00e9t\u00e9" in printed.stdout.decode()


def test_nothing_is_replaced_unless_overwrite_says_so(trained: str, folder: Path) -> None:
    (folder / "m.py").write_text("mine")
    command = ("export", trained, "--to", "python", "--out", "m.py")
    assert "m.py: already exists" in refused(*command)
    assert (folder / "m.py").read_text() == "mine"
    assert run(*command, "--overwrite").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none", "--to", "python"], "none: no such model file"),
        (["r"], "Missing option '--to'"),
        (["r", "--to", "phyton"], "unknown --to 'phyton': did you mean 'python'?"),
        (["r", "--to", "python", "--dtype", "float32"], "--to python takes no --dtype"),
        (["r", "--to", "python", "--interval", "0.9"], "this model knows no residuals"),
        (["r", "--to", "python", "--overwrite"], "--overwrite is for a file that is written"),
        (["r", "--to", "python", "--out", "none/m.py"], "there is no folder none to write into"),
        (["t.csv", "--to", "python"], "t.csv"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], message: str, trained: str, folder: Path
) -> None:
    assert message in refused("export", *arguments)


def test_the_help_lists_every_target() -> None:
    from glassnet.exports.targets import TARGETS

    text = run("export", "--help").out
    for name in TARGETS:
        assert f"  {name} " in text
