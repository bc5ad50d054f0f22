"""What is trained: shapes, what every program is given, and the one definition of the loss that
each must reach.

Only NumPy is imported here, so that a worker of another library carries nothing of glassnet's
(`draw.py`, in the parent, does).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Workload:
    """A training that every program repeats.

    `divide` turns the time of one call into the time reported (D reports one step of ten).
    `tolerance` is how far, relatively, a program's final loss may be from the reference, which
    plain NumPy computes in float64.
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

    @property
    def steps(self) -> int:
        """Updates in one call."""
        return self.epochs * -(-self.rows // self.batch)


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
}
"""Name -> the workloads that are timed warm, in a worker."""

FIRST = Workload(
    "200 x 5 rows, 5-16-1 ReLU, Adam, 50 epochs, full batch, float32", (5, 16, 1), 200, 200, 50
)
"""The small fit with which a fresh process begins."""


class Given(NamedTuple):
    """All that a program is handed: data, start, and (for the check) the loss to reach."""

    workload: Workload
    x: Array  # N x D
    y: Array  # N x K; one column a class for D
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    reference: float = float("nan")

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


def final_loss(given: Given, weights: list[Array], biases: list[Array]) -> float:
    """The loss over all rows, in float64: half the mean squared error, or the mean cross-entropy.

    One definition for everybody.
    """
    a = given.x.astype("float64")
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = a @ np.asarray(w, "float64") + np.asarray(b, "float64")
        a = np.maximum(z, 0) if layer < len(weights) - 1 else z
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
    np.savez(path, x=given.x, y=given.y, reference=given.reference, **arrays)


def load(path: str, workload: Workload) -> Given:
    """Read what `save` wrote."""
    with np.load(path) as file:
        layers = range(len(workload.sizes) - 1)
        weights = tuple(file[f"w{i}"] for i in layers)
        biases = tuple(file[f"b{i}"] for i in layers if f"b{i}" in file)
        return Given(workload, file["x"], file["y"], weights, biases, float(file["reference"]))
