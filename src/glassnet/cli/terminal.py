"""How text reaches standard output and error, whatever is in it and whatever letters they have.

All that a command prints goes through here or through `console.print_table`, so that names and
cells cannot do anything to a terminal. How a character is shown as an escape is `errors.visible`.
"""

import codecs
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from glassnet.errors import GlassnetError, visible

STAND_INS = {
    "→": "->", "·": "*", "≥": ">=", "≤": "<=", "≈": "~", "…": "...", "δ": "delta", "∂": "d",
    "█": "#", "│": "|",
}  # fmt: skip
"""Our own signs in a console whose encoding lacks them; other letters become escapes."""


def take_every_letter() -> None:
    """Make standard output and error take every letter, whatever the console's encoding."""
    codecs.register_error("glassnet", _stand_in)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="glassnet")


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """What stands for the letters that an encoding lacks, as `codecs.register_error` wants it."""
    assert isinstance(error, UnicodeEncodeError)
    letters = error.object[error.start : error.end]
    shown = [
        STAND_INS.get(letter) or letter.encode("ascii", "backslashreplace").decode()
        for letter in letters
    ]
    return "".join(shown), error.end


def say(text: str) -> None:
    """Print one line on standard output, in which names and cells may stand as they are."""
    print(visible(text))


def note(text: str) -> None:
    """The same on standard error."""
    print(visible(text), file=sys.stderr)


def report(text: str) -> None:
    """The same on standard error, after the program's name: a warning or an error."""
    note(f"glassnet: {text}")


def discard_output() -> None:
    """Drop what standard output did not take: Python would try to write it again at its end."""
    with suppress(OSError), open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


STANDARD = "-"
"""What stands for standard input as a table, and for standard output as a file."""


def file_of(out: Path | None) -> Path | None:
    """The file to write; None for standard output."""
    return None if out is None or str(out) == STANDARD else out


def check_is_folder(out: str | Path | None) -> None:
    """Raises GlassnetError where a run folder is to go to standard output."""
    if out is not None and str(out) == STANDARD:
        raise GlassnetError("--out is a folder here, which standard output is not: give a name")


PIPED_WIDTH = 100  # columns, where standard output is no terminal
NARROWEST = 40


def line_width() -> int:
    """How many letters a line of running text may have: as many as the terminal shows.

    COLUMNS says it where it is set, as to other programs.
    """
    from shutil import get_terminal_size

    return max(NARROWEST, get_terminal_size((PIPED_WIDTH, 0)).columns)


def document_stream() -> IO[str]:
    """Standard output for a file's content: a table, a page, JSON.

    On a terminal control characters are shown as escapes. Elsewhere everything goes out as it is,
    in UTF-8, as to a file.
    """
    if sys.stdout.isatty():
        return _Terminal(sys.stdout)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


class _Terminal(io.StringIO):
    """A terminal that shows each line as `visible` has it."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__()
        self.stream = stream

    def write(self, text: str, /) -> int:
        """Write text of one line or several."""
        return self.stream.write("\n".join(map(visible, text.split("\n"))))

    def flush(self) -> None:
        """Nothing waits here."""
        self.stream.flush()
