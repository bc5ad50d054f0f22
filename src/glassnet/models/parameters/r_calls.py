"""The calls of R that only put numbers together: c, matrix, structure, rbind, cbind, list."""

from typing import Any, NamedTuple

import numpy as np

MATRIX_ARGUMENTS = ("data", "nrow", "ncol", "byrow", "dimnames")
"""Of R's matrix(), in their order."""


class UnreadableError(Exception):
    """What stands there is no number that is written out."""


class RArguments(NamedTuple):
    """The arguments of a call, or the items of a list: (name, value); "" where there is none."""

    items: list[tuple[str, Any]]

    @property
    def values(self) -> list[Any]:
        """All values in their order, named or not."""
        return [value for _, value in self.items]

    @property
    def plain(self) -> list[Any]:
        """The values without names."""
        return [value for name, value in self.items if not name]

    @property
    def named(self) -> dict[str, Any]:
        """The values with names. Raises UnreadableError where a name stands there twice."""
        found: dict[str, Any] = {}
        for name, value in self.items:
            if name in found:
                raise UnreadableError(f"'{name[:40]}' twice")
            if name:
                found[name] = value
        return found


def r_range(first: float, last: Any) -> list[float]:
    """The whole numbers from one to the other, as 3:1 has them."""
    if not isinstance(last, float) or abs(last - first) >= 10**6:
        raise UnreadableError("a range that is no range of whole numbers")
    step = 1 if last >= first else -1
    return [first + step * number for number in range(int(abs(last - first)) + 1)]


def r_called(function: str, given: RArguments) -> Any:
    """What a call that puts numbers together gives."""
    if function == "c":
        return _flat(given.values)
    if function == "list":
        _ = given.named  # refuses a name that stands there twice
        return given
    if function == "matrix":
        return _matrix(given)
    if function == "structure":
        return _structure(given)
    if function in ("rbind", "cbind"):
        parts = given.values
        lengths = {len(part) if isinstance(part, list) else -1 for part in parts}
        if len(lengths) != 1 or -1 in lengths:
            raise UnreadableError(f"{function}() of what are not vectors of one length")
        array = _numbers(parts)
        return array if function == "rbind" else array.T
    raise UnreadableError(f"{function[:40]}()")


def _matrix(given: RArguments) -> np.ndarray:
    """matrix(data, nrow, ncol, byrow), by columns unless it says otherwise."""
    settings = given.named
    for name in settings.keys() - set(MATRIX_ARGUMENTS):
        raise UnreadableError(f"matrix() with '{name[:40]}'")
    others = [name for name in MATRIX_ARGUMENTS if name not in settings]
    settings |= zip(others, given.plain, strict=False)
    data = settings.get("data")
    numbers = _numbers(data if isinstance(data, list) else [data])
    rows, columns = settings.get("nrow"), settings.get("ncol")
    rows, columns = (None if one is None else _size(one) for one in (rows, columns))
    if rows is None:
        rows = len(numbers) if columns is None else -(-len(numbers) // columns)
    columns = -(-len(numbers) // rows) if columns is None else columns
    if rows * columns != len(numbers):
        raise UnreadableError(f"{len(numbers)} numbers in a matrix of {rows} x {columns}")
    byrow = settings.get("byrow", False)
    if not isinstance(byrow, bool):
        raise UnreadableError("a byrow that is neither TRUE nor FALSE")
    return numbers.reshape((rows, columns), order="C" if byrow else "F")


def _structure(given: RArguments) -> np.ndarray:
    """structure(c(...), dim = c(3, 4)), as dput writes a matrix."""
    sizes = given.named.get("dim", given.named.get(".Dim"))
    [data] = given.plain if len(given.plain) == 1 else [None]
    numbers = _numbers(data if isinstance(data, list) else [data])
    if not isinstance(sizes, list) or len(sizes) != 2:
        raise UnreadableError("structure() without the two sizes of a matrix")
    rows, columns = map(_size, sizes)
    if rows * columns != len(numbers):
        raise UnreadableError(f"{len(numbers)} numbers in a matrix of {rows} x {columns}")
    return numbers.reshape((rows, columns), order="F")


def _flat(items: list[Any]) -> list[Any]:
    """The items, and in the place of a vector its own."""
    return [one for item in items for one in (item if isinstance(item, list) else [item])]


def _numbers(items: list[Any]) -> np.ndarray:
    flat = _flat(items)
    if not flat or not all(isinstance(one, float) for one in flat):
        raise UnreadableError("what are not all numbers")
    return np.array(items, float)


def _size(value: Any) -> int:
    if not isinstance(value, float) or not 1 <= value < 2**31 or value != int(value):
        raise UnreadableError("a size that is no whole number")
    return int(value)
