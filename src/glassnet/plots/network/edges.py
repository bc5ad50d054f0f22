"""The edges between nodes: which are drawn, how wide, and where their numbers stand clear of each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from glassnet.core.network import Network, Parameters
from glassnet.plots.network.columns import Node, Spacing, rows, shown
from glassnet.plots.network.shapes import Line, Text, baseline

DENSE, ROOMY_ROW, TALL = Spacing(40, 14, 3.5), 62, 10  # a column of more rows stands dense
SIZE, ROOM, FEW = (
    10,
    12,
    5,
)  # of a number on an edge, the height that it needs, and from or to how many nodes there is room for any
THINNEST = 0.6


@dataclass(frozen=True)
class Edge:
    """One drawn weight or bias, a scalar of its own dtype; its number stands so far along it, 0 to 1, or nowhere."""

    source: Node
    target: Node
    weight: Any
    number_at: float | None

    def at(self, share: float, radius: int) -> tuple[float, float]:
        """The point so far along it."""
        x1, x2 = self.source.x + radius, self.target.x - radius
        return x1 + share * (x2 - x1), self.source.y + share * (self.target.y - self.source.y)

    @property
    def ends(self) -> tuple[int, int]:
        """The discs that it joins."""
        return self.source.disc, self.target.disc

    @property
    def about(self) -> str:
        """What it is, with every digit."""
        return f"{self.source.name} to {self.target.name}: {self.weight}"


def spacing_for(network: Network) -> Spacing:
    """Dense, but in a small network so wide that every edge has room for its number."""
    counts = [len(shown(nodes)) for nodes in network.sizes]
    fewest = max(min(before + network.bias, after) for before, after in pairwise(counts))
    if fewest > FEW or max(rows(network, layer) for layer in range(len(counts))) > TALL:
        return DENSE
    return Spacing(max(ROOMY_ROW, ROOM * (fewest + 1)), 17, 5)


def edges_of(parameters: Parameters, layers: list[list[Node]], row: int) -> Iterator[Edge]:
    """An edge for each weight between drawn nodes that is not 0, and for each bias."""
    for layer, (before, after) in enumerate(pairwise(layers)):
        targets = [node for node in after if node.index is not None]
        at = _number_at(len(before), len(targets), row)
        for source in before:
            for target in targets:
                if source.index is None:
                    yield Edge(source, target, parameters.biases[layer][target.index], at)
                elif weight := parameters.weights[layer][source.index, target.index]:
                    yield Edge(source, target, weight, at)


def line(edge: Edge, largest: float, spacing: Spacing) -> Line:
    """The edge as a line; one without a finite weight is as wide as the largest."""
    weight = float(edge.weight)
    share = min(1.0, abs(weight) / largest)  # in this order: 1.0 where the weight is NaN
    width = THINNEST + (spacing.widest - THINNEST) * share
    (x1, y1), (x2, y2) = edge.at(0, spacing.radius), edge.at(1, spacing.radius)
    return Line(x1, y1, x2, y2, -share if weight < 0 else share, width, edge.ends, edge.about)


def numbers(edges: Iterable[Edge], radius: int) -> Iterator[Text]:
    """The number of every edge that has room for it."""
    for edge in edges:
        if edge.number_at is not None:
            x, y = edge.at(edge.number_at, radius)
            yield Text(
                x,
                baseline(y, SIZE),
                f"{edge.weight:.3g}",
                "number",
                SIZE,
                ends=edge.ends,
                about=edge.about,
            )


def _number_at(sources: int, targets: int, row: int) -> float | None:
    """How far along the edges between two columns their numbers stand clear of each other; None where they never do.

    At a share 1 / (targets + 1) of the way all edges of evenly spaced nodes cross a vertical line at even distances.
    """
    fewer = min(sources, targets)
    if row / (fewer + 1) < ROOM:
        return None
    return 1 / (fewer + 1) if targets <= sources else fewer / (fewer + 1)
