"""How long predictions take and how much memory they need: `python -m bench.predict`.

The model is the default one, four networks of 64-64, on 20 columns of numbers. It is trained once
on few rows, so that each column is one input, and once on so many that columns come in bins too.
Only the public `predict` is used, so that the same file measures an older version as well:
`PYTHON bench/predict.py` with another interpreter.
"""

import json
import os
import resource
import subprocess
import sys
from time import perf_counter, process_time

import numpy as np

import glassnet as gn

COLUMNS = 20
FEW_ROWS = 500  # to train on; columns of so few rows are not cut into bins
MANY_ROWS = 2_000
CALLS = 20  # of one row, timed together
REPEATS = 1_500  # of the timing of one row; the least is taken
TIMED_ROWS = 100_000
MEASURED_ROWS = 400_000
MIB = 1024 * 1024


def model_of(rows: int) -> gn.Model:
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, COLUMNS))
    table = {f"x{i + 1}": x[:, i] for i in range(COLUMNS)}
    return gn.train_table(table | {"y": x.sum(axis=1)}, "y", epochs=2)


def rows_of(n: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, COLUMNS))


def microseconds_of_one_row(model: gn.Model) -> float:
    x = rows_of(1)
    model.predict(x)
    least = np.inf
    for _ in range(REPEATS):
        start = perf_counter()
        for _ in range(CALLS):
            model.predict(x)
        least = min(least, perf_counter() - start)
    return least / CALLS * 1e6


def milliseconds_of_many_rows(model: gn.Model) -> float:
    """In time of the processor, on one thread, so that other programs disturb it little."""
    x = rows_of(TIMED_ROWS)
    model.predict(x[:1])
    least = np.inf
    for _ in range(5):
        start = process_time()
        model.predict(x)
        least = min(least, process_time() - start)
    return least * 1e3


def memory_beyond(rows: int) -> float:
    """The MiB that predicting many rows adds to the peak memory, beyond its input and output."""
    model = model_of(rows)
    model.predict(rows_of(1))
    x = rows_of(MEASURED_ROWS)
    before = peak()
    predicted = model.predict(x)
    return peak() - before - predicted.nbytes / MIB


def peak() -> float:
    """The peak memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # kB on Linux


def main() -> None:
    for rows in (FEW_ROWS, MANY_ROWS):
        model = model_of(rows)
        command = [sys.executable, __file__, "memory", str(rows)]
        memory = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found: dict[str, float] = {
            "trained_on_rows": rows,
            "one_row_us": round(microseconds_of_one_row(model), 1),
            f"{TIMED_ROWS}_rows_ms": round(milliseconds_of_many_rows(model)),
            f"{MEASURED_ROWS}_rows_add_MiB": round(float(memory)),
        }
        if callable(getattr(model, "member", None)):  # not in older versions
            single = model.member(0)
            found["one_row_of_one_member_us"] = round(microseconds_of_one_row(single), 1)
            found["rows_of_one_member_ms"] = round(milliseconds_of_many_rows(single))
        print(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if sys.argv[1:2] == ["memory"]:
        print(memory_beyond(int(sys.argv[2])))
    else:
        main()
