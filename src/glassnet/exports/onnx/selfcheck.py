"""Checks an ONNX model that glassnet made: runs the rows it holds, and compares what it predicts.

Needs Python 3.10, numpy and onnxruntime, and nothing of glassnet. In a shell, beside model.onnx:

    python model_check.py
    python model_check.py another.onnx

A model takes one tensor a column, rows x 1, by the column's name, and gives one for each
prediction. Numbers are double or float, NaN where a cell is missing; a date is the days since
1970-01-01; true and false are 1 and 0; text is strings, an empty one where it is missing.
"""

import json
import sys
from pathlib import Path

import numpy as np

TYPES = {"tensor(double)": np.float64, "tensor(float)": np.float32, "tensor(string)": np.object_}


def check(model):
    """Run the rows that a model holds by onnxruntime: of its path, or its bytes.

    Returns how many rows, the largest difference of a number, relative to those above 1, and the
    largest in units of the last digit. Raises AssertionError where a difference is above the
    model's own tolerance, or a class is another.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    types = {one.name: TYPES[one.type] for one in session.get_inputs()}
    outputs = [one.name for one in session.get_outputs()]
    metadata = session.get_modelmeta().custom_metadata_map
    return compare(metadata, types, outputs, lambda columns: session.run(outputs, columns))


def compare(metadata, types, outputs, run):
    """As `check`: of the type of each input, the names of the outputs, and what runs columns."""
    rows = json.loads(metadata["checks"])
    columns = {
        name: np.array([[row["inputs"][name]] for row in rows], dtype)
        for name, dtype in types.items()
    }
    difference = last_digits = 0.0
    for name, column in zip(outputs, run(columns), strict=True):
        found = np.asarray(column)[:, 0]
        expected = [row["outputs"][name] for row in rows]
        if found.dtype.kind == "f":
            apart, units = distances(found, np.array(expected, float))
            difference = max(difference, float(apart.max()))
            last_digits = max(last_digits, float(units.max()))
            same = apart <= float(metadata["tolerance"])
        else:
            same = [one == other for one, other in zip(found.tolist(), expected, strict=True)]
        for row in np.flatnonzero(np.logical_not(same)):
            text = f"{name} in row {row + 1}: {found[row]} is not {expected[row]}"
            raise AssertionError(text)
    return len(rows), difference, last_digits


def distances(found, expected):
    """How far numbers are apart: relative to those above 1, and in units of the last digit.

    Both are infinite where one number is not finite and the other is another.
    """
    apart, unit = np.zeros(len(found)), np.ones(len(found))
    known = np.isfinite(found) & np.isfinite(expected)
    apart[known] = np.abs(found[known] - expected[known])
    unit[known] = np.spacing(np.abs(expected[known]).astype(found.dtype))
    apart[~known & (found != expected)] = np.inf
    return apart / np.maximum(1, np.where(known, np.abs(expected), 1)), apart / unit


if __name__ == "__main__":
    default = Path(__file__).name.replace("_check.py", ".onnx")
    path = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).with_name(default))
    n, largest, units = check(path)
    apart = f"{largest:.1e}, {units:.0f} last digits"
    print(f"{n} check rows are predicted as by the model, to {apart}")
