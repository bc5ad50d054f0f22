"""How a row stands beside those trained on: unusual cells, and the rows most like it."""

import numpy as np
import pytest

import glassnet as gn
from glassnet.explanation.unusual import beside_trained
from glassnet.models.rows import Rows, rows_of

N = 100
TRAINED = np.arange(N - 5)


@pytest.fixture(scope="module")
def rows() -> Rows:
    """x goes from 0 to 99, so does y; the last row alone is of town "far", and lacks z."""
    x = np.arange(N, dtype=float)
    towns = ["far" if i in (3, N - 1) else ("near", "here")[i % 2] for i in range(N)]
    z = [None if i in (5, N - 1) else float(i % 10) for i in range(N)]
    table = {"x": x, "town": towns, "z": z, "y": x}
    settings = {"epochs": 1, "hidden": 2, "members": 1, "holdout": 0}
    return rows_of(gn.train_table(table, "y", **settings), table)


def test_cells_at_the_ends_rare_categories_and_missing_cells_are_named(rows: Rows) -> None:
    unusual, _ = beside_trained(rows, N - 1, TRAINED)
    assert unusual.startswith("Unusual beside the rows trained on: x 99 (highest of all), ")
    assert "town far (in 1.1% of them)" in unusual
    assert "z missing (in 1.1% of them)" in unusual
    lowest, _ = beside_trained(rows, 1, TRAINED)
    assert "x 1 (in the lowest 1.1%)" in lowest  # of the 94 others the one below it
    assert "town" not in lowest


def test_of_a_usual_row_that_is_said(rows: Rows) -> None:
    unusual, _ = beside_trained(rows, 54, TRAINED)
    assert unusual.startswith("None of its cells is unusual")


def test_the_rows_nearest_in_the_inputs_come_with_their_actual_values(rows: Rows) -> None:
    _, similar = beside_trained(rows, 54, TRAINED)
    others = TRAINED[TRAINED != 54]
    distances = np.linalg.norm(rows.x[others] - rows.x[54], axis=1)
    first = others[distances.argmin()]
    wanted = f"Most like it of the rows trained on: row {first + 1} (actual {first}), row "
    assert similar.startswith(wanted)
    assert "row 55 " not in similar
    assert beside_trained(rows, 0, np.array([0])) == ()
