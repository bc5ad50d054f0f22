"""The outputs of a model as what its user wants: predictions, probabilities, named columns."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget, Target


def predictions(encoding: TableEncoding, output: np.ndarray) -> np.ndarray:
    """Outputs, N x K, as predictions: N, or N x targets where there are several."""
    found = [target.decode(part) for target, part in encoding.by_target(output)]
    return found[0] if len(found) == 1 else np.stack(found, axis=1)


def probabilities(encoding: TableEncoding, output: np.ndarray) -> np.ndarray:
    """Outputs, N x K, as probabilities: N x classes; of several targets, of their second class."""
    found = [
        target.probabilities(part)
        for target, part in encoding.by_target(output)
        if isinstance(target, ClassTarget)
    ]
    if len(found) == 1:
        return found[0]
    return np.stack([of_classes[:, 1] for of_classes in found], axis=1)


class ColumnNames(NamedTuple):
    """What the columns of a target's predictions are called."""

    prediction: str
    low: str
    high: str
    set: str
    probabilities: tuple[str, ...]
    """One for each class; () of a number."""


def prediction_names(encoding: TableEncoding) -> list[ColumnNames]:
    """Those of each target; of several targets each name has the target's in it."""
    several = len(encoding.targets) > 1
    return [_prediction_names(target, several) for target in encoding.targets]


def _prediction_names(target: Target, several: bool) -> ColumnNames:
    suffix = f"_{target.name}" if several else ""
    labels = target.label_texts if isinstance(target, ClassTarget) else []
    before = f"probability{suffix}{'=' if several else '_'}"
    probabilities = tuple(before + label for label in labels)
    return ColumnNames(
        f"prediction{suffix}", f"low{suffix}", f"high{suffix}", f"set{suffix}", probabilities
    )


def named_columns(
    encoding: TableEncoding,
    output: np.ndarray,
    ends: np.ndarray | None = None,
    sets: Sequence[np.ndarray] | None = None,
) -> dict[str, list[Any]]:
    """Outputs, N x K, as named columns; see `Model.predict_columns`.

    Beside them the ends of intervals, N x targets x 2, and sets of classes, one array a target.
    """
    columns: dict[str, list[Any]] = {}
    all_names = prediction_names(encoding)
    for number, (target, part) in enumerate(encoding.by_target(output)):
        names = all_names[number]
        columns[names.prediction] = target.decode(part).tolist()
        if ends is not None:
            columns[names.low], columns[names.high] = ends[:, number].T.tolist()
        if isinstance(target, ClassTarget):
            if sets is not None:
                columns[names.set] = set_texts(target, sets[number])
            of_classes = target.probabilities(part)
            for name, column in zip(names.probabilities, of_classes.T, strict=True):
                columns[name] = column.tolist()
    return columns


def names_of_numbers(encoding: TableEncoding) -> list[str]:
    """What the columns of `comparable_numbers` are, C names."""
    names = []
    for target in encoding.targets:
        if not isinstance(target, ClassTarget):
            names.append(target.name)
            continue
        labels = target.label_texts[0 if target.width > 1 else 1 :]
        names += [f"probability of {target.name} = {label}" for label in labels]
    return names


def comparable_numbers(encoding: TableEncoding, output: np.ndarray) -> np.ndarray:
    """Outputs, N x K, as numbers that can be compared: N x C.

    Of a target that is a number itself; of classes their probabilities, of two that of the second.
    """
    columns = []
    for target, part in encoding.by_target(output):
        if isinstance(target, ClassTarget):
            columns.append(target.probabilities(part)[:, 0 if target.width > 1 else 1 :])
        else:
            columns.append(target.decode(part)[:, None])
    return np.concatenate(columns, axis=1)


def set_texts(target: ClassTarget, chosen: np.ndarray) -> list[str]:
    """The sets of N rows, N x classes booleans, each as its labels with a | in between."""
    labels = target.label_texts
    return ["|".join(labels[k] for k in np.flatnonzero(row)) for row in chosen]
