"""Values as Python, JavaScript and R write them, which differ in a few names only."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple


class LiteralStyle(NamedTuple):
    """How a language writes what is no finite number.

    Parameters
    ----------
    text : function
        Writes a text.
    nothing, true, false, infinity, not_a_number : str
        These values; infinity is the positive one.
    listed : str
        What stands around the items of a list, {}.
    """

    text: Callable[[str], str]
    nothing: str
    true: str
    false: str
    infinity: str
    not_a_number: str
    listed: str = "[{}]"


def literal_of(value: Any, style: LiteralStyle) -> str:
    """A number to its last digit, a text, True, False, None, or a list of them; also NumPy's."""
    if value is None:
        return style.nothing
    if isinstance(value, bool):
        return style.true if value else style.false
    if isinstance(value, str):
        return style.text(value)
    if isinstance(value, (tuple, list)):
        return style.listed.format(", ".join(literal_of(one, style) for one in value))
    if math.isnan(value):
        return style.not_a_number
    if math.isinf(value):
        return style.infinity if value > 0 else f"-{style.infinity}"
    return float.__repr__(value) if isinstance(value, float) else str(value)
