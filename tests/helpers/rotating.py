"""Slow products of options in parts: which part of them a run takes, and which tests are in it.

A test marked `rotating` stands for many like it. With `--part commit` a quarter of them runs, which
quarter the commit says; without the option all do. A test's part is that of its name, so that a new
test moves no other.
"""

import subprocess
import zlib
from pathlib import Path

import pytest

PARTS = 4
HELP = f"of the tests marked 'rotating', one part: 0 to {PARTS - 1}, 'commit' or 'all'"


def part_of_run(wanted: str, folder: Path) -> int | None:
    """The number of the part, or None for all: also where git cannot say the commit."""
    if wanted == "all":
        return None
    if wanted != "commit":
        return int(wanted)
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(done.stdout, 16) % PARTS


def is_in(part: int, item: pytest.Item) -> bool:
    """Whether a run of this part has the test: one that is not marked is in all of them.

    `rotating("jax")` marks only those of a function's cases whose names hold "jax".
    """
    marker = item.get_closest_marker("rotating")
    if marker is None or not all(text in item.name for text in marker.args):
        return True
    return zlib.crc32(item.nodeid.encode()) % PARTS == part
