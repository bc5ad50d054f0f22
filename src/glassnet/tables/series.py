"""One column of a data frame, or of a dict, by the type that its library declares.

A column of text comes as a `TextColumn`, which is yet to be read.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.errors import TableError
from glassnet.tables.columns import Column, is_missing
from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.reading import TextColumn
from glassnet.tables.plain_cells import (
    as_objects,
    boolean_cells,
    column_of_cells,
    column_of_times,
    merges,
)
from glassnet.tables.times import stored_series


def column_of_series(name: str, series: Any) -> Column | TextColumn:
    """A column of a data frame by the type that it declares."""
    import narwhals.stable.v2 as nw

    dtype = series.dtype
    if dtype.is_numeric():
        return _column_of_numbers(name, series)
    if dtype in (nw.Date, nw.Datetime):
        return Column(name, "date", stored_series(series).days)
    if dtype in (nw.Time, nw.Duration):
        return Column(name, "number", stored_series(series).hours)
    if dtype == nw.Boolean:
        return Column(name, "boolean", boolean_cells(series.to_list()))
    if dtype in (nw.Categorical, nw.Enum):
        return replace(column_of_cells(name, series.to_list(), str(dtype)), category=True)
    if dtype == nw.String:
        return TextColumn(name, lambda: _text_cells_of(series))
    return _text_open(column_of_cells(name, series.to_list(), str(dtype)))


def _text_cells_of(series: Any) -> TextCells:
    """The distinct cells of a series of strings."""
    import narwhals.stable.v2 as nw

    if series.implementation is nw.Implementation.POLARS:
        return TextCells.of_polars(series.to_native())
    return TextCells.of(None if is_missing(cell) else str(cell) for cell in series.to_list())


def _column_of_numbers(name: str, series: Any) -> Column:
    """Numbers; or text, where whole numbers are so large that as float64 they would merge."""
    import narwhals.stable.v2 as nw

    numbers = np.array(series.cast(nw.Float64).to_numpy(), np.float64)
    if series.dtype.is_integer() and merges(numbers[~np.isnan(numbers)]):
        cells = [None if is_missing(cell) else str(cell) for cell in series.to_list()]
        return Column(name, "text", as_objects(cells))
    return Column(name, "number", numbers)


def column_of_any(name: str, cells: Any) -> Column | TextColumn:
    """A column of a dict: an array, a series of a data frame library, or any sequence."""
    import narwhals.stable.v2 as nw

    if isinstance(cells, np.ndarray):
        return _column_of_array(name, cells)
    series: Any = nw.from_native(cells, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return column_of_series(name, series)
    return _text_open(column_of_cells(name, list(cells), type(cells).__name__))


def _column_of_array(name: str, array: np.ndarray) -> Column | TextColumn:
    """A column of an array, N; what a mask hides is missing."""
    if array.ndim != 1:
        raise TableError(
            f"column '{name}' is an array of shape {array.shape}",
            column=name,
            remedy="give one of N cells",
        )
    masked = np.ma.getmaskarray(array)
    plain = np.ma.getdata(array)
    if plain.dtype.kind in "mM":
        return column_of_times(name, array)
    if plain.dtype.kind == "f" or (plain.dtype.kind in "iu" and not merges(plain)):
        return Column(name, "number", np.where(masked, np.nan, plain.astype(np.float64)))
    cells = plain.astype(object)
    cells[masked] = None
    return _text_open(column_of_cells(name, list(cells), f"an array of {plain.dtype}"))


def _text_open(column: Column) -> Column | TextColumn:
    """A column of text as one that is yet to be read; others stay."""
    if column.kind != "text":
        return column
    return TextColumn(column.name, lambda: TextCells.of(column.values.tolist()))
