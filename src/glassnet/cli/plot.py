"""`glassnet plot`: each picture of a trained model as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from glassnet.errors import GlassnetError, unknown_name

if TYPE_CHECKING:
    from glassnet.models.model import Model
    from glassnet.models.rows import Rows

PATH_POINTS = 40  # of the path over the loss surface


@dataclass(frozen=True)
class Asked:
    """What a picture is made from: the model, where it is, its rows (looked up when asked for), and the options given."""

    model: "Model"
    path: Path
    table: str | None
    options: dict[str, Any]

    def rows(self) -> "Rows":
        """The rows of the table, or those the run was given."""
        from glassnet.runs.folder import rows_of_run

        return rows_of_run(self.path, self.model, self.table)

    def scored(self) -> "Rows":
        """The rows of the table, or of the run those it was scored on: held out from training, if any were."""
        from glassnet.runs.folder import is_demo, scored_rows

        rows = self.rows()
        if self.table is not None or is_demo(self.model):
            return rows.with_answers()
        return rows.take(scored_rows(self.path))


def _network(asked: Asked) -> Any:
    from glassnet.plots.network.display import NetworkDisplay

    return NetworkDisplay.from_model(asked.model)


def _loss(asked: Asked) -> Any:
    from glassnet.plots.loss_curve import LossCurveDisplay

    return LossCurveDisplay.from_model(asked.model)


def _regression(asked: Asked) -> Any:
    from glassnet.plots.regression import RegressionDisplay

    return RegressionDisplay.from_model(asked.model, asked.scored(), **asked.options)


def _confusion(asked: Asked) -> Any:
    from glassnet.plots.confusion_matrix import ConfusionMatrixDisplay

    return ConfusionMatrixDisplay.from_model(asked.model, asked.scored(), **asked.options)


def _roc(asked: Asked) -> Any:
    from glassnet.plots.roc import RocCurveDisplay

    return RocCurveDisplay.from_model(asked.model, asked.scored(), **asked.options)


def _calibration(asked: Asked) -> Any:
    from glassnet.plots.calibration import CalibrationDisplay

    return CalibrationDisplay.from_model(asked.model, asked.scored(), **asked.options)


def _surface(asked: Asked) -> Any:
    from glassnet.plots.decision_surface import DecisionSurfaceDisplay

    return DecisionSurfaceDisplay.from_model(asked.model, asked.rows(), **asked.options)


def _units(asked: Asked) -> Any:
    from glassnet.plots.hidden_units import HiddenUnitsDisplay

    given = dict(asked.options)
    if "layer" in given:
        last = len(asked.model.network.sizes) - 2
        if not 1 <= given["layer"] <= last:
            raise GlassnetError(
                f"--layer {given['layer']}: the model's hidden layers are 1 to {last}"
            )
        given["layer"] -= 1
    return HiddenUnitsDisplay.from_model(asked.model, asked.rows(), **given)


def _weights(asked: Asked) -> Any:
    from glassnet.plots.weights import WeightsDisplay

    return WeightsDisplay.from_model(asked.model)


def _activations(asked: Asked) -> Any:
    from glassnet.plots.activations import ActivationsDisplay

    return ActivationsDisplay.from_model(asked.model, asked.rows())


def _loss_surface(asked: Asked) -> Any:
    from glassnet.plots.loss_surface import LossSurfaceDisplay
    from glassnet.runs.folder import path_of_run

    path = path_of_run(asked.path, asked.model, PATH_POINTS) if asked.table is None else ()
    return LossSurfaceDisplay.from_model(asked.model, asked.rows().with_answers(), path=path)


def _importance(asked: Asked) -> Any:
    from glassnet.plots.importance import ImportanceDisplay

    given = asked.options
    rows = None if given.get("method") in ("olden", "garson") else asked.scored()
    return ImportanceDisplay.from_model(asked.model, rows, **given)


def _lek(asked: Asked) -> Any:
    from glassnet.plots.lek_profile import LekProfileDisplay

    return LekProfileDisplay.from_model(asked.model, asked.rows(), **asked.options)


class Picture(NamedTuple):
    """What a picture shows, the options it takes, and how it is made."""

    says: str
    takes: tuple[str, ...]
    make: Callable[[Asked], Any]


PICTURES: dict[str, Picture] = {
    "network": Picture("the network: nodes, edges, weights", (), _network),
    "loss": Picture("training and validation loss, the best epoch marked", (), _loss),
    "regression": Picture("predicted against actual, residuals, errors", ("target",), _regression),
    "confusion": Picture("confusion matrix", ("target",), _confusion),
    "roc": Picture("ROC curves", ("target",), _roc),
    "calibration": Picture("how far probabilities can be believed", ("target",), _calibration),
    "surface": Picture(
        "the answer over two columns, with the rows", ("columns", "target"), _surface
    ),
    "units": Picture(
        "what each hidden node responds to over two columns", ("columns", "layer"), _units
    ),
    "weights": Picture("weights as heat maps", (), _weights),
    "activations": Picture("hidden activations, and which nodes are dead", (), _activations),
    "loss-surface": Picture(
        "the loss around the weights, with the path of the training", (), _loss_surface
    ),
    "importance": Picture("which columns matter", ("method",), _importance),
    "lek": Picture("the answer along each column, the others held", ("columns",), _lek),
}
"""Each picture by name."""


def _given(picture: Picture, options: dict[str, Any]) -> dict[str, Any]:
    """Those of the options that were given. Raises GlassnetError on one that the picture does not take."""
    given = {name: value for name, value in options.items() if value not in (None, ())}
    for name in given:
        if name not in picture.takes:
            takes = ", ".join(f"--{known.removesuffix('s')}" for known in picture.takes) or "none"
            raise GlassnetError(
                f"--{name.removesuffix('s')} is not an option of this picture, which takes {takes}"
            )
    return given


class PlotCommand(click.Command):
    """The command with a list of the pictures below its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The pictures."""
        with formatter.section("Pictures"):
            formatter.write_dl([(name, picture.says) for name, picture in PICTURES.items()])


@click.command(cls=PlotCommand)
@click.argument("picture")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write: .svg, .png or .pdf.",
    show_default="PICTURE.png",
)
@click.option(
    "--column", "columns", multiple=True, help="Column to look along; surface and units take two."
)
@click.option("--layer", type=int, help="Hidden layer of units, from 1.")
@click.option(
    "--target", help="Target to look at, where there are several.", show_default="the first"
)
@click.option(
    "--method",
    help="Of importance: permutation, input_gradients, olden or garson.",
    show_default="permutation",
)
def plot(picture: str, model: Path, table: str | None, out: Path | None, **options: Any) -> None:
    """Draw a picture of a trained model, and write it to a file.

    PICTURE is one of those below, MODEL a model file or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow IPC or
    JSON lines, by suffix; - is CSV on standard input. Without it the rows are those the run was given; scores are then drawn of
    those held out.
    """
    from glassnet.files import check_free
    from glassnet.models.model import load
    from glassnet.plots.figures import check_format, save_figure

    if picture not in PICTURES:
        raise unknown_name("picture", picture, PICTURES)
    out = Path(f"{picture}.png") if out is None else out
    check_format(out)
    check_free(out)
    chosen = PICTURES[picture]
    given = _given(chosen, options)
    display = chosen.make(Asked(load(model), model, table, given))
    if hasattr(display, "save"):
        display.save(out)
    else:
        save_figure(display.figure_, out)
    click.echo(f"Written to {out}")
