"""Dates, times and durations of data frames, by the whole numbers they are stored as."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table
from glassnet.tables.times import stored_array, stored_cells

MOMENT = dt.datetime(2020, 2, 29, 6, 0)  # 18321.25 days
CASES = {
    "polars us": pl.Series([MOMENT, None]),
    "polars ms": pl.Series([MOMENT, None], dtype=pl.Datetime("ms")),
    "polars zone": pl.Series([MOMENT, None], dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(
        "Asia/Tokyo"
    ),
    "pandas ns": pd.Series([MOMENT, None], dtype="datetime64[ns]"),
    "pandas s": pd.Series([MOMENT, None], dtype="datetime64[s]"),
    "pandas zone": pd.Series([MOMENT, None], dtype="datetime64[ns, UTC]").dt.tz_convert(
        "America/New_York"
    ),
    "pandas arrow": pd.Series([MOMENT, None], dtype="timestamp[us][pyarrow]"),
    "pandas objects": pd.Series([MOMENT.replace(tzinfo=dt.UTC), None], dtype=object),
    "pyarrow": pa.chunked_array([pa.array([MOMENT, None], pa.timestamp("s"))]),
    "pyarrow fixed offset": pa.chunked_array(
        [pa.array([MOMENT, None], pa.timestamp("ms", tz="+05:30"))]
    ),
    "numpy": np.array([MOMENT, "NaT"], "datetime64[ms]"),
    "masked": np.ma.array(np.array([MOMENT, MOMENT], "datetime64[us]"), mask=[False, True]),
    "list": [MOMENT.replace(tzinfo=dt.timezone(dt.timedelta(0))), None],
}


@pytest.mark.parametrize("kind", CASES)
def test_a_moment_is_the_same_in_every_frame(kind: str) -> None:
    column = as_table({"t": CASES[kind]})["t"]
    assert column.kind == "date"
    np.testing.assert_array_equal(column.values, [18321.25, np.nan])


def test_dates_without_times() -> None:
    days = [dt.date(1970, 1, 3), None, dt.date(1, 1, 1), dt.date(9999, 12, 31)]
    expected = [2, np.nan, -719162, 2932896]
    for frame in (
        pl.DataFrame({"d": days}),
        pa.table({"d": pa.array(days, pa.date32())}),
        pa.table({"d": pa.array(days, pa.date64())}),
        pd.DataFrame({"d": pd.Series(days, dtype=object)}),
        {"d": days},
    ):
        np.testing.assert_array_equal(as_table(frame)["d"].values, expected)


def test_times_of_day_and_durations_are_hours() -> None:
    times = [dt.time(23, 30), None]
    spans = [dt.timedelta(days=1, minutes=30), None]
    for frame in (
        pl.DataFrame({"time": times, "span": spans}),
        pa.table({"time": times, "span": spans}),
        pd.DataFrame({"time": pd.Series(times, dtype=object), "span": pd.to_timedelta(spans)}),
        {"time": times, "span": spans},
    ):
        table = as_table(frame)
        assert [column.kind for column in table.values()] == ["number", "number"]
        np.testing.assert_array_equal(table["time"].values, [23.5, np.nan])
        np.testing.assert_array_equal(table["span"].values, [24.5, np.nan])


@pytest.mark.parametrize(
    ("seconds", "zone"),
    [
        (2**53, None),
        (-(2**50), None),
        (253402300799, "Asia/Tokyo"),
        (253402300799, "America/New_York"),
        (-62135596800, "Asia/Tokyo"),
    ],
)
def test_moments_that_python_cannot_hold(seconds: int, zone: str | None, tmp_path: Path) -> None:
    table = pa.table({"when": pa.array([seconds, 0], pa.timestamp("s", tz=zone))})
    pq.write_table(table, tmp_path / "a.parquet")
    for frame in (table, read_table(tmp_path / "a.parquet"), {"when": table["when"]}):
        days = as_table(frame)["when"].values
        np.testing.assert_allclose(days, [seconds / 86_400, 0], rtol=1e-15)


def test_cells_at_the_ends_of_time() -> None:
    last = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.timezone(dt.timedelta(hours=-8)))
    first = dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    zone = dt.datetime(9999, 12, 31, 12, tzinfo=ZoneInfo("UTC"))
    days = stored_cells([last, first, zone]).days
    np.testing.assert_allclose(days, [2932897.3333, -719162.375, 2932896.5], atol=1e-4)
    np.testing.assert_array_equal(stored_array(np.array(["2020-02"], "datetime64[M]")).days, 18293)
