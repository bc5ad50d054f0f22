"""Rows of a table as a network takes them, in the dtype of the training and in little memory."""

from collections.abc import Callable

import numpy as np

from glassnet.models.blocks import encoded_blocks
from glassnet.recipe.rows import EncodedRows, TableRows
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Categories, Number
from glassnet.training.packed import WIDEST, PackedRows, Ramp

ENCODED_NUMBERS = 2_000_000  # that are encoded at a time: 16 MB
PACK_FROM = 4_000_000  # rows x inputs, from which on it is worth packing them
MIN_WIDTH = 3  # inputs of a ramp; fewer are not worth it


def encode_rows(rows: TableRows, encoding: TableEncoding, dtype: str) -> EncodedRows:
    """Rows as a network takes them.

    Many inputs are packed, where that keeps them to the last bit.
    """
    N, D = rows.n_rows, len(encoding.features)
    x: np.ndarray | PackedRows | None = None
    ramps = ramps_of(encoding) if N * D >= PACK_FROM else []
    if ramps:
        packed = PackedRows.empty(N, D, ramps, dtype)
        x = packed if _fill(rows, encoding, dtype, packed.fill) else None
    if x is None:
        x = plain = np.empty((N, D), dtype)

        def keep(first: int, block: np.ndarray) -> bool:
            plain[first : first + len(block)] = block
            return True

        _fill(rows, encoding, dtype, keep)
    return EncodedRows(x, encoding.encode_targets(rows.targets), rows.sample_weight, encoding)


def _fill(
    rows: TableRows, encoding: TableEncoding, dtype: str, keep: Callable[[int, np.ndarray], bool]
) -> bool:
    """Give the rows to `keep`, block by block with the number of its first row, while it is so."""
    size = max(1, ENCODED_NUMBERS // len(encoding.features))
    first = 0
    for block in encoded_blocks(encoding, rows.inputs, size):
        with np.errstate(over="ignore"):  # what float32 cannot hold is found as infinite later
            converted = block.astype(dtype, copy=False)
        if not keep(first, converted):
            return False
        first += len(block)
    return True


def ramps_of(encoding: TableEncoding) -> list[Ramp]:
    """The inputs that follow from few numbers: the bins of numbers, and categories."""
    ramps: list[Ramp] = []
    first = 0
    for column in encoding.inputs:
        width = len(column.features)
        if isinstance(column, Number):
            bins = max(0, len(column.bin_edges) - 1)
            ramps.append(Ramp(first + width - bins, bins, column.bin_height, -column.bin_height))
        elif isinstance(column, Categories):
            ramps.append(Ramp(first, width, 0.0, 0.0))
        first += width
    return [ramp for ramp in ramps if MIN_WIDTH <= ramp.width <= WIDEST]
