"""How the hidden nodes of one member are measured: which columns move each, and what each moves.

What a node is in the end, and the order of all nodes, is `hidden_nodes.py`'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from glassnet.core.network import Parameters, Trace
from glassnet.importance.networks import feature_slices
from glassnet.importance.predicted_number import PredictedNumber
from glassnet.models.ensemble import vote_fractions
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.tables.columns import Column, texts
from glassnet.tables.inputs import Input, Number
from glassnet.training.problem import as_dtype

ONE_WAY = 0.5  # a correlation from which on an activation rises or falls with a column
PARTS_OF_A_NUMBER = 10  # of a number, of which one is named where a node is highest
MISSING = "missing"


@dataclass(frozen=True)
class ColumnPart:
    """How one column moves a node.

    Attributes
    ----------
    name : str
        The column.
    fraction : float
        Its part of what all columns do, from 0 to 1.
    kind : str
        "number", "date" or "category".
    direction : str
        Of a number or date "rises" or "falls": whether the activation does so with it; "" where
        it does neither.
    level : str
        Where the activation is highest: of a category the one, or "missing"; of a number or date
        without a direction a range, as in "70 to 79".
    """

    name: str
    fraction: float
    kind: str
    direction: str = ""
    level: str = ""


@dataclass(frozen=True)
class MemberOnRows:
    """One member of a model on N rows, beside what the whole model makes of them.

    Parameters
    ----------
    rows : Rows
        Of the whole model.
    number : int
        Which member, from 0.
    numbers : list of PredictedNumber
        What is predicted.
    z : array, N x K
        The voted mean of all members' last pre-activations.
    """

    rows: Rows
    number: int
    numbers: list[PredictedNumber]
    z: np.ndarray

    @cached_property
    def member(self) -> Model:
        """The member as a model of its own."""
        return self.rows.model.member(self.number)

    @cached_property
    def trace(self) -> Trace:
        """Every z and a of the rows in the member."""
        return self.member.trace(self.rows.x)

    def column_parts(self, start: np.ndarray) -> list[list[tuple[ColumnPart, ...]]]:
        """Of each layer, for each node, what the columns do: the one that does most first.

        A column is fixed at `start`, the inputs of the average row, D.
        """
        encodings = {column.name: column for column in self.member.encoding.inputs}
        found: list[list[_OnLayer]] = [[] for _ in self.trace.a]
        weights = self._parameters.weights[0]
        for name, features in feature_slices(self.member.encoding).items():
            change = start[features] - self.rows.x[:, features]
            z = self.trace.z[0] + change @ weights[features]
            levels = _levels(encodings[name], self.rows.columns[name])
            for layer, (_, a) in enumerate(self._onward(0, z)):
                moves = self.trace.a[layer] - a
                column = self.rows.columns[name]
                found[layer].append(_on_layer(encodings[name], column, levels, moves))
        return [_by_node(columns) for columns in found]

    def effects(self, layer: int, node: int, ends: Sequence[float]) -> tuple[float, ...]:
        """The mean change of each number as a node alone goes from one end to the other."""
        low, high = (self._outputs_with(layer, node, end) for end in ends)
        return tuple(float((one.of(high) - one.of(low)).mean()) for one in self.numbers)

    def _outputs_with(self, layer: int, node: int, activation: float) -> np.ndarray:
        """The whole model's outputs, N x K, with one activation of a node in every row."""
        change = activation - self.trace.a[layer][:, node]
        weights = self._parameters.weights[layer + 1][node]
        *_, (z, _) = self._onward(layer + 1, self.trace.z[layer + 1] + change[:, None] * weights)
        vote = vote_fractions(self.rows.model.members)[self.number]
        return self.member.output_activation.value(self.z + vote * (z - self.trace.z[-1]))

    def _onward(self, layer: int, z: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The z and a of a layer, where its z are these, and of each layer after it."""
        weights, biases = self._parameters
        activations = self.member.network.activations
        a = activations[layer].value(z)
        yield z, a
        for following in range(layer + 1, len(weights)):
            z = a @ weights[following]
            z = z + biases[following] if biases else z
            a = activations[following].value(z)
            yield z, a

    @cached_property
    def _parameters(self) -> Parameters:
        return as_dtype(self.member.parameters, np.float64)


@dataclass(frozen=True)
class _OnLayer:
    """What one column does to the H nodes of a layer: the mean square of it, and which way."""

    name: str
    kind: str
    squares: np.ndarray
    directions: list[str]
    levels: list[str]
    """Where each node is highest; "" where it has a direction."""

    def part(self, node: int, fraction: float) -> ColumnPart:
        """What it does to one node."""
        return ColumnPart(self.name, fraction, self.kind, self.directions[node], self.levels[node])


def _levels(encoding: Input, column: Column) -> np.ndarray | None:
    """The cells as text, N, of a column that is no number to the network; else None."""
    if isinstance(encoding, Number):
        return None
    return np.array([MISSING if cell is None else cell for cell in texts(column)], object)


def _on_layer(
    encoding: Input, column: Column, levels: np.ndarray | None, moves: np.ndarray
) -> _OnLayer:
    """What a column does to the nodes of a layer, which it moves by N x H."""
    squares = (moves**2).mean(axis=0)
    if not isinstance(encoding, Number):
        assert levels is not None
        different = sorted(set(levels))
        means = np.stack([moves[levels == level].mean(axis=0) for level in different])
        highest = [different[number] for number in means.argmax(axis=0)]
        return _OnLayer(column.name, "category", squares, [""] * len(squares), highest)
    kind = "date" if column.kind == "date" else "number"
    known = ~column.missing
    x, moves = column.values[known], moves[known]
    directions, highest = [""] * len(squares), [MISSING] * len(squares)
    if len(x):
        directions = _directions(x, moves)
        highest = [
            "" if direction else where
            for direction, where in zip(directions, _highest(encoding, x, moves), strict=True)
        ]
    return _OnLayer(column.name, kind, squares, directions, highest)


def _directions(x: np.ndarray, moves: np.ndarray) -> list[str]:
    """Whether each of H activations rises or falls with a number."""
    x, moves = x - x.mean(), moves - moves.mean(axis=0)
    sizes = np.sqrt((x**2).sum() * (moves**2).sum(axis=0))
    correlation = np.divide(x @ moves, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    up, down = correlation > ONE_WAY, correlation < -ONE_WAY
    return np.where(up, "rises", np.where(down, "falls", "")).tolist()


def _highest(encoding: Number, x: np.ndarray, moves: np.ndarray) -> list[str]:
    """In which of up to ten ranges, of about equally many rows, each node is highest on average."""
    edges = np.unique(
        np.quantile(x, np.linspace(0, 1, PARTS_OF_A_NUMBER + 1)[1:-1], method="nearest")
    )
    in_range = np.searchsorted(edges, x, side="left")
    different = np.unique(in_range)
    means = np.stack([moves[in_range == one].mean(axis=0) for one in different])
    texts_of = []
    for one in different:
        low, high = float(x[in_range == one].min()), float(x[in_range == one].max())
        ends = [encoding.written(end) if encoding.date else f"{end:.6g}" for end in (low, high)]
        texts_of.append(" to ".join(dict.fromkeys(ends)))
    return [texts_of[number] for number in means.argmax(axis=0)]


def _by_node(columns: Sequence[_OnLayer]) -> list[tuple[ColumnPart, ...]]:
    """For each of H nodes its columns, the one that moves it most first."""
    squares = np.stack([column.squares for column in columns])  # C x H
    total = squares.sum(axis=0)
    fractions = np.divide(squares, total, out=np.zeros_like(squares), where=total > 0)
    return [
        tuple(columns[c].part(node, float(fractions[c, node])) for c in order)
        for node, order in enumerate(np.argsort(-fractions, axis=0, kind="stable").T)
    ]
