"""What each column of the table is: its cells, how many are missing, and its encoding in words."""

from typing import NamedTuple

import numpy as np

from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import Input
from glassnet.tables.inputs import Number


class ColumnFacts(NamedTuple):
    """A column of the table in words."""

    name: str
    kind: str
    """What its cells are: "number", "date", "text" or "boolean"."""
    range: str
    """From where to where its numbers or dates go, or how many different cells there are."""
    missing: int
    """How many cells are missing."""
    inputs: int
    """How many inputs of the network it becomes."""
    encoding: str
    """How it is encoded."""


def column_facts(column: Input, table: Table) -> ColumnFacts:
    """The facts of an encoded column, from its cells in the table."""
    cells = table[column.name]
    return ColumnFacts(
        name=column.name,
        kind=cells.kind,
        range=_range(column, cells),
        missing=int(cells.missing.sum()),
        inputs=len(column.features),
        encoding=str(column),
    )


def _range(column: Input, cells: Column) -> str:
    known = cells.values[~cells.missing]
    if len(known) and isinstance(column, Number) and column.date:
        first, last = (np.datetime64(round(day), "D") for day in (known.min(), known.max()))
        return f"{first} to {last}"
    if len(known) and cells.kind == "number":
        return f"{known.min():.6g} to {known.max():.6g}"
    return f"{len(set(known))} different"
