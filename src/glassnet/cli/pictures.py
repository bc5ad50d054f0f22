"""Which pictures `glassnet plot` can draw, from what rows and with what options each.

The command itself is `plot.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from glassnet.models.model import Model
    from glassnet.models.rows import Rows
    from glassnet.runs.open import RunFolder

PATH_POINTS = 40  # points of the training's path over the loss surface
GRADIENT_POINTS = 200  # points of the path at which the gradient is measured
MOST_FILM_POINTS = 2001  # points of the path that a film chooses from
FILM_NUMBERS = 8_000_000  # numbers that these hold together, at most
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

    @cached_property
    def explained_rows(self) -> "Rows":
        """The rows, with the model of the run that a row of it is to be explained by."""
        from glassnet.cli.wording import in_flags
        from glassnet.runs.explained_rows import model_for

        which, number = self.options.get("which"), self.options.get("row", 1)
        if self.table is not None and which is None:
            return self.rows()
        numbers = (number,) if self.table is None else ()
        return replace(self.rows(), model=model_for(self.run, numbers, which, in_flags).model)

    @property
    def unseen_note(self) -> str:
        """What a picture of a row says where the model that it was held out of is shown."""
        row, run = self.options.get("row", 1), self.run
        in_holdout = row - 1 in run.rows.get("holdout", ())
        unseen = self.explained_rows.model is not run.model or not run.model.record.refit
        return "By the model that had not seen this row." if in_holdout and unseen else ""


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
    return asked.explained_rows if of_a_row else None


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


def _of_a_row(asked: Asked) -> dict[str, Any]:
    """The options of a picture of one row, and a note where its model had not seen it."""
    options = _from_0(asked)
    options.pop("which", None)
    shows_row = _chosen_row(asked) is not None
    note = asked.unseen_note if shows_row and asked.table is None else ""
    return options | ({"note": note} if note else {})


def _one_column(asked: Asked) -> dict[str, Any]:
    """The options with one column. Raises GlassnetError where several are given."""
    options = dict(asked.options)
    columns = options.pop("columns", ())
    if len(columns) > 1:
        raise GlassnetError(f"--column is given {len(columns)} times: this picture is of one")
    return options | ({"column": columns[0]} if columns else {})


def _rows_of_every_part(asked: Asked) -> "Rows":
    """All rows; where no table is named, as the model sees them that the run was scored with."""
    if asked.table is None:
        return asked.run.source.rows(asked.run.scored_model)
    return asked.rows().with_targets()


def _with_parts(asked: Asked) -> dict[str, Any]:
    """The options, and what the rows of the run were to its training."""
    return asked.options | ({"parts": asked.run.rows} if asked.table is None else {})


def _with_path(asked: Asked) -> dict[str, Any]:
    """The path of the training, where its rows are those of the run."""
    return {"path": asked.run.training_path(PATH_POINTS) if asked.table is None else ()}


def _with_film(asked: Asked) -> dict[str, Any]:
    """The options, and so many points of the training's path as there are epochs or room for."""
    size = asked.model.n_parameters
    points = max(PATH_POINTS, min(MOST_FILM_POINTS, FILM_NUMBERS // size))
    return asked.options | {"path": asked.run.training_path(points) if asked.table is None else ()}


def _with_gradient_path(asked: Asked) -> dict[str, Any]:
    """The path of the training, where its rows are those of the run."""
    return {"path": asked.run.training_path(GRADIENT_POINTS) if asked.table is None else ()}


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
        takes=("row", "backward", "which", "member"),
        settings=_of_a_row,
    ),
    "loss": PlotChoice(
        "training and validation loss, the best epoch marked",
        "LossCurveDisplay",
    ),
    "gradients": PlotChoice(
        "the loss, and how long its gradient is, along the training",
        "GradientNormsDisplay",
        _known_rows,
        settings=_with_gradient_path,
    ),
    "regression": PlotChoice(
        "predicted against actual, residuals, errors",
        "RegressionDisplay",
        Asked.scored_rows,
        takes=("target",),
    ),
    "fit": PlotChoice(
        "predicted against actual: rows trained on, validated on and held out side by side",
        "FitDisplay",
        _rows_of_every_part,
        takes=("target",),
        settings=_with_parts,
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
    "precision-recall": PlotChoice(
        "precision against recall, with the model's threshold",
        "PrecisionRecallDisplay",
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
    "saturation": PlotChoice(
        "where the rows sit on each hidden layer's activation: saturated and dead nodes",
        "SaturationDisplay",
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
    "film": PlotChoice(
        "the prediction over two columns at the start, along the training, and at its end",
        "FilmDisplay",
        Asked.rows,
        takes=("columns", "target"),
        settings=_with_film,
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
        takes=("columns", "output"),
    ),
    "ice": PlotChoice(
        "the prediction of each row as one column changes, and their mean",
        "IceDisplay",
        Asked.rows,
        takes=("columns", "output"),
        settings=_one_column,
    ),
    "why": PlotChoice(
        "what each column contributed to a row's prediction",
        "ContributionsDisplay",
        lambda asked: asked.explained_rows,
        takes=("row", "which", "output"),
        settings=_of_a_row,
    ),
}
"""Each picture by name."""
