"""Cells that a database holds as text, or as types of its own: read as the model reads them."""

# Fixtures are imported, and parameters of the same name stand for them.
# ruff: noqa: F401, F811

import csv
import io
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pytest
from drawn_cells import (
    DATES,
    FORMATS,
    NUMBERS,
    expected_cells,
    format_model,
    predicted_cell,
    read_by,
)
from exported import TriedModel, TriedRows, largest_difference, tried_model, tried_rows
from sql_databases import PostgreSQL, Run, database, run, server, typed

import glassnet as gn
from glassnet.tables.formats.clocks import CLOCKS, ClockFormat
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.numbers import NumberFormat

WRITTEN = (
    ("1.234,50 EUR", "07:15"),
    ("-12,5 EUR", "23:30"),
    ("NA", "\u2013"),
    (" 3 EUR ", "0:00"),
    (None, "14:45"),
)
"""Cells of the first and the third column of the model "written"."""


@pytest.mark.filterwarnings("ignore:column '.*'. [0-9]+ of 20 rows hold categories")
def test_numbers_that_are_held_as_text(database: str, run: Run) -> None:
    """As the model's own table holds them, beside missing ones and those that are numbers."""
    tried = tried_model("written")
    rows = tried_rows(tried, n=20)
    number, opens = tried.plan.columns[0], tried.plan.columns[2]
    for row, (money, hours) in zip(rows.rows, WRITTEN * 4, strict=True):
        row[number.name], row[opens.name] = money, hours
    table = {column.name: [row[column.name] for row in rows.rows] for column in tried.plan.columns}
    table["is new"] = [None if c is None else str(c).lower() for c in table["is new"]]
    expected = TriedRows(rows.rows, tried.model.predict_columns(table))
    as_text = {number.name, opens.name}
    query = str(gn.export(tried.model, database).content)
    found = typed(run(tried, expected, query, "rows", as_text), expected, tried)
    assert largest_difference(found, expected.predicted) < 1e-12


@pytest.mark.parametrize("number", [FORMATS.index(written) for written in DATES])
def test_dates_that_are_held_as_text(number: int, database: str, run: Run) -> None:
    """Each is what the model reads, or an error; SQLite reads no weekdays and fewer times."""
    written = FORMATS[number]
    assert isinstance(written, DateFormat)
    tried = TriedModel(format_model(written))
    query = str(gn.export(tried.model, database).content)
    day = written.write(19_754.0)  # 2024-02-01
    cells = {cell: cell for cell, days in expected_cells(number).items() if days is not None}
    cells |= {None: None, day: day, f"{day} 9:05": f"{day} 9:05", "2024-02-01": day}
    if database == "sqlite":
        cells = {cell: as_read for cell, as_read in cells.items() if is_plain(written, as_read)}
    assert len(cells) > 6
    predicted = tried.model.predict_columns({"x": list(cells.values())})
    rows = TriedRows([{"x": cell} for cell in cells], predicted)
    found = typed(run(tried, rows, query, "rows", {"x"}), rows, tried)
    assert largest_difference(found, predicted) < 1e-12
    refused = [cell for cell, days in expected_cells(number).items() if days is None]
    for cell in [impossible_date(written), "2024-02-30", "5", *refused[:3]]:
        rows = TriedRows([{"x": cell}], {name: predicted[name][:1] for name in predicted})
        with pytest.raises((Exception, AssertionError), match=r"is no date|out of range"):
            run(tried, rows, query, "rows", {"x"})


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz", "text", "char(16)"])
def test_dates_of_each_type_in_a_session_of_another_zone(kind: str, server: PostgreSQL) -> None:
    """A time without a zone is UTC, as the model takes it, wherever the session is."""
    tried = TriedModel(format_model(DateFormat("dd.mm.yyyy")))
    cell = "2024-05-06 00:00+00" if kind == "timestamptz" else "2024-05-06"
    create = f"CREATE TABLE moments (x {kind}); INSERT INTO moments VALUES ('{cell}'), (NULL)"
    query = str(gn.export(tried.model, "postgresql", source="moments").content)
    zone = "SET timezone = 'America/New_York'"
    _, *rows = csv.reader(io.StringIO(server.query(f"{zone}; {create}; {query}")))
    server.query("DROP TABLE moments")
    connection = duckdb.connect()
    connection.execute(f"{zone}; {create}")
    query = str(gn.export(tried.model, "duckdb", source="moments").content)
    days = float((np.datetime64("2024-05-06") - np.datetime64("1970-01-01")).astype(int))
    for found in (rows, connection.execute(query).fetchall()):
        assert [[float(number) for number in row[1:]] for row in found] == [[days, 0], [0, 1]]


@pytest.mark.parametrize("cell", [2_460_436.5, 19_849, "now", "12:30", "2024-05-06 24:30"])
def test_what_sqlite_alone_would_take_for_a_date_is_an_error(cell: float | str) -> None:
    tried = TriedModel(format_model(DateFormat("yyyy-mm-dd")))
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE rows (x)")
    connection.execute("INSERT INTO rows VALUES (?)", [cell])
    with pytest.raises(sqlite3.Error, match="column ''x'': .* is no date yyyy-mm-dd"):
        connection.execute(str(gn.export(tried.model, "sqlite").content)).fetchall()


def impossible_date(written: DateFormat) -> str:
    """The 30th of February, or the 13th month."""
    parts = {"yyyy": "2023", "yy": "23", "mm": "02", "mon": "Feb", "dd": "30"}
    if "dd" not in written.pattern:
        parts |= {"mm": "13", "mon": "Febber"}
    return re.sub("yyyy|yy|mm|mon|dd", lambda part: parts[part[0]], written.pattern)


def is_plain(written: DateFormat, cell: str | None) -> bool:
    """Whether SQLite reads it too: no weekday, no AM or PM, no zone but Z or +01:00."""
    found = written.regex.fullmatch(cell or "")
    if found is None:
        return True
    zone = re.fullmatch("Z|[-+]..:..|", found["zone"] or "", re.IGNORECASE)
    has_weekday = re.match("mon|thu|sun", found[0], re.IGNORECASE)
    return not (found["half"] or has_weekday or "  " in found[0]) and zone is not None


OTHERS = [
    *("1.5", "1,5", "1.234", "12,345.5", "12,34", "7e2", "1_000", "[7]", "true", "12"),
    *("7:05", "12:60", "13:05 pm", "7:05 PM", "7:05 a.m.", "7:05:30,5"),
]
"""Texts that are numbers or times of day in some columns, and none in others."""


@pytest.mark.parametrize("written", [*NUMBERS[:2], *NUMBERS[-5:], *CLOCKS], ids=str)
def test_no_text_is_another_number_than_the_models(
    written: NumberFormat | ClockFormat,
    database: str,
    run: Run,
) -> None:
    tried = TriedModel(format_model(written))
    query = str(gn.export(tried.model, database).content)
    read = read_by(tried.model)
    cells = [*OTHERS, *expected_cells(FORMATS.index(written))]
    numbers = {}
    for cell in cells[: len(OTHERS)] if database == "postgresql" else cells:
        expected = read(cell)
        rows = TriedRows([{"x": cell}], {"prediction_y0": [0.0], "prediction_y1": [0.0]})
        try:
            found = typed(run(tried, rows, query, "rows", {"x"}), rows, tried)
        except (duckdb.Error, sqlite3.Error, AssertionError):
            continue
        assert expected is not None, cell
        number = predicted_cell(found)
        assert np.isclose(number, expected, rtol=1e-12, atol=0, equal_nan=True), cell
        numbers[cell] = number
    assert len(numbers) > 1


@pytest.mark.parametrize("text", ["twelve", "1.2.3", "12:"])
def test_a_text_that_is_no_number_is_an_error(text: str, database: str, run: Run) -> None:
    tried = tried_model("written")
    rows = tried_rows(tried, n=2)
    for column in (tried.plan.columns[0], tried.plan.columns[2]):
        rows.rows[1][column.name] = text
    query = str(gn.export(tried.model, database).content)
    with pytest.raises((Exception, AssertionError), match="is no number"):
        run(tried, rows, query, "rows", {column.name for column in tried.plan.columns[:3:2]})


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
def test_duckdb_reads_a_file_by_its_own_guesses(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows = [(f"{n % 24:02}:30", "NA" if n == 3 else n / 4, "u" + str(n % 2), n) for n in range(12)]
    _write_csv(path, [("hour", "size", "kind", "y"), *rows])
    model = gn.train_table(path, "y", epochs=2, members=1, hidden=3)
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE rows AS SELECT * FROM '{path}'")
    types = connection.execute("SELECT typeof(hour), typeof(size) FROM rows").fetchone()
    assert types == ("TIME", "VARCHAR")
    found = connection.execute(str(gn.export(model, "duckdb").content)).fetchall()
    expected = model.predict_columns(path)
    assert largest_difference({"prediction": [row[-1] for row in found]}, expected) < 1e-12


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
@pytest.mark.parametrize("kind", ["time", "text", "double precision"])
def test_times_of_day_in_postgresql(kind: str, server: PostgreSQL) -> None:
    texts = [f"{n:02}:30" for n in range(12)]
    model = gn.train_table({"at": texts, "y": list(range(12))}, "y", epochs=2, hidden=3)
    cell = "9.5" if kind == "double precision" else "'09:30'"
    name = f"times_{kind[:4]}"
    server.query(f"CREATE TABLE {name} (at {kind}); INSERT INTO {name} VALUES ({cell}), (NULL)")
    query = str(gn.export(model, "postgresql", source=name).content)
    _, *rows = csv.reader(io.StringIO(server.query(query)))
    expected = model.predict_columns({"at": ["09:30", None]})
    found = {"prediction": [float(row[-1]) for row in rows]}
    assert largest_difference(found, expected) < 1e-12


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
def test_duckdb_that_takes_text_as_boolean_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    _write_csv(path, [("it's", "y"), *((("no", "yes")[n % 2], n) for n in range(12))])
    model = gn.train_table(path, "y", epochs=2, members=1, hidden=3)
    connection = duckdb.connect()
    query = str(gn.export(model, "duckdb").content)
    connection.execute("""CREATE TABLE rows ("it's" BOOLEAN, y DOUBLE)""")
    connection.execute("INSERT INTO rows VALUES (true, 1)")
    with pytest.raises(duckdb.Error, match=r"column 'it's' is BOOLEAN"):
        connection.execute(query).fetchall()
    as_text = f"read_csv('{path}', all_varchar = true)"
    connection.execute(f"CREATE OR REPLACE TABLE rows AS SELECT * FROM {as_text}")
    found = connection.execute(query).fetchall()
    expected = model.predict_columns(path)
    assert largest_difference({"prediction": [row[-1] for row in found]}, expected) < 1e-12


def _write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
