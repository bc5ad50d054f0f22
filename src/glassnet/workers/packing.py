"""What all blocks need as one array of bytes, which is moved once and read where it lies.

joblib maps such an array into the memory of all processes of a machine, Dask and Ray keep it once
on each. The arrays in it are not copied by unpacking: they are views of it, which cannot be written
to.
"""

import pickle
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, shown

ALIGNED = 64  # bytes: where arrays begin, as wide as a cache line and as the widest vectors
MOST_KEPT = 2  # things that a worker remembers: as many callers may take turns on it
_unpacked: dict[str, Any] = {}


def packed(value: Any) -> np.ndarray:
    """Any value, functions of the user's own among it, as bytes: its arrays as they are.

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
    parts = [memoryview(text), *(buffer.raw() for buffer in buffers)]
    lengths = np.array([len(parts), *map(len, parts)], np.int64)
    parts.insert(0, lengths.view(np.uint8).data)
    ends = np.cumsum([_aligned(len(part)) for part in parts])
    array = np.zeros(ends[-1], np.uint8)
    for part, begin in zip(parts, [0, *ends[:-1]], strict=True):
        array[begin : begin + len(part)] = part
    return array


def unpacked(array: np.ndarray, key: str) -> Any:
    """The value again; that of the same key is remembered."""
    if key not in _unpacked:
        while len(_unpacked) >= MOST_KEPT:
            _unpacked.pop(next(iter(_unpacked)), None)
        _unpacked[key] = _read(array)
    return _unpacked[key]


def _read(array: np.ndarray) -> Any:
    n_parts = int(array[:8].view(np.int64)[0])
    lengths = array[8 : 8 * (n_parts + 1)].view(np.int64).tolist()
    begin, parts = _aligned(8 * (n_parts + 1)), []
    for length in lengths:
        parts.append(memoryview(array[begin : begin + length]).toreadonly())
        begin += _aligned(length)
    text, *buffers = parts
    return pickle.loads(text, buffers=buffers)


def _aligned(length: int) -> int:
    return -(-length // ALIGNED) * ALIGNED
