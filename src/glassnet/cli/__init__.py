"""The command line: one file a command, no mathematics and no training logic. Each command imports what it needs when it runs."""

import sys
import warnings
from typing import Any

import typer

import glassnet
from glassnet.cli.demo import demo
from glassnet.cli.predict import predict
from glassnet.cli.show import show
from glassnet.cli.train import train
from glassnet.errors import GlassnetError

INTERRUPTED = 130  # what typer makes of Ctrl-C

app = typer.Typer(
    name="glassnet",
    help="Small dense networks on tables, where every number of every step can be seen.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, train, predict, show):
    app.command()(command)


def _version(context: typer.Context, wanted: bool) -> None:
    if not wanted:
        return
    typer.echo(f"glassnet {glassnet.__version__}")
    if context.params.get("verbose"):
        for line in _engines():
            typer.echo(line)
    raise typer.Exit


def _engines() -> list[str]:
    """What --version --verbose says: which engines there are, and what they run on."""
    import platform

    import numpy as np

    from glassnet.training.engines import native

    found = native.missing()
    return [
        f"python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}",
        f"native engine: {found}"
        if found
        else f"native engine: instruction set {native.VARIANT} (of {', '.join(native.variants())})",
    ]


@app.callback()
def options(
    verbose: bool = typer.Option(False, "--verbose", is_eager=True, help="With --version: the engines too, and what they run on."),
    version: bool = typer.Option(False, "--version", callback=_version, help="Print the version."),
) -> None:
    """Small dense networks on tables, where every number of every step can be seen."""


def main() -> None:
    """Run the command line; what the user can mend is one line on standard error and exit status 2."""
    interrupted = "stopped by Ctrl-C; nothing was written"
    warnings.showwarning = _say
    try:
        code = app(standalone_mode=False)
    except GlassnetError as error:
        _end(str(error), 2)
    except typer.Abort:
        _end(interrupted, 1)
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}" if error.filename else str(error), 2)
    except MemoryError:
        _end("not enough memory for this: make --hidden, --epochs or the table smaller", 2)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        _end(error.format_message(), 2)  # pyright: ignore[reportAttributeAccessIssue] (a usage error of typer's own click)
    else:
        if code == INTERRUPTED:
            _end(interrupted, 1)
        sys.exit(code if isinstance(code, int) else 0)


def _say(message: Warning | str, *_: Any) -> None:
    """A warning as one line."""
    print(f"glassnet: {message}", file=sys.stderr)


def _end(message: str, status: int) -> None:
    print(f"glassnet: {message}", file=sys.stderr)
    sys.exit(status)
