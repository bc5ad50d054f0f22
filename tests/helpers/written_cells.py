"""Cells as people write them, and what a model makes of each: a number, or an error."""

import warnings
from functools import cache

import numpy as np
from exported import HOSTILE

import glassnet as gn
from glassnet.tables.formats.dates import MONTHS

N = 90

GIVEN = ["Stra\u00dfe", "Xx"]  # what is said to mean "missing", beside the usual texts
EMPTY = ["", "  ", "NA", "n/a", "-", "?", "null", "#N/A"]
ANY = [*GIVEN, *EMPTY, "strasse", "xx", "abc", "  {}  ", "\u00a0{}\u3000"]
SIGNED = ["-{}", "+{}", "\u2212{}", "\u2013 {}", "{}-", "({})", "-({})", "(-{})", "--{}", "({}"]


def _numbers(random: np.random.Generator) -> np.ndarray:
    return 5000 * random.random(N) + 1000.5


def _german(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


def _of_dates(pattern: str, random: np.random.Generator) -> list[str]:
    days = np.datetime64("1999-01-01") + random.integers(0, 6000, N)
    return [day.item().strftime(pattern) for day in days]


def _columns() -> dict[str, tuple[list[str], list[str]]]:
    """Name -> (cells to train on, cells to try); {} of the latter is a cell trained on."""
    random = np.random.default_rng(8)
    hours = random.integers(0, 24, (N, 2))
    dates = ["1.1.1970", "29.02.2023", "29.2.2024", "31.04.2020", "2020-01-05", "1.13.2020"]
    times = ["{} 23:15", "{} 24:00", "{}T7:05:09,1234567", "{} 11:15 pm", "{} 13:15 pm"]
    zones = ["{}T10:00Z", "{} 10:00+02", "{} 1:00:30 +0530", "{} 23:00 -05:45", "{} 10:00 \u221203"]
    plain = [".5", "5.", "1e3", "1E\u22122", "1d+2", "1e400", "1,5", "1 000", "inf", "0x10"]
    odd = ["1_000", "5.-", "007", "\u0663", "3 -", "12kg", "1e101", "1.2.3", "1\n2"]
    return {
        "plain": (
            [f"{number:.2f}" for number in _numbers(random)],
            [*ANY, *SIGNED, *plain, *odd],
        ),
        "german": (
            [_german(number) for number in _numbers(random)],
            [*ANY, *SIGNED, "1.5", "1,5", "12.34", "0.123", "1.234.567", ",5", "5,-", "1,"],
        ),
        "swiss": (
            [f"{number:,.2f}".replace(",", "'") for number in _numbers(random)],
            [*ANY, "1\u2019234.5", "1\u2018234\u2019567", "12'34", "1234.5", "1,234.5"],
        ),
        "spaced": (
            [f"{number:,.2f}".replace(",", " ").replace(".", ",") for number in _numbers(random)],
            ["1\u00a0234,5", "1\u202f234\u2009567", "1 234.5", "1  234,5", "-1 234"],
        ),
        "lakhs": (
            [f"{number:,.2f}" for number in _numbers(random)],
            [*SIGNED, "12,34,567.5", "1,23,45,678", "1,234,567", "12,34", "0,123", "1234567"],
        ),
        "weight": (
            [f"{number:.1f} kg" for number in _numbers(random)],
            [*ANY, *SIGNED, "7", "0", "-0", "0.0", "kg 7", "7kg", "(7 kg)", "7 kg-", "7- kg"],
        ),
        "dollars": (
            [f"${number:,.2f}" for number in _numbers(random)],
            [*ANY, *SIGNED, "$5", "5 $", "5", "-$5", "$-5", "($5)", "$ 5", "$5$", "\u20ac5", "$-"],
        ),
        "euros": (
            [f"{_german(number)} EUR" for number in _numbers(random)],
            [*SIGNED, "EUR 5,0", "EUR5", "5,0", "5,0 USD", "5,0EUR", "5.0 EUR", "5 EUR-"],
        ),
        "percent": (
            [f"{number:.1f}%" for number in _numbers(random)],
            ["7 %", "7", "%7", "0", "7e1%"],
        ),
        HOSTILE: (
            _of_dates("%d.%m.%Y", random),
            [*ANY, *dates, *times, *zones, "Mon, {}", "tuesday {}", "{}.", "{} x", "0000-00-00"],
        ),
        "american": (
            [f"{date} 10:30" for date in _of_dates("%m/%d/%Y", random)],
            ["12/31/1999", "31/12/1999", "2/29/1900", "2/29/2000 12:00 a.m.", "1/1/2020 12:00 PM"],
        ),
        "named": (
            _of_dates("%d %b %Y", random),
            [f"{i} {month} 2010" for i, month in enumerate(MONTHS, 1)]
            + ["1 Sept 2010", "1 SEP. 2010", "1 Sepp 2010", "1 Ja 2010", "0 May 2010"],
        ),
        "months": (
            _of_dates("%b %Y", random),
            ["May 1999", "june 2020", "Mai 1999", "May 99", "5 1999"],
        ),
        "short": (
            _of_dates("%d/%m/%y", random),
            ["1/1/68", "1/1/69", "31/12/00", "1/1/1968", "32/1/10", "29/2/01", "29/2/04"],
        ),
        "international": (
            _of_dates("%Y-%m-%d", random),
            [*ANY, *times, *zones, "0001-01-01", "0099-12-31", "9999-12-31", "20-01-05"],
        ),
        "opens": (
            [f"{h:02}:{m:02}" for h, m in hours],
            [*ANY, "7:15:36", "7:15:36.5", "7:15:36,25", "7:61", "123:00", "7", "7:15 pm"],
        ),
        "closes": (
            [f"{h % 12 + 1}:{m:02} {'PM' if h > 11 else 'AM'}" for h, m in hours],
            ["12:00 AM", "12:30 p.m.", "1 pm", "13:00 pm", "0:30 am", "7:15", "7:15:30.5 a. m."],
        ),
        "open": (
            random.choice(["true", "false"], N).tolist(),
            [*ANY, "TRUE", " False ", "yes", "1", "true!", "Tru\u0435"],
        ),
        "colour": (
            random.choice(["red", "\ufeffgreen", "Blue", "n/a", "1"], N).tolist(),
            [*ANY, "RED", "green", "\ufeffgreen", "blue", "N/A", "1", "\x1fred\x85", "red\u200b"],
        ),
    }


@cache
def written_model() -> gn.Model:
    """A model of columns of text that are written in many ways."""
    random = np.random.default_rng(9)
    table = {name: cells for name, (cells, _) in _columns().items()}
    table["y"] = random.normal(size=N).tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        return gn.train_table(table, "y", epochs=1, hidden=4, members=2, bins=0, missing=GIVEN)


@cache
def written_rows() -> tuple[list[dict[str, str]], list[float | None]]:
    """Rows with one odd cell each, and the predictions; None where the model refuses it."""
    usual = {name: cells[0] for name, (cells, _) in _columns().items()}
    rows = [
        {**usual, name: cell.format(cells[1])}
        for name, (cells, odd) in _columns().items()
        for cell in odd
    ]
    return rows, [_predicted(row) for row in rows]


def _predicted(row: dict[str, str]) -> float | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        try:
            [value] = written_model().predict({name: [cell] for name, cell in row.items()})
        except gn.GlassnetError:
            return None
    return float(value)


def check_written(found: list[float | str]) -> None:
    """Raises AssertionError where predictions of `written_rows`, or errors (text), differ."""
    rows, expected = written_rows()
    usual = {name: cells[0] for name, (cells, _) in _columns().items()}
    wrong = []
    for row, one, other in zip(rows, found, expected, strict=True):
        alike = other is None if isinstance(one, str) else _are_alike(one, other)
        if not alike:
            odd = {name: cell for name, cell in row.items() if cell != usual[name]}
            wrong.append((odd, one, other))
    assert not wrong, wrong
    assert sum(value is None for value in expected) > 40  # as many are really refused


def _are_alike(one: float, other: float | None) -> bool:
    return other is not None and abs(one - other) < 1e-12
