"""A program in a pseudo-terminal, where keys are pressed as by a user."""

import contextlib
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

CTRL_C = "\x03"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """`python ARGUMENTS...` with a terminal of its own as standard input, output and error."""

    def __init__(self, *arguments: str, folder: Path, **environment: str) -> None:
        self.screen = ""
        self.keys, inside = pty.openpty()
        settings = termios.tcgetattr(inside)
        settings[3] &= ~termios.ECHO  # the keys themselves are not shown
        termios.tcsetattr(inside, termios.TCSANOW, settings)
        # `setsid -c` makes the terminal the one that sends signals for its keys.
        self.process = subprocess.Popen(
            ["setsid", "-c", "-w", sys.executable, *arguments],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            cwd=folder,
            env={**os.environ, **environment},
        )
        os.close(inside)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.keys)

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self.keys, keys.encode())

    def wait_for(self, text: str, times: int = 1, seconds: float = 60) -> None:
        """Read until a text stands on the screen so many times."""
        end = time.monotonic() + seconds
        while self.screen.count(text) < times:
            assert time.monotonic() < end, f"'{text}' did not come: {self.screen}"
            assert self._read(), f"it ended without '{text}': {self.screen}"

    def end(self, seconds: float) -> int:
        """Read until the program ends, and give its exit status."""
        end = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < end, f"it goes on: {self.screen[-300:]}"
        return self.process.wait(10)

    @property
    def last_line(self) -> str:
        """The last line on the screen."""
        return self.screen.strip().splitlines()[-1]

    def _read(self) -> bool:
        """Read what has come within a moment; False when nothing will come any more."""
        if select.select([self.keys], [], [], 0.05)[0]:
            with contextlib.suppress(OSError):  # Linux: nobody has the terminal open any more
                text = os.read(self.keys, 65536).decode(errors="replace")
                self.screen += ESCAPES.sub("", text)
                return bool(text)
            return False
        return True
