"""Trees of arrays, any nesting of tuples, lists and dicts: their names, and the tree with other
numbers.

What the arrays mean is not known here.
"""

from collections.abc import Iterator
from copy import copy
from math import prod
from typing import Any

import numpy as np

from glassnet.core.arrays import Array, array_namespace
from glassnet.errors import GlassnetError, shown


def named_leaves(tree: Any, what: str, path: str = "") -> list[tuple[str, Array]]:
    """Every array of a tree of (named) tuples, lists and dicts with its name, as in ``weights[1]``.

    Raises GlassnetError, which calls the tree `what`, on anything else.

    >>> [name for name, _ in named_leaves(((np.ones(2), np.ones(3)), np.ones(1)), "w")]
    ['[0][0]', '[0][1]', '[1]']
    >>> [name for name, _ in named_leaves({"W1": np.ones(2), "last": {"b": np.ones(1)}}, "w")]
    ['W1', 'last.b']
    """
    if _is_array(tree):
        return [(path, tree)]
    return [
        leaf
        for name, item in _named_items(tree, what, path)
        for leaf in named_leaves(item, what, name)
    ]


def _named_items(tree: Any, what: str, path: str) -> list[tuple[str, Any]]:
    """What a tuple, list or dict holds, by its name in the tree."""
    if _is_dict(tree):
        return [(_joined(path, key), item) for key, item in tree.items()]
    if not issubclass(type(tree), (tuple, list)):
        where = f"{what}{path}" if path[:1] in ("", "[") else f"{what}.{path}"
        raise GlassnetError(
            f"{where} must be an array, or tuples, lists and dicts of arrays, got {shown(tree)}"
        )
    fields = getattr(tree, "_fields", None)
    if fields is not None:
        return [(_joined(path, field), item) for field, item in zip(fields, tree, strict=True)]
    return [(f"{path}[{i}]", item) for i, item in enumerate(tree)]


def _joined(path: str, key: Any) -> str:
    """The name of what a dict holds under a key, or a named tuple in a field."""
    if isinstance(key, str) and key.isidentifier():
        return f"{path}.{key}" if path else key
    return f"{path}[{key!r}]"


def refill(tree: Any, values: Iterator[float]) -> Any:
    """The tree again, its arrays filled from a stream of numbers.

    >>> refill([np.zeros(1), np.zeros((1, 2))], iter([1.0, 2.0, 3.0]))
    [array([1.]), array([[2., 3.]])]
    """
    if _is_array(tree):
        size = prod(tree.shape)
        return array_namespace(tree).asarray(
            np.fromiter(values, np.float64, size).reshape(tree.shape)
        )
    if _is_dict(tree):
        filled = copy(tree)  # also what a user's kind of dict holds besides
        for key in filled:
            filled[key] = refill(filled[key], values)
        return filled
    items = [refill(item, values) for item in tree]
    return tree.__class__(*items) if hasattr(tree, "_fields") else tree.__class__(items)


def entry_name(names: tuple[str, ...], arrays: tuple[Any, ...], index: int) -> str:
    """The name of the entry at `index` of all arrays put one after another.

    >>> entry_name(("weights[0]", "biases[0]"), (np.ones((2, 3)), np.ones(3)), 5)
    'weights[0][1, 2]'
    """
    for name, array in zip(names, arrays, strict=True):
        size = prod(array.shape)
        if index < size:
            return f"{name}{[int(i) for i in np.unravel_index(index, array.shape)]}"
        index -= size
    raise IndexError(index)


def split_like(values: Array, arrays: tuple[Any, ...]) -> list[Array]:
    """One long row of numbers cut into the shapes of the arrays.

    >>> split_like(np.arange(3.0), (np.ones(1), np.ones((1, 2))))
    [array([0.]), array([[1., 2.]])]
    """
    stream = iter(values)
    return [refill(np.empty(array.shape), stream) for array in arrays]


def _is_array(tree: Any) -> bool:
    return hasattr(tree, "shape")


def _is_dict(tree: Any) -> bool:
    return isinstance(tree, dict)
