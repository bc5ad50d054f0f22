"""What the diagram of one row says: numbers in nodes, tooltips, cells, the legend and description.

Where it stands is `row_layout.py`'s matter.
"""

from collections.abc import Sequence

from glassnet.core.network import Network
from glassnet.plots.figures import shortened
from glassnet.plots.network.columns import MOST_LETTERS, DrawnNode, headings, printable
from glassnet.plots.network.row import NetworkRow

FORWARD_TEXT = (
    "In a node is its activation, on an edge the product of weight and activation; one of 0 has no "
    "line."
)
BACKWARD_TEXT = (
    "In a node is its delta, in an input its value; on an edge the gradient of its weight: the "
    "activation before it times the delta after it."
)
BESIDE_LETTERS = 24  # letters of a cell, or of what is predicted, beside a node


def in_node(value: float) -> str:
    """A number as short as it can stand in a node.

    >>> in_node(0.98123), in_node(-12345.0), in_node(0.0), in_node(-0.0000123)
    ('0.981', '-1.23e4', '0', '-1.2e-5')
    """
    text = f"{value:.3g}"
    if "e" in text:
        mantissa, _, power = f"{value:.1e}".partition("e")
        text = f"{value:.2e}".partition("e")[0] if abs(int(power)) < 5 else mantissa
        text += f"e{int(power)}"
    return text


def node_tooltip(network: Network, row: NetworkRow, layer: int, node: DrawnNode) -> str:
    """The node's name with every digit of its number."""
    if node.index is None:
        return f"bias of {headings(network)[layer + 1][0]} layer"
    value = row.nodes[layer][node.index]
    if layer == 0:
        return f"{node.name}: {value} after encoding"
    what = "delta" if row.backward else network.activations[layer - 1].name
    return f"{node.name}: {what} {value}"


def sum_text(row: NetworkRow, layer: int, i: int | None, j: int, number: float) -> str:
    """How an edge's number came about: activation times weight, or times delta."""
    if i is None:
        return f"gradient = delta {number}" if row.backward else f"{number}"
    a = row.carried[layer][i]
    if row.backward:
        return f"gradient = activation {a} * delta {row.factors[layer][j]} = {number}"
    return f"activation {a} * weight {row.factors[layer][i, j]} = {number}"


def input_lines(
    row: NetworkRow, names: Sequence[str], columns: Sequence[str]
) -> dict[int, tuple[str, str]]:
    """For each drawn input its name, and the cell that it comes from."""
    return {
        i: (
            shortened(names[i], MOST_LETTERS),
            shortened(printable(row.cells[columns[i]]), BESIDE_LETTERS),
        )
        for i in row.shown[0]
    }


def output_lines(row: NetworkRow, names: Sequence[str]) -> dict[int, tuple[str, str]]:
    """For each drawn output its name, and whether it is the true class."""
    lines = {}
    for k in row.shown[-1]:
        target, _, label = names[k].partition("=")
        truth = row.actual.get(target, "")
        below = "actual" if label and truth == label else ""
        if target in row.predicted and not (label or row.backward):
            below = row.predicted[target] + (f", actual {truth}" if truth else "")
        lines[k] = (
            shortened(names[k], MOST_LETTERS),
            shortened(printable(below), BESIDE_LETTERS),
        )
    return lines


def row_legend(row: NetworkRow, largest: float, note: str) -> str:
    sentences = [FORWARD_TEXT, f"The wider the larger, up to {largest:.3g}."]
    if row.backward:
        sentences[0] = BACKWARD_TEXT
    if any(row.left_out(layer) for layer in range(len(row.nodes))):
        sentences.append("Of a wide layer the nodes that send most to the next are shown.")
    if note:
        sentences.append(printable(note))
    return " ".join(sentences)


def row_description(row: NetworkRow, names: list[list[str]], legend_text: str) -> str:
    """The row's numbers in words, for who cannot see the diagram."""
    parts = [
        ", ".join(f"{names[layer][i]} {in_node(row.nodes[layer][i])}" for i in shown)
        for layer, shown in enumerate(row.shown)
    ]
    return f"{'; '.join(parts)}. {legend_text}"
