"""run_onnx.py MODEL ROWS KINDS FOUND PASSES: all rows at once, a tensor for each column."""

import csv
import sys
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime

model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
session = onnxruntime.InferenceSession(model_path, providers=["CPUExecutionProvider"])
TYPES = {"tensor(double)": np.float64, "tensor(float)": np.float32, "tensor(string)": object}


def number(cell: str) -> float:
    return float(cell) if cell else np.nan


def days(cell: str) -> float:
    return float(np.datetime64(cell, "D").astype(int)) if cell else np.nan


READ = {"number": number, "date": days, "text": str}

with open(rows_path, newline="") as file:
    _, *lines = csv.reader(file)
tensors = {}
columns = zip(session.get_inputs(), kinds.split(","), zip(*lines, strict=True), strict=True)
for given, kind, cells in columns:
    column = np.array([READ[kind](cell) for cell in cells], TYPES[given.type])
    tensors[given.name] = column.reshape(-1, 1)

found: Any = None
start = perf_counter()
for _ in range(int(passes)):
    found = session.run(None, tensors)[0]
print(perf_counter() - start)
with open(found_path, "w") as file:
    file.writelines(f"{one!r}\n" for one in found.ravel().tolist())
