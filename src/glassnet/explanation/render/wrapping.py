"""Styled lines, and how one that is too long for a terminal goes on below itself."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

StyledLine = Sequence[tuple[str, str]]
"""Parts of a line, each with rich's style for it."""
HEAD = "bold"
QUIET = "dim"
RESULT = "cyan"
UNSTYLED = ""

SIGN = re.compile(r" [=≈] ")
REMARK = re.compile(r"(?<=\S) {3,}(?=\S)")
"""What stands between an equation and the words behind it."""
FARTHEST = 20  # from a line's beginning: up to here its equals signs stand below each other
DEEPER = 2  # how much farther in goes on what still does not fit


class _Slice(NamedTuple):
    """A part of a line's text, and the spaces before it on a line of its own."""

    start: int
    end: int
    indent: int = 0


def wrapped_line(line: StyledLine, width: int | None) -> Iterator[StyledLine]:
    """The line, or if it is longer than `width` several, each no longer where spaces allow.

    An equation is broken before its further equals signs, which then stand below the first.
    """
    text = "".join(text for text, _ in line)
    if width is None or len(text.rstrip()) <= width:
        yield line
        return
    letters = [(letter, style) for part, style in line for letter in part]
    for start, end, indent in _slices(text.rstrip(), width):
        styled = [
            ("".join(letter for letter, _ in group), style)
            for style, group in groupby(letters[start:end], key=lambda letter: letter[1])
        ]
        yield [(" " * indent, UNSTYLED), *styled] if indent else styled


def _slices(text: str, width: int) -> Iterator[_Slice]:
    margin = len(text) - len(text.lstrip())
    first = SIGN.search(text)
    if first is None or text[margin] in "+=≈":
        yield from _between_spaces(text, _Slice(0, len(text)), margin + DEEPER, width)
        return
    signs = [sign.start() + 1 for sign in SIGN.finditer(text, first.end() - 1)]
    hang = first.start() + 1 if first.start() - margin <= FARTHEST else margin + 2 * DEEPER
    bounds = [0, *signs, len(text)]
    remarks = [remark.end() for remark in REMARK.finditer(text, bounds[-2] + margin)]
    last = hang if signs else 0
    if remarks and last + len(text) - bounds[-2] > width:
        bounds.insert(-1, remarks[-1])
    for start, end in pairwise(bounds):
        indent = hang if start else 0
        if start in remarks:
            indent += DEEPER
        part = _Slice(start, start + len(text[start:end].rstrip()), indent)
        yield from _between_spaces(text, part, hang + DEEPER, width)


def _between_spaces(text: str, part: _Slice, hang: int, width: int) -> Iterator[_Slice]:
    """A part in lines that end at spaces; a name that is longer than a line is not broken."""
    start, end, indent = part
    while end - start + indent > width:
        margin = len(text[start:end]) - len(text[start:end].lstrip())
        cut = text.rfind(" ", start + margin + 1, start + width - indent + 1)
        if cut < 0:
            cut = text.find(" ", start + margin + 1, end)
        if cut < 0:
            break
        yield _Slice(start, start + len(text[start:cut].rstrip()), indent)
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
        indent = min(hang, width // 2)
    yield _Slice(start, end, indent)
