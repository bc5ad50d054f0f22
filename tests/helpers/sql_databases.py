"""Databases that a test runs an exported query in: DuckDB, SQLite and a PostgreSQL of its own."""

import csv
import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from commands import skip_without
from exported import TriedModel, TriedRows

from glassnet.exports.columns import UsedColumn, cell_kind, cell_number
from glassnet.exports.sql.cells import iso_moment
from glassnet.exports.sql.databases import sql_name

POSTGRESQL = Path("/usr/lib/postgresql")
TYPES = {
    "duckdb": {"number": "DOUBLE", "date": "TIMESTAMP", "text": "VARCHAR", "boolean": "BOOLEAN"},
    "sqlite": {"number": "REAL", "date": "TEXT", "text": "TEXT", "boolean": "BOOLEAN"},
    "postgresql": {
        "number": "double precision",
        "date": "timestamp",
        "text": "text",
        "boolean": "boolean",
    },
}
Found = tuple[list[str], list[Sequence[Any]]]
"""The names of columns, and rows of cells."""
Run = Callable[..., Found]
"""Runs a query over a table with rows."""


def put(column: UsedColumn, cell: Any, as_text: Collection[str]) -> Any:
    """A cell as it is put into the table: a date as ISO text, where its column is not text."""
    if cell_kind(column) != "date" or cell is None or column.name in as_text:
        return cell
    return iso_moment(cell_number(column, cell))


def declared(name: str, tried: TriedModel, as_text: Collection[str]) -> str:
    """The columns of the table: a key, which comes twice, and those of the model."""
    types = TYPES[name]
    columns = [
        f"{sql_name(c.name)} {types['text' if c.name in as_text else cell_kind(c)]}"
        for c in tried.plan.columns
    ]
    return f"({', '.join(['key integer', *columns])})"


def raw_rows(tried: TriedModel, rows: TriedRows, as_text: Collection[str]) -> list[list[Any]]:
    return [
        [number // 2, *(put(c, row[c.name], as_text) for c in tried.plan.columns)]
        for number, row in enumerate(rows.rows)
    ]


def in_duckdb(
    tried: TriedModel, rows: TriedRows, query: str, table: str, as_text: Collection[str] = ()
) -> Found:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE SCHEMA s; CREATE TABLE {table} {declared('duckdb', tried, as_text)}"
        )
        marks = ", ".join("?" * (len(tried.plan.columns) + 1))
        connection.executemany(
            f"INSERT INTO {table} VALUES ({marks})", raw_rows(tried, rows, as_text)
        )
        found = connection.execute(query)
        return [name for name, *_ in found.description], found.fetchall()


def in_sqlite(
    tried: TriedModel, rows: TriedRows, query: str, table: str, as_text: Collection[str] = ()
) -> Found:
    connection = sqlite3.connect(":memory:")
    connection.execute("ATTACH ':memory:' AS s")
    connection.execute(f"CREATE TABLE {table} {declared('sqlite', tried, as_text)}")
    marks = ", ".join("?" * (len(tried.plan.columns) + 1))
    raw = raw_rows(tried, rows, as_text)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", raw)
    found = connection.execute(query)
    return [name for name, *_ in found.description], found.fetchall()


def check_in_duckdb(query: str) -> tuple[int, float]:
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(query).fetchone()


def check_in_sqlite(query: str) -> tuple[int, float]:
    """By the command, which reads the file as a user's would be read."""
    done = subprocess.run(
        ["sqlite3", "-batch", "-bail"], input=query, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr[-1000:]
    number, difference = done.stdout.strip().split("|")
    return int(number), float(difference)


class PostgreSQL:
    """A PostgreSQL of its own, which no network reaches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = max(POSTGRESQL.iterdir(), key=lambda path: int(path.name)) / "bin"
        self.is_root = os.geteuid() == 0
        if self.is_root:
            shutil.chown(folder, "postgres")
        folder.chmod(0o700)
        self.run(
            "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"
        )
        options = f"-c listen_addresses= -c fsync=off -k {folder}"
        self.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def run(self, program: str, *arguments: str, text: str = "") -> str:
        command = [str(self.programs / program), *arguments]
        if self.is_root:  # as whom it does not start
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, cwd=self.folder
        )
        assert not done.returncode, done.stderr[-1000:]
        return done.stdout

    def query(self, text: str) -> str:
        """What psql prints, as CSV."""
        settings = ["-v", "ON_ERROR_STOP=1", "--csv", "-q", "-X", "-h", str(self.folder)]
        return self.run("psql", *settings, "-U", "postgres", text=text)

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-m", "immediate", "stop")


def in_postgresql(
    server: PostgreSQL,
    tried: TriedModel,
    rows: TriedRows,
    query: str,
    table: str,
    as_text: Collection[str] = (),
) -> Found:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [
            ["\\N" if cell is None else cell for cell in row]
            for row in raw_rows(tried, rows, as_text)
        ]
    )
    schema = "DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s;"
    columns = declared("postgresql", tried, as_text)
    create = f"DROP TABLE IF EXISTS {table}; CREATE TABLE {table} {columns};"
    copy = f"COPY {table} FROM STDIN (FORMAT csv, NULL '\\N');\n{text.getvalue()}\\.\n"
    names, *found = csv.reader(io.StringIO(server.query(f"{schema}{create}\n{copy}\n{query}")))
    return names, found


def typed(found: Found, rows: TriedRows, tried: TriedModel) -> dict[str, list[Any]]:
    """What is predicted, its cells as numbers where the model's are."""
    names, cells = found
    first = 1 + len(tried.plan.columns)
    assert names[:first] == ["key", *(column.name for column in tried.plan.columns)]
    columns = zip(*sorted(cells, key=lambda row: int(row[0])), strict=True)
    return {
        name: [_as(value, one) for value, one in zip(rows.predicted[name], column, strict=True)]
        for name, column in list(zip(names, columns, strict=True))[first:]
    }


def _as(value: Any, cell: Any) -> Any:
    if isinstance(value, bool) and isinstance(cell, str):
        return cell == "t"
    return type(value)(cell)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    if not POSTGRESQL.is_dir():
        skip_without("pg_ctl")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # a socket's path has to be short
        found = PostgreSQL(Path(folder))
        yield found
        found.stop()


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def run(database: str, request: pytest.FixtureRequest) -> Run:
    """Runs a query over a table with rows."""
    if database == "duckdb":
        return in_duckdb
    if database == "sqlite":
        return in_sqlite
    server = request.getfixturevalue("server")
    return lambda *arguments: in_postgresql(server, *arguments)


@pytest.fixture
def check(database: str, request: pytest.FixtureRequest) -> Callable[[str], tuple[int, float]]:
    """Runs a check."""
    if database == "duckdb":
        return check_in_duckdb
    if database == "sqlite":
        return check_in_sqlite
    server = request.getfixturevalue("server")

    def in_server(query: str) -> tuple[int, float]:
        [_, [number, difference]] = csv.reader(io.StringIO(server.query(query)))
        return int(number), float(difference)

    return in_server
