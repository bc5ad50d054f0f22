"""The pictures of a report, as parts of a page: each with its title, a text for those who cannot see it, and what it says."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from glassnet.errors import GlassnetError
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.plots.figures import data_uri
from glassnet.tables.targets import NumberTarget

MOST_TARGETS = 4  # of several, so many get pictures of their own
MANY = 5000  # rows; of more, so many evenly spread ones are drawn
REGRESSION = {
    "predicted_vs_actual": "predicted against actual",
    "residual_vs_predicted": "errors against predictions",
    "error_histogram": "how often errors of each size occur",
}


class Picture(NamedTuple):
    """A picture in a page; `source` is a data URI, "" where it could not be made, and then `says` is why."""

    title: str
    alt: str
    source: str
    says: str = ""


def attempt(title: str, draw: Callable[[], tuple[Any, str, str]]) -> Picture:
    """The picture that `draw` gives as (Display, alt text, what it says); one that cannot be made does not cost the report."""
    try:
        display, alt, says = draw()
        return Picture(title, alt, data_uri(display), says)
    except (
        GlassnetError,
        ArithmeticError,
        ValueError,
    ) as error:  # the last two: numbers without end in a run that went wrong
        return Picture(title, "", "", f"This picture is left out: {error}.")


def score_pictures(model: Model, rows: Rows, which: str) -> Iterator[Picture]:
    """How good the model is on some rows, `which` in words; with several targets of each of the first few."""
    drawn, which = _fewer(rows, which)
    for target in model.encoding.targets[:MOST_TARGETS]:
        if isinstance(target, NumberTarget):
            for kind, title in REGRESSION.items():
                yield attempt(
                    f"{target.name}: {title}",
                    partial(_regression, model, drawn, target.name, kind, which),
                )
        else:
            yield attempt(
                f"{target.name}: confusion matrix",
                partial(_confusion, model, drawn, target.name, which),
            )
            if (
                len(set(target.index(drawn.answers[target.name]).tolist())) > 1
            ):  # of one class alone there is no curve
                yield attempt(
                    f"{target.name}: ROC curves", partial(_roc, model, drawn, target.name)
                )
            yield attempt(
                f"{target.name}: calibration", partial(_calibration, model, drawn, target.name)
            )


def _fewer(rows: Rows, which: str) -> tuple[Rows, str]:
    if len(rows) <= MANY:
        return rows, which
    step = len(rows) / MANY
    return rows.take([int(i * step) for i in range(MANY)]), f"{MANY:,} of {which}, evenly spread"


def _regression(
    model: Model, rows: Rows, target: str, kind: str, which: str
) -> tuple[Any, str, str]:
    from glassnet.plots.regression import RegressionDisplay

    display = RegressionDisplay.from_model(model, rows, target=target, kind=kind)
    told = ", ".join(f"{name.upper()} {value:.4g}" for name, value in display.scores.items())
    return (
        display,
        f"{target}: {REGRESSION[kind]}; {told}.",
        f"{which}; {told}" if kind == next(iter(REGRESSION)) else "",
    )


def _confusion(model: Model, rows: Rows, target: str, which: str) -> tuple[Any, str, str]:
    from glassnet.plots.confusion_matrix import ConfusionMatrixDisplay

    display = ConfusionMatrixDisplay.from_model(model, rows, target=target)
    told = f"accuracy {display.accuracy:.3f}, balanced accuracy {display.balanced_accuracy:.3f}"
    return display, f"How often each class was taken for which; {told}.", f"{which}; {told}"


def _roc(model: Model, rows: Rows, target: str) -> tuple[Any, str, str]:
    from glassnet.plots.roc import RocCurveDisplay

    display = RocCurveDisplay.from_model(model, rows, target=target)
    areas = ", ".join(f"{label} {curve.auc:.3f}" for label, curve in display.curves.items())
    return (
        display,
        f"True against false positive rate, with the area under each curve: {areas}.",
        "",
    )


def _calibration(model: Model, rows: Rows, target: str) -> tuple[Any, str, str]:
    from glassnet.plots.calibration import CalibrationDisplay

    display = CalibrationDisplay.from_model(model, rows, target=target)
    return (
        display,
        f"Share observed against probability predicted; expected calibration error {display.error:.3f}.",
        "",
    )


def loss_picture(model: Model) -> Picture:
    """The losses of the training."""
    return attempt("The loss", partial(_loss, model))


def _loss(model: Model) -> tuple[Any, str, str]:
    from glassnet.plots.loss_curve import LossCurveDisplay

    losses = model.history["loss"]
    alt = f"The training loss over {len(losses)} epochs: {losses[0]:.4g} in the first, {losses[-1]:.4g} in the last."
    if "validation_loss" in model.history:
        alt += f" The validation loss is lowest at {min(model.history['validation_loss']):.4g}."
    return LossCurveDisplay.from_model(model), alt, ""


def column_pictures(model: Model, rows: Rows, which: str) -> Iterator[Picture]:
    """Which columns matter, and the answer over the two that say the most."""
    drawn, which = _fewer(rows, which)
    yield attempt("Which columns matter", partial(_importance, model, drawn, which))
    if len(model.encoding.needed) > 1:
        yield attempt("The answer over two columns", partial(_surface, model, drawn, which))


def _importance(model: Model, rows: Rows, which: str) -> tuple[Any, str, str]:
    from glassnet.plots.importance import ImportanceDisplay

    display = ImportanceDisplay.from_model(model, rows)
    found = display.importance
    longest = ", ".join(f"{found.names[i]} {found.mean[0, i]:.3g}" for i in found.order[:3])
    says = "how much worse the loss gets when a column's cells are shuffled; what two columns both tell, neither seems to need"
    return display, f"Bars, longest first: {longest}.", f"{which}; {says}"


def _surface(model: Model, rows: Rows, which: str) -> tuple[Any, str, str]:
    from glassnet.plots.decision_surface import DecisionSurfaceDisplay

    display = DecisionSurfaceDisplay.from_model(model, rows)
    alt = (
        f"The answer over {display.plane.x.name} and {display.plane.y.name}, with the rows as dots."
    )
    return display, alt, f"the two columns along which it varies most; dots: {which}"
