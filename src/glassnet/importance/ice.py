"""Individual conditional expectation: each row's prediction as one of its columns changes.

Their mean is the partial dependence. No picture is drawn here: that is `plots/ice.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, check_enough, unknown_name, visible
from glassnet.importance.first_layer import MovedColumns
from glassnet.importance.predicted_number import PredictedNumber, asked_number
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.settings import check_all_text, checked_whole
from glassnet.tables.columns import Column
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget

MOST_FOLLOWED = 200  # rows that are followed; of more these are evenly spread over the table
MOST_POINTS = 10_000  # points that a column of numbers can go through
MOST_LEVELS = 30  # categories of a column


@dataclass(frozen=True, eq=False)
class Ice:
    """Each row's prediction as one column goes through its range, the row's others as they are.

    Attributes
    ----------
    column : str
        The column.
    kind : str
        "number", "date" (days since 1970-01-01), or "text": then `x` holds levels, in no order.
    output : str
        What is predicted: a target in its unit, or "target=class", a probability.
    x : array of P cells
        The points that the column goes through.
    values : ndarray
        The predictions, rows x P.
    members : ndarray
        The mean over the rows that each network of an ensemble alone predicts, members x P.
    cells : ndarray
        The known cells of the column in the rows of the table.
    n_rows : int
        How many rows the table has, of which so many are followed as `values` has.
    """

    column: str
    kind: str
    output: str
    x: np.ndarray
    values: np.ndarray
    members: np.ndarray
    cells: np.ndarray
    n_rows: int

    def __repr__(self) -> str:
        rows = f"{len(self.values):,} rows"
        return visible(f"<glassnet Ice of {self.output} along {self.column} for {rows}>")

    @property
    def mean(self) -> np.ndarray:
        """The partial dependence: the mean over the rows, P."""
        return self.values.mean(axis=0)

    def table(self) -> dict[str, list[Any]]:
        """Plain columns, a row for each point: `x`, `mean`, and over the rows `low` and `high`."""
        return {
            "x": self.x.tolist(),
            "mean": self.mean.tolist(),
            "low": self.values.min(axis=0).tolist(),
            "high": self.values.max(axis=0).tolist(),
        }


def ice(
    model: Any,
    table: Any,
    column: str,
    *,
    output: str | None = None,
    points: int = 50,
    rows: int = MOST_FOLLOWED,
) -> Ice:
    """Individual conditional expectation: each row's prediction as one column goes its range.

    The row's other cells stay what they are, whether or not such a row could exist. Lines that are
    not parallel show that the column's effect depends on others, which their mean, the partial
    dependence, hides.

    Parameters
    ----------
    model : Model, fitted estimator, or (Network, Parameters)
        What predicts, an ensemble as a whole.
    table : path, data frame, dict of columns, or array
        N rows, as `Model.predict` takes them.
    column : str
        The column that changes. Numbers and dates go from the smallest cell of the table to the
        largest, categories through those that training knew.
    output : str, optional
        A target that is a number; a class, such as "Adelie"; or of several targets,
        "target=class". By default the first, and of two classes the second.
    points : int
        How many points a column of numbers goes through.
    rows : int
        How many rows are followed at most; of more these are evenly spread over the table.

    Returns
    -------
    Ice
        The predictions.

    Raises
    ------
    GlassnetError
        On an unknown column or output, and on a column without a known cell.

    References
    ----------
    Goldstein, Kapelner, Bleich & Pitkin 2015, Journal of Computational and Graphical Statistics
    24(1); the mean: Friedman 2001, Annals of Statistics 29(5).

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> settings = {"activation": "identity", "solver": "lbfgs", "alpha": 0, "random_state": 0}
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), **settings).fit(X, [0, 3, 1, 4])
    >>> ice(fitted, X, "x1", points=3).values[2:].round(2).tolist()
    [[1.0, 2.5, 4.0], [1.0, 2.5, 4.0]]
    """
    found = as_model(model)
    check_all_text(column=column)
    points = checked_whole("points", points, 2, MOST_POINTS)
    rows = checked_whole("rows", rows, 1)
    every = rows_of(found, table)
    check_enough(len(every), 1, "rows of the table")
    moved = _moved_column(found, every, column, points)
    number = _number_of(found, output)
    followed = every.evenly_spread(rows)
    is_number = isinstance(_input_of(found, column), Number)
    kind = moved.kind if is_number else "text"
    members = [found.member(i) for i in range(len(found.members))]
    values = _predict(found, followed, moved, number)
    means = [_predict(one, followed, moved, number).mean(axis=0) for one in members]
    cells = every.columns[column]
    known = cells.values[~cells.missing]
    return Ice(column, kind, number.name, moved.values, values, np.array(means), known, len(every))


def _input_of(model: Model, column: str) -> Any:
    """How a column is encoded. Raises GlassnetError on one that the model does not use."""
    inputs = {encoding.name: encoding for encoding in model.encoding.inputs if encoding.features}
    if column not in inputs:
        raise unknown_name("column", str(column), inputs)
    return inputs[column]


def _moved_column(model: Model, rows: Rows, name: str, points: int) -> Column:
    """The column's points: a grid over its range, or every level that the model knows."""
    encoding, column = _input_of(model, name), rows.columns[name]
    if not isinstance(encoding, Number):
        levels: Sequence[str] = encoding.levels[:MOST_LEVELS]
        values = np.array(levels, object)
        return replace(column, values=values.astype(float) if column.kind == "number" else values)
    known = column.values[~column.missing]
    if not len(known):
        raise GlassnetError(
            f"column '{name}' is missing in every row: give rows that have it, or another column"
        )
    return replace(column, values=np.linspace(known.min(), known.max(), points))


def _number_of(model: Model, output: str | None) -> PredictedNumber:
    """What is predicted: what was asked for, or of the first target, of two classes the second."""
    if output is not None:
        return asked_number(model, output)
    first = model.encoding.targets[0]
    if isinstance(first, NumberTarget):
        return PredictedNumber(first, 0)
    return PredictedNumber(first, 0, 1 if len(first.labels) == 2 else 0)


def _predict(model: Model, rows: Rows, moved: Column, number: PredictedNumber) -> np.ndarray:
    """The predicted number of each row at each point, rows x P, as `predict` gives it."""
    N, points = len(rows), len(moved.values)
    starts = np.repeat(np.arange(N), points)
    cells = replace(moved, values=np.tile(moved.values, N))
    outputs = MovedColumns(model, rows.columns).outputs(starts, cells)
    if isinstance(number.target, NumberTarget):
        return number.target.decode(outputs[:, [number.first]]).reshape(N, points)
    return number.of(outputs).reshape(N, points)
