"""What docs/measured.md says of rounding: programs of one arithmetic agree, but where it grows."""

import shutil
import sys
from pathlib import Path

import pytest

from conftest import in_ci

sys.path.insert(0, str(Path(__file__).parents[2]))  # `bench` is run from the project's root

from bench import rounding

ARTICLE, RANDOM, SLOW = rounding.CASES


@pytest.mark.parametrize("case", [ARTICLE, SLOW], ids=lambda case: case.name)
def test_engines_agree_to_the_last_digits(case: rounding.Case) -> None:
    ours, theirs = (rounding.weights_at(case, engine) for engine in ("native", "numpy"))
    assert max(rounding.apart(ours, theirs)) < 1e-12


def test_where_nothing_can_be_learnt_at_a_large_rate_a_last_bit_grows_to_a_hundredth() -> None:
    plain = rounding.weights_at(RANDOM, "numpy")
    nudged = rounding.apart(rounding.weights_at(RANDOM, "numpy", nudged=True), plain)
    engines = rounding.apart(rounding.weights_at(RANDOM, "native"), plain)
    for gaps in (nudged, engines):
        assert max(gaps[:4]) < 1e-11  # up to 500 iterations
        assert 1e-6 < gaps[4] < 1


def test_r_agrees_where_the_engines_do() -> None:
    if shutil.which("Rscript") is None:
        assert not in_ci(), "Rscript is missing, and in CI nothing may be skipped"
        pytest.skip("Rscript is not installed (Debian: apt-get install r-base-core)")
    found = rounding.weights_in_r(SLOW)
    assert max(rounding.apart(found, rounding.weights_at(SLOW, "numpy"))) < 1e-12


def test_the_table_has_a_line_for_each_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "AT", (1, 2))
    lines = list(rounding.lines())
    assert len(lines) in (2 + 2 * 3, 2 + 3 * 3)
    assert len({line.count("|") for line in lines}) == 1
