"""The exported C: compiled without a warning, run beside the model and under the sanitizers."""

import ctypes
import dataclasses
import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import output_of
from drawn_cells import FAR_OUT, column_model, drawn_dates, far_out_column
from drawn_models import drawn_models
from exported import (
    HOSTILE,
    MAKERS,
    TriedModel,
    TriedRows,
    largest_difference,
    tried_model,
    tried_rows,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import refused, run

import glassnet as gn
from glassnet.exports.code.c import c_files
from glassnet.exports.code.c_text import c_comment, c_literal
from glassnet.exports.columns import Cell, cell_kind
from glassnet.exports.targets import ExportOptions
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.inputs import Number

STRICT = [
    "-Wdouble-promotion",
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-pedantic",
    "-Wshadow",
    "-Wconversion",
]
SANITIZED = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
BOUNDS = {"float64": 1e-12, "float32": 1e-4}  # relative to numbers above 1
TYPES = {"float64": ctypes.c_double, "float32": ctypes.c_float}


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", MAKERS)
def test_the_code_predicts_what_the_model_does(name: str, dtype: str, tmp_path: Path):
    tried = tried_model(name)
    rows = tried_rows(tried)
    found = _predicted(tried, rows, tmp_path, dtype)
    assert largest_difference(found, rows.predicted) < BOUNDS[dtype]


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", MAKERS)
def test_the_code_checks_itself(name: str, dtype: str, tmp_path: Path):
    code = _written(tried_model(name), tmp_path, dtype=dtype)
    said = _checked(code, *(SANITIZED if dtype == "float64" else []))
    assert said.startswith("8 check rows are predicted as by the model, to ")


@pytest.mark.parametrize("other", ["0.25", "NAN"])
def test_the_check_finds_a_weight_that_is_another(other: str, tmp_path: Path):
    code = _written(tried_model("tanh and relu"), tmp_path)
    text = code.read_text()
    start = text.rindex("static const double biases_")
    first = re.compile(r"-?[0-9.]+,").search(text, start)
    assert first is not None
    code.write_text(f"{text[: first.start()]}{other},{text[first.end() :]}")
    with pytest.raises(AssertionError, match="row 1 is not predicted as by the model"):
        _checked(code)


def test_cpp_takes_the_header(tmp_path: Path):
    _written(tried_model("written"), tmp_path)
    use = """
        #include "model.h"
        #include "model.h"
        int main() {
            model_row row = model_row();
            model_result result;
            int unreadable = model_predict(&row, &result);
            return unreadable || !model_class_labels[result.prediction][0];
        }
    """
    (tmp_path / "use.cpp").write_text(use)
    output_of("gcc", *STRICT, "-c", "model.c", cwd=tmp_path)
    flags = ["-std=c++11", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    output_of("g++", *flags, "use.cpp", "model.o", "-lm", "-o", "use", cwd=tmp_path)
    output_of("./use", cwd=tmp_path)


def test_a_date_that_cannot_be_read_is_its_fields_number(tmp_path: Path):
    tried = tried_model("written")
    row, result = _structs(tried, ctypes.c_double)
    predict = _compiled(_written(tried, tmp_path)).model_predict
    date = [column.name for column in tried.plan.columns].index("sold on")
    known = row()
    setattr(known, f"c{date}", b" 2.4.2022 ")
    found, missing = result(), result()
    assert predict(ctypes.byref(known), ctypes.byref(found)) == 0
    untouched = bytes(missing)
    for text in (b"2023-09-30", b"31.09.2023", b"30.09.2023 24:00", b"x", b"30.09.2023 1"):
        setattr(known, f"c{date}", text)
        assert predict(ctypes.byref(known), ctypes.byref(missing)) == date + 1
        assert bytes(missing) == untouched
    ends = []
    for text in (None, b"", b" \t"):
        setattr(known, f"c{date}", text)
        assert predict(ctypes.byref(known), ctypes.byref(missing)) == 0
        ends.append(bytes(missing))
    assert len({*ends, bytes(found)}) == 2


@pytest.mark.parametrize(
    ("dtype", "scale", "cells", "too_large"),
    [("float64", 1e-60, FAR_OUT, 1.1e100), ("float32", 0.01, [3e38, -3e38, 1e25, 2.0], math.inf)],
)
def test_numbers_far_out_are_clipped_and_beyond_refused(
    dtype: str, scale: float, cells: list[float], too_large: float, tmp_path: Path
):
    tried = TriedModel(column_model(far_out_column(scale)))
    rows = TriedRows([{"x": cell} for cell in cells], tried.model.predict_columns({"x": cells}))
    assert largest_difference(_predicted(tried, rows, tmp_path, dtype), rows.predicted) == 0
    row, result = _structs(tried, TYPES[dtype])
    predict = ctypes.CDLL(str(tmp_path / "model.so")).model_predict
    for cell in (too_large, -too_large):
        assert predict(ctypes.byref(row(cell)), ctypes.byref(result())) == 1


DRIVER = r"""
#include "model.c"
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    char line[200];
    while (fgets(line, sizeof line, stdin)) {
        size_t tab = 0, end = 0;
        char *text;
        double day;
        while (line[tab] != '\t') tab++;
        for (end = tab + 1; line[end] != '\n'; end++) {}
        line[tab] = line[end] = '\0';
        text = malloc(end - tab);  /* of its own, so that the sanitizer sees what is read beyond */
        for (end = 0; (text[end] = line[tab + 1 + end]) != '\0'; end++) {}
        if (read_day(text, line, &day)) printf("%.17g\n", day); else puts("none");
        free(text);
    }
    return 0;
}
"""


def test_dates_are_read_as_the_model_reads_them(tmp_path: Path):
    plan = tried_model("written").plan
    written = DateFormat("dd mon yy")  # with this one, everything that reads dates is there
    columns = [
        dataclasses.replace(of, format=written) if cell_kind(of) == "date" else of
        for of in plan.columns
    ]
    files = c_files(dataclasses.replace(plan, columns=tuple(columns)), ExportOptions())
    for ending, text in files.items():
        (tmp_path / f"model{ending}").write_text(str(text))
    (tmp_path / "driver.c").write_text(DRIVER)
    output_of("gcc", *STRICT, *SANITIZED, "-O1", "driver.c", "-lm", "-o", "driver", cwd=tmp_path)
    cases = drawn_dates()
    lines = "".join(f"{pattern}\t{text}\n" for pattern, text in cases)
    found = output_of("./driver", cwd=tmp_path, text=lines).split()
    for (pattern, text), day in zip(cases, found, strict=True):
        expected = DateFormat(pattern).read([text])[0]
        assert (day == "none" and np.isnan(expected)) or float(day) == expected, (pattern, text)


def test_memory_is_what_the_header_says(tmp_path: Path):
    code = _written(tried_model("penguins"), tmp_path, dtype="float32")
    header = code.with_suffix(".h").read_text()
    weights, stack = (
        int(number.replace(",", ""))
        for number in re.findall(r"([0-9,]+) bytes(?:\.| of arrays)", header)
    )
    output_of("gcc", *STRICT, "-O0", "-fstack-usage", "-c", "model.c", cwd=tmp_path)
    symbols = output_of("nm", "-S", "model.o", cwd=tmp_path).splitlines()
    sizes = [int(line.split()[1], 16) for line in symbols if re.search(" (weights|biases)_", line)]
    assert sum(sizes) == weights
    usage = (tmp_path / "model.su").read_text()
    used = [int(found) for found in re.findall(r"(?:model_predict|outputs)\t([0-9]+)", usage)]
    assert stack < sum(used) < stack + 500


def test_what_float32_cannot_hold_is_named(tmp_path: Path):
    tried = tried_model("bins")
    plan = tried.plan
    x = plan.columns[0]
    assert isinstance(x, Number)
    single = ExportOptions(dtype="float32")
    for changed in (
        dataclasses.replace(x, bin_edges=(1e6, 1e6 + 1e-3, 2e6)),
        dataclasses.replace(x, bin_edges=(0.0, 1.0, 1e60)),
        dataclasses.replace(x, center=1e60),
        dataclasses.replace(x, scale=1e-60),
    ):
        of_double = dataclasses.replace(plan, columns=(changed, *plan.columns[1:]))
        with pytest.raises(gn.GlassnetError, match=r"column 'x'.*float32.*dtype='float64'"):
            c_files(of_double, single)
        c_files(of_double, ExportOptions())


def test_a_category_that_c_cannot_hold_is_named():
    table = {"a": ["x\0y", "x", "z"] * 10, "y": [1.0, 2.0, 3.5] * 10}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        model = gn.train_table(table, "y", epochs=1, hidden=2)
    with pytest.raises(gn.GlassnetError, match=r"column 'a'.*code 0"):
        gn.export(model, "c")


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("my model", "my_model"), ("2 cars", "model_2_cars"), ("\u4e2d", "model"), ("int", "int_2")],
)
def test_the_name_stands_before_all_that_is_public(name: str, prefix: str, tmp_path: Path):
    exported = gn.export(tried_model("article").model, "c", name=name)
    assert f"int {prefix}_predict(const {prefix}_row *row" in str(exported.files[".h"])
    paths = exported.write(tmp_path / f"{name}.h")
    assert [path.name for path in paths] == [f"{name}.c", f"{name}.h"]
    output_of("gcc", *STRICT, "-c", f"{name}.c", cwd=tmp_path)


def test_the_command_writes_both_files(tmp_path: Path):
    tried_model("cars").model.save(tmp_path / "cars.model")
    out = tmp_path / "2 cars.c"
    ran = run("export", str(tmp_path / "cars.model"), "--to", "c", "--out", str(out))
    assert not ran.code, ran.err
    output_of("gcc", *STRICT, "-c", out.name, cwd=tmp_path)
    assert "model_2_cars_predict(" in (tmp_path / "2 cars.h").read_text()
    assert "is more than one file" in refused("export", str(tmp_path / "cars.model"), "--to", "c")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tried=drawn_models())
def test_any_model_with_any_names(tried: TriedModel, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("drawn")
    rows = tried_rows(tried, 20)
    assert largest_difference(_predicted(tried, rows, folder, "float64"), rows.predicted) < 1e-9
    _checked(_written(tried, folder), *SANITIZED)


@settings(max_examples=200)
@given(text=st.text(max_size=20) | st.just(HOSTILE))
def test_text_stays_text(text: str):
    literal = c_literal(text)
    inside = re.fullmatch(r'"((?:[ !#-\[\]-~]|\\["\\?]|\\[0-7]{3})*)"', literal)
    assert inside is not None
    assert "??" not in literal
    comment = c_comment(text)
    assert "\n" not in comment
    assert "??" not in comment
    assert not comment.endswith("\\")


def _written(tried: TriedModel, folder: Path, dtype: str = "float64") -> Path:
    """The code's file."""
    exported = gn.export(tried.model, "c", dtype=dtype, **tried.options)
    return exported.write(folder / "model.c", overwrite=True)[0]


def _checked(code: Path, *flags: str) -> str:
    """What the self-test prints."""
    output_of(
        "gcc", *STRICT, *flags, "-DMODEL_CHECK", code.name, "-lm", "-o", "check", cwd=code.parent
    )
    return output_of("./check", cwd=code.parent)


def _compiled(code: Path) -> ctypes.CDLL:
    output_of(
        "gcc", *STRICT, "-shared", "-fPIC", code.name, "-lm", "-o", "model.so", cwd=code.parent
    )
    return ctypes.CDLL(str(code.parent / "model.so"))


def _structs(tried: TriedModel, number: Any) -> tuple[Any, Any]:
    """A row and a result as the compiler lays them out, from the model alone."""
    of_kind = {"number": number, "boolean": ctypes.c_int}
    columns = tried.plan.columns
    row = [(f"c{k}", of_kind.get(cell_kind(of), ctypes.c_char_p)) for k, of in enumerate(columns)]
    result: list[Any] = []
    for of in tried.plan.targets:
        if of.is_number:
            result += [number] * len(of.columns)
            continue
        classes = len(of.names.probabilities)
        result.append(ctypes.c_int)
        if of.largest is not None:
            result.append(ctypes.c_ubyte * classes)
        result.append(number * classes)
    fields = [(f"r{k}", of) for k, of in enumerate(result)]
    return (
        type("Row", (ctypes.Structure,), {"_fields_": row}),
        type("Result", (ctypes.Structure,), {"_fields_": fields}),
    )


def _predicted(
    tried: TriedModel, rows: TriedRows, folder: Path, dtype: str
) -> dict[str, list[Any]]:
    """What the compiled code predicts, by column."""
    row_type, result_type = _structs(tried, TYPES[dtype])
    predict = _compiled(_written(tried, folder, dtype)).model_predict
    found: dict[str, list[Any]] = {name: [] for name in tried.plan.predicted}
    for cells in rows.rows:
        row = row_type(*(_cell(cell_kind(of), cells[of.name]) for of in tried.plan.columns))
        result = result_type()
        assert predict(ctypes.byref(row), ctypes.byref(result)) == 0
        values = iter([getattr(result, name) for name, *_ in result_type._fields_])
        for of in tried.plan.targets:
            if of.is_number:
                for name in of.columns:
                    found[name].append(next(values))
                continue
            found[of.names.prediction].append(of.target.labels[next(values)])
            if of.largest is not None:
                inside = zip(of.target.label_texts, next(values), strict=True)
                found[of.names.set].append("|".join(label for label, one in inside if one))
            for name, p in zip(of.names.probabilities, next(values), strict=True):
                found[name].append(p)
    return found


def _cell(kind: str, cell: Cell) -> Any:
    """A cell as the struct takes it."""
    if kind == "number":
        return np.nan if cell is None else cell
    if kind == "boolean":
        return -1 if cell is None else int(bool(cell))
    return None if cell is None else str(cell).encode()
