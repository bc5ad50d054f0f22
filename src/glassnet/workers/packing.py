"""What all blocks need as arrays of bytes: whoever moves them does so once, and reads them there.

Large arrays stay arrays of their own, so that they need not be moved again where they are already;
all else is in the first one. joblib maps them into the memory of all processes of a machine, Dask
and Ray keep them once on each. Unpacking copies nothing: the arrays that come back are views, which
cannot be written to.
"""

import pickle
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, shown

LARGE = 2_000_000
"""Bytes from which on an array is moved by itself; joblib maps those into memory, too."""
ALIGNED = 64  # bytes: where arrays begin, as wide as a cache line and as the widest vectors
MOST_REMEMBERED = 2  # things that a worker remembers: as many callers may take turns on it
APART = -1  # the length of what is an array of its own
_known: dict[str, Any] = {}
_lock = Lock()  # Dask's workers may be threads of one process


def to_bytes(value: Any) -> list[np.ndarray]:
    """Any value, with functions of the user's own in it, as arrays of bytes; large ones are views.

    Raises GlassnetError on what cannot be sent.
    """
    import cloudpickle

    buffers: list[pickle.PickleBuffer] = []
    try:
        text = cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise GlassnetError(
            f"what is trained cannot be sent to other processes: {shown(error)}",
            remedy="leave out what holds it, or train without joblib's workers",
        ) from error
    parts = [text, *(buffer.raw() for buffer in buffers)]
    large = [np.frombuffer(part, np.uint8) for part in parts[1:] if len(part) >= LARGE]
    is_apart = [False, *(len(part) >= LARGE for part in parts[1:])]
    lengths = [APART if apart else len(part) for part, apart in zip(parts, is_apart, strict=True)]
    head = np.array([len(parts), *lengths], np.int64).tobytes()
    inside = [head, *(part for part, apart in zip(parts, is_apart, strict=True) if not apart)]
    ends = np.cumsum([_aligned(len(part)) for part in inside])
    first = np.zeros(ends[-1], np.uint8)
    for part, begin in zip(inside, [0, *ends[:-1]], strict=True):
        first[begin : begin + len(part)] = np.frombuffer(part, np.uint8)
    return [first, *large]


def from_bytes(arrays: Sequence[np.ndarray], key: str) -> Any:
    """The value again; that of the same key is remembered."""
    with _lock:
        if key not in _known:
            while len(_known) >= MOST_REMEMBERED:
                del _known[next(iter(_known))]
            _known[key] = _read(arrays)
        return _known[key]


def _read(arrays: Sequence[np.ndarray]) -> Any:
    first, *large = arrays
    n_parts = int(first[:8].view(np.int64)[0])
    lengths = first[8 : 8 * (n_parts + 1)].view(np.int64).tolist()
    begin, parts, apart = _aligned(8 * (n_parts + 1)), [], iter(large)
    for length in lengths:
        if length == APART:
            parts.append(next(apart).data.toreadonly())
        else:
            parts.append(first[begin : begin + length].data.toreadonly())
            begin += _aligned(length)
    text, *buffers = parts
    return pickle.loads(text, buffers=buffers)


def _aligned(length: int) -> int:
    return -(-length // ALIGNED) * ALIGNED
