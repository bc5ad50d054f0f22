"""The pictures of a report: each with its title, a text for those who cannot see it, a caption."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from glassnet.errors import GlassnetError
from glassnet.importance.permutation import ColumnProgress
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.plots.figures import data_uri
from glassnet.tables.targets import ClassTarget, NumberTarget

MOST_TARGETS = 4  # targets that get pictures of their own
COLUMN_INCHES = 4.7  # of a picture, which is as wide as the letters in it allow
MANY = 5000  # rows; of more, so many evenly spread ones are drawn
SHUFFLED_ROWS = 2000  # rows whose cells are shuffled; of more, so many evenly spread ones
REGRESSION = {
    "predicted_vs_actual": "Predicted against actual",
    "residual_vs_predicted": "Errors against predictions",
    "error_histogram": "How often errors of each size occur",
}
"""The pictures of a numeric target, each by its kind with its title."""


class Drawn(NamedTuple):
    """A picture that could be made: the Display, its alternative text and its caption."""

    display: Any
    alt: str
    caption: str = ""


class Picture(NamedTuple):
    """A picture in a page; without a source it could not be made, and the caption says why."""

    title: str
    alt: str
    source: str
    """A data URI, or ""."""
    caption: str = ""
    kind: str = "chart"
    """Of a Display: what a dark page does with it."""


def attempt(title: str, draw: Callable[[], Drawn]) -> Picture:
    """The picture that `draw` makes; one that cannot be made does not cost the report.

    Arithmetic and value errors come from numbers that are not finite, in a run that went wrong.
    """
    try:
        drawn = draw()
        _fit_column(drawn.display.figure_)
        source, kind = data_uri(drawn.display), drawn.display.kind_of_picture
        return Picture(title, drawn.alt, source, drawn.caption, kind)
    except (GlassnetError, ArithmeticError, ValueError) as error:
        return Picture(title, "", "", f"This picture is left out: {error}.")


def _fit_column(figure: Any) -> None:
    """Make a figure no wider than a column of the page, so that its letters are not shrunk."""
    width, height = figure.get_size_inches()
    if width > COLUMN_INCHES:
        figure.set_size_inches(COLUMN_INCHES, height * (1 + COLUMN_INCHES / width) / 2)


def score_pictures(model: Model, rows: Rows) -> Iterator[Picture]:
    """How good the model is on some rows; of several targets for each of the first few.

    Parameters
    ----------
    model : Model
        The model.
    rows : Rows
        Rows with known targets. Where they are so many that some are drawn, the captions say so.
    """
    rows, which = _fewer(rows, "")
    for target in model.encoding.targets[:MOST_TARGETS]:
        if isinstance(target, NumberTarget):
            yield from _number_pictures(model, rows, target.name, which)
        else:
            yield from _class_pictures(model, rows, target, which)


def column_pictures(
    model: Model,
    rows: Rows,
    which: str,
    shuffled: Sequence[str],
    progress: ColumnProgress | None = None,
) -> Iterator[Picture]:
    """Which columns matter, and the prediction over the two along which it varies most.

    Parameters
    ----------
    model, rows
        As in `score_pictures`.
    which : str
        The rows in words.
    shuffled : sequence of str
        The columns whose cells are shuffled to see how much they matter.
    progress : callable, optional
        As in `permutation_importance`.
    """
    matter = partial(_importance, model, rows, which, shuffled, progress)
    yield attempt("Which columns matter", matter)
    if len(model.encoding.needed) > 1:
        title = "The prediction over two columns"
        yield attempt(title, partial(_surface, model, *_fewer(rows, which)))


def loss_picture(model: Model) -> Picture:
    """The losses of the training."""
    return attempt("The loss", partial(_loss, model))


def _fewer(rows: Rows, which: str, most: int = MANY) -> tuple[Rows, str]:
    """The rows, or of too many some that are evenly spread; and the same in words."""
    if len(rows) <= most:
        return rows, which
    of_which = which or f"{len(rows):,} rows"
    return rows.evenly_spread(most), f"{most:,} of {of_which}, evenly spread"


def _number_pictures(model: Model, rows: Rows, target: str, which: str) -> Iterator[Picture]:
    for kind, title in REGRESSION.items():
        draw = partial(_regression, model, rows, target, kind, which)
        yield attempt(_of_target(model, target, title), draw)


def _class_pictures(model: Model, rows: Rows, target: ClassTarget, which: str) -> Iterator[Picture]:
    name = target.name
    yield attempt(
        _of_target(model, name, "Confusion matrix"), partial(_confusion, model, rows, name, which)
    )
    classes = target.index(rows.targets[name])
    if len(set(classes.tolist())) > 1:  # of one class alone there is no curve
        yield attempt(_of_target(model, name, "ROC curves"), partial(_roc, model, rows, name))
    yield attempt(_of_target(model, name, "Calibration"), partial(_calibration, model, rows, name))


def _leave_out_titles(display: Any) -> None:
    """Take away what the page itself says: the titles, and the small print below them."""
    for ax in display.figure_.axes:
        for loc in ("left", "center"):
            ax.set_title("", loc=loc)
        for text in [text for text in ax.texts if not text.get_in_layout()]:
            text.remove()


def _of_target(model: Model, target: str, title: str) -> str:
    """A title, which names the target where there are several."""
    return title if len(model.encoding.targets) == 1 else f"{target}: {title}"


def _regression(model: Model, rows: Rows, target: str, kind: str, which: str) -> Drawn:
    from glassnet.plots.regression import RegressionDisplay

    display = RegressionDisplay.from_model(model, rows, target=target, kind=kind)
    scores = ", ".join(f"{name.upper()} {value:.4g}" for name, value in display.scores.items())
    _leave_out_titles(display)
    return Drawn(display, f"{target}: {REGRESSION[kind]}; {scores}.", which)


def _confusion(model: Model, rows: Rows, target: str, which: str) -> Drawn:
    from glassnet.plots.confusion_matrix import ConfusionMatrixDisplay

    display = ConfusionMatrixDisplay.from_model(model, rows, target=target)
    scores = f"accuracy {display.accuracy:.3f}, balanced accuracy {display.balanced_accuracy:.3f}"
    alt = f"How often each class was predicted as which; {scores}."
    return Drawn(display, alt, which)


def _roc(model: Model, rows: Rows, target: str) -> Drawn:
    from glassnet.plots.roc import RocCurveDisplay

    display = RocCurveDisplay.from_model(model, rows, target=target)
    areas = ", ".join(f"{label} {curve.auc:.3f}" for label, curve in display.curves.items())
    alt = f"True against false positive rate, with the area under each curve: {areas}."
    return Drawn(display, alt)


def _calibration(model: Model, rows: Rows, target: str) -> Drawn:
    from glassnet.plots.calibration import CalibrationDisplay

    display = CalibrationDisplay.from_model(model, rows, target=target)
    alt = (
        "Observed frequency against predicted probability; expected calibration error "
        f"{display.error:.3f}."
    )
    return Drawn(display, alt)


def _loss(model: Model) -> Drawn:
    from glassnet.plots.loss_curve import LossCurveDisplay

    losses = model.history["loss"]
    alt = (
        f"The training loss over {len(losses)} epochs: {losses[0]:.4g} in the first, "
        f"{losses[-1]:.4g} in the last."
    )
    if "validation_loss" in model.history:
        lowest = min(model.history["validation_loss"])
        alt += f" The validation loss is lowest at {lowest:.4g}."
    if "left_out_loss" in model.history:
        losses = model.history["left_out_loss"]
        alt += (
            f" That of the rows which each network left out of its training, and which chose "
            f"nothing, is lowest at {min(losses):.4g}, {losses[-1]:.4g} in the last."
        )
    return Drawn(LossCurveDisplay.from_model(model), alt)


def _importance(
    model: Model, rows: Rows, which: str, shuffled: Sequence[str], progress: ColumnProgress | None
) -> Drawn:
    from glassnet.plots.importance import ImportanceDisplay

    rows, which = _fewer(rows, which, SHUFFLED_ROWS)
    display = ImportanceDisplay.from_model(model, rows, columns=shuffled, progress=progress)
    found = display.importance
    longest = ", ".join(f"{found.names[i]} {found.mean[0, i]:.3g}" for i in found.order[:3])
    caption = (
        f"how much worse the loss{model.encoding.of_scaled_targets} gets on {which} when a "
        "column's cells are shuffled; of two columns that tell the same, neither seems to be needed"
    )
    if len(shuffled) < len(model.encoding.needed):
        caption += f"; shuffled are the {len(shuffled)} columns that gradients rank first"
    if len(model.members) > 1:
        caption += "; dots: a network each, bars: their mean"
    _leave_out_titles(display)
    display.figure_.axes[0].set_xlabel("")  # the caption says it, and with long names none fits
    return Drawn(display, f"Bars, longest first: {longest}.", caption)


def _surface(model: Model, rows: Rows, which: str) -> Drawn:
    from glassnet.plots.decision_surface import DecisionSurfaceDisplay

    display = DecisionSurfaceDisplay.from_model(model, rows)
    x, y = display.plane.x.name, display.plane.y.name
    _leave_out_titles(display)
    predicted = display.target.name
    caption = (
        f"{predicted} over the two columns along which it varies most, with {which}; {display.note}"
    )
    return Drawn(display, f"The prediction over {x} and {y}, with the rows as dots.", caption)
