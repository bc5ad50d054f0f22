"""The diagram of networks too wide, or too many, for nodes: a box for each layer.

Its lines stand for all weights between two layers. Nothing is drawn here.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log2

from glassnet.core.network import Network
from glassnet.plots.figures import plural, shortened
from glassnet.plots.network.columns import (
    COUNT_BASELINE,
    KIND_BASELINE,
    MOST_LETTERS,
    NAME_GAP,
    PAGE_MARGIN,
    SMALL_SIZE,
    TEXT_SIZE,
    headings,
    printable,
)
from glassnet.plots.network.layout import LEGEND_LINE, TOP, wrapped
from glassnet.plots.network.shapes import Box, Diagram, Stroke, Text, baseline, text_width

BOX_WIDTH = 76  # pixels
BOX_GAP = 124  # pixels from a box to the next
LOWEST_BOX = 34  # pixels, of one node
TALLER = 17  # pixels more for each doubling of the nodes
TALLEST_BOX = 190  # pixels
SIZE_IN_BOX = 20  # pixels of the number of nodes
JOINING_WIDTH = 1.2  # pixels of the lines from box to box
MOST_NAMES_BESIDE = 9  # columns or outputs that are named; of more the last line counts the rest
NAME_LINE = 17  # pixels from a name to the next
MOST_CARDS = 4  # boxes behind each other, for as many networks or more
CARD_STEP = 5  # pixels from one to the next behind it


def lay_out_blocks(
    network: Network,
    members: int,
    columns: Sequence[str],
    outputs: Sequence[str],
    title: str,
    note: str = "",
) -> Diagram:
    """The diagram of so many networks of one shape.

    Parameters
    ----------
    network : Network
        The shape of each.
    members : int
        How many there are; their boxes stand behind each other.
    columns, outputs : sequence of str
        What goes in, and what comes out.
    title : str
        What a screen reader and a browser call the diagram.
    note : str
        Stands below, where something must be known.
    """
    over = headings(network)
    beside = [named_lines(names) for names in (columns, outputs)]
    left, right = (
        PAGE_MARGIN + NAME_GAP + max(text_width(line, TEXT_SIZE) for line in lines)
        for lines in beside
    )
    step = BOX_WIDTH + BOX_GAP
    cards = min(members, MOST_CARDS) - 1
    width = left + step * (len(over) - 1) + BOX_WIDTH + cards * CARD_STEP + right
    heights = [box_height(nodes) for nodes in network.sizes]
    names_height = NAME_LINE * max(map(len, beside))
    tall = max(*heights, names_height) + cards * CARD_STEP + 8
    middle = TOP + tall / 2
    boxes = [
        Box(left + step * layer, middle - height / 2, BOX_WIDTH, height)
        for layer, height in enumerate(heights)
    ]
    text = _note(network, members, note)
    lines = list(wrapped(text, width - 2 * PAGE_MARGIN))
    bottom = TOP + tall + PAGE_MARGIN
    shape = " \N{RIGHTWARDS ARROW} ".join(map(str, network.sizes))
    return Diagram(
        width=width,
        height=bottom + LEGEND_LINE * len(lines) + PAGE_MARGIN / 2,
        strokes=tuple(_joining(boxes)),
        discs=(),
        texts=(
            *_labels(network, boxes, over),
            *_names_beside(beside[0], left - NAME_GAP, middle, -1),
            *_names_beside(beside[1], width - right + NAME_GAP, middle, 1),
            *_lines_below(lines, bottom),
        ),
        boxes=tuple(card for box in boxes for card in _cards(box, cards, box is boxes[0])),
        title=f"{printable(title)}: {shape}, {plural(members, 'network')}",
        description=f"{'; '.join(f'{kind}: {count}' for kind, count in over)}. "
        f"In: {', '.join(beside[0])}. Out: {', '.join(beside[1])}. {text}",
    )


def box_height(nodes: int) -> float:
    """Pixels of a layer's box: taller for more nodes, by their logarithm."""
    return min(TALLEST_BOX, LOWEST_BOX + TALLER * log2(nodes))


def named_lines(names: Sequence[str]) -> list[str]:
    """Names as lines, of too many the first and how many more there are."""
    lines = [shortened(printable(name), MOST_LETTERS) for name in names]
    if len(lines) <= MOST_NAMES_BESIDE:
        return lines
    return [*lines[: MOST_NAMES_BESIDE - 1], f"and {len(lines) - MOST_NAMES_BESIDE + 1} more"]


def _note(network: Network, members: int, note: str) -> str:
    """What the boxes are, and how several networks become one answer."""
    sizes = " \N{RIGHTWARDS ARROW} ".join(map(str, network.sizes))
    text = f"{sizes}: {plural(network.n_parameters, 'number')} learnt."
    if members > 1:
        text = (
            f"{sizes}, \N{MULTIPLICATION SIGN} {members}: {members} networks of this shape, "
            f"{network.n_parameters:,} numbers learnt in each; their outputs, before the last "
            "activation, are averaged."
        )
    return f"{text} {printable(note)}".strip()


def _joining(boxes: Sequence[Box]) -> Iterator[Stroke]:
    """From box to box a line at the top and one at the bottom: all to all."""
    for before, after in pairwise(boxes):
        x1, x2 = before.x + before.width, after.x
        for at in (0, 1):
            y1, y2 = (box.y + at * box.height for box in (before, after))
            yield Stroke(x1, y1, x2, y2, 0.0, JOINING_WIDTH)


def _labels(
    network: Network, boxes: Sequence[Box], over: Sequence[tuple[str, str]]
) -> Iterator[Text]:
    """The kind of each layer, its nodes in its box, and the weights between two."""
    for box, nodes, (kind, count) in zip(boxes, network.sizes, over, strict=True):
        x, middle = box.x + box.width / 2, box.y + box.height / 2
        yield Text(x, KIND_BASELINE, kind, "name")
        yield Text(x, COUNT_BASELINE, count, "quiet")
        size = min(SIZE_IN_BOX, 0.8 * box.width * 12 / text_width(f"{nodes:,}", 12))
        yield Text(x, baseline(middle, size), f"{nodes:,}", "name", size)
    for before, after, (m, n) in zip(boxes, boxes[1:], pairwise(network.sizes), strict=False):
        x = (before.x + before.width + after.x) / 2
        y = before.y + before.height / 2
        yield Text(x, y - 3, plural(m * n, "weight"), "quiet", SMALL_SIZE)
        if network.bias:
            biases = "1 bias" if n == 1 else f"{n:,} biases"
            yield Text(x, y + 11, biases, "quiet", SMALL_SIZE)


def _names_beside(lines: Sequence[str], x: float, middle: float, side: int) -> Iterator[Text]:
    """Lines around a height, ending at x (side -1) or beginning there (1)."""
    anchor = "start" if side > 0 else "end"
    top = middle - NAME_LINE * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        y = baseline(top + NAME_LINE * number, TEXT_SIZE)
        yield Text(x, y, line, "name", anchor=anchor)


def _lines_below(lines: Sequence[str], top: float) -> Iterator[Text]:
    for number, line in enumerate(lines):
        y = baseline(top + LEGEND_LINE * number, TEXT_SIZE)
        yield Text(PAGE_MARGIN, y, line, "quiet", anchor="start")


def _cards(box: Box, behind: int, is_input: bool) -> Iterator[Box]:
    """The box, before it those behind it; the input is the same for all."""
    for number in range(0 if is_input else behind, 0, -1):
        away = CARD_STEP * number
        yield Box(box.x + away, box.y - away, box.width, box.height)
    yield box
