"""Arrays beyond a limit lie in files: they are arrays like any other, and no result changes."""

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from glassnet import _native
from glassnet.errors import GlassnetError
from glassnet.training.array_memory import LEAST, arrays_within, shuffle_buffer_for
from glassnet.training.options import draw_order
from glassnet.training.packed import PackedRows, Ramp

LIMIT = 2**20  # bytes


class Limited:
    """A limit of `LIMIT` while it is open."""

    def __init__(self, folder: Path) -> None:
        self.memory = _native.ArrayMemory(str(folder), LIMIT)

    def __enter__(self) -> "Limited":
        self.memory.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.memory.end()


def files_in_memory() -> int:
    """Bytes of deleted files that are mapped into this process, those of other tests included."""
    gc.collect()
    lines = Path("/proc/self/maps").read_text().splitlines()
    mapped = [line.split() for line in lines if "glassnet-" in line]
    assert all(line[-1] == "(deleted)" for line in mapped)
    ends = [[int(end, 16) for end in line[0].split("-")] for line in mapped]
    return sum(high - low for low, high in ends)


def test_large_arrays_lie_in_files_and_go_with_them(tmp_path: Path) -> None:
    before = files_in_memory()
    with Limited(tmp_path) as limited:
        small, large = np.arange(1000), np.arange(3_000_000)
        zeros = np.zeros(3_000_000)
        texts = np.empty(3_000_000, object)
        texts[:] = "text"
    assert limited.memory.most_in_memory <= LIMIT
    assert limited.memory.most_in_files > 3 * 24_000_000
    assert limited.memory.problem == ""
    assert files_in_memory() - before >= 3 * 24_000_000
    assert list(tmp_path.iterdir()) == []  # they have no name
    assert small.sum() == 499_500
    assert large.sum() == 3_000_000 * 2_999_999 // 2
    assert not zeros.any()
    assert set(texts) == {"text"}
    del large, zeros, texts, limited
    assert files_in_memory() <= before
    assert small.sum() == 499_500  # its allocator lives as long as it does


def test_many_small_arrays_stay_within_the_limit(tmp_path: Path) -> None:
    with Limited(tmp_path) as limited:
        arrays = [np.full(10_000, i) for i in range(100)]  # 80 kB each
        assert limited.memory.most_in_memory <= LIMIT
        assert limited.memory.most_in_files > 5 * LIMIT
    assert [int(array[-1]) for array in arrays] == list(range(100))


def test_files_that_are_used_again_are_as_new(tmp_path: Path) -> None:
    with Limited(tmp_path):
        for size in (400_000, 390_000, 300_000, 400_001):
            array = np.full(size, 7.0)
            del array
            assert not np.zeros(size).any()


def test_arrays_that_grow_keep_their_numbers(tmp_path: Path) -> None:
    with Limited(tmp_path):
        array = np.arange(10)
        array.resize(2_000_000, refcheck=False)
        assert array[:10].tolist() == list(range(10))
        assert not array[10:].any()
        array.resize(5, refcheck=False)
        assert array.tolist() == [0, 1, 2, 3, 4]
        counted = np.fromiter((i for i in range(500_000)), np.int64)
        assert (counted == np.arange(500_000)).all()


def test_arrays_may_end_in_another_thread(tmp_path: Path) -> None:
    before = files_in_memory()
    with Limited(tmp_path):
        arrays = [np.arange(500_000) for _ in range(20)]
    assert files_in_memory() > before
    threads = [threading.Thread(target=arrays.pop) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files_in_memory() <= before


def test_outside_there_is_no_limit(tmp_path: Path) -> None:
    with Limited(tmp_path) as limited:
        pass
    array = np.arange(3_000_000)
    assert limited.memory.most_in_files == 0
    assert array.sum()


def test_a_limit_within_a_limit_is_the_outer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with arrays_within(LEAST), arrays_within("100GB"):
        array = np.arange(30_000_000)
        assert files_in_memory() >= array.nbytes
    before = files_in_memory()
    with arrays_within(None):
        other = np.arange(30_000_000)
    assert files_in_memory() == before
    assert other.nbytes == array.nbytes


def test_where_there_is_no_room_the_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    with (
        pytest.raises(GlassnetError, match="nowhere: has no room for the rows.*TMPDIR"),
        arrays_within(LEAST),
    ):
        np.arange(30_000_000)


FULL = """
import resource, signal
import numpy as np
from glassnet.errors import GlassnetError
from glassnet.training.array_memory import LEAST, arrays_within
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10**7, 10**7))
try:
    with arrays_within(LEAST):
        np.zeros(10**8)
except GlassnetError as error:
    print(error)
"""


def test_a_full_disk_is_an_error_and_no_crash(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FULL], capture_output=True, text=True, check=True, env=environment
    )
    assert "has no room for the rows of the table" in done.stdout
    assert done.stdout.count("\n") == 1


def test_orders_of_a_buffer_that_holds_all_are_those_without_one() -> None:
    for rows in (1, 7, 100):
        plain = draw_order(np.random.default_rng(3), rows)
        assert (draw_order(np.random.default_rng(3), rows, rows) == plain).all()
        assert (plain == np.random.default_rng(3).permutation(rows)).all()


@pytest.mark.parametrize(
    ("rows", "buffer"), [(1000, 160), (1001, 100), (999, 5), (50, 1), (64, 63)]
)
def test_orders_of_a_smaller_buffer_read_few_groups_at_a_time(rows: int, buffer: int) -> None:
    random = np.random.default_rng(0)
    order = draw_order(random, rows, buffer)
    assert sorted(order.tolist()) == list(range(rows))
    size = max(1, buffer // 16)
    groups = order // size
    for first in range(0, rows - 16 * size, 16 * size):
        most = 16 if rows % size == 0 else 32  # a short group shifts those behind it
        assert len(set(groups[first : first + 16 * size].tolist())) <= most
    assert (draw_order(random, rows, buffer) != order).any()


def test_every_row_comes_at_every_place() -> None:
    random = np.random.default_rng(0)
    orders = np.stack([draw_order(random, 64, 32) for _ in range(4000)])
    counts = np.stack([np.bincount(column, minlength=64) for column in orders.T])
    assert abs(counts / 4000 - 1 / 64).max() < 5 * np.sqrt(1 / 64 / 4000)  # standard errors


def test_the_buffer_is_what_fits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    x = np.zeros((1_000_000, 25), np.float32)  # 100 MB
    packed = PackedRows.empty(1_000_000, 25, [Ramp(0, 20, -1.0, 1.0)], "float32")  # 25 MB
    assert shuffle_buffer_for(x) is None
    with arrays_within(LEAST):  # 40 MB for arrays
        assert shuffle_buffer_for(packed) is None
        assert shuffle_buffer_for(x) == 200_000
