"""A batch of rows that went through one network, and its numbers as operands of other numbers.

Every number of the way forward and back is named here: z1.2 of row 3 has the id r3.z1.2, and
m2.r3.z1.2 in the second of several networks. Layers and nodes count from 0 in arguments and from
1 in names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.core.network import Network, Parameters, Trace
from glassnet.explanation.choice import ShownNodes
from glassnet.explanation.parts import Operand, Product

MOST_PRODUCTS = 12  # of a long sum that are shown, unless the node was asked for
MORE_PRODUCTS = 24  # of one whose others would else make more than one that is shown


@dataclass(frozen=True)
class Batch:
    """Rows that went through a network.

    Parameters
    ----------
    network, parameters, trace : what the rows went through, in float64, and what it made of them.
    numbers : the rows' numbers in the table, from 1.
    inputs : for each row the network's inputs, N x D operands.
    shown : the nodes of each layer that are shown.
    outputs : what the outputs stand for, K names.
    prefix : of every id: "" or the member's, as "m2.".
    indicators : which inputs are 1 for one category, or for a missing cell, and else 0.
    """

    network: Network
    parameters: Parameters
    trace: Trace
    numbers: Sequence[int]
    inputs: Sequence[Sequence[Operand]]
    shown: Sequence[ShownNodes]
    outputs: Sequence[str]
    prefix: str = ""
    indicators: Sequence[int] = ()

    @property
    def last(self) -> int:
        """The output layer."""
        return len(self.network.shapes) - 1

    def row_id(self, row: int) -> str:
        """What the ids of a row's numbers begin with."""
        return f"{self.prefix}r{self.numbers[row]}."

    def z(self, row: int, layer: int, node: int) -> Operand:
        """A pre-activation."""
        name = node_number(layer, node)
        value = float(self.trace.z[layer][row, node])
        return Operand(f"z{name}", value, f"{self.row_id(row)}z{name}")

    def a(self, row: int, layer: int, node: int) -> Operand:
        """An activation; of layer -1 an input of the network."""
        if layer < 0:
            return self.inputs[row][node]
        name = node_number(layer, node)
        value = float(self.trace.a[layer][row, node])
        return Operand(f"a{name}", value, f"{self.row_id(row)}a{name}")

    def weight(self, layer: int, source: int, node: int) -> Operand:
        """The weight from a node of the layer before, or an input, into a node of `layer`."""
        value = float(self.parameters.weights[layer][source, node])
        name = f"w{layer + 1}.{source + 1}.{node + 1}"
        return Operand(f"w{layer + 1}[{source + 1}→{node + 1}]", value, self.prefix + name)

    def bias(self, layer: int, node: int) -> Operand:
        """The bias of a node."""
        name = f"b{node_number(layer, node)}"
        return Operand(name, float(self.parameters.biases[layer][node]), self.prefix + name)

    def node_says(self, layer: int, node: int) -> str:
        """What a node is called beside its number: an output by what it stands for."""
        return self.outputs[node] if layer == self.last else ""


def node_number(layer: int, node: int) -> str:
    """A node's name: 1.2 for the second of the first layer."""
    return f"{layer + 1}.{node + 1}"


def product_of(left: Operand, right: Operand, says: str = "") -> Product:
    """Two numbers multiplied."""
    return Product(left, right, as_number(left) * as_number(right), says)


def as_number(operand: Operand) -> float:
    """The value of an operand that is a number."""
    assert isinstance(operand.value, float)
    return operand.value


def largest_products(products: Sequence[Product], whole: bool) -> tuple[tuple[Product, ...], float]:
    """The products that are shown, in their order, and what the others add up to.

    All of them where the sum is shown whole or is hardly too long; else the largest, so many that
    the others together make no more than any of them, where few more are enough for that.
    """
    if whole or len(products) <= MOST_PRODUCTS + MOST_PRODUCTS // 2:
        return tuple(products), 0.0
    values = np.array([product.value for product in products])
    order = np.argsort(-np.abs(values), kind="stable")
    rests = values.sum() - np.cumsum(values[order])  # of the products after each, in this order
    enough = np.abs(rests) <= np.abs(values[order])
    counts = range(MOST_PRODUCTS, min(MORE_PRODUCTS, len(values)) + 1)
    count = next((count for count in counts if enough[count - 1]), MOST_PRODUCTS)
    kept = np.sort(order[:count])
    return tuple(products[i] for i in kept), float(values[order[count:]].sum())


def largest_indices(values: Sequence[float] | np.ndarray, count: int) -> list[int]:
    """The indices of the so many largest values, whatever their sign, in ascending order."""
    order = np.argsort(-np.abs(np.asarray(values)), kind="stable")
    return np.sort(order[:count]).tolist()
