"""Arrays: their type, and the library that one belongs to."""

from typing import Any, TypeAlias

import numpy as np

__all__ = ["Array", "array_namespace"]

Array: TypeAlias = Any
"""An array of any library that follows the array-API standard (the standard has no static type of
its own).
"""


def array_namespace(*arrays: Array) -> Any:
    """The library that the arrays belong to.

    NumPy follows the standard itself, so array-api-compat, which is slow to import, can wait.
    """
    if all(isinstance(array, (np.ndarray, np.generic)) for array in arrays):
        return np
    from array_api_compat import array_namespace as found

    return found(*arrays)
