"""The command line: one file a command, without mathematics, training logic or file formats.

Each command imports what it needs when it runs. What they share: `command.py` (their help),
`console.py` (tables, progress), `terminal.py` (what reaches a terminal or a pipe), `stopping.py`
(Ctrl-C and SIGTERM), `wording.py` (options in messages), `summary.py` (what a run prints).
"""

import errno
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from signal import Signals
from typing import Any, NoReturn

import click

import glassnet
from glassnet.cli.command import write_examples
from glassnet.cli.stopping import (
    end_process,
    signals_heeded,
    stopped_message,
    stopped_status,
)
from glassnet.cli.terminal import discard_output, report, say, take_every_letter
from glassnet.cli.wording import in_flags
from glassnet.errors import GlassnetError, GlassnetWarning, TrainingError
from glassnet.files import CHECKPOINT_ENDING, log_written

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says of a file that it cannot make longer: ours are named by then."""

COMMANDS = (
    "demo",
    "train",
    "search",
    "study",
    "predict",
    "show",
    "explain",
    "plot",
    "export",
    "lab",
)


class Commands(click.Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a first acquaintance."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name.

        Where there is none, click looks in `commands` for the one that was meant.
        """
        if cmd_name in COMMANDS:
            return _load(cmd_name)
        self.commands = {name: _load(name) for name in COMMANDS}
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with the whole first paragraph of its help, which click itself would cut short."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_paragraph(_load(name))) for name in COMMANDS])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two examples."""
        examples = ["glassnet demo", "glassnet train TABLE.csv --target COLUMN"]
        write_examples(formatter, examples, "README.md")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without arguments, the help and exit status 2."""
        if not args and not ctx.resilient_parsing:  # which a shell that completes asks for
            click.echo(ctx.get_help())
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """As `invoke`."""
        with _abort_without_empty_line():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Ctrl-C ends a command as click's Abort."""
        with _abort_without_empty_line():
            return super().invoke(ctx)


@contextmanager
def _abort_without_empty_line() -> Iterator[None]:
    """Make of Ctrl-C what click makes of it, which prints an empty line too."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise click.Abort(*error.args) from None
    except RuntimeError as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # it came while a class was made
            raise click.Abort from None
        raise


def _first_paragraph(command: click.Command) -> str:
    return " ".join((command.help or "").partition("\n\n")[0].split())


def _load(name: str) -> click.Command:
    return getattr(import_module(f"glassnet.cli.{name}"), f"{name}_command")


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    say(f"glassnet {glassnet.__version__}")
    if context.params.get("verbose"):
        for line in _engines():
            say(line)
    context.exit()


def _engines() -> list[str]:
    """What --version --verbose says: which engines there are, and what they run on."""
    import platform

    import numpy as np

    from glassnet.training.engines.registry import ENGINES, fault_of

    python = f"python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}"
    return [python] + [
        f"{name} engine: {engine.why_unavailable() or fault_of(engine) or engine.describe()}"
        for name, engine in ENGINES.items()
    ]


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.option(
    "--verbose",
    is_flag=True,
    is_eager=True,
    help="With --version: the engines too, and what they run on.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, callback=_version, help="Print the version."
)
def app(verbose: bool) -> None:
    """Small dense networks on tables, where every number of every step can be seen."""


def main() -> None:
    """Run the command line; what the user can mend is one line on standard error and status 2."""
    warnings.showwarning = _say
    warnings.simplefilter("always", GlassnetWarning)
    take_every_letter()
    with signals_heeded() as signals:
        _run(signals, log_written())


def _run(signals: Sequence[Signals], written: Sequence[Path]) -> NoReturn:
    """Run the command and end the process; `signals` and `written` are what came meanwhile."""
    code: object = 0
    try:
        code = app(prog_name="glassnet", standalone_mode=False)
        sys.stdout.flush()
    except TrainingError as error:
        _end(error.worded(in_flags), 1)
    except GlassnetError as error:
        _end(error.worded(in_flags), 2)
    except click.Abort as error:
        # A temporary file has gone again, and of a checkpoint the error says what it is for.
        kept = [path for path in written if path.exists() and path.suffix != CHECKPOINT_ENDING]
        there = list(dict.fromkeys(kept))
        report(stopped_message(signals, there, error.args))
        end_process(stopped_status(signals))
    except BrokenPipeError:  # such as that of `glassnet predict ... | head`
        discard_output()
        sys.exit(1)
    except OSError as error:
        _end(_system_message(error), 2)
    except MemoryError:
        _end("not enough memory for this: make --hidden, --epochs or the table smaller", 2)
    except click.ClickException as error:
        _end(error.format_message(), 2)
    sys.exit(code if isinstance(code, int) else 0)


def _system_message(error: OSError) -> str:
    """What the system refused, and where."""
    if error.filename:
        return f"{error.filename}: {error.strerror}"
    if error.errno in NO_ROOM:
        discard_output()
        return f"standard output cannot be written ({error.strerror})"
    return str(error)


def _say(message: Warning | str, *_: Any) -> None:
    """A warning as one line."""
    report(message.worded(in_flags) if isinstance(message, GlassnetWarning) else str(message))


def _end(message: str, status: int) -> NoReturn:
    report(message)
    sys.exit(status)
