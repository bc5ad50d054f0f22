"""Dates, times and durations of data frames as numbers, by the whole numbers they are stored as.

So no date is too early or too late, and none becomes an object of Python's on the way. Dates
written as text are read in `formats/dates.py`.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import numpy as np

from glassnet.tables.columns import is_missing
from glassnet.tables.formats.dates import days_of

TICKS_A_DAY: dict[str, int] = {
    "D": 1,
    "s": 86_400,
    "ms": 86_400_000,
    "us": 86_400_000_000,
    "ns": 86_400_000_000_000,
}
"""How many of each unit make a day."""


class Stored(NamedTuple):
    """N moments or durations as whole numbers: moments since 1970-01-01 in UTC, or midnight."""

    ticks: np.ndarray
    missing: np.ndarray
    unit: str
    """A name of `TICKS_A_DAY`."""

    @property
    def days(self) -> np.ndarray:
        """As days; NaN where missing."""
        return np.where(self.missing, np.nan, days_of(self.ticks, TICKS_A_DAY[self.unit]))

    @property
    def hours(self) -> np.ndarray:
        """As hours; NaN where missing."""
        return np.where(self.missing, np.nan, days_of(self.ticks, TICKS_A_DAY[self.unit] // 24))


def stored_series(series: Any) -> Stored:
    """What a narwhals series of dates, times, times of day or durations is stored as."""
    import narwhals.stable.v2 as nw

    native = series.to_native()
    if series.implementation is nw.Implementation.POLARS:
        ticks = native.to_physical().fill_null(0).to_numpy().astype(np.int64)
        return Stored(ticks, native.is_null().to_numpy(), _polars_unit(series.dtype))
    if series.implementation is nw.Implementation.PYARROW:
        return _stored_in_arrow(native)
    if series.implementation is nw.Implementation.PANDAS:
        return _stored_in_pandas(native)
    return stored_cells(series.to_list())


def _polars_unit(dtype: Any) -> str:
    import narwhals.stable.v2 as nw

    if dtype == nw.Date:
        return "D"
    return "ns" if dtype == nw.Time else dtype.time_unit


def _stored_in_arrow(array: Any) -> Stored:
    import pyarrow as pa

    unit = getattr(array.type, "unit", None) or ("D" if array.type == pa.date32() else "ms")
    physical = pa.int32() if array.type.bit_width == 32 else pa.int64()
    ticks = array.cast(physical).cast(pa.int64()).fill_null(0)
    return Stored(ticks.to_numpy(), array.is_null().to_numpy(), unit)


def _stored_in_pandas(series: Any) -> Stored:
    if "pyarrow" in str(series.dtype):
        import pyarrow as pa

        return _stored_in_arrow(pa.chunked_array(series.array.__arrow_array__()))
    if getattr(series.dtype, "tz", None) is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    return stored_array(series.to_numpy())


def stored_array(array: np.ndarray) -> Stored:
    """What an array of datetime64 or timedelta64 is stored as."""
    unit, count = np.datetime_data(array.dtype)
    if unit not in TICKS_A_DAY or count != 1:
        unit = "us"
        array = array.astype(f"{array.dtype.kind}8[us]")
    elif unit == "D":
        unit = "s"  # durations in days are whole hours
        array = array.astype(f"{array.dtype.kind}8[s]")
    return Stored(array.astype(np.int64), np.isnat(array), unit)


def stored_cells(cells: Sequence[Any]) -> Stored:
    """What Python's dates, times, times of day and durations come to; None, NaT and NaN miss."""
    found = [_microseconds(cell) for cell in cells]
    ticks = np.array([microseconds or 0 for microseconds in found], np.int64)
    return Stored(ticks, np.array([microseconds is None for microseconds in found], bool), "us")


def _microseconds(cell: Any) -> int | None:
    """Since 1970-01-01, or since midnight, in UTC where there is a zone."""
    if is_missing(cell) or cell != cell:
        return None
    if isinstance(cell, (np.datetime64, np.timedelta64)):
        return int(cell.astype(f"{cell.dtype.kind}8[us]").astype(np.int64))
    if isinstance(cell, timedelta):
        return cell // timedelta(microseconds=1)
    if isinstance(cell, time):
        cell = datetime.combine(date(1970, 1, 1), cell.replace(tzinfo=None))
    if not isinstance(cell, datetime):
        return int(np.datetime64(cell, "us").astype(np.int64))
    ahead = cell.utcoffset() or timedelta()
    moment = np.datetime64(cell.replace(tzinfo=None), "us")
    return int(moment.astype(np.int64)) - ahead // timedelta(microseconds=1)
