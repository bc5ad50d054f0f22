"""A file read some rows at a time gives what it gives at once: rows, names, errors and notices."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from glassnet.errors import TableError
from glassnet.tables.blocks import read_blocks
from glassnet.tables.files import text, typed
from glassnet.tables.read import read_table

SMALL = 40  # bytes of a block: a few rows


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "TEXT_BLOCK", SMALL)


TEXTS = {
    "plain": "a,b,c\n" + "".join(f"{i},x{i % 3},{i / 7:.3f}\n" for i in range(50)),
    "padded": "a , b\n" + "".join(f" {i} ,  x \n" for i in range(30)),
    "quoted": 'a,b\n"1, 2",x\n' + 'plain,"y\nz"\n' * 20,
    "blank lines": "a,b\n1,2\n\n3,4\n,\n5,6\n" + "7,8\n" * 20,
    "Windows": "a;b\r\n" + "1,5;2\r\n" * 30,
    "lone quotes": "a,b\n" + '5" pipe,2\n' * 30,
    "old Mac": "a,b\r" + "1,2\r" * 30,
    "no name, numbers": ",b\n" + "".join(f"{i},2\n" for i in range(30)),
    "no name, late": "a,b,\n" + "1,2,\n" * 30 + "1,2,3\n",
    "no name, empty": "a,b,\n" + "1,2,\n" * 30,
    "one column": "a\n" + "1\n\n" * 20,
    "last line open": "a,b\n" + "1,2\n" * 20 + "3,4",
}


def together(path: Path, size: int = SMALL) -> pl.DataFrame:
    return pl.concat([file.frame for file in read_blocks(path, size)])


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_in_blocks_is_the_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXTS[name].encode())
    whole, blocks = read_table(path), read_blocks(path, SMALL)
    for _ in range(2):  # a pass can be repeated
        frames = list(blocks)
        assert_frame_equal(pl.concat([file.frame for file in frames]), whole.frame)
        notices = [notice for file in frames for notice in file.notices]
        assert list(map(str, notices)) == list(map(str, whole.notices))
        assert {file.separator for file in frames} == {whole.separator}
    if blocks.n_rows is not None:
        assert whole.frame.height <= blocks.n_rows <= whole.frame.height + TEXTS[name].count("\n")


def test_a_batch_is_about_as_large_as_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "123,4567\n" * 10_000)  # 90 kB
    heights = [file.frame.height for file in read_blocks(path, 9000)]
    assert sum(heights) == 10_000
    assert 9 <= len(heights) <= 11


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".jsonl", ".csv.gz"])
def test_other_files_in_blocks(tmp_path: Path, suffix: str) -> None:
    frame = pl.DataFrame({"a": range(1000), "b": [f"x{i % 7}" for i in range(1000)]})
    path = tmp_path / f"t{suffix}"
    if suffix == ".parquet":
        frame.write_parquet(path, row_group_size=170)
    elif suffix == ".arrow":
        frame.write_ipc(path)
    elif suffix == ".jsonl":
        frame.write_ndjson(path)
    else:
        path.write_bytes(gzip.compress(frame.write_csv().encode()))
    blocks = read_blocks(path, 1600)
    frames = [file.frame for file in blocks]
    assert len(frames) == (1 if suffix == ".jsonl" else 5 if suffix == ".csv.gz" else 10)
    assert blocks.n_rows == 1000
    assert_frame_equal(pl.concat(frames), read_table(path).frame)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n" + "1,2\n" * 90 + "1,2,3\n" + "1,2\n" * 90, "line 92 (row 91) has 3 cells"),
        ("a,b\n" + "1,2\n" * 90 + '1,"2\n', "line 92: a quote is opened"),
        ("a,a\n1,2\n", "two columns are named 'a'"),
        ("1.5,2.5\n1,2\n", "the first line holds cells"),
        ("a,b\n", "has no rows"),
        ("", "the file is empty"),
    ],
)
def test_what_is_wrong_is_said_as_of_the_whole_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(TableError) as whole:
        read_table(path)
    with pytest.raises(TableError) as in_blocks:
        together(path)
    assert said in str(whole.value)
    assert str(whole.value) == str(in_blocks.value)


def test_where_memory_is_too_small_a_file_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [1, 2]}).write_parquet(path)
    monkeypatch.setattr(typed, "TRIAL", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    for read in (read_table, read_blocks):
        with pytest.raises(TableError, match="most likely for lack of memory"):
            read(path)


def test_a_damaged_file_is_refused_before_a_row_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": range(10_000)}).write_parquet(path)
    content = bytearray(path.read_bytes())
    content[100:400] = bytes(300)
    path.write_bytes(content)
    with pytest.raises(TableError, match="damaged, or not Parquet"):
        read_blocks(path)
