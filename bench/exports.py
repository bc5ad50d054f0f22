"""`python -m bench.exports`: how long an exported SELECT takes over many rows, beside the model.

Rows of an example's table are drawn again and again; both predict them, in memory, and what they
say is compared. Prints a table. Needs the packages duckdb and pyarrow.
"""

import argparse
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import glassnet as gn
from bench.machine import describe

DATA = Path(__file__).parents[1] / "examples" / "data"
TARGETS = {"cars": "miles_per_gallon", "penguins": "species"}
DATABASES = ("duckdb", "sqlite")
ROUNDS = 3
"""How often each is timed, of which the median is told; the model and the database in turns."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sqlite-rows", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--members", type=int, default=2)
    parser.add_argument("--models", nargs="+", choices=TARGETS, default=list(TARGETS))
    given = parser.parse_args()
    print(", ".join(f"{name}: {value}" for name, value in describe().items()))
    heads = ("model", "weights", "database", "rows", "model, s", "database, s", "difference")
    print("".join(f"{head:>13}" for head in heads))
    for name in given.models:
        path = DATA / f"{name}.csv"
        model = gn.train_table(path, TARGETS[name], epochs=given.epochs, members=given.members)
        weights = sum(w.size for member in model.members for w in member.parameters.weights)
        for database in DATABASES:
            rows = given.rows if database == "duckdb" else given.sqlite_rows
            table = drawn_rows(path, rows)
            query = str(gn.export(model, database).content)
            predict = in_duckdb(table, query) if database == "duckdb" else in_sqlite(table, query)
            times = timed([partial(model.predict, table), predict])
            cells = (f"{weights:,}", database, f"{rows:,}", *(f"{t:.2f}" for t in times))
            apart = difference(model, table, predict())
            print("".join(f"{cell:>13}" for cell in (name, *cells, f"{apart:.1e}")))


def drawn_rows(path: Path, rows: int) -> pl.DataFrame:
    """Rows of a file, drawn with replacement."""
    table = pl.read_csv(path, null_values="NA", try_parse_dates=True)
    return table[np.random.default_rng(0).integers(0, len(table), rows)]


def in_duckdb(table: pl.DataFrame, query: str) -> Callable[[], Any]:
    """Gives the predictions of a query over the table."""
    import duckdb

    connection = duckdb.connect()
    connection.register("given", table.to_arrow())
    connection.execute("CREATE TABLE rows AS SELECT * FROM given")
    return lambda: connection.execute(query).fetchnumpy()["prediction"]


def in_sqlite(table: pl.DataFrame, query: str) -> Callable[[], Any]:
    """Gives the predictions of a query over the table."""
    connection = sqlite3.connect(":memory:")
    names = ", ".join(f'"{name}"' for name in table.columns)
    connection.execute(f"CREATE TABLE rows ({names})")
    marks = ", ".join("?" * table.width)
    connection.executemany(f"INSERT INTO rows VALUES ({marks})", table.iter_rows())
    first = table.width
    return lambda: [row[first] for row in connection.execute(query)]


def timed(tasks: Sequence[Callable[[], Any]]) -> list[float]:
    """Seconds that each takes, the median of rounds in turns."""
    found: list[list[float]] = [[] for _ in tasks]
    for _ in range(ROUNDS):
        for task, times in zip(tasks, found, strict=True):
            start = time.perf_counter()
            task()
            times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in found]


def difference(model: gn.Model, table: pl.DataFrame, found: Sequence[Any]) -> float:
    """The largest difference of predictions, relative to numbers above 1; of classes how many."""
    expected = model.predict(table)
    if expected.dtype.kind != "f":
        return float((np.asarray(found) != expected).sum())
    return float(np.max(np.abs(np.asarray(found) - expected) / np.maximum(1, np.abs(expected))))


if __name__ == "__main__":
    main()
