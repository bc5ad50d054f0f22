"""Our docstrings as numpydoc wants them: written short in the code, set out long in the reference.

In the code a parameter is one sentence after its name, and what is raised and a small example
follow as plain paragraphs. numpydoc would take the sentence for a type, and the paragraphs for more
parameters; and docutils would take |w| and coefs_ for references. Equation numbers become links,
and signatures what Sphinx can read.
"""

import re
from itertools import groupby
from typing import Any

LISTS = ("Parameters", "Returns", "Attributes")
ITEM = re.compile(r"(?P<names>[`*]{0,2}\w+`?(?:, [`*]{0,2}\w+`?)*) : (?P<text>.*)")
CODE = re.compile(r"(`+[^`]*`+)")
MARKUP = re.compile(r"(?<=\w)_(?!\w)|[|*]")
EQUATION = re.compile(r"eq\. (\([\d.]+\))")
RAISES = re.compile(r"Raises (?P<error>\w+),? ?(?P<text>.*)")


def setup(app: Any) -> dict[str, bool]:
    """Before numpydoc, whose turn is at 500."""
    app.connect("autodoc-process-docstring", _process, priority=400)
    app.connect("autodoc-process-signature", lambda *event: readable(*event[-2:]))
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True}


def _skip(*event: Any) -> bool | None:
    """Methods that come from other packages are described there."""
    thing = event[3]
    return (
        True
        if callable(thing) and not str(getattr(thing, "__module__", "")).startswith("glassnet")
        else None
    )


def _process(*event: Any) -> None:
    lines = event[-1]
    lines[:] = set_out(lines)


def readable(arguments: str | None, returns: str | None) -> tuple[str | None, str | None]:
    """A signature that Sphinx can read: the defaults that have no name in Python become dots.

    >>> readable("(a: dict[str, int] = <factory>, b=<function f at 0x7f>)", "int")
    ('(a: dict[str, int] = ..., b=...)', 'int')
    """
    return arguments and re.sub(r"<[^<>]*>", "...", arguments), returns


def set_out(lines: list[str]) -> list[str]:
    """The lines of a docstring with every section that it has in substance under a heading of its
    own.

    >>> lines = ["Halve.", "", "Parameters", "----------", "x : a number.", ""]
    >>> set_out([*lines, "Raises ValueError on others."])[2:-2]  # doctest: +NORMALIZE_WHITESPACE
    ['Parameters', '----------', 'x', '    a number.', '', '', 'Raises', '------',
    'ValueError', '    on others.']
    """
    sections: dict[str, list[str]] = {"": []}
    section = ""
    for paragraph in _paragraphs(lines):
        if len(paragraph) > 1 and set(paragraph[1]) == {"-"}:
            section, paragraph = paragraph[0], paragraph[2:]
        place, said = _placed(section, paragraph)
        section = place if place == "Examples" else section
        sections.setdefault(place, []).extend([*said, ""])
    headed = (
        [name, "-" * len(name), *body, ""] if name else body for name, body in sections.items()
    )
    return [line for body in headed for line in body]


def _paragraphs(lines: list[str]) -> list[list[str]]:
    return [
        list(group)
        for filled, group in groupby(lines, key=lambda line: bool(line.strip()))
        if filled
    ]


def _placed(section: str, paragraph: list[str]) -> tuple[str, list[str]]:
    """The section that a paragraph belongs to, and how it is written there."""
    first = paragraph[0]
    if section == "Examples" or first.startswith(">>>"):
        return "Examples", paragraph
    if section in LISTS and ITEM.match(first):
        return section, [part for line in paragraph for part in _item(line)]
    paragraph = [_escaped(line) for line in paragraph]
    if raises := RAISES.match(first):
        return "Raises", [
            raises["error"],
            *(f"    {line}" for line in (_escaped(raises["text"]), *paragraph[1:])),
        ]
    return "Notes" if section in LISTS and not first.startswith(" ") else section, paragraph


def _item(line: str) -> list[str]:
    """A line of a list: the start of an item (or of several short ones, one after another), or more
    of the one before.
    """
    parts = [ITEM.match(part) for part in re.split(r"(?<=\.) (?=\w+ : )", line)]
    items = [
        text
        for found in parts
        if found
        for text in (found["names"], f"    {_escaped(found['text'])}")
    ]
    return items or [_escaped(line)]


def _escaped(line: str) -> str:
    """The line with what docutils would take for markup as the characters that were meant, outside
    of code, and its links.
    """
    return "".join(part if part.startswith("`") else _plain(part) for part in CODE.split(line))


def _plain(text: str) -> str:
    escaped = MARKUP.sub(r"\\\g<0>", text)
    return EQUATION.sub(
        ":doc:`eq.\u2060 \\1 </derivation>`", escaped
    )  # a word joiner: no sentence ends here
