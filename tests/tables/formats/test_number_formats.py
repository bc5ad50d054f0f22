"""Each written form of a number with its value, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet.errors import TableError
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.frames import as_table

PLAIN = NumberFormat()
GERMAN = NumberFormat(",", ".")
ENGLISH = NumberFormat(".", ",")


@pytest.mark.parametrize(
    ("written", "text", "value"),
    [
        (PLAIN, "12", 12),
        (PLAIN, "+5", 5),
        (PLAIN, "-5", -5),
        (PLAIN, "- 5", -5),
        (PLAIN, "\u22125", -5),
        (PLAIN, "\u20135", -5),
        (PLAIN, "5-", -5),
        (PLAIN, "(5)", -5),
        (PLAIN, "(0.5)", -0.5),
        (PLAIN, ".5", 0.5),
        (PLAIN, "5.", 5),
        (PLAIN, "-.5", -0.5),
        (PLAIN, "1e+05", 1e5),
        (PLAIN, "1E-3", 1e-3),
        (PLAIN, "1.5E+3", 1500),
        (PLAIN, "1.0D+02", 100),
        (PLAIN, "1.797e308", 1.797e308),
        (PLAIN, "05.20", 5.2),
        (PLAIN, "inf", math.inf),
        (PLAIN, "-Infinity", -math.inf),
        (NumberFormat(","), "1,5", 1.5),
        (NumberFormat(","), "-0,25", -0.25),
        (NumberFormat(","), "1,5E+3", 1500),
        (NumberFormat(","), ",5", 0.5),
        (GERMAN, "1.234", 1234),
        (GERMAN, "1.234.567,89", 1234567.89),
        (GERMAN, "1.234,50-", -1234.5),
        (GERMAN, "12,5", 12.5),
        (ENGLISH, "1,234", 1234),
        (ENGLISH, "1,234,567.89", 1234567.89),
        (ENGLISH, "12,34,567", 1234567),
        (ENGLISH, "950", 950),
        (ENGLISH, "1234.5", 1234.5),
        (ENGLISH, "(1,234.50)", -1234.5),
        (NumberFormat(",", " "), "1 234,5", 1234.5),
        (NumberFormat(",", " "), "1\u00a0234,5", 1234.5),
        (NumberFormat(",", " "), "1\u202f234\u202f567", 1234567),
        (NumberFormat(",", " "), "1\u2009234", 1234),
        (NumberFormat(".", "'"), "1'234.50", 1234.5),
        (NumberFormat(".", "'"), "1\u2019234\u2019567", 1234567),
        (NumberFormat(".", ",", "$"), "$5.00", 5),
        (NumberFormat(".", ",", "$"), "-$1,234.50", -1234.5),
        (NumberFormat(".", ",", "$"), "$-5", -5),
        (NumberFormat(".", ",", "$"), "($5.00)", -5),
        (NumberFormat(".", ",", "$"), "5.00 $", 5),
        (NumberFormat(".", ",", "$"), "5.00", 5),
        (NumberFormat(".", "", "US$"), "US$ 5", 5),
        (NumberFormat(",", ".", "EUR"), "1.234,50 EUR", 1234.5),
        (NumberFormat(",", ".", "EUR"), "EUR 5", 5),
        (NumberFormat(",", ".", "\u20ac"), "5,00\u00a0\u20ac", 5),
        (NumberFormat(",", ".", "\u20ac"), "5,-- \u20ac", 5),
        (NumberFormat(".", "'", "CHF"), "CHF 1'234.\u2013", 1234),
        (NumberFormat(".", "", "m2"), "39 m2", 39),
        (NumberFormat(".", "", "m\u00b2"), "39.5m\u00b2", 39.5),
        (NumberFormat(".", "", "km/h"), "120 km/h", 120),
        (NumberFormat(".", "", "%"), "12.5%", 12.5),
        (NumberFormat(",", "", "%"), "-12,5 %", -12.5),
        (NumberFormat(".", "", "%"), "%5", 5),
        (NumberFormat(".", "", "\u00b0C"), "-3.5 \u00b0C", -3.5),
        (NumberFormat(".", "", "sq ft"), "800 sq ft", 800),
        (NumberFormat(".", "", "kg"), "0", 0),
    ],
)
def test_a_written_form_and_its_value(written: NumberFormat, text: str, value: float) -> None:
    assert written.read([text])[0] == value


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (PLAIN, "1_000"),
        (PLAIN, "\uff11\uff12"),
        (PLAIN, "\u0661\u0662"),
        (PLAIN, "1,5"),
        (PLAIN, "1 000"),
        (PLAIN, "1.234.567"),
        (PLAIN, "0x10"),
        (PLAIN, "1/2"),
        (PLAIN, "--5"),
        (PLAIN, "(-5)"),
        (PLAIN, "(5"),
        (PLAIN, "5 kg"),
        (PLAIN, "$5"),
        (PLAIN, "5e"),
        (PLAIN, "e5"),
        (PLAIN, "5-10"),
        (PLAIN, "<5"),
        (PLAIN, "5*"),
        (PLAIN, "."),
        (PLAIN, "-"),
        (PLAIN, "1.2.3"),
        (PLAIN, "7590-VHVEG"),
        (PLAIN, "192.168.0.1"),
        (PLAIN, "12:30"),
        (PLAIN, "2020-01-01"),
        (NumberFormat(","), "1.5"),
        (NumberFormat(","), "1.234,5"),
        (GERMAN, "1.5"),
        (GERMAN, "1.23.456"),
        (GERMAN, "0.234"),
        (ENGLISH, "1,5"),
        (ENGLISH, "1.234,5"),
        (ENGLISH, "1,234,56"),
        (NumberFormat(".", ",", "$"), "5 \u20ac"),
        (NumberFormat(".", "", "kg"), "5 g"),
        (NumberFormat(".", "", "kg"), "5"),
        (NumberFormat(".", "", "%"), "5"),
        (NumberFormat(".", "", "$"), "$5 k"),
    ],
)
def test_what_is_not_written_so(written: NumberFormat, text: str) -> None:
    assert np.isnan(written.read([text])[0])


def group(digits: str, mark: str) -> str:
    return f"{int(digits):,}".replace(",", mark)


DRESSES = {
    "plain": lambda x: repr(x),
    "plus": lambda x: f"{x:+}",
    "comma": lambda x: repr(x).replace(".", ","),
    "true minus": lambda x: repr(x).replace("-", "\u2212"),
    "trailing minus": lambda x: f"{abs(x)!r}-" if x < 0 else repr(x),
    "parentheses": lambda x: f"({abs(x)!r})" if x < 0 else repr(x),
    "exponent": lambda x: f"{x:.17e}",
    "exponent, comma": lambda x: f"{x:.17E}".replace(".", ","),
    "percent": lambda x: f"{x!r}%",
    "euros": lambda x: f"{x!r} EUR".replace(".", ","),
    "dollars": lambda x: f"-${abs(x)!r}" if x < 0 else f"${x!r}",
    "unit": lambda x: f"{x!r} km/h",
    "english": lambda x: f"{x:,}",
    "german": lambda x: f"{x:,}".translate(str.maketrans(",.", ".,")),
    "swiss": lambda x: f"CHF {x:,}".replace(",", "\u2019"),
    "french": lambda x: f"{x:,}".replace(",", "\u202f").replace(".", ","),
}
FLOATS = st.floats(-1e12, 1e12, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-4)


@given(dress=st.sampled_from(sorted(DRESSES)), x=st.lists(FLOATS, min_size=1, max_size=30))
@settings(max_examples=400, deadline=None)
def test_a_column_in_any_dress_is_read_back(dress: str, x: list[float]) -> None:
    # two cells that leave no doubt of the marks
    x = [*x, 1234567.25, -1000.5]
    cells = [DRESSES[dress](value) for value in x]
    column = as_table({"x": cells})["x"]
    assert column.kind == "number"
    np.testing.assert_array_equal(column.values, x)
    again = as_table({"x": [*cells, ""]})["x"]
    assert again.format == column.format
    assert np.isnan(again.values[-1])


@given(
    cells=st.lists(
        st.one_of(
            st.text(max_size=12),
            st.text("0123456789.,-+ $%eE'()/:", max_size=12),
            st.sampled_from(["NA", "-", "true", "12:30", "1.2.2020", "5 kg", "5 g", "$5", "01"]),
        ),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=600, deadline=None)
def test_any_column_of_text_is_read_or_refused_by_our_error(cells: list[str]) -> None:
    try:
        column = as_table({"x": cells, "y": ["1"] * len(cells)})["x"]
    except TableError:
        return
    assert len(column.values) == len(cells)
    empty = np.array([not cell.strip() for cell in cells])
    assert column.missing[empty].all()
    if column.kind == "text":
        shown = [None if cell is None else str(cell) for cell in column.values]
        assert all(
            text is None or text == cell.strip() for text, cell in zip(shown, cells, strict=True)
        )
