"""Inputs that stand in few numbers: rows of which most of the D inputs follow from a few.

A column's bins are 1 up to the bin of its cell and -1 behind it, categories are 0 but for one. Such
a *ramp* of inputs is kept as the number of the one that differs, and its value. An engine unfolds
the rows of a batch when it comes to them. Which inputs are ramps, the caller knows.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from glassnet.training.schedules import Floats

WIDEST = 255  # inputs of a ramp; the number of one of them, or of none, fits into a byte


class Ramp(NamedTuple):
    """Inputs that are `below` up to one of them, which may be any number, and `above` behind it."""

    first: int
    """The number of its first input."""
    width: int
    below: float
    above: float


class PackedRows:
    """N rows of D inputs, which look like an array of them where they are looked at.

    Parameters
    ----------
    n_inputs : int
        D.
    ramps : sequence of Ramp
        S of them; they share no input.
    plain : array, N x P
        The inputs that are in no ramp.
    index : array of uint8, N x S
        Which input of the ramp `value` is, from 0; the ramp's width: none, all are `below`.
    value : array, N x S
        Of the dtype of `plain`.
    """

    def __init__(
        self,
        n_inputs: int,
        ramps: Sequence[Ramp],
        plain: Floats,
        index: np.ndarray,
        value: Floats,
    ) -> None:
        self.ramps: tuple[Ramp, ...] = tuple(ramps)
        in_ramps = [np.arange(ramp.first, ramp.first + ramp.width) for ramp in ramps]
        self.plain_at: np.ndarray = np.delete(np.arange(n_inputs), np.concatenate(in_ramps))
        self.plain = plain
        self.index = index
        self.value = value
        self.shape: tuple[int, int] = (len(plain), n_inputs)
        self.dtype: np.dtype[Any] = plain.dtype
        self.ndim: int = 2

    @classmethod
    def empty(cls, n_rows: int, n_inputs: int, ramps: Sequence[Ramp], dtype: Any) -> "PackedRows":
        """Room for so many rows, to be filled."""
        n_plain = n_inputs - sum(ramp.width for ramp in ramps)
        index = np.empty((n_rows, len(ramps)), np.uint8)
        value = np.empty((n_rows, len(ramps)), dtype)
        return cls(n_inputs, ramps, np.empty((n_rows, n_plain), dtype), index, value)

    def fill(self, first: int, block: Floats) -> bool:
        """Pack a block of rows, rows x D of this dtype, from row number `first` on.

        Returns
        -------
        bool
            Whether unfolding them will give the same rows.
        """
        rows = slice(first, first + len(block))
        self.plain[rows] = block[:, self.plain_at]
        for s, ramp in enumerate(self.ramps):
            inputs = block[:, ramp.first : ramp.first + ramp.width]
            differs = inputs != ramp.below
            index = np.where(differs.any(axis=1), differs.argmax(axis=1), ramp.width)
            behind = np.arange(ramp.width) > index[:, None]
            if not (inputs[behind] == ramp.above).all():
                return False
            self.index[rows, s] = index
            at = np.minimum(index, ramp.width - 1)
            self.value[rows, s] = inputs[np.arange(len(block)), at]
        return True

    def take(self, rows: np.ndarray) -> "PackedRows":
        """Only the rows of these numbers, packed as they are."""
        chosen = (array[rows] for array in (self.plain, self.index, self.value))
        return PackedRows(self.shape[1], self.ramps, *chosen)

    @property
    def is_finite(self) -> bool:
        """Whether no input is NaN or infinite."""
        return bool(np.isfinite(self.plain).all() and np.isfinite(self.value).all())

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> Floats:
        """Some rows unfolded, or one by its number."""
        if isinstance(rows, (int, np.integer)):
            return self[[rows]][0]
        plain, index, value = self.plain[rows], self.index[rows], self.value[rows]
        x = np.empty((len(plain), self.shape[1]), self.dtype)
        x[:, self.plain_at] = plain
        for s, (first, width, below, above) in enumerate(self.ramps):
            inputs = x[:, first : first + width]
            number = index[:, s].astype(int)
            inputs[:] = np.where(np.arange(width) < number[:, None], below, above)
            there = np.flatnonzero(number < width)
            inputs[there, number[there]] = value[there, s]
        return x

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        x = self[:]
        return x if dtype is None else x.astype(dtype, copy=False)
