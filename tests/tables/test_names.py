"""Names that are no plain strings, and names that are alike."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from glassnet.errors import TableError
from glassnet.tables.frames import as_table


def test_names_of_several_levels_are_joined() -> None:
    frame = pd.DataFrame({"g": list("aabb"), "x": [1.0, 2, 3, 4], "y": [4.0, 3, 2, 1]})
    means = frame.groupby("g").agg({"x": ["mean", "max"], "y": ["mean"]}).reset_index()
    assert list(as_table(means)) == ["g", "x_mean", "x_max", "y_mean"]


def test_names_that_are_numbers_dates_or_missing() -> None:
    frame = pd.DataFrame(np.eye(4), columns=[0, 2.5, None, pd.Timestamp("2020-01-02")])
    assert list(as_table(frame)) == ["0", "2.5", "column 3", "2020-01-02 00:00:00"]
    assert list(as_table(pd.DataFrame(np.eye(2), columns=pd.RangeIndex(2)))) == ["0", "1"]
    assert list(as_table({1: [1.0, 2.0], ("a", "b"): [3.0, 4.0]})) == ["1", "a_b"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"]),
        pd.DataFrame([[1, 2]], columns=[1, "1"]),
        pd.DataFrame([[1, 2]], columns=[("a", "b"), "a_b"]),
        pa.table([[1], [2]], names=["a", "a"]),
        {1: [1], "1": [2]},
    ],
)
def test_two_columns_of_one_name_are_one_error_of_ours(frame: object) -> None:
    with pytest.raises(TableError, match="two columns of the table have the name '(a|1|a_b)'"):
        as_table(frame)


def test_plain_names_stay() -> None:
    for frame in (pd.DataFrame({"a b": [1.0], "": [2.0]}), pl.DataFrame({"a b": [1.0], "": [2.0]})):
        assert list(as_table(frame)) == ["a b", ""]
