"""How well one column alone predicts a target: each row from others that are like it there.

Cheap enough for every column of a wide table, fitted to nothing, and measured on rows that the
prediction did not see: a column that tells the target is found, whatever the shape between them.
What is said of it is `leaks.py`.
"""

from dataclasses import dataclass

import numpy as np

from glassnet.recipe.findings.duplicates import row_hashes
from glassnet.tables.columns import Column, Table
from glassnet.tables.inputs import Input
from glassnet.tables.targets import ClassTarget, Target

TRIED_ROWS = 2000  # rows that are looked at
GROUP_ROWS = 20  # rows that share a number; it is then taken as a category
MANY_CLASSES = 10  # of more, fewer rows


@dataclass(frozen=True)
class SingleColumn:
    """What one column alone tells of a target.

    Parameters
    ----------
    column : str
        Its name.
    explained : float
        How much of the target's variance: 1 where it is known; of classes, of the variance of
        their indicators. Below 0 where the column tells nothing.
    """

    column: str
    explained: float


def single_columns(inputs: tuple[Input, ...], table: Table, target: Target) -> list[SingleColumn]:
    """What every column that is an input tells, the best first.

    Parameters
    ----------
    inputs : tuple of Input
        The encodings; columns that are not used are left out.
    table : Table
        N rows, with the target.
    target : Target
        What is predicted.
    """
    classes = len(target.labels) if isinstance(target, ClassTarget) else 1
    most_rows = TRIED_ROWS * MANY_CLASSES // max(classes, MANY_CLASSES)
    # in random order: among equal cells the order of the table must not tell
    table = table.take(np.random.default_rng(0).permutation(table.n_rows)[:most_rows])
    y = target.encode(table[target.name])  # N x K
    # a copy of a row would be the neighbour that tells all
    once = np.sort(np.unique(row_hashes(table), return_index=True)[1])
    found = [
        SingleColumn(column.name, _explained_by(table[column.name], y, once))
        for column in inputs
        if column.features
    ]
    return sorted(found, key=lambda single: -single.explained)


def _explained_by(column: Column, y: np.ndarray, once: np.ndarray) -> float:
    """What a column tells of y, N x K; `once` are the numbers of the different rows.

    A row is predicted from the others that share its cell; one of the numbers that few rows share,
    from its neighbours in the order of the cells.
    """
    y = y - y.mean(axis=0)
    variance = np.mean(y**2)
    if not variance > 0:
        return 0.0
    group = _groups(column)
    errors = _errors_by_group(group, y)
    if column.kind in ("number", "date"):
        shared = np.bincount(group)[group] >= GROUP_ROWS
        by_order = _errors_by_order(column.values[once], y[once], ~shared[once])
        errors = np.concatenate([errors[shared], by_order])
    return float(1 - np.mean(errors**2) / variance) if errors.size else 0.0


def _errors_by_order(x: np.ndarray, y: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """y of the wanted rows less the line between the rows before and after, in the order of x.

    The mean of the two where all three cells are equal, or missing: those come last. There are none
    of the first and the last row.
    """
    order = np.argsort(x)
    x, y, wanted = x[order], y[order], wanted[order]
    width = x[2:] - x[:-2]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(width > 0, (x[1:-1] - x[:-2]) / width, 0.5)[:, None]
    errors = y[1:-1] - (y[:-2] + part * (y[2:] - y[:-2]))
    return errors[wanted[1:-1]]


def _groups(column: Column) -> np.ndarray:
    """The number of each row's group of equal cells; missing ones are equal."""
    if column.kind in ("number", "date"):
        return np.unique(column.values, return_inverse=True)[1]
    number: dict[str | None, int] = {}
    return np.array([number.setdefault(cell, len(number)) for cell in column.values])


def _errors_by_group(group: np.ndarray, y: np.ndarray) -> np.ndarray:
    """y less the mean of the other rows of the same group; of a row alone, less that of all."""
    size = np.bincount(group)
    total = np.stack([np.bincount(group, weights=part) for part in y.T], axis=1)  # groups x K
    others = (total[group] - y) / np.maximum(size[group] - 1, 1)[:, None]
    return y - others
