"""The defaults have no cliffs: more rows do not make them much worse, and they are never far behind
both scikit-learn's MLP and its boosted trees. `python -m bench.curves` does the like at length.
"""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

pytest.importorskip("sklearn")
pytest.importorskip("pandas")

from bench.curve_page import BEHIND, WORSE, Curve, cliffs
from bench.curves import MODELS, Job, measure, parts

SIZES = (60, 250)
SEEDS = (0,)


def curves(name: str, models: tuple[str, ...] = MODELS[:3]) -> dict[str, Any]:
    """What `bench.curves` keeps of a table."""
    measured = {
        model: {
            str(size): [measure(Job(name, model, size, seed)) for seed in SEEDS] for size in SIZES
        }
        for model in models
    }
    return {"classify": parts(name, 2, 0)[0].classify, "models": measured}


@pytest.mark.parametrize("name", ["2 waves", "islands", "linear", "diabetes", "breast_cancer"])
def test_no_cliffs_on_tables_made_and_real(name: str) -> None:
    assert cliffs({"tables": {name: curves(name)}}) == []


def test_noise_is_not_learnt() -> None:
    """Five columns that say nothing: hardly worse than the mean, of few rows as of more."""
    curve = Curve(curves("noise", ("glassnet",))["models"]["glassnet"])
    assert curve.held.min() > -BEHIND[False]
    assert (curve.held[-1] > curve.held[:-1] - WORSE).all()
