"""The machinery of `python -m bench.tables`: the two halves of its tables, variants given on the
command line, what it says of a candidate. No quality and no times are judged.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

pytest.importorskip("sklearn")
pytest.importorskip("pandas")

from bench import table_data, table_page, tables


def results(**losses: list[float]) -> dict[str, Any]:
    """Made-up results: each model's loss on each table, one split, a second each."""
    count = len(next(iter(losses.values())))
    models = [
        {
            m: [{"score": 1 - values[i], "loss": values[i], "seconds": 1.0}]
            for m, values in losses.items()
        }
        for i in range(count)
    ]
    return {"tables": {f"t{i}": {"models": models[i]} for i in range(count)}}


def test_the_halves_share_no_table_and_are_all() -> None:
    assert not set(table_data.CHOOSING) & set(table_data.REPORTING)
    assert set(table_data.HALVES["all"]) == {*table_data.CHOOSING, *table_data.REPORTING}
    assert min(len(table_data.CHOOSING), len(table_data.REPORTING)) >= 20


def test_rows_beyond_the_most_are_drawn_with_their_targets() -> None:
    whole = table_data.load_table("wine")
    few = table_data.load_table("wine", most_rows=50)
    assert few.X.shape == (50, 13)
    rows = [np.flatnonzero((whole.X.to_numpy() == row).all(axis=1))[0] for row in few.X.to_numpy()]
    np.testing.assert_array_equal(whole.y[rows], few.y)
    assert len(set(rows)) == 50


def test_a_variant_is_parameters_and_constants() -> None:
    assert tables.variant(["v", "BINS=8", "dropout=0.1", "activation=relu", "alpha=None"]) == (
        "v",
        {"BINS": 8, "dropout": 0.1, "activation": "relu", "alpha": None},
    )


@pytest.mark.parametrize("change", ["BINS", "NO_SUCH_CONSTANT=1", "no_such_parameter=1"])
def test_a_variant_of_nothing_is_an_error(change: str) -> None:
    with pytest.raises(ValueError, match="--variant v: "):
        tables.variant(["v", change])


def test_a_variants_constants_hold_while_it_trains_and_no_longer() -> None:
    job = tables.Job("wine", "glassnet", 0, 2)
    short = tables.Job("wine", "short", 0, 2, changes={"MEMBER_ITERATIONS": 1, "MAX_EPOCHS": 1})
    before, changed, after = map(tables.measure, (job, short, job))
    assert before["loss"] == after["loss"] != changed["loss"]


def test_a_candidate_beside_the_first_model() -> None:
    found = results(a=[0.5, 0.4, 0.2], b=[0.25, 0.8, 0.1], c=[0.5, 0.4, 0.2])
    assert table_page.beside_first(found) == [
        "b over a: loss 0.794 +- 0.367, lower on 2 of 3, higher on 1; seconds 1.00",
        "c over a: loss 1.000 +- 0.000, lower on 0 of 3, higher on 0; seconds 1.00",
    ]


def test_losses_near_zero_do_not_rule_the_mean() -> None:
    (line,) = table_page.beside_first(results(a=[1e-9, 0.5], b=[1e-5, 0.5]))
    assert line.startswith("b over a: loss 1.000 +- 0.000, lower on 0 of 2, higher on 0")
