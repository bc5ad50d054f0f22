"""The network drawn as layers, nodes and edges: our own SVG, so that no other program is needed.

Each layer is a column of nodes, a bias stands as a node above the layer it feeds from, an edge's width is the size of its
weight and its colour the sign. A wide layer shows its first and last nodes and says how many it leaves out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError

MAX_SHOWN = 12  # nodes of a layer; a wider one is condensed
MAX_NUMBERED = 5  # of the smaller of two layers, if its edges are still to carry their numbers
ROW, COLUMN, RADIUS, MARGIN = 62, 210, 18, 44  # pixels
NAME_WIDTH, CHARACTER = 34, 7.2  # longest name in characters, and its width in pixels

STYLE = """
  .page { fill: #ffffff } text { font: 12px 'DejaVu Sans', Verdana, sans-serif; fill: #1f2937 }
  .node { fill: #f8fafc; stroke: #334155; stroke-width: 1.5 } .bias { fill: #fef3c7; stroke: #92400e }
  .plus { stroke: #2563eb } .minus { stroke: #dc2626 } .edge { fill: none; stroke-opacity: .75 } .edge:hover { stroke-opacity: 1 }
  .layer, .quiet { fill: #64748b } .small { font-size: 10px }
  .number { font-size: 10px; paint-order: stroke; stroke: #ffffff; stroke-width: 3px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0f172a } text { fill: #e2e8f0 } .node { fill: #1e293b; stroke: #cbd5e1 } .bias { fill: #422006; stroke: #fbbf24 }
    .plus { stroke: #60a5fa } .minus { stroke: #f87171 } .layer, .quiet { fill: #94a3b8 } .number { stroke: #0f172a }
  }
"""


@dataclass(frozen=True)
class _Node:
    """One drawn node: its place in its layer (None: the bias), where it stands, and its name."""

    index: int | None
    x: float
    y: float
    name: str


def diagram(
    network: Network,
    parameters: Parameters,
    inputs: Sequence[str],
    outputs: Sequence[str],
    title: str = "The network",
    note: str = "",
) -> str:
    """The network as an SVG document; `inputs` and `outputs` name the nodes of the first and last layer.

    Weights of exactly 0 are not drawn. `note` stands below, where something must be said.
    Raises GlassnetError when there are not as many names as nodes.
    """
    for names, nodes, which in [(inputs, network.sizes[0], "inputs"), (outputs, network.sizes[-1], "outputs")]:
        if len(names) != nodes:
            raise GlassnetError(f"{len(names)} names for {nodes} {which}")
    left, right = (MARGIN + RADIUS + CHARACTER * max(len(_short(n)) for n in names) for names in (inputs, outputs))
    tallest = max(min(n, MAX_SHOWN + 1) + network.bias for n in network.sizes)
    width = left + right + COLUMN * (len(network.sizes) - 1)
    height = 2 * MARGIN + ROW * tallest + 46
    size = f'width="{width:.0f}" height="{height:.0f}"'
    layers = [
        _place(network, layer, left + COLUMN * layer, 36 + height / 2 - 23, inputs, outputs) for layer in range(len(network.sizes))
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {height:.0f}" {size}>',
            f"<title>{escape(title)}: {escape(str(network))}</title><style>{STYLE}</style>",
            '<rect class="page" width="100%" height="100%"/>',
            *_edges(parameters, layers),
            *(part for layer in range(len(layers)) for part in _nodes(network, layers, layer)),
            *_legend(height, note),
            "</svg>\n",
        ]
    )


def _place(network: Network, layer: int, x: float, middle: float, inputs: Sequence[str], outputs: Sequence[str]) -> list[_Node]:
    """The drawn nodes of one layer from top to bottom, the bias that feeds the next layer first."""
    n, last = network.sizes[layer], layer == len(network.sizes) - 1
    half = MAX_SHOWN // 2
    shown = list(range(n)) if n <= MAX_SHOWN else [*range(half), *range(n - half, n)]
    bias = network.bias and not last
    rows = len(shown) + bias + (n > MAX_SHOWN)
    top = middle - ROW * (rows - 1) / 2
    names = inputs if layer == 0 else outputs if last else [f"a{layer}.{i + 1}" for i in range(n)]
    nodes = [_Node(None, x, top, "bias")] if bias else []
    for place, i in enumerate(shown):
        gap = n > MAX_SHOWN and place >= half
        nodes.append(_Node(i, x, top + ROW * (place + bias + gap), names[i]))
    return nodes


def _edges(parameters: Parameters, layers: list[list[_Node]]) -> list[str]:
    largest = max(float(np.max(np.abs(w))) for w in (*parameters.weights, *parameters.biases)) or 1.0
    parts: list[str] = []
    for layer, (before, after) in enumerate(pairwise(layers)):
        targets = [node for node in after if node.index is not None]
        at = _numbers_at(len(before), len(targets))
        for source in before:
            for target in targets:
                column = target.index
                w = parameters.biases[layer][column] if source.index is None else parameters.weights[layer][source.index, column]
                if w or source.index is None:
                    parts.append(_edge(source, target, float(w), largest, at))
    return parts


def _numbers_at(sources: int, targets: int) -> float | None:
    """How far along the edges between two layers their numbers stand clear of each other; None where they never do.

    At a share 1 / (targets + 1) of the way all edges of evenly spaced nodes cross a vertical line at even distances.
    """
    if min(sources, targets) > MAX_NUMBERED or max(sources, targets) > MAX_SHOWN:
        return None
    return 1 / (targets + 1) if targets <= sources or sources > MAX_NUMBERED else sources / (sources + 1)


def _edge(source: _Node, target: _Node, w: float, largest: float, number_at: float | None) -> str:
    thick = 0.4 + 4.6 * abs(w) / largest
    line = (
        f'<path class="edge {"plus" if w >= 0 else "minus"}" stroke-width="{thick:.2f}" '
        f'd="M{source.x + RADIUS:.1f} {source.y:.1f} L{target.x - RADIUS:.1f} {target.y:.1f}">'
        f"<title>{escape(source.name)} to {escape(target.name)}: {w:.6g}</title></path>"
    )
    if number_at is None:
        return line
    x = source.x + RADIUS + number_at * (target.x - source.x - 2 * RADIUS)
    y = source.y + number_at * (target.y - source.y)
    return line + f'<text class="number" text-anchor="middle" x="{x:.1f}" y="{y + 3:.1f}">{w:.3g}</text>'


def _nodes(network: Network, layers: list[list[_Node]], layer: int) -> list[str]:
    nodes, first, last = layers[layer], layer == 0, layer == len(layers) - 1
    kind = "input" if first else "output" if last else f"hidden {layer}" if len(layers) > 3 else "hidden"
    about = "" if first else f", {network.activations[layer - 1].name}"
    x, size = nodes[0].x, network.sizes[layer]
    parts = [f'<text class="layer" text-anchor="middle" x="{x:.1f}" y="24">{kind}</text>']
    parts.append(f'<text class="layer" text-anchor="middle" x="{x:.1f}" y="40">{size} node{"s" * (size > 1)}{about}</text>')
    for node in nodes:
        style = "node bias" if node.index is None else "node"
        parts.append(
            f'<circle class="{style}" cx="{node.x:.1f}" cy="{node.y:.1f}" r="{RADIUS}"><title>{escape(node.name)}</title></circle>'
        )
        inside, small = ("bias", ' class="small"') if node.index is None else (str(node.index + 1), "")
        parts.append(f'<text{small} text-anchor="middle" x="{node.x:.1f}" y="{node.y + 4:.1f}">{inside}</text>')
        if (first or last) and node.index is not None:
            side, anchor = (-RADIUS - 8, "end") if first else (RADIUS + 8, "start")
            parts.append(
                f'<text text-anchor="{anchor}" x="{node.x + side:.1f}" y="{node.y + 4:.1f}">{escape(_short(node.name))}</text>'
            )
    if network.sizes[layer] > MAX_SHOWN:
        y = nodes[-MAX_SHOWN // 2].y - ROW
        parts.append(f'<text class="quiet" text-anchor="middle" x="{x:.1f}" y="{y:.1f}">&#8942;</text>')
        parts.append(
            f'<text class="quiet" text-anchor="middle" x="{x:.1f}" y="{y + 16:.1f}">{network.sizes[layer] - MAX_SHOWN} more</text>'
        )
    return parts


def _legend(height: float, note: str) -> list[str]:
    y = height - 18
    said = [f'<text class="layer" x="20" y="{y - 18}">{escape(note)}</text>'] if note else []
    return [
        *said,
        f'<path class="edge plus" stroke-width="3" d="M20 {y} h26"/><text x="52" y="{y + 4}">positive weight</text>',
        f'<path class="edge minus" stroke-width="3" d="M172 {y} h26"/><text x="204" y="{y + 4}">negative; wider is larger</text>',
    ]


def _short(name: str) -> str:
    return name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1] + "…"
