"""How much each class counts in the training: as given, or balanced.

Weights of rows are in `rows.py`; both multiply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.errors import OptionError, OptionRef
from glassnet.recipe.rows import TableRows
from glassnet.tables.targets import ClassTarget, Target, label_text

ClassWeight = str | Mapping[str, float]
"""'balanced', or a weight by class; a class that is not named weighs 1."""


def weigh_classes(
    rows: TableRows,
    validation: TableRows | None,
    class_weight: ClassWeight | None,
    classes: Sequence[Target],
) -> tuple[TableRows, TableRows | None]:
    """Training and validation rows whose sample weights are times the weight of their class.

    Parameters
    ----------
    rows : TableRows
        The rows to train on, whose classes are counted where the weights are to be balanced.
    validation : TableRows or None
        The rows to validate on.
    class_weight : "balanced", dict or None
        None: the rows stay as they are.
    classes : sequence of Target
        The targets of a classification; none for numbers.

    Raises OptionError unless there is one target of classes, and on classes that it has not.
    """
    if class_weight is None:
        return rows, validation
    if len(classes) != 1 or not isinstance(classes[0], ClassTarget):
        several = "y has several" if classes else "the task is regression"
        raise OptionError(
            [OptionRef("class_weight"), f" is for one target of classes, but {several}"],
            option="class_weight",
            value=class_weight,
            remedy="leave it out",
        )
    target = classes[0]
    index = target.index(rows.targets[target.name])
    weights = weight_of_classes(class_weight, target.labels, index, rows.sample_weight)
    weighed = [_times(part, target, weights) for part in (rows, validation) if part is not None]
    return weighed[0], weighed[1] if validation is not None else None


def weight_of_classes(
    class_weight: Any,
    labels: Sequence[Any],
    index: np.ndarray,
    sample_weight: np.ndarray | None = None,
) -> np.ndarray:
    """The weight of each class, one number a label.

    Parameters
    ----------
    class_weight : "balanced" or mapping
        A weight for each label, or its text (1 where it names none); "balanced": every class is to
        weigh the same in all.
    labels : sequence of K labels
        The classes.
    index : array of N int
        The number of each row's class among the labels.
    sample_weight : array of N numbers, or None
        How much each row counts by itself.

    Raises OptionError where a class is named that is none, and another is not named.
    """
    if isinstance(class_weight, str):
        counts = np.bincount(index, sample_weight, len(labels))
        present = counts > 0
        return counts.sum() / (present.sum() * np.where(present, counts, 1))
    by_text = {label_key(label): float(weight) for label, weight in class_weight.items()}
    names = [_texts(label) for label in labels]
    given = [next((by_text[text] for text in texts if text in by_text), None) for texts in names]
    unknown = set(by_text).difference(*names)
    if unknown and None in given:
        raise OptionError(
            [
                OptionRef("class_weight"),
                f" names '{min(unknown)}', which is no class of {', '.join(t[0] for t in names)}",
            ],
            option="class_weight",
            value=class_weight,
        )
    return np.array([1.0 if weight is None else weight for weight in given])


def label_key(label: Any) -> str:
    """A label, by whatever type it is given, as text."""
    plain = label.item() if isinstance(label, np.generic) else label
    return label_text(plain) if isinstance(plain, (str, bool, int, float)) else str(plain)


def _texts(label: Any) -> list[str]:
    """The texts that a label may be named by: of a boolean also 0 or 1."""
    plain = label.item() if isinstance(label, np.generic) else label
    text = label_key(plain)
    return [text, str(int(plain))] if isinstance(plain, bool) else [text]


def _times(rows: TableRows, target: ClassTarget, weights: np.ndarray) -> TableRows:
    of_rows = weights[target.index(rows.targets[target.name])]
    if rows.sample_weight is not None:
        of_rows = of_rows * rows.sample_weight
    if not of_rows.any():
        raise OptionError(
            [OptionRef("class_weight"), " leaves no row a weight above zero"],
            option="class_weight",
        )
    return replace(rows, sample_weight=of_rows)
