"""The model that is exported, and the rows that it predicts."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import glassnet as gn
from glassnet.exports.plan import export_plan

TABLE = Path(__file__).parents[2] / "examples" / "data" / "cars.csv"
TARGET = "miles_per_gallon"
MODELS: dict[str, dict[str, Any]] = {"small": {"hidden": 16, "members": 4}, "default": {}}
"""Name -> the options of train_table."""
NOISE = 0.05
"""Of the numbers, as a part of their column's standard deviation."""
DAYS = 30
"""By how many a date is moved at most."""


class Case:
    """A model of cars, rows drawn from its table with noise, and what it predicts of them.

    Parameters
    ----------
    name : str
        One of MODELS.
    rows : int
        How many are drawn.

    Attributes
    ----------
    model : Model
        Trained on the whole table.
    frame : polars.DataFrame
        The columns that the model reads: Float64, Date and String.
    kinds : list of str
        Of each column: "number", "date" or "text".
    expected : ndarray of float64, shape (rows,)
        What `Model.predict_columns` gives.
    """

    def __init__(self, name: str, rows: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gn.GlassnetWarning)
            self.model = gn.train_table(TABLE, TARGET, **MODELS[name])
        names = [column.name for column in export_plan(self.model).columns]
        table = pl.read_csv(TABLE, null_values="NA", try_parse_dates=True).select(names)
        self.frame = drawn(table, rows)
        self.kinds = [kind(column) for column in self.frame]
        self.expected = np.array(self.model.predict_columns(self.frame)["prediction"])

    def write(self, path: Path, rows: int) -> None:
        """The first rows as CSV: dates as 2026-01-31, missing cells empty."""
        self.frame.head(rows).write_csv(path)


def drawn(table: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Rows of a table, drawn with replacement, the numbers and dates with noise."""
    random = np.random.default_rng(0)
    frame = table[random.integers(0, len(table), rows)]
    columns: list[pl.Series] = []
    for column in frame:
        if kind(column) == "number":
            spread = float(np.nanstd(table[column.name].cast(pl.Float64).to_numpy()))
            column = column + pl.Series(random.normal(scale=NOISE * spread, size=rows))
        elif kind(column) == "date":
            moved = pl.Series(random.integers(-DAYS, DAYS + 1, rows))
            column = (column.cast(pl.Int32) + moved).cast(pl.Int32).cast(pl.Date)
        columns.append(column)
    return pl.DataFrame(columns)


def kind(column: pl.Series) -> str:
    """What its cells are."""
    return "number" if column.dtype.is_numeric() else "date" if column.dtype == pl.Date else "text"
