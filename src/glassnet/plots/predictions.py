"""What the pictures of how good a model is compare: one target's true and predicted answers. Nothing is drawn here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.models.model import Model
from glassnet.models.rows import Rows, as_model, rows_of
from glassnet.tables.columns import is_missing
from glassnet.tables.targets import ClassTarget, NumberTarget, Target, label_text


@dataclass(frozen=True)
class Classes:
    """A target's classes on N rows: `truth` is N class numbers, `probabilities` N x K, one column for each of the `labels`."""

    name: str
    labels: tuple[str, ...]
    truth: np.ndarray
    probabilities: np.ndarray


def numbers_of(
    thing: Any, table: Any, y: Any, target: str | None
) -> tuple[str, np.ndarray, np.ndarray]:
    """A numeric target's name, and on the N rows where it is known its true and its predicted numbers, in its own unit.

    Raises GlassnetError on classes, on an unknown target, and where there are not two such rows.
    """
    model = as_model(thing)
    found = _target(model, target)
    if not isinstance(found, NumberTarget):
        raise GlassnetError(
            f"the model predicts classes of '{found.name}', and this picture is for numbers: "
            "use ConfusionMatrixDisplay, RocCurveDisplay or CalibrationDisplay (glassnet plot confusion, roc or calibration)"
        )
    rows = _known_rows(model, table, y)
    return found.name, found.truth(rows.known()[found.name]), found.decode(_output(rows, found))


def classes_of(thing: Any, table: Any, y: Any, target: str | None) -> Classes:
    """A target's true classes and their predicted probabilities, on the rows where it is known.

    Raises GlassnetError on numbers, on an unknown target or class, and where there are not two such rows.
    """
    model = as_model(thing)
    found = _target(model, target)
    if not isinstance(found, ClassTarget):
        raise GlassnetError(
            f"the model predicts numbers ('{found.name}'), and this picture is for classes: "
            "use RegressionDisplay (glassnet plot regression)"
        )
    rows = _known_rows(model, table, y)
    truth = found.index(rows.known()[found.name])
    return Classes(
        found.name, tuple(found.label_texts), truth, found.probabilities(_output(rows, found))
    )


def given_classes(y_true: Any, y_prob: Any, labels: Sequence[Any] | None, name: str) -> Classes:
    """The same from N labels and N x K probabilities, or N of the second of two classes.

    `labels` are those of the columns; None: those in `y_true`, sorted. Raises GlassnetError on shapes that do not fit.
    """
    names = label_names(y_true) if labels is None else [label_text(label) for label in labels]
    shares = np.asarray(y_prob, float)
    shares = np.stack([1 - shares, shares], axis=1) if shares.ndim == 1 else shares
    truth = class_numbers(y_true, names)
    if shares.shape != (len(truth), len(names)):
        raise GlassnetError(
            f"y_prob has shape {np.shape(y_prob)}, but there are {len(truth)} rows and {len(names)} classes: {', '.join(names)}"
        )
    if not ((shares >= 0) & (shares <= 1)).all():
        raise GlassnetError("y_prob must be probabilities, from 0 to 1")
    return Classes(name, tuple(names), truth, shares)


def label_names(*answers: Any) -> list[str]:
    """The labels that occur, sorted by their own order, as text."""
    return [
        label_text(label)
        for label in np.unique(np.concatenate([np.asarray(y) for y in answers])).tolist()
    ]


def class_numbers(y: Any, labels: Sequence[str]) -> np.ndarray:
    """N labels as their places among `labels`. Raises GlassnetError, naming the row, on a missing one and on another one."""
    place = {label: number for number, label in enumerate(labels)}
    cells = np.asarray(y).tolist()
    numbers = [-1 if is_missing(cell) else place.get(label_text(cell), -1) for cell in cells]
    if -1 in numbers:
        row = numbers.index(-1)
        raise GlassnetError(
            f"row {row + 1}: {cells[row]!r} is not among the classes {', '.join(labels)}: leave the row out"
        )
    return np.array(numbers, int)


def _target(model: Model, name: str | None) -> Target:
    targets = {target.name: target for target in model.encoding.targets}
    if name is not None and name not in targets:
        raise unknown_name("target", name, targets)
    return next(iter(targets.values())) if name is None else targets[name]


def _known_rows(model: Model, table: Any, y: Any) -> Rows:
    rows = rows_of(model, table, y).with_answers()
    check_enough(len(rows), 2, "rows whose target is known")
    return rows


def _output(rows: Rows, target: Target) -> np.ndarray:
    return next(
        part for found, part in rows.model.encoding.by_target(rows.output) if found is target
    )
