"""Data damaged on purpose: one change of JSON data, or of named arrays, at a time.

A change is drawn from a `random.Random`, so that a seed tells it again. What may come of a damaged
model or run is checked by whoever damages it (`damaged_models.py`, `damaged_runs.py`).
"""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2, 3, 2**31, 2**63, 10**30, 10**400, 0.0, -0.0, 0.5, -2.5, 1e-320,
    1e300, -1e300, float("nan"), float("inf"), float("-inf"), "", "x", "nan", "0", "a b", "é\u202e",
    "\ud800", "\x1b[2J", "\x00", "y" * 3000, [], {}, [[]], [0], ["a", "a"], {"kind": "number"},
    {"a": {"b": {"c": [1, [2, [3]]]}}}, "huber:nan", "huber:-1", "softmax", "relu", "number",
    "unused", "binary", "regression", "multiclass", "loss", "epoch",
]  # fmt: skip
"""Values that stand where others were."""

Path = tuple[Any, ...]


def check_refusal(error: Exception, beginning: str = "") -> None:
    """Raises AssertionError unless an error is one line that begins so."""
    assert str(error).startswith(beginning), error
    assert "\n" not in str(error), error


def paths_of(data: Any, prefix: Path = ()) -> Iterator[Path]:
    """The path of every value in JSON data, that of the whole left out."""
    items: Any = ()
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for key, value in items:
        yield (*prefix, key)
        yield from paths_of(value, (*prefix, key))


def changed(data: Any, draw: random.Random, paths: list[Path]) -> Any:
    """JSON data with one change somewhere: a copy where it was changed, the rest as it was."""
    path = draw.choice(paths)
    copied = copy.copy(data)
    parent = copied
    for key in path[:-1]:
        parent[key] = copy.copy(parent[key])
        parent = parent[key]
    draw.choice(CHANGES)(parent, path[-1], draw, data, paths)
    return copied


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _delete(parent: Any, key: Any, *_: Any) -> None:
    del parent[key]


def _replace(parent: Any, key: Any, draw: random.Random, *_: Any) -> None:
    parent[key] = draw.choice(ODD)


def _take_another(parent: Any, key: Any, draw: random.Random, data: Any, paths: list[Path]) -> None:
    parent[key] = _at(data, draw.choice(paths))


def _nest(parent: Any, key: Any, *_: Any) -> None:
    parent[key] = [parent[key]]


def _resize(parent: Any, key: Any, draw: random.Random, *_: Any) -> None:
    value = parent[key]
    if isinstance(value, list):
        parent[key] = value[:-1] if draw.random() < 0.5 else [*value, *value[-1:]]
    elif isinstance(value, dict):
        parent[key] = {**value, draw.choice(["kind", "unknown", "name"]): draw.choice(ODD)}
    elif isinstance(value, str):
        parent[key] = value[:-1] if draw.random() < 0.5 else value + value
    else:
        _scale(parent, key, draw)


def _scale(parent: Any, key: Any, draw: random.Random, *_: Any) -> None:
    value = parent[key]
    if isinstance(value, int | float):
        factor = draw.choice([-1, 0, 2, 1000, 1e9, 1e200, 0.001])
        parent[key] = value * (factor if abs(value) < 2**64 else int(factor))
    else:
        parent[key] = draw.choice(ODD)


def _swap(parent: Any, key: Any, draw: random.Random, *_: Any) -> None:
    keys = list(parent) if isinstance(parent, dict) else range(len(parent))
    other = draw.choice(keys)
    parent[key], parent[other] = parent[other], parent[key]


CHANGES: list[Callable[..., None]] = [
    _delete, _replace, _replace, _replace, _take_another, _nest, _resize, _scale, _swap,
]  # fmt: skip


def changed_arrays(arrays: dict[str, np.ndarray], draw: random.Random) -> dict[str, np.ndarray]:
    """Named arrays with one change: a number, a shape, a type, a name."""
    found = dict(arrays)
    name = draw.choice(list(found))
    array = found[name].copy()
    kind = draw.randrange(7)
    if kind == 0:
        array.flat[draw.randrange(array.size)] = draw.choice([0, 1, -1, 3])
    elif kind == 1 and array.dtype.kind == "f":
        odd = [np.nan, np.inf, -np.inf, 1e30, -1e38, 1e-40]
        array.flat[draw.randrange(array.size)] = draw.choice(odd)
    elif kind == 2:
        array = draw.choice([array[:-1], array[:0], array[None], array.ravel(), array.T])
    elif kind == 3:
        with np.errstate(all="ignore"):
            array = array.astype(draw.choice([np.float16, np.float64, np.int64, np.uint8, bool]))
    elif kind == 4:
        found[draw.choice(["more", "history.more", "members.9.weights.1"])] = array
    elif kind == 5:
        other = draw.choice(list(found))
        array, found[other] = found[other], array
    else:
        del found[name]
        return found
    found[name] = array
    return found
