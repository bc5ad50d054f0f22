"""Which numbers of a row lie outside those that the model was trained on, in sentences.

Only where the range is known: a column's bins hold it. Cells that no category is of are
`what_if.py`'s.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.explanation.encoding import written_cell
from glassnet.models.rows import Rows
from glassnet.tables.inputs import Number


def outside_training(row: Rows) -> Iterator[str]:
    """A sentence for each number of the only row that is below or above all in the training."""
    for column in _numbers(row):
        if column.bin_edges:
            low, high = column.bin_edges[0], column.bin_edges[-1]
            yield from _outside(column, row, low, high, "seen in the training")


def changed_outside(row: Rows, names: Sequence[str], others: Rows) -> Iterator[str]:
    """The same of some columns; where the training's range is not known, of the table's rows."""
    chosen = [column for column in _numbers(row) if column.name in names]
    for column in chosen:
        where, known = "seen in the training", np.array(column.bin_edges)
        if not column.bin_edges:
            cells = others.columns[column.name]
            where, known = "of this table", cells.values[~cells.missing]
        if len(known) > 1:
            yield from _outside(column, row, float(known.min()), float(known.max()), where)


def _numbers(row: Rows) -> list[Number]:
    return [column for column in row.model.encoding.inputs if isinstance(column, Number)]


def _outside(column: Number, row: Rows, low: float, high: float, where: str) -> Iterator[str]:
    cells = row.columns[column.name]
    if cells.missing[0] or low <= cells.values[0] <= high:
        return
    ends = f"{column.written(low)} to {column.written(high)}"
    cell = written_cell(column, cells, 0)
    yield f"{column.name} {cell} is outside the values {where}, {ends}."
