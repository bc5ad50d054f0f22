"""run_numpy.py MODEL ROWS KINDS FOUND PASSES: all rows at once, as a dict of arrays."""

import csv
import sys
from importlib import import_module
from time import perf_counter

import numpy as np

model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
sys.path.insert(0, "")  # the folder that it runs in
model = import_module(model_path.removesuffix(".py"))

with open(rows_path, newline="") as file:
    names, *lines = csv.reader(file)
table = {}
for name, kind, cells in zip(names, kinds.split(","), zip(*lines, strict=True), strict=True):
    if kind == "number":
        table[name] = np.array([float(cell) if cell else np.nan for cell in cells])
    else:
        table[name] = np.array([cell or None for cell in cells], object)

found = np.empty(0)
start = perf_counter()
for _ in range(int(passes)):
    found = model.predict(table)["prediction"]
print(perf_counter() - start)
with open(found_path, "w") as file:
    file.writelines(f"{one!r}\n" for one in found.tolist())
