"""A CSV file in the page: the library's table, or its error."""

import csv
import io
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lab_page import Page, PageError
from odd_tables import loose_text, written_table

from glassnet.errors import GlassnetError
from glassnet.tables.columns import Table
from glassnet.tables.files.text import open_text
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table

DATA = Path(__file__).parents[2] / "examples" / "data"
READ = "return parts.readCsv(given.text, given.name)"


def in_page(page: Page, text: str, name: str = "a.csv") -> dict[str, Any]:
    return page.run(READ, text=text, name=name)


def in_library(folder: Path, text: str, name: str = "a.csv") -> Table:
    path = folder / name
    path.write_bytes(text.encode())
    return as_table(read_table(path))


def cells_of(table: Table) -> list[tuple[str, str, list[Any]]]:
    """Name, kind and cells of every column, as the page has them."""
    found = []
    for column in table.columns.values():
        missing = column.missing
        cells = [None if m else v for v, m in zip(column.values.tolist(), missing, strict=True)]
        found.append((column.name, "number" if column.kind == "number" else "text", cells))
    return found


def check_same(page: Page, folder: Path, text: str) -> None:
    """The page has the library's cells, to the last bit, and the same formats of numbers."""
    ours, theirs = in_page(page, text), in_library(folder, text)
    assert [(c["name"], c["kind"], c["cells"]) for c in ours["columns"]] == cells_of(theirs)
    for column in ours["columns"]:
        known = theirs[column["name"]].format
        if column["kind"] == "number":
            assert column["format"] == {"kind": "number", **vars(known)}


TABLES = {
    "plain": "a,b\n1,x\n2,y\n",
    "byte order mark": "\ufeffa,b\n1,x\n2,y\n",
    "semicolon": "a;b\n1,5;x\n2;y\n",
    "semicolon and groups": "a;b\n1.234;x\n2.500;y\n",
    "semicolon and points": "a;b\n1.25;x\n2.5;y\n",
    "tab": "a\tb\n1,5\tx\n2\ty\n",
    "bar": "a|b\n1.5|x\n2|y\n",
    "quotes": 'a,b\n"1,5","say ""no"""\n"2","l\nm"\n',
    "blank before a quote": 'a,b\n1, "x, y"\n2, z\n',
    "thousands": 'a,b\n"1,234",x\n"2,500.5",y\n',
    "spaces between thousands": "a;b\n1 234,5;x\n2 500;y\n",
    "separator line": "sep=;\na;b\n1;2\n3;4\n",
    "blank lines": "\n\na,b\n1,2\n\n3,4\n\n",
    "row names of R": 'a,b\n"1",2,3\n"2",4,5\n"3",6,7\n',
    "trailing separators": "a,b,\n1,2,\n3,4,\n",
    "no name": "a,,c\n1,2,3\n4,5,6\n",
    "empty column without a name": "a,,c\n1,,3\n4,,6\n",
    "missing": "a,b,c\n1,x,NA\nNA,NA,3\n3,?,4\n,x,\n",
    "missing by programs": "a,b\n1,#N/A\n2,nan\n3,x\n",
    "a mark that repeats": "a,b\n1,-\n2,-\n3,x\n4,x\n",
    "nothing known": "a,b\n1,NA\n2,\n",
    "booleans": "a,b\n1,TRUE\n2,false\n3,NA\n",
    "codes": "a,b\n01067,1\n01069,2\n",
    "exponents and signs": "a,b\n1e-3,+5\n-2.5E+02,-.5\n",
    "categories that are numbers and a word": "a,b\n" + "1,x\n2,y\nthree,z\n" * 4,
    "numbers as names": "a,0,1,2\n1,2,3,4\n5,6,7,8\n",
    "one column": "a\n1\n\n3\n",
    "carriage returns": "a,b\r\n1,2\r\n3,4\r\n",
    "two marks": "a;b\n1,5;2.5\n3,25;1.75\n",
    "not a number of JavaScript": "a,b\n0x10,1\n1_000,2\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_tables_are_read_as_by_the_library(page: Page, tmp_path: Path, text: str) -> None:
    check_same(page, tmp_path, text)


@pytest.mark.parametrize("name", ["penguins.csv", "cars.csv", "breast_cancer.csv"])
def test_the_tables_of_the_examples_are_read_as_by_the_library(
    page: Page, tmp_path: Path, name: str
) -> None:
    rows = list(csv.reader(io.StringIO((DATA / name).read_text(encoding="utf-8"))))
    kept = [i for i, column in enumerate(rows[0]) if column != "model_year"]  # dates
    out = io.StringIO(newline="")
    csv.writer(out).writerows([row[i] for i in kept] for row in rows)
    check_same(page, tmp_path, out.getvalue())


@pytest.mark.parametrize("seed", range(60))
def test_what_some_program_wrote_has_the_same_cells(page: Page, tmp_path: Path, seed: int) -> None:
    content, names, rows = written_table(random.Random(seed))
    with open_text("a", content).open() as file:
        text = file.read().decode()
    try:
        in_library(tmp_path, text)
    except GlassnetError as error:
        if "unit" not in str(error):  # which the page knows nothing of
            column = str(error).partition(", row")[0]
            assert page.refusal(READ, text=text, name="a.csv").startswith(column)
        return
    table = in_page(page, text)
    assert [column["name"] for column in table["columns"]] == names
    assert table["rows"] == len(rows)
    for column, cells in zip(table["columns"], zip(*rows, strict=True), strict=True):
        if column["kind"] == "text":
            assert column["cells"] == list(cells)


@pytest.mark.parametrize("seed", range(60))
def test_numbers_are_read_to_the_last_bit(page: Page, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    separator, decimal = draw.choice([(",", "."), (";", ","), (";", "."), ("\t", "."), ("\t", ",")])
    spread = draw.choice([1, 1e3, 1e9])
    digits = draw.choice([0, 1, 3, 15])
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["kind", "size", "other"])
    for _ in range(draw.randrange(4, 30)):
        number = f"{draw.uniform(-spread, spread):.{digits}f}".replace(".", decimal)
        writer.writerow([draw.choice("ab"), draw.choice([number] * 9 + ["NA"]), draw.randrange(9)])
    check_same(page, tmp_path, out.getvalue())


REFUSED = {
    "empty": "",
    "blank": " \n\n",
    "header only": "a,b\n",
    "separator only": "sep=;\n",
    "doubled names": "a,b,a\n1,2,3\n",
    "too few cells": "a,b\n1,2\n3\n",
    "too many cells": "a,b\n1,2\n3,4,5\n",
    "cells below a line break": 'a,b\n"x\ny",2\n3\n',
    "binary": "a,b\n1,\0\n",
    "no header": "1.5,2\n2.5,3\n3.5,4\n",
    "a title above": "my table\na,b\n1,2\n3,4\n",
    "open quote": 'a,b\n1,"x\n2,y\n',
    "few numbers and a word": "a,b\n1,x\n2,y\nthree,z\n",
    "a slip": "a,b\n" + "".join(f"{i},{i}\n" for i in range(1, 15)) + "l5,3\n",
    "a slip among decimal commas": "a;b\n" + "".join(f"{i},5;{i}\n" for i in range(15)) + "1.5;3\n",
}
OPTIONS = ", or give"
"""How the library goes on to name options, which the page does not have."""


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_in_the_words_of_the_library(
    page: Page, tmp_path: Path, case: str
) -> None:
    with pytest.raises(GlassnetError) as theirs:
        in_library(tmp_path, REFUSED[case])
    ours = page.refusal(READ, text=REFUSED[case], name=str(tmp_path / "a.csv"))
    assert ours == str(theirs.value).partition(OPTIONS)[0]


def test_a_long_table_is_cut_and_says_so(page: Page) -> None:
    table = in_page(page, "a,b\n" + "1,2\n" * 2001)
    assert table["rows"] == 2000
    assert len(table["columns"][0]["cells"]) == 2000
    assert table["notices"] == ["the first 2,000 of 2,001 rows: the lab takes no more"]
    assert in_page(page, "a,b\n" + "1,2\n" * 2000)["notices"] == []


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        (["2020-01-02", "2020-02-03"], "dates"),
        (["12:30", "7:15"], "times of day"),
        (["$5", "$7.50"], "numbers and units"),
    ],
)
def test_what_only_the_library_reads_as_numbers_is_said(
    page: Page, cells: list[str], what: str
) -> None:
    table = in_page(page, "a,b\n" + "".join(f"{cell},1\n" for cell in cells))
    assert table["columns"][0]["kind"] == "text"
    assert f"column 'a' holds {what} ('{cells[0]}')" in table["notices"][0]


def test_bytes_of_other_encodings(page: Page) -> None:
    read = "return parts.textOfFile(Uint8Array.from(given.bytes), 'a.csv')"
    text = "a,b\né,1\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be"):
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        found = page.run(read, bytes=list(mark + text.encode(encoding)))
        assert found.removeprefix("\ufeff") == text
    with pytest.raises(PageError, match="is not UTF-8 text: save it as UTF-8"):
        page.run(read, bytes=list(text.encode("latin-1")))
    with pytest.raises(PageError, match="it holds the byte 0x00"):
        page.run(read, bytes=list(b"PK\x03\x04\x00\xff\xfe"))


@pytest.mark.parametrize("seed", range(200))
def test_any_text_is_a_table_or_an_error_in_words(page: Page, seed: int) -> None:
    body = f"""try {{ {READ} }} catch (error) {{
      if (error.stack.startsWith("Error")) return null;
      throw error;
    }}"""
    table = page.run(body, text=loose_text(random.Random(seed)), name="a.csv")
    if table is None:
        return
    assert all(len(column["cells"]) == table["rows"] for column in table["columns"])
    for column in table["columns"]:
        kinds = {type(cell) for cell in column["cells"] if cell is not None}
        assert kinds <= ({str} if column["kind"] == "text" else {int, float})
        numbers = [cell for cell in column["cells"] if isinstance(cell, float)]
        assert not any(math.isnan(number) for number in numbers)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_are_written_as_by_python(page: Page, seed: int) -> None:
    draw = np.random.default_rng(seed)
    numbers = [0.0, -0.0, 1.0, 1e15, 1e16, 123456.5, 1e-4, 1e-5, 0.1, 2.5, 1234.125, 1234.375]
    numbers += [5e-324, 1.7976931348623157e308, 1e22, 1e21, 0.00012345650, 12345650.0]
    numbers += (draw.normal(size=200) * 10.0 ** draw.integers(-20, 20, 200)).tolist()
    numbers += (np.round(draw.normal(size=200), 4) * 8).tolist()
    body = """return given.numbers.map((text) => {
      const x = Number(text);
      return [parts.pythonFloat(x), parts.shortNumber(x), parts.shortNumber(x, 4)];
    })"""
    found = page.run(body, numbers=[repr(number) for number in numbers])
    assert found == [[repr(x), f"{x:.6g}", f"{x:.4g}"] for x in numbers]
