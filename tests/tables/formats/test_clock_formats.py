"""Times of day as hours."""

import numpy as np
import pytest

from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.frames import as_table


@pytest.mark.parametrize(
    ("halves", "text", "hours"),
    [
        (False, "23:00", 23),
        (False, "7:30", 7.5),
        (False, "07:15:36", 7.26),
        (False, "00:00", 0),
        (False, "23:00:15", 23 + 15 / 3600),
        (False, "0:00:00.5", 0.5 / 3600),
        (False, "36:45", 36.75),
        (True, "11:05 PM", 23 + 5 / 60),
        (True, "11:05pm", 23 + 5 / 60),
        (True, "12:00 AM", 0),
        (True, "12:30 p.m.", 12.5),
        (True, "7 am", 7),
    ],
)
def test_a_time_and_its_hours(halves: bool, text: str, hours: float) -> None:
    assert ClockFormat(halves).read([text])[0] == hours


@pytest.mark.parametrize(
    ("halves", "text"),
    [
        (False, "7"),
        (False, "7:5"),
        (False, "7:60"),
        (False, "7:30 PM"),
        (True, "7:30"),
        (True, "13:00 PM"),
        (True, "0:30 AM"),
        (False, "soon"),
    ],
)
def test_what_is_no_such_time(halves: bool, text: str) -> None:
    assert np.isnan(ClockFormat(halves).read([text])[0])


def test_a_column_of_times() -> None:
    column = as_table({"t": ["23:00", "7:30", "-", "00:15"] * 5})["t"]
    assert column.kind == "number"
    assert column.format == ClockFormat(False)
    np.testing.assert_array_equal(column.values[:4], [23, 7.5, np.nan, 0.25])
    assert as_table({"t": ["11 PM", "7:30 AM"] * 5})["t"].format == ClockFormat(True)
