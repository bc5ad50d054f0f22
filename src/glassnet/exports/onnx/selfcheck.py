"""Checks an ONNX model that glassnet made: runs the rows it holds, and compares what it predicts.

Needs numpy and onnxruntime, and nothing of glassnet. In a shell, beside model.onnx:

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
import onnxruntime

TYPES = {"tensor(double)": np.float64, "tensor(float)": np.float32, "tensor(string)": np.object_}


def check(model):
    """Run the rows that a model holds, from its path or bytes.

    Returns how many, the largest difference of a number, relative to those above 1, and the largest
    in units of the last digit. Raises AssertionError where a difference is above the model's own
    tolerance, or a class is another.
    """
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    rows = json.loads(metadata["checks"])
    columns = {
        one.name: np.array([[row["inputs"][one.name]] for row in rows], TYPES[one.type])
        for one in session.get_inputs()
    }
    difference = last_digits = 0.0
    outputs = session.get_outputs()
    for output, column in zip(outputs, session.run(None, columns), strict=True):
        found = np.asarray(column)[:, 0]
        expected = [row["outputs"][output.name] for row in rows]
        if output.type not in ("tensor(double)", "tensor(float)"):
            same = found.tolist() == expected
            assert same, f"{output.name}: {found.tolist()} is not {expected}"
            continue
        numbers = np.array(expected, float)
        known = np.isfinite(numbers)
        same = np.array_equal(numbers[~known], found[~known])
        assert same, f"{output.name}: {found} is not {numbers}"
        apart = np.abs(found[known] - numbers[known])
        units = np.spacing(np.abs(numbers[known]).astype(found.dtype)).astype(float)
        relative = apart / np.maximum(1, np.abs(numbers[known]))
        difference = max(difference, relative.max(initial=0))
        last_digits = max(last_digits, (apart / units).max(initial=0))
        assert not relative.max(initial=0) > float(metadata["tolerance"]), (
            f"{output.name}: {found} is not {numbers}"
        )
    return len(rows), float(difference), float(last_digits)


if __name__ == "__main__":
    default = Path(__file__).name.replace("_check.py", ".onnx")
    path = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).with_name(default))
    n, largest, units = check(path)
    print(f"{n} rows are predicted as by the model, to {largest:.1e}, {units:.0f} last digits")
