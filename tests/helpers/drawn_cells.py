"""Texts as they stand in cells, in every way that is known, and what a model reads them as."""

import math
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from exported import TriedModel

import glassnet as gn
from glassnet.exports.columns import UsedColumn
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.formats.clocks import CLOCKS
from glassnet.tables.formats.dates import PATTERNS, DateFormat
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.numbers import FORMS, NumberFormat
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget

UNITS = ["", "EUR", "$", "US$", "kg", "%", "m2", "km / h", "$ kg", "\u00b0C", '"', "CHF"]
NUMBERS: list[Format] = [
    NumberFormat(decimal, thousands, unit)
    for number, (decimal, thousands) in enumerate(FORMS)
    for unit in (UNITS if number in (0, 3) else UNITS[:1])
]
DATES: list[Format] = [DateFormat(pattern) for pattern in PATTERNS]
FORMATS: list[Format] = [*NUMBERS, *DATES, *CLOCKS]
MARKS = ["", " ", "NaN", "n/a", "-", "\u2014", "NULL", "0000-00-00", "unknown", "k.A.", "#N/A"]
ODD = ["1e5", "inf", "-Infinity", "nan", "1_000", "0x10", "\u0661", "\u00b2", "1.2.3", "soon"]
OTHER_DATES = ["2024-02-30", "31.04.2023", "00.01.2024", "2024-13-01", "1.1.1", "99-99-99"]

Reader = Callable[[str], float | None]
"""The number that a cell is read as: NaN where it is missing, None where it is refused."""


def column_model(column: UsedColumn) -> gn.Model:
    """A model whose predictions are the features of its only column."""
    width = len(column.features)
    network = gn.Network([width, width])
    parameters = gn.Parameters((np.eye(width),), (np.zeros(width),))
    targets = tuple(NumberTarget(f"y{i}", 0.0, 1.0, None, None) for i in range(width))
    encoding = TableEncoding("regression", (column,), targets)
    return gn.Model.of_network(network, parameters, encoding)


def format_model(written: Format | None) -> gn.Model:
    """A model that predicts the cell of a column so written, and whether it is missing."""
    return column_model(
        Number(
            "x",
            center=0.0,
            scale=1.0,
            smooth_clip=False,
            fill=0.0,
            indicator=True,
            date=isinstance(written, DateFormat),
            format=written,
        )
    )


FAR_OUT = [1e100, -1e100, 5e60, 2.0]


def far_out_column(scale: float = 1e-60) -> Number:
    """A column, smoothly clipped, in whose scale `FAR_OUT` is too large to be squared."""
    return Number("x", 2.0, scale, smooth_clip=True, fill=0.0, indicator=True)


def predicted_cell(predicted: Any) -> float:
    value, missing = (float(np.ravel(cells)[0]) for cells in predicted.values())
    return math.nan if missing else value


def read_by(model: gn.Model) -> Reader:
    def read(cell: str) -> float | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gn.GlassnetWarning)
            try:
                return predicted_cell(model.predict_columns({"x": [cell]}))
            except gn.GlassnetError:
                return None

    return read


@cache
def expected_cells(number: int) -> dict[str, float | None]:
    """The cells that one of the formats is tried with, and what the model reads them as."""
    written = FORMATS[number]
    read = read_by(format_model(written))
    return {cell: read(cell) for cell in _cells(written, seed=number)}


def format_models() -> list[tuple[TriedModel, list[dict[str, str]]]]:
    """A model for each format, and rows with the cells that it is tried with."""
    return [
        (TriedModel(format_model(written)), [{"x": cell} for cell in expected_cells(number)])
        for number, written in enumerate(FORMATS)
    ]


def check_formats(found: Iterable[Sequence[dict[str, Any] | str]]) -> None:
    """Raises AssertionError where predictions of `format_models`, or errors (text), differ."""
    for number, (written, rows) in enumerate(zip(FORMATS, found, strict=True)):
        for (cell, value), row in zip(expected_cells(number).items(), rows, strict=True):
            read = None if isinstance(row, str) else predicted_cell(row)
            assert are_same(read, value), (written, cell, read, value)


def are_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))


def _numbers(written: NumberFormat, choose: random.Random) -> Iterator[str]:
    """Numbers in a format, and such as are almost in it."""
    unit, mark = written.unit, written.thousands or choose.choice(["", " ", "'", "\u00a0"])
    for _ in range(15):
        mark = choose.choice([mark, mark, "\u202f" if mark == " " else mark])
        digits = choose.choice(
            ["0", "7", "12", "007", "345", f"1{mark}234", f"12{mark}345{mark}678"]
        )
        digits += choose.choice(["", "", f"{mark}34{mark}567", f"{mark}11"]) if mark == "," else ""
        point = written.decimal if choose.random() < 0.8 else choose.choice(".,")
        number = digits + choose.choice(["", "", point, f"{point}5", f"{point}250", f"{point}-"])
        number += choose.choice(["", "", "", "e3", "E-2", "d+1", "e\u22121"])
        sign = choose.choice(["", "", "-", "+", "\u2212", "\u2013", "- "])
        blank = choose.choice(["", " ", "\u00a0"])
        with_unit = f"{number}{blank}{unit}" if choose.random() < 0.7 else f"{unit}{blank}{number}"
        likely = [number, sign + number, sign + with_unit, with_unit, f"{with_unit}-"]
        odd = [f" {with_unit}\t", f"({with_unit}", f"-{with_unit}-", f"{unit}-{number}"]
        yield choose.choice([*likely, f"({with_unit})", *odd])


def _dates(written: DateFormat, seed: int) -> Iterator[str]:
    """Dates in a pattern, and such as are almost in it, with times of day and zones."""
    draw = np.random.default_rng(seed)
    yield from (_date(draw, written.pattern) for _ in range(16))
    yield from ("Sept 2024", "12 Sept 2024", "Janxyz 3, 2024", "3 Mayo 2024", "2024-06")


def _clocks(choose: random.Random) -> Iterator[str]:
    for _ in range(30):
        hour = choose.choice(["0", "7", "07", "12", "13", "23", "24", "100"])
        minute = choose.choice(["", ":00", ":30", ":59:59", ":15:30.25", ":15:30,5", ":60"])
        yield hour + minute + choose.choice(["", "", " PM", "am", "a.m.", " P. M."])


def _cells(written: Format, seed: int) -> list[str]:
    choose = random.Random(seed)
    if isinstance(written, NumberFormat):
        cells = _numbers(written, choose)
    else:
        cells = _dates(written, seed) if isinstance(written, DateFormat) else _clocks(choose)
    others = [*choose.sample(MARKS, 3), *choose.sample(ODD, 3), *choose.sample(OTHER_DATES, 2)]
    return [*cells, *others]


def drawn_dates(seed: int = 0, of_a_pattern: int = 60) -> list[tuple[str, str]]:
    """Patterns and texts, of which at least a third is such a date, and a third is none."""
    draw = np.random.default_rng(seed)
    cases = [(pattern, _date(draw, pattern)) for pattern in PATTERNS for _ in range(of_a_pattern)]
    read = np.isfinite([DateFormat(pattern).read([text])[0] for pattern, text in cases])
    assert 1 / 3 < read.mean() < 2 / 3
    return cases


def _date(draw: np.random.Generator, pattern: str) -> str:
    """A date, often with a time and a zone, sometimes with a character that is another."""

    def one_of(*texts: str) -> str:
        return texts[draw.integers(len(texts))]

    days = float(draw.integers(-700_000, 2_900_000) if "yyyy" in pattern else 12_345)
    text = one_of("", "", "Mon, ", "thursday ", "SUN. ") + DateFormat(pattern).write(days)
    if draw.random() < 0.6:
        hour, minute, second = draw.integers(0, [25, 61, 61])
        text += one_of(" ", "T", ", ", "t") + f"{hour:02}:{minute:02}"
        text += one_of("", f":{second:02}", f":{second:02}.5", f":{second:02},1234567")
        text += one_of("", "", "", " am", "PM", " p.m.")
        text += one_of("", "", "Z", " UTC", "+02", "-0330", " +14:00", "\u221201:00", " gmt")
    if draw.random() < 0.4:
        at = draw.integers(len(text) + 1)
        inside = one_of("", "0", "9", " ", ".", "-", ":", "a", "  ", "/")
        text = text[:at] + inside + text[at + draw.integers(2) :]
    return text.strip() or "x"
