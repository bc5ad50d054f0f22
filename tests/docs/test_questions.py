"""The commands of the page of questions, pasted in order into a new folder: every one succeeds."""

import re
import shlex
import shutil
from pathlib import Path

from in_process import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Those that train at the page's top, then those of its table."""
    return re.findall(r"^\$ (glassnet .*)$", PAGE, re.MULTILINE) + re.findall(
        r"`(glassnet [^`]+)`", PAGE
    )


def in_a_hurry(command: str) -> list[str]:
    """No command of the page reads the report."""
    return ["--no-report"] if command.startswith("glassnet train") else []


def test_every_command_of_the_page_succeeds_after_those_before_it(folder: Path) -> None:
    for name in ("cars", "penguins"):
        shutil.copy(ROOT / "examples" / "data" / f"{name}.csv", folder)
    found = commands()
    assert len(found) > 20
    ran = {one: run(*shlex.split(one)[1:], *in_a_hurry(one)) for one in found}
    assert {one: done.err for one, done in ran.items() if done.code} == {}
