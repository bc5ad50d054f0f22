"""The exported workbook: calculated by LibreOffice, with rows typed in that it did not hold."""

import io
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from exported import MAKERS, TriedRows, largest_difference, tried_model, tried_rows
from workbooks import (
    calculated,
    exported_content,
    needs_office,
    predictions_of,
    typed_in,
    with_zeros,
)

from glassnet.exports.excel.notes import PREPARED_ROWS

pytestmark = [needs_office, pytest.mark.xdist_group("workbooks")]
N_CHECKS = 8


@dataclass(frozen=True)
class Calculated:
    """A model's workbook as it comes and with other rows typed in, both calculated."""

    rows: TriedRows
    as_it_comes: Any
    typed: Any


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Calculated]:
    """All models' workbooks, in one run of LibreOffice."""
    books: dict[str, bytes] = {}
    rows: dict[str, TriedRows] = {}
    for name in MAKERS:
        tried = tried_model(name)
        rows[name] = tried_rows(tried, PREPARED_ROWS)
        content = exported_content(tried)
        books[name] = with_zeros(content)
        books[f"{name}, typed"] = typed_in(content, tried, rows[name].rows)
    found = calculated(tmp_path_factory.mktemp("books"), books)
    return {name: Calculated(rows[name], found[name], found[f"{name}, typed"]) for name in MAKERS}


@pytest.mark.parametrize("name", MAKERS)
def test_the_workbook_predicts_what_the_model_does(name: str, workbooks: dict[str, Calculated]):
    one = workbooks[name]
    n_typed = len(tried_model(name).plan.columns)
    found = predictions_of(one.typed, list(one.rows.predicted), n_typed)
    assert largest_difference(found, one.rows.predicted) < 1e-12
    assert one.typed["Check"]["B4"].value == "unknown: no check row is left"


@pytest.mark.parametrize("name", MAKERS)
def test_the_workbook_checks_itself(name: str, workbooks: dict[str, Calculated]):
    check = workbooks[name].as_it_comes["Check"]
    assert check["B2"].value == N_CHECKS
    assert check["B3"].value < 1e-12
    assert check["B4"].value == "yes"


@pytest.mark.parametrize("name", sorted(MAKERS.keys() - {"penguins", "cars"}))  # the largest two
def test_every_cell_holds_the_value_of_its_formula(name: str, workbooks: dict[str, Calculated]):
    content = io.BytesIO(exported_content(tried_model(name)))
    shown = openpyxl.load_workbook(content, data_only=True)
    compared = 0
    for sheet in shown:
        for row in workbooks[name].as_it_comes[sheet.title].iter_rows():
            for cell in row:
                one, other = sheet[cell.coordinate].value, cell.value
                compared += one is not None
                if isinstance(one, (int, float)) and isinstance(other, (int, float)):
                    assert one == pytest.approx(other, rel=1e-9, abs=1e-9), (sheet.title, cell)
                else:
                    assert (one or None) == (other or None), (sheet.title, cell)
    assert compared > 100
