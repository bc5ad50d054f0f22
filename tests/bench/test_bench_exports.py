"""`python -m bench.exports`: two targets from end to end, how differences are counted, and a tool
that is not there. No times are judged.
"""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.exports.__main__ import HEADS, line, main
from bench.exports.case import Case
from bench.exports.measure import difference, measure, ulps
from bench.exports.targets import TARGETS

ROWS = 120


def cells(lines: list[str]) -> list[list[str]]:
    """Of a Markdown table."""
    return [[cell.strip() for cell in one.strip("|").split("|")] for one in lines if "|" in one]


def test_both_tables(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--targets", "c-float32", "sqlite", "--rows", str(ROWS), "--seconds", "0.001"]
    assert main(given) == 0
    [heads, _, single, sqlite, _, _, *times] = cells(capsys.readouterr().out.splitlines())
    assert heads == list(HEADS)
    for name, found, bound in (("c-float32", single, 1e-5), ("sqlite", sqlite, 1e-13)):
        assert found[0] == name
        assert float(found[2]) < bound
        assert float(found[3]) < 100
        assert all(float(size) > 1 for size in found[4].split(" + "))
        assert ROWS >= int(found[5].split(" x ")[-1]) >= 100
    assert float(single[2]) > 1e-10
    assert [title.split()[0] for title, _ in times] == ["`model.predict`,", "`glassnet", "DuckDB"]
    assert all(float(seconds) >= 0 for _, seconds in times)


def test_another_prediction_is_seen() -> None:
    case = Case("small", ROWS)
    case.expected[50] *= 1.001
    assert measure(TARGETS["python"], case, 0.001).difference == pytest.approx(0.001, rel=0.01)


def test_a_fast_target_passes_over_the_rows_several_times() -> None:
    found = measure(TARGETS["c-float64"], Case("small", ROWS), 0.2)
    assert found.rows == ROWS
    assert found.passes > 1
    assert found.per_million == pytest.approx(1e6 * found.seconds / found.passes / ROWS)


def test_differences_by_hand() -> None:
    assert difference(np.array([0.5, 100.0]), np.array([0.25, 101.0])) == 0.25
    found, expected = np.array([1 + 2**-51, -8.0]), np.array([1.0, -8.0])
    assert ulps(found, expected, "float64") == 2
    assert ulps(found, expected, "float32") == 0
    assert ulps(np.array([1 + 2**-23]), np.array([1.0]), "float32") == 1


def test_a_tool_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = line("go", Case("small", 1), 1.0)
    assert found[:2] == ["go", "Go: not installed, not measured"]
    assert len(found) == len(HEADS)


def test_a_tool_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = dataclasses.replace(TARGETS["python"], driver=[sys.executable, "-c", "1 / 0"])
    monkeypatch.setitem(TARGETS, "python", broken)
    found = line("python", Case("small", 1), 1.0)
    assert found[1].startswith("ERROR: Python 3")
    assert "ZeroDivisionError" in found[1]
