"""What scikit-learn hands over as X, a data frame or an array, as a table.

Names of columns are checked by scikit-learn's rules. y and weights are read in `targets.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from sklearn.utils.validation import check_array, validate_data

from glassnet.errors import GlassnetError, option_error, warn_of
from glassnet.recipe.options import options_from
from glassnet.tables.arrays import table_of_array
from glassnet.tables.columns import Column, Table, check_almost_numbers, count_texts
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.formats.reading import TRAINING, Learnt, Reading
from glassnet.tables.frames import as_table, check_frame

READING = ("missing", "decimal", "date_order")
"""The parameters that say how text is read: options of the same names."""


def is_frame(X: Any) -> bool:
    """Whether X is a pandas, Polars or PyArrow data frame."""
    from narwhals.stable.v2.dependencies import is_into_dataframe

    return is_into_dataframe(X)


def check_no_dates(values: Any, name: str) -> None:
    """Raises GlassnetError on dates and durations, which NumPy takes for numbers in silence."""
    if is_frame(values):
        from narwhals.stable.v2 import from_native

        schema = from_native(values).schema
        dates = [column for column, dtype in schema.items() if dtype.is_temporal()]
        if not dates:
            return
        name = f"column '{dates[0]}' of {name}"
    elif not _has_dates(values):
        return
    raise GlassnetError(
        f"{name} is dates or times: turn it into a number (such as days from a start) first"
    )


def _has_dates(values: Any) -> bool:
    """Whether an array, series or list holds dates or durations."""
    if type(values) in (list, tuple) or type(values).__module__.startswith("polars"):
        try:
            values = np.asarray(values)
        except ValueError:  # rows of several lengths: scikit-learn says so
            return False
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if kind == "O" and not hasattr(values, "toarray"):
        return any(isinstance(cell, (date, timedelta)) for cell in np.asarray(values).flat)
    return kind in ("M", "m")


def read_x(estimator: Any, X: Any, *, reset: bool, reading: Reading | None = None) -> Table:
    """X as a table.

    The columns of an array, or of a frame whose columns are not named by text, are x0, x1, ...

    Parameters
    ----------
    estimator : estimator
        With `reset` it learns the names and number of columns; without, they are checked.
    X : data frame or array, N x columns
        As it was given.
    reset : bool
        Whether this is fit, which reads text as the estimator's parameters say.
    reading : Reading, optional
        How the text of a frame that is not fitted on is read.

    Raises ValueError or GlassnetError on what is no table of numbers, text, booleans and dates,
    on other names than in fit, and on too few rows.
    """
    least = 2 if reset else 1
    if not is_frame(X):
        array = _as_array(estimator, X, reset, least)
        return table_of_array(array, column_names(estimator))
    check_frame(X)
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    names = column_names(estimator)
    if reset:
        reading = _reading_of(estimator, names)
    table = as_table(X, reading=reading or TRAINING, names=names)
    if reset:
        warn_of(table.notices)
    if table.n_rows < least:
        raise GlassnetError(
            f"X has {table.n_rows} sample(s), while a minimum of {least} is required by "
            f"{type(estimator).__name__}: give more rows"
        )
    return table


def _reading_of(estimator: Any, names: list[str]) -> Reading:
    """How the estimator's parameters say that text is to be read."""
    options = options_from({name: getattr(estimator, name) for name in READING})
    categories = category_names(estimator.categories, names)
    return replace(options.reading(()), categories=categories, remedies=("missing", "categories"))


def reading_like(table: Table) -> Reading:
    """How other rows of a table are read that is not learnt from yet."""
    learnt = {
        name: Learnt(column.kind, column.format, _levels(column)) for name, column in table.items()
    }
    return Reading(learnt=learnt)


def _levels(column: Column) -> tuple[str, ...]:
    return tuple(count_texts(column)) if column.kind == "text" else ()


def plain_rows(estimator: Any, encoding: TableEncoding | None, X: Any) -> np.ndarray | None:
    """The used columns of X where scikit-learn's checks would pass it as it is, else None.

    That is an array of numbers of the right shape. Those checks take many times as long as
    predicting a row.
    """
    is_matrix = type(X) is np.ndarray and X.ndim == 2 and len(X) > 0
    if not is_matrix or X.dtype.kind not in "fiu" or encoding is None:
        return None
    if X.shape[1] != len(encoding.inputs) or has_names(estimator):
        return None
    if encoding.number_positions is None:
        return None
    return X[:, encoding.number_positions]


def column_names(estimator: Any) -> list[str]:
    """The names of the columns that an estimator was fitted on.

    A program such as SHAP takes them from a fitted estimator, by setting `feature_names_in_` to
    None, so that it can predict arrays; then they are those of the encoding.
    """
    if has_names(estimator):
        return list(estimator.feature_names_in_)
    if "feature_names_in_" in vars(estimator):
        encoding = vars(estimator).get("_encoding") or estimator.model_.encoding
        return [column.name for column in encoding.inputs]
    return [f"x{i}" for i in range(estimator.n_features_in_)]


def has_names(estimator: Any) -> bool:
    """Whether the columns of new rows are checked by name."""
    return vars(estimator).get("feature_names_in_") is not None


def _as_array(estimator: Any, X: Any, reset: bool, least: int) -> np.ndarray:
    """X as an N x D array of any kind; a list of lists keeps its numbers beside its text."""
    array: Any = validate_data(
        estimator,
        _unmasked(X),
        reset=reset,
        dtype=None,
        ensure_all_finite=False,
        ensure_min_samples=least,
    )
    if array.dtype.kind == "U" and not hasattr(X, "dtype"):
        return check_array(X, dtype="object", ensure_all_finite=False)
    return array


def _unmasked(X: Any) -> Any:
    """X with missing cells where an array, or rows in a list, are masked."""
    if type(X) in (list, tuple) and any(isinstance(row, np.ma.MaskedArray) for row in X):
        X = np.ma.array(X)
    if not isinstance(X, np.ma.MaskedArray):
        return X
    if X.dtype.kind in "fiub":
        return np.ma.filled(X.astype(np.float64), np.nan)
    if X.dtype.kind == "M":
        return X.filled(np.datetime64("NaT"))
    cells = X.data.astype(object)
    cells[np.ma.getmaskarray(X)] = None
    return cells


def category_names(categories: Any, names: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns that are to be taken as categories.

    They are given by name, or by number from 0; one may stand by itself. Raises GlassnetError on
    anything else. Whether the names are columns is checked where they are encoded.
    """
    if categories is None:
        return ()
    if isinstance(categories, str) or not isinstance(categories, Iterable):
        categories = (categories,)
    return tuple(_category_name(category, names) for category in categories)


def _category_name(category: Any, columns: Sequence[str]) -> str:
    if isinstance(category, str):
        return category
    if not isinstance(category, (int, np.integer)) or isinstance(category, bool):
        raise option_error("categories", "must be names or numbers of columns", category)
    if not 0 <= category < len(columns):
        raise GlassnetError(
            f"categories names column {category}, but X has {len(columns)} columns, from 0 on"
        )
    return columns[int(category)]


def check_text(table: Table, categories: tuple[str, ...]) -> None:
    """Raises GlassnetError on a column of text nearly all of whose cells are numbers.

    Unless it is one of the categories.
    """
    for name, column in table.items():
        if name not in categories:
            check_almost_numbers(column, ("categories",))
