"""What `glassnet train` and the estimators share: which rows train, how often, in which order."""

import numpy as np
import pytest
from sklearn.linear_model import HuberRegressor

from glassnet.core.losses import find_loss
from glassnet.core.network import leaves
from glassnet.recipe.defaults import best_constant, settle
from glassnet.recipe.encode import encode_rows
from glassnet.recipe.fit import fit_table, learn_encoding
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.folds import assign_folds, split_validation
from glassnet.recipe.options import Options
from glassnet.recipe.rows import TableRows, repeat_by_weight, sort_if_any_are_equal
from glassnet.tables.frames import as_table
from glassnet.tables.inputs import Number


def rows_of(table: dict[str, list], weights: list[float] | None = None) -> TableRows:
    columns = as_table(table)
    inputs = columns.select(name for name in columns if name != "y")
    sample_weight = None if weights is None else np.array(weights, float)
    return TableRows(inputs, columns.select(["y"]), sample_weight)


TABLE = {
    "a": [3.0, 1.0, None, 1.0, None],
    "t": ["b", None, "a", None, "a"],
    "y": [1.0, 2.0, 3.0, 2.0, 4.0],
}


def cells(rows: TableRows) -> list[tuple]:
    columns = [*rows.inputs.values(), *rows.targets.values()]
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
    done = repeat_by_weight(rows_of(TABLE, [2, 0, 1, 1, 3]))
    assert done.sample_weight is None
    everything = cells(rows_of(TABLE))
    assert cells(done) == [everything[i] for i in (0, 0, 2, 3, 4, 4, 4)]
    assert cells(repeat_by_weight(rows_of(TABLE, [1, 0, 1, 1, 1]))) == [
        everything[i] for i in (0, 2, 3, 4)
    ]
    weighed = repeat_by_weight(rows_of(TABLE, [0.5, 0, 1, 1, 1]))
    assert weighed.sample_weight is not None
    assert weighed.sample_weight.tolist() == [0.5, 1, 1, 1]
    many = repeat_by_weight(rows_of(TABLE, [99_999, 0, 1, 1, 1]))
    assert many.sample_weight is not None
    assert repeat_by_weight(rows_of(TABLE)).sample_weight is None


def test_rows_are_sorted_only_where_two_are_equal() -> None:
    rows = rows_of(TABLE)
    everything = cells(rows)
    assert everything[1] == everything[3]
    done = sort_if_any_are_equal(rows)
    assert sorted(cells(done)) == sorted(everything)
    assert cells(sort_if_any_are_equal(rows.take(np.array([4, 3, 2, 1, 0])))) == cells(done)
    apart = rows.take(np.array([4, 2, 1, 0]))
    assert sort_if_any_are_equal(apart) is apart


def test_rows_with_weights_are_sorted_with_them() -> None:
    done = sort_if_any_are_equal(rows_of(TABLE, [0.1, 0.2, 0.3, 0.4, 0.5]))
    assert done.sample_weight is not None
    by_cells = dict(
        zip(cells(rows_of(TABLE)), [0.1, {0.2, 0.4}, 0.3, {0.2, 0.4}, 0.5], strict=True)
    )
    for row, weight in zip(cells(done), done.sample_weight.tolist(), strict=True):
        assert weight == by_cells[row] or (
            isinstance(by_cells[row], set) and weight in by_cells[row]
        )


@pytest.mark.parametrize(
    ("rows", "fraction", "expected"),
    [(499, None, 0), (500, None, 100), (50, 0.1, 5), (900, 0.0, 0)],
)
def test_rows_that_validate(rows: int, fraction: float | None, expected: int) -> None:
    train, validation = split_validation(rows, Options(validation=fraction, members=1))
    assert len(validation) == expected
    assert sorted([*train, *validation]) == list(range(rows))
    if fraction is None:  # members validate each other, by folds
        assert not len(split_validation(rows, Options())[1])


def test_weights_reach_the_loss_and_the_start() -> None:
    table = {"a": list(range(20)), "y": [float(k % 7) for k in range(20)]}
    options = Options(epochs=1, learning_rate=1e-12, dropout=0.0, validation=0.0)
    weights = [0.5 + k / 3 for k in range(20)]
    model = fit_table(rows_of(table, weights), None, "regression", options).model
    mean = np.average(table["y"], weights=weights)
    assert model.predict({"a": [3.0]})[0] == pytest.approx(
        mean
    )  # the last layer starts at nothing but the mean


@pytest.mark.parametrize(
    ("loss", "start"),
    [
        ("mean_squared_error", 30.0),
        ("mean_absolute_error", 3.0),
        ("huber:0.5", 3.0),
        ("pinball:0.8", 4.0),
        ("poisson", 30.0),
    ],
)
def test_the_start_is_the_best_constant_of_the_loss(loss: str, start: float) -> None:
    table = {"a": list(range(5)), "y": [1.0, 2.0, 3.0, 4.0, 140.0]}
    options = Options(epochs=1, learning_rate=1e-12, dropout=0.0, validation=0.0, loss=loss)
    model = fit_table(rows_of(table), None, "regression", options).model
    assert model.predict({"a": [3.0]})[0] == pytest.approx(start, rel=1e-5)


def test_the_start_counts_rows_by_their_weights() -> None:
    y = np.array([[1.0, 5.0], [2.0, 6.0], [30.0, 7.0]])
    constant = best_constant(find_loss("mean_absolute_error"), y, np.array([0.5, 0.5, 3.0]))
    assert constant.tolist() == [30, 7]


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber:0.5", "pinball:0.5"])
@pytest.mark.parametrize("factor", [50, -1e6])
def test_a_robust_loss_is_not_worse_than_a_linear_robust_fit(loss: str, factor: float) -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(800, 3))
    true = 10 + x @ [2.0, -1.0, 0.5] + np.abs(x[:, 0])
    y = true + rng.normal(size=800) / 10
    y[rng.random(800) < 0.02] *= factor
    table = {"a": x[:600, 0], "b": x[:600, 1], "c": x[:600, 2], "y": y[:600]}
    rows = rows_of({name: values.tolist() for name, values in table.items()})
    model = fit_table(rows, None, "regression", Options(loss=loss, hidden=(32,), epochs=60)).model
    predicted = np.ravel(model.predict({"a": x[600:, 0], "b": x[600:, 1], "c": x[600:, 2]}))
    linear = HuberRegressor().fit(x[:600], y[:600])
    error = np.abs(predicted - true[600:]).mean()
    assert error < np.abs(linear.predict(x[600:]) - true[600:]).mean()


def test_the_acts_can_be_called_apart() -> None:
    rows = rows_of({"a": [0.5 * k for k in range(40)], "y": [float(k % 7) for k in range(40)]})
    options = Options(epochs=2, hidden=(4,), members=3, engine="numpy", bins=0, decay=0.1)
    splits = assign_folds(rows.n_rows, options)
    settled = settle(options, "regression", train_rows=len(splits[2].train), validation_rows=0)
    encoded = encode_rows(rows, learn_encoding(rows, settled), options.dtype)
    runs = FoldTraining({0: encoded}, {}, splits).train(settled, range(3))
    fitted = fit_table(rows, None, "regression", options)
    assert fitted.options == settled
    for run, member in zip(runs, fitted.model.members, strict=True):
        for ours, theirs in zip(leaves(run.parameters), leaves(member.parameters), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("members", "height"), [(1, 1 / 64), (2, 1.0)])
def test_the_encoding_has_bins_of_the_height_that_suits(members: int, height: float) -> None:
    table = {"a": [k / 7 for k in range(90)], "y": [float(k % 5) for k in range(90)]}
    options = Options(members=members, bins=4, hidden=(2,), epochs=1, decay=0.1)
    (column,) = fit_table(rows_of(table), None, "regression", options).model.encoding.inputs
    assert isinstance(column, Number)
    assert len(column.bin_edges) == 5
    assert column.bin_height == height
