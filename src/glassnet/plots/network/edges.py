"""The edges between nodes: which are drawn, how wide, and where their numbers stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from glassnet.core.network import Network, Parameters
from glassnet.plots.network.choice import count_shown
from glassnet.plots.network.columns import DrawnNode, Spacing, rows_of_column
from glassnet.plots.network.shapes import Stroke, Text, baseline

DENSE = Spacing(row=40, radius=14, widest=3.5)
ROOMY_ROW = 62  # pixels from a node to the next below, at least, where edges have numbers
ROOMY_RADIUS = 17  # pixels
ROOMY_WIDEST = 5  # pixels
MOST_ROOMY_ROWS = 10  # rows of the highest column; a higher one stands dense
MOST_NUMBERED = 5  # nodes on the smaller side of a gap whose edges have numbers
MOST_WRITTEN = 24  # numbers in a gap; of more edges the largest have theirs
LARGEST_WRITTEN = 16  # how many these are
NUMBER_SIZE = 11  # pixels of a number on an edge
NUMBER_HEIGHT = 12  # pixels that it needs
THINNEST = 0.6  # pixels of the edge of a weight near 0


@dataclass(frozen=True)
class DrawnEdge:
    """One drawn weight or bias.

    Parameters
    ----------
    source, target : DrawnNode
        The nodes that it joins.
    weight : scalar
        In the dtype of its parameters.
    number_at : float, optional
        How far along it its number stands, 0 to 1; None for an edge without one.
    """

    source: DrawnNode
    target: DrawnNode
    weight: Any
    number_at: float | None

    def point(self, fraction: float, radius: int) -> tuple[float, float]:
        """The point so far along it."""
        x1, x2 = self.source.x + radius, self.target.x - radius
        y1, y2 = self.source.y, self.target.y
        return x1 + fraction * (x2 - x1), y1 + fraction * (y2 - y1)

    @property
    def ends(self) -> tuple[int, int]:
        """The numbers of the discs that it joins."""
        return self.source.disc, self.target.disc

    @property
    def tooltip(self) -> str:
        """What it is, with every digit."""
        return f"{self.source.name} to {self.target.name}: {self.weight}"


def spacing_for(network: Network) -> Spacing:
    """Dense, but in a small network so wide that every edge has room for its number."""
    counts = [count_shown(nodes) for nodes in network.sizes]
    with_bias = 1 if network.bias else 0
    fewest = max(min(before + with_bias, after) for before, after in pairwise(counts))
    highest = max(rows_of_column(network, layer) for layer in range(len(counts)))
    if fewest > MOST_NUMBERED or highest > MOST_ROOMY_ROWS:
        return DENSE
    row = max(ROOMY_ROW, NUMBER_HEIGHT * (fewest + 1))
    return Spacing(row, ROOMY_RADIUS, ROOMY_WIDEST)


def edges_of(
    parameters: Parameters, layers: list[list[DrawnNode]], row: int
) -> Iterator[DrawnEdge]:
    """An edge for each weight between drawn nodes that is not 0, and for each bias."""
    for layer, (before, after) in enumerate(pairwise(layers)):
        targets = [(node, node.index) for node in after if node.index is not None]
        at = number_at(len(before), len(targets), row)
        gap: list[DrawnEdge] = []
        for source in before:
            for target, j in targets:
                if source.index is None:
                    gap.append(DrawnEdge(source, target, parameters.biases[layer][j], at))
                elif weight := parameters.weights[layer][source.index, j]:
                    gap.append(DrawnEdge(source, target, weight, at))
        yield from gap if len(gap) <= MOST_WRITTEN else _largest_numbered(gap)


def _largest_numbered(gap: list[DrawnEdge]) -> Iterator[DrawnEdge]:
    """The edges of a gap with too many numbers to follow: the largest keep theirs."""
    by_size = sorted(gap, key=lambda edge: -abs(float(edge.weight)))
    written = {edge.ends for edge in by_size[:LARGEST_WRITTEN]}
    for edge in gap:
        yield edge if edge.ends in written else replace(edge, number_at=None)


def stroke(edge: DrawnEdge, largest: float, spacing: Spacing) -> Stroke:
    """The edge as a stroke; no finite weight, or a bias above the largest weight, is as wide."""
    weight = float(edge.weight)
    size = min(1.0, abs(weight) / largest)  # in this order: 1.0 where the weight is NaN
    width = THINNEST + (spacing.widest - THINNEST) * size
    x1, y1 = edge.point(0, spacing.radius)
    x2, y2 = edge.point(1, spacing.radius)
    strength = -size if weight < 0 else size  # 0 is neither
    return Stroke(x1, y1, x2, y2, strength, width, edge.ends, edge.tooltip)


def numbers(edges: Iterable[DrawnEdge], radius: int) -> Iterator[Text]:
    """The number of every edge that has room for it."""
    for edge in edges:
        if edge.number_at is not None:
            x, middle = edge.point(edge.number_at, radius)
            y = baseline(middle, NUMBER_SIZE)
            number = f"{edge.weight:.3g}"
            pointing = {"ends": edge.ends, "tooltip": edge.tooltip}
            yield Text(x, y, number, "number", NUMBER_SIZE, **pointing)


def number_at(sources: int, targets: int, row: int) -> float | None:
    """How far along the edges between two columns their numbers stand clear of each other.

    None where they never do.

    At 1 / (targets + 1) of the way all edges of evenly spaced nodes cross a vertical line at even
    distances.
    """
    fewer = min(sources, targets)
    if row / (fewer + 1) < NUMBER_HEIGHT:
        return None
    return 1 / (fewer + 1) if targets <= sources else fewer / (fewer + 1)
