"""Workbooks as LibreOffice calculates them, as they come and with other cells typed in."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from exported import TriedModel
from openpyxl.formula.translate import Translator
from openpyxl.utils.escape import unescape

import glassnet as gn
from conftest import in_ci
from glassnet.errors import visible
from glassnet.exports.columns import Cell
from glassnet.exports.excel.grid import FIRST_ROW, HEADER, calculated_value
from glassnet.exports.excel.notes import PREPARED_ROWS
from glassnet.exports.excel.steps import raw_column

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None and not in_ci(),
    reason="there is no LibreOffice here (Debian: apt-get install libreoffice-calc-nogui)",
)

ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item></oor:items>"""


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
            typed.value = None if cell is None or cell != cell else calculated_value(cell)
            typed.data_type = "s" if isinstance(cell, str) else typed.data_type
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def copied_down(content: bytes, to: int) -> bytes:
    """The file with the last prepared row of each sheet copied down to that row."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    last = FIRST_ROW + PREPARED_ROWS - 1
    for sheet in book:
        if sheet.title in ("Predict", "Cells", "Inputs", "Outputs") or "Network" in sheet.title:
            for cell in sheet[last]:
                if cell.data_type == "f":
                    for row in range(last + 1, to + 1):
                        at = f"{cell.column_letter}{row}"
                        moved = Translator(cell.value, cell.coordinate).translate_formula(at)
                        sheet[at] = moved
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def predictions_of(
    book: Any, names: Sequence[str], n_typed: int, n_rows: int = PREPARED_ROWS
) -> dict[str, list[Any]]:
    """What stands beside the typed cells."""
    sheet = book["Predict"]
    headers = [sheet.cell(HEADER, n_typed + 1 + k).value for k in range(len(names))]
    assert headers == [visible(name) for name in names]
    rows = range(FIRST_ROW, FIRST_ROW + n_rows)
    return {
        name: [as_text(sheet.cell(row, n_typed + 1 + k).value) for row in rows]
        for k, name in enumerate(names)
    }


def as_text(value: Any) -> Any:
    """A formula's value: openpyxl leaves the escapes of its text as they are in the file."""
    return unescape(value) if isinstance(value, str) else value
