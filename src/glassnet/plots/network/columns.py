"""The columns of nodes: which are shown, where they stand, and what is written beside them.

A bias stands as a node above the layer that it feeds from. A wide layer shows some nodes, chosen
elsewhere, and says how many it omits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glassnet.core.network import Network, Parameters
from glassnet.plots.figures import plural, shortened
from glassnet.plots.network.choice import count_shown
from glassnet.plots.network.shapes import Disc, Text, baseline, text_width

COLUMN_WIDTH = 210  # pixels from layer to layer
PAGE_MARGIN = 24  # pixels around everything
NAME_GAP = 8  # pixels between a node and its name
MOST_LETTERS = 34  # letters of a name; a longer one loses its middle
TEXT_SIZE = 12  # pixels of a name
SMALLEST_INSIDE = 9  # pixels of a name in a node
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


def has_bias_above(network: Network, layer: int) -> bool:
    """Whether a bias stands above a layer, which feeds the next one."""
    return network.bias and layer < len(network.sizes) - 1


def rows_of_column(network: Network, layer: int) -> int:
    """How many rows a column is high, its bias and the gap of a wide layer counted."""
    nodes = network.sizes[layer]
    rows = count_shown(nodes)
    if rows < nodes:
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
    network: Network,
    names: list[list[str]],
    shown: list[list[int]],
    left: float,
    middle: float,
    row: int,
) -> list[list[DrawnNode]]:
    """The drawn nodes of every layer from top to bottom.

    Parameters
    ----------
    network : Network
        Whose nodes.
    names : list of list of str
        Those of every node of every layer.
    shown : list of list of int
        The numbers of the nodes that are drawn, of every layer.
    left : float
        The x of the first column.
    middle : float
        The height around which every column stands.
    row : int
        Pixels from a node to the next below.
    """
    layers: list[list[DrawnNode]] = []
    disc = 0
    for layer, chosen in enumerate(shown):
        x = left + COLUMN_WIDTH * layer
        y = middle - row * (rows_of_column(network, layer) - 1) / 2
        column: list[DrawnNode] = []
        if has_bias_above(network, layer):
            column.append(DrawnNode(disc, None, "bias", x, y))
            disc, y = disc + 1, y + row
        for index in chosen:
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
    """Pixels from the middle of the first or last column, of these names, to the diagram's edge."""
    beside = [] if fit_inside(names, radius) else [shortened(name, MOST_LETTERS) for name in names]
    widest_name = max((text_width(name, TEXT_SIZE) for name in beside), default=0)
    widest_heading = max(text_width(line, TEXT_SIZE) for line in heading)
    return PAGE_MARGIN + max(radius + NAME_GAP + widest_name, widest_heading / 2)


def discs(
    network: Network, parameters: Parameters, layers: list[list[DrawnNode]], radius: int
) -> Iterator[Disc]:
    """Every node as a disc with its name where a layer's are short, else with its number."""
    hidden_named = all(nodes < 10 for nodes in network.sizes[1:-1])
    for layer, nodes in enumerate(layers):
        is_hidden = 0 < layer < len(layers) - 1
        named = hidden_named if is_hidden else fit_inside(names_of(nodes), radius)
        for node in nodes:
            label = node.name
            if node.index is not None and not named:
                label = str(node.index + 1)
            size = min(12.0, _width_inside(radius) * 12 / text_width(label, 12))
            tooltip = _node_tooltip(network, parameters, layer, node)
            kind = "bias" if node.index is None else "node"
            yield Disc(node.x, node.y, radius, kind, label, size, tooltip)


def fit_inside(names: Sequence[str], radius: int) -> bool:
    """Whether names can stand in their nodes, in letters large enough to read."""
    return all(text_width(name, SMALLEST_INSIDE) <= _width_inside(radius) for name in names)


def names_of(nodes: Sequence[DrawnNode]) -> list[str]:
    """The names of a column's nodes but the bias."""
    return [node.name for node in nodes if node.index is not None]


def _width_inside(radius: int) -> float:
    """Pixels that letters have in a node."""
    return 2 * (radius - 3)


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
        left_out = size - count_shown(size)
        if left_out:
            y = nodes[-1].y + spacing.row
            yield Text(x, y - 2, "⋮", "quiet", 14)
            yield Text(x, y + 11, f"{left_out:,} more", "quiet", SMALL_SIZE)
    beside = spacing.radius + NAME_GAP
    for nodes, distance in ((layers[0], -beside), (layers[-1], beside)):
        if not fit_inside(names_of(nodes), spacing.radius):
            yield from (_name_beside(node, distance) for node in nodes if node.index is not None)


def _name_beside(node: DrawnNode, distance: float) -> Text:
    """A node's name so far to its right, or where the distance is negative to its left."""
    name = shortened(node.name, MOST_LETTERS)
    anchor = "start" if distance > 0 else "end"
    y = baseline(node.y, TEXT_SIZE)
    return Text(node.x + distance, y, name, "name", anchor=anchor)


def printable(text: str) -> str:
    """A text on one line, without letters that a document may not hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
