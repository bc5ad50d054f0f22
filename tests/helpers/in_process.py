"""The command in this process: as `glassnet` would run it, without the time that a process of its
own takes to start.
"""

import io
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from glassnet.cli import main


class Ran(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str


def run(*arguments: str) -> Ran:
    """Run `glassnet` with these arguments."""
    out, err, before, warned = io.StringIO(), io.StringIO(), sys.argv, warnings.showwarning
    sys.argv = ["glassnet", *arguments]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.argv, warnings.showwarning = before, warned
    return Ran(code, out.getvalue(), err.getvalue())


def refused(*arguments: str) -> str:
    """The one line that a wrong command gets on standard error, its status being 2 and nothing
    being printed.
    """
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, ""), ran
    assert ran.err.startswith("glassnet: ")
    assert ran.err.count("\n") == 1
    return ran.err
