"""Importance by input gradients: how an output changes with a column, down through its encoding."""

from typing import Any, NamedTuple

import numpy as np

from glassnet.core.network import layer_deltas
from glassnet.errors import check_enough, unknown_name
from glassnet.importance.networks import (
    feature_slices,
    find_outputs,
    networks_and_rows,
    output_scale,
)
from glassnet.importance.result import Importance, gather
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.tables.columns import Column
from glassnet.tables.inputs import SMOOTH_CLIP, Number
from glassnet.training.problem import as_dtype

PER = ("deviation", "unit")
"""What a derivative may be per: a column's standard deviation, or one of its units."""


def input_gradients(
    models: Any,
    table: Any,
    *,
    output: str | int | None = None,
    absolute: bool = True,
    per: str = "deviation",
) -> Importance:
    """The mean derivative of an output in each column over the rows, by backprop to the columns.

    For a column of numbers or dates: d output / d x in the column's own unit, through its encoding
    (centre, scale, smooth clip, bins), over the rows whose cell is known. What has no derivative
    (categories, two values, the mark of a missing cell) stands by feature, with the derivative in
    the feature as it enters the network. A numeric target counts in its own unit, before
    predictions are clipped to the range seen in training; a class counts as its probability.

    It tells what a small step does, on average over the rows given; with `absolute` how strong it
    is, without its sign. It does not tell what a large step or a change of category does, nor
    anything where the output is level (a saturated probability). Derivatives of both signs cancel
    without `absolute`. And it takes a step in one column alone, however columns go together.

    Parameters
    ----------
    models : Model, fitted estimator, or list of these
        As in `olden`.
    table : path, data frame, dict of columns, or array
        Rows, as in `Model.predict`; targets are not needed.
    output : str or int, optional
        Name, class or number from 0; by default every class of several, else the first output.
    absolute : bool
        Whether the mean is over the derivative's size, or over the derivative.
    per : str
        "deviation": times the standard deviation over these rows, so that columns can be compared;
        "unit": as it is.

    Returns
    -------
    Importance
        By column, and by network input in `features`.

    Raises
    ------
    GlassnetError
        On an unknown output or `per`, and where the table lacks a column.

    References
    ----------
    Dimopoulos, Bourret & Lek 1995, Neural Processing Letters 2(6):1-4 (partial derivatives, "PaD",
    there ranked by the sum of their squares, here by their mean size); per deviation: the
    sigma-normalised derivatives of Saltelli et al. 2008, Global Sensitivity Analysis: The Primer,
    section 1.2, without the division by the output's.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> settings = {"activation": "identity", "solver": "lbfgs", "alpha": 0, "random_state": 0}
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), **settings).fit(X, [0, 3, 1, 4])
    >>> input_gradients(fitted, X, per="unit").mean.round(3).tolist()
    [[1.0, 3.0]]
    """
    if per not in PER:
        raise unknown_name("per", per, PER)
    pairs = networks_and_rows(models, table)
    model = pairs[0][0]
    outputs = find_outputs(model, output)
    if per == "deviation":
        check_enough(len(pairs[0][1]), 2, "rows to take a standard deviation of (or per='unit')")
    kind = _Kind(absolute, per == "deviation")
    measured = [_measure(network, rows, outputs, kind) for network, rows in pairs]
    titles = [model.encoding.outputs[k] for k in outputs]
    features = gather(
        "Input gradients",
        kind.describe("feature"),
        titles,
        [by_feature for _, by_feature in measured],
        signed=not absolute,
    )
    return gather(
        "Input gradients",
        kind.describe("column"),
        titles,
        [by_column for by_column, _ in measured],
        signed=not absolute,
        n_rows=len(pairs[0][1]),
        features=features,
    )


class _Kind(NamedTuple):
    """Which mean of the derivative is taken."""

    absolute: bool
    per_deviation: bool

    def mean(self, derivative: np.ndarray) -> np.ndarray:
        """The mean over the rows, the first axis."""
        return (np.abs(derivative) if self.absolute else derivative).mean(axis=0)

    def describe(self, of: str) -> str:
        """What a value is, in words; `of` is a "column" or a "feature"."""
        what = f"mean {'size' if self.absolute else 'value'} of the derivative"
        if self.per_deviation:
            return f"{what}, times the {of}'s standard deviation"
        return f"{what}, in the {of}'s own unit"


def _measure(
    model: Model, rows: Rows, outputs: list[int], kind: _Kind
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """A network's means by column (by feature where it has no derivative), and by feature.

    Each has a value for each output.
    """
    derivatives = np.stack([_in_features(model, rows.x, k) for k in outputs], axis=2)
    means = kind.mean(derivatives)  # D x outputs
    if kind.per_deviation:
        means = means * rows.x.std(axis=0)[:, None]
    features = dict(zip(model.encoding.features, means, strict=True))
    slices = feature_slices(model.encoding)
    columns: dict[str, np.ndarray] = {}
    for column in model.encoding.inputs:
        without_derivative = column.features
        if isinstance(column, Number):
            of_column = derivatives[:, slices[column.name]]
            columns[column.name] = _of_column(column, rows.columns[column.name], of_column, kind)
            without_derivative = column.features[1 : 1 + column.indicator]
        columns |= {name: features[name] for name in without_derivative}
    return columns, features


def _of_column(encoding: Number, cells: Column, derivatives: np.ndarray, kind: _Kind) -> np.ndarray:
    """The mean over the known cells of a column of numbers, one for each output.

    derivatives : array, N x features of the column x outputs
        d output / d feature.
    """
    known = cells.take(np.flatnonzero(~cells.missing))
    if not len(known.values):
        return np.zeros(derivatives.shape[2])
    through_encoding = derivatives[~cells.missing] * _of_encoding(encoding, known)[:, :, None]
    mean = kind.mean(through_encoding.sum(axis=1))
    return mean * known.values.std() if kind.per_deviation else mean


def _in_features(model: Model, x: np.ndarray, k: int) -> np.ndarray:
    """The derivative d output k / d network input, N x D, in the target's own unit."""
    network, parameters = model.network, as_dtype(model.parameters, np.float64)
    trace = model.trace(x)
    da = np.zeros_like(trace.output)  # N x K
    da[:, k] = output_scale(model, k)
    delta = network.output.backward(trace.z[-1], trace.output, da)
    return layer_deltas(network, parameters, trace, delta)[0] @ parameters.weights[0].T


def _of_encoding(encoding: Number, cells: Column) -> np.ndarray:
    """The derivative d feature / d cell for known cells, N x features: that of `Number.encode`."""
    x = cells.values
    if encoding.smooth_clip:
        u = (x - encoding.center) / encoding.scale
        first = (1 + (u / SMOOTH_CLIP) ** 2) ** -1.5 / encoding.scale
    else:
        first = np.full_like(x, 1 / encoding.scale)
    edges = np.array(encoding.bin_edges)
    low, high = edges[:-1], edges[1:]
    in_bin = (low <= x[:, None]) & (x[:, None] < high)
    bins = np.where(in_bin, 2 * encoding.bin_height / np.diff(edges), 0.0)
    if encoding.indicator:
        return np.column_stack([first, np.zeros_like(x), bins])
    return np.column_stack([first, bins])
