"""What a diagram is made of: strokes, discs, boxes and texts as plain data, in pixels.

Where they stand is decided elsewhere.
"""

from dataclasses import dataclass
from typing import Literal

WIDE_LETTERS = "mwMW@%=<>+#&~"
ASCENT = 0.76  # how far letters reach above their baseline, as a fraction of their size
DESCENT = 0.24  # how far they reach below it
TO_BASELINE = 0.36  # from the middle of a line of text down to its baseline
LEAST_OPACITY = 0.5  # opacity of the smallest weight
MORE_OPACITY = 0.5  # opacity that the largest weight has beyond that


@dataclass(frozen=True)
class Stroke:
    """An edge from (x1, y1) to (x2, y2), or a sample of one in the legend.

    Parameters
    ----------
    x1, y1, x2, y2 : float
        Its ends.
    strength : float
        The weight as a fraction of the largest drawn, -1 to 1; 0, which has no sign, is grey.
    width : float
        Its width.
    ends : tuple of int
        The discs that it joins, by number.
    tooltip : str
        What a reader sees who points at it.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    strength: float
    width: float
    ends: tuple[int, ...] = ()
    tooltip: str = ""

    @property
    def opacity(self) -> float:
        """How strongly it is drawn: many small weights make a pale ground for a few large ones."""
        if not self.strength:
            return 1.0
        return LEAST_OPACITY + MORE_OPACITY * abs(self.strength)


@dataclass(frozen=True)
class Disc:
    """A node: its centre, its radius, and the label inside it in letters of so many pixels."""

    x: float
    y: float
    radius: float
    kind: Literal["node", "bias"]
    label: str
    size: float
    tooltip: str


@dataclass(frozen=True)
class Box:
    """A layer without its nodes: left and upper edge, width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """A line of text with its baseline at y.

    `ends` are the discs whose edge a number belongs to.
    """

    x: float
    y: float
    content: str
    kind: Literal["name", "quiet", "number"]
    size: float = 12
    anchor: Literal["start", "middle", "end"] = "middle"
    ends: tuple[int, ...] = ()
    tooltip: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the room that it takes."""
        width = text_width(self.content, self.size)
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        top = self.y - ASCENT * self.size
        return left, top, left + width, self.y + DESCENT * self.size


@dataclass(frozen=True)
class Diagram:
    """Everything to draw, in its order: strokes, boxes, numbers and other texts, discs.

    A disc's number is its index in `discs`.
    """

    width: float
    height: float
    strokes: tuple[Stroke, ...]
    discs: tuple[Disc, ...]
    texts: tuple[Text, ...]
    title: str
    description: str
    boxes: tuple[Box, ...] = ()


def text_width(content: str, size: float) -> float:
    """The room that a line of text takes, in pixels.

    An upper bound for DejaVu Sans and Verdana, the widest of the usual fonts.
    """
    return size * sum(map(_letter_width, content))


def _letter_width(letter: str) -> float:
    """As a fraction of the letters' size."""
    if letter in WIDE_LETTERS or not letter.isascii():
        return 1.0
    return 0.8 if letter.isupper() else 0.64


def baseline(middle: float, size: float) -> float:
    """The baseline of a line of text whose middle is at that height."""
    return middle + TO_BASELINE * size
