"""Long sums, so that no database reads brackets within brackets more than some hundreds deep."""

from collections.abc import Sequence
from math import isqrt

LONGEST_SUM = 50  # terms in a row; of more, groups of them are put into brackets


def grouped(terms: Sequence[str]) -> list[str]:
    """The terms of a sum, with brackets around groups of them where there are many.

    A database nests a + b + c + ... as deep as there are terms.
    """
    size = max(LONGEST_SUM, isqrt(len(terms)) + 1)
    if len(terms) <= size:
        return list(terms)
    found = []
    for first in range(0, len(terms), size):
        group = list(terms[first : first + size])
        group[0] = "(" + group[0]
        group[-1] += ")"
        found += group
    return found


def largest_of(terms: Sequence[str], function: str, most: int | None) -> str:
    """The largest of several, with a function that takes so many arguments at most."""
    if len(terms) == 1:
        return terms[0]
    if most is None or len(terms) <= most:
        return f"{function}({', '.join(terms)})"
    groups = [terms[first : first + most] for first in range(0, len(terms), most)]
    return largest_of([largest_of(group, function, most) for group in groups], function, most)
