"""Each way that dates are written with its days, and what is no date."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet.tables.formats.dates import PATTERNS, DateFormat, days_of
from glassnet.tables.frames import as_table

DAY = (date(2021, 2, 3) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("pattern", "text", "days"),
    [
        ("yyyy-mm-dd", "2021-02-03", DAY),
        ("yyyy/mm/dd", "2021/2/3", DAY),
        ("yyyy.mm.dd", "2021.02.03", DAY),
        ("dd.mm.yyyy", "03.02.2021", DAY),
        ("dd/mm/yyyy", "3/2/2021", DAY),
        ("mm/dd/yyyy", "02/03/2021", DAY),
        ("mm-dd-yyyy", "02-03-2021", DAY),
        ("dd.mm.yy", "03.02.21", DAY),
        ("mm/dd/yy", "02/03/21", DAY),
        ("yy-mm-dd", "21-02-03", DAY),
        ("dd/mm/yy", "31/12/69", -1),
        ("dd mon yyyy", "3 Feb 2021", DAY),
        ("dd mon yyyy", "03 February 2021", DAY),
        ("dd-mon-yyyy", "03-FEB-2021", DAY),
        ("dd-mon-yy", "03-Feb-21", DAY),
        ("ddmonyyyy", "03FEB2021", DAY),
        ("mon dd, yyyy", "Feb 3, 2021", DAY),
        ("mon dd, yyyy", "February 3, 2021", DAY),
        ("dd. mon yyyy", "3. Feb 2021", DAY),
        ("mon yyyy", "Feb 2021", DAY - 2),
        ("yyyy-mm", "2021-02", DAY - 2),
        ("dd mon yyyy", "Wed, 03 Feb 2021 06:00:00 GMT", DAY + 0.25),
        ("yyyy-mm-dd", "2021-02-03T06:00:00Z", DAY + 0.25),
        ("yyyy-mm-dd", "2021-02-03 06:00", DAY + 0.25),
        ("yyyy-mm-dd", "2021-02-03 06:00:00.000000", DAY + 0.25),
        ("yyyy-mm-dd", "2021-02-03T06:00:00+01:30", DAY + 4.5 / 24),
        ("yyyy-mm-dd", "2021-02-03 06:00:00-0600", DAY + 0.5),
        ("mm/dd/yyyy", "2/3/2021 6:00:00 PM", DAY + 0.75),
        ("mm/dd/yyyy", "2/3/2021 12:00 AM", DAY),
        ("dd.mm.yyyy", "29.02.2020", (date(2020, 2, 29) - date(1970, 1, 1)).days),
        ("yyyy-mm-dd", "0001-01-01", -719162),
        ("yyyy-mm-dd", "9999-12-31", 2932896),
    ],
)
def test_a_date_and_its_days(pattern: str, text: str, days: float) -> None:
    assert DateFormat(pattern).read([text])[0] == days


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("dd.mm.yyyy", "29.02.2021"),
        ("dd.mm.yyyy", "00.01.2021"),
        ("dd.mm.yyyy", "01.13.2021"),
        ("dd.mm.yyyy", "01/02/2021"),
        ("dd.mm.yyyy", "01.02.21"),
        ("yyyy-mm-dd", "2021-02-03 25:00"),
        ("yyyy-mm-dd", "2021-02-03 13:00 PM"),
        ("yyyy-mm-dd", "-0001-01-01"),
        ("yyyy-mm-dd", "\uff12021-01-01"),
        ("dd mon yyyy", "3 Foo 2021"),
        ("dd mon yyyy", "31 Feb 2021"),
        ("yyyy-mm", "2021-13"),
    ],
)
def test_what_is_no_such_date(pattern: str, text: str) -> None:
    assert np.isnan(DateFormat(pattern).read([text])[0])


WRITTEN = {
    "yyyy": "{0.year:04}", "yy": "{year2:02}", "mm": "{0.month:02}", "dd": "{0.day:02}",
    "mon": "{0:%b}",
}  # fmt: skip


@given(
    pattern=st.sampled_from(PATTERNS),
    days=st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=20),
)
@settings(max_examples=200, deadline=None)
def test_every_pattern_reads_what_was_written_by_it(pattern: str, days: list[date]) -> None:
    template = pattern
    for part in ("yyyy", "mon", "mm", "dd"):
        template = template.replace(part, WRITTEN[part])
    template = template.replace("yy", WRITTEN["yy"])
    texts = [template.format(day, year2=day.year % 100) for day in days]
    if "dd" not in pattern:
        days = [day.replace(day=1) for day in days]
    expected = [(day - date(1970, 1, 1)).days for day in days]
    np.testing.assert_array_equal(DateFormat(pattern).read(texts), expected)


def test_the_order_is_settled_from_all_cells() -> None:
    american = [f"{1 + i % 12:02}/{1 + i % 28:02}/2020" for i in range(60)]
    column = as_table({"d": american})["d"]
    assert column.format == DateFormat("mm/dd/yyyy")
    european = [f"{1 + i % 28:02}/{1 + i % 12:02}/2020" for i in range(60)]
    assert as_table({"d": european})["d"].format == DateFormat("dd/mm/yyyy")
    one = ["01/02/2020"] * 30 + ["01/31/2020"]
    assert as_table({"d": one})["d"].format == DateFormat("mm/dd/yyyy")


def test_another_column_decides_where_both_orders_fit() -> None:
    table = as_table({"a": ["01/02/2020", "03/04/2020"] * 5, "b": ["01/31/2020"] * 10})
    assert table["a"].format == DateFormat("mm/dd/yyyy")
    assert not table.notices


def test_days_are_the_same_in_every_unit() -> None:
    seconds = np.array([1, 86_399, 86_401, -1, 10**10])
    expected = days_of(seconds, 86_400)
    for factor in (10**3, 10**6):
        np.testing.assert_array_equal(days_of(seconds * factor, 86_400 * factor), expected)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_day_is_written_as_it_is_read(pattern: str) -> None:
    of_a_century = "yyyy" not in pattern
    for days in (0.0, 10_957.0, 12_999.5, 14_762.25) if of_a_century else (-700.0, 0.0, 12_999.5):
        text = DateFormat(pattern).write(days)
        first = np.datetime64(int(np.floor(days)), "D").astype("datetime64[M]")
        of_month = float(first.astype("datetime64[D]").astype(int)) + days % 1
        expected = days if "dd" in pattern else of_month
        assert DateFormat(pattern).read([text])[0] == expected, text


def test_a_day_that_no_calendar_has_stays_a_number() -> None:
    assert DateFormat("yyyy-mm-dd").write(1e90) == "1e+90 days"
    assert DateFormat("yyyy-mm-dd").write(-1e14) == "-1e+14 days"
