"""The command line: one file a command, no mathematics and no training logic. Each command imports what it needs when it runs."""

import sys

import typer

import glassnet
from glassnet.cli.demo import demo
from glassnet.cli.predict import predict
from glassnet.cli.show import show
from glassnet.cli.train import train
from glassnet.errors import GlassnetError

app = typer.Typer(
    name="glassnet",
    help="Small dense networks on tables, where every number of every step can be seen.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, train, predict, show):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"glassnet {glassnet.__version__}")
        raise typer.Exit


@app.callback()
def options(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version.")) -> None:
    """Small dense networks on tables, where every number of every step can be seen."""


def main() -> None:
    """Run the command line; what the user can mend is one line on standard error and exit status 2."""
    try:
        app()
    except GlassnetError as error:
        print(f"glassnet: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        print("glassnet: stopped by Ctrl-C; nothing was written", file=sys.stderr)
        sys.exit(1)
