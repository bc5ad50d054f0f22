"""Tables as nobody should write them, drawn at random, and what must come of reading each.

That is a right reading or one error of ours: never another exception, never the words of another
library, never a column of numbers lost without a word. What is drawn depends on `draw` alone.
"""

import csv
import datetime as dt
import decimal
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from glassnet.errors import GlassnetError
from glassnet.tables.columns import Table
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table

FOREIGN_WORDS = ("polars", "pyo3", "narwhals", "pyarrow", "infer_schema", "traceback", "panic")
"""What no error of ours says."""
ATOMS = [
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r\n",
    "\r",
    '"',
    '""',
    " ",
    "a",
    "1",
    "2.5",
    "2,5",
    "é",
    "\ufeff",
]
ATOMS += ["=", "sep=;\n", "\0", "\x1e", "\x1f", "-", "NA", "1e5", "2020-01-02", "12:30", "$3", "%"]
CELLS = [
    "1",
    "-2.5",
    "a",
    "b c",
    "",
    "é",
    'say "no"',
    "l\nm",
    "s,t;u|v\tw",
    " x ",
    "1,5",
    "'",
    "0x1",
]
SEPARATORS = [",", ";", "\t", "|"]
LINE_ENDS = ["\n", "\r\n", "\r"]
DATES = [dt.date(1, 1, 1), dt.date(2020, 2, 29), dt.date(9999, 12, 31)]


def was_read(read: Callable[[], Table], naming: str = "") -> Table | None:
    """The table, or None where an error of ours says why there is none, and names the column."""
    try:
        return read()
    except GlassnetError as error:
        message = str(error)
    assert message
    assert naming in message
    assert not any(word in message.lower() for word in FOREIGN_WORDS), message
    return None


def read_file(path: Path, content: bytes) -> Table | None:
    """What a file of that name with that content is read as."""
    path.write_bytes(content)
    return was_read(lambda: as_table(read_table(path)))


def loose_text(draw: Random) -> str:
    """Any text of what delimited texts are made of, at times below a header that is none."""
    some = draw.sample(ATOMS, draw.choice([4, 8, len(ATOMS)]))
    if draw.random() < 0.5:
        return "".join(draw.choices(some, k=draw.randrange(60)))
    rows = ["".join(draw.choices(some, k=draw.randrange(3))) for _ in range(draw.randrange(20))]
    return "a,b\n" + "".join(f"{row},{draw.choice(CELLS[:3])}\n" for row in rows)


def damaged(draw: Random, content: bytes) -> bytes:
    """Some bytes changed, added or gone."""
    data = bytearray(content)
    for _ in range(draw.choice([1, 1, 2, 4, 8])):
        at = draw.randrange(len(data) + 1)
        kind = draw.randrange(3)
        if kind == 0 and at < len(data):
            data[at] = draw.choice([0, 10, 13, 34, 44, 127, 255, draw.randrange(256)])
        elif kind == 1:
            data[at:at] = draw.randbytes(draw.randrange(1, 9))
        else:
            del data[at : at + draw.randrange(1, 20)]
    return bytes(data)


def written_table(draw: Random) -> tuple[bytes, list[str], list[tuple[str | None, ...]]]:
    """A table as some program writes it: the file's bytes, the names, and the cells of its rows."""
    width = draw.randrange(2, 6)
    names = [f"name {number}" for number in range(width)]
    rows = [draw.choices(CELLS, k=width) for _ in range(draw.randrange(1, 12))]
    for row in rows:
        row[-1] = "end"  # no row is blank
    out = io.StringIO(newline="")
    # cells hold each separator, which only quotes tell from what separates
    writer = csv.writer(
        out,
        delimiter=draw.choice(SEPARATORS),
        lineterminator=draw.choice(LINE_ENDS),
        quoting=draw.choice([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    )
    writer.writerow(names)
    for row in rows:
        writer.writerow(row)
        if draw.random() < 0.1:
            out.write(writer.dialect.lineterminator)
    content = out.getvalue().encode(draw.choice(["utf-8", "utf-8-sig", "utf-16"]))
    content = gzip.compress(content) if draw.random() < 0.2 else content
    return content, names, [tuple(cell.strip(" \t") or None for cell in row) for row in rows]


def check_written(draw: Random, folder: Path) -> bool:
    """A table that some program wrote is read as it was written."""
    content, names, rows = written_table(draw)
    path = folder / "written.csv"
    path.write_bytes(content)
    frame = read_table(path).frame
    assert frame.columns == names
    assert frame.rows() == rows
    return True


NUMBERS: list[Callable[[float], str]] = [
    lambda x: f"{x:.2f}",
    lambda x: f"{x:.2f}".replace(".", ","),
    lambda x: f"{x:,.2f}",
    lambda x: f"{x:,.2f}".translate(str.maketrans(",.", ".,")),
    lambda x: f"{x:,.2f}".replace(",", "'"),
    lambda x: f"{x:+.2f}",
    lambda x: f"${x:.2f}",
    lambda x: f"{x:.2f} EUR",
    lambda x: f"{x:.2f} m2",
    lambda x: f"{x:.2f}%",
    lambda x: f"{x:.4e}",
    lambda x: f"{x:.0f}",
    lambda x: f" {x:.2f} ",
]
"""Ways in which people write a number."""


def check_numbers(draw: Random, folder: Path) -> bool:
    """A column of numbers, however they are written, is one of numbers, or an error names it."""
    write, n = draw.choice(NUMBERS), draw.randrange(12, 60)
    values = [round(draw.uniform(-5000, 5000), 2) for _ in range(n)]
    cells = [write(value) for value in values]
    for row in range(n):
        if draw.random() < 0.1:
            cells[row], values[row] = "", float("nan")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=draw.choice(SEPARATORS), lineterminator="\n")
    writer.writerow(["kind", "size", "other"])
    writer.writerows([draw.choice("ab"), cell, draw.randrange(9)] for cell in cells)
    path = folder / "numbers.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    table = was_read(lambda: as_table(read_table(path)), naming="size")
    if table is None:
        return False
    column = table["size"]
    assert column.kind == "number", (cells[:3], column)
    factor = 0.01 if cells[0].endswith("%") and abs(np.nanmax(np.abs(column.values))) < 51 else 1
    expected = np.array(values) * factor
    np.testing.assert_allclose(column.values, expected, rtol=1e-4, atol=0.5 * factor)
    return True


def any_cell(draw: Random) -> Any:
    """A cell as a list of objects may hold it."""
    kinds: list[Callable[[], Any]] = [
        lambda: draw.choice([None, float("nan"), float("inf"), True, False, np.nan, pd.NA, pd.NaT]),
        lambda: draw.choice([0, -1, 2**53 + 1, 2**63, 2**70, 10**400, 0.1, 1e308, 3 + 4j]),
        lambda: draw.choice(["", " ", "a", "1", "NA", "a\0b", "\ud800", "é", "x" * 300]),
        lambda: draw.choice(DATES),
        lambda: dt.datetime(2020, 1, 2, 3, tzinfo=draw.choice([None, dt.UTC])),
        lambda: draw.choice([dt.time(3, 4), dt.timedelta(days=draw.choice([1, 10**8]))]),
        lambda: draw.choice([decimal.Decimal("1.5"), decimal.Decimal("NaN"), b"bytes", [1], {}]),
        lambda: draw.choice([np.float32(1.5), np.int64(3), np.bool_(True), np.datetime64("NaT")]),
    ]
    return draw.choice(kinds)()


def _polars_columns(n: int) -> dict[str, Callable[[], Any]]:
    days = pl.Series([-(10**9), 10**9, 0, 5] * n)[:n]
    return {
        "date": lambda: days.clip(-(2**31), 2**31 - 1).cast(pl.Int32).cast(pl.Date),
        "datetime": lambda: (days * 86_400_000).cast(pl.Datetime("ms")),
        "zone": lambda: days.cast(pl.Datetime("us", "Asia/Kolkata")),
        "duration": lambda: days.cast(pl.Duration("ms")),
        "time": lambda: pl.Series([dt.time(1, 2)] * n),
        "decimal": lambda: pl.Series(["1.50"] * n).str.to_decimal(scale=2),
        "list": lambda: pl.Series([[1]] * n),
        "struct": lambda: pl.Series([{"a": 1}] * n),
        "binary": lambda: pl.Series([b"a"] * n),
        "null": lambda: pl.Series([None] * n, dtype=pl.Null),
        "categorical": lambda: pl.Series(["a"] * n, dtype=pl.Categorical),
        "enum": lambda: pl.Series(["1"] * n, dtype=pl.Enum(["1", "2"])),
        "object": lambda: pl.Series([object()] * n, dtype=pl.Object),
        "uint64": lambda: pl.Series([2**64 - 1] * n, dtype=pl.UInt64),
        "int128": lambda: pl.Series([2**100] * n, dtype=pl.Int128),
        "float32": lambda: pl.Series([np.inf, np.nan, 1.5, None] * n, dtype=pl.Float32)[:n],
    }


def _pandas_columns(n: int) -> dict[str, Callable[[], Any]]:
    return {
        "Int64": lambda: pd.array([1, None] * n, dtype="Int64")[:n],
        "boolean": lambda: pd.array([True, None] * n, dtype="boolean")[:n],
        "string": lambda: pd.array(["a", None] * n, dtype="string")[:n],
        "category": lambda: pd.Categorical([1, 2] * n)[:n],
        "intervals": lambda: pd.Categorical([pd.Interval(0, 1)] * n),
        "complex": lambda: np.ones(n, complex),
        "period": lambda: pd.period_range("2020-01", periods=n, freq="M"),
        "timedelta": lambda: pd.to_timedelta(np.arange(n), unit="D"),
        "zone": lambda: pd.date_range("2020-01-01", periods=n, tz="Europe/Berlin"),
        "nanoseconds": lambda: pd.to_datetime(["1677-09-22", None] * n)[:n],
        "seconds": lambda: np.array(["-9999-01-01", "NaT"] * n, "datetime64[s]")[:n],
        "sparse": lambda: pd.arrays.SparseArray([0, 1] * n)[:n],
        "bytes": lambda: np.array([b"a"] * n),
        "float16": lambda: np.ones(n, np.float16),
        "longdouble": lambda: np.ones(n, np.longdouble),
    }


def _arrow_columns(n: int) -> dict[str, Callable[[], Any]]:
    times = [dt.datetime(2020, 1, 2, 3), None] * n
    return {
        "offset": lambda: pa.array(times[:n], pa.timestamp("us", "+05:30")),
        "zone": lambda: pa.array(times[:n], pa.timestamp("ns", "America/Lima")),
        "dictionary": lambda: pa.array(["a", "b"] * n).dictionary_encode()[:n],
        "decimal": lambda: pa.array([decimal.Decimal("1.50")] * n, pa.decimal256(40, 2)),
        "null": lambda: pa.nulls(n),
        "days": lambda: pa.array([-(2**31), 2**31 - 1] * n, pa.date32())[:n],
        "duration": lambda: pa.array([2**62, None] * n, pa.duration("s"))[:n],
        "map": lambda: pa.array([[("a", 1)]] * n, pa.map_(pa.string(), pa.int8())),
        "half": lambda: pa.array(np.ones(n, np.float16)),
        "view": lambda: pa.array(["a"] * n, pa.string_view()),
        "chunks": lambda: pa.chunked_array([[1.5], [2.5] * n])[:n],
    }


FRAMES: dict[str, tuple[Callable[[Any], Any], Callable[[int], dict[str, Callable[[], Any]]]]] = {
    "polars": (pl.DataFrame, _polars_columns),
    "pandas": (pd.DataFrame, _pandas_columns),
    "arrow": (pa.table, _arrow_columns),
}


def any_frame(draw: Random) -> Any:
    """A data frame of any library, or a dict, with columns of every kind."""
    n = draw.randrange(1, 9)
    names = draw.sample(["a", "b", "", "a b", "é", "x\ny"], draw.randrange(1, 5))
    cells = {name: [any_cell(draw) for _ in range(n)] for name in names}
    kind = draw.choice(["dict", "pandas objects", *FRAMES])
    if kind == "dict":
        return cells
    if kind == "pandas objects":
        frame = pd.DataFrame(cells, dtype=object)
        frame.columns = draw.choices([0, None, ("a", 1), "a", "b", 2.5], k=len(names))
        return frame
    make, columns_of = FRAMES[kind]
    makers = list(columns_of(n).values())
    return make({name: draw.choice(makers)() for name in names})


def check_frame(draw: Random, _folder: Path) -> bool:
    """Any frame is read, or an error of ours."""
    frame = any_frame(draw)
    return was_read(lambda: as_table(frame)) is not None


def check_loose_text(draw: Random, folder: Path) -> bool:
    """Any text is read, or an error of ours."""
    suffix = draw.choice([".csv", ".csv", ".tsv", ".txt", ".jsonl"])
    text = loose_text(draw).encode(errors="replace")
    return read_file(folder / f"loose{suffix}", text) is not None


def check_damaged_text(draw: Random, folder: Path) -> bool:
    """What a program wrote and something damaged is read, or an error of ours."""
    content, _, _ = written_table(draw)
    return read_file(folder / "damaged.csv", damaged(draw, content)) is not None


def check_json_lines(draw: Random, folder: Path) -> bool:
    """Lines of any JSON, damaged at times."""
    values: list[Any] = [1, 2.5, None, True, "a", "", "2020-01-02"] * 3
    values += [-(2**70), 1e300, [1], {"b": 1}]
    lines = [
        json.dumps({name: draw.choice(values) for name in draw.sample("abc", draw.randrange(4))})
        for _ in range(draw.randrange(5))
    ]
    content = "\n".join(lines).encode()
    content = damaged(draw, content) if draw.random() < 0.5 else content
    return read_file(folder / "lines.jsonl", content) is not None


Check = Callable[[Random, Path], bool]
CHECKS: list[Check] = [
    check_loose_text,
    check_damaged_text,
    check_written,
    check_numbers,
    check_frame,
    check_json_lines,
]


def read_and_check(draw: Random, number: int, folder: Path) -> bool:
    """One of the checks, in turn; whether a table came of it."""
    return CHECKS[number % len(CHECKS)](draw, folder)
