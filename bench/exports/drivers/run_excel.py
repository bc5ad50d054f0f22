"""run_excel.py MODEL ROWS KINDS FOUND PASSES: the rows typed into the workbook, its formulas copied
down to them, and calculated by LibreOffice.

A conversion that calculates every formula anew takes longer than one that calculates none; the
seconds are the difference.
"""

import csv
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import openpyxl
from openpyxl.formula.translate import Translator

from glassnet.exports.excel.grid import FIRST_ROW

ALWAYS, NEVER = 0, 1
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>{}</value></prop></item></oor:items>"""
READ = {"number": float, "date": datetime.fromisoformat, "text": str}


def converted(path: Path, recalculate: int, to: Path) -> float:
    """The workbook as LibreOffice writes it, in a folder; returns the seconds."""
    profile = Path(f"profile{recalculate}").absolute()
    (profile / "user").mkdir(parents=True, exist_ok=True)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.write_text(SETTINGS.format(recalculate))
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(to), str(path)]
    start = perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-1000:])
    return perf_counter() - start


model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
with open(rows_path, newline="") as file:
    names, *lines = csv.reader(file)
book: Any = openpyxl.load_workbook(model_path)
of_kind = kinds.split(",")
for row, line in enumerate(lines, FIRST_ROW):
    for column, (kind, cell) in enumerate(zip(of_kind, line, strict=True), 1):
        book["Predict"].cell(row, column).value = READ[kind](cell) if cell else None
for sheet in book:
    if sheet.title in ("Predict", "Cells", "Inputs", "Outputs") or "Network" in sheet.title:
        for cell in sheet[FIRST_ROW]:
            if cell.data_type == "f":
                formula = Translator(cell.value, cell.coordinate)
                for row in range(FIRST_ROW + 1, FIRST_ROW + len(lines)):
                    at = f"{cell.column_letter}{row}"
                    sheet[at] = formula.translate_formula(at)
book.save("typed.xlsx")

converted(Path("typed.xlsx"), ALWAYS, Path("calculated"))
calculated = Path("calculated") / "typed.xlsx"  # with the values, which may be read instead
converted(calculated, NEVER, Path("again"))  # so that both profiles are there
seconds = 0.0
for _ in range(int(passes)):
    seconds -= converted(calculated, NEVER, Path("again"))
    seconds += converted(calculated, ALWAYS, Path("again"))
print(max(seconds, 1e-3))
sheet: Any = openpyxl.load_workbook(calculated, data_only=True)["Predict"]
cells = (sheet.cell(FIRST_ROW + row, len(names) + 1).value for row in range(len(lines)))
Path(found_path).write_text("".join(f"{float(cell)!r}\n" for cell in cells))
