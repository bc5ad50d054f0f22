"""The same rows by the model in Python, by the command, and by a database."""

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from bench.exports.case import Case
from bench.exports.measure import Built, version
from bench.exports.targets import TARGETS, run

ROUNDS = 3


def side_by_side(case: Case) -> dict[str, float]:
    """Title -> seconds for all rows of the case, the median of rounds in turns."""
    rows = len(case.frame)
    duckdb = TARGETS["duckdb"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        case.model.save(folder / "cars.model")
        case.write(folder / "cars.csv", rows)
        command = [sys.executable, "-m", "glassnet", "predict", "cars.model", "cars.csv"]
        command += ["--out", "predicted.csv", "--overwrite"]
        tasks: dict[str, Callable[[], float]] = {
            "`model.predict`, a data frame in memory": lambda: clocked(
                lambda: case.model.predict(case.frame)
            ),
            "`glassnet predict`, file to file": lambda: clocked(lambda: run(command, folder)),
        }
        if found := version(duckdb):
            (folder / "duckdb").mkdir()
            built = Built(duckdb, case, folder / "duckdb")
            title = f"DuckDB {found}, table to table in memory"
            tasks[title] = lambda: built.predict(rows, 1).seconds
        rounds = [{title: task() for title, task in tasks.items()} for _ in range(ROUNDS)]
    return {title: statistics.median(one[title] for one in rounds) for title in tasks}


def clocked(task: Callable[[], object]) -> float:
    """The seconds that it takes."""
    start = perf_counter()
    task()
    return perf_counter() - start
