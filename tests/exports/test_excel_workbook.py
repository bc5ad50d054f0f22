"""The exported workbook: calculated by LibreOffice, with rows typed in that it did not hold."""

import io
import re
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from exported import (
    MAKERS,
    TriedModel,
    TriedRows,
    largest_difference,
    tried_model,
    tried_rows,
)

import glassnet as gn
from glassnet.errors import visible
from glassnet.exports.checks import Cell
from glassnet.exports.excel.grid import FIRST_ROW, HEADER
from glassnet.exports.excel.notes import PREPARED_ROWS
from glassnet.exports.excel.steps import raw_column

ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item></oor:items>"""
N_CHECKS = 8


def calculated(folder: Path, books: Mapping[str, bytes]) -> dict[str, Any]:
    """The workbooks as LibreOffice calculates them, in one run."""
    for name, content in books.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
    files = [str(folder / f"{name}.xlsx") for name in books]
    run = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    out = folder / "calculated"
    done = subprocess.run(
        [*run, "--convert-to", "xlsx", "--outdir", str(out), *files],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert not done.returncode, done.stderr
    return {name: openpyxl.load_workbook(out / f"{name}.xlsx", data_only=True) for name in books}


def exported_content(tried: TriedModel) -> bytes:
    """The workbook's file."""
    content = gn.export(tried.model, "excel", **tried.options).content
    assert isinstance(content, bytes)
    return content


def with_zeros(content: bytes) -> bytes:
    """The file with a zero as the value of each formula."""
    changed = io.BytesIO()
    n_formulas = 0
    with zipfile.ZipFile(io.BytesIO(content)) as file, zipfile.ZipFile(changed, "w") as out:
        for name in file.namelist():
            part = file.read(name)
            if name.startswith("xl/worksheets/"):
                part, n = re.subn(rb"(</f>)<v>[^<]*</v>", rb"\1<v>0</v>", part)
                n_formulas += n
            out.writestr(name, part)
    assert n_formulas > 100
    return changed.getvalue()


def typed_in(content: bytes, tried: TriedModel, rows: Sequence[Mapping[str, Cell]]) -> bytes:
    """The file with other rows typed in; openpyxl leaves out the values of formulas."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for at, column in enumerate(tried.plan.columns, 1):
        raw = raw_column(column, [row[column.name] for row in rows])
        for row, cell in enumerate(raw.shown, FIRST_ROW):
            typed = book["Predict"].cell(row, at)
            typed.value = None if cell is None or cell != cell else cell
            typed.data_type = "s" if isinstance(cell, str) else typed.data_type
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def predictions_of(book: Any, names: Sequence[str], n_typed: int) -> dict[str, list[Any]]:
    """What stands beside the typed cells."""
    sheet = book["Predict"]
    headers = [sheet.cell(HEADER, n_typed + 1 + k).value for k in range(len(names))]
    assert headers == [visible(name) for name in names]
    return {
        name: [sheet.cell(FIRST_ROW + row, n_typed + 1 + k).value for row in range(PREPARED_ROWS)]
        for k, name in enumerate(names)
    }


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


@pytest.mark.xdist_group("workbooks")
@pytest.mark.parametrize("name", MAKERS)
def test_the_workbook_predicts_what_the_model_does(name: str, workbooks: dict[str, Calculated]):
    one = workbooks[name]
    n_typed = len(tried_model(name).plan.columns)
    found = predictions_of(one.typed, list(one.rows.predicted), n_typed)
    assert largest_difference(found, one.rows.predicted) < 1e-12
    assert one.typed["Check"]["B4"].value == "unknown: no check row is left"


@pytest.mark.xdist_group("workbooks")
@pytest.mark.parametrize("name", MAKERS)
def test_the_workbook_checks_itself(name: str, workbooks: dict[str, Calculated]):
    check = workbooks[name].as_it_comes["Check"]
    assert check["B2"].value == N_CHECKS
    assert check["B3"].value < 1e-12
    assert check["B4"].value == "yes"


@pytest.mark.xdist_group("workbooks")
@pytest.mark.parametrize("name", MAKERS)
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
