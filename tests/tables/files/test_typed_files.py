"""Parquet, Arrow and JSON lines, whole and damaged."""

import json
import random
import sys
from pathlib import Path

import polars as pl
import pytest

from glassnet.errors import TableError
from glassnet.tables.files import typed
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table

FRAME = pl.DataFrame({"x": [0.5, None, 2.5] * 10, "t": ["a", "b", None] * 10})
DAMAGED = Path(__file__).parent / "damaged.parquet"


def test_a_file_on_which_polars_would_end_the_process() -> None:
    """Its row group is said to hold so many rows that no memory suffices."""
    with pytest.raises(TableError, match=r"cannot be read as a table \(damaged, or not Parquet\)"):
        read_table(DAMAGED)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather"])
def test_damaged_files_are_one_error_or_a_table(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / f"whole{Path(name).suffix}"
    if name == "a.parquet":
        FRAME.write_parquet(whole)
    elif name == "a.arrow":
        FRAME.write_ipc_stream(whole)
    else:
        FRAME.write_ipc(whole)
    assert read_table(whole).frame.equals(FRAME)
    draw, kind = random.Random(3), "Parquet)" if name == "a.parquet" else "Arrow)"
    refused = []
    for number in range(4):
        data = bytearray(whole.read_bytes())
        for _ in range(3):
            data[draw.randrange(len(data))] = draw.choice([0, 127, 128, 255])
        path = tmp_path / f"{number}{name}"
        path.write_bytes(data)
        try:
            read_table(path)
        except TableError as error:
            refused.append(str(error))
    assert refused
    assert all(error.endswith("read as a table (damaged, or not " + kind) for error in refused)
    assert capfd.readouterr() == ("", "")


def test_without_an_interpreter_to_try_a_file_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FRAME.write_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(sys, "executable", "/usr/bin/R")
    monkeypatch.setattr(typed.subprocess, "run", None)
    assert read_table(tmp_path / "a.parquet").frame.equals(FRAME)


def test_a_file_is_tried_again_only_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    run = typed.subprocess.run
    monkeypatch.setattr(
        typed.subprocess, "run", lambda *args, **more: tried.append(args) or run(*args, **more)
    )
    path = tmp_path / "a.parquet"
    FRAME.write_parquet(path)
    for _ in range(3):
        read_table(path)
    FRAME[:2].write_parquet(path)
    assert read_table(path).frame.height == 2
    assert len(tried) == 2


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['{"a": 1}', '{"a": 2'], "line 2 is not a JSON object"),
        (['{"a": 1}', "", "[1, 2]"], "line 3 is not a JSON object"),
        (['{"a": 1}', "é"], "line 2 is not a JSON object"),
        (["3"], "line 1 is not a JSON object"),
    ],
)
def test_json_lines_that_are_none(tmp_path: Path, lines: list[str], message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines))
    with pytest.raises(TableError, match=message):
        read_table(path)


def test_json_lines_with_gaps(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    rows = [{"a": 1}, {"a": None, "b": "x"}, {"b": "y", "a": 2.5}]
    path.write_text("\n\n".join(json.dumps(row) for row in rows))
    assert read_table(path).frame.to_dict(as_series=False) == {
        "a": [1, None, 2.5],
        "b": [None, "x", "y"],
    }


@pytest.mark.parametrize(
    "cells",
    [
        pl.Series([[1], [2, 3]]),
        pl.Series([{"a": 1}, {"a": 2}]),
        pl.Series([b"a", b"b"]),
    ],
)
def test_cells_of_no_use_are_one_error_that_names_the_column(
    tmp_path: Path, cells: pl.Series
) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": [0.5, 1.5], "odd cells": cells}).write_parquet(path)
    with pytest.raises(TableError, match="column 'odd cells' holds"):
        as_table(read_table(path))
    assert list(as_table(read_table(path), ignore=["odd cells"])) == ["x"]


def test_decimals_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"price": pl.Series(["1.50", "2.25"]).str.to_decimal(scale=2)}).write_parquet(path)
    assert as_table(read_table(path))["price"].values.tolist() == [1.5, 2.25]
