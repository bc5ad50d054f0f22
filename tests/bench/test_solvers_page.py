"""The comparison of the solvers: SciPy minimises the very same loss, and the tables are all there.

No times are judged.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # `bench` is no part of the package: it is run from the project's root

from bench import solvers

IRIS = solvers.tables()["iris"]


def test_five_tables_come_with_what_the_tests_need() -> None:
    found = solvers.tables()
    assert list(found)[:5] == ["diabetes", "cars", "penguins", "wine", "iris"]
    for x, y in found.values():
        assert np.allclose(x.mean(axis=0), 0)
        assert np.allclose([y.std(), *x.std(axis=0)], 1)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_scipy_and_lm_minimise_the_same_loss(alpha: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solvers, "HIDDEN", 1)
    rows, held = solvers.parts(IRIS, 0)
    start = solvers.drawn(3, 0)
    ends = [fit(rows, held, start, alpha) for fit in (solvers.OURS["lm"], *solvers.SCIPY.values())]
    assert [end.loss for end in ends] == pytest.approx([ends[0].loss] * 3, rel=1e-6)
    assert [end.r2 for end in ends] == pytest.approx([ends[0].r2] * 3, rel=1e-3)
    assert 1 <= ends[0].near <= ends[0].iterations


def test_the_medians_are_of_all_seeds() -> None:
    fits = {"same": lambda *_: solvers.Outcome(1, 2.0, 3.0, 4.0, 5)}
    assert solvers.compare(IRIS, fits, 3, 0.0) == {"same": solvers.Outcome(1, 2.0, 3.0, 4.0, 5)}
