"""`glassnet plot`: each picture of a trained model as a file."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.terminal import file_of, say
from glassnet.errors import GlassnetError, unknown_name

if TYPE_CHECKING:
    from glassnet.models.model import Model
    from glassnet.models.rows import Rows
    from glassnet.runs.open import RunFolder

PATH_POINTS = 40  # points of the training's path over the loss surface
WEIGHTS_ALONE = ("olden", "garson")  # measures of importance that look at no row


@dataclass(frozen=True)
class Asked:
    """What a picture is made from.

    Attributes
    ----------
    model : Model
        The trained model.
    path : Path
        Its file, or the run folder that holds it.
    table : str or None
        The table whose rows are drawn; None: that of the run.
    options : dict
        The options that were given.
    """

    model: "Model"
    path: Path
    table: str | None
    options: dict[str, Any]

    @cached_property
    def run(self) -> "RunFolder":
        """The run folder that the model is in. Raises GlassnetError where it is in none."""
        from glassnet.runs.open import open_run

        return open_run(self.path)

    def rows(self) -> "Rows":
        """The rows of the table, or where none is named those that the run was given."""
        return self.all_rows

    @cached_property
    def all_rows(self) -> "Rows":
        """The same; they are read once."""
        if self.table is None:
            return replace(self.run.table_rows(), model=self.model)
        from glassnet.models.rows import rows_of

        return rows_of(self.model, self.table)

    def scored_rows(self) -> "Rows":
        """The rows of the table, or where none is named those that the run was scored on.

        The latter come with the model that never saw them.
        """
        if self.table is None:
            return self.run.scored_rows()
        return self.rows().with_targets()


def _no_rows(_: Asked) -> None:
    """For a picture that needs no rows."""


def _known_rows(asked: Asked) -> "Rows":
    """The rows whose targets are known."""
    return asked.rows().with_targets()


def _importance_rows(asked: Asked) -> "Rows | None":
    """The scored rows, where the measure looks at rows at all."""
    return None if asked.options.get("method") in WEIGHTS_ALONE else asked.scored_rows()


def _chosen_row(asked: Asked) -> "Rows | None":
    """The rows, where one of them is to be shown in the network."""
    options = asked.options
    of_a_row = "row" in options or "backward" in options or asked.table is not None
    return asked.rows() if of_a_row else None


def _as_given(asked: Asked) -> dict[str, Any]:
    """The options as they were given."""
    return asked.options


def _from_0(asked: Asked) -> dict[str, Any]:
    """The options with layer, member and row counted from 0.

    Raises GlassnetError on one that is not there.
    """
    hidden_layers = len(asked.model.members[0].network.sizes) - 2
    counts = {
        "layer": (hidden_layers, "hidden layers"),
        "member": (len(asked.model.members), "members"),
    }
    options = dict(asked.options)
    for name, (count, things) in counts.items():
        if name in options:
            if not 1 <= options[name] <= count:
                raise GlassnetError(
                    f"--{name} {options[name]}: the model's {things} are 1 to {count}"
                )
            options[name] -= 1
    if "row" in options:
        options["row"] = _row_from_0(asked)
    return options


def _row_from_0(asked: Asked) -> int:
    """The row that was asked for, from 0. Raises GlassnetError where there is no such row."""
    row, N = asked.options["row"], len(asked.all_rows)
    if not 1 <= row <= N:
        raise GlassnetError(f"--row {row}: the table has rows 1 to {N}")
    return row - 1


def _one_column(asked: Asked) -> dict[str, Any]:
    """The options with one column. Raises GlassnetError where several are given."""
    options = dict(asked.options)
    columns = options.pop("columns", ())
    if len(columns) > 1:
        raise GlassnetError(f"--column is given {len(columns)} times: this picture is of one")
    return options | ({"column": columns[0]} if columns else {})


def _with_path(asked: Asked) -> dict[str, Any]:
    """The path of the training, where its rows are those of the run."""
    return {"path": asked.run.training_path(PATH_POINTS) if asked.table is None else ()}


class PlotChoice(NamedTuple):
    """A picture that can be drawn.

    Attributes
    ----------
    shows : str
        What it shows, for the help.
    display : str
        The public class that draws it.
    rows : function
        Asked -> the rows it needs, or None.
    takes : tuple of str
        The options it takes.
    settings : function
        Asked -> the keyword arguments of the display's `from_model`.
    """

    shows: str
    display: str
    rows: Callable[[Asked], "Rows | None"] = _no_rows
    takes: tuple[str, ...] = ()
    settings: Callable[[Asked], dict[str, Any]] = _as_given

    def make(self, asked: Asked) -> Any:
        """The display, drawn."""
        import glassnet

        display, rows = getattr(glassnet, self.display), self.rows(asked)
        settings = self.settings(asked)
        if rows is None:
            return display.from_model(asked.model, **settings)
        return display.from_model(rows.model, rows, **settings)


PLOTS: dict[str, PlotChoice] = {
    "network": PlotChoice(
        "the network: nodes, edges, weights; with --row that row on its way through it",
        "NetworkDisplay",
        _chosen_row,
        takes=("row", "backward", "member"),
        settings=_from_0,
    ),
    "loss": PlotChoice(
        "training and validation loss, the best epoch marked",
        "LossCurveDisplay",
    ),
    "regression": PlotChoice(
        "predicted against actual, residuals, errors",
        "RegressionDisplay",
        Asked.scored_rows,
        takes=("target",),
    ),
    "confusion": PlotChoice(
        "confusion matrix",
        "ConfusionMatrixDisplay",
        Asked.scored_rows,
        takes=("target",),
    ),
    "roc": PlotChoice(
        "ROC curves",
        "RocCurveDisplay",
        Asked.scored_rows,
        takes=("target",),
    ),
    "calibration": PlotChoice(
        "how far probabilities can be believed",
        "CalibrationDisplay",
        Asked.scored_rows,
        takes=("target",),
    ),
    "surface": PlotChoice(
        "the prediction over two columns, with the rows",
        "DecisionSurfaceDisplay",
        Asked.rows,
        takes=("columns", "target"),
    ),
    "units": PlotChoice(
        "what each hidden node responds to over two columns",
        "HiddenUnitsDisplay",
        Asked.rows,
        takes=("columns", "layer", "member"),
        settings=_from_0,
    ),
    "weights": PlotChoice(
        "weights as heat maps",
        "WeightsDisplay",
        takes=("member",),
        settings=_from_0,
    ),
    "activations": PlotChoice(
        "hidden activations, and which nodes are dead",
        "ActivationsDisplay",
        Asked.rows,
        takes=("member",),
        settings=_from_0,
    ),
    "loss-surface": PlotChoice(
        "the loss around the weights, with the path of the training",
        "LossSurfaceDisplay",
        _known_rows,
        settings=_with_path,
    ),
    "importance": PlotChoice(
        "which columns matter",
        "ImportanceDisplay",
        _importance_rows,
        takes=("method",),
    ),
    "lek": PlotChoice(
        "the prediction along each column, the others kept still",
        "LekProfileDisplay",
        Asked.rows,
        takes=("columns",),
    ),
    "ice": PlotChoice(
        "the prediction of each row as one column changes, and their mean",
        "IceDisplay",
        Asked.rows,
        takes=("columns", "output"),
        settings=_one_column,
    ),
}
"""Each picture by name."""


def _options_of(picture: PlotChoice, options: dict[str, Any]) -> dict[str, Any]:
    """Those of the options that were given.

    Raises GlassnetError on one that the picture does not take.
    """
    given = {name: value for name, value in options.items() if value not in (None, (), False)}
    for name in given:
        if name not in picture.takes:
            takes = ", ".join(map(_flag, picture.takes)) or "none"
            raise GlassnetError(
                f"{_flag(name)} is not an option of this picture, which takes {takes}"
            )
    return given


def _flag(name: str) -> str:
    """The option of a name on the command line: --column for columns."""
    return f"--{name.removesuffix('s')}"


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
        "glassnet plot network runs/flats --out network.svg",
        "glassnet plot network runs/flats --row 17",
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
