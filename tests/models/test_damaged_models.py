"""A model file damaged anywhere and sealed anew is refused in one line, or a model that works.

The long run of the same is ``python tools/fuzz.py models``.
"""

import random
from pathlib import Path

import pytest
from damaged_models import decode_and_use, load_and_use
from in_process import run


@pytest.mark.parametrize("part", range(8))
def test_its_structure_and_arrays(part: int) -> None:
    accepted = [decode_and_use(random.Random(f"{part} {number}")) for number in range(300)]
    assert 10 < sum(accepted) < 150  # some changes do no harm, such as another centre


def test_the_file_as_its_user_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    shown: list[str] = []

    def show(file: Path) -> None:
        ran = run("show", str(file))
        assert ran.code == 0
        shown.append(ran.out)

    accepted = [load_and_use(random.Random(f"file {n}"), path, show) for n in range(60)]
    assert 0 < sum(accepted) == len(shown) < 40
