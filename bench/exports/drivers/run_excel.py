"""run_excel.py MODEL ROWS KINDS FOUND PASSES: the rows typed into the workbook, its formulas copied
down to them, and calculated by LibreOffice, in whose own language (run_excel.bas.xml) it is timed.
"""

import csv
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.formula.translate import Translator

from glassnet.exports.excel.grid import FIRST_ROW

MACRO = Path(__file__).with_name("run_excel.bas.xml")
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
<library:element library:name="Timing"/></library:library>"""
READ = {"number": float, "date": datetime.fromisoformat, "text": str}


def type_in(book: Any, lines: list[list[str]], kinds: list[str]) -> None:
    """Puts rows into the sheet 'Predict', and the formulas of the first row beside each."""
    for row, line in enumerate(lines, FIRST_ROW):
        for column, (kind, cell) in enumerate(zip(kinds, line, strict=True), 1):
            book["Predict"].cell(row, column).value = READ[kind](cell) if cell else None
    for sheet in book:
        if sheet.title in ("Predict", "Cells", "Inputs", "Outputs") or "Network" in sheet.title:
            for cell in sheet[FIRST_ROW]:
                if cell.data_type == "f":
                    formula = Translator(cell.value, cell.coordinate)
                    for row in range(FIRST_ROW + 1, FIRST_ROW + len(lines)):
                        at = f"{cell.column_letter}{row}"
                        sheet[at] = formula.translate_formula(at)


def calculate(typed: Path, passes: str, seconds: Path, calculated: Path) -> None:
    """Starts LibreOffice twice: the first start makes the profile that the macro is put into."""
    profile = Path("profile").absolute()
    office = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    subprocess.run([*office, "--terminate_after_init"], capture_output=True, check=True)
    library = profile / "user" / "basic" / "Standard"
    library.mkdir(parents=True, exist_ok=True)
    (library / "script.xlb").write_text(LIBRARY)
    shutil.copy(MACRO, library / "Timing.xba")
    given = ",".join([typed.as_uri(), passes, str(seconds), calculated.as_uri()])
    macro = f"macro:///Standard.Timing.Run({given})"
    subprocess.run([*office, macro], capture_output=True, check=True)


model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
with open(rows_path, newline="") as file:
    names, *lines = csv.reader(file)
book = openpyxl.load_workbook(model_path)
type_in(book, lines, kinds.split(","))
typed, seconds, calculated = (
    Path(name).absolute() for name in ("typed.xlsx", "seconds", "calculated.xlsx")
)
book.save(typed)
calculate(typed, passes, seconds, calculated)
print(float(seconds.read_text()))
sheet: Any = openpyxl.load_workbook(calculated, data_only=True)["Predict"]
cells = (sheet.cell(FIRST_ROW + row, len(names) + 1).value for row in range(len(lines)))
Path(found_path).write_text("".join(f"{float(cell)!r}\n" for cell in cells))
