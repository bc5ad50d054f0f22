"""What scikit-learn hands over as X, a data frame or an array, as the columns of a table; names are checked by its rules."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import check_array, validate_data

from glassnet.errors import GlassnetError
from glassnet.tables.arrays import table_of_array
from glassnet.tables.columns import Table, check_almost_numbers
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table


def is_frame(X: Any) -> bool:
    """Whether X is a pandas, Polars or PyArrow data frame."""
    from narwhals.stable.v2.dependencies import is_into_dataframe

    return is_into_dataframe(X)


def read_x(estimator: Any, X: Any, *, reset: bool) -> Table:
    """X as columns, and with `reset` its names and number of columns as attributes of the estimator; without, both are checked.

    The columns of an array, or of a frame whose columns are not named by text, are x0, x1, ... Raises ValueError or GlassnetError
    on what is no table of numbers, text, booleans and dates, on other names than in fit, and on too few rows.
    """
    least = 2 if reset else 1
    if not is_frame(X):
        array = _as_array(estimator, X, reset, least)
        return table_of_array(array, names_of(estimator))
    columns = as_table(X)
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    rows = columns.n_rows
    if rows < least:
        raise GlassnetError(
            f"X has {rows} sample(s), while a minimum of {least} is required by {type(estimator).__name__}: give more rows"
        )
    names = names_of(estimator)
    return Table.of(
        replace(column, name=name) for name, column in zip(names, columns.values(), strict=True)
    )


def plain_rows(estimator: Any, encoding: TableEncoding | None, X: Any) -> np.ndarray | None:
    """The used columns of X where it is an array of numbers that scikit-learn's checks would pass as it is, else None.

    Those checks take many times as long as predicting a row.
    """
    if (
        encoding is None
        or type(X) is not np.ndarray
        or X.dtype.kind not in "fiu"
        or X.ndim != 2
        or not len(X)
    ):
        return None
    if (
        X.shape[1] != len(encoding.inputs)
        or "feature_names_in_" in vars(estimator)
        or encoding.places_of_numbers is None
    ):
        return None
    return X[:, encoding.places_of_numbers]


def names_of(estimator: Any) -> list[str]:
    """The names of the columns that an estimator was fitted on."""
    named = getattr(estimator, "feature_names_in_", None)
    return [f"x{i}" for i in range(estimator.n_features_in_)] if named is None else list(named)


def _as_array(estimator: Any, X: Any, reset: bool, least: int) -> np.ndarray:
    """X as an N x D array of any kind; a list of lists keeps its numbers beside its text."""
    if isinstance(X, np.ma.MaskedArray) and X.dtype.kind in "fiub":
        return _as_array(estimator, np.ma.filled(X.astype(np.float64), np.nan), reset, least)
    given: Any = X
    array: Any = validate_data(
        estimator, given, reset=reset, dtype=None, ensure_all_finite=False, ensure_min_samples=least
    )
    if array.dtype.kind == "U" and not hasattr(X, "dtype"):
        return check_array(X, dtype="object", ensure_all_finite=False)
    return array


def category_names(categories: Any, columns: Table) -> tuple[str, ...]:
    """The names of the columns that are to be taken as categories, given by name or by place. Raises GlassnetError."""
    alone = isinstance(categories, str) or not isinstance(categories, Iterable)
    given: tuple[Any, ...] = (
        () if categories is None else (categories,) if alone else tuple(categories)
    )
    names = list(columns)
    found: list[str] = []
    for name in given:
        if isinstance(name, (int, np.integer)) and not isinstance(name, bool):
            if not 0 <= name < len(names):
                raise GlassnetError(
                    f"categories names column {name}, but X has {len(names)} columns, from 0 on"
                )
            found.append(names[name])
        elif isinstance(name, str):
            found.append(name)
        else:
            raise GlassnetError(f"categories must be names or places of columns, got {name!r}")
    return tuple(found)


def check_text(columns: Table, categories: tuple[str, ...]) -> None:
    """Raises GlassnetError on a column of text nearly all of whose cells are numbers, unless it is one of the categories."""
    for name, column in columns.items():
        if name not in categories:
            check_almost_numbers(column, f", or give categories=[{name!r}]")
