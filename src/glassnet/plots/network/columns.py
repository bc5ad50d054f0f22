"""The columns of nodes: which are shown, where they stand, and what is written beside them.

A bias stands as a node above the layer that it feeds from. A wide layer shows its first and last
nodes and says how many it omits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glassnet.core.network import Network, Parameters
from glassnet.plots.figures import plural, shortened
from glassnet.plots.network.shapes import Disc, Text, baseline, text_width

MOST_SHOWN_WHOLE = 16  # nodes of a layer that is shown whole
AT_EITHER_END = 6  # nodes shown of a wider one, first and last
COLUMN_WIDTH = 210  # pixels from layer to layer
PAGE_MARGIN = 24  # pixels around everything
NAME_GAP = 8  # pixels between a node and its name
MOST_LETTERS = 34  # letters of a name; a longer one loses its middle
TEXT_SIZE = 12  # pixels of a name
SMALL_SIZE = 10  # pixels of the number of nodes left out
KIND_BASELINE = 24  # pixels from the top: what kind of layer a column is
COUNT_BASELINE = 40  # pixels from the top: how many nodes it has


@dataclass(frozen=True)
class DrawnNode:
    """One drawn node.

    Parameters
    ----------
    disc : int
        Its number among the discs.
    index : int, optional
        Its number in its layer, from 0; None for the bias.
    name : str
        Its whole name.
    x, y : float
        Its centre.
    """

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


def drawn_nodes(nodes: int) -> list[int]:
    """The numbers of those nodes of a layer that are drawn, from 0."""
    if nodes <= MOST_SHOWN_WHOLE:
        return list(range(nodes))
    return [*range(AT_EITHER_END), *range(nodes - AT_EITHER_END, nodes)]


def has_bias_above(network: Network, layer: int) -> bool:
    """Whether a bias stands above a layer, which feeds the next one."""
    return network.bias and layer < len(network.sizes) - 1


def rows_of_column(network: Network, layer: int) -> int:
    """How many rows a column is high, its bias and the gap of a wide layer counted."""
    nodes = network.sizes[layer]
    rows = len(drawn_nodes(nodes))
    if nodes > MOST_SHOWN_WHOLE:
        rows += 1
    if has_bias_above(network, layer):
        rows += 1
    return rows


def node_names(network: Network, inputs: Sequence[str], outputs: Sequence[str]) -> list[list[str]]:
    """The whole name of every node of every layer; a hidden one is a<layer>.<node>, from 1."""
    hidden = [
        [f"a{layer}.{i + 1}" for i in range(nodes)]
        for layer, nodes in enumerate(network.sizes[1:-1], 1)
    ]
    return [[printable(name) for name in names] for names in (inputs, *hidden, outputs)]


def position_nodes(
    network: Network, names: list[list[str]], left: float, middle: float, row: int
) -> list[list[DrawnNode]]:
    """The drawn nodes of every layer from top to bottom.

    Parameters
    ----------
    network : Network
        Whose nodes.
    names : list of list of str
        Those of every node of every layer.
    left : float
        The x of the first column.
    middle : float
        The height around which every column stands.
    row : int
        Pixels from a node to the next below.
    """
    layers: list[list[DrawnNode]] = []
    disc = 0
    for layer, nodes in enumerate(network.sizes):
        x = left + COLUMN_WIDTH * layer
        y = middle - row * (rows_of_column(network, layer) - 1) / 2
        column: list[DrawnNode] = []
        if has_bias_above(network, layer):
            column.append(DrawnNode(disc, None, "bias", x, y))
            disc, y = disc + 1, y + row
        for index in drawn_nodes(nodes):
            if nodes > MOST_SHOWN_WHOLE and index == nodes - AT_EITHER_END:
                y += row  # the gap of the nodes that are left out
            column.append(DrawnNode(disc, index, names[layer][index], x, y))
            disc, y = disc + 1, y + row
        layers.append(column)
    return layers


def headings(network: Network) -> list[tuple[str, str]]:
    """What stands over each column: its kind of layer, and its nodes and activation."""
    last = len(network.sizes) - 1
    found = [("input", plural(network.sizes[0], "node"))]
    for layer, activation in enumerate(network.activations, 1):
        nodes = plural(network.sizes[layer], "node")
        name = shortened(printable(activation.name), MOST_LETTERS)
        found.append((_layer_kind(layer, last), f"{nodes}, {name}"))
    return found


def _layer_kind(layer: int, last: int) -> str:
    if layer == last:
        return "output"
    return "hidden" if last == 2 else f"hidden {layer}"


def side_width(names: Sequence[str], heading: tuple[str, str], radius: int) -> float:
    """Pixels from the middle of the first or last column to the diagram's edge."""
    shown = [shortened(names[i], MOST_LETTERS) for i in drawn_nodes(len(names))]
    widest_name = max(text_width(name, TEXT_SIZE) for name in shown)
    widest_heading = max(text_width(line, TEXT_SIZE) for line in heading)
    return PAGE_MARGIN + max(radius + NAME_GAP + widest_name, widest_heading / 2)


def discs(
    network: Network, parameters: Parameters, layers: list[list[DrawnNode]], radius: int
) -> Iterator[Disc]:
    """Every node as a disc with its number; hidden ones with their names where all are short."""
    named = all(nodes < 10 for nodes in network.sizes[1:-1])
    for layer, nodes in enumerate(layers):
        is_hidden = 0 < layer < len(layers) - 1
        for node in nodes:
            label = node.name
            if node.index is not None and not (is_hidden and named):
                label = str(node.index + 1)
            width_inside = 2 * (radius - 3)
            size = min(12.0, width_inside * 12 / text_width(label, 12))
            tooltip = _node_tooltip(network, parameters, layer, node)
            kind = "bias" if node.index is None else "node"
            yield Disc(node.x, node.y, radius, kind, label, size, tooltip)


def _node_tooltip(network: Network, parameters: Parameters, layer: int, node: DrawnNode) -> str:
    if node.index is None:
        kind, _ = headings(network)[layer + 1]
        return f"bias of {kind} layer"
    if layer == 0:
        return node.name
    tooltip = f"{node.name}: {network.activations[layer - 1].name}"
    if network.bias:
        tooltip += f", bias {parameters.biases[layer - 1][node.index]}"
    return tooltip


def labels(network: Network, layers: list[list[DrawnNode]], spacing: Spacing) -> Iterator[Text]:
    """The headings, how many nodes are left out, and the names of inputs and outputs."""
    for nodes, (kind, count), size in zip(layers, headings(network), network.sizes, strict=True):
        x = nodes[0].x
        yield Text(x, KIND_BASELINE, kind, "name")
        yield Text(x, COUNT_BASELINE, count, "quiet")
        if size > MOST_SHOWN_WHOLE:
            y = nodes[-AT_EITHER_END].y - spacing.row
            left_out = size - 2 * AT_EITHER_END
            yield Text(x, y - 2, "⋮", "quiet", 14)
            yield Text(x, y + 11, f"{left_out:,} more", "quiet", SMALL_SIZE)
    beside = spacing.radius + NAME_GAP
    for node in layers[0]:
        if node.index is not None:
            yield _name_beside(node, -beside)
    for node in layers[-1]:
        yield _name_beside(node, beside)


def _name_beside(node: DrawnNode, distance: float) -> Text:
    """A node's name so far to its right, or where the distance is negative to its left."""
    name = shortened(node.name, MOST_LETTERS)
    anchor = "start" if distance > 0 else "end"
    y = baseline(node.y, TEXT_SIZE)
    return Text(node.x + distance, y, name, "name", anchor=anchor)


def printable(text: str) -> str:
    """A text on one line, without letters that a document may not hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
