"""How numbers and names of a run stand in a sentence."""

from collections.abc import Sequence
from math import floor, isfinite, log10

FEWEST_DIGITS, MOST_DIGITS = 2, 4  # significant ones
NOTHING = 0.005  # a score below it, as the R2 of the mean is, is shown as 0
CELL_DECIMALS = 4  # of the end of an interval in a table,
FEW_DECIMALS = 0.01  # that is below this, where the other end is not


def numbers_text(values: Sequence[float | None]) -> list[str]:
    """Numbers as text, with as few digits as tell them apart: two to four significant ones.

    >>> numbers_text([1.906, 6.917]), numbers_text([12.04, 11.98]), numbers_text([0.0, 23_412.0])
    (['1.9', '6.9'], ['12.04', '11.98'], ['0', '23,400'])
    """
    different = len({value for value in values if value is not None and isfinite(value)})
    digits = FEWEST_DIGITS
    while len({rounded_text(value, digits) for value in values}) < different:
        if digits == MOST_DIGITS:
            break
        digits += 1
    return [rounded_text(value, digits) for value in values]


def rounded_text(value: float | None, digits: int = FEWEST_DIGITS) -> str:
    """A number with so many significant digits, from 100 on with one more at least."""
    if value is None or not isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    size = floor(log10(abs(value)))
    decimals = max(digits, min(size + 1, 3)) - 1 - size
    rounded = round(value, decimals)
    return f"{rounded:,.{max(decimals, 0)}f}" if abs(rounded) < 1e9 else f"{rounded:.3g}"


def percent_text(fraction: float | None) -> str:
    """A fraction in percent, with a decimal where it is not whole."""
    if fraction is None:
        return "unknown"
    return f"{round(100 * fraction, 1):g} %"


def unit_text(target: str) -> str:
    """The name of a target as the unit of its numbers: all that is known of it."""
    return target.replace("_", " ")


def listed(texts: Sequence[str]) -> str:
    """Several texts as one: "a, b and c"."""
    *others, last = texts
    return f"{', '.join(others)} and {last}" if others else last


def range_cell(low: float | None, high: float | None) -> str:
    """An interval in a table: "1.96 to 3.02"; "-" where it is not known."""
    if low is None or high is None:
        return "-"
    few = max(-low, high) > FEW_DECIMALS
    return " to ".join(
        f"{end:.{CELL_DECIMALS}f}" if few and abs(end) < FEW_DECIMALS else rounded_text(end, 3)
        for end in (low, high)
    )
