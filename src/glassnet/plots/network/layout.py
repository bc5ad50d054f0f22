"""The whole diagram of a network: its columns, its edges and its legend put together.

Nothing is drawn here.
"""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.errors import GlassnetError
from glassnet.plots.network.choice import count_shown, shown_nodes
from glassnet.plots.network.columns import (
    COLUMN_WIDTH,
    PAGE_MARGIN,
    TEXT_SIZE,
    discs,
    headings,
    labels,
    names_of,
    node_names,
    position_nodes,
    printable,
    rows_of_column,
    side_width,
)
from glassnet.plots.network.edges import DrawnEdge, edges_of, numbers, spacing_for, stroke
from glassnet.plots.network.shapes import Diagram, Stroke, Text, baseline, text_width

TOP = 56  # pixels above the highest row
LEGEND_SAMPLES = ("positive weight", "negative weight")
"""What the samples of edges above and below 0 are called."""
SAMPLE_STRENGTHS = (0.6, -0.6)
SAMPLE_LENGTH = 34  # pixels of a sample
SAMPLE_WIDTH = 3  # pixels of its line
ENTRY_WIDTH = 180  # pixels of a sample with its text
SAMPLE_GAP = 8  # pixels between a sample and its text
LEGEND_LINE = 18  # pixels from a line of the legend to the next


def lay_out(
    network: Network,
    parameters: Parameters,
    inputs: Sequence[str],
    outputs: Sequence[str],
    title: str,
    note: str = "",
) -> Diagram:
    """The diagram of a network: nodes, edges, numbers where there is room, and a legend.

    Parameters
    ----------
    network : Network
        Its layers.
    parameters : Parameters
        An edge is drawn for each bias and each weight that is not 0.
    inputs, outputs : sequence of str
        The names of the first and last layer's nodes, D and K of them.
    title : str
        What a screen reader and a browser call the diagram.
    note : str
        Stands below, where something must be known.

    Raises
    ------
    GlassnetError
        Where there are not as many names as nodes, or the parameters have not the network's shapes.
    """
    check_shapes(network, parameters)
    _check_names(inputs, network.sizes[0], "inputs")
    _check_names(outputs, network.sizes[-1], "outputs")
    names = node_names(network, inputs, outputs)
    over = headings(network)
    spacing = spacing_for(network)
    shown = shown_nodes(network, parameters)

    left, right = (
        side_width([names[end][i] for i in shown[end]], over[end], spacing.radius)
        for end in (0, -1)
    )
    columns_width = left + COLUMN_WIDTH * (len(names) - 1) + right
    legend_width = 2 * PAGE_MARGIN + ENTRY_WIDTH * len(LEGEND_SAMPLES)
    width = max(columns_width, legend_width)
    first_column = left + (width - columns_width) / 2
    rows = max(rows_of_column(network, layer) for layer in range(len(names)))
    bottom = TOP + spacing.row * rows
    middle = (TOP + bottom) / 2
    layers = position_nodes(network, names, shown, first_column, middle, spacing.row)

    edges = list(edges_of(parameters, layers, spacing.row))
    weighed = [edge for edge in edges if edge.source.index is not None]
    largest = largest_size(weighed if any(isfinite(edge.weight) for edge in weighed) else edges)
    strokes = [stroke(edge, largest, spacing) for edge in edges]
    strokes.sort(key=lambda drawn: abs(drawn.strength))
    legend_text = _legend_text(parameters, edges, largest, note)
    samples, legend, height = legend_of(legend_text, width, bottom)
    shown_inputs, shown_outputs = names_of(layers[0]), names_of(layers[-1])
    return Diagram(
        width=width,
        height=height,
        strokes=(*strokes, *samples),
        discs=tuple(discs(network, parameters, layers, spacing.radius)),
        texts=(*numbers(edges, spacing.radius), *labels(network, layers, spacing), *legend),
        title=f"{printable(title)}: {network}",
        description=_description(over, shown_inputs, shown_outputs, legend_text),
    )


def _check_names(names: Sequence[str], nodes: int, which: str) -> None:
    if len(names) != nodes:
        raise GlassnetError(f"{len(names)} names for {nodes} {which}: give one for each")


def largest_size(edges: Sequence[DrawnEdge]) -> float:
    """The size of the largest finite weight; 1 where all are 0."""
    sizes = [abs(float(edge.weight)) for edge in edges if isfinite(edge.weight)]
    return max(sizes, default=0.0) or 1.0


def _legend_text(
    parameters: Parameters, edges: Sequence[DrawnEdge], largest: float, note: str
) -> str:
    """What the legend says below its samples."""
    sentences = [f"Wider is larger, up to {largest:.3g}."]
    biases = [abs(float(edge.weight)) for edge in edges if edge.source.index is None]
    if max(biases, default=0.0) > largest:
        sentences.append(f"Biases up to {max(biases):.3g} are no wider.")
    if 0 in biases:
        sentences.append("A bias of 0 is grey.")
    written = [edge.number_at is not None for edge in edges]
    if any(written) and not all(written):
        sentences.append("The largest have their numbers.")
    if any(nodes > count_shown(nodes) for nodes in map(len, _layers_of(parameters))):
        sentences.append("Of wide layers the nodes of the largest weights are shown.")
    if not all(bool((weights != 0).all()) for weights in parameters.weights):
        sentences.append("A weight of 0 has no line.")
    if note:
        sentences.append(printable(note))
    return " ".join(sentences).strip()


def _layers_of(parameters: Parameters) -> list[np.ndarray]:
    """An array for each layer, as long as it has nodes."""
    return [*parameters.weights, parameters.weights[-1].T]


def legend_of(
    text: str, width: float, top: float, samples: Sequence[str] = LEGEND_SAMPLES
) -> tuple[list[Stroke], list[Text], float]:
    """A sample of each sign, the text below, and the height at which all ends."""
    strokes, texts = [], []
    y = top + PAGE_MARGIN
    for number, (name, strength) in enumerate(zip(samples, SAMPLE_STRENGTHS, strict=True)):
        x = PAGE_MARGIN + ENTRY_WIDTH * number
        end = x + SAMPLE_LENGTH
        strokes.append(Stroke(x, y, end, y, strength, SAMPLE_WIDTH))
        written = baseline(y, TEXT_SIZE)
        texts.append(Text(end + SAMPLE_GAP, written, name, "name", anchor="start"))
    for line in wrapped(text, width - 2 * PAGE_MARGIN):
        y += LEGEND_LINE
        texts.append(Text(PAGE_MARGIN, baseline(y, TEXT_SIZE), line, "quiet", anchor="start"))
    return strokes, texts, y + PAGE_MARGIN


def wrapped(text: str, width: float) -> list[str]:
    """A text in lines of no more than that width, in pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, TEXT_SIZE) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _description(
    over: list[tuple[str, str]], inputs: list[str], outputs: list[str], legend_text: str
) -> str:
    """The diagram in words, for who cannot see it."""
    layers = "; ".join(f"{kind}: {count}" for kind, count in over)
    names = f"Inputs: {', '.join(inputs)}. Outputs: {', '.join(outputs)}."
    return f"{layers}. {names} {legend_text}"
