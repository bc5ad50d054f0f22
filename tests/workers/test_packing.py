"""Packing and cutting: nothing is lost or copied, and blocks become as long as they should."""

import threading

import numpy as np
import pytest

from glassnet.errors import GlassnetError
from glassnet.workers.cutting import BLOCK_SECONDS, Blocks
from glassnet.workers.packing import ALIGNED, LARGE, from_bytes, to_bytes


def test_what_is_packed_comes_back_without_copies() -> None:
    random = np.random.default_rng(1)
    sizes = (0, 1, 7, 1000, LARGE)
    arrays = [random.normal(size=n).astype(dtype) for n in sizes for dtype in "fdi"]
    factor = 3
    data = to_bytes({"arrays": arrays, "same": arrays[3], "function": lambda x: factor * x})
    found = from_bytes(data, "first key")
    for array, wanted in zip(found["arrays"], arrays, strict=True):
        np.testing.assert_array_equal(array, wanted)
        assert array.dtype == wanted.dtype
        if array.nbytes:
            assert sum(np.shares_memory(array, part) for part in data) == 1
            assert np.shares_memory(array, wanted) == (array.nbytes >= LARGE)
            assert (array.ctypes.data - data[0].ctypes.data) % ALIGNED == 0 or len(array) == LARGE
            assert not array.flags.writeable
    assert found["same"] is found["arrays"][3]
    assert found["function"](2) == 6
    assert from_bytes(data, "first key") is found
    assert from_bytes(data, "second key") is not found


def test_what_cannot_be_sent_is_named() -> None:
    with pytest.raises(GlassnetError, match=r"cannot be sent to other processes: .*lock"):
        to_bytes({"lock": threading.Lock()})


@pytest.mark.parametrize(("n", "first", "most", "workers"), [(1, 9, 9, 4), (100, 3, 50, 2)])
def test_every_item_is_in_one_block(n: int, first: int, most: int, workers: int) -> None:
    blocks = Blocks(range(5, 5 + n), first, most, workers)
    found = []
    for block in blocks:
        assert 0 < len(block) <= min(most, -(-n // workers))
        blocks.measured(block, 0.001 * len(block))
        found.extend(block)
    assert found == list(range(5, 5 + n))


def test_blocks_become_as_long_as_they_should() -> None:
    blocks = Blocks(range(1_000_000), 3, 10**9, 2)
    sizes = []
    for _ in range(6):
        block = next(blocks)
        sizes.append(len(block))
        blocks.measured(block, len(block) * BLOCK_SECONDS / 5000)
    assert sizes == [3, 30, 300, 3000, 5000, 5000]
    blocks.measured(range(5000), 10 * BLOCK_SECONDS)
    assert len(next(blocks)) == 500
    assert list(Blocks(range(0), 3, 3, 2)) == []
