"""run_python.py MODEL ROWS KINDS FOUND PASSES: one row after the other, as dicts."""

import csv
import sys
from importlib import import_module
from time import perf_counter

model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
sys.path.insert(0, "")  # the folder that it runs in
model = import_module(model_path.removesuffix(".py"))

with open(rows_path, newline="") as file:
    names, *lines = csv.reader(file)
of_kind = [float if kind == "number" else str for kind in kinds.split(",")]
rows = [
    {name: of(cell) if cell else None for name, of, cell in zip(names, of_kind, line, strict=True)}
    for line in lines
]

found = []
start = perf_counter()
for _ in range(int(passes)):
    found = [model.predict(row)["prediction"] for row in rows]
print(perf_counter() - start)
with open(found_path, "w") as file:
    file.writelines(f"{one!r}\n" for one in found)
