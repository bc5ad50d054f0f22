"""How a row stands beside those that a model was trained on, in sentences: unusual cells, the most
similar rows.

Numbers outside all that were seen are `outside.py`'s.
"""

from collections.abc import Iterator

import numpy as np

from glassnet.explanation.encoding import cell_as_text, written_cell
from glassnet.models.rows import Rows
from glassnet.tables.columns import Column
from glassnet.tables.inputs import Binary, Categories, Number

RARE = 0.05  # of the rows trained on: a cell at an end of them, or a category of so few
MOST_CELLS = 5  # unusual cells that are named
SIMILAR = 3  # rows that are named


def beside_trained(rows: Rows, row: int, trained: np.ndarray) -> tuple[str, ...]:
    """Which cells of a row are unusual, and what the rows most like it are.

    Parameters
    ----------
    rows : Rows
        All rows, with the model, and known targets of those trained on.
    row : int
        Its number, from 0.
    trained : ndarray of int
        The numbers of the rows trained on, from 0; the row itself does not count.
    """
    trained = trained[trained != row]
    if not len(trained):
        return ()
    return (_unusual_cells(rows, row, trained), _most_similar(rows, row, trained))


def _unusual_cells(rows: Rows, row: int, trained: np.ndarray) -> str:
    found: list[tuple[float, str]] = []
    for encoding in rows.model.encoding.inputs:
        if isinstance(encoding, (Number, Binary, Categories)):
            cells = rows.columns[encoding.name]
            fraction, how = _rarity(cells, row, trained, isinstance(encoding, Number))
            if fraction <= RARE:
                cell = "missing" if cells.missing[row] else written_cell(encoding, cells, row)
                found.append((fraction, f"{encoding.name} {cell} ({how})"))
    if not found:
        return (
            f"None of its cells is unusual (unusual: in the highest or lowest {RARE:.0%} of the "
            "rows trained on, or a category of so few)."
        )
    shown = ", ".join(text for _, text in sorted(found)[:MOST_CELLS])
    return f"Unusual beside the rows trained on: {shown}."


def _rarity(cells: Column, row: int, trained: np.ndarray, number: bool) -> tuple[float, str]:
    """The fraction of the rows trained on that are as far out as a cell, or have it; in words."""
    missing = cells.missing
    if missing[row] or not number:
        same = missing if missing[row] else cells.values == cells.values[row]
        fraction = float(same[trained].mean())
        return fraction, f"in {fraction:.1%} of them" if fraction else "in none of them"
    known = cells.values[trained][~missing[trained]]
    if not len(known):
        return 0.0, "in none of them"
    above, below = (known >= cells.values[row]).mean(), (known <= cells.values[row]).mean()
    end = "highest" if above < below else "lowest"
    fraction = float(min(above, below))
    return fraction, f"in the {end} {fraction:.1%}" if fraction else f"{end} of all"


def _most_similar(rows: Rows, row: int, trained: np.ndarray) -> str:
    """The rows nearest in the network's inputs, with their actual values."""
    distances = np.linalg.norm(rows.x[trained] - rows.x[row], axis=1)
    nearest = trained[np.argsort(distances, kind="stable")[:SIMILAR]]
    shown = ", ".join(f"row {one + 1} (actual {', '.join(_actual(rows, one))})" for one in nearest)
    return f"Most like it of the rows trained on: {shown}."


def _actual(rows: Rows, row: int) -> Iterator[str]:
    targets = rows.model.encoding.targets
    for target in targets:
        name = f"{target.name} " if len(targets) > 1 else ""
        yield f"{name}{cell_as_text(rows.targets[target.name], row)}"
