"""What each column of the table is, in words, and which ones are worth shuffling."""

from typing import NamedTuple

import numpy as np

from glassnet.importance.ranking import rank_by_gradients
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import Input
from glassnet.tables.inputs import Number

MOST_SHUFFLED = 20  # columns whose cells are shuffled; of more, those that gradients rank first


class RankedColumns(NamedTuple):
    """The columns that a model uses: those to shuffle, and the others."""

    shuffled: list[str]
    """In the order of the table."""
    others: list[str]
    """By gradients, the one that moves the outputs most first."""


def ranked_columns(model: Model, rows: Rows) -> RankedColumns:
    """The columns of a model by what gradients say on some rows."""
    used = [column.name for column in model.encoding.inputs if column.features]
    if len(used) <= MOST_SHUFFLED:
        return RankedColumns(used, [])
    ranked = rank_by_gradients(model, rows)
    first = set(ranked[:MOST_SHUFFLED])
    return RankedColumns([name for name in used if name in first], ranked[MOST_SHUFFLED:])


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
