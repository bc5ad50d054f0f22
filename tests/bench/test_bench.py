"""The comparison's machinery: its arithmetic on made-up results, its errors, one small run from end
to end. No times are judged.
"""

import json
import re
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # `bench` is no part of the package: it is run from the project's root

from bench.peers import PEERS, glassnet_
from bench.workloads import WORKLOADS, Given

from bench import __main__, draw, floor, fresh, launch, moves, page, report, rounds, sizes, worker
from glassnet.training import population as population_module
from glassnet.training import run as run_module
from glassnet.training.engines.registry import Choice

LOSS = 0.25
ALL = "A, B64, B32, C32, C256, D, E32, E256, H, I, F-once, F-demo, F-first, G-search, G-folds"


def row(peer: str, ms: list[float], **more: Any) -> rounds.Row:
    return {
        "workload": "A",
        "threads": "1",
        "peer": peer,
        "form": "so",
        "ms": ms,
        "engine_ms": [],
        "loss": LOSS,
    } | more


def judged(*rows: rounds.Row, floor_ms: float = 0.5) -> dict[str, rounds.Row]:
    found = report.judge(rows, {"A": (LOSS, 1e-9)}, {"A": floor_ms})
    return {row["peer"]: row for row in found}


def text_of(rows: dict[str, rounds.Row], missing: tuple[str, ...] = ()) -> str:
    machine = {
        "processor": "P",
        "cores": 2,
        "system": "S",
        "python": "3",
        "commit": "",
        "load": 1.0,
    }
    facts = {peer: {"version": "1", "install_mb": 12.34} for peer in rows}
    results = {
        "date": "today",
        "arguments": "",
        "workloads": ["A"],
        "rounds": 3,
        "machine": machine,
        "programs": facts,
        "missing": missing,
    }
    return page.whole(results | {"peaks": {}, "rows": list(rows.values())})


def test_statistics() -> None:
    assert report.statistics([4.0, 1.0, 3.0, 2.0]) == {
        "median": 2.5,
        "min": 1.0,
        "q1": 1.75,
        "q3": 3.25,
        "rounds": 4,
    }
    assert report.statistics([2.0]) == {
        "median": 2.0,
        "min": 2.0,
        "q1": 2.0,
        "q3": 2.0,
        "rounds": 1,
    }
    assert report.statistics([]) is None


@pytest.fixture
def aims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(report.AIMS, "A", {"jax": 2.5, "numpy": 400, "r": 600})
    monkeypatch.setitem(report.SHARE_AIMS, "A", 0.7)


@pytest.mark.usefixtures("aims")
def test_ratios_aims_and_the_share_of_the_floor() -> None:
    found = judged(
        row("glassnet", [2.0, 1.0, 3.0], engine_ms=[0.8, 1.0, 1.2]),
        row("jax", [4.0, 6.0, 5.0]),
        row("numpy", [900.0]),
    )
    assert (found["jax"]["ratio"], found["jax"]["aim"], found["jax"]["met"]) == (2.5, 2.5, True)
    assert (found["numpy"]["ratio"], found["numpy"]["met"]) == (450.0, True)
    assert (found["glassnet"]["share"], found["glassnet"]["share_met"]) == (0.5, False)
    text = text_of(found)
    assert "5.00 (2.50x, aim 2.5: met)" in text
    assert "50%, aim 70%: MISSED" in text
    assert "(450x, aim 400: met)" in text


@pytest.mark.usefixtures("aims")
def test_an_aim_below_the_floor_is_called_so() -> None:
    text = text_of(judged(row("glassnet", [2.0]), row("numpy", [100.0]), row("r", [600.0])))
    assert (
        "100 (50.0x, aim 400: MISSED, beyond the floor)" in text
    )  # 100 / 400 = 0.25 ms, and the floor is 0.5
    assert "600 (300x, aim 600: MISSED)" in text  # 1 ms
    assert "None: all reached the same loss." in text


def test_aims_and_floors_are_for_one_thread() -> None:
    found = judged(
        row("glassnet", [2.0], engine_ms=[1.0], threads="all"), row("jax", [4.0], threads="all")
    )
    assert found["jax"]["ratio"] == 2.0
    assert "aim" not in found["jax"]
    assert "share" not in found["glassnet"]


def test_all_cores_are_compared_with_one() -> None:
    rows = [
        row("glassnet", [ms], workload=workload, threads=threads)
        for workload in ("A", "B32")
        for threads, ms in (("1", 3.0), ("all", 2.0))
    ]
    found = report.judge(rows, {"A": (LOSS, 1e-9), "B32": (LOSS, 1e-9)}, {})
    alone, together = found[2:]
    assert "speedup" not in alone
    assert (together["speedup"], together["speedup_met"]) == (1.5, False)
    assert page.speedup_cell(together) == "1.50x, aim 1.8: MISSED"
    assert page.speedup_cell(found[1]) == "1.50x"


@pytest.mark.parametrize(
    ("losses", "error"),
    [
        ([1.0, 2.0, 3.0], None),
        ([1.0, 2.0], None),  # a program that trains the first few only
        ([1.0 + 5e-8, 2.0 - 5e-8, 3.0], None),
        ([1.0 + 1e-6, 2.0 - 1e-6, 3.0], "1.0e-06 apart; network 0 of 3"),
        ([1.0, 2.0, 3.0 + 1e-8], "1.7e-09 apart; the mean of 3 networks"),
        ([1.0, float("nan"), 3.0], "nan apart; the mean of 3 networks"),
    ],
)
def test_each_network_must_reach_its_loss(losses: list[float], error: str | None) -> None:
    found = report.checked(row("jax", [1.0], loss=losses), [1.0, 2.0, 3.0], 1e-9)
    if error is None:
        assert "error" not in found
        assert found["loss"] == pytest.approx(sum(losses) / len(losses))
    else:
        assert found["error"].endswith(error)


def small(name: str, **changes: Any) -> Given:
    """A workload with few networks, rows and epochs."""
    return draw.draw(replace(WORKLOADS[name], **changes))


SMALL = {
    "A": {"epochs": 3},
    "B64": {"networks": 128, "epochs": 3},
    "B32": {"networks": 128, "epochs": 3},
    "C32": {"rows": 64},
    "E32": {"networks": 64, "rows": 64},
    "H": {"rows": 50, "batch": 50, "epochs": 3},
    "I": {"rows": 200, "sizes": (28, 30, 30, 1)},
}
"""Workload -> what makes it small."""


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("peer", ["glassnet", "numpy", "sklearn", "jax", "torch"])
def test_every_form_reaches_the_loss(peer: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in dict(PEERS[peer].cannot) or not PEERS[peer].installed:
        pytest.skip("not this program's")
    module = import_module(f"bench.peers.{PEERS[peer].module}")
    if peer == "jax" and WORKLOADS[name].dtype == "float64":
        pytest.skip("would switch the whole process to float64")
    for timed in (run_module, population_module):
        monkeypatch.setattr(timed, "choose", timed.choose)  # put back afterwards
    given = small(name, **SMALL[name])
    for task in module.forms(given, peer == "torch"):  # without what takes seconds to compile
        result = task.fit(task.ready())
        loss = worker.plain(task.loss(result))
        found = report.checked(
            {"workload": name, "loss": loss}, draw.reference(given), given.workload.tolerance
        )
        assert "error" not in found, task.form
        if peer == "glassnet":
            assert (task.inside() or 0) > 0


def test_rows_a_second_stand_beside_what_others_publish() -> None:
    rows = [row("glassnet", [25.0], workload="I")]
    text = page.details("I", report.judge(rows, {"I": (LOSS, 1e-9)}, {}))
    assert "| rows a second |" in text
    assert "| 40,000 |" in text  # 2,000 rows in 2 x 25 ms
    assert "Their number, their machine: OpenNN publishes 72,000 rows a second" in text
    assert "rows a second" not in page.details("A", list(judged(row("glassnet", [2.0])).values()))


@pytest.mark.parametrize("loss", [LOSS * (1 + 1e-8), float("nan")])
def test_another_final_loss_is_an_error(loss: float) -> None:
    found = judged(
        row("glassnet", [2.0]),
        row("jax", [4.0], loss=loss),
        row("numpy", [8.0], loss=LOSS * (1 + 1e-10)),
    )
    assert re.match(r"reached the loss .* instead of 0\.25", found["jax"]["error"])
    assert "ratio" not in found["jax"]
    assert found["numpy"]["ratio"] == 4.0
    text = text_of(found)
    assert "ERROR" in text
    assert "- A, JAX, one core, one thread: reached the loss" in text


def test_nothing_is_compared_with_a_glassnet_that_went_wrong() -> None:
    found = judged(row("glassnet", [2.0], loss=1.0), row("jax", [4.0]))
    assert "ratio" not in found["jax"]


def test_a_run_without_the_native_engine_says_so() -> None:
    assert "A, glassnet: its NumPy engine ran" in text_of(
        judged(row("glassnet", [2.0], form="gn.train, numpy engine"))
    )
    assert "its NumPy engine ran" not in text_of(
        judged(row("glassnet", [2.0], form="gn.train, native engine"))
    )


def test_what_cannot_be_compared_is_marked() -> None:
    text = text_of(
        judged(
            row("glassnet", [2.0]),
            row("sklearn", [4.0], loss=7.0, unchecked=True, form="the nearest"),
        )
    )
    assert "4.00 (2.00x)*" in text
    assert "\\* A, scikit-learn: the nearest." in text


def test_missing_programs_and_those_that_cannot_are_named() -> None:
    text = text_of(
        judged(row("glassnet", [2.0]))
        | {"sklearn": row("sklearn", []) | {"error": "E", "time": None}},
        ("torch", "r"),
    )
    assert "PyTorch is not installed: left out." in text
    assert "R is not installed: left out." in text
    assert "scikit-learn, A: cannot express the article" in text


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


def moved(**found: dict[str, Any]) -> dict[str, rounds.Row]:
    rows = {
        peer: row(peer, [4.0 if peer == "sklearn" else 2.0]) | {"workload": "G-folds"} | new
        for peer, new in found.items()
    }
    moves.compare(rows, moves.PROGRAMS["G-folds"]._replace(tolerance=0.1))
    return {each["peer"]: each for each in report.judge(list(rows.values()), {}, {})}


def test_numbers_of_programs_that_move_over_are_compared() -> None:
    found = moved(glassnet={"found": [1.0, 2.1]}, sklearn={"found": [1.0, 2.0]})
    assert found["sklearn"]["ratio"] == 2.0
    assert "within 0.05 of scikit-learn's" in found["glassnet"]["form"]
    for other in ([1.0, 3.0], [float("nan"), 2.0]):
        found = moved(glassnet={"found": other}, sklearn={"found": [1.0, 2.0]})
        assert (
            f"found [0.25, {other[0]}, {other[1]}] instead of [0.25, 1.0, 2.0]"
            in found["glassnet"]["error"]
        )
        assert "ratio" not in found["sklearn"]


@pytest.mark.parametrize("others", [{}, {"sklearn": {"error": "E"}}])
def test_programs_that_move_over_need_scikit_learn_to_compare_with(others: dict[str, Any]) -> None:
    found = moved(glassnet={"found": [1.0]}, **others)
    assert found["glassnet"]["unchecked"]
    assert "\\* G-folds, glassnet: there is nothing of scikit-learn's" in text_of(found)


def test_a_program_that_prints_something_else_says_so() -> None:
    assert "printed no result, but '{}" in moves.once("print({})", "1")[1]["error"]
    assert moves.once("raise SystemExit('no such thing')", "1")[1] == {"error": "no such thing"}


def test_one_thread_means_one_core() -> None:
    before = launch.cores()
    process = launch.start(
        [sys.executable, "-c", "from bench.launch import cores; print(cores())"],
        "1",
        stdout=subprocess.PIPE,
    )
    assert json.loads(process.communicate()[0]) == before[-1:]
    assert launch.cores() == before


def test_engines_are_timed_wherever_they_are() -> None:
    clocked, inside = glassnet_.clocked, glassnet_.inside
    inside.clear()
    engine = SimpleNamespace(
        run=lambda problem: problem + 1, run_population=lambda problems: problems + 2, name="fast"
    )
    name, found = clocked(("fast", engine))
    choice = Choice(cast(Any, engine), "why")
    assert clocked(choice).engine.run_population(1) == 3
    assert (clocked(choice).note, inside.pop() > 0) == ("why", True)
    assert (name, found.run(1), clocked(engine).run(2), clocked(engine).name) == (
        "fast",
        2,
        3,
        "fast",
    )
    named = namedtuple("named", "name run")("fast", engine.run)
    assert clocked(named)._replace(name="slow").run(1) == 2
    assert len(inside) == 3
    assert clocked("something else") == "something else"


def test_floor_counts_every_operation() -> None:
    one: floor.Peak = dict.fromkeys(
        ("fma32", "fma64", "div32", "div64", "sqrt32", "sqrt64", "fma_ns", "div_ns"), 1.0
    )
    products = 8192 * (
        3 * (20 * 64 + 64 * 64 + 64) - 20 * 64
    )  # forward, gradients, deltas back; the first layer sends none
    adam = (
        32 * (20 * 64 + 64 * 64 + 64 + 64 + 64 + 1) * 7
    )  # seven operations, which take longer than a division and a root
    assert floor.floor_ms("C256", one) == pytest.approx((products + adam) / 1e6)
    waiting = one | {"fma64": 1e9, "div64": 1e9}
    assert floor.floor_ms("A", waiting) == pytest.approx(
        1500 * (floor.CHAIN + floor.DIVISIONS) / 1e6
    )
    # B: 20 sigmoids of 18 operations; products 2 x 64 + 16, errors 16, update 16.
    assert floor.floor_ms("B64", one) == pytest.approx(1500 * (20 * 18 + 176) / 1e6)
    assert floor.floor_ms("B32", one) == pytest.approx(1500 * (20 * 13 + 176) / 1e6)
    steps = 32 * (20 * 16 + 16 + 16 + 1) * 7
    rows_of_e = 8192 * (3 * (20 * 16 + 16) - 20 * 16)
    assert floor.floor_ms("E256", one) == pytest.approx((rows_of_e + steps) / 1e6)
    products = 3 * (4 * 32 + 32 * 16 + 16 * 4) - 4 * 32
    tanhs = (32 + 16) * 14
    adam = 7 * (4 * 32 + 32 * 16 + 16 * 4 + 32 + 16 + 4)
    assert floor.floor_ms("H", one) == pytest.approx((10_000 * (products + tanhs) + adam) / 1e6)


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
