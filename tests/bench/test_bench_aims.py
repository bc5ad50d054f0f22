"""The aims of the comparison and its two cores beside one, on made-up results."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # `bench` is no part of the package: it is run from the project's root

from bench.workloads import WORKLOADS

from bench import aims, launch, page, report, rounds, two_cores

EXPECTED: report.Expected = dict.fromkeys(WORKLOADS, (0.25, 1e-9))


def row(workload: str, peer: str, ms: float, **more: Any) -> rounds.Row:
    found = {"workload": workload, "threads": "1", "peer": peer, "form": "so"}
    return found | {"ms": [ms], "engine_ms": [], "loss": 0.25} | more


def test_every_aim_has_its_outcome() -> None:
    floors = {"A": 1.0, "D": 1.0, "I": 2.0}
    rows = [
        row("A", "glassnet", 1.5, engine_ms=[1.25]),
        row("A", "jax", 1.6),  # 1.8 times as fast would be 0.89, and the floor is 1
        row("D", "glassnet", 2.0, engine_ms=[1.6]),
        row("D", "jax", 2.1),
        row("D", "torch", 1.9),
        row("D", "sklearn", 4.0, loss=7.0),
        row("I", "glassnet", 25.0, engine_ms=[4.0]),
        row("I", "glassnet", 1.0, threads="all"),
    ]
    judged = report.judge(rows, EXPECTED, floors)
    assert aims.outcomes(judged, [], ["A", "D", "H", "I", "F-demo", "G-folds"]) == [
        ("A", "1.8 times as fast as JAX", "1.07x, 80% of the floor", "beyond the floor"),
        ("A", "60% of the floor", "80%", "met"),
        ("D", "as fast as JAX", "1.05x", "met"),
        ("D", "1.9 times as fast as scikit-learn", "", "not measured"),
        ("D", "as fast as PyTorch", "0.95x", "MISSED"),
        ("D", "70% of the floor", "62%", "MISSED"),
        ("I", "70% of the floor", "50%", "MISSED"),
        ("I", "32,000 rows a second", "40,000", "met"),  # 2,000 rows in 2 x 25 ms
        ("F-demo", "as fast as R", "", "not measured"),
    ]


def test_two_cores_are_compared_with_one() -> None:
    rows = [
        row("B32", "glassnet", 3.8),
        row("B32", "glassnet", 2.0, threads="2"),
        row("I", "glassnet", 3.0),
        row("I", "glassnet", 2.0, threads="2"),
        row("E32", "glassnet", 3.0, loss=[1.0, 0.25]),
        row("E32", "glassnet", 2.0, threads="2"),
    ]
    pairs = two_cores.judge(rows, EXPECTED)
    assert [pair.get("speedup") for pair in pairs] == [None, 1.9, None, 1.5, None, None]
    found = aims.outcomes([], pairs, ["two-cores"])
    assert found[1] == ("B32", "two cores 1.8 times as fast as one", "1.90x", "met")
    assert [outcome[-1] for outcome in found] == [
        "not measured",
        "met",
        "not measured",
        "not measured",
        "MISSED",
        "not measured",
    ]
    text = page.two_cores(pairs)
    assert "| 3.80 | 2.00 | 1.90x |" in text
    assert "| ERROR | 2.00 |  |" in text
    text = page.aims(found)
    assert "## Aims: 1 of 6 met" in text
    assert "| I | two cores 1.8 times as fast as one | 1.50x | MISSED |" in text


def test_two_cores_take_turns_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(rounds, "measure", lambda *args: asked.append(args[:3]) or [])
    data = {name: f"{name}.npz" for name in WORKLOADS}
    settings = rounds.Settings(1, 0.1, ("1",), True)
    monkeypatch.setattr(launch, "cores", lambda: [0])
    assert two_cores.measure(data, settings) == asked == []
    monkeypatch.setattr(launch, "cores", lambda: [0, 1])
    two_cores.measure(data, settings)
    members = [("glassnet", "1"), ("glassnet", "2")]
    assert asked == [(name, members, f"{name}.npz") for name in aims.CORES]
