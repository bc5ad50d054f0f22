"""Workbooks: what is read of them, and what is said."""

import datetime as dt
import sys
from pathlib import Path

import pytest

from glassnet.errors import TableError
from glassnet.tables.read import read_table

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("fastexcel")


def workbook(path: Path, *rows: list, others: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in others:
        book.create_sheet(name).append(["z"])
    book.save(path)
    return path


def test_cells_have_the_types_of_the_workbook(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [],
        ["size", "code", None, "day", "sold"],
        [1.5, "01", None, dt.datetime(2020, 1, 2), True],
        [None, None, None, None, None],
        [2, "02", None, dt.datetime(2020, 1, 3), False],
    )
    table = read_table(path)
    assert table.separator == ""
    assert table.notices == ()
    assert table.frame.to_dict(as_series=False) == {
        "size": [1.5, 2],
        "code": ["01", "02"],
        "day": [dt.datetime(2020, 1, 2), dt.datetime(2020, 1, 3)],
        "sold": [True, False],
    }


def test_other_sheets_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], [1], others=("2023", "2024"))
    (notice,) = read_table(path).notices
    assert "only the first sheet, 'Sheet', is read, not '2023', '2024'" in str(notice)


@pytest.mark.parametrize("rows", [[], [["a", "b"]]])
def test_a_workbook_without_rows(tmp_path: Path, rows: list) -> None:
    with pytest.raises(TableError, match="has no rows"):
        read_table(workbook(tmp_path / "a.xlsx", *rows))


def test_a_workbook_without_names(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [5.1, "x"], [4.9, "x"], [4.7, "y"])
    with pytest.raises(TableError, match="holds cells, not the names of columns"):
        read_table(path)


def test_what_is_no_workbook_or_only_a_part(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", ["a"], [1]).read_bytes()
    for content in (whole[:2000], whole[:-30], b"PK", b"a,b\n1,2\n"):
        path = tmp_path / "b.xlsx"
        path.write_bytes(content)
        with pytest.raises(TableError, match="is damaged, or no Excel workbook"):
            read_table(path)


def test_without_fastexcel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], [1])
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    with pytest.raises(TableError, match=r"pip install 'glassnet\[excel\]', or save .* as CSV"):
        read_table(path)
