"""Programs that a test runs."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from conftest import in_ci

PACKAGES = {
    "Rscript": "r-base-core",
    "gcc": "gcc",
    "g++": "g++",
    "go": "golang-go",
    "java": "default-jdk-headless",
    "javac": "default-jdk-headless",
    "pg_ctl": "postgresql",
    "sqlite3": "sqlite3",
}
"""Program -> the package of Debian that has it."""


def skip_without(program: str) -> None:
    """Skip a test whose program is not installed; in CI nothing may be skipped."""
    assert not in_ci(), f"{program} is missing, and in CI nothing may be skipped"
    pytest.skip(f"{program} is not installed (Debian: apt-get install {PACKAGES[program]})")


def output_of(
    *command: object, cwd: Path | None = None, text: str = "", env: Mapping[str, str] | None = None
) -> str:
    """What a command prints, given a text to read. Raises AssertionError where it fails."""
    program, *arguments = map(str, command)
    try:
        done = subprocess.run(
            [program, *arguments],
            input=text.encode(),
            capture_output=True,
            check=False,
            cwd=cwd,
            env=env,
        )
    except FileNotFoundError:
        if program not in PACKAGES:
            raise
        skip_without(program)
        raise
    assert not done.returncode, (done.stdout + done.stderr)[-3000:].decode(errors="replace")
    return done.stdout.decode()  # a carriage return stays one
