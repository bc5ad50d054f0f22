"""Importance by input gradients: how an output changes with a column, through the network and the column's encoding."""

from typing import Any

import numpy as np

from glassnet.core.network import feedforward, layer_deltas
from glassnet.errors import check_enough, unknown_name
from glassnet.importance.networks import find_outputs, networks_and_rows, places, unit_of
from glassnet.importance.result import Importance, gathered
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.tables.columns import Column
from glassnet.tables.inputs import SQUEEZE, Number
from glassnet.training.problem import as_dtype

PER = ("deviation", "unit")


def input_gradients(
    models: Any,
    table: Any,
    *,
    output: str | int | None = None,
    absolute: bool = True,
    per: str = "deviation",
) -> Importance:
    """The mean derivative of an output in each column over the rows, by backprop down to the columns themselves.

    A column of numbers or dates: d output / d x in the column's own unit, through its encoding (centre, scale, squeeze,
    pieces), over the rows where the cell is known. Whatever has no slope (categories, two values, the sign that a cell is
    missing) stands by feature, the derivative in the feature as it enters the network. A numeric target counts in its own unit,
    before predictions are held to the range seen in training; a class counts as its probability.

    It tells what a small step does, on average over the rows given: with `absolute` how strong, without which way. It does not
    tell what a large step or a change of category does, nor anything where the output is level (a saturated probability);
    slopes of both signs cancel without `absolute`; and it takes a step in one column alone, however columns go together.

    Parameters
    ----------
    models : as in `olden`.
    table : rows, as in `Model.predict`; targets are not needed.
    output : name, class or place from 0; None: every class of several, else the first.
    absolute : whether the mean is over the derivative's size, or the derivative.
    per : "deviation": times the standard deviation over these rows, so that columns can be compared; "unit": as it is.

    Raises GlassnetError on an unknown output or `per`, and where the table lacks a column. Source: Dimopoulos, Bourret & Lek
    1995, Neural Processing Letters 2(6):1-4 (partial derivatives, "PaD", there ranked by
    the sum of their squares, here by their mean size); per deviation: the sigma-normalised derivatives of
    Saltelli et al. 2008, Global Sensitivity Analysis: The Primer, section 1.2, without the division by the output's.

    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> line = MLPRegressor(hidden_layer_sizes=(3,), activation="identity", solver="lbfgs", alpha=0, random_state=0)
    >>> fitted = line.fit(X, [0, 3, 1, 4])
    >>> input_gradients(fitted, X, per="unit").mean.round(3).tolist()
    [[1.0, 3.0]]
    """
    if per not in PER:
        raise unknown_name("per", per, PER)
    pairs = networks_and_rows(models, table)
    model = pairs[0][0]
    chosen = find_outputs(model, output)
    if per == "deviation":
        check_enough(len(pairs[0][1]), 2, "rows to take a standard deviation of (or per='unit')")
    size = np.abs if absolute else np.positive
    measured = [_network(model, rows, chosen, size, per == "deviation") for model, rows in pairs]
    what = f"mean {'size' if absolute else 'value'} of the derivative"
    words = (
        f"{what}, times the column's standard deviation"
        if per == "deviation"
        else f"{what}, in the column's own unit"
    )
    titles = [model.encoding.outputs[k] for k in chosen]
    detail = gathered(
        "Input gradients",
        words.replace("column", "feature"),
        titles,
        [by for _, by in measured],
        signed=not absolute,
    )
    return gathered(
        "Input gradients",
        words,
        titles,
        [by for by, _ in measured],
        signed=not absolute,
        features=detail,
    )


def _network(
    model: Model, rows: Rows, outputs: list[int], size: Any, scaled: bool
) -> tuple[dict, dict]:
    """A network's means by column (or feature where it has no slope), and by feature; each has a value for each output."""
    by_feature = np.stack(
        [_in_features(model, rows.x, k) for k in outputs], axis=2
    )  # N x D x outputs
    deviations = rows.x.std(axis=0) if scaled else np.ones(rows.x.shape[1])
    features = dict(
        zip(
            model.encoding.features,
            size(by_feature).mean(axis=0) * deviations[:, None],
            strict=True,
        )
    )
    found: dict[str, np.ndarray] = {}
    for column in model.encoding.inputs:
        without_derivative = column.features
        if isinstance(column, Number):
            place = places(model.encoding)[column.name]
            found[column.name] = _column(
                column, rows.columns[column.name], by_feature[:, place], size, scaled
            )
            without_derivative = column.features[1 : 1 + column.indicator]
        found |= {name: features[name] for name in without_derivative}
    return found, features


def _column(
    encoding: Number, cells: Column, by_feature: np.ndarray, size: Any, scaled: bool
) -> np.ndarray:
    """The mean over the known cells of a column of numbers, one for each output; `by_feature` is N x its features x outputs."""
    known = cells.take(np.flatnonzero(~cells.missing))
    if not len(known.values):
        return np.zeros(by_feature.shape[2])
    slopes = by_feature[~cells.missing] * _slope(encoding, known)[:, :, None]
    return size(slopes.sum(axis=1)).mean(axis=0) * (known.values.std() if scaled else 1)


def _in_features(model: Model, x: np.ndarray, k: int) -> np.ndarray:
    """D output k / d network input, N x D, in the target's own unit."""
    network, parameters = model.network, as_dtype(model.parameters, np.float64)
    trace = feedforward(network, parameters, x)
    da = np.zeros_like(trace.output)  # N x K
    da[:, k] = unit_of(model, k)
    delta = network.output.backward(trace.z[-1], trace.output, da)
    return layer_deltas(network, parameters, trace, delta)[0] @ parameters.weights[0].T


def _slope(encoding: Number, cells: Column) -> np.ndarray:
    """D feature / d cell for known cells, N x features: what `Number.encode` does, differentiated."""
    x = cells.values
    u = (x - encoding.center) / encoding.scale
    first = (
        (1 + (u / SQUEEZE) ** 2) ** -1.5 / encoding.scale
        if encoding.squeeze
        else np.full_like(x, 1 / encoding.scale)
    )
    edges = np.array(encoding.edges)
    low, high = edges[:-1], edges[1:]
    pieces = np.where((low <= x[:, None]) & (x[:, None] < high), 2 / np.diff(edges), 0.0)
    return np.column_stack([first, *[np.zeros_like(x)] * encoding.indicator, pieces])
