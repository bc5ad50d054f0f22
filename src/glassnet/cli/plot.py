"""`glassnet plot`: each picture of a trained model as a file.

Which pictures there are is `pictures.py`.
"""

import sys
from pathlib import Path
from typing import Any

import click

from glassnet.cli.asked import Asked
from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.pictures import PLOTS, PlotChoice
from glassnet.cli.terminal import file_of, say
from glassnet.errors import GlassnetError, unknown_name


def _options_of(picture: PlotChoice, options: dict[str, Any]) -> dict[str, Any]:
    """Those of the options that were given.

    Raises GlassnetError on one that the picture does not take.
    """
    given = {
        name: value
        for name, value in options.items()
        if value is not False and value not in (None, ())
    }
    for name in given:
        if name not in picture.takes:
            takes = ", ".join(map(_flag, picture.takes)) or "none"
            raise GlassnetError(
                f"{_flag(name)} is not an option of this picture, which takes {takes}"
            )
    return given


def _flag(name: str) -> str:
    """The option of a name on the command line: --column for columns, --model for which."""
    return "--model" if name == "which" else f"--{name.removesuffix('s')}"


class PlotCommand(DocumentedCommand):
    """The command with a list of the pictures below its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The pictures."""
        with formatter.section("Pictures"):
            formatter.write_dl([(name, picture.shows) for name, picture in PLOTS.items()])
        super().format_epilog(ctx, formatter)


def _pictures_beginning(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The names of pictures that begin like this, for the shell."""
    return [name for name in PLOTS if name.startswith(incomplete)]


@click.command(
    "plot",
    cls=PlotCommand,
    examples=[
        "glassnet plot network runs/flats --row 17 --out network.svg",
        "glassnet plot importance runs/flats new.csv --method olden",
    ],
    page="examples/how_to/5_pictures_of_predictions.py",
)
@click.argument("picture", shell_complete=_pictures_beginning)
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table", required=False, type=click.Path())
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write: .svg, .png or .pdf; - is PNG on standard output.",
    show_default="PICTURE.png",
)
@click.option(
    "--column", "columns", multiple=True, help="Column to look along; surface and units take two."
)
@click.option("--layer", type=int, help="Hidden layer of units, from 1.")
@click.option(
    "--member", type=int, help="Network of an ensemble to look at, from 1.", show_default="1"
)
@click.option("--row", type=int, help="Row of the table to look at, from 1.")
@click.option(
    "--model",
    "which",
    metavar="[scored|final]",
    help="Of a row: the model that the scores are of, or the final one, trained on all rows.",
    show_default="scored for held-out rows, else final",
)
@click.option(
    "--backward", is_flag=True, help="Of a row in the network: its way back, deltas and gradients."
)
@click.option(
    "--target", help="Target to look at, where there are several.", show_default="the first"
)
@click.option(
    "--output",
    help="Class whose probability is looked at, or target, where there are several.",
    show_default="the first; of two classes the second",
)
@click.option(
    "--method",
    help="Of importance: permutation, input_gradients, olden or garson.",
    show_default="permutation",
)
@overwrite_option
def plot_command(
    picture: str,
    model: Path,
    table: str | None,
    out: Path | None,
    overwrite: bool,
    **options: Any,
) -> None:
    """Draw a picture of a trained model, and write it to a file.

    PICTURE is one of those below, MODEL a model file or the run folder that holds one. TABLE is
    CSV, TSV, Parquet, Arrow, JSON lines or .xlsx, by suffix; - is CSV on standard input. Without it
    the rows are those the run was given; scores and importance are then drawn of those held out,
    with the model that did not see them.
    """
    from glassnet.models.model import load

    if picture not in PLOTS:
        raise unknown_name("picture", picture, PLOTS)
    chosen = PLOTS[picture]
    given = _options_of(chosen, options)
    file = file_of(out or Path(f"{picture}.png"))
    _check_target(file, overwrite)
    display = chosen.make(Asked(load(model), model, table, given))
    if file is None:
        _to_stdout(display)
        return
    _check_target(file, overwrite)  # drawing takes a while
    display.save(file)
    say(f"Written to {file}")


def _check_target(file: Path | None, overwrite: bool) -> None:
    """Raises GlassnetError where a picture cannot be written, before it is drawn."""
    from glassnet.files import check_file
    from glassnet.plots.figures import check_format

    if file is not None:
        check_format(file)
        check_file(file, overwrite)
    elif sys.stdout.isatty():
        raise GlassnetError("a picture on a terminal would be unreadable: redirect it to a file")


def _to_stdout(display: Any) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        file = Path(folder) / "picture.png"
        display.save(file)
        sys.stdout.buffer.write(file.read_bytes())
