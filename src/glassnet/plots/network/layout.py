"""The whole picture of a network: its columns, its edges and its legend put together. Nothing is drawn here."""

from collections.abc import Sequence
from math import isfinite

from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.errors import GlassnetError
from glassnet.plots.network.columns import (
    COLUMN,
    MARGIN,
    discs,
    headings,
    node_names,
    place,
    printable,
    room_beside,
    rows,
    words_around,
)
from glassnet.plots.network.edges import edges_of, line, numbers, spacing_for
from glassnet.plots.network.shapes import Line, Picture, Text, baseline, text_width

TOP = 56  # pixels above the highest row
KEYS = (("positive weight", 0.6), ("negative weight", -0.6))
SAMPLE, KEY, WRITTEN = (
    34,
    180,
    18,
)  # pixels: a sample of a line, a sample with its words, a line of words


def lay_out(
    network: Network,
    parameters: Parameters,
    inputs: Sequence[str],
    outputs: Sequence[str],
    title: str,
    note: str = "",
) -> Picture:
    """The picture of a network: nodes, an edge for each bias and each weight that is not 0, numbers where there is room, a legend.

    Parameters
    ----------
    inputs, outputs : the names of the first and last layer's nodes, D and K of them.
    title : what a screen reader and a browser call the picture.
    note : stands below, where something must be said.

    Raises GlassnetError when there are not as many names as nodes, or the parameters have not the network's shapes.
    """
    check_shapes(network, parameters)
    for names, nodes, which in [
        (inputs, network.sizes[0], "inputs"),
        (outputs, network.sizes[-1], "outputs"),
    ]:
        if len(names) != nodes:
            raise GlassnetError(f"{len(names)} names for {nodes} {which}: give one for each")
    names, over, spacing = (
        node_names(network, inputs, outputs),
        headings(network),
        spacing_for(network),
    )
    left, right = (room_beside(names[layer], over[layer], spacing.radius) for layer in (0, -1))
    across = left + COLUMN * (len(names) - 1) + right
    width = max(across, 2 * MARGIN + KEY * len(KEYS))
    bottom = TOP + spacing.row * max(rows(network, layer) for layer in range(len(names)))
    layers = place(network, names, left + (width - across) / 2, (TOP + bottom) / 2, spacing.row)
    edges = list(edges_of(parameters, layers, spacing.row))
    largest = (
        max((abs(float(edge.weight)) for edge in edges if isfinite(edge.weight)), default=0.0)
        or 1.0
    )
    lines = sorted(
        (line(edge, largest, spacing) for edge in edges), key=lambda drawn: abs(drawn.share)
    )
    said = _said(parameters, largest, note)
    samples, legend, height = _legend(said, width, bottom)
    return Picture(
        width,
        height,
        (*lines, *samples),
        tuple(discs(network, parameters, layers, spacing.radius)),
        (*numbers(edges, spacing.radius), *words_around(network, layers, spacing), *legend),
        f"{printable(title)}: {network}",
        _description(
            over,
            [[node.name for node in layers[i] if node.index is not None] for i in (0, -1)],
            said,
        ),
    )


def _said(parameters: Parameters, largest: float, note: str) -> str:
    """What the legend says in words."""
    zeros = not all(bool((weights != 0).all()) for weights in parameters.weights)
    return " ".join(
        [
            f"Wider is larger, up to {largest:.3g}.",
            *["A weight of 0 has no line."] * zeros,
            printable(note),
        ]
    ).strip()


def _legend(said: str, width: float, top: float) -> tuple[list[Line], list[Text], float]:
    """A sample of each sign, the words below, and the height at which all ends."""
    lines, texts = [], []
    y = top + MARGIN
    for i, (words, share) in enumerate(KEYS):
        x = MARGIN + KEY * i
        lines.append(Line(x, y, x + SAMPLE, y, share, 3))
        texts.append(Text(x + SAMPLE + 8, baseline(y, 12), words, "name", anchor="start"))
    for words in _wrapped(said, width - 2 * MARGIN):
        y += WRITTEN
        texts.append(Text(MARGIN, baseline(y, 12), words, "quiet", anchor="start"))
    return lines, texts, y + MARGIN


def _wrapped(said: str, width: float) -> list[str]:
    """Words in lines of no more than that width."""
    lines = [""]
    for word in said.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if text_width(longer, 12) <= width else [*lines, word]
    return lines


def _description(over: list[tuple[str, str]], ends: list[list[str]], said: str) -> str:
    """The picture in words, for who cannot see it."""
    layers = "; ".join(f"{kind}: {words}" for kind, words in over)
    return f"{layers}. Inputs: {', '.join(ends[0])}. Outputs: {', '.join(ends[1])}. {said}"
