"""Arrays: their type, the library that one belongs to, and what a user gives as one.

Settings that are one number are checked in `glassnet.settings`.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from glassnet.errors import GlassnetError, shown
from glassnet.settings import is_real

__all__ = ["Array", "array_namespace", "as_array_like", "check_unmasked", "real_array"]

Array: TypeAlias = Any
"""An array of any library that follows the array-API standard (the standard has no static type of
its own).
"""

NUMBER_KINDS = "fiub"  # NumPy's kinds of dtype that hold real numbers
OTHER_KINDS = {
    "c": "complex numbers: give their real part, or both parts as columns",
    "M": "dates: turn them into numbers first, such as days from a start",
    "m": "durations: turn them into numbers first, such as hours",
    "U": "text: turn it into numbers first",
    "S": "bytes: turn them into numbers first",
}
"""A kind of dtype that is no number -> what such an array holds, and the remedy."""


def array_namespace(*arrays: Array) -> Any:
    """The library that the arrays belong to.

    NumPy follows the standard itself, so array-api-compat, which is slow to import, can wait.
    Raises GlassnetError where they belong to none, or to several.
    """
    if all(isinstance(array, (np.ndarray, np.generic)) for array in arrays):
        return np
    from array_api_compat import array_namespace as found

    try:
        return found(*arrays)
    except TypeError:
        kinds = ", ".join(sorted({type(array).__name__ for array in arrays}))
        raise GlassnetError(f"expected arrays of one library, such as NumPy, got {kinds}") from None


def as_array_like(values: Any, like: Array, name: str) -> Array:
    """What a user gave as an array of the library and dtype of another one.

    Raises GlassnetError, by that name, on what does not hold real numbers.
    """
    if type(values) is type(like) and values.dtype == like.dtype:
        return values
    xp = array_namespace(like)
    if xp is np:
        return real_array(values, name, like.dtype)
    if isinstance(values, np.ndarray) or not hasattr(values, "__array_namespace__"):
        values = real_array(values, name)
    elif xp.isdtype(values.dtype, "complex floating"):
        raise GlassnetError(f"{name} must be numbers, but holds {OTHER_KINDS['c']}")
    return xp.asarray(values, dtype=like.dtype)


def real_array(values: Any, name: str, dtype: Any = np.float64) -> np.ndarray:
    """What a user gave as a NumPy array of real numbers, its rows one after another in memory.

    Parameters
    ----------
    values : array_like
        Numbers in an array, a list, a data frame or a series.
    name : str
        What messages call it.
    dtype : dtype
        Of the array; what it cannot hold becomes infinite.

    Raises
    ------
    GlassnetError
        On text, dates, complex numbers, masked cells, sparse matrices and all else that is not an
        array of numbers; None becomes NaN.
    """
    array = values if type(values) is np.ndarray else _any_array(values, name)
    if array.dtype.kind not in NUMBER_KINDS:
        array = _number_by_number(array, name)
    if array.dtype == dtype:
        return np.asarray(array, order="C")
    with np.errstate(over="ignore"):
        return np.asarray(array, dtype, order="C")


def _any_array(values: Any, name: str) -> np.ndarray:
    """Any array; raises GlassnetError on masked cells, and on what is none."""
    check_unmasked(values, name)
    if hasattr(values, "toarray"):
        raise GlassnetError(f"{name} is a sparse matrix: give {name}.toarray()")
    by_columns = getattr(values, "iter_columns", getattr(values, "itercolumns", None))
    try:
        if by_columns is not None:  # Polars and PyArrow would turn dates into numbers beside others
            return np.column_stack([real_array(column, name) for column in by_columns()])
        array: np.ndarray = np.asarray(values)
    except GlassnetError:
        raise
    except Exception:  # whatever another library's conversion raises
        raise _no_numbers(name, values) from None
    if array.ndim == 0 and array.dtype == object:
        raise _no_numbers(name, values)
    return array


def check_unmasked(values: Any, name: str) -> None:
    """Raises GlassnetError on masked cells, of an array or of arrays in a list."""
    rows: Iterable[Any] = values if type(values) in (list, tuple) else (values,)
    if any(hasattr(row, "mask") and np.ma.is_masked(row) for row in rows):
        raise GlassnetError(f"{name} holds masked cells: fill them, or leave out their rows")


def _no_numbers(name: str, values: Any) -> GlassnetError:
    kind = "None" if values is None else type(values).__name__
    return GlassnetError(f"{name} must be numbers, in rows of one length, got {kind}")


def _number_by_number(array: np.ndarray, name: str) -> np.ndarray:
    """Objects that are numbers as float64; raises GlassnetError where one is none."""
    if array.dtype.kind in OTHER_KINDS:
        raise GlassnetError(f"{name} must be numbers, but holds {OTHER_KINDS[array.dtype.kind]}")
    if array.dtype.kind == "O":
        for index, value in np.ndenumerate(array):
            if not _is_number(value):
                at = ", ".join(map(str, index))
                raise GlassnetError(f"{name} must be numbers, but [{at}] is {shown(value)}")
    try:
        with np.errstate(over="ignore"):
            return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise GlassnetError(f"{name} must be numbers, got {array.dtype}") from None


def _is_number(value: Any) -> bool:
    from decimal import Decimal  # which few tables hold

    return value is None or is_real(value) or isinstance(value, (bool, np.bool_, Decimal))
