"""Columns of a table that go along with its predictions, each cell as it is written there."""

from collections.abc import Sequence
from typing import Any

from glassnet.errors import OptionRef, TableError, unknown_name
from glassnet.tables.frames import frame_cells, frame_names

ALL = "all"
"""What stands for every column."""

Columns = dict[str, list[Any]]


def kept_columns(table: Any, keep: str | Sequence[str]) -> Columns:
    """Some columns of a data frame or dict of columns, as they are.

    Parameters
    ----------
    table : data frame or dict of columns
        N rows; read from a file of text its cells are as they are written there.
    keep : str or sequence of str
        The columns; "all": every one. A text that is no column's name may name several, separated
        by commas.

    Raises GlassnetError on a name that is no column's.
    """
    names = frame_names(table)
    wanted: list[str] = []
    for text in [keep] if isinstance(keep, str) else keep:
        wanted += _named(text, names)
    return {name: frame_cells(table, name) for name in dict.fromkeys(wanted)}


def _named(text: str, names: Sequence[str]) -> Sequence[str]:
    """The columns that a text names."""
    if text == ALL:
        return names
    if text in names:
        return [text]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for name in parts:
        if name not in names:
            raise unknown_name("column to keep", name, names)
    return parts


def beside(kept: Columns, predicted: Columns) -> Columns:
    """Both together. Raises TableError where two have the same name."""
    for name in kept:
        if name in predicted:
            raise TableError(
                f"a column of the table is named '{name}', as one of the output is",
                column=name,
                remedy=["rename it, or leave it out of ", OptionRef("keep")],
            )
    return {**kept, **predicted}
