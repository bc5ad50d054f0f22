"""What a setting may be: a number of a range, a whole number, a name, True or False, a function.

One rule for each kind, whoever gives the setting; all that it refuses is an OptionError that names
the setting. Which setting may be what stands beside the setting. Arrays of numbers are read in
`core/arrays.py`.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any

from glassnet.errors import OptionRef, option_error, unknown_name


@dataclass(frozen=True)
class Range:
    """The numbers that a setting may be: from `low` to `high`, and how a message says so."""

    low: float
    high: float
    description: str
    with_low: bool = True
    with_high: bool = True

    def holds(self, value: float) -> bool:
        """Whether a number is in the range."""
        above = value > self.low or (self.with_low and value == self.low)
        below = value < self.high or (self.with_high and value == self.high)
        return above and below


PLAIN_KINDS = {"b": bool, "i": int, "u": int, "f": float}
"""NumPy's kinds of dtype -> Python's own."""

STANDARD_KINDS = {
    "b": "bool",
    "i": "signed integer",
    "u": "unsigned integer",
    "f": "real floating",
}
"""The same kinds -> what the array-API standard calls them."""

POSITIVE = Range(0, math.inf, "a positive number", with_low=False, with_high=False)
NOT_NEGATIVE = Range(0, math.inf, "0 or more", with_high=False)
FROM_0_TO_1 = Range(0, 1, "from 0 to 1")
FROM_0_TO_BELOW_1 = Range(0, 1, "from 0 to below 1", with_high=False)


def setting(default: float, allowed: Range) -> Any:
    """A field of a dataclass with its default and the numbers that it may be."""
    return field(default=default, metadata={"allowed": allowed})


def check_settings(holder: Any) -> None:
    """Checks the numbers of a frozen dataclass, made with `setting`; each becomes a float."""
    for one in fields(holder):
        allowed = one.metadata.get("allowed", POSITIVE)
        number = checked_number(one.name, getattr(holder, one.name), allowed)
        object.__setattr__(holder, one.name, number)


def checked_number(name: str, value: Any, allowed: Range) -> float:
    """A number of a range. Raises OptionError, naming the setting, on anything else."""
    number = number_or_nan(value)
    if not allowed.holds(number):
        wanted = "a number" if math.isnan(number) else allowed.description
        raise option_error(name, f"must be {wanted}", value)
    return number


def number_or_nan(value: Any) -> float:
    """A real number as a float, and NaN for anything else: True, text, complex numbers, dates."""
    number = plain_number(value)
    if not is_real(number):
        return math.nan
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def is_real(value: Any) -> bool:
    """Whether a value is a real number, Python's or NumPy's; True and durations are none."""
    if type(value) in (float, int):  # nearly always; asking the abstract class takes its time
        return True
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    dtype = getattr(value, "dtype", None)
    return dtype is None or dtype.kind in "iuf"  # NumPy has durations among the whole numbers


def is_whole(value: Any, least: float = -math.inf) -> bool:
    """Whether a value is a whole number, of `least` or more."""
    number = plain_number(value)
    return is_real(number) and isinstance(number, (int, Integral)) and int(number) >= least


def checked_whole(name: str, value: Any, least: int, most: float = math.inf) -> int:
    """A whole number from `least` to `most`. Raises OptionError, naming the setting, otherwise."""
    if not is_whole(value, least):
        raise option_error(name, f"must be a whole number of {least} or more", value)
    if value > most:
        raise option_error(name, f"must be at most {most:,}", value)
    return int(value)


UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
UNITS |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
"""Units of memory -> how many bytes each is."""

_BYTES = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*([a-zA-Z]*)\s*")


def bytes_of(name: str, value: Any) -> int:
    """A size of memory in bytes: a whole number of them, or a text with its unit.

    Raises OptionError, naming the setting, on anything else.

    >>> bytes_of("memory", "1.5GB"), bytes_of("memory", "512 MiB")
    (1500000000, 536870912)
    """
    if is_whole(value, 1):
        return int(value)
    found = _BYTES.fullmatch(value) if isinstance(value, str) else None
    units = {"": 1} | {unit.lower(): size for unit, size in UNITS.items()}
    if found is None or found[2].lower() not in units:
        raise option_error(name, "must be a size such as 512MB or 2GB, or a number of bytes", value)
    return int(float(found[1]) * units[found[2].lower()])


def checked_flag(name: str, value: Any) -> bool:
    """True or False. Raises OptionError, naming the setting, on anything else."""
    flag = plain_number(value)
    if not isinstance(flag, bool):
        raise option_error(name, "must be True or False", value)
    return flag


def check_type(name: str, value: Any, kind: type, wanted: str) -> None:
    """Raises OptionError, naming the setting, on what is not of that kind."""
    if not isinstance(value, kind):
        raise option_error(name, f"must be {wanted}", value)


def check_function(name: str, value: Any, wanted: str = "a function") -> None:
    """Raises OptionError, naming the setting, on what cannot be called."""
    if not callable(value):
        raise option_error(name, f"must be {wanted}", value)


def check_all_text(**settings: Any) -> None:
    """Raises OptionError, naming the setting, on one that is not text."""
    for name, value in settings.items():
        if not isinstance(value, str):
            raise option_error(name, "must be text", value)


def check_name(name: str, value: Any, known: Iterable[str]) -> None:
    """Raises OptionError, naming the setting, on what is not one of the known names."""
    if not isinstance(value, str) or value not in known:
        raise unknown_name(OptionRef(name), value, known)


def items_of(value: Any) -> tuple[Any, ...] | None:
    """The items of a list, tuple, range or array of one dimension; None for anything else."""
    if type(value) in (tuple, list):
        return tuple(value)
    is_list = issubclass(type(value), Sequence) and not isinstance(value, (str, bytes, bytearray))
    if is_list or (hasattr(value, "__iter__") and getattr(value, "ndim", 0) == 1):
        return tuple(value)
    return None


def plain_number(value: Any) -> Any:
    """A number of an array library, also in an array without dimensions, as Python's own.

    Anything else, dates and durations among it, stays as it is.

    >>> import numpy as np
    >>> plain_number(np.float32(0.5)), plain_number(np.array(3)), plain_number("a")
    (0.5, 3, 'a')
    """
    if type(value) in (float, int, bool, str):
        return value
    dtype = getattr(value, "dtype", None)
    if dtype is None or getattr(value, "ndim", None) != 0 or hasattr(value, "mask"):
        return value
    kind = getattr(dtype, "kind", "") or _standard_kind(value)
    return PLAIN_KINDS[kind](value) if kind in PLAIN_KINDS else value


def _standard_kind(value: Any) -> str:
    """The kind of dtype of an array that only the standard knows; "" where it has none."""
    if not hasattr(value, "__array_namespace__"):
        return ""
    isdtype = value.__array_namespace__().isdtype
    found = [kind for kind, name in STANDARD_KINDS.items() if isdtype(value.dtype, name)]
    return found[0] if found else ""
