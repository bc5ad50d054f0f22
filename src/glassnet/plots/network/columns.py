"""The columns of nodes: which are shown, what they are called, where they stand, and what is written over and beside them.

A bias stands as a node above the layer that it feeds from. A wide layer shows its first and last nodes and says how many it omits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glassnet.core.network import Network, Parameters
from glassnet.plots.figures import shortened
from glassnet.plots.network.shapes import Disc, Text, baseline, text_width

WHOLE, AT_EACH_END = (
    16,
    6,
)  # a layer of so many nodes is shown whole; of a wider one so many first and last ones
COLUMN, MARGIN, BESIDE = (
    210,
    24,
    8,
)  # pixels from layer to layer, around everything, and between a node and its name
LONGEST = 34  # characters of a name; of a longer one the middle is left out


@dataclass(frozen=True)
class Node:
    """One drawn node: its number among the discs, its place in its layer (None: the bias), its whole name, and where it stands."""

    disc: int
    index: int | None
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Spacing:
    """Pixels from a node to the next below, a node's radius, and the width of the widest edge."""

    row: int
    radius: int
    widest: float


def shown(nodes: int) -> list[int]:
    """Which of so many nodes are drawn."""
    return (
        list(range(nodes))
        if nodes <= WHOLE
        else [*range(AT_EACH_END), *range(nodes - AT_EACH_END, nodes)]
    )


def rows(network: Network, layer: int) -> int:
    """How many places of one row each a column has, its bias and its gap counted."""
    nodes = network.sizes[layer]
    return len(shown(nodes)) + (nodes > WHOLE) + (network.bias and layer < len(network.sizes) - 1)


def node_names(network: Network, inputs: Sequence[str], outputs: Sequence[str]) -> list[list[str]]:
    """The whole name of every node of every layer; a hidden one is a<layer>.<node>, from 1."""
    hidden = [
        [f"a{layer}.{i + 1}" for i in range(nodes)]
        for layer, nodes in enumerate(network.sizes[1:-1], 1)
    ]
    return [[printable(name) for name in names] for names in (inputs, *hidden, outputs)]


def place(
    network: Network, names: list[list[str]], left: float, middle: float, row: int
) -> list[list[Node]]:
    """The drawn nodes of every layer from top to bottom, around the height `middle`, the first column at `left`."""
    layers: list[list[Node]] = []
    disc = 0
    for layer, nodes in enumerate(network.sizes):
        x, y = left + COLUMN * layer, middle - row * (rows(network, layer) - 1) / 2
        bias = [None] if network.bias and layer < len(network.sizes) - 1 else []
        column: list[Node] = []
        for index in [*bias, *shown(nodes)]:
            if nodes > WHOLE and index == nodes - AT_EACH_END:
                y += row
            column.append(Node(disc, index, "bias" if index is None else names[layer][index], x, y))
            disc, y = disc + 1, y + row
        layers.append(column)
    return layers


def headings(network: Network) -> list[tuple[str, str]]:
    """What stands over each column: what kind of layer, and its nodes and activation in words."""
    L = len(network.sizes) - 1
    kinds = ["input", *(f"hidden {i}" if L > 2 else "hidden" for i in range(1, L)), "output"]
    counts = [f"{n:,} node{'s' * (n > 1)}" for n in network.sizes]
    activations = ["", *(f", {shortened(printable(a.name), LONGEST)}" for a in network.activations)]
    return [
        (kind, count + name) for kind, count, name in zip(kinds, counts, activations, strict=True)
    ]


def room_beside(names: Sequence[str], heading: tuple[str, str], radius: int) -> float:
    """Pixels from the middle of the first or last column to the picture's edge."""
    name = (
        radius
        + BESIDE
        + max(text_width(shortened(names[i], LONGEST), 12) for i in shown(len(names)))
    )
    return MARGIN + max(name, *(text_width(words, 12) / 2 for words in heading))


def discs(
    network: Network, parameters: Parameters, layers: list[list[Node]], radius: int
) -> Iterator[Disc]:
    """Every node as a disc, with its number in it; a hidden one with its name where all of those are short."""
    named = all(nodes < 10 for nodes in network.sizes[1:-1])
    for layer, nodes in enumerate(layers):
        hidden = 0 < layer < len(layers) - 1
        for node in nodes:
            label = node.name if (hidden and named) or node.index is None else str(node.index + 1)
            size = min(12.0, 2 * (radius - 3) * 12 / text_width(label, 12))
            about = _about(network, parameters, layer, node)
            yield Disc(
                node.x, node.y, radius, "bias" if node.index is None else "node", label, size, about
            )


def _about(network: Network, parameters: Parameters, layer: int, node: Node) -> str:
    if node.index is None:
        return f"bias of {' '.join(headings(network)[layer + 1][0].split())} layer"
    if layer == 0:
        return node.name
    bias = f", bias {parameters.biases[layer - 1][node.index]}" if network.bias else ""
    return f"{node.name}: {network.activations[layer - 1].name}{bias}"


def words_around(network: Network, layers: list[list[Node]], spacing: Spacing) -> Iterator[Text]:
    """The headings, the names of inputs and outputs, and how many nodes are left out."""
    for nodes, heading, size in zip(layers, headings(network), network.sizes, strict=True):
        x = nodes[0].x
        yield Text(x, 24, heading[0], "name")
        yield Text(x, 40, heading[1], "quiet")
        if size > WHOLE:
            y = nodes[-AT_EACH_END].y - spacing.row
            yield Text(x, y - 2, "⋮", "quiet", 14)
            yield Text(x, y + 11, f"{size - 2 * AT_EACH_END:,} more", "quiet", 10)
    beside = spacing.radius + BESIDE
    for node in (node for node in layers[0] if node.index is not None):
        yield Text(
            node.x - beside,
            baseline(node.y, 12),
            shortened(node.name, LONGEST),
            "name",
            anchor="end",
        )
    for node in layers[-1]:
        yield Text(
            node.x + beside,
            baseline(node.y, 12),
            shortened(node.name, LONGEST),
            "name",
            anchor="start",
        )


def printable(words: str) -> str:
    """On one line, and without what a document may not hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())
