"""What scikit-learn hands over as y and as weights, as the targets and sample weights of a table.

X is read in `validate_x.py`.
"""

from typing import Any

import numpy as np
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from glassnet.core.arrays import check_unmasked, real_array
from glassnet.errors import GlassnetError
from glassnet.estimators.validate_x import check_no_dates, is_frame
from glassnet.tables.columns import Column, Table, check_size
from glassnet.tables.targets import ClassTarget

LARGEST_EXACT = 2**53  # beyond it, different whole numbers would become the same float


def read_numbers(y: Any, name: str = "y") -> np.ndarray:
    """The targets as N or N x K numbers.

    Raises ValueError on what is missing, infinite or no number.
    """
    check_no_dates(y, name)
    readable = _as_scikit_learn_reads(y, name)
    numbers = check_array(readable, ensure_2d=False, dtype="float64", input_name=name)
    if numbers.ndim not in (1, 2):
        raise GlassnetError(
            f"{name} has shape {numbers.shape}: give N numbers, or N x K for several targets"
        )
    return numbers


def read_labels(y: Any, name: str = "y") -> np.ndarray:
    """The targets as N labels, or as N x K zeros and ones where there are several at once.

    Raises ValueError on other things.
    """
    y = _as_scikit_learn_reads(y, name)
    _check_all_or_no_text(y, name)
    check_classification_targets(y)
    if type_of_target(y) == "multilabel-indicator":
        return np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    return column_or_1d(y, warn=True)


def _check_all_or_no_text(y: Any, name: str) -> None:
    """Raises GlassnetError on a label that is no text where others are."""
    if np.ndim(y) != 1:
        return
    labels = np.asarray(y)
    if labels.dtype != object:
        return
    is_text = [isinstance(label, str) for label in labels]
    if any(is_text) and not all(is_text):
        row = is_text.index(False)
        raise GlassnetError(
            f"{name}, row {row + 1}: {labels[row]!r} is no class as the others are: "
            "leave out rows without one"
        )


def _as_scikit_learn_reads(y: Any, name: str) -> Any:
    """What was given, columns of Polars and PyArrow as an array.

    Raises GlassnetError where nothing was given, and on masked cells.
    """
    if y is None:
        raise GlassnetError(
            f"this estimator requires y to be passed, but the target y is None: give {name}"
        )
    check_unmasked(y, name)
    is_pandas = type(y).__module__.startswith("pandas.")
    if is_pandas or isinstance(y, (list, tuple, np.ndarray)) or not hasattr(y, "__array__"):
        return y
    return np.asarray(y)


def target_names(y: Any, outputs: int) -> list[str]:
    """The names of y's columns.

    They are those of a data frame or series that names them by text; else y, or y0, y1, ...
    """
    if is_frame(y):
        given = getattr(y, "column_names", None) or y.columns
    else:
        given = [getattr(y, "name", None)]
    names = [name for name in given if isinstance(name, str) and name]
    if len(names) == len(given) == outputs:
        return names
    return ["y"] if outputs == 1 else [f"y{i}" for i in range(outputs)]


def target_columns(y: np.ndarray, names: list[str]) -> Table:
    """N or N x K labels or numbers as columns of a table."""
    by_column = y.reshape(len(y), -1).T
    columns = [_column(name, cells) for name, cells in zip(names, by_column, strict=True)]
    for column in columns:
        check_size(column)
    return Table.of(columns)


def _column(name: str, values: np.ndarray) -> Column:
    """Labels or numbers as a column of the kind that holds them exactly."""
    if values.dtype.kind == "b":
        return Column(name, "boolean", np.where(values, "true", "false").astype(object))
    if values.dtype.kind in "iuf" and _are_exact_floats(values):
        return Column(name, "number", values.astype(np.float64))
    return Column(name, "text", np.array([str(value) for value in values], object))


def _are_exact_floats(values: np.ndarray) -> bool:
    """Whether different numbers stay different as float64."""
    if values.dtype.kind == "f":
        return True
    return bool(np.abs(values.astype(float)).max(initial=0) <= LARGEST_EXACT)


def class_targets(y: np.ndarray, names: list[str]) -> list[ClassTarget]:
    """The targets of N labels, or of N x K zeros and ones.

    Raises GlassnetError where there is one class only.
    """
    if y.ndim == 2:
        return [ClassTarget(name, (0, 1)) for name in names]
    (name,) = names
    labels = np.unique(y)
    if len(labels) == 1:
        raise GlassnetError(
            f"target '{name}' has one class only ({labels[0]}): there is nothing to tell apart"
        )
    if _column(name, labels).kind == "text":
        return [ClassTarget(name, tuple(str(label) for label in labels))]
    plain = labels.tolist()
    if labels.dtype.kind == "f" and all(label == int(label) for label in plain):
        plain = [int(label) for label in plain]
    return [ClassTarget(name, tuple(plain))]


def read_sample_weight(
    sample_weight: Any, rows: int, name: str = "sample_weight"
) -> np.ndarray | None:
    """Sample weights as N numbers of 0 or more; None where all rows count the same.

    Raises GlassnetError on other things, and where all are 0.
    """
    if sample_weight is None:
        return None
    weight = real_array(sample_weight, name)
    if weight.ndim == 0:
        weight = np.full(rows, float(weight))
    if weight.shape != (rows,):
        raise GlassnetError(
            f"{name} has shape {weight.shape}: give one number for each of the {rows} rows"
        )
    usable = np.isfinite(weight) & (weight >= 0)
    if not usable.all():
        row = int(np.argmin(usable))
        raise GlassnetError(
            f"{name}, row {row + 1}: {weight[row]} is not a finite number of 0 or more"
        )
    if not weight.any():
        raise GlassnetError(f"{name} is zero for every row: give some row a weight above zero")
    return weight


def check_known_labels(y: np.ndarray, classes: np.ndarray) -> None:
    """Raises GlassnetError on a validation label that is not among the classes."""
    known = np.isin(y, classes)
    if y.ndim == 1 and not known.all():
        row = int(np.argmin(known))
        raise GlassnetError(
            f"y_val, row {row + 1}: class {y[row]!r} is not among those of y: "
            f"{', '.join(str(label) for label in classes)}"
        )
