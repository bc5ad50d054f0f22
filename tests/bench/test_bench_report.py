"""The comparison's arithmetic and its page, on made-up results."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # `bench` is no part of the package: it is run from the project's root

from bench import aims, moves, page, report, rounds

LOSS = 0.25


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
    return page.whole(
        results | {"peaks": {}, "rows": list(rows.values()), "two_cores": [], "aims": []}
    )


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
def other_aims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(aims.TIMES, "A", {"jax": 2.5, "numpy": 400, "r": 600})
    monkeypatch.setitem(aims.SHARES, "A", 0.7)


@pytest.mark.usefixtures("other_aims")
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


@pytest.mark.usefixtures("other_aims")
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


FALLING = [1.0, *[2.0] * 198, 3.0]


@pytest.mark.parametrize(
    ("losses", "error"),
    [
        (FALLING, None),
        (FALLING[:50], None),  # a program that trains the first few only
        ([loss * (1 - 9e-10) for loss in FALLING], None),
        ([1.0 + 1e-7, *FALLING[1:]], None),  # one of 200, and their mean is near enough
        ([1.0 + 1e-7, *FALLING[1:100]], None),
        ([1.0 + 1e-7, *FALLING[1:99]], "1.0e-07 apart; 1 of 99 networks are too far off, number 0"),
        ([1.0 + 1e-6, *FALLING[1:]], "2.5e-09 apart; the mean of 200 networks"),
        (
            [1.0 + 1e-7, 2.0 - 4e-8, 2.0 - 6e-8, *FALLING[3:]],  # the mean is what it should be
            "1.0e-07 apart; 3 of 200 networks are too far off, number 0 most",
        ),
        ([*FALLING[:-1], float("nan")], "nan apart; the mean of 200 networks"),
    ],
)
def test_each_network_must_reach_its_loss(losses: list[float], error: str | None) -> None:
    found = report.checked(row("jax", [1.0], loss=losses), FALLING, 1e-9)
    assert ("error" in found) == (error is not None)
    assert error is None or error in found["error"]
    assert found["loss"] == pytest.approx(sum(losses) / len(losses), nan_ok=True)


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


def test_rows_a_second_stand_beside_what_others_publish() -> None:
    rows = [row("glassnet", [25.0], workload="I")]
    text = page.details("I", report.judge(rows, {"I": (LOSS, 1e-9)}, {}))
    assert "| rows a second |" in text
    assert "| 40,000 |" in text  # 2,000 rows in 2 x 25 ms
    assert "Their number, their machine: OpenNN publishes 72,000 rows a second" in text
    assert "rows a second" not in page.details("A", list(judged(row("glassnet", [2.0])).values()))
