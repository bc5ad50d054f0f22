"""Text cells as the exported code reads them, beside the model: Python, NumPy and R."""

import datetime
import math
import warnings
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_cells import (
    FAR_OUT,
    FORMATS,
    Reader,
    are_same,
    column_model,
    expected_cells,
    far_out_column,
    format_model,
    predicted_cell,
    read_by,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from r_scripts import sourced

import glassnet as gn
from glassnet.exports.code.r import r_literal
from glassnet.exports.columns import UsedColumn
from glassnet.tables.formats.clocks import CLOCKS
from glassnet.tables.formats.known import Format
from glassnet.tables.inputs import Binary, Categories, Number


def _of_export(model: gn.Model, to: str) -> Reader:
    module: dict[str, Any] = {"__name__": "model"}
    exec(str(gn.export(model, to).content), module)

    def read(cell: str) -> float | None:
        try:
            return predicted_cell(module["predict"]({"x": cell if to == "python" else [cell]}))
        except ValueError:
            return None

    return read


@pytest.mark.parametrize("to", ["python", "numpy"])
def test_python_reads_text_as_the_model_does(to: str):
    n_read = n_refused = 0
    for number, written in enumerate(FORMATS):
        if to == "numpy" and number % 4:  # it reads cells by the same functions
            continue
        read = _of_export(format_model(written), to)
        for cell, value in expected_cells(number).items():
            assert are_same(read(cell), value), (written, cell, read(cell), value)
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
    model = format_model(written)
    assert are_same(_of_export(model, "python")(cell), read_by(model)(cell))


OTHER_COLUMNS: dict[str, tuple[UsedColumn, list[Any]]] = {
    "two texts": (Binary("x", ("no", "yes"), indicator=True), ["no", " yes ", "No", "?", "", None]),
    "text that looks missing": (
        Categories("x", ("-", "NULL", "n/a"), indicator=True),
        ["-", "NULL", "null", "n/a", "N/A", None],
    ),
    "text that looks like numbers": (
        Categories("x", ("1", "1.0", "True", "007"), indicator=True),
        [
            "1",
            "1.0",
            "7",
            "007",
            "True",
            "true",
            1,
            1.0,
            True,
            datetime.date(2024, 2, 29),
            math.nan,
        ],
    ),
    "true and false": (
        Binary("x", ("false", "true"), indicator=True, cells="boolean"),
        ["true", "FALSE", "fAlSe", True, False, np.True_, "n/a", None, "yes", "1", 1, 0.0],
    ),
    "numbers as categories": (
        Categories("x", ("0.1", "2", "30"), indicator=True, cells="number"),
        [0.1, 2, 30.0, "0.1", "2", "2.0", "30", "3e1", 7, True, "n/a", None, math.nan],
    ),
    "numbers that were not text": (
        Number("x", 0.0, 1.0, smooth_clip=False, fill=5.0, indicator=True),
        [
            *(1.5, 2, "1.5", "-2e3", "n/a", None, math.nan, math.inf, -1e101, "1e101", "x"),
            *(-0.0, 5e-324, Decimal("2.5"), Fraction(1, 4), np.float32(0.1), np.int8(-3)),
            *(True, np.False_, 1 + 2j, b"1", datetime.date(2024, 2, 29)),
        ],
    ),
    "numbers far out": (
        far_out_column(),
        [*FAR_OUT, *map(str, FAR_OUT)],
    ),
    "dates that were not text": (
        Number("x", 0.0, 1.0, smooth_clip=False, fill=5.0, indicator=True, date=True),
        [
            *("2024-02-29", datetime.date(2024, 2, 29), None, "2024-02-30", 5, True),
            *("0000-01-01", "0000-02-29", "0001-01-01", "1900-02-29", "9999-12-31", "10000-01-01"),
            *("0001-01-01T00:00+05:00", "9999-12-31 23:59:59.999999-14:00"),
            *(datetime.date.min, datetime.datetime.max),
            datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
            datetime.datetime(1969, 1, 2, 18, 30),
            datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
            *(np.datetime64("2024-02-29T12:00"), np.datetime64("NaT")),
        ],
    ),
    "times of day": (
        Number("x", 0.0, 1.0, smooth_clip=False, fill=5.0, indicator=True, format=CLOCKS[0]),
        [
            *(datetime.time(12, 30, 15), datetime.timedelta(hours=30), 7.5, "23:15", None),
            *(True, math.inf, -2e100, "7", datetime.date(2024, 2, 29)),
        ],
    ),
}


@pytest.mark.parametrize("to", ["python", "numpy"])
@pytest.mark.parametrize("name", OTHER_COLUMNS)
def test_cells_of_every_kind_are_read_as_the_model_does(name: str, to: str):
    column, cells = OTHER_COLUMNS[name]
    model = column_model(column)
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
    known = [expected_cells(FORMATS.index(written)) for written in formats]
    paths = [tmp_path / f"{i}.R" for i in range(len(formats))]
    for path, written in zip(paths, formats, strict=True):
        gn.export(format_model(written), "r").write(path)
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
                assert are_same(read, value) or abs(read - value) <= 1e-14 * abs(value), (
                    written,
                    cell,
                )
