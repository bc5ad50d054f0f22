"""The first look by gradients: by hand, and on columns of every kind."""

import numpy as np

import glassnet as gn
from glassnet.importance import ranking
from glassnet.importance.ranking import rank_by_gradients
from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of


def test_the_order_by_hand() -> None:
    # outputs 2 a - 3 b + c and c: a moves the first by 2 |a - 2|, 4/3 on average, b by 3 |b - 1|,
    # which is 0, c both by |c - 10|, so 2 * 20/3 = 40/3
    weights = np.array([[2.0, 0.0], [-3.0, 0.0], [1.0, 1.0]])
    model = as_model((gn.Network([3, 2], bias=False), gn.Parameters((weights,))))
    x = np.array([[1.0, 1.0, 0.0], [2.0, 1.0, 10.0], [3.0, 1.0, 20.0]])
    assert rank_by_gradients(model, rows_of(model, x)) == ["x3", "x1", "x2"]


def test_members_count_by_their_votes_and_may_cancel() -> None:
    # the members disagree about a, 4 against -4, and agree about b, 1 and 1
    network = gn.Network([2, 1], bias=False)
    first, second = (
        as_model((network, gn.Parameters((np.array([[a], [1.0]]),)))) for a in (4.0, -4.0)
    )
    both = gn.Model(first.encoding, (*first.members, *second.members))
    rows = rows_of(both, np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert rank_by_gradients(both, rows) == ["x2", "x1"]
    assert rank_by_gradients(first, rows) == ["x1", "x2"]


def test_numbers_categories_and_missing_cells_are_found_where_they_matter() -> None:
    random = np.random.default_rng(1)
    n = 2 * ranking.ENOUGH_ROWS
    table = {f"noise{i}": random.normal(size=n) for i in range(6)}
    table["town"] = random.choice(["Ulm", "Bonn", "Kiel", "Jena"], n).astype(object)
    table["size"] = random.normal(size=n)
    table["gap"] = np.where(random.random(n) < 0.5, np.nan, 1.0)
    y = 2 * (table["town"] == "Kiel") + np.abs(table["size"]) + np.isnan(table["gap"])
    model = gn.train_table({**table, "y": y}, "y", members=2, hidden=16, epochs=30)
    assert set(rank_by_gradients(model, rows_of(model, table))[:3]) == {"town", "size", "gap"}
