"""Made tables of any number of rows, whose shape is known: what a model should find with few rows,
and what it should not find. For `bench/curves.py` and for tests.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from bench.table_data import Table

NOISE = 0.05  # spread of the noise where a shape is to be found, of targets from -1 to 1
CENTERS = np.array([[0.2, 0.2], [0.55, 0.15], [0.85, 0.4], [0.15, 0.6], [0.5, 0.5], [0.7, 0.85]])
RADIUS = 0.15  # of the islands around CENTERS, in the unit square


def _numbers(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    return rng.uniform(0, 1, (rows, columns))


def _table(x: np.ndarray, y: np.ndarray, classify: bool = False) -> Table:
    return Table(pd.DataFrame(x, columns=[f"x{i + 1}" for i in range(x.shape[1])]), y, classify)


def waves(rows: int, seed: int, periods: int) -> Table:
    """A sine of one column."""
    rng = np.random.default_rng(seed)
    x = _numbers(rng, rows, 1)
    return _table(x, np.sin(2 * np.pi * periods * x[:, 0]) + NOISE * rng.normal(size=rows))


def steps(rows: int, seed: int) -> Table:
    """Stairs of one column: five levels, up and down."""
    rng = np.random.default_rng(seed)
    x = _numbers(rng, rows, 1)
    levels = np.array([-0.5, 1.0, 0.0, -1.0, 0.5])[np.digitize(x[:, 0], [0.15, 0.4, 0.5, 0.8])]
    return _table(x, levels + NOISE * rng.normal(size=rows))


def islands(rows: int, seed: int) -> Table:
    """Two classes in two columns: inside one of six discs, or outside of all."""
    x = _numbers(np.random.default_rng(seed), rows, 2)
    away = np.linalg.norm(x[:, None, :] - CENTERS, axis=2)  # (N, 6)
    return _table(x, (away < RADIUS).any(axis=1).astype(int), True)


def board(rows: int, seed: int) -> Table:
    """Two classes in two columns: the fields of a chessboard of four by four."""
    x = _numbers(np.random.default_rng(seed), rows, 2)
    return _table(x, np.floor(4 * x).sum(axis=1).astype(int) % 2, True)


def linear(rows: int, seed: int) -> Table:
    """A sum of five columns and noise: 80 % can be explained."""
    rng = np.random.default_rng(seed)
    x = _numbers(rng, rows, 5)
    y = (x - 0.5) @ np.array([2.0, -1.0, 1.0, 0.5, 0.0])  # its variance is 6.25 / 12
    return _table(x, y + np.sqrt(6.25 / 48) * rng.normal(size=rows))


def noise(rows: int, seed: int) -> Table:
    """Five columns that say nothing of the target."""
    rng = np.random.default_rng(seed)
    return _table(_numbers(rng, rows, 5), rng.normal(size=rows))


def noisy_classes(rows: int, seed: int) -> Table:
    """Five columns that say nothing of two classes."""
    rng = np.random.default_rng(seed)
    return _table(_numbers(rng, rows, 5), rng.integers(2, size=rows), True)


MADE: dict[str, Callable[[int, int], Table]] = {
    "1 wave": partial(waves, periods=1),
    "2 waves": partial(waves, periods=2),
    "3 waves": partial(waves, periods=3),
    "steps": steps,
    "islands": islands,
    "board": board,
    "linear": linear,
    "noise": noise,
    "noisy classes": noisy_classes,
}
"""Name -> table of (rows, seed)."""
