"""Which rows left out are like rows trained on."""

import numpy as np
import pytest

from glassnet.recipe.encode import encode_rows
from glassnet.recipe.folds import Split
from glassnet.recipe.out_of_fold import HASHED_NUMBERS, unlike_those_trained_on
from glassnet.recipe.rows import EncodedRows, TableRows
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.frames import as_table
from glassnet.tables.targets import learn_target
from glassnet.training.packed import PackedRows


def encoded(x: np.ndarray, y: np.ndarray, bins: int) -> EncodedRows:
    """Rows of an encoding with bins, packed, or without."""
    columns = as_table({f"x{i}": column for i, column in enumerate(x.T)} | {"y": y})
    inputs = columns.select(name for name in columns if name != "y")
    rows = TableRows(inputs, columns.select(["y"]))
    target = learn_target(columns["y"], "regression")
    encoding = TableEncoding("regression", learn_inputs(inputs, (), bins, False), (target,), ())
    return encode_rows(rows, encoding, "float32")


def folds(n_rows: int, number: int) -> list[Split]:
    """Every number-th row is left out of each."""
    rows = np.arange(n_rows)
    return [Split(rows[rows % number != k], rows[rows % number == k]) for k in range(number)]


@pytest.mark.parametrize("bins", [0, 16])
def test_the_copies_of_rows_in_other_folds_are_found(bins: int) -> None:
    D = 4
    N = 3 * HASHED_NUMBERS // D + 1  # three blocks of rows, and one row more
    drawn = np.random.default_rng(3)
    x, y = drawn.normal(size=(N, D)).round(4), drawn.normal(size=N)
    copied, copies = np.arange(0, N - 1, 1000), np.arange(1, N, 1000)  # in the next fold
    x[copies], y[copies] = x[copied], y[copied]
    within = np.arange(500, N - 4, 1000)  # and such as are in the same fold
    x[within + 4], y[within + 4] = x[within], y[within]
    rows = encoded(x, y, bins)
    assert isinstance(rows.x, PackedRows) == (bins > 0)
    like = np.flatnonzero(~unlike_those_trained_on(rows, folds(N, 4)))
    assert set(like) == {*copied, *copies}


def test_rows_whose_inputs_take_few_values_are_no_copies() -> None:
    drawn = np.random.default_rng(0)
    x = drawn.integers(0, 3, (400, 2)).astype(float)
    rows = encoded(x, drawn.normal(size=400), 0)
    assert unlike_those_trained_on(rows, folds(400, 4)).all()
    rows = encoded(x, x.sum(axis=1), 0)  # with one target each they are
    assert not unlike_those_trained_on(rows, folds(400, 4)).any()


def test_minus_zero_is_zero() -> None:
    x = np.array([[0.0, 1.0], [-0.0, 1.0], [0.0, -1.0], [0.5, 1.0]])
    encoding = encoded(x, x[:, 1], 0).encoding
    rows = EncodedRows(x, np.full((4, 1), 2.0), None, encoding)
    unlike = unlike_those_trained_on(rows, folds(4, 4))
    assert unlike.tolist() == [False, False, True, True]
