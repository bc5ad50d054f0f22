"""What `glassnet train` and the estimators share: which rows train, how often, and in which order."""

import numpy as np
import pytest

from glassnet.recipe.fit import Rows, fit_table, in_order, judging_rows, repeated
from glassnet.recipe.options import Options
from glassnet.tables.columns import Column, Table
from glassnet.tables.frames import as_table


def rows_of(table: dict[str, list], weights: list[float] | None = None) -> Rows:
    columns = as_table(table)
    inputs = columns.select(name for name in columns if name != "y")
    return Rows(
        inputs, columns.select(["y"]), None if weights is None else np.array(weights, float)
    )


TABLE = {
    "a": [3.0, 1.0, None, 1.0, None],
    "t": ["b", None, "a", None, "a"],
    "y": [1.0, 2.0, 3.0, 2.0, 4.0],
}


def cells(rows: Rows) -> list[tuple]:
    columns = [*rows.inputs.values(), *rows.answers.values()]
    return list(
        zip(
            *(
                np.where(column.missing, "-", column.values.astype(str)).tolist()
                for column in columns
            ),
            strict=True,
        )
    )


def test_whole_weights_are_so_many_rows() -> None:
    done = repeated(rows_of(TABLE, [2, 0, 1, 1, 3]))
    assert done.weights is None
    everything = cells(rows_of(TABLE))
    assert cells(done) == [everything[i] for i in (0, 0, 2, 3, 4, 4, 4)]
    assert cells(repeated(rows_of(TABLE, [1, 0, 1, 1, 1]))) == [everything[i] for i in (0, 2, 3, 4)]
    weighed = repeated(rows_of(TABLE, [0.5, 0, 1, 1, 1]))
    assert weighed.weights is not None
    assert weighed.weights.tolist() == [0.5, 1, 1, 1]
    many = repeated(rows_of(TABLE, [99_999, 0, 1, 1, 1]))
    assert many.weights is not None
    assert repeated(rows_of(TABLE)).weights is None


def test_rows_are_sorted_only_where_two_are_equal() -> None:
    rows = rows_of(TABLE)
    everything = cells(rows)
    assert everything[1] == everything[3]
    done = in_order(rows)
    assert sorted(cells(done)) == sorted(everything)
    assert cells(in_order(rows.take(np.array([4, 3, 2, 1, 0])))) == cells(done)
    apart = rows.take(np.array([4, 2, 1, 0]))
    assert in_order(apart) is apart


def test_rows_with_weights_are_sorted_with_them() -> None:
    done = in_order(rows_of(TABLE, [0.1, 0.2, 0.3, 0.4, 0.5]))
    assert done.weights is not None
    by_cells = dict(
        zip(cells(rows_of(TABLE)), [0.1, {0.2, 0.4}, 0.3, {0.2, 0.4}, 0.5], strict=True)
    )
    for row, weight in zip(cells(done), done.weights.tolist(), strict=True):
        assert weight == by_cells[row] or (
            isinstance(by_cells[row], set) and weight in by_cells[row]
        )


@pytest.mark.parametrize(
    ("rows", "validation", "judging"),
    [(499, None, 0), (500, None, 100), (50, 0.1, 5), (900, 0.0, 0)],
)
def test_rows_that_judge(rows: int, validation: float | None, judging: int) -> None:
    answers = Table.of([Column("y", "number", np.arange(float(rows)))])
    fit, judge = judging_rows(answers, "regression", Options(validation=validation, members=1))
    assert len(judge) == judging
    assert sorted([*fit, *judge]) == list(range(rows))
    if validation is None:
        assert not len(judging_rows(answers, "regression", Options())[1])  # members judge by folds


def test_weights_reach_the_loss_and_the_start() -> None:
    table = {"a": list(range(20)), "y": [float(k % 7) for k in range(20)]}
    options = Options(epochs=1, learning_rate=1e-12, dropout=0.0, validation=0.0)
    weights = [0.5 + k / 3 for k in range(20)]
    model = fit_table(rows_of(table, weights), None, "regression", options).model
    mean = np.average(table["y"], weights=weights)
    assert model.predict({"a": [3.0]})[0] == pytest.approx(
        mean
    )  # the last layer starts at nothing but the mean
