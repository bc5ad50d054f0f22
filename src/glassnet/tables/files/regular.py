"""Whether a delimited text is regular: one in which Polars finds the cells that csv finds.

That is where quotes stand around whole cells only, each line is blank or has as many cells as the
others, and lines end with LF or CR LF. It is seen from the bytes, block by block, at little cost.
"""

from typing import NamedTuple

import numpy as np

from glassnet.tables.files.header import BLANKS
from glassnet.tables.files.layout import Layout
from glassnet.tables.files.text import TableText


class Regular(NamedTuple):
    """What is known of a regular text, or a part of it: one that Polars and csv read alike."""

    rows: int
    """The header and blank lines among them."""
    padded: bool
    """Whether blanks stand around cells."""


def find_regular(text: TableText, layout: Layout) -> Regular | None:
    """What is known of the text where it is regular; None where it is not.

    Raises TableError on what is not UTF-8 text.
    """
    is_plain = layout.header_width == layout.width and layout.separator.isascii()
    parts = [_regular_part(block, layout) if is_plain else None for block in text.blocks()]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Regular(sum(part.rows for part in known), any(part.padded for part in known))


def _regular_part(block: bytes, layout: Layout) -> Regular | None:
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    if not block.endswith(b"\n"):
        return None
    codes = np.frombuffer(block, np.uint8)
    line_feeds, separators = codes == ord("\n"), codes == ord(layout.separator)
    if b'"' in block:
        outside = _outside_quotes(codes, line_feeds | separators)
        if outside is None:
            return None
        line_feeds, separators = line_feeds & outside, separators & outside
    last = np.flatnonzero(line_feeds)
    first = np.append(0, last[:-1] + 1)
    cells = 1 + np.add.reduceat(separators, first, dtype=np.int32)
    others = cells != layout.width
    if ((last - first)[others] > (codes[first[others]] == ord("\r"))).any():  # not blank
        return None
    return Regular(len(last), _has_padding(block, codes, layout))


def _outside_quotes(codes: np.ndarray, marks: np.ndarray) -> np.ndarray | bool | None:
    """Which bytes do not stand in quotes; None where quotes are not around whole cells.

    True, all of them as it were, where no mark (what ends a cell) stands in quotes.
    """
    is_quote = codes == ord('"')
    quotes = np.flatnonzero(is_quote)
    opening, closing = quotes[::2], quotes[1::2]
    edges = marks | is_quote
    whole = len(opening) == len(closing) and edges[opening - 1].all()
    if not whole or not (edges | (codes == ord("\r")))[closing + 1].all():
        return None
    if not np.logical_or.reduceat(marks, quotes)[::2].any():
        return True
    return np.cumsum(is_quote, dtype=np.uint8) % 2 == 0


def _has_padding(block: bytes, codes: np.ndarray, layout: Layout) -> bool:
    """Whether blanks stand around cells."""
    if not any(blank.encode() in block for blank in BLANKS if blank != layout.separator):
        return False
    blanks = np.flatnonzero((codes == ord(" ")) | (codes == ord("\t")))
    around = np.concatenate([codes[blanks - 1], codes[blanks + 1]])
    return bool(np.isin(around, [ord(mark) for mark in ("\r", "\n", '"', layout.separator)]).any())
