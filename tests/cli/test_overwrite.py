"""`--overwrite`: what stands at --out goes only once the new is whole, and only if it is ours."""

from pathlib import Path

import pytest
from in_process import refused, run

import glassnet as gn

TRAIN = ["train", "t.csv", "--target", "y", "--epochs", "1", "--hidden", "2", "--no-report"]


@pytest.fixture
def made(folder: Path) -> Path:
    (folder / "t.csv").write_text("x,y\n" + "".join(f"{i},{i % 7}.5\n" for i in range(40)))
    assert run(*TRAIN, "--members", "1", "--out", "r").code == 0
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_run_is_replaced_as_a_whole(made: Path) -> None:
    (made / "r" / "report.html").write_text("old")
    assert "r: already exists" in refused(*TRAIN, "--out", "r")
    assert "or --overwrite" in refused(*TRAIN, "--out", "r")
    assert run(*TRAIN, "--members", "2", "--out", "r", "--overwrite").code == 0
    assert len(gn.load("r").members) == 2
    assert not (made / "r" / "report.html").exists()  # nothing of the old run is left


def test_a_run_stays_where_the_new_one_fails(made: Path) -> None:
    before = content(made)
    refused(*TRAIN, "--out", "r", "--overwrite", "--epochs", "0")
    refused("train", "t.csv", "--target", "z", "--out", "r", "--overwrite")
    (made / "r" / "mine.txt").write_text("precious")
    said = refused(*TRAIN, "--out", "r", "--overwrite")
    assert "r: is not overwritten, because it holds mine.txt" in said
    assert content(made) == {**before, "r/mine.txt": b"precious"}


def test_without_out_the_default_folder_is_replaced(made: Path) -> None:
    for _ in range(2):
        assert run(*TRAIN, "--overwrite").code == 0
        assert run("demo", "--iterations", "2", "--overwrite").code == 0
    assert sorted(path.name for path in (made / "runs").iterdir()) == ["demo", "t"]


def test_from_python_too(made: Path) -> None:
    with pytest.raises(gn.GlassnetError, match="give another name, or overwrite=True"):
        gn.train_run("t.csv", "y", "r", members=1, epochs=1, hidden=2)
    gn.train_run("t.csv", "y", "r", overwrite=True, members=3, epochs=1, hidden=2)
    assert len(gn.load("r").members) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "r", "t.csv", "--out", "o.csv"],
        ["explain", "r", "--format", "md", "--out", "o.md"],
        ["plot", "loss", "r", "--out", "o.svg"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_file_is_replaced(made: Path, arguments: list[str]) -> None:
    out = made / arguments[-1]
    out.write_text("old")
    assert "already exists" in refused(*arguments)
    assert out.read_text() == "old"
    assert run(*arguments, "--overwrite").code == 0
    assert len(out.read_text()) > 200


def test_what_is_read_is_not_replaced(made: Path) -> None:
    before = content(made)
    for out in ("t.csv", "./t.csv", "r/model.safetensors"):
        said = refused("predict", "r/model.safetensors", "t.csv", "--out", out, "--overwrite")
        assert "is what is read here: give another --out" in said
    assert content(made) == before


def test_a_folder_does_not_go_to_standard_output(made: Path) -> None:
    before = content(made)
    for arguments in (TRAIN, ["demo"]):
        assert "--out is a folder here" in refused(*arguments, "--out", "-")
    assert content(made) == before


def test_the_next_command_can_be_typed_as_it_is_shown(made: Path) -> None:
    assert "glassnet show 'a run'" in run(*TRAIN, "--members", "1", "--out", "a run").out
