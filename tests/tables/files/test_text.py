"""TableText in other encodings, packed, or not text at all."""

import gzip
from pathlib import Path

import pytest

from glassnet.errors import TableError
from glassnet.tables.files import text as texts
from glassnet.tables.read import read_table

TABLE = "größe,y\nä,1\nb,2\n"
ROWS = [("ä", "1"), ("b", "2")]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.encode("utf-16"),
        b"\xff\xfe" + TABLE.encode("utf-16-le"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        gzip.compress(TABLE.encode(), mtime=0),
        gzip.compress(TABLE.encode("utf-16"), mtime=0),
        b"\xef\xbb\xbfsep=,\n" + TABLE.encode(),
    ],
)
def test_encodings_that_say_what_they_are(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    frame = read_table(tmp_path / "a.csv").frame
    assert frame.columns == ["größe", "y"]
    assert frame.rows() == ROWS


def test_packed_files_of_each_kind_of_text(tmp_path: Path) -> None:
    for name, content in {
        "a.csv.gz": "a,b\n1,2\n",
        "a.tsv.gz": "a\tb\n1\t2\n",
        "a.jsonl.gz": '{"a": "1", "b": "2"}\n',
    }.items():
        (tmp_path / name).write_bytes(gzip.compress(content.encode()))
        frame = read_table(tmp_path / name).frame
        assert frame.to_dicts() == [{"a": "1", "b": "2"}], name


@pytest.mark.parametrize(
    ("encoding", "cell", "message"),
    [
        ("cp1252", "5 €", "line 3 is not UTF-8: its byte 0x80 is '€' in cp1252"),
        ("latin-1", "größe", "line 3 is not UTF-8: its byte 0xf6 is 'ö' in cp1252"),
        ("latin-1", "a\x81b", "line 3 is not UTF-8: its byte 0x81 is .* in latin-1"),
    ],
)
def test_other_encodings_are_named_with_the_way_out(
    tmp_path: Path, encoding: str, cell: str, message: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"a,b\n1,2\n{cell},3\n".encode(encoding))
    with pytest.raises(TableError, match=message) as caught:
        read_table(path)
    assert "save it as UTF-8, or: iconv -f" in str(caught.value)


def test_a_line_far_down_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "TEXT_BLOCK", 64)
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + b"1,2\n" * 500 + b"\xe4,2\n" + b"1,2\n" * 50)
    with pytest.raises(TableError, match="line 502 is not UTF-8"):
        read_table(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n".encode("utf-16-le"), "is not a text table"),
        (b"a,b\n1,\x1f\n", "is not a text table"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "is a damaged gzip file"),
        (b"\x1f\x8b\x08\x00 noise", "is a damaged gzip file"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"\xff\xfea", "begins as UTF-16, but is not whole"),
        (b"\xff\xfe\x00\xd8a\x00", "begins as UTF-16, but is not whole"),
        ("a,b\n".encode("utf-32"), "is not a text table"),
    ],
)
def test_what_is_no_text(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(tmp_path / "a.csv")


def test_what_unfolds_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "UNPACKED_LIMIT", 3 * 2**20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 2**20, mtime=0))
    with pytest.raises(TableError, match="unfolds to more than"):
        read_table(tmp_path / "a.csv.gz")


def test_lines_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST_ROW", 2**20)
    (tmp_path / "a.csv").write_bytes(b"a," * 2**21)
    with pytest.raises(TableError, match="is not a text table"):
        read_table(tmp_path / "a.csv")
