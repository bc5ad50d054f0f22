"""Text cells as the exported code reads them, beside the model: Python, NumPy and R."""

import datetime
import math
import random
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from r_scripts import sourced

import glassnet as gn
from glassnet.exports.code.r import r_literal
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.formats.clocks import CLOCKS
from glassnet.tables.formats.dates import PATTERNS, DateFormat
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.numbers import FORMS, NumberFormat
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import NumberTarget

UNITS = ["", "EUR", "$", "US$", "kg", "%", "m2", "km / h", "$ kg", "\u00b0C", '"', "CHF"]
NUMBERS: list[Format] = [
    NumberFormat(decimal, thousands, unit)
    for number, (decimal, thousands) in enumerate(FORMS)
    for unit in (UNITS if number in (0, 3) else UNITS[:1])
]
DATES: list[Format] = [DateFormat(pattern) for pattern in PATTERNS]
MARKS = ["", " ", "NaN", "n/a", "-", "\u2014", "NULL", "0000-00-00", "unknown", "k.A.", "#N/A"]
ODD = ["1e5", "inf", "-Infinity", "nan", "1_000", "0x10", "\u0661", "\u00b2", "1.2.3", "soon"]
OTHER_DATES = ["2024-02-30", "31.04.2023", "00.01.2024", "2024-13-01", "1.1.1", "99-99-99"]

Reader = Callable[[str], float | None]
"""The number that a cell is read as: NaN where it is missing, None where it is refused."""


def _model(column: Number | Binary | Categories) -> gn.Model:
    """A model whose predictions are the features of its only column."""
    width = len(column.features)
    network = gn.Network([width, width])
    parameters = gn.Parameters((np.eye(width),), (np.zeros(width),))
    targets = tuple(NumberTarget(f"y{i}", 0.0, 1.0, None, None) for i in range(width))
    encoding = TableEncoding("regression", (column,), targets)
    return gn.Model.of_network(network, parameters, encoding)


def _model_of(written: Format | None) -> gn.Model:
    """A model that predicts the cell of a column so written, and whether it is missing."""
    return _model(
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


def _value(predicted: Any) -> float:
    value, missing = (float(np.ravel(cells)[0]) for cells in predicted.values())
    return math.nan if missing else value


def _of_model(model: gn.Model) -> Reader:
    def read(cell: str) -> float | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gn.GlassnetWarning)
            try:
                return _value(model.predict_columns({"x": [cell]}))
            except gn.GlassnetError:
                return None

    return read


@cache
def _expected(number: int) -> dict[str, float | None]:
    """The cells that one of the formats is tried with, and what the model reads them as."""
    written = FORMATS[number]
    read = _of_model(_model_of(written))
    return {cell: read(cell) for cell in _cells(written, seed=number)}


def _of_export(model: gn.Model, to: str) -> Reader:
    module: dict[str, Any] = {"__name__": "model"}
    exec(str(gn.export(model, to).content), module)

    def read(cell: str) -> float | None:
        try:
            return _value(module["predict"]({"x": cell if to == "python" else [cell]}))
        except ValueError:
            return None

    return read


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


def _dates(written: DateFormat, choose: random.Random) -> Iterator[str]:
    """Dates in a pattern, and such as are almost in it, with times of day and zones."""
    for _ in range(12):
        date = written.write(float(choose.randint(-400, 20_000)))
        date = choose.choice([date, date, date.lower(), date.upper(), date.replace("0", "")])
        date = choose.choice(
            [date, date, f"Tue, {date}", f"monday {date}", date.replace(" ", "  ")]
        )
        time = choose.choice(["", "T", " ", ", "])
        if time:
            time += choose.choice(["7:05", "23:59:59", "12:30:15.25", "24:00", "0:15", "11:61"])
            time += choose.choice(["", "", " PM", "am", " a.m."])
            time += choose.choice(["", "", "Z", " UTC", "+02:00", "-0530", "\u221203", " +1"])
        yield date + time
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
        cells = _dates(written, choose) if isinstance(written, DateFormat) else _clocks(choose)
    others = [*choose.sample(MARKS, 3), *choose.sample(ODD, 3), *choose.sample(OTHER_DATES, 2)]
    return [*cells, *others]


FORMATS: list[Format] = [*NUMBERS, *DATES, *CLOCKS]


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize("to", ["python", "numpy"])
def test_python_reads_text_as_the_model_does(to: str):
    n_read = n_refused = 0
    for number, written in enumerate(FORMATS):
        if to == "numpy" and number % 4:  # it reads cells by the same functions
            continue
        read = _of_export(_model_of(written), to)
        for cell, value in _expected(number).items():
            assert _same(read(cell), value), (written, cell, read(cell), value)
            n_read += value is not None
            n_refused += value is None
    assert min(n_read, n_refused) > 80


WRITTEN = st.sampled_from(FORMATS)
PIECES = st.sampled_from(
    [*"0123456789.,'() -+%$TZ:/", "\u2212", "\u00a0", "EUR", "kg", "e3", "Jan", "12", "2024", "pm"]
)


@settings(max_examples=40, deadline=None)
@given(WRITTEN, st.lists(PIECES, min_size=1, max_size=9).map("".join))
def test_any_text_is_read_as_the_model_does(written: Format, cell: str):
    model = _model_of(written)
    assert _same(_of_export(model, "python")(cell), _of_model(model)(cell))


OTHER_COLUMNS: dict[str, tuple[Number | Binary | Categories, list[Any]]] = {
    "two texts": (Binary("x", ("no", "yes"), indicator=True), ["no", " yes ", "No", "?", "", None]),
    "text that looks missing": (
        Categories("x", ("-", "NULL", "n/a"), indicator=True),
        ["-", "NULL", "null", "n/a", "N/A", None],
    ),
    "true and false": (
        Binary("x", ("false", "true"), indicator=True, cells="boolean"),
        ["true", "FALSE", True, False, "n/a", None, "yes", "1"],
    ),
    "numbers as categories": (
        Categories("x", ("0.1", "2", "30"), indicator=True, cells="number"),
        [0.1, 2, 30.0, "0.1", "2", "2.0", "30", "3e1", 7, "n/a", None, math.nan],
    ),
    "numbers that were not text": (
        Number("x", 0.0, 1.0, smooth_clip=False, fill=5.0, indicator=True),
        [1.5, 2, "1.5", "-2e3", "n/a", None, math.nan, math.inf, -1e101, "1e101", "x"],
    ),
    "dates that were not text": (
        Number("x", 0.0, 1.0, smooth_clip=False, fill=5.0, indicator=True, date=True),
        [
            *("2024-02-29", datetime.date(2024, 2, 29), None, "2024-02-30"),
            datetime.datetime(1969, 1, 2, 18, 30),
            datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
            *(np.datetime64("2024-02-29T12:00"), np.datetime64("NaT")),
        ],
    ),
    "times of day": (
        Number("x", 0.0, 1.0, smooth_clip=False, fill=5.0, indicator=True, format=CLOCKS[0]),
        [datetime.time(12, 30, 15), datetime.timedelta(hours=30), 7.5, "23:15", None],
    ),
}


@pytest.mark.parametrize("to", ["python", "numpy"])
@pytest.mark.parametrize("name", OTHER_COLUMNS)
def test_cells_of_every_kind_are_read_as_the_model_does(name: str, to: str):
    column, cells = OTHER_COLUMNS[name]
    model = _model(column)
    module: dict[str, Any] = {"__name__": "model"}
    exec(str(gn.export(model, to).content), module)
    warnings.simplefilter("ignore", gn.GlassnetWarning)
    for cell in cells:
        if to == "python" and isinstance(cell, np.datetime64):
            continue
        try:
            expected = model.predict_columns({"x": [cell]})
        except gn.GlassnetError:
            with pytest.raises(ValueError, match="column 'x'"):
                module["predict"]({"x": cell if to == "python" else [cell]})
            continue
        found = module["predict"]({"x": cell if to == "python" else [cell]})
        assert [float(np.ravel(found[key])[0]) for key in expected] == [
            one[0] for one in expected.values()
        ], cell


@pytest.mark.parametrize("to", ["python", "numpy"])
def test_what_the_user_said_means_missing_does(to: str):
    table = {
        "x": ["1.5", "2", "lost", "4", "-999", "3", "1", "2"] * 3,
        "k": ["a", "b", "lost", "a", "b", "a", "-", "-"] * 3,
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0] * 3,
    }
    model = gn.train_table(table, "y", missing=["lost", "-999"], epochs=2, hidden=3)
    module: dict[str, Any] = {"__name__": "model"}
    exec(str(gn.export(model, to).content), module)
    expected = model.predict({name: table[name] for name in ("x", "k")})
    if to == "numpy":
        found = module["predict"](table)["prediction"]
    else:
        rows = [{"x": x, "k": k} for x, k in zip(table["x"], table["k"], strict=True)]
        found = [module["predict"](row)["prediction"] for row in rows]
    assert np.abs(np.array(found) - expected).max() < 1e-12


IN_R = """
for (i in seq_along(FILES)) {
  model <- new.env()
  source(FILES[i], local = model, encoding = "UTF-8")
  for (cell in CELLS[[i]]) {
    found <- tryCatch(
      unlist(model$predict_rows(data.frame(x = cell))),
      error = function(e) if (grepl("'x'", conditionMessage(e))) NULL else stop(e)
    )
    cat(if (is.null(found)) "refused" else sprintf("%.17g", found), "\\n")
  }
}
"""


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_r_reads_text_as_the_model_does(locale: str, tmp_path: Path):
    formats = FORMATS if locale == "C.UTF-8" else FORMATS[::8]
    known = [_expected(FORMATS.index(written)) for written in formats]
    paths = [tmp_path / f"{i}.R" for i in range(len(formats))]
    for path, written in zip(paths, formats, strict=True):
        gn.export(_model_of(written), "r").write(path)
    columns = [list(map(str, paths)), *known]
    listed = [",\n".join(map(r_literal, some)) for some in columns]
    files, *cells = (f"c(\n{some}\n)" for some in listed)
    script = f"FILES <- {files}\nCELLS <- list({', '.join(cells)})\n{IN_R}"
    (tmp_path / "run.R").write_text(script)
    lines = iter(sourced(tmp_path / "run.R", locale).splitlines())
    for written, expected in zip(formats, known, strict=True):
        for cell, value in expected.items():
            words = next(lines).split()
            if words == ["refused"]:
                assert value is None, (written, cell, value)
            else:
                number, missing = map(float, words)
                read = math.nan if missing else number
                assert value is not None, (written, cell, read)
                assert _same(read, value) or abs(read - value) <= 1e-14 * abs(value), (
                    written,
                    cell,
                )
