"""What all of `core` needs to know about arrays: their type, and the library that one belongs to."""

from typing import Any, TypeAlias

from array_api_compat import array_namespace

__all__ = ["Array", "array_namespace"]

Array: TypeAlias = Any
"""An array of any library that follows the array-API standard (the standard has no static type of its own)."""
