"""What is typed into an exported workbook, and what it may not hold."""

import io
import re
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import openpyxl
import pytest
from drawn_models import drawn_models
from exported import HOSTILE, TriedModel, largest_difference, tried_model, tried_rows
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from workbooks import (
    as_text,
    calculated,
    copied_down,
    exported_content,
    needs_office,
    predictions_of,
    typed_in,
)

import glassnet as gn
from glassnet.exports.excel.grid import FIRST_ROW
from glassnet.exports.excel.notes import PREPARED_ROWS
from glassnet.exports.plan import export_plan
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Binary, Number
from glassnet.tables.targets import ClassTarget

IN_FORMULAS = re.compile(
    r"=(?:IF|OR|EXACT|LOWER|TRIM|ISNUMBER|ISTEXT|ISBLANK|NA|SUMPRODUCT|SUM|MAX|MIN|ABS|EXP|LN|SQRT"
    r"|TANH|SIGN|INDEX|MATCH|\$?[A-Z]{1,3}\$?[0-9]+|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
    r"|'(?:Predict|Cells|Inputs|Outputs|(?:Network|Weights) (?:[0-9]+|intervals))'!|Missing!|Check!"
    r'|"(?:|\||true|false|yes|no|unknown: no check row is left'
    r'|Are the predictions of the check rows those of the model\? )"|<>|[-+*/^(),:&<>=])+'
)
"""All that a formula is made of: nothing of the data."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The workbook of columns of text with cells typed over, calculated."""
    tried = tried_model("written")
    content = exported_content(tried)
    rows = tried_rows(tried, 2 * PREPARED_ROWS).rows
    long = copied_down(content, FIRST_ROW + len(rows) - 1)
    books = {"long": typed_in(long, tried, rows)}
    for name, typed in TYPED.items():
        book = openpyxl.load_workbook(io.BytesIO(content))
        for cell, value in typed.items():
            book["Predict"][cell] = value
        changed = io.BytesIO()
        book.save(changed)
        books[name] = changed.getvalue()
    return calculated(tmp_path_factory.mktemp("written"), books)


TYPED: dict[str, dict[str, Any]] = {
    "mark of missing": {"A8": "n/a", "B8": " NA ", "C8": "?"},
    "nothing": {"A8": None, "B8": None, "C8": None},
    "text among numbers": {"A8": "12 apples"},
    "truth as a word": {"D8": " True "},
    "truth": {"D8": True},
    "blanks around": {"F8": "  007 "},
    "code": {"F8": "007"},
    "other capitals": {"E8": "IT'S"},
    "unknown": {"E8": "none such"},
    "typed over": {"A8": 1.0, "A9": 2.0},
}


@needs_office
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mark of missing", "nothing"),
        ("truth as a word", "truth"),
        ("blanks around", "code"),
        ("other capitals", "unknown"),
    ],
)
def test_cells_that_mean_the_same(one: str, other: str, written: dict[str, Any]):
    found = [[cell.value for cell in written[name]["Outputs"][FIRST_ROW]] for name in (one, other)]
    assert found[0] == found[1]
    plain = [cell.value for cell in written["typed over"]["Outputs"][FIRST_ROW]]
    assert found[0] != plain


@needs_office
def test_text_where_a_number_should_stand_is_an_error(written: dict[str, Any]):
    assert written["text among numbers"]["Predict"]["H8"].value == "#N/A"


@needs_office
def test_a_check_row_that_is_typed_over_no_longer_counts(written: dict[str, Any]):
    check = written["typed over"]["Check"]
    assert check["B2"].value == 6
    assert check["B3"].value < 1e-12
    assert check["B4"].value == "yes"


@needs_office
def test_the_last_row_copied_down_predicts_more_rows(written: dict[str, Any]):
    tried = tried_model("written")
    rows = tried_rows(tried, 2 * PREPARED_ROWS)
    n_typed = len(tried.plan.columns)
    found = predictions_of(written["long"], list(rows.predicted), n_typed, len(rows.rows))
    assert largest_difference(found, rows.predicted) < 1e-12


names = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("=+-@'\"\\{}|\n,;&"),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip())


@needs_office
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(drawn_models(), min_size=4, max_size=4))
def test_models_of_any_kind_predict_alike(models: list[TriedModel]):
    rows = [tried_rows(tried, PREPARED_ROWS) for tried in models]
    books = {
        str(number): typed_in(exported_content(tried), tried, of.rows)
        for number, (tried, of) in enumerate(zip(models, rows, strict=True))
    }
    with TemporaryDirectory() as folder:
        found = calculated(Path(folder), books)
    for book, tried, of in zip(found.values(), models, rows, strict=True):
        predicted = predictions_of(book, list(of.predicted), len(tried.plan.columns))
        assert largest_difference(predicted, of.predicted) < 1e-12 * digits_lost(tried)


def digits_lost(tried: TriedModel) -> float:
    """How much larger a column's values are than their spread: a sheet subtracts in 15 digits."""
    numbers = [column for column in tried.plan.columns if isinstance(column, Number)]
    return max([1.0, *(abs(column.center) / column.scale for column in numbers)])


@pytest.mark.parametrize("text", ["<r><t>b</t></r>", "<r></r>", "\x01", "_x0041_", "\x1f"])
def test_text_that_a_file_of_a_workbook_escapes(text: str):
    column, target = Binary("c", (text, "a"), indicator=False), ClassTarget("y", (text, "no"))
    encoding = TableEncoding("binary", (column,), (target,))
    network = gn.Network([1, 1], output="sigmoid")
    parameters = gn.Parameters((np.array([[9.0]]),), (np.array([-4.5]),))
    tried = TriedModel(gn.Model.of_network(network, parameters, encoding))
    book = openpyxl.load_workbook(io.BytesIO(exported_content(tried)), data_only=True)
    checks = tried.plan.checks
    found = predictions_of(book, list(checks[0].predicted), 1, len(checks))
    assert found["prediction"] == [check.predicted["prediction"] for check in checks]
    assert text in found["prediction"]
    typed = [book["Predict"].cell(FIRST_ROW + k, 1).value for k in range(len(checks))]
    assert text in [*typed, *map(as_text, typed)]  # openpyxl reads some escapes itself


def formulas_of(content: bytes) -> list[str]:
    """Every formula of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return [cell.value for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("name", ["written", "two targets", "cancer", "counts"])
def test_formulas_hold_nothing_of_the_data(name: str):
    found = formulas_of(exported_content(tried_model(name)))
    assert len(found) > 100
    strange = [formula for formula in found if not IN_FORMULAS.fullmatch(formula)]
    assert strange == []


@settings(max_examples=10, deadline=None)
@given(st.lists(names, min_size=3, max_size=3, unique=True))
@example(["=1+1", "+1", "@SUM(A1)"])
@example([HOSTILE, "-2", '="'])
def test_text_stays_text(levels: list[str]):
    levels = [f"{level}x" for level in levels]  # which are no numbers or dates
    table = {"c": levels * 8, "y": [f"{'no' if k % 2 else 'yes'}" for k in range(24)]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        model = gn.train_table(table, "y", epochs=1, hidden=2, categories=["c"])
    content = exported_content(TriedModel(model))
    assert [one for one in formulas_of(content) if not IN_FORMULAS.fullmatch(one)] == []
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Inputs"]
    shown = [cell.value for cell in sheet[3][1:]]
    known = [level for one in export_plan(model).columns for level in getattr(one, "levels", ())]
    assert shown[: len(known)] == known


def test_texts_and_times_are_seen_whole():
    """A column is as wide as its texts; a time before midnight, which is none, keeps its sign."""
    sheet = openpyxl.load_workbook(io.BytesIO(exported_content(tried_model("written"))))["Predict"]
    columns = [cell.value for cell in sheet[FIRST_ROW - 1]]
    code = columns.index("code") + 1
    texts = [sheet.cell(row, code).value or "" for row in range(FIRST_ROW, FIRST_ROW + 8)]
    longest = max(map(len, texts))
    assert longest > 15
    assert sheet.column_dimensions[sheet.cell(1, code).column_letter].width > longest
    time = sheet.cell(FIRST_ROW + 1, columns.index("opens") + 1)
    assert time.value < 0
    assert time.number_format.startswith("[<0]-")


def test_text_that_looks_like_a_number_stays_text_where_it_is_typed():
    """Else 007 would become 7, and so a category that the model does not know."""
    sheet = openpyxl.load_workbook(io.BytesIO(exported_content(tried_model("written"))))["Predict"]
    for at, column in enumerate(tried_model("written").plan.columns, 1):
        is_text = getattr(column, "cells", "") == "text"
        assert (sheet.cell(FIRST_ROW, at).number_format == "@") == is_text
        letter = sheet.cell(1, at).column_letter
        assert (sheet.column_dimensions[letter].number_format == "@") == is_text


def test_a_model_that_is_too_large_is_refused():
    network = gn.Network([300, 400, 1], ["relu"])
    with pytest.raises(gn.GlassnetError) as caught:
        gn.export((network, gn.initialize(network, seed=1)), "excel")
    assert str(caught.value) == (
        "a workbook holds up to 100,000 weights and biases, this model has 120,801: "
        "export it to 'python'"
    )


def test_an_infinite_interval_is_refused():
    tried = tried_model("cars")
    with (
        pytest.warns(gn.GlassnetWarning, match="every interval is infinite"),
        pytest.raises(gn.GlassnetError, match="infinite, which no cell can hold.*less of interval"),
    ):
        gn.export(tried.model, "excel", interval=0.99999)


def test_without_xlsxwriter_its_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(gn.GlassnetError, match=r"pip install 'glassnet\[excel\]'"):
        gn.export(tried_model("linear").model, "excel")
