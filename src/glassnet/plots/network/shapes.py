"""What a picture of a network is made of: lines, discs and texts as plain data, in pixels. Where they stand is not decided here."""

from dataclasses import dataclass
from typing import Literal

WIDE = "mwMW@%=<>+#&~"


@dataclass(frozen=True)
class Line:
    """An edge from (x1, y1) to (x2, y2), or a sample of one in the legend.

    `share` is the weight as a part of the largest drawn, -1 to 1; `ends` are the discs that it joins, by number; `about` is what
    a reader who points at it is told.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    share: float
    width: float
    ends: tuple[int, ...] = ()
    about: str = ""

    @property
    def opacity(self) -> float:
        """How strongly it is drawn: many small weights make a pale ground for the few large ones."""
        return 0.35 + 0.6 * abs(self.share)


@dataclass(frozen=True)
class Disc:
    """A node: its centre, its radius, and the label inside it in letters of so many pixels."""

    x: float
    y: float
    radius: float
    kind: Literal["node", "bias"]
    label: str
    size: float
    about: str


@dataclass(frozen=True)
class Text:
    """Words with their baseline at y; `ends` are the discs whose edge a number belongs to."""

    x: float
    y: float
    words: str
    kind: Literal["name", "quiet", "number"]
    size: float = 12
    anchor: Literal["start", "middle", "end"] = "middle"
    ends: tuple[int, ...] = ()
    about: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the room that it takes."""
        width = text_width(self.words, self.size)
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - 0.76 * self.size, left + width, self.y + 0.24 * self.size


@dataclass(frozen=True)
class Picture:
    """Everything to draw, in its order: lines, numbers and other texts, discs. A disc's number is its place in `discs`."""

    width: float
    height: float
    lines: tuple[Line, ...]
    discs: tuple[Disc, ...]
    texts: tuple[Text, ...]
    title: str
    description: str


def text_width(words: str, size: float) -> float:
    """The room that words take at a size, in pixels: an upper bound for DejaVu Sans and Verdana, the widest of the usual fonts."""
    return size * sum(
        1.0 if c in WIDE or not c.isascii() else 0.8 if c.isupper() else 0.64 for c in words
    )


def baseline(middle: float, size: float) -> float:
    """The baseline of a line of words whose middle is at that height."""
    return middle + 0.36 * size
