"""`glassnet plot`: each picture of a trained model as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glassnet.errors import GlassnetError, unknown_name

if TYPE_CHECKING:
    from glassnet.model import Model
    from glassnet.see.subject import Rows

PATH_POINTS = 40  # of the path over the loss surface


@dataclass(frozen=True)
class Asked:
    """What a picture is made from: the model, where it is, its rows (looked up when first asked for), and the options given."""

    model: "Model"
    path: Path
    table: str | None
    options: dict[str, Any]

    def rows(self) -> "Rows":
        """The rows of the table, or those the run was given."""
        from glassnet.cli.run_folder import rows_of_run

        return rows_of_run(self.path, self.model, self.table)

    def scored(self) -> "Rows":
        """The rows of the table, or of the run those it was scored on: held out from training, if any were."""
        from glassnet.cli.run_folder import is_demo, scored_rows

        rows = self.rows()
        if self.table is not None or is_demo(self.model):
            return rows.with_answers()
        return rows.take(scored_rows(self.path))

    def of(self, *names: str) -> dict[str, Any]:
        """Those of the options that were given. Raises GlassnetError on one that was given and that the picture does not take."""
        for name, value in self.options.items():
            if name not in names and value not in (None, ()):
                takes = ", ".join(f"--{known.removesuffix('s')}" for known in names) or "none"
                raise GlassnetError(f"--{name.removesuffix('s')} is not an option of this picture, which takes {takes}")
        return {name: self.options[name] for name in names if self.options[name] not in (None, ())}


def _network(asked: Asked) -> Any:
    from glassnet.see.network.display import NetworkDisplay

    asked.of()
    return NetworkDisplay.from_model(asked.model)


def _loss(asked: Asked) -> Any:
    from glassnet.see.loss_curve import LossCurveDisplay

    asked.of()
    return LossCurveDisplay.from_model(asked.model)


def _regression(asked: Asked) -> Any:
    from glassnet.see.regression import RegressionDisplay

    return RegressionDisplay.from_model(asked.model, asked.scored(), **asked.of("target"))


def _confusion(asked: Asked) -> Any:
    from glassnet.see.classification import ConfusionMatrixDisplay

    return ConfusionMatrixDisplay.from_model(asked.model, asked.scored(), **asked.of("target"))


def _roc(asked: Asked) -> Any:
    from glassnet.see.roc import RocCurveDisplay

    return RocCurveDisplay.from_model(asked.model, asked.scored(), **asked.of("target"))


def _calibration(asked: Asked) -> Any:
    from glassnet.see.calibration import CalibrationDisplay

    return CalibrationDisplay.from_model(asked.model, asked.scored(), **asked.of("target"))


def _surface(asked: Asked) -> Any:
    from glassnet.see.surface import DecisionSurfaceDisplay

    return DecisionSurfaceDisplay.from_model(asked.model, asked.rows(), **asked.of("columns", "target"))


def _units(asked: Asked) -> Any:
    from glassnet.see.hidden_units import HiddenUnitsDisplay

    given = asked.of("columns", "layer")
    if "layer" in given:
        last = len(asked.model.network.sizes) - 2
        if not 1 <= given["layer"] <= last:
            raise GlassnetError(f"--layer {given['layer']}: the model's hidden layers are 1 to {last}")
        given["layer"] -= 1
    return HiddenUnitsDisplay.from_model(asked.model, asked.rows(), **given)


def _weights(asked: Asked) -> Any:
    from glassnet.see.weights import WeightsDisplay

    asked.of()
    return WeightsDisplay.from_model(asked.model)


def _activations(asked: Asked) -> Any:
    from glassnet.see.hidden_activations import ActivationsDisplay

    asked.of()
    return ActivationsDisplay.from_model(asked.model, asked.rows())


def _loss_surface(asked: Asked) -> Any:
    from glassnet.cli.run_folder import path_of_run
    from glassnet.see.loss_surface import LossSurfaceDisplay

    asked.of()
    path = path_of_run(asked.path, asked.model, PATH_POINTS) if asked.table is None else ()
    return LossSurfaceDisplay.from_model(asked.model, asked.rows().with_answers(), path=path)


def _importance(asked: Asked) -> Any:
    from glassnet.see.importance.display import ImportanceDisplay

    given = asked.of("method")
    rows = None if given.get("method") in ("olden", "garson") else asked.scored()
    return ImportanceDisplay.from_model(asked.model, rows, **given)


def _lek(asked: Asked) -> Any:
    from glassnet.see.importance.profile_display import LekProfileDisplay

    return LekProfileDisplay.from_model(asked.model, asked.rows(), **asked.of("columns"))


PICTURES: dict[str, tuple[str, Callable[[Asked], Any]]] = {
    "network": ("the network: nodes, edges, weights", _network),
    "loss": ("training and validation loss, the best epoch marked", _loss),
    "regression": ("predicted against actual, residuals, errors", _regression),
    "confusion": ("confusion matrix", _confusion),
    "roc": ("ROC curves", _roc),
    "calibration": ("how far probabilities can be believed", _calibration),
    "surface": ("the answer over two columns, with the rows", _surface),
    "units": ("what each hidden node responds to over two columns", _units),
    "weights": ("weights as heat maps", _weights),
    "activations": ("hidden activations, and which nodes are dead", _activations),
    "loss-surface": ("the loss around the weights, with the path of the training", _loss_surface),
    "importance": ("which columns matter", _importance),
    "lek": ("the answer along each column, the others held", _lek),
}
"""Each picture by name: what it shows, and how it is made."""


class PlotCommand(click.Command):
    """The command with a list of the pictures below its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The pictures."""
        with formatter.section("Pictures"):
            formatter.write_dl([(name, says) for name, (says, _) in PICTURES.items()])


@click.command(cls=PlotCommand)
@click.argument("picture")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="File to write: .svg, .png or .pdf.", show_default="PICTURE.png")
@click.option("--column", "columns", multiple=True, help="Column to look along; surface and units take two.")
@click.option("--layer", type=int, help="Hidden layer of units, from 1.")
@click.option("--target", help="Target to look at, where there are several.", show_default="the first")
@click.option("--method", help="Of importance: permutation, input_gradients, olden or garson.", show_default="permutation")
def plot(picture: str, model: Path, table: str | None, out: Path | None, **options: Any) -> None:
    """Draw a picture of a trained model, and write it to a file.

    PICTURE is one of those below, MODEL a model file or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow IPC or
    JSON lines, by suffix; - is CSV on standard input. Without it the rows are those the run was given; scores are then drawn of
    those held out.
    """
    from glassnet.files import check_free
    from glassnet.model import load
    from glassnet.see.figures import check_format, save_figure

    if picture not in PICTURES:
        raise unknown_name("picture", picture, PICTURES)
    out = Path(f"{picture}.png") if out is None else out
    check_format(out)
    check_free(out)
    display = PICTURES[picture][1](Asked(load(model), model, table, options))
    if hasattr(display, "save"):
        display.save(out)
    else:
        save_figure(display.figure_, out)
    click.echo(f"Written to {out}")
