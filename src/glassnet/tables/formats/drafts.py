"""What one column of text could be, found from its cells alone: a `Draft`.

Numbers are drafted in `number_drafts.py`, dates and times in `time_drafts.py`; which of them a
column's cells suggest is `guess.py`'s. Where several formats read a column, `choices.py` chooses.
"""

from dataclasses import dataclass

from glassnet.tables.formats.known import Format


@dataclass(frozen=True)
class Unread:
    """A cell that does not fit the rest of its column."""

    text: str
    problem: str
    """What it is not, or has not, as a message says it after the cell."""
    verb: str = "are"
    """What the others are, or have."""


@dataclass(frozen=True)
class Draft:
    """What a column of text could be.

    Parameters
    ----------
    formats : tuple of Format
        Those that read the most cells; none: the column is text. A decimal mark that no cell has
        is "".
    n_read : int
        How many cells they read.
    n_alike : int
        How many cells one or another format reads, and so look like those.
    n_known : int
        How many cells are not missing.
    unread : Unread, or None
        The first cell that they do not read.
    n_unread : int
        How many different cells they do not read.
    is_code : bool
        Whether it is text because of zeros in front.
    """

    formats: tuple[Format, ...] = ()
    n_read: int = 0
    n_alike: int = 0
    n_known: int = 0
    unread: Unread | None = None
    n_unread: int = 0
    is_code: bool = False
