"""Rows that stand in the table more than once, and flatter the score.

How equal rows are found, and told from rows that are equal by nature, is in `duplicates.py`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from glassnet.errors import GlassnetWarning
from glassnet.recipe.findings.duplicates import are_copies, find_duplicates

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

FEWEST_COPIES = 3  # rows; fewer matter to nobody
FEWEST_COPIES_PART = 0.001  # of the rows, likewise


def copied_rows(run: "TableRun") -> Iterator[GlassnetWarning]:
    """Rows that are equal, inputs and targets, and how many of them flatter the score."""
    encoding = run.model.encoding
    used = [column.name for column in encoding.inputs]
    table = run.columns.select([*used, *(target.name for target in encoding.targets)])
    found = find_duplicates(table)
    if found.count < max(FEWEST_COPIES, FEWEST_COPIES_PART * table.n_rows):
        return
    if not are_copies(found, table.select(used)):
        return
    message = f"{found.count:,} of {table.n_rows:,} rows are copies of others, target included"
    holdout = run.rows["holdout"]
    others = np.concatenate([run.rows["train"], run.rows["validation"]])
    straddling = found.straddling(others, holdout)
    if straddling:
        message += (
            f"; {straddling:,} of the {len(holdout):,} held-out rows "
            f"({straddling / len(holdout):.1%}) are also trained on, which flatters the score"
        )
    yield GlassnetWarning(message, remedy="leave each in the table once")
