"""The parts of the slow products of options: together they are all of it."""

import subprocess
from pathlib import Path
from unittest import mock

import pytest
from rotating import PARTS, is_in, part_of_run


def item(name: str, *texts: str, marked: bool = True) -> mock.Mock:
    marker = pytest.mark.rotating(*texts).mark if marked else None
    return mock.Mock(nodeid=f"tests/test_a.py::{name}", get_closest_marker=lambda _: marker)


def parts(one: mock.Mock) -> list[int]:
    one.name = one.nodeid.partition("::")[2]  # "name" means another thing to Mock itself
    return [part for part in range(PARTS) if is_in(part, one)]


def test_a_rotating_test_is_in_one_part_and_each_part_has_some() -> None:
    found = [parts(item(f"test_a[{i}-tanh]")) for i in range(40)]
    assert {len(one) for one in found} == {1}
    assert {one[0] for one in found} == set(range(PARTS))


def test_all_others_are_in_every_part() -> None:
    assert parts(item("test_a[0]", marked=False)) == list(range(PARTS))
    assert parts(item("test_a[numpy]", "jax")) == list(range(PARTS))
    assert len(parts(item("test_a[jax]", "jax"))) == 1


def test_the_part_is_that_of_the_commit(tmp_path: Path) -> None:
    assert part_of_run("all", tmp_path) is None
    assert part_of_run("2", tmp_path) == 2
    assert part_of_run("commit", tmp_path / "missing") is None
    said = subprocess.CompletedProcess([], 0, stdout=f"{'0' * 39}7\n")
    with mock.patch("subprocess.run", return_value=said):
        assert part_of_run("commit", tmp_path) == 7 % PARTS
