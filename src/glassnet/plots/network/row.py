"""One row in a network as plain data: every node's number, every edge's product, and what is shown.

Forward, nodes hold their activations, and an edge is its weight times the activation that it
carries. On the way back nodes hold their deltas, and an edge is the gradient of its weight. Where
they stand in the diagram is `row_layout.py`'s matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters, Trace, layer_deltas, loss_and_delta
from glassnet.errors import option_error
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.plots.members import named
from glassnet.plots.plane import first_cell_text
from glassnet.settings import checked_whole, is_whole
from glassnet.tables.columns import number_text
from glassnet.tables.inputs import Unused
from glassnet.tables.targets import NumberTarget, Target, label_text

MOST_DRAWN = 8  # nodes of a layer that are shown
ALL_DIGITS = 15  # significant digits of a cell: all that a table's numbers have
MOST_IN_TITLE = 2  # targets that the title names


@dataclass(frozen=True, eq=False)
class NetworkRow:
    """One row's numbers in a network.

    Attributes
    ----------
    title : str
        Which row it is, and what is answered to it.
    nodes : sequence of ndarray
        The number of every node of every layer, the inputs first: activations, or on the way back
        deltas (of the inputs, which have none, their values).
    edges : Parameters
        The number of every weight and bias: its product, or its gradient.
    carried : sequence of ndarray
        What each layer's nodes send forward, the inputs first.
    factors : sequence of ndarray
        By what that is multiplied: for each layer of weights these, n x m, or the next layer's
        deltas, m.
    cells : dict of str to str
        The cell of each column, as it stands in the table.
    predicted, actual : dict of str to str
        What is predicted of each target, and what is known of it.
    shown : list of list of int
        The nodes of each layer that are drawn, from 0.
    backward : bool
        Whether this is the way back.
    """

    title: str
    nodes: Sequence[np.ndarray]
    edges: Parameters
    carried: Sequence[np.ndarray]
    factors: Sequence[np.ndarray]
    cells: dict[str, str]
    predicted: dict[str, str]
    actual: dict[str, str]
    shown: list[list[int]]
    backward: bool

    def left_out(self, layer: int) -> int:
        """How many nodes of a layer are not drawn."""
        return len(self.nodes[layer]) - len(self.shown[layer])


def row_in_network(
    one: Model, rows: Rows, row: int, backward: bool, most: int, member: str
) -> NetworkRow:
    """The numbers of one row, from 0, in a model of one network, which the title calls `member`.

    Raises GlassnetError on a row that is not there, and on the way back where its target is not
    known.
    """
    row = check_row(row, len(rows))
    most = checked_whole("most", most, 1)
    only = Rows(one, rows.columns, rows.targets).take([row])
    trace = only.trace
    parameters = one.parameters
    products = _products(one.network, parameters, trace)
    shown = strongest(one.network, products, trace.output[0], most)
    carried = [a[0] for a in trace.inputs]
    numbers = (carried[0], *(a[0] for a in trace.a))
    factors, edges = parameters.weights, products
    predicted, actual = _predicted(one, only), _actual(only)
    title = named(member, f"Row {row + 1}: {_title(predicted, actual)}")
    if backward:
        loss, deltas = _way_back(one, trace, only)
        edges = _gradients(one.network, carried, deltas)
        factors, numbers = deltas, (carried[0], *deltas)
        title = named(member, f"Row {row + 1}, the way back: loss {loss:.4g}")
    cells = {name: first_cell_text(column, ALL_DIGITS) for name, column in only.columns.items()}
    return NetworkRow(
        title, numbers, edges, carried, factors, cells, predicted, actual, shown, backward
    )


def check_row(row: Any, N: int) -> int:
    """A row's number, from 0. Raises OptionError unless it is one of N."""
    if not is_whole(row, 0) or row >= N:
        raise option_error("row", f"must be a whole number from 0 to {N - 1}, a row there is", row)
    return int(row)


def strongest(
    network: Network, products: Parameters, output: np.ndarray, most: int
) -> list[list[int]]:
    """The nodes of each layer that are drawn: of a wide one, those that send most to the next.

    That is the sum of the sizes of their products into the nodes drawn there; of many outputs the
    largest are drawn.
    """
    strength = output
    layers: list[list[int]] = []
    for layer in reversed(range(len(network.sizes))):
        if layer < len(network.sizes) - 1:
            into_drawn = products.weights[layer][:, layers[0]]
            strength = np.abs(into_drawn).sum(axis=1)
        drawn = np.sort(np.argsort(-strength, kind="stable")[:most])
        layers.insert(0, drawn.tolist())
    return layers


def _products(network: Network, parameters: Parameters, trace: Trace) -> Parameters:
    weights = tuple(
        a[0][:, None] * w for a, w in zip(trace.inputs, parameters.weights, strict=True)
    )
    return Parameters(weights, parameters.biases if network.bias else ())


def _gradients(
    network: Network, carried: Sequence[np.ndarray], deltas: Sequence[np.ndarray]
) -> Parameters:
    weights = tuple(np.outer(a, delta) for a, delta in zip(carried, deltas, strict=True))
    return Parameters(weights, tuple(deltas) if network.bias else ())


def _way_back(one: Model, trace: Trace, only: Rows) -> tuple[float, list[np.ndarray]]:
    """The row's loss without penalty, and the delta of every layer's nodes."""
    loss, last = loss_and_delta(one.network, trace, only.y)
    deltas = layer_deltas(one.network, one.parameters, trace, last)
    return float(loss), [delta[0] for delta in deltas]


def _predicted(one: Model, only: Rows) -> dict[str, str]:
    """What is predicted of each target, by its name."""
    parts = one.encoding.by_target(only.trace.output)
    return {target.name: prediction_text(target, part) for target, part in parts}


def _title(predicted: dict[str, str], actual: dict[str, str]) -> str:
    """What is predicted for the row, and what is true where that is known."""
    said = [f"{name} = {text}" for name, text in predicted.items()]
    text = ", ".join(said[:MOST_IN_TITLE])
    if len(said) > MOST_IN_TITLE:
        text += f" and {len(said) - MOST_IN_TITLE} more"
    known = ", ".join(list(actual.values())[:MOST_IN_TITLE])
    return f"{text}; actual: {known}" if known else text


def prediction_text(target: Target, output: np.ndarray) -> str:
    """The prediction of one row, 1 x width outputs: a number, or a class and its probability."""
    if isinstance(target, NumberTarget):
        return short_number(float(target.decode(output)[0]))
    probabilities = target.probabilities(output)
    k = int(target.predicted(probabilities)[0])
    return f"{target.label_texts[k]} ({probabilities[0, k]:.1%})"


def _actual(only: Rows) -> dict[str, str]:
    """The row's targets that are known, by name."""
    known: dict[str, str] = {}
    for target in only.model.encoding.targets:
        column = only.targets.get(target.name)
        if column is not None and not column.missing[0]:
            truth = target.truth(column)[0]
            is_number = isinstance(target, NumberTarget)
            known[target.name] = short_number(float(truth)) if is_number else label_text(truth)
    return known


def short_number(value: float) -> str:
    """A number of a table in four digits."""
    return number_text(float(f"{value:.4g}")) if np.isfinite(value) else str(value)


def column_of_input(one: Model) -> list[str]:
    """The column that each of the network's inputs comes from, D of them."""
    used = [column for column in one.encoding.inputs if not isinstance(column, Unused)]
    return [column.name for column in used for _ in column.features]
