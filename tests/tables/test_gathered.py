"""A table gathered from blocks is the table that is read at once, cell for cell."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glassnet.errors import TableError
from glassnet.tables import gathered
from glassnet.tables.blocks import read_blocks
from glassnet.tables.columns import Table
from glassnet.tables.files import text
from glassnet.tables.formats.reading import Reading
from glassnet.tables.frames import as_table
from glassnet.tables.gathered import gather_table
from glassnet.tables.read import read_table

N = 1000


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "TEXT_BLOCK", 1000)


SMALL = 4000  # bytes of a block: some dozen rows
random = np.random.default_rng(0)
WHOLE = random.integers(0, 2000, N)

TEXT_COLUMNS: dict[str, list[Any]] = {
    "number": [f"{v:.3f}" for v in random.normal(size=N)],
    "comma": [f"{v:.2f}".replace(".", ",") for v in 1e4 * random.normal(size=N)],
    "code": [f"{v:05d}" for v in WHOLE],
    "code at the end": ["1"] * (N - 1) + ["0017"],
    "text at the end": ["5"] * (N - 1) + ["x"],
    "missing mark": [str(v) if v > 300 else "NA" for v in WHOLE],
    "date": [f"{1 + v % 28:02d}.{1 + v % 12:02d}.20{10 + v % 10}" for v in WHOLE],
    "category": random.choice(["x", "y", "NA", "nan"], N).tolist(),
    "boolean": random.choice(["true", "FALSE", ""], N).tolist(),
    "time": [f"{v % 24:02d}:{v % 60:02d}" for v in WHOLE],
    "empty": [""] * N,
    "known at the end": [""] * (N - 3) + ["3", "4", "5"],
    "money": [f"$1,{v % 1000:03d}.50" for v in WHOLE],
}


def typed_columns() -> pl.DataFrame:
    """A column of every type; every seventh cell is missing."""
    frame = pl.DataFrame(
        {
            "int": WHOLE,
            "beyond float64": [2**60 + 3 * (i % 50) for i in range(N)],
            "beyond float64 at the end": [1] * (N - 2) + [2**60 + 1] * 2,
            "float32": random.normal(size=N).astype(np.float32),
            "bool": WHOLE % 2 == 0,
            "null": [None] * N,
            "text": TEXT_COLUMNS["comma"],
            "category": pl.Series([f"c{v % 3}" for v in WHOLE]).cast(pl.Categorical),
            "late category": pl.Series([None] * (N - 5) + ["q"] * 5).cast(pl.Categorical),
            "date": pl.Series(WHOLE.astype(np.int32)).cast(pl.Date),
            "moment": pl.Series(WHOLE * 10**15).cast(pl.Datetime("ns")),
            "duration": pl.Series(WHOLE).cast(pl.Duration("us")),
            "decimal": pl.Series(WHOLE).cast(pl.Decimal(10, 2)),
        }
    )
    every_seventh = pl.int_range(N) % 7 == 0
    return frame.with_columns(pl.when(every_seventh).then(None).otherwise(pl.all()).name.keep())


@pytest.fixture(params=[".csv", ".parquet", ".arrow"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / f"t{request.param}"
    if request.param == ".csv":
        texts = {n: [cell or None for cell in cells] for n, cells in TEXT_COLUMNS.items()}
        pl.DataFrame(texts).write_csv(file)
    elif request.param == ".parquet":
        typed_columns().write_parquet(file)
    else:
        typed_columns().write_ipc(file)
    return file


def assert_same(found: Table, whole: Table) -> None:
    assert list(found) == list(whole)
    for name, column in whole.items():
        other = found[name]
        what = (column.kind, column.format, column.category, column.values.dtype)
        assert (other.kind, other.format, other.category, other.values.dtype) == what, name
        np.testing.assert_array_equal(other.values, column.values, err_msg=name)
    assert list(map(str, found.notices)) == list(map(str, whole.notices))


@pytest.mark.parametrize(
    "reading",
    [
        Reading(),
        Reading(missing=("x",)),
        Reading(decimal=","),
        Reading(date_order="mdy", categories=("code", "number"), targets=frozenset({"category"})),
    ],
)
def test_it_is_the_table_read_at_once(path: Path, reading: Reading) -> None:
    found = outcome(lambda: gather_table(read_blocks(path, SMALL), reading=reading))
    whole = outcome(lambda: as_table(read_table(path), reading=reading))
    if isinstance(found, Table) and isinstance(whole, Table):
        assert_same(found, whole)
    else:
        assert found == whole


def outcome(read: Callable[[], Table]) -> Table | str:
    """The table, or what its error says."""
    try:
        return read()
    except TableError as error:
        return str(error)


def test_columns_that_are_wanted_or_ignored(path: Path) -> None:
    names = read_table(path).frame.columns
    blocks = read_blocks(path, SMALL)
    for asked in ({"wanted": names[1::2]}, {"ignore": names[::3]}):
        assert_same(gather_table(blocks, **asked), as_table(read_table(path), **asked))


def test_of_too_many_texts_the_first_say_how_all_are_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "MOST_TEXTS", 150)
    whole = as_table(read_table(path))
    found = gather_table(read_blocks(path, SMALL))
    wide = [name for name, c in whole.items() if c.kind == "text" and len(set(c.values)) > 150]
    assert list(found) == [name for name in whole if name not in wide]
    assert wide == (["code"] if path.suffix == ".csv" else [])
    for name, column in found.items():
        assert column.format == whole[name].format
        np.testing.assert_array_equal(column.values, whole[name].values, err_msg=name)
    said = [str(notice) for notice in found.notices if "is left out" in str(notice)]
    assert len(said) == len(wide)


def test_later_cells_are_held_to_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MOST_TEXTS", 100)
    path = tmp_path / "t.csv"
    cells = [f"{1 + i % 28}.{1 + i % 12}.{1990 + i}" for i in range(500)]
    pl.DataFrame({"when": [*cells, "soon"], "x": range(501)}).write_csv(path)
    with pytest.raises(TableError, match="column 'when', row 501: a cell is not written as"):
        gather_table(read_blocks(path, 2000))


def test_a_target_of_too_many_texts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "MOST_TEXTS", 100)
    path = tmp_path / "t.csv"
    pl.DataFrame({"who": [f"name {i}" for i in range(500)], "x": range(500)}).write_csv(path)
    with pytest.raises(TableError, match="target 'who' has more than 100 different texts"):
        gather_table(read_blocks(path, 2000), reading=Reading(targets=frozenset({"who"})))
