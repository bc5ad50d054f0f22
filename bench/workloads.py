"""What is trained: shapes, what every program is given, and the one definition of the loss that
each must reach.

Only NumPy is imported here, so that a worker of another library carries nothing of glassnet's
(`draw.py`, in the parent, does).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Workload:
    """A training that every program repeats.

    `divide` turns the time of one call into the time reported (D reports one step of ten).
    Where there are several `networks`, they are trained from as many starts on the same rows.
    `published` is what others print of it: their number, on their machine.
    `tolerance` is how far, relatively, a program's final loss may be from the reference, which
    plain NumPy computes in float64: a training that is one step short is further off
    (`tests/bench`). Of several networks, see `report.checked`.
    """

    title: str
    sizes: tuple[int, ...]
    rows: int
    batch: int
    epochs: int
    kind: str = "regression"
    dtype: str = "float32"
    divide: int = 1
    tolerance: float = 1e-3
    networks: int = 1
    activation: str = "relu"
    published: str = ""

    @property
    def steps(self) -> int:
        """Updates in one call."""
        return self.epochs * -(-self.rows // self.batch)

    def rows_a_second(self, ms: float) -> float:
        """Rows that pass through training in a second, where what is reported takes `ms`."""
        return self.networks * self.epochs * self.rows / (ms * self.divide / 1000)


ARTICLES = 2048  # as many as take about a tenth of a second

WORKLOADS = {
    "A": Workload(
        "the article: 4 rows, 3-4-1 sigmoid, float64, 1,500 iterations",
        (3, 4, 1),
        4,
        4,
        1500,
        "article",
        "float64",
        tolerance=1e-9,
    ),
    "B64": Workload(
        f"{ARTICLES:,} networks of A, each from its own start, float64; per network",
        (3, 4, 1),
        4,
        4,
        1500,
        "article",
        "float64",
        divide=ARTICLES,
        tolerance=1e-9,
        networks=ARTICLES,
    ),
    "B32": Workload(
        "the same, float32",
        (3, 4, 1),
        4,
        4,
        1500,
        "article",
        divide=ARTICLES,
        tolerance=3e-4,
        networks=ARTICLES,
    ),
    "C32": Workload(
        "8,192 x 20 rows, 20-64-64-1 ReLU, Adam, float32, one epoch, batch 32",
        (20, 64, 64, 1),
        8192,
        32,
        1,
    ),
    "C256": Workload("the same, batch 256", (20, 64, 64, 1), 8192, 256, 1),
    "D": Workload(
        "784-256-128-10 ReLU, softmax, Adam, batch 128, float32, one step",
        (784, 256, 128, 10),
        128,
        128,
        10,
        "classes",
        divide=10,
    ),
    "D1024": Workload(
        "the same, batch 1,024", (784, 256, 128, 10), 1024, 1024, 10, "classes", divide=10
    ),
    "E32": Workload(
        "256 networks 20-16-1 ReLU on the rows of C, Adam, float32, batch 32; per network, epoch",
        (20, 16, 1),
        8192,
        32,
        1,
        divide=256,
        tolerance=1e-4,
        networks=256,
    ),
    "E256": Workload(
        "the same, batch 256",
        (20, 16, 1),
        8192,
        256,
        1,
        divide=256,
        tolerance=1e-4,
        networks=256,
    ),
    "H": Workload(
        "10,000 x 4 rows, 4-32-16-4 tanh, Adam, float32, full batch, one step",
        (4, 32, 16, 4),
        10_000,
        10_000,
        20,
        divide=20,
        activation="tanh",
        published="SimpleChains.jl publishes 10,000 steps in 0.481 s, 0.0481 ms a step, on an "
        "unnamed machine of many cores",
    ),
    "I": Workload(
        "28-300-300-300-300-300-1 tanh, Adam, float32, batch 100; per 1,000 rows",
        (28, 300, 300, 300, 300, 300, 1),
        2000,
        100,
        1,
        divide=2,
        activation="tanh",
        published="OpenNN publishes 72,000 rows a second, and 46,000 for PyTorch, on 16 threads "
        "of an i9-12900K",
    ),
}
"""Name -> the workloads that are timed warm, in a worker."""

FIRST = Workload(
    "200 x 5 rows, 5-16-1 ReLU, Adam, 50 epochs, full batch, float32", (5, 16, 1), 200, 200, 50
)
"""The small fit with which a fresh process begins."""


class Given(NamedTuple):
    """All that a program is handed: data, and the start; P starts, stacked, of P networks."""

    workload: Workload
    x: Array  # N x D
    y: Array  # N x K; one column a class for D
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def alone(self, p: int) -> "Given":
        """What network p is handed, of several."""
        weights, biases = (
            tuple(a[p].copy() for a in arrays) for arrays in (self.weights, self.biases)
        )
        return self._replace(
            workload=replace(self.workload, networks=1, divide=1), weights=weights, biases=biases
        )

    def astype(self, dtype: str) -> "Given":
        """The same in another precision."""
        weights, biases = (
            tuple(a.astype(dtype) for a in arrays) for arrays in (self.weights, self.biases)
        )
        return Given(
            replace(self.workload, dtype=dtype),
            self.x.astype(dtype),
            self.y.astype(dtype),
            weights,
            biases,
        )


def final_losses(given: Given, weights: Sequence[Any], biases: Sequence[Any]) -> Array:
    """The final loss of each of several networks, from their stacked parameters."""
    layers = [np.asarray(a) for a in weights], [np.asarray(a) for a in biases]
    return np.array(
        [
            final_loss(given, *([a[p] for a in arrays] for arrays in layers))
            for p in range(given.workload.networks)
        ]
    )


def final_loss(given: Given, weights: Sequence[Array], biases: Sequence[Array]) -> float:
    """The loss over all rows, in float64: half the mean squared error, or the mean cross-entropy.

    One definition for everybody.
    """
    a = given.x.astype("float64")
    hidden = np.tanh if given.workload.activation == "tanh" else lambda z: np.maximum(z, 0)
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = a @ np.asarray(w, "float64") + np.asarray(b, "float64")
        a = hidden(z) if layer < len(weights) - 1 else z
    if given.workload.kind == "regression":
        return float(0.5 * np.mean((a - given.y) ** 2))
    top = a.max(axis=1, keepdims=True)  # N x 1
    log_a = a - top - np.log(np.exp(a - top).sum(axis=1, keepdims=True))  # N x K
    return float(-np.mean(np.sum(given.y * log_a, axis=1)))


def save(path: Path, given: Given) -> None:
    """Write what workers are handed."""
    arrays = {f"w{i}": w for i, w in enumerate(given.weights)} | {
        f"b{i}": b for i, b in enumerate(given.biases)
    }
    np.savez(path, x=given.x, y=given.y, **arrays)


def load(path: str, workload: Workload) -> Given:
    """Read what `save` wrote."""
    with np.load(path) as file:
        layers = range(len(workload.sizes) - 1)
        weights = tuple(file[f"w{i}"] for i in layers)
        biases = tuple(file[f"b{i}"] for i in layers if f"b{i}" in file)
        return Given(workload, file["x"], file["y"], weights, biases)
