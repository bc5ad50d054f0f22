"""Files to tables, and what is not a table."""

import datetime as dt
import io
import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from glassnet.errors import GlassnetError
from glassnet.runs.record import sha256
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table

FRAME = pl.DataFrame(
    {
        "n": [1, 2, 3],
        "x": [0.5, None, 2.5],
        "t": ["a", "b", None],
        "d": [dt.date(2020, 1, i) for i in (1, 2, 3)],
    }
)


def test_every_format_gives_the_same_table(tmp_path: Path) -> None:
    FRAME.write_csv(tmp_path / "a.csv")
    FRAME.write_csv(tmp_path / "a.TSV", separator="\t")
    FRAME.write_parquet(tmp_path / "a.parquet")
    FRAME.write_ipc(tmp_path / "a.arrow")
    FRAME.write_ndjson(tmp_path / "a.jsonl")
    expected = as_table(FRAME)
    for name in ("a.csv", "a.TSV", "a.parquet", "a.arrow", "a.jsonl"):
        table = as_table(read_table(tmp_path / name))
        assert list(table) == list(expected), name
        for column in expected:
            assert table[column].kind == expected[column].kind, name
            np.testing.assert_array_equal(table[column].values, expected[column].values)


def test_cells_of_text_files_stay_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffname;size \r\n"Müller; Hans";01\r\nNA;?\r\n;1,50\r\n'.encode())
    table = read_table(path)
    assert table.separator == ";"
    assert table.frame.to_dict(as_series=False) == {
        "name": ["Müller; Hans", "NA", None],
        "size": ["01", "?", "1,50"],
    }


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,u\n\n2,v\n\n\n", [("1", "u"), ("2", "v")]),
        ("a, b, c\n1, 2, 0.5\n3, 4, 1.5\n", [("1", "2", "0.5"), ("3", "4", "1.5")]),
        ("a;b\n1,5;k\n2,5;l\n", [("1,5", "k"), ("2,5", "l")]),
        ("a;b\n1.5;k,l\n", [("1.5", "k,l")]),
        ("sep=;\na;b\n1;2\n", [("1", "2")]),
        ('"size, w x h";y\n1;2\n', [("1", "2")]),
        ('"two\nlines",b\n1,2\n', [("1", "2")]),
        ("a\n1\n\n3\n", [("1",), (None,), ("3",)]),
    ],
)
def test_csv_with_blanks_commas_and_quotes(tmp_path: Path, text: str, rows: list) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert read_table(tmp_path / "a.csv").frame.rows() == rows


def test_arrow_streams(tmp_path: Path) -> None:
    FRAME.write_ipc_stream(tmp_path / "a.arrow")
    assert read_table(tmp_path / "a.arrow").frame.equals(FRAME)


def test_a_late_word_makes_a_column_text_and_late_fractions_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,1\n" * 5000 + "x,0.5\n")
    table = as_table(read_table(path))
    assert [column.kind for column in table.values()] == ["text", "number"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    assert read_table("-").frame.rows() == [("1", "2")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv: the file is empty"),
        ("a.csv", b" \n\n", "a.csv: the file is empty"),
        ("a.csv", b"a,b\n", "a.csv: has no rows"),
        ("a.csv", b"a,b,a\n1,2,3\n", "a.csv: two columns are named 'a'"),
        ("a.csv", b"a,b\n1,2\n1,2,3\n", r"a.csv: line 3 \(row 2\) has 3 cells, the header has 2"),
        ("a.csv", b"a,b\n1\n", "has 1 cells, the header has 2"),
        ("a.csv", bytes(range(256)), "a.csv: is not a text table"),
        (
            "a.csv",
            "a,b\nMüller,3\n".encode("latin-1"),
            "a.csv: line 2 is not UTF-8: its byte 0xfc is 'ü' in cp1252: save it as UTF-8, or: ",
        ),
        ("a.parquet", b"PAR1 no table at all", "a.parquet: cannot be read as a table"),
        ("a.arrow", b"noise, not arrow", "a.arrow: cannot be read as a table"),
        ("a.jsonl", b"{not json", "a.jsonl: line 1 is not a JSON object"),
        ("a.xlsx", b"PK", "a.xlsx: is damaged, or no Excel workbook"),
        ("a.xml", b"<a>", r"a.xml: unknown suffix '.xml': glassnet reads .csv"),
        ("a.parquet.gz", b"PAR1", r"unknown suffix '.gz': glassnet reads .csv"),
        ("table", b"a\n1\n", "unknown suffix ''"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GlassnetError, match=message):
        read_table(tmp_path / name)


def test_regular_files_only(tmp_path: Path) -> None:
    """Nothing is opened that has no end, or that may never begin."""
    os.mkfifo(tmp_path / "pipe.csv")
    for path, message in {
        tmp_path / "none.csv": "no such file",
        tmp_path: "is a folder",
        tmp_path / "pipe.csv": "is a pipe, a socket or a device",
        Path("/dev/zero"): "is a pipe, a socket or a device",
        Path("bad\0name.csv"): "cannot be read",
    }.items():
        for read in (read_table, sha256):
            with pytest.raises(GlassnetError, match=message):
                read(path)


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "link.csv").symlink_to("a.csv")
    assert read_table(tmp_path / "link.csv").frame.rows() == [("1", "2")]


def test_names_that_other_libraries_would_take_for_patterns(tmp_path: Path) -> None:
    for name in ("a[1].csv", "b*.csv", "c?.parquet", "d{x}.arrow"):
        path = tmp_path / name
        if name.endswith("csv"):
            FRAME.write_csv(path)
        elif name.endswith("parquet"):
            FRAME.write_parquet(path)
        else:
            FRAME.write_ipc(path)
        assert read_table(path).frame.height == 3
