"""What is outside the values seen in training is said, and nothing where they are not known."""

from typing import Any

import numpy as np
import pytest

import glassnet as gn

N = 60
TABLE = {
    "size": np.linspace(-3, 3, N),
    "day": [f"{1 + i % 28:02d}.01.2015" for i in range(N)],
    "y": np.linspace(0, 9, N),
}
QUICK: dict[str, Any] = {"hidden": (3,), "members": 1, "epochs": 2, "holdout": 0}


@pytest.fixture(scope="module")
def model() -> gn.Model:
    return gn.train_table(TABLE, "y", bins=4, **QUICK)


def test_a_row_outside_says_so_in_every_format(model: gn.Model) -> None:
    table = {"size": [-3.0, 30.0], "day": ["01.01.2015", "05.02.2015"], "y": [0.0, 1.0]}
    inside, outside = gn.explain(model, table, [0, 1]).rows
    assert inside.outside == ()
    size = "size 30 is outside the values seen in the training, -3 to 3."
    day = "day 05.02.2015 is outside the values seen in the training, 01.01.2015 to 28.01.2015."
    assert outside.outside == (size, day)
    explanation = gn.explain(model, table, 1)
    written = explanation.text(), explanation.markdown(), explanation.html()
    assert all(size in shown for shown in written)
    assert explanation.to_dict()["rows"][0]["outside"] == (size, day)


@pytest.mark.parametrize("bins", [0, 4])
def test_a_change_outside_says_so(bins: int) -> None:
    model = gn.train_table(TABLE, "y", bins=bins, **QUICK)
    where = "seen in the training" if bins else "of this table"

    def notes(**changes: Any) -> tuple[str, ...]:
        found = gn.explain(model, TABLE, N - 1, what_if=changes).rows[0].what_if
        assert found
        return found.notes

    assert notes(size="+1") == (f"size 4 is outside the values {where}, -3 to 3.",)
    assert notes(size="-1") == ()
    (missing,) = notes(size="")
    assert "outside" not in missing
    assert notes(day="-40")[0].endswith(f"{where}, 01.01.2015 to 28.01.2015.")


def test_where_the_range_is_not_known_nothing_is_said() -> None:
    model = gn.train_table(TABLE, "y", bins=0, **QUICK)
    alone = {"size": [100.0], "day": ["01.01.2015"]}
    (row,) = gn.explain(model, alone, 0, what_if={"size": "+100"}).rows
    assert row.outside == ()
    assert row.what_if
    assert row.what_if.notes == ()
