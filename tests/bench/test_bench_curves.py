"""The machinery of `python -m bench.curves`: its made tables, what counts as a cliff, one small run
from end to end. No quality is judged.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

pytest.importorskip("sklearn")
pytest.importorskip("pandas")

from bench import curve_page, curves, launch, made_tables, resume


def measured(held: dict[int, float], spread: float = 0.0, warned: bool = False) -> dict[str, Any]:
    """A made-up curve: three seeds with scores that far apart."""
    return {
        str(size): [
            {"held": score + off, "own": 1.0, "seconds": 1.0, "warned": ["w"] * warned}
            for off in (-spread, 0.0, spread)
        ]
        for size, score in held.items()
    }


def lines(classify: bool = False, **models: dict[str, Any]) -> list[str]:
    models = {name.replace("_", " "): curve for name, curve in models.items()}
    return curve_page.cliffs({"tables": {"t": {"classify": classify, "models": models}}})


@pytest.mark.parametrize("name", list(made_tables.MADE))
def test_made_tables_come_from_their_seed(name: str) -> None:
    one, again, other = (made_tables.MADE[name](30, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.X, again.X)
    np.testing.assert_array_equal(one.y, again.y)
    assert len(one.y) == len(one.X) == 30
    assert (one.X.to_numpy() != other.X.to_numpy()).all()


def test_what_can_be_explained_of_the_made_tables() -> None:
    two = made_tables.waves(20_000, 0, periods=2)
    x = two.X["x1"].to_numpy()
    assert np.std(two.y - np.sin(4 * np.pi * x)) == pytest.approx(0.05, rel=0.03)
    straight = made_tables.linear(20_000, 0)
    explained = (straight.X.to_numpy() - 0.5) @ [2.0, -1.0, 1.0, 0.5, 0.0]
    assert np.var(explained) / np.var(straight.y) == pytest.approx(0.8, abs=0.01)
    noise = made_tables.noise(20_000, 0)
    assert np.abs(np.corrcoef(noise.X.to_numpy().T, noise.y)[-1, :-1]).max() < 0.03
    assert made_tables.islands(20_000, 0).y.mean() == pytest.approx(6 * np.pi * 0.15**2, abs=0.03)
    assert made_tables.board(20_000, 0).y.mean() == pytest.approx(0.5, abs=0.02)


def test_more_rows_are_the_fewer_and_others_and_none_is_held_out() -> None:
    few, held = curves.parts("wine", 20, 1)
    more, again = curves.parts("wine", 100, 1)
    np.testing.assert_array_equal(more.X[:20], few.X)
    np.testing.assert_array_equal(held.X, again.X)
    assert len(held.y) == 178 // 5
    together = {tuple(row) for row in more.X.to_numpy()}
    assert not any(tuple(row) in together for row in held.X.to_numpy())


def test_a_curve_that_rises_has_no_cliff() -> None:
    assert lines(a=measured({50: 0.2, 100: 0.4, 200: 0.6, 5000: 0.9})) == []


def test_a_score_that_falls_is_a_cliff_where_the_seeds_agree() -> None:
    falls = {50: 0.70, 100: 0.75, 200: 0.71}
    assert lines(a=measured(falls)) == ["t, a: 0.710 with 200 rows, 0.750 with 100"]
    assert lines(a=measured(falls, spread=0.05)) == []
    assert lines(a=measured({50: 0.75, 100: 0.73})) == []


def test_a_leap_that_no_rival_makes_is_a_cliff() -> None:
    leaps = measured({600: 0.80, 700: 0.93, 1400: 1.00})
    flat = measured({600: 0.85, 700: 0.86, 1400: 0.87})
    steep = measured({600: 0.80, 700: 0.92, 1400: 0.95})
    assert lines(a=leaps, MLP=flat) == ["t, a: from 0.800 to 0.930 between 600 and 700 rows"]
    assert lines(a=leaps, MLP=flat, boosted_trees=steep) == []


def test_behind_both_rivals_is_a_cliff_and_behind_one_is_none() -> None:
    high, low = measured({500: 0.98}), measured({500: 0.30})
    found = lines(a=measured({500: 0.2}, warned=True), MLP=low, boosted_trees=high)
    assert found == []  # 0.10 behind the MLP in R2 is not more than 0.10
    found = lines(True, a=measured({500: 0.2}, warned=True), MLP=low, boosted_trees=high)
    assert found == [
        "t, a: 0.200 with 500 rows, MLP 0.300, boosted trees 0.980; warned 3 of 3 times"
    ]


def test_a_result_goes_on_with_the_same_facts_only(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    first = resume.begun(path, {"seeds": 3}, add=True)
    first["tables"]["t"] = {"models": {"a": [1]}}
    resume.keep(path, first)
    assert resume.begun(path, {"seeds": 3}, add=True) == first
    assert resume.begun(path, {"seeds": 3}, add=False)["tables"] == {}
    with pytest.raises(SystemExit, match="was measured with seeds 3"):
        resume.begun(path, {"seeds": 2}, add=True)
    now = {"tables": {"t": {"models": {"a": [2]}}, "new": {"models": {"a": [3]}}}}
    assert resume.with_before(now, path)["tables"] == {
        "t": {"models": {"a": [2], "before": [1]}},
        "new": {"models": {"a": [3]}},
    }


def test_a_small_run_writes_a_page_and_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    command = [sys.executable, "-m", "bench.curves", "--models", "linear", "MLP"]
    command += ["--tables", "linear", "--most-rows", "100", "--seeds", "1", "--to", str(tmp_path)]
    run = subprocess.run(command, cwd=launch.ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.endswith("No cliffs.\n")
    found = json.loads((tmp_path / "curves.json").read_text())
    curve = found["tables"]["linear"]["models"]["linear"]
    assert list(curve) == ["50", "100"]
    page = (tmp_path / "curves.md").read_text()
    assert f"| 100 | {curve['100'][0]['held']:.3f} ({curve['100'][0]['own']:.3f}) |" in page
    assert "<svg" in (tmp_path / "curves.svg").read_text()
