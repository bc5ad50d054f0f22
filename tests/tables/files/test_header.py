"""Names of columns: those left out, those given, and a header that is none."""

from pathlib import Path

import polars as pl
import pytest

from glassnet.errors import TableError
from glassnet.tables.files.header import with_names
from glassnet.tables.read import read_table


def test_nameless_columns_without_cells_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;;b;;\n1,5;;x;;\n2,5;;y;;\n;;;;\n")
    table = read_table(path)
    assert table.frame.to_dict(as_series=False) == {"a": ["1,5", "2,5"], "b": ["x", "y"]}
    assert not table.notices


def test_a_nameless_column_with_cells_gets_a_name_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,,b\n1,2,x\n2,3,y\n")
    table = read_table(path)
    assert table.frame.columns == ["a", "column 2", "b"]
    (notice,) = table.notices
    assert notice.column == "column 2"
    assert "has no name in the header, and is called 'column 2'" in str(notice)


@pytest.mark.parametrize("header", ["a,b,a", "a,b, a ", "a,,column 2"])
def test_no_two_columns_have_one_name(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n1,2,3\n")
    with pytest.raises(TableError, match="two columns are named '(a|column 2)': rename one"):
        read_table(path)


@pytest.mark.parametrize(
    "text",
    [
        "5.1,3.5,setosa\n4.9,3.0,setosa\n6.3,2.9,virginica\n",
        "3,1,2\n4,5,6\n7,8,9\n",
        "0,71;blue;1\n0,54;red;0\n0,33;blue;1\n",
    ],
)
def test_a_first_line_of_cells(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(TableError, match="holds cells, not .* write a line of names above it"):
        read_table(path)


@pytest.mark.parametrize(
    "text",
    [
        "0,1,2\n0.5,0.7,0.1\n0.2,0.4,0.3\n",  # an array, as pandas writes it
        "2019,2020,2024\n1,2,3\n4,5,6\n",
        "400,410,kind\n0.5,0.7,a\n0.2,0.4,b\n",
        "3,1,2\nx,y,z\nx,x,z\n",  # names of columns of text
        "a,b\n1,2\n",
    ],
)
def test_numbers_that_are_names(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert read_table(path).frame.columns == text.split("\n")[0].split(",")


def test_columns_with_types() -> None:
    frame = pl.DataFrame({"1": [1.5, 2.5], "2": [None, None], "3": ["u", "v"]})
    named, notices = with_names("a.xlsx", frame, [" x ", "", "kind"])
    assert named.to_dict(as_series=False) == {"x": [1.5, 2.5], "kind": ["u", "v"]}
    assert notices == ()
    with pytest.raises(TableError, match="holds cells"):
        with_names("a.xlsx", frame, ["2.5", "", "u"])
