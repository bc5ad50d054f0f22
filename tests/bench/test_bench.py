"""The comparison's machinery: its command line, its processes, one small run from end to end. No
times are judged.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # `bench` is no part of the package: it is run from the project's root

from bench import __main__, fresh, launch, moves, rounds, sizes

ALL = (
    "A, B64, B32, C32, C256, D, D1024, E32, E256, H, I, F-once, F-demo, F-first, "
    "G-search, G-folds, two-cores"
)


def test_the_order_rotates_and_who_fails_is_left_out() -> None:
    turns = []

    def turn(member: str) -> bool:
        turns.append(member)
        return turns.count("b") < 2 or member != "b"

    rounds.take_turns("abc", 4, turn)
    assert "".join(turns) == "abcbcaacca"


def test_a_worker_that_dies_says_why() -> None:
    with rounds.worker("nobody", "1") as handle:
        assert handle.ask("prepare") == {"error": "KeyError: 'nobody'"}


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("print('hello')", "printed no loss, but 'hello"),
        ("raise SystemExit('no such thing')", "no such thing"),
        ("exit(3)", "exit status 3"),
    ],
)
def test_a_fresh_process_that_fails_says_why(program: str, error: str) -> None:
    found = fresh.once([sys.executable, "-c", program], "1")[1]
    assert str(found["error"]).startswith(error)


@pytest.mark.parametrize("name", moves.PROGRAMS)
def test_a_program_moves_over_by_its_import_and_nothing_else(name: str) -> None:
    before, after = (moves.text_of(name, peer).split("\n") for peer in ("sklearn", "glassnet"))
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert changed == [
        ("from sklearn.neural_network import MLPClassifier", "from glassnet import MLPClassifier")
    ]


def test_a_program_that_prints_something_else_says_so() -> None:
    assert "printed no result, but '{}" in moves.once("print({})", "1")[1]["error"]
    assert moves.once("raise SystemExit('no such thing')", "1")[1] == {"error": "no such thing"}


SAY_THREADS = """
import os
from bench.launch import cores
print(cores(), os.environ["OMP_NUM_THREADS"])
"""


@pytest.mark.parametrize(("threads", "count"), [("1", 1), ("2", 2), ("all", None)])
def test_so_many_threads_have_so_many_cores(threads: str, count: int | None) -> None:
    before = launch.cores()
    process = launch.start(
        [
            sys.executable,
            "-c",
            SAY_THREADS,
        ],
        threads,
        stdout=subprocess.PIPE,
    )
    expected = before[-count:] if count else before
    assert process.communicate()[0].strip() == f"{expected} {len(expected)}"
    assert launch.cores() == before


def test_install_size_counts_what_is_needed_too() -> None:
    assert (sizes.install_mb("scikit-learn") or 0) > (sizes.install_mb("numpy") or 0) > 1
    assert sizes.install_mb("no-such-distribution") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "A,Z"], f"argument --only: unknown name 'Z': choose from {ALL}, B, C, E, F, G"),
        (
            ["--peers", "keras"],
            "argument --peers: unknown name 'keras': choose from glassnet, numpy, sklearn, torch, jax, r",  # noqa: E501
        ),
        (["--rounds", "0"], "argument --rounds: must be a whole number of 1 or more, got '0'"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_wrong_arguments(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        __main__.main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"bench: {message}\n"


def test_a_small_run_from_end_to_end(tmp_path: Path) -> None:
    line = [
        sys.executable,
        "-m",
        "bench",
        "--quick",
        "--only",
        "A",
        "--peers",
        "numpy",
        "--rounds",
        "1",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run(line, cwd=launch.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("*.json")
    results = json.loads(path.read_text())
    (found,) = results["rows"]
    assert found["loss"] == pytest.approx(0.0018732600964096, rel=1e-9)
    assert len(found["ms"]) == 1
    assert results["arguments"] == "--quick --only A --peers numpy --rounds 1"
    assert found["peak_mb"] > 1
    assert done.stdout.strip() == path.with_suffix(".md").read_text().strip()
    assert "None: all reached the same loss." in done.stdout
