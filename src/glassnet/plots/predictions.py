"""What the pictures of how good a model is compare: a target's true and predicted values.

Nothing is drawn here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.tables.columns import is_missing
from glassnet.tables.targets import ClassTarget, NumberTarget, Target, label_text


@dataclass(frozen=True)
class Classes:
    """A target's true classes and predicted probabilities on N rows.

    Parameters
    ----------
    name : str
        The target's name.
    labels : tuple of str
        The K classes.
    truth : ndarray
        The number of each row's class among the labels, N.
    probabilities : ndarray
        N x K.
    predicted : ndarray
        The number of each row's predicted class, N.
    threshold : float, optional
        Of two classes, the probability from which on the model predicts the second; None: the
        likelier class is predicted.
    """

    name: str
    labels: tuple[str, ...]
    truth: np.ndarray
    probabilities: np.ndarray
    predicted: np.ndarray
    threshold: float | None = None


def numbers_of(
    thing: Any, table: Any, y: Any, target: str | None
) -> tuple[str, np.ndarray, np.ndarray]:
    """A numeric target's name, and its true and predicted numbers, N and N, in its own unit.

    Only rows where it is known count. Raises GlassnetError on classes, on an unknown target, and on
    fewer than two rows.
    """
    model = as_model(thing)
    found = find_target(model, target)
    if not isinstance(found, NumberTarget):
        raise GlassnetError(
            f"the model predicts classes of '{found.name}', and this picture is for numbers: "
            "use ConfusionMatrixDisplay, RocCurveDisplay or CalibrationDisplay "
            "(glassnet plot confusion, roc or calibration)"
        )
    rows = _known_rows(model, table, y)
    predicted = found.decode(target_output(model, rows.output, found))
    return found.name, found.truth(rows.known_targets()[found.name]), predicted


def classes_of(thing: Any, table: Any, y: Any, target: str | None) -> Classes:
    """A target's true classes and their predicted probabilities, on the rows where it is known.

    Raises GlassnetError on numbers, on an unknown target or class, and on fewer than two rows.
    """
    model = as_model(thing)
    found = find_target(model, target)
    if not isinstance(found, ClassTarget):
        raise GlassnetError(
            f"the model predicts numbers ('{found.name}'), and this picture is for classes: "
            "use RegressionDisplay (glassnet plot regression)"
        )
    rows = _known_rows(model, table, y)
    truth = found.index(rows.known_targets()[found.name])
    probabilities = found.probabilities(target_output(model, rows.output, found))
    predicted = found.predicted(probabilities)
    labels = tuple(found.label_texts)
    return Classes(found.name, labels, truth, probabilities, predicted, found.threshold)


def given_classes(y_true: Any, y_prob: Any, labels: Sequence[Any] | None, name: str) -> Classes:
    """Classes from N labels and N x K probabilities, or N of the second of two classes.

    `labels` are those of the columns; None: those in `y_true`, sorted. Raises GlassnetError on
    shapes that do not fit.
    """
    names = label_names(y_true) if labels is None else [label_text(label) for label in labels]
    probabilities = np.asarray(y_prob, float)
    if probabilities.ndim == 1:
        probabilities = np.stack([1 - probabilities, probabilities], axis=1)
    truth = label_numbers(y_true, names)
    if probabilities.shape != (len(truth), len(names)):
        raise GlassnetError(
            f"y_prob has shape {np.shape(y_prob)}, but there are {len(truth)} rows "
            f"and {len(names)} classes: {', '.join(names)}"
        )
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise GlassnetError("y_prob must be probabilities, from 0 to 1")
    return Classes(name, tuple(names), truth, probabilities, probabilities.argmax(axis=1))


def label_names(*labels: Any) -> list[str]:
    """The labels that occur in some arrays of them, sorted by their own order, as text."""
    every = np.concatenate([np.asarray(part) for part in labels])
    return [label_text(label) for label in np.unique(every).tolist()]


def label_numbers(y: Any, labels: Sequence[str]) -> np.ndarray:
    """N labels as their numbers among `labels`, from 0.

    Raises GlassnetError, naming the row, on a missing label and on one that is not among them.
    """
    number_of = {label: number for number, label in enumerate(labels)}
    cells = np.asarray(y).tolist()
    numbers = [-1 if is_missing(cell) else number_of.get(label_text(cell), -1) for cell in cells]
    if -1 in numbers:
        row = numbers.index(-1)
        raise GlassnetError(
            f"row {row + 1}: {cells[row]!r} is not among the classes {', '.join(labels)}: "
            "leave the row out"
        )
    return np.array(numbers, int)


def find_target(model: Model, name: str | None) -> Target:
    """A model's target of that name; None: its first. Raises GlassnetError on an unknown name."""
    targets = {target.name: target for target in model.encoding.targets}
    if name is None:
        return model.encoding.targets[0]
    if name not in targets:
        raise unknown_name("target", name, targets)
    return targets[name]


def target_output(model: Model, output: np.ndarray, target: Target) -> np.ndarray:
    """Those columns of the network's output, N x K, that are one target's."""
    return next(part for found, part in model.encoding.by_target(output) if found is target)


def _known_rows(model: Model, table: Any, y: Any) -> Rows:
    rows = rows_of(model, table, y).with_targets()
    check_enough(len(rows), 2, "rows whose target is known")
    return rows
