"""Which pictures `glassnet plot` can draw, from what rows and with what options each.

The command itself is `plot.py`; what a picture is made from is `asked.py`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from glassnet.cli.asked import (
    Asked,
    as_given,
    chosen_row,
    from_0,
    importance_rows,
    known_rows,
    no_rows,
    of_a_row,
    one_column,
    rows_of_every_part,
    with_film,
    with_gradient_path,
    with_parts,
    with_path,
    with_row_numbers,
    with_which_rows,
)

if TYPE_CHECKING:
    from glassnet.models.rows import Rows


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
    rows: Callable[[Asked], "Rows | None"] = no_rows
    takes: tuple[str, ...] = ()
    settings: Callable[[Asked], dict[str, Any]] = as_given

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
        chosen_row,
        takes=("row", "backward", "which", "member"),
        settings=of_a_row,
    ),
    "loss": PlotChoice(
        "training and validation loss, the best epoch marked",
        "LossCurveDisplay",
    ),
    "gradients": PlotChoice(
        "the loss, and how long its gradient is, along the training",
        "GradientNormsDisplay",
        known_rows,
        settings=with_gradient_path,
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
        rows_of_every_part,
        takes=("target",),
        settings=with_parts,
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
    "spread": PlotChoice(
        "what each member predicts of some rows: how much is the luck of the start",
        "SpreadDisplay",
        Asked.scored_rows,
        takes=("output",),
        settings=with_row_numbers,
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
        settings=from_0,
    ),
    "weights": PlotChoice(
        "weights as heat maps",
        "WeightsDisplay",
        takes=("member",),
        settings=from_0,
    ),
    "activations": PlotChoice(
        "hidden activations, and which nodes are dead",
        "ActivationsDisplay",
        Asked.rows,
        takes=("member",),
        settings=from_0,
    ),
    "saturation": PlotChoice(
        "where the rows sit on each hidden layer's activation: saturated and dead nodes",
        "SaturationDisplay",
        Asked.rows,
        takes=("member",),
        settings=from_0,
    ),
    "loss-surface": PlotChoice(
        "the loss around the weights, with the path of the training",
        "LossSurfaceDisplay",
        known_rows,
        settings=with_path,
    ),
    "film": PlotChoice(
        "the prediction over two columns at the start, along the training, and at its end",
        "FilmDisplay",
        Asked.rows,
        takes=("columns", "target"),
        settings=with_film,
    ),
    "importance": PlotChoice(
        "which columns matter",
        "ImportanceDisplay",
        importance_rows,
        takes=("method",),
        settings=with_which_rows,
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
        settings=one_column,
    ),
    "why": PlotChoice(
        "what each column contributed to a row's prediction",
        "ContributionsDisplay",
        lambda asked: asked.explained_rows,
        takes=("row", "which", "output"),
        settings=of_a_row,
    ),
}
"""Each picture by name."""
