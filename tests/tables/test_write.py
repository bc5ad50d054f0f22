"""Columns as CSV that every reader takes apart alike."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from glassnet.tables.read import read_table
from glassnet.tables.write import write_columns

CELLS = ["a\rb", "a\nb", "a\r\nb", 'say "no"', "a,b", "plain", " x ", "", "é"]


def written(columns: dict, **options: bool) -> str:
    out = io.StringIO(newline="")
    write_columns(out, columns, **options)
    return out.getvalue()


def test_cells_with_line_ends_and_quotes_come_back(tmp_path: Path) -> None:
    columns = {"cell": CELLS, "n\rm": [str(number) for number in range(len(CELLS))]}
    write_columns(tmp_path / "a.csv", columns)
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [list(columns), *map(list, zip(*columns.values(), strict=True))]
    by_pandas = pd.read_csv(tmp_path / "a.csv", keep_default_na=False, dtype=str)
    assert by_pandas["cell"].tolist() == CELLS
    by_us = read_table(tmp_path / "a.csv").frame
    assert by_us["cell"].to_list() == [cell.strip() or None for cell in CELLS]


def test_lines_end_with_a_line_feed_alone() -> None:
    assert written({"a": [1.5, None], "b": [True, "x"]}) == "a,b\n1.5,true\n,x\n"
    assert written({"a": ["", "x"]}) == 'a\n""\nx\n'


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-x", "@a", "\t=1", '=HYPERLINK("x")'])
def test_formulas_are_escaped_where_it_is_asked(cell: str) -> None:
    assert next(csv.reader([written({"a": [cell]}).split("\n", 1)[1]])) == [cell]
    escaped = written({cell: [cell, -1.5, "-1.5", "+3", "a=b"]}, escape_formulas=True)
    assert [row[0] for row in csv.reader(io.StringIO(escaped, newline=""))] == [
        f"'{cell}",
        f"'{cell}",
        "-1.5",
        "-1.5",
        "+3",
        "a=b",
    ]
