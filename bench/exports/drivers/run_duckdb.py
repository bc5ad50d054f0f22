"""run_duckdb.py MODEL ROWS KINDS FOUND PASSES: a table of all rows, in memory, to another."""

import csv
import sys
from pathlib import Path
from time import perf_counter

import duckdb

model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
query = Path(model_path).read_text(encoding="utf-8")
with open(rows_path, newline="") as file:
    names = next(csv.reader(file))
of_kind = {"number": "DOUBLE", "date": "TIMESTAMP", "text": "VARCHAR"}
types = {name: of_kind[kind] for name, kind in zip(names, kinds.split(","), strict=True)}
given = duckdb.read_csv(rows_path, header=True, dtype=types)

with duckdb.connect() as connection:
    connection.register("given", given.to_arrow_table())
    connection.execute("CREATE TABLE rows AS SELECT row_number() OVER () AS key, * FROM given")
    start = perf_counter()
    for _ in range(int(passes)):
        connection.execute(f"CREATE OR REPLACE TABLE found AS {query}")
    print(perf_counter() - start)
    found = connection.execute("SELECT prediction FROM found ORDER BY key").fetchall()
with open(found_path, "w") as file:
    file.writelines(f"{one!r}\n" for (one,) in found)
