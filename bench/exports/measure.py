"""One target: exported, built, run over more and more rows, and compared with the model."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

import glassnet as gn
from bench.exports.case import Case
from bench.exports.targets import Target, run

FIRST_ROWS = 100
"""That a target is tried with, to see how fast it is."""
MOST_GROWTH = 10
"""How many times as many predictions the next try has at most: the first ones may be slow."""
ENOUGH = 0.7
"""The part of the seconds asked for at which it is not tried again."""


class Ran(NamedTuple):
    """What a driver says: the seconds of all its passes, and what it predicts of each row."""

    seconds: float
    found: np.ndarray


class Measured(NamedTuple):
    """What is known of a target in the end.

    `difference` is relative to numbers above 1; `ulps` in units in the last place of its
    dtype. `seconds` are those of `passes` over `rows` rows.
    """

    kilobytes: tuple[float, ...]
    rows: int
    passes: int
    seconds: float
    difference: float
    ulps: float

    @property
    def per_million(self) -> float:
        """Seconds for a million rows."""
        return 1e6 * self.seconds / (self.rows * self.passes)


class Built:
    """A model exported to a target, with all that it needs to be run in a folder.

    Raises RuntimeError where the tool fails.
    """

    def __init__(self, target: Target, case: Case, folder: Path) -> None:
        self.target, self.case, self.folder = target, case, folder
        dtype = target.dtype if target.to in ("c", "onnx") else None
        paths = gn.export(case.model, target.to, dtype=dtype).write(folder / target.file)
        self.kilobytes = tuple(path.stat().st_size / 1000 for path in paths)
        target.build(folder, case.kinds)

    def predict(self, rows: int, passes: int) -> Ran:
        """The driver over the first rows."""
        self.case.write(self.folder / "rows.csv", rows)
        arguments = [self.target.file, "rows.csv", ",".join(self.case.kinds), "found", str(passes)]
        seconds = float(run([*self.target.driver, *arguments], self.folder))
        return Ran(seconds, np.loadtxt(self.folder / "found", ndmin=1))


def measure(target: Target, case: Case, seconds: float) -> Measured:
    """A target over so many rows, and so often, that it predicts for about that many seconds."""
    most = min(target.most, len(case.frame))
    with tempfile.TemporaryDirectory() as folder:
        built = Built(target, case, Path(folder))
        rows, passes = min(FIRST_ROWS, most), 1
        ran = built.predict(rows, passes)
        while ran.seconds < ENOUGH * seconds:
            growth = min(seconds / max(ran.seconds, 1e-9), MOST_GROWTH)
            predictions = growth * rows * passes
            rows = min(most, int(predictions))
            passes = round(predictions / rows)
            ran = built.predict(rows, passes)
    expected = case.expected[:rows]
    return Measured(
        built.kilobytes,
        rows,
        passes,
        ran.seconds,
        difference(ran.found, expected),
        ulps(ran.found, expected, target.dtype),
    )


def difference(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest, relative to numbers above 1."""
    return float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))


def ulps(found: np.ndarray, expected: np.ndarray, dtype: str) -> float:
    """The largest difference in units in the last place of what is expected, in a dtype."""
    rounded = expected.astype(dtype)
    apart = np.abs(found.astype(dtype).astype(float) - rounded.astype(float))
    return float(np.max(apart / np.spacing(np.abs(rounded)).astype(float)))


def version(target: Target) -> str:
    """What the tool says of itself; "" where it is not installed."""
    try:
        done = subprocess.run(target.version, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    numbers = re.search(r"[0-9]+(?:\.[0-9]+)+", done.stdout + done.stderr)
    return numbers[0] if numbers and not done.returncode else ""
