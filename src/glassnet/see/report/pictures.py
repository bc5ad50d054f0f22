"""The pictures of a report, as parts of a page: each with its title, a text for those who cannot see it, and what it says."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from glassnet.model import Model
from glassnet.see.figures import data_uri
from glassnet.see.subject import Rows
from glassnet.tables.targets import NumberTarget

MOST_TARGETS = 4  # of several, so many get pictures of their own


class Picture(NamedTuple):
    """A picture in a page; `source` is a data URI."""

    title: str
    alt: str
    source: str
    says: str = ""


def picture(display: Any, title: str, alt: str, says: str = "") -> Picture:
    """A Display's figure as part of a page."""
    return Picture(title, alt, data_uri(display), says)


def score_pictures(model: Model, rows: Rows, which: str) -> Iterator[Picture]:
    """How good the model is on some rows, `which` in words; with several targets of each of the first few."""
    for target in model.encoding.targets[:MOST_TARGETS]:
        if isinstance(target, NumberTarget):
            yield from _regression(model, rows, target.name, which)
        else:
            yield from _classification(model, rows, target.name, which)


def _regression(model: Model, rows: Rows, target: str, which: str) -> Iterator[Picture]:
    from glassnet.see.regression import RegressionDisplay

    kinds = {
        "predicted_vs_actual": (
            "predicted against actual",
            "Each row's prediction against what it was, with the line where both are equal.",
        ),
        "residual_vs_predicted": ("residuals", "Each row's error against its prediction."),
        "error_histogram": ("errors", "How often errors of each size occur."),
    }
    for kind, (title, alt) in kinds.items():
        display = RegressionDisplay.from_model(model, rows, target=target, kind=kind)
        told = ", ".join(f"{name.upper()} {value:.4g}" for name, value in display.scores.items())
        yield picture(display, f"{target}: {title}", f"{alt} {told}.", f"{which}; {told}." if kind == "predicted_vs_actual" else "")


def _classification(model: Model, rows: Rows, target: str, which: str) -> Iterator[Picture]:
    from glassnet.see.calibration import CalibrationDisplay
    from glassnet.see.classification import ConfusionMatrixDisplay
    from glassnet.see.roc import RocCurveDisplay

    confusion = ConfusionMatrixDisplay.from_model(model, rows, target=target)
    told = f"accuracy {confusion.accuracy:.3f}, balanced accuracy {confusion.balanced_accuracy:.3f}"
    yield picture(
        confusion, f"{target}: confusion matrix", f"How often each class was taken for which; {told}.", f"{which}; {told}."
    )
    if (confusion.confusion_matrix.sum(axis=1) > 0).sum() > 1:  # of one class alone there is no curve
        roc = RocCurveDisplay.from_model(model, rows, target=target)
        yield picture(
            roc, f"{target}: ROC curves", "True against false positive rate of each class, with the area under each curve."
        )
    calibration = CalibrationDisplay.from_model(model, rows, target=target)
    alt = f"Share observed against probability predicted; expected calibration error {calibration.error:.3f}."
    yield picture(calibration, f"{target}: calibration", alt)


def loss_picture(model: Model) -> Picture:
    """The losses of the training."""
    from glassnet.see.loss_curve import LossCurveDisplay

    first, last = model.history["loss"][0], model.history["loss"][-1]
    alt = f"The training loss falls from {first:.4g} to {last:.4g} over {len(model.history['loss'])} epochs."
    if "validation_loss" in model.history:
        alt += f" The validation loss is lowest at {min(model.history['validation_loss']):.4g}."
    return picture(LossCurveDisplay.from_model(model), "The loss", alt)


def column_pictures(model: Model, rows: Rows) -> Iterator[Picture]:
    """Which columns matter, and the answer over the two that say the most."""
    from glassnet.see.importance.display import ImportanceDisplay
    from glassnet.see.surface import DecisionSurfaceDisplay

    importance = ImportanceDisplay.from_model(model, rows)
    found = importance.importance
    names = [found.names[i] for i in found.order[:3]]
    says = "How much worse the loss gets when a column's cells are shuffled. What two columns both tell, neither seems to need."
    yield picture(importance, "Which columns matter", f"Bars, longest first: {', '.join(names)}.", says)
    if len(model.encoding.needed) > 1:
        surface = DecisionSurfaceDisplay.from_model(model, rows)
        yield picture(
            surface,
            "The answer over two columns",
            f"The answer over {surface.plane.x.name} and {surface.plane.y.name}, with the rows.",
        )
