"""Packing and cutting: nothing is lost or copied, and blocks become as long as they should."""

import threading

import numpy as np
import pytest

from glassnet.errors import GlassnetError
from glassnet.workers.cutting import BLOCK_SECONDS, Blocks, ItemRange
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
    sections = [ItemRange(range(5, 5 + n), 2.0, most), ItemRange(range(500, 507), 9.0, most)]
    blocks = Blocks(sections, first, workers)
    found = []
    for block in blocks:
        assert 0 < len(block) <= most
        blocks.measured(block, 0.001 * len(block))
        found.extend(block)
    assert found == [*range(5, 5 + n), *range(500, 507)]


def test_there_is_something_for_every_worker() -> None:
    blocks = Blocks([ItemRange(range(10), 1.0, 99)], 10**6, 4)
    assert [len(block) for block in blocks] == [2, 2, 2, 2, 2]
    blocks = Blocks([ItemRange(range(3), 1.0, 99), ItemRange(range(3, 4), 3.0, 99)], 10**6, 2)
    assert [len(block) for block in blocks] == [3, 1]


def test_blocks_become_as_long_as_they_should() -> None:
    work = 7.0
    blocks = Blocks([ItemRange(range(1_000_000), work, 10**9)], 3 * work, 2)
    sizes = []
    for _ in range(6):
        block = next(blocks)
        sizes.append(len(block))
        blocks.measured(block, len(block) * BLOCK_SECONDS / 5000)
    assert sizes == [3, 30, 300, 3000, 5000, 5000]
    block = next(blocks)
    blocks.measured(block, 10 * BLOCK_SECONDS)
    assert len(next(blocks)) == 500
    assert list(Blocks([ItemRange(range(0), 1.0, 3)], 3, 2)) == []
