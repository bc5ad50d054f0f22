"""The diagram of one row: its numbers in the nodes, products or gradients on the edges.

Which numbers these are is `row.py`'s matter. Nothing is drawn here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from glassnet.core.network import Network
from glassnet.plots.figures import shortened
from glassnet.plots.network.columns import (
    NAME_GAP,
    PAGE_MARGIN,
    SMALL_SIZE,
    TEXT_SIZE,
    DrawnNode,
    Spacing,
    has_bias_above,
    headings,
    node_names,
    printable,
)
from glassnet.plots.network.edges import DrawnEdge, number_at, numbers, stroke
from glassnet.plots.network.layout import largest_size, legend_of
from glassnet.plots.network.row import NetworkRow
from glassnet.plots.network.row_texts import (
    in_node,
    input_lines,
    node_tooltip,
    output_lines,
    row_description,
    row_legend,
    sum_text,
)
from glassnet.plots.network.shapes import Diagram, Disc, Text, baseline, text_width

LAYER_DISTANCE = 240  # pixels from layer to layer
SPACING = Spacing(row=68, radius=24, widest=6)
TITLE_BASELINE = 30  # pixels from the top: which row it is
TITLE_SIZE = 15  # pixels
MOST_TITLE_LETTERS = 90
LEAST_WIDTH = 420  # pixels
HEADING_BASELINE = 62  # pixels from the top: what kind of layer a column is
NODES_BASELINE = 78  # pixels from the top: how many nodes it has
ROW_TOP = 90  # pixels above the highest row
VALUE_SIZE = 11.5  # pixels of a number in a node, at most
MOST_NUMBERED_EDGES = 20  # numbers on the edges between two columns; more could not be followed
LINE = 14  # pixels from a node's name to what stands below it
LEGEND = {False: ("product above 0", "product below 0"), True: ("gradient above 0", "below 0")}
"""The samples of edges by whether it is the way back."""


@dataclass(frozen=True)
class RowEdge(DrawnEdge):
    """A drawn product or gradient; `arithmetic` is how it came about."""

    arithmetic: str

    @property
    def tooltip(self) -> str:
        """What it is, and how it came about, with every digit."""
        return f"{self.source.name} to {self.target.name}: {self.arithmetic}"


def lay_out_row(
    network: Network,
    row: NetworkRow,
    inputs: Sequence[str],
    columns: Sequence[str],
    outputs: Sequence[str],
    note: str = "",
) -> Diagram:
    """The diagram of one row.

    Parameters
    ----------
    network : Network
        Its layers.
    row : NetworkRow
        Its numbers.
    inputs, columns : sequence of str
        The names of the first layer's nodes, and the column that each of them comes from, D.
    outputs : sequence of str
        The names of the last layer's nodes, K.
    note : str
        Stands below, where something must be known.
    """
    names = node_names(network, inputs, outputs)
    texts_beside = [input_lines(row, names[0], columns), output_lines(row, names[-1])]
    left, right = (_side(lines) for lines in texts_beside)
    title = shortened(printable(row.title), MOST_TITLE_LETTERS)
    wide = left + LAYER_DISTANCE * (len(names) - 1) + right
    width = max(wide, text_width(title, TITLE_SIZE) + 2 * PAGE_MARGIN, LEAST_WIDTH)
    rows = max(_rows(network, row, layer) for layer in range(len(names)))
    bottom = ROW_TOP + SPACING.row * rows
    first_column = left + (width - wide) / 2
    layers = _position(network, row, names, first_column, (ROW_TOP + bottom) / 2)

    edges = list(_edges(row, layers))
    largest = largest_size(edges)
    strokes = sorted(
        (stroke(edge, largest, SPACING) for edge in edges), key=lambda drawn: abs(drawn.strength)
    )
    text = row_legend(row, largest, note)
    samples, legend, height = legend_of(text, width, bottom, LEGEND[row.backward])
    heading = Text(PAGE_MARGIN, TITLE_BASELINE, title, "name", TITLE_SIZE, "start")
    return Diagram(
        width=width,
        height=height,
        strokes=(*strokes, *samples),
        discs=tuple(_discs(network, row, layers)),
        texts=(
            heading,
            *numbers(edges, SPACING.radius),
            *_labels(network, row, layers),
            *_beside(layers[0], texts_beside[0], -1),
            *_beside(layers[-1], texts_beside[1], 1),
            *legend,
        ),
        title=f"{title}; {network}",
        description=row_description(row, names, text),
    )


def _rows(network: Network, row: NetworkRow, layer: int) -> int:
    """How many rows a column is high, its bias and what is said of nodes left out counted."""
    bias = 1 if has_bias_above(network, layer) else 0
    return len(row.shown[layer]) + bias + (1 if row.left_out(layer) else 0)


def _position(
    network: Network, row: NetworkRow, names: list[list[str]], left: float, middle: float
) -> list[list[DrawnNode]]:
    """The drawn nodes of every layer from top to bottom, the bias first."""
    layers: list[list[DrawnNode]] = []
    disc = 0
    for layer, shown in enumerate(row.shown):
        x = left + LAYER_DISTANCE * layer
        y = middle - SPACING.row * (_rows(network, row, layer) - 1) / 2
        indices: list[int | None] = [None] if has_bias_above(network, layer) else []
        column: list[DrawnNode] = []
        for index in [*indices, *shown]:
            name = "bias" if index is None else names[layer][index]
            column.append(DrawnNode(disc, index, name, x, y))
            disc, y = disc + 1, y + SPACING.row
        layers.append(column)
    return layers


def _edges(row: NetworkRow, layers: list[list[DrawnNode]]) -> Iterator[RowEdge]:
    """An edge for each product, or gradient, between drawn nodes that is not 0."""
    for layer, (before, after) in enumerate(pairwise(layers)):
        targets = [(node, node.index) for node in after if node.index is not None]
        few = len(before) * len(targets) <= MOST_NUMBERED_EDGES
        at = number_at(len(before), len(targets), SPACING.row) if few else None
        for source in before:
            for target, j in targets:
                if source.index is None:
                    number = row.edges.biases[layer][j]
                else:
                    number = row.edges.weights[layer][source.index, j]
                if number:
                    arithmetic = sum_text(row, layer, source.index, j, number)
                    yield RowEdge(source, target, number, at, arithmetic)


def _discs(network: Network, row: NetworkRow, layers: list[list[DrawnNode]]) -> Iterator[Disc]:
    """Every node as a disc with its number in it."""
    room = 2 * (SPACING.radius - 3)
    for layer, nodes in enumerate(layers):
        for node in nodes:
            is_bias = node.index is None
            label = "bias" if node.index is None else in_node(row.nodes[layer][node.index])
            size = min(VALUE_SIZE, room * 12 / text_width(label, 12))
            tooltip = node_tooltip(network, row, layer, node)
            kind = "bias" if is_bias else "node"
            yield Disc(node.x, node.y, SPACING.radius, kind, label, size, tooltip)


def _labels(network: Network, row: NetworkRow, layers: list[list[DrawnNode]]) -> Iterator[Text]:
    """The headings, hidden nodes' names above them, and how many nodes are left out."""
    for layer, (nodes, (kind, count)) in enumerate(zip(layers, headings(network), strict=True)):
        x = nodes[0].x
        yield Text(x, HEADING_BASELINE, kind, "name")
        yield Text(x, NODES_BASELINE, count, "quiet")
        if 0 < layer < len(layers) - 1:
            for node in nodes:
                if node.index is not None:
                    letter = f"δ{node.name[1:]}" if row.backward else node.name
                    y = node.y - SPACING.radius - 5
                    yield Text(x, y, letter, "quiet", SMALL_SIZE)
        if left_out := row.left_out(layer):
            y = nodes[-1].y + SPACING.row
            yield Text(x, y - 10, "⋮", "quiet", 14)
            yield Text(x, y + 6, f"{left_out:,} more", "quiet", SMALL_SIZE)


def _side(lines: dict[int, tuple[str, str]]) -> float:
    """Pixels from the middle of the first or last column to the diagram's edge."""
    widest = max(text_width(line, TEXT_SIZE) for pair in lines.values() for line in pair)
    return PAGE_MARGIN + SPACING.radius + NAME_GAP + widest


def _beside(
    nodes: Sequence[DrawnNode], lines: dict[int, tuple[str, str]], side: int
) -> Iterator[Text]:
    """Two lines beside each node, to its right (side 1) or left (-1)."""
    anchor = "start" if side > 0 else "end"
    for node in nodes:
        if node.index is None:
            continue
        name, below = lines[node.index]
        x = node.x + side * (SPACING.radius + NAME_GAP)
        y = baseline(node.y, TEXT_SIZE) - (LINE / 2 if below else 0)
        yield Text(x, y, name, "quiet" if below and side < 0 else "name", anchor=anchor)
        if below:
            yield Text(x, y + LINE, below, "name", anchor=anchor)
