"""`glassnet lab`: what it writes and refuses; how it serves is in tests/lab/test_lab_server.py."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from in_process import refused, run
from lab_files import Place, place  # noqa: F401


@pytest.fixture
def table(folder: Path, place: Place) -> str:  # noqa: F811
    place()
    (folder / "t.csv").write_text("a,b,y\n0,u,0\n1,v,1\n1,u,1\n")
    return "t.csv"


def opened_by(file: Path) -> dict[str, Any]:
    """What the page in a file opens."""
    (found,) = re.findall(
        r'id="glassnet-lab-opened">(.*?)</script>', file.read_text(encoding="utf-8")
    )
    return json.loads(found)


def test_it_writes_one_file(table: str, folder: Path) -> None:
    done = run("lab", table, "--target", "y", "--ignore", "b", "--out", "lab.html")
    assert (done.code, done.err) == (0, "")
    assert done.out == "Written to lab.html: open it in a browser; it needs nothing else\n"
    document = opened_by(folder / "lab.html")
    assert (document["targets"], document["ignored"]) == (["y"], ["b"])
    assert document["table"]["rows"] == 3


def test_it_writes_a_folder(table: str, folder: Path) -> None:
    assert "Written to a/b/index.html" in run("lab", "--out", "a/b").out
    assert opened_by(folder / "a" / "b" / "index.html") == {}
    assert [path.name for path in (folder / "a" / "b").iterdir()] == ["index.html"]


def test_a_model_and_a_run_open_too(table: str, folder: Path) -> None:
    assert run("demo", table, "--target", "y", "--iterations", "3", "--out", "r").code == 0
    for given in ("r", "r/model.safetensors"):
        assert run("lab", given, "--out", "lab.html", "--overwrite").code == 0
        assert opened_by(folder / "lab.html")["model"]["name"] == "r/model.safetensors"


@pytest.mark.parametrize("out", ["lab.html", "lab"])
def test_nothing_is_replaced_unless_overwrite_says_so(out: str, table: str, folder: Path) -> None:
    assert run("lab", "--out", out).code == 0
    file = folder / out if out.endswith(".html") else folder / out / "index.html"
    before = file.read_bytes()
    assert "already exists" in refused("lab", table, "--out", out)
    assert file.read_bytes() == before
    assert run("lab", table, "--out", out, "--overwrite").code == 0
    assert opened_by(file)["table"]["name"] == "t.csv"


def test_a_folder_with_other_files_stays_as_it_is(table: str, folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("precious")
    assert "mine: already exists" in refused("lab", "--out", "mine")
    assert "notes.txt" in refused("lab", "--out", "mine", "--overwrite")
    assert [path.name for path in (folder / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.csv"], "none.csv: no such file"),
        (["t.csv", "--target", "z"], "unknown target column 'z'"),
        (["t.csv", "--ignore", "z"], "unknown column 'z'"),
        (["--target", "y"], "--target is for a table of yours: give one"),
        (["--ignore", "y"], "--ignore is for a table of yours: give one"),
        (["r", "--target", "y"], "--target is for a table, and a model knows its columns"),
        (["--overwrite"], "--overwrite is for a page that is written: give --out"),
        (["--out", "-"], "--out is a folder here, which standard output is not"),
        (["--out", "none/lab.html"], "there is no folder none to write into"),
        (["--out", "a", "--port", "0"], "--port is for a page that is served"),
        (["--out", "a", "--no-browser"], "--no-browser is for a page that is served"),
        (["--port", "65536"], "--port must be from 0 to 65535, got 65536"),
        (["--port", "x"], "'x' is not a valid integer"),
        (["t.csv", "u.csv"], "unexpected extra argument"),
    ],
)
def test_wrong_arguments_are_one_line(
    arguments: list[str], message: str, table: str, folder: Path
) -> None:
    (folder / "r").mkdir()
    there = sorted(folder.rglob("*"))
    assert message in refused("lab", *arguments)
    assert sorted(folder.rglob("*")) == there


def test_where_it_was_not_built_a_line_says_so_before_anything_is_read(
    folder: Path,
    place: Place,  # noqa: F811
) -> None:
    assert "this installation of glassnet has no lab" in refused("lab", "none.csv", "--out", "a")


def test_the_browser_is_opened_at_its_address_unless_told_otherwise(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser
    from threading import Event

    from glassnet.lab.server import LabServer

    came, addresses = Event(), []

    def browser(url: str) -> bool:
        addresses.append(url)
        came.set()
        return True

    def ended(_: LabServer) -> None:
        came.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(webbrowser, "open", browser)
    monkeypatch.setattr(LabServer, "serve_forever", ended)
    out = run("lab").out.splitlines()
    assert out == [f"The lab is at {addresses[0]}", "Ctrl-C ends it", "Ended"]
    assert run("lab", "--no-browser").code == 0
    assert len(addresses) == 1
