"""Rows that stand in a table more than once, found by a hash of all their cells.

Rows of a few categories are equal by nature; those are told apart from rows that were copied. What
is said of it is `copies.py`.
"""

from dataclasses import dataclass

import numpy as np

from glassnet.tables.columns import Column, Table

SAMPLE_FOR_CHANCE = 3000  # rows from which the chance of equal cells is estimated
FEWEST_PASTED = 20  # different rows; of fewer, equal numbers of each may be a design
MOSTLY_ALONE = 0.5  # of the different rows, where copies are the exception
BY_CHANCE = 0.1  # of the equal pairs: as many by mere chance, and the rows are equal by nature

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads the bits of a product


@dataclass(frozen=True, eq=False)
class Duplicates:
    """Which rows are equal.

    Parameters
    ----------
    group : array of N int
        Rows of one number are equal.
    size : array of int
        How many rows each group has.
    """

    group: np.ndarray
    size: np.ndarray

    @property
    def count(self) -> int:
        """How many rows there are beyond the first of each group."""
        return len(self.group) - len(self.size)

    def straddling(self, others: np.ndarray, rows: np.ndarray) -> int:
        """How many of some rows are equal to one of the others; both by number from 0."""
        elsewhere = np.zeros(len(self.size), bool)
        elsewhere[self.group[others]] = True
        return int(elsewhere[self.group[rows]].sum())


def find_duplicates(table: Table) -> Duplicates:
    """The equal rows of a table; missing cells are equal."""
    _, group, size = np.unique(row_hashes(table), return_inverse=True, return_counts=True)
    return Duplicates(group, size)


def row_hashes(table: Table) -> np.ndarray:
    """A number for each row, N uint64, which depends on the values of all its cells."""
    total = np.zeros(table.n_rows, np.uint64)
    for column in table.values():
        total = (total ^ (total >> np.uint64(29)) ^ _bits(column)) * _ODD
    return total ^ (total >> np.uint64(32))


def _bits(column: Column) -> np.ndarray:
    """Each cell as a uint64; equal cells have equal bits."""
    if column.kind in ("number", "date"):
        values = np.where(np.isnan(column.values), np.nan, column.values + 0.0)  # one NaN, no -0
        return values.view(np.uint64)
    hashes = np.fromiter(map(hash, column.values), np.int64, len(column.values))
    return hashes.view(np.uint64)


def are_copies(found: Duplicates, inputs: Table) -> bool:
    """Whether equal rows were copied, rather than being equal because few rows are possible.

    They were where the whole table was pasted several times; else they are the exception, and
    were the inputs' cells drawn apart, hardly any rows would be equal.
    """
    if not found.count:
        return False
    if len(found.size) >= FEWEST_PASTED and (found.size == found.size[0]).all():
        return True
    if np.mean(found.size == 1) < MOSTLY_ALONE:
        return False
    pairs = float(np.sum(found.size * (found.size - 1.0)) / 2)
    N = len(found.group)
    expected = N * (N - 1.0) / 2
    sample = inputs.take(np.linspace(0, N - 1, min(N, SAMPLE_FOR_CHANCE)).astype(int))
    for column in sample.values():
        expected *= _chance_of_equal(column)
        if expected <= BY_CHANCE * pairs:
            return True
    return False


def _chance_of_equal(column: Column) -> float:
    """The chance that two different rows' cells are equal; never 0, for the sample is small."""
    count = np.unique(_bits(column), return_counts=True)[1].astype(float)
    n = max(2.0, count.sum())
    return float((1 + np.sum(count * (count - 1)) / 2) / (n * (n - 1) / 2))
