"""How far two programs of the same arithmetic come apart by rounding alone: the article's program.

`python -m bench.rounding` trains the article's four rows and tables of random rows with the native
engine, the numpy engine and R (where Rscript is installed), and with a start whose first weight is
the next number that a computer knows. docs/measured.md has what it printed.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import glassnet as gn
from glassnet.article import Program, X, Y

AT = (1, 10, 100, 500, 1500)  # iterations
SCRIPT = Path(__file__).with_name("rounding.R")


class Case(NamedTuple):
    """A table and a learning rate, beginning as the article does."""

    name: str
    x: np.ndarray
    y: np.ndarray
    rate: float

    @property
    def network(self) -> gn.Network:
        """Four hidden nodes, without biases."""
        return Program().network(self.x.shape[1])


def random_case(rate: float, rows: int = 60, seed: int = 1) -> Case:
    """Two inputs and a target, uniform from 0 to 1: nothing that could be learnt."""
    draws = np.random.default_rng(seed).random((rows, 3))
    return Case(f"{rows} random rows, rate {rate:g}", draws[:, :2], draws[:, 2:], rate)


CASES = (
    Case("the article's 4 rows, rate 1", np.array(X), np.array(Y)[:, None], 1.0),
    random_case(1.0),
    random_case(0.1),
)


def weights_at(case: Case, engine: str, nudged: bool = False) -> list[np.ndarray]:
    """All weights after the iterations of `AT`; `nudged`: the first began one step larger."""
    start = Program().start(case.network)
    if nudged:
        first = start.weights[0].copy()
        first[0, 0] = np.nextafter(first[0, 0], 1)
        start = start._replace(weights=(first, *start.weights[1:]))
    found: list[np.ndarray] = []
    for iterations in AT:
        optimizer = gn.GradientDescent(case.rate)
        run = gn.train(
            case.network,
            start,
            case.x,
            case.y,
            optimizer=optimizer,
            epochs=iterations,
            engine=engine,
            warn=False,
        )
        found.append(np.concatenate([w.ravel() for w in run.parameters.weights]))
    return found


def weights_in_r(case: Case) -> list[np.ndarray]:
    """The same in R."""
    start = Program().start(case.network)
    sizes = [len(case.x), case.x.shape[1], 4]
    parts = [sizes, [case.rate, len(AT), *AT], case.x, case.y, *start.weights]
    numbers = np.concatenate([np.ravel(part) for part in parts])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "numbers.txt"
        file.write_text("\n".join(f"{number:.17g}" for number in numbers))
        command = ["Rscript", "--vanilla", str(SCRIPT), str(file)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [np.array(line.split(), float) for line in printed.splitlines()]


def apart(ours: list[np.ndarray], theirs: list[np.ndarray]) -> list[float]:
    """The largest difference of a weight over the largest weight, after the iterations of `AT`."""
    pairs = zip(ours, theirs, strict=True)
    return [float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs]


def lines() -> Iterator[str]:
    """The table of docs/measured.md."""
    yield "| after so many iterations: | " + " | ".join(map(str, AT)) + " |"
    yield "|---" * (1 + len(AT)) + "|"
    for case in CASES:
        numpy = weights_at(case, "numpy")
        others = {
            "native and numpy": weights_at(case, "native"),
            "numpy, and numpy from a start one last bit away": weights_at(case, "numpy", True),
        }
        if shutil.which("Rscript"):
            others["R and numpy"] = weights_in_r(case)
        for name, weights in others.items():
            cells = " | ".join(f"{gap:.0e}" for gap in apart(weights, numpy))
            yield f"| {case.name}: {name} | {cells} |"


if __name__ == "__main__":
    for line in lines():
        print(line)
