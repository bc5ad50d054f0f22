"""A column of text by its distinct cells, so that each of them is looked at once."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np


class TextCells:
    """N cells of text without the blanks around them; a cell of blanks alone is missing.

    Parameters
    ----------
    written : sequence of str or None
        Different cells.
    index : array of N ints
        The position of each row's cell in `written`; -1 where it is missing.
    """

    def __init__(self, written: Sequence[str | None], index: np.ndarray) -> None:
        position_of: dict[str, int] = {}
        position = np.full(len(written) + 1, -1)  # the last is that of missing cells
        for old, cell in enumerate(written):
            text = cell.strip() if cell is not None else ""
            if text:
                position[old] = position_of.setdefault(text, len(position_of))
        self.distinct: list[str] = list(position_of)
        self.index: np.ndarray = position[index]

    @classmethod
    def of(cls, cells: Iterable[str | None]) -> "TextCells":
        """Those of cells one by one, None where missing."""
        position_of: dict[str | None, int] = {}
        index = [position_of.setdefault(cell, len(position_of)) for cell in cells]
        return cls(list(position_of), np.array(index, int))

    @classmethod
    def of_polars(cls, series: Any) -> "TextCells":
        """Those of a Polars series of strings."""
        import polars

        distinct = series.drop_nulls().unique(maintain_order=True)
        positions = series.cast(polars.Enum(distinct)).to_physical().cast(polars.Int64)
        return cls(distinct.to_list(), positions.fill_null(-1).to_numpy())

    @cached_property
    def counts(self) -> np.ndarray:
        """How often each distinct cell stands in the column."""
        return np.bincount(self.index[self.index >= 0], minlength=len(self.distinct))

    def first_row(self, position: int) -> int:
        """The first row, from 1, of the distinct cell of that position."""
        return int(np.argmax(self.index == position)) + 1

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """N numbers from one for each distinct cell; NaN where missing."""
        return np.append(values, np.nan)[self.index]

    def texts(self, texts: Sequence[str | None]) -> np.ndarray:
        """N texts from one for each distinct cell; None where missing."""
        array = np.empty(len(texts) + 1, object)
        array[:-1] = texts
        return array[self.index]
