"""What estimators are handed over that NumPy would take for numbers in silence.

Masked cells, dates, durations and complex numbers: missing where a table may have missing cells,
else one error.
"""

import datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import glassnet as gn
from glassnet.errors import GlassnetError

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 2))
Y = X[:, 0] - X[:, 1] ** 2
CLASSES = (Y > 0).astype(int)
MASK = np.zeros((40, 2), bool)
MASK[::3, 0] = True
HIDDEN = np.ma.array(np.where(MASK, 1e6, X), mask=MASK)
DAYS = np.datetime64("2020-01-01", "us") + np.arange(40).astype("m8[D]")
DATES = [datetime.date(2020, 1, 1) + datetime.timedelta(day) for day in range(40)]
ESTIMATORS = (gn.MLPRegressor, gn.MLPClassifier, gn.TableRegressor, gn.TableClassifier)
NETWORKS = ESTIMATORS[:2]
TABLES = ESTIMATORS[2:]


def targets(make: Any) -> np.ndarray:
    return CLASSES if "Classifier" in make.__name__ else Y


def made(make: Any) -> Any:
    more = {"members": 1} if make in TABLES else {}
    return make(max_iter=3, random_state=0, **more)


@pytest.mark.parametrize("make", NETWORKS)
@pytest.mark.parametrize("rows", [HIDDEN, list(HIDDEN)], ids=["array", "list of rows"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_masked_rows_are_refused_where_missing_cells_are(make: Any, rows: Any) -> None:
    with pytest.raises(GlassnetError, match="X holds masked cells: fill them, or leave out"):
        made(make).fit(rows, targets(make))
    fitted = made(make).fit(X, targets(make))
    with pytest.raises(GlassnetError, match="X holds masked cells"):
        fitted.predict(rows)
    with pytest.raises(GlassnetError, match="X holds masked cells"):
        made(make).fit(X, targets(make), X_val=rows, y_val=targets(make))


@pytest.mark.parametrize("make", TABLES)
def test_masked_cells_of_a_table_are_missing(make: Any) -> None:
    y = targets(make)
    with_nan = np.where(MASK, np.nan, X)
    expected = made(make).fit(with_nan, y).predict(with_nan)
    for rows in (HIDDEN, list(HIDDEN), np.ma.array(HIDDEN.data.astype(object), mask=MASK)):
        np.testing.assert_array_equal(made(make).fit(rows, y).predict(rows), expected)
    days = np.ma.array(np.stack([DAYS, DAYS], axis=1), mask=MASK)
    encoding = made(make).fit(days, y).model_.encoding
    assert [column.indicator for column in encoding.inputs] == [True, False]


@pytest.mark.parametrize("make", ESTIMATORS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_masked_targets_and_weights_are_refused(make: Any) -> None:
    y = targets(make)
    with pytest.raises(GlassnetError, match="y holds masked cells: fill them, or leave out"):
        made(make).fit(X, np.ma.array(y, mask=MASK[:, 0]))
    with pytest.raises(GlassnetError, match="sample_weight holds masked cells"):
        made(make).fit(X, y, sample_weight=np.ma.array(np.ones(40), mask=MASK[:, 0]))
    nothing_hidden = np.ma.array(y, mask=False)
    np.testing.assert_array_equal(
        made(make).fit(X, nothing_hidden).predict(X), made(make).fit(X, y).predict(X)
    )


FRAMES: dict[str, Any] = {
    "array": np.stack([DAYS, DAYS], axis=1),
    "durations": np.stack([DAYS, DAYS], axis=1) - DAYS[0],
    "list": [[day, day] for day in DAYS],
    "list of dates": [[day, day] for day in DATES],
    "pandas": pd.DataFrame({"a": X[:, 0], "b": DAYS}),
    "Polars": pl.DataFrame({"a": X[:, 0], "b": DATES}),
    "PyArrow": pa.table({"a": X[:, 0], "b": DATES}),
}


@pytest.mark.parametrize("make", NETWORKS)
@pytest.mark.parametrize("kind", FRAMES)
def test_dates_are_no_numbers_of_a_network(make: Any, kind: str) -> None:
    with pytest.raises(GlassnetError, match=r"X is dates or times: turn it into a number") as error:
        made(make).fit(FRAMES[kind], targets(make))
    assert ("column 'b'" in str(error.value)) == (kind in ("pandas", "Polars", "PyArrow"))


TIMES: dict[str, Any] = {
    "array": DAYS,
    "durations": DAYS - DAYS[0],
    "list": list(DAYS),
    "list of dates": DATES,
    "pandas": pd.Series(DAYS),
    "pandas with a time zone": pd.Series(DAYS).dt.tz_localize("UTC"),
    "Polars": pl.Series(DATES),
}


@pytest.mark.parametrize("make", ESTIMATORS)
@pytest.mark.parametrize("kind", TIMES)
def test_dates_are_no_targets_and_no_weights(make: Any, kind: str) -> None:
    if "Regressor" in make.__name__:
        with pytest.raises(GlassnetError, match="y is dates or times: turn it into a number"):
            made(make).fit(X, TIMES[kind])
    with pytest.raises(GlassnetError, match="sample_weight must be numbers, but"):
        made(make).fit(X, targets(make), sample_weight=TIMES[kind])


@pytest.mark.parametrize("make", ESTIMATORS)
def test_complex_weights_are_refused(make: Any) -> None:
    with pytest.raises(GlassnetError, match="sample_weight must be numbers, but holds complex"):
        made(make).fit(X, targets(make), sample_weight=np.full(40, 1 + 1j))
