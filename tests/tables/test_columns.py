"""Data frames of every kind become the same plain columns."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from glassnet.errors import GlassnetError
from glassnet.tables.columns import count_texts, level_numbers, texts
from glassnet.tables.frames import as_table

DATA = {
    "whole": [1, 2, None],
    "real": [0.5, None, 2.5],
    "flag": [True, False, None],
    "word": ["b", None, " a "],
    "day": [dt.date(1970, 1, 2), None, dt.date(1970, 1, 11)],
}
FRAMES = {
    "polars": lambda: pl.DataFrame(DATA),
    "pandas": lambda: pd.DataFrame(DATA).assign(day=pd.to_datetime(pd.Series(DATA["day"]))),
    "pandas nullable": lambda: (
        pd.DataFrame(DATA).convert_dtypes().assign(day=pd.to_datetime(pd.Series(DATA["day"])))
    ),
    "pyarrow": lambda: pa.table(DATA),
    "dict": lambda: DATA,
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_gives_the_same_columns(kind: str) -> None:
    columns = as_table(FRAMES[kind]())
    assert {name: column.kind for name, column in columns.items()} == {
        "whole": "number", "real": "number", "flag": "boolean", "word": "text", "day": "date",
    }  # fmt: skip
    np.testing.assert_array_equal(columns["whole"].values, [1, 2, np.nan])
    np.testing.assert_array_equal(columns["real"].values, [0.5, np.nan, 2.5])
    np.testing.assert_array_equal(columns["day"].values, [1, np.nan, 10])
    assert columns["flag"].values.tolist() == ["true", "false", None]
    assert columns["word"].values.tolist() == ["b", None, "a"]
    assert columns["word"].missing.tolist() == [False, True, False]


def test_times_of_day_and_zones() -> None:
    when = [dt.datetime(1970, 1, 2, 12, tzinfo=dt.UTC), None]
    frame = pl.DataFrame({"t": when})
    assert as_table(frame)["t"].values[0] == 1.5
    tokyo = frame.with_columns(pl.col("t").dt.convert_time_zone("Asia/Tokyo"))
    assert as_table(tokyo)["t"].values[0] == 1.5  # the same instant


def test_pandas_categories_and_objects() -> None:
    frame = pd.DataFrame(
        {
            "c": pd.Categorical(["x", None, "y"]),
            "o": pd.Series([1, None, 2], dtype=object),
            "m": pd.Series([1, "a", None], dtype=object),
        }
    )
    columns = as_table(frame)
    assert columns["c"].values.tolist() == ["x", None, "y"]
    np.testing.assert_array_equal(columns["o"].values, [1, np.nan, 2])
    assert columns["m"].values.tolist() == ["1", "a", None]


def test_pandas_object_columns_of_other_things() -> None:
    day = dt.date(1970, 1, 3)
    things = {
        "d": [day, None],
        "m": [Decimal("1.5"), None],
        "i": [np.int64(3), None],
        "b": [np.bool_(True), None],
    }
    columns = as_table(
        pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in things.items()})
    )
    assert [columns[n].kind for n in things] == ["date", "number", "number", "boolean"]
    assert [columns[n].values[0] for n in things] == [2, 1.5, 3, "true"]


def test_huge_whole_numbers_are_names() -> None:
    column = as_table(pl.DataFrame({"id": [2**53 + 1, 2**53 + 2, None]}))["id"]
    assert column.kind == "text"
    assert column.values.tolist() == [str(2**53 + 1), str(2**53 + 2), None]


def test_only_what_is_wanted_is_looked_at() -> None:
    frame = pl.DataFrame({"a": [1], "odd": [[1]], "inf": [float("inf")]})
    assert (
        list(as_table(frame, ignore=["odd", "inf"])) == list(as_table(frame, wanted=["a"])) == ["a"]
    )


def test_a_column_of_nothing_is_a_column_of_missing_numbers() -> None:
    assert as_table(pl.DataFrame({"n": [None, None]}))["n"].missing.all()


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            pl.DataFrame({"a": [1.0, float("inf")]}),
            r"column 'a', row 2: inf is not a finite number",
        ),
        (pl.DataFrame({"a": [[1], [2]]}), "column 'a' holds List"),
        (
            np.ones((2, 2)),
            "a pandas, Polars or PyArrow data frame, a dict of columns or a path, got ndarray",
        ),
    ],
)
def test_refused(frame, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        as_table(frame)


def test_a_table_by_rows_and_by_columns() -> None:
    table = as_table({"a": [1, 2, 3], "b": ["x", None, "y"], "c": [0.5, 1.5, 2.5]})
    assert table.n_rows == 3
    assert list(table) == ["a", "b", "c"]
    assert "b" in table
    assert len(table) == 3  # columns
    some = table.take([2, 2, 0])
    assert some["b"].values.tolist() == ["y", "y", "x"]
    assert some.n_rows == 3
    assert list(table.select(["c", "a"])) == ["c", "a"]
    assert not table.select([])
    assert table.select([]).n_rows == 0
    with pytest.raises(KeyError):
        table["d"]


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (["b", None, "a", "b"], ["b", None, "a", "b"]),
        ([2.0, float("nan"), -0.5, 2.0, 1e99], ["2", None, "-0.5", "2", "1e+99"]),
        ([True, None, False], ["true", None, "false"]),
    ],
)
def test_cells_as_text_are_counted_and_numbered(cells: list, written: list) -> None:
    column = as_table({"c": cells})["c"]
    assert texts(column).tolist() == written
    known = [text for text in written if text is not None]
    assert count_texts(column) == Counter(known)
    levels = sorted(set(known))[:2]
    numbers = [levels.index(text) if text in levels else len(levels) for text in written]
    assert level_numbers(column, levels).tolist() == numbers
