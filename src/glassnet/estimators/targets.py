"""What scikit-learn hands over as y and as weights, as target columns and row weights of a table."""

from typing import Any

import numpy as np
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from glassnet.errors import GlassnetError
from glassnet.estimators.validate_x import is_frame
from glassnet.tables.columns import Column, Table, check_size
from glassnet.tables.targets import ClassTarget

WHOLE = 2**53  # beyond it, whole numbers would merge as floats


def read_numbers(y: Any, name: str = "y") -> np.ndarray:
    """The targets as N or N x K numbers. Raises ValueError on what is missing, infinite or no number."""
    if getattr(getattr(y, "dtype", None), "kind", "") in ("M", "m"):
        raise GlassnetError(
            f"{name} is dates or times: turn it into a number (such as days from a start) first"
        )
    numbers = check_array(_given(y, name), ensure_2d=False, dtype="float64", input_name=name)
    if numbers.ndim not in (1, 2):
        raise GlassnetError(
            f"{name} has shape {numbers.shape}: give N numbers, or N x K for several targets"
        )
    return numbers


def read_labels(y: Any, name: str = "y") -> np.ndarray:
    """The targets as N labels, or as N x K zeros and ones where there are several. Raises ValueError on other things."""
    y = _given(y, name)
    cells = np.asarray(y) if np.ndim(y) == 1 else np.empty(0)
    texts = [isinstance(cell, str) for cell in cells] if cells.dtype == object else [False]
    if any(texts) and not all(texts):
        row = texts.index(False)
        raise GlassnetError(
            f"{name}, row {row + 1}: {cells[row]!r} is no class as the others are: leave out rows without one"
        )
    check_classification_targets(y)
    if type_of_target(y) == "multilabel-indicator":
        return np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    return column_or_1d(y, warn=True)


def _given(y: Any, name: str) -> Any:
    """What was given, where something was; of Polars and PyArrow as an array."""
    if y is None:
        raise GlassnetError(
            f"this estimator requires y to be passed, but the target y is None: give {name}"
        )
    pandas = type(y).__module__.startswith("pandas.")
    return (
        y
        if pandas or isinstance(y, (list, tuple, np.ndarray)) or not hasattr(y, "__array__")
        else np.asarray(y)
    )


def target_names(y: Any, outputs: int) -> list[str]:
    """The names of y's columns, where it is a data frame or series that names them by text; else y, or y0, y1, ..."""
    given = (
        (getattr(y, "column_names", None) or y.columns)
        if is_frame(y)
        else [getattr(y, "name", None)]
    )
    names = [name for name in given if isinstance(name, str) and name]
    return (
        names
        if len(names) == len(given) == outputs
        else ["y"]
        if outputs == 1
        else [f"y{i}" for i in range(outputs)]
    )


def answer_columns(y: np.ndarray, names: list[str]) -> Table:
    """N or N x K labels or numbers as target columns."""
    parts = y.reshape(len(y), -1).T
    columns = [_answers(name, part) for name, part in zip(names, parts, strict=True)]
    for column in columns:
        check_size(column)
    return Table.of(columns)


def _answers(name: str, values: np.ndarray) -> Column:
    if values.dtype.kind == "b":
        return Column(name, "boolean", np.where(values, "true", "false").astype(object))
    if values.dtype.kind in "iuf" and not (
        values.dtype.kind in "iu" and np.abs(values.astype(float)).max(initial=0) > WHOLE
    ):
        return Column(name, "number", values.astype(np.float64))
    return Column(name, "text", np.array([str(value) for value in values], object))


def class_targets(y: np.ndarray, names: list[str]) -> list[ClassTarget]:
    """The targets of N labels, or of N x K zeros and ones. Raises GlassnetError where there is one class only."""
    if y.ndim == 2:
        return [ClassTarget(name, (0, 1)) for name in names]
    (name,) = names
    labels = np.unique(y)
    if len(labels) == 1:
        raise GlassnetError(
            f"target '{name}' has one class only ({labels[0]}): there is nothing to tell apart"
        )
    if _answers(name, labels).kind == "text":
        return [ClassTarget(name, tuple(str(label) for label in labels))]
    plain = labels.tolist()
    whole = labels.dtype.kind == "f" and all(label == int(label) for label in plain)
    return [ClassTarget(name, tuple(int(label) for label in plain) if whole else tuple(plain))]


def read_weights(sample_weight: Any, rows: int, name: str = "sample_weight") -> np.ndarray | None:
    """Row weights as N numbers of 0 or more; None where all count the same. Raises GlassnetError on others, and where all are 0."""
    if sample_weight is None:
        return None
    try:
        weights = np.asarray(sample_weight, np.float64)
    except (TypeError, ValueError) as error:
        raise GlassnetError(f"{name} must be numbers: {error}") from None
    weights = np.full(rows, float(weights)) if weights.ndim == 0 else weights
    if weights.shape != (rows,):
        raise GlassnetError(
            f"{name} has shape {weights.shape}: give one number for each of the {rows} rows"
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        row = int(np.argmin(np.isfinite(weights) & (weights >= 0)))
        raise GlassnetError(
            f"{name}, row {row + 1}: {weights[row]} is not a finite number of 0 or more"
        )
    if not weights.any():
        raise GlassnetError(f"{name} is zero for every row: give some row a weight above zero")
    return weights


def class_weights(
    class_weight: Any, y: np.ndarray, classes: np.ndarray, weights: np.ndarray | None
) -> np.ndarray | None:
    """The weight of each class: from a dict, or "balanced", by which every class weighs the same; None where all do anyway."""
    if class_weight is None:
        return None
    if y.ndim == 2:
        raise GlassnetError("class_weight is for one target, but y has several: give sample_weight")
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(np.searchsorted(classes, y), weights, len(classes))
        return counts.sum() / (len(classes) * counts)
    if not isinstance(class_weight, dict):
        raise GlassnetError(
            f"class_weight must be a dict, 'balanced' or None, got {class_weight!r}"
        )
    return compute_class_weight(class_weight, classes=classes, y=y)


def times_class_weights(
    weights: np.ndarray | None, of_class: np.ndarray | None, y: np.ndarray, classes: np.ndarray
) -> np.ndarray | None:
    """Row weights times the weight of each row's class. Raises GlassnetError on a class that is not among the classes."""
    if y.ndim == 1 and not np.isin(y, classes).all():
        row = int(np.argmin(np.isin(y, classes)))
        raise GlassnetError(
            f"y_val, row {row + 1}: class {y[row]!r} is not among those of y: {', '.join(map(str, classes))}"
        )
    if of_class is None:
        return weights
    return read_weights(
        of_class[np.searchsorted(classes, y)] * (1.0 if weights is None else weights),
        len(y),
        "class_weight",
    )
