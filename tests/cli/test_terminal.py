"""Whatever stands in names and cells, and whatever a console's letters: nothing breaks or runs."""

import io
import os
import pty
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from in_process import run

import glassnet as gn
from glassnet.cli import app, main
from glassnet.cli.terminal import document_stream
from glassnet.errors import GlassnetError, GlassnetWarning, unknown_name, visible

EVIL = "a\x1b]0;PWNED\x07\x1b[31m\x9b2J\u202eb"
SCRIPTS = "größe Größe 价格 цена"
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What no command may print: every control but the end of a line."""


def write_table(path: Path, name: str) -> None:
    cells = [f"{i},{name if i % 2 else 'plain'},{i % 2}" for i in range(40)]
    path.write_text("\n".join([f"{name},kind{name},y", *cells]) + "\n", encoding="utf-8")


def test_controls_are_shown_as_escapes() -> None:
    assert visible("a\tb\r\n\x1b\x7f\x9b\u202e\u2067\u2028\udc80é价") == (
        r"a\tb\r\n\x1b\u007f\u009b\u202e\u2067\u2028\udc80é价"
    )
    assert visible("plain \\ text") == "plain \\ text"


@pytest.mark.parametrize("kind", [GlassnetError, GlassnetWarning])
def test_errors_and_warnings_are_one_visible_line(kind: type) -> None:
    said = str(kind(f"is {EVIL}\n2", column=EVIL, row=2, file=EVIL, remedy=EVIL))
    assert not RAW.search(said + "\n")
    assert "\n" not in said
    assert not RAW.search(str(unknown_name("column", EVIL, [EVIL])))


@pytest.fixture
def evil(folder: Path) -> Path:
    write_table(folder / "t.csv", EVIL)
    gn.train_run("t.csv", "y", "r", members=1, hidden=2, epochs=1)
    return folder


COMMANDS = [
    ["train", "t.csv", "--target", "y", "--epochs", "1", "--hidden", "2", "--out", "o"],
    ["train", "t.csv", "--target", "nope"],
    ["show", "r"],
    ["explain", "r"],
    ["predict", "r", "t.csv", "--out", "p.csv"],
    ["predict", "r", "t.csv", "--keep", "nope"],
    ["plot", "lek", "r", "--column", "nope"],
    ["show", EVIL],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_prints_a_control(evil: Path, arguments: list[str]) -> None:
    done = run(*arguments)
    assert not RAW.search(done.out + done.err)


def in_terminal(*arguments: str) -> str:
    """What a command prints in a terminal of its own."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "glassnet", *arguments], stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        shown = b""
        try:
            while part := screen.read(65536):
                shown += part
        except OSError:  # the other end is closed
            pass
        process.wait(timeout=60)
    return shown.decode()


def test_predict_in_a_terminal_shows_and_in_a_pipe_keeps(evil: Path) -> None:
    arguments = ["predict", "r", "t.csv", "--keep", "all"]
    shown = in_terminal(*arguments).replace("\r\n", "\n")
    assert not RAW.search(shown)
    assert r"\x1b]0;PWNED\x07" in shown
    piped = subprocess.run(
        [sys.executable, "-m", "glassnet", *arguments], capture_output=True, check=True
    ).stdout.decode()
    assert EVIL in piped


def test_documents_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    document_stream().write("one \x1b[31m\ntwo\n")
    assert screen.getvalue() == "one \\x1b[31m\ntwo\n"


def in_a_process(encoding: str, arguments: Sequence[str]) -> tuple[int, bytes]:
    """(status, output) of the program where the console has that encoding."""
    command = [sys.executable, "-m", "glassnet", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    return done.returncode, done.stdout + done.stderr


def with_such_streams(encoding: str, arguments: Sequence[str]) -> tuple[int, bytes]:
    """The same in this process, which takes less time: the streams are what Python makes of it."""
    written = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        for name in ("stdout", "stderr"):
            stream = io.TextIOWrapper(written, encoding=encoding, write_through=True)
            patch.setattr(sys, name, stream)
        patch.setattr(sys, "argv", ["glassnet", *arguments])
        patch.setattr(warnings, "showwarning", warnings.showwarning)
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.detach()  # else they close what they write to
        sys.stderr.detach()
    return int(ended.value.code or 0), written.getvalue()


@pytest.mark.parametrize(
    ("encoding", "run_command"),
    [("ascii", in_a_process), ("cp1252", with_such_streams), ("latin-1", with_such_streams)],
)
def test_no_consoles_encoding_breaks_a_command(
    folder: Path, encoding: str, run_command: Callable[[str, Sequence[str]], tuple[int, bytes]]
) -> None:
    write_table(folder / "t.csv", SCRIPTS)

    def said(*arguments: str) -> bytes:
        status, output = run_command(encoding, arguments)
        assert status == 0, output
        return output

    quick = ["--epochs", "1", "--hidden", "2", "--members", "1", "--no-report", "--out", "r"]
    trained = said("train", "t.csv", "--target", "y", *quick)
    assert rb"\u4ef7\u683c" in trained
    said("show", "r")
    assert b"1 + exp" in said("explain", "r")
    said("demo", "--iterations", "3", "--out", "d")
    predicted = said("predict", "r", "t.csv", "--keep", "all").decode("utf-8")
    assert SCRIPTS in predicted  # a pipe gets a file's content, which is UTF-8 everywhere
    assert SCRIPTS in said("explain", "r", "--format", "json").decode("utf-8")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("tr", ["train"]),
        ("plot reg", ["regression"]),
        ("train t.csv --schedule warm_up_", ["warm_up_cosine"]),
        ("predict r --kee", ["--keep"]),
        ("explain r ta", ["ta"]),  # of type file: the shell's own names
    ],
)
def test_a_shell_completes(
    monkeypatch: pytest.MonkeyPatch, typed: str, expected: list[str]
) -> None:
    words = f"glassnet {typed}"
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    found = BashComplete(app, {}, "glassnet", "_GLASSNET_COMPLETE").complete()
    assert [line.split(",")[1] for line in found.splitlines()] == expected
