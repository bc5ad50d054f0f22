"""Plain arrays become the same columns as data frames."""

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest

from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.tables.arrays import table_of_array
from glassnet.tables.frames import as_table


def test_numbers() -> None:
    x = np.array([[1.0, np.nan], [3.0, 4.0]])
    for array in (x, np.asfortranarray(x), x.astype(np.float32), x.astype(object)):
        columns = table_of_array(array, ["a", "b"])
        assert [column.kind for column in columns.values()] == ["number", "number"]
        assert columns["a"].values.tolist() == [1, 3]
        assert columns["b"].missing.tolist() == [True, False]
    assert table_of_array(np.array([[True], [False]]), ["a"])["a"].values.tolist() == [1, 0]


def test_objects_are_read_as_those_of_a_data_frame() -> None:
    cells = {
        "n": [1, None, 2.5],
        "t": [" b", None, "a"],
        "f": [True, None, np.bool_(False)],
        "d": [dt.date(1970, 1, 3), None, dt.datetime(1970, 1, 4, 12)],
        "m": [1, "x", np.nan],
    }
    x = np.empty((3, len(cells)), object)
    for i, column in enumerate(cells.values()):
        x[:, i] = column
    columns = table_of_array(x, list(cells))
    frame = as_table(
        pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in cells.items()})
    )
    assert {name: column.kind for name, column in columns.items()} == {
        name: column.kind for name, column in frame.items()
    }
    for name, column in columns.items():
        np.testing.assert_array_equal(column.values, frame[name].values)


def test_text_and_times() -> None:
    columns = table_of_array(np.array([["1", "x"], ["2", ""]]), ["a", "b"])
    assert [column.kind for column in columns.values()] == ["text", "text"]
    assert columns["b"].values.tolist() == ["x", None]
    days = table_of_array(np.array([["1970-01-03"], ["NaT"]], "datetime64[D]"), ["d"])["d"]
    assert days.kind == "date"
    np.testing.assert_array_equal(days.values, [2, np.nan])


def test_what_no_column_can_hold() -> None:
    x = np.array([[1.0, [2]], [2.0, "x"], [3.0, (4, 5)]], object)
    with pytest.warns(
        GlassnetWarning,
        match=r"column 'b', row 1: \[2\] is neither .* it counts as missing, and 1 more like it",
    ):
        columns = table_of_array(x, ["a", "b"])
    assert columns["b"].values.tolist() == [None, "x", None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table_of_array(x[:, :1], ["a"])
    with pytest.raises(
        GlassnetError, match="column 'b', row 2: 1e\\+200 is not a finite number of usable size"
    ):
        table_of_array(np.array([[1, 2], [3, 1e200]]), ["a", "b"])
