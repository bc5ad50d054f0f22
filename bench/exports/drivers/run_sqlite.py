"""run_sqlite.py MODEL ROWS KINDS FOUND PASSES: a table of all rows, in memory, to another."""

import csv
import sqlite3
import sys
from pathlib import Path
from time import perf_counter

model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
query = Path(model_path).read_text(encoding="utf-8")
with open(rows_path, newline="") as file:
    names, *lines = csv.reader(file)
of_kind = {"number": "REAL", "date": "TEXT", "text": "TEXT"}
columns = [f'"{name}" {of_kind[kind]}' for name, kind in zip(names, kinds.split(","), strict=True)]
marks = ", ".join("?" * len(names))

connection = sqlite3.connect(":memory:")
connection.execute(f"CREATE TABLE rows (key INTEGER PRIMARY KEY, {', '.join(columns)})")
connection.executemany(
    f"INSERT INTO rows VALUES (NULL, {marks})", ([cell or None for cell in line] for line in lines)
)
start = perf_counter()
for _ in range(int(passes)):
    connection.execute("DROP TABLE IF EXISTS found")
    connection.execute(f"CREATE TABLE found AS {query}")
print(perf_counter() - start)
with open(found_path, "w") as file:
    found = connection.execute("SELECT prediction FROM found ORDER BY key")
    file.writelines(f"{one!r}\n" for (one,) in found)
