"""What each column contributed to a prediction: integrated gradients from the average row.

Which number of a prediction that is stands in `predicted_number.py`. The measures beside this one
are of columns over many rows. Words and bars for a row are in `explanation/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from glassnet.errors import GlassnetError, option_error
from glassnet.importance.networks import feature_slices
from glassnet.importance.predicted_number import PredictedNumber, asked_number, predicted_numbers
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of

POINTS = (16, 64, 256)
"""On how many points of the line gradients are taken: more while the sum misses the prediction."""
CLOSE_ENOUGH = 1e-4  # what the sum may miss, of the size of what is summed
POINTS_AT_WORK = 2048  # rows that go through the networks at a time


@dataclass(frozen=True, eq=False)
class Contributions:
    """How far each column moved the prediction for a row away from that for the average row.

    Attributes
    ----------
    columns : tuple of str
        The C columns that the model uses, in the table's order.
    outputs : tuple of str
        For each of N rows, what is predicted: a target ("mpg") or a class ("species=Adelie").
    predictions : array of N
        The predicted number in the target's unit, before it is held to the range seen in training;
        or the probability of the class.
    starts : array of N
        The same for the average row.
    values : array, N x C
        The contributions; those of a row add up to its prediction less its start.
    against : str
        What the rows are compared with, in words.

    Examples
    --------
    >>> import numpy as np
    >>> found = Contributions(
    ...     ("age", "size"), ("price",), np.array([5.0]), np.array([2.0]), np.array([[-1.0, 4.0]]),
    ...     "the average row (of 10 trained on)",
    ... )
    >>> found.table()["column"], found.table()["contribution"]
    (['age', 'size'], [-1.0, 4.0])
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    predictions: np.ndarray
    starts: np.ndarray
    values: np.ndarray
    against: str

    def __len__(self) -> int:
        return len(self.outputs)

    def __repr__(self) -> str:
        return f"<Contributions of {len(self.columns)} columns to {len(self)} rows>"

    def take(self, rows: Any) -> "Contributions":
        """Only these rows, by number from 0."""
        numbers = np.arange(len(self))[rows]
        return Contributions(
            self.columns,
            tuple(self.outputs[number] for number in numbers),
            self.predictions[numbers],
            self.starts[numbers],
            self.values[numbers],
            self.against,
        )

    def table(self) -> dict[str, list[Any]]:
        """Plain columns, N x C long: `row` (from 1), `output`, `column` and `contribution`."""
        rows, columns = np.indices(self.values.shape)
        return {
            "row": (rows.ravel() + 1).tolist(),
            "output": [self.outputs[row] for row in rows.ravel()],
            "column": [self.columns[column] for column in columns.ravel()],
            "contribution": self.values.ravel().tolist(),
        }


def contributions(models: Any, table: Any, output: str | None = None) -> Contributions:
    """What each column contributed to the prediction for each row, against the average row.

    The prediction's gradient in the network's inputs is integrated along the straight line from the
    average row's inputs to the row's, times the way gone in each input, and summed over the inputs
    that a column became. All contributions of a row add up to its prediction less that of the
    average row. Of an ensemble it is the vote that is explained.

    It tells how this network came from its prediction for the average row to this one. It does not
    tell what would happen if a cell were changed, nor what causes what. Columns that tell the same
    have one contribution between them, divided as the network happens to use them. On the way from
    the average row there are rows that cannot exist: half of one category, half of another.

    Parameters
    ----------
    models : Model or fitted estimator
        What `as_model` takes.
    table : path, data frame, dict of columns, or array
        N rows, as in `Model.predict`; targets are not needed.
    output : str, optional
        A target that is a number; a class, such as "Adelie"; or of several targets,
        "target=class". By default the first target, of classes the one that is predicted for each
        row.

    Returns
    -------
    Contributions
        By row and column.

    Raises
    ------
    GlassnetError
        On an unknown output, where the table lacks a column, and on fewer than two rows where the
        model does not know the average of those that it was trained on (the rows given take its
        place).

    References
    ----------
    Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks, ICML (integrated
    gradients); Aumann & Shapley 1974, Values of Non-Atomic Games.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> settings = {"activation": "identity", "solver": "lbfgs", "alpha": 0, "random_state": 0}
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), **settings).fit(X, [0, 3, 1, 4])
    >>> contributions(fitted, X).values.round(3).tolist()[3]
    [0.5, 1.5]
    """
    if output is not None and not isinstance(output, str):  # a row's number, likely
        problem = "must be the name of a target or class; of one row: contributions(...).take([0])"
        raise option_error("output", problem, output)
    return contributions_of(rows_of(as_model(models), table), output)


def contributions_of(
    rows: Rows, output: str | None = None, others: Rows | None = None
) -> Contributions:
    """`contributions` for rows that a model has looked up.

    Parameters
    ----------
    rows : Rows
        N of them.
    output : str, optional
        As in `contributions`.
    others : Rows, optional
        Whose average takes the place of that of the training, where the model does not know it; by
        default the rows themselves.
    """
    model, x = rows.model, rows.x
    start, against = average_inputs(rows if others is None else others)
    numbers = predicted_numbers(rows) if output is None else [asked_number(model, output)] * len(x)
    slices = feature_slices(model.encoding)
    inputs, starts, ends = np.zeros_like(x), np.zeros(len(x)), np.zeros(len(x))
    for number in dict.fromkeys(numbers):
        chosen = np.array([one == number for one in numbers])
        line = _Line(model, number, start)
        starts[chosen] = line.value_at_start
        ends[chosen], inputs[chosen] = line.to(x[chosen])
    by_column = [inputs[:, of_column].sum(axis=1) for of_column in slices.values()]
    return Contributions(
        tuple(slices),
        tuple(number.name for number in numbers),
        ends,
        starts,
        np.stack(by_column, axis=1),
        against,
    )


def average_inputs(rows: Rows) -> tuple[np.ndarray, str]:
    """The inputs of the average row, D, and what it is in words.

    Raises GlassnetError where the model does not know it and there are fewer than two rows.
    """
    known = rows.model.record.average_row
    if known is not None:
        return np.array(known.inputs), known.description
    if len(rows) < 2:
        raise GlassnetError(
            "the model does not know the average of the rows it was trained on, and one row has "
            "none: give a table of two rows or more to compare with"
        )
    return rows.x.mean(axis=0), f"the average row (of the {len(rows):,} of this table)"


class _Line(NamedTuple):
    """The straight line from a start, D inputs, along which a prediction is followed."""

    model: Model
    number: PredictedNumber
    start: np.ndarray

    @property
    def value_at_start(self) -> float:
        """What is predicted for the start."""
        return float(self._values(self.start[None])[0])

    def to(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The predictions for rows, N, and each input's contribution to them, N x D."""
        predictions = self._values(x)
        gained = predictions - self.value_at_start
        values = np.zeros_like(x)
        due = np.arange(len(x))
        for points in POINTS:
            values[due] = np.concatenate([*self._integrals(x[due], points)])
            missed = np.abs(gained - values.sum(axis=1))
            due = np.flatnonzero(missed > CLOSE_ENOUGH * (1 + np.abs(values).sum(axis=1)))
            if not len(due):
                break
        return predictions, _made_whole(values, gained)

    def _values(self, x: np.ndarray) -> np.ndarray:
        return self.number.of(self.model.output_of(x))

    def _integrals(self, x: np.ndarray, points: int) -> Iterator[np.ndarray]:
        """For blocks of rows the integral of the gradient, times the way in each input."""
        at, weights = np.polynomial.legendre.leggauss(points)
        at, weights = (at + 1) / 2, weights / 2  # from [-1, 1] to [0, 1]
        step = max(1, POINTS_AT_WORK // points)
        for first in range(0, len(x), step):
            way = x[first : first + step] - self.start  # n x D
            on_line = self.start + at[:, None, None] * way  # points x n x D
            gradients = self.number.gradient(self.model, on_line.reshape(-1, x.shape[1]))
            yield way * np.tensordot(weights, gradients.reshape(on_line.shape), axes=1)


def _made_whole(values: np.ndarray, gained: np.ndarray) -> np.ndarray:
    """Contributions, N x D, with what the quadrature missed spread over them by their size."""
    sizes = np.abs(values)
    missed = gained - values.sum(axis=1)
    total = sizes.sum(axis=1)
    return (
        values
        + sizes * np.divide(missed, total, where=total > 0, out=np.zeros_like(total))[:, None]
    )
