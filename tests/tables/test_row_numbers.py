"""A first column that only counts the rows is left out and said; one that happens to stays."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from glassnet.tables.columns import Table
from glassnet.tables.frames import as_table
from glassnet.tables.row_numbers import without_row_numbers

ROWS = 8
X = [0.5, 0.1, 0.7, 0.2, 0.9, 0.4, 0.3, 0.8]


def table_with(name: str, cells: object) -> Table:
    return as_table(pl.DataFrame({name: cells, "x": X, "y": X}))


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", ["", "Unnamed: 0", "id", "ID", "index", "X", "row", "column 1"])
def test_numbers_of_rows_are_left_out_and_said(name: str, start: int) -> None:
    table = without_row_numbers(table_with(name, range(start, start + ROWS)), keep=["y"])
    assert list(table) == ["x", "y"]
    (notice,) = table.notices
    assert str(notice).startswith(f"the first column, '{name}', only numbers the rows")


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("year", range(1, ROWS + 1)),
        ("x1", range(ROWS)),
        ("day", range(ROWS)),
        ("id", [1, 2, 3, 4, 5, 6, 8, 7]),
        ("id", [2, 3, 4, 5, 6, 7, 8, 9]),
        ("id", [1.0, 2, None, 4, 5, 6, 7, 8]),
        ("", [1, 2, 3, 4, 5, 6, 7, 7]),  # cells that repeat say something
        ("", [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]),
        ("", range(1990, 1990 + ROWS)),
        ("", pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 1, 8), eager=True)),
        ("", list("aabbccdd")),
    ],
)
def test_what_only_looks_like_it_stays(name: str, cells: object) -> None:
    table = without_row_numbers(table_with(name, cells), keep=["y"])
    assert list(table) == [name, "x", "y"]
    assert table.notices == ()


def test_row_names_without_a_header_and_rows_of_a_larger_table() -> None:
    for cells in (list("abcdefgh"), [17, 3, 4, 9, 0, 12, 5, 6]):
        table = without_row_numbers(table_with("", cells), keep=["y"])
        assert list(table) == ["x", "y"]
        assert "only names the rows" in str(table.notices[0])


def test_targets_and_the_only_input_stay() -> None:
    table = table_with("id", range(ROWS))
    assert without_row_numbers(table, keep=["id"]) is table
    assert without_row_numbers(table, keep=["x", "y"]) is table
    elsewhere = as_table({"x": X, "id": list(range(ROWS)), "y": X})
    assert without_row_numbers(elsewhere, keep=["y"]) is elsewhere


def test_what_pandas_writes_of_an_index(tmp_path: object) -> None:
    frame = pd.DataFrame({"x": X, "y": X}).reset_index()
    table = without_row_numbers(as_table(frame), keep=["y"])
    np.testing.assert_array_equal(table["x"].values, X)
    assert list(table) == ["x", "y"]
