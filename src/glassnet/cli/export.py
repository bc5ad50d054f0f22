"""`glassnet export`: a trained model as code, or another file, that runs elsewhere.

What a model can become is `exports/`; here it is asked for, and written.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.terminal import document_stream, file_of, say
from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from glassnet.exports.export import Export


class ExportCommand(DocumentedCommand):
    """The command, whose help lists the targets."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the targets."""
        from glassnet.exports.targets import TARGETS

        super().format_options(ctx, formatter)
        with formatter.section("Targets"):
            formatter.write_dl([(target.name, target.title) for target in TARGETS.values()])


@click.command(
    "export",
    cls=ExportCommand,
    examples=[
        "glassnet export runs/demo --to python --out model.py",
        "glassnet export runs/cars --to python --interval 0.9 --out cars.py",
    ],
    page="docs/export.md",
)
@click.argument("model", metavar="MODEL", type=click.Path(path_type=Path))
@click.option("--to", required=True, metavar="TARGET", help="What to make of it; listed below.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write, beside it those that belong to it; - is standard output.",
    show_default="-",
)
@overwrite_option
@click.option("--interval", type=float, help="Of numbers: add low and high with this coverage.")
@click.option(
    "--set",
    "label_set",
    type=float,
    help="Of classes: add the set of labels with this coverage.",
)
@click.option(
    "--name", help="What the model is called in the code.", show_default="that of --out, or model"
)
@click.option(
    "--source",
    help="Of SQL: the table that is read; of a training: the CSV file that is.",
    show_default="rows; of a training its rows are written out",
)
@click.option("--dtype", help="What is computed in.", show_default="float64")
def export_command(
    model: Path,
    to: str,
    out: Path | None,
    overwrite: bool,
    interval: float | None,
    label_set: float | None,
    name: str | None,
    source: str | None,
    dtype: str | None,
) -> None:
    """Make of a trained model a file that runs elsewhere and gives the same numbers.

    MODEL is a model file, or a run folder of train or demo. What is written holds the whole model,
    from raw columns to predictions, and rows by which it checks itself.
    """
    from glassnet.exports.export import export
    from glassnet.exports.targets import export_target
    from glassnet.files import check_file

    target = export_target(to)
    file = file_of(out)
    if file is not None:
        check_file(file, overwrite)
        if name is None and "name" in target.options:
            name = file.stem
    elif overwrite:
        raise GlassnetError("--overwrite is for a file that is written: give --out")
    made = export(
        model,
        to,
        interval=interval,
        label_set=label_set,
        name=name,
        source=source,
        dtype=dtype,
    )
    if file is None:
        _print(made, target.ending)
        return
    written = made.write(file, overwrite=overwrite)
    say(f"Written to {', '.join(map(str, written))}")
    for note in made.notes:
        say(note)


def _print(made: "Export", ending: str) -> None:
    """The text on standard output. Raises GlassnetError where it cannot stand there."""
    if len(made.files) > 1 or isinstance(made.content, bytes):
        kind = "is more than one file" if len(made.files) > 1 else "is no text"
        raise GlassnetError(f"{made.to} {kind}", remedy=f"give --out FILE{ending}")
    document_stream().write(made.content)
