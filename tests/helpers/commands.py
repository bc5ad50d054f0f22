"""Programs that a test runs."""

import subprocess
from collections.abc import Mapping
from pathlib import Path


def output_of(
    *command: object, cwd: Path | None = None, text: str = "", env: Mapping[str, str] | None = None
) -> str:
    """What a command prints, given a text to read. Raises AssertionError where it fails."""
    done = subprocess.run(
        list(map(str, command)),
        input=text.encode(),
        capture_output=True,
        check=False,
        cwd=cwd,
        env=env,
    )
    assert not done.returncode, (done.stdout + done.stderr)[-3000:].decode(errors="replace")
    return done.stdout.decode()  # a carriage return stays one
