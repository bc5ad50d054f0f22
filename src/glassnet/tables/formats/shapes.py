"""What cells look like when every digit is alike, so that each look is examined once."""

from collections.abc import Sequence

LONGEST = 60  # characters; longer cells are no numbers, dates or times

_NINES = str.maketrans("0123456789", "9999999999")


def by_shape(texts: Sequence[str]) -> dict[str, list[int]]:
    """The positions of the texts of each shape; cells that are too long have none.

    >>> by_shape(["1.5", "12", "2.5"])
    {'9.9': [0, 2], '99': [1]}
    """
    positions: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        if len(text) <= LONGEST:
            positions.setdefault(text.translate(_NINES), []).append(i)
    return positions
