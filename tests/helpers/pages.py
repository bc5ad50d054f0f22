"""A page read as a browser would: its elements, its balance of tags, and what it would fetch."""

from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Element(NamedTuple):
    """An element, its attributes, the tags around it from the outermost, and its text in parts."""

    tag: str
    attributes: dict[str, str]
    within: tuple[str, ...]
    texts: list[str]

    @property
    def text(self) -> str:
        """Its words, and those of all in it, with one space between."""
        return " ".join("".join(self.texts).split())


class Page(HTMLParser):
    """A parsed page or part of one; `elements` are in the order of their start.

    Unbalanced tags fail.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {[element.tag for element in self.open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(
            tag, {name: value or "" for name, value in attrs}, tuple(e.tag for e in self.open), []
        )
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, (
            f"</{tag}> where <{self.open[-1].tag}> is open, line {self.getpos()[0]}"
        )
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)

    def all(self, *tags: str) -> list[Element]:
        """The elements of these tags."""
        return [element for element in self.elements if element.tag in tags]

    def outside(self) -> list[str]:
        """The addresses that it would fetch or lead to, but for parts of itself."""
        sources = [
            e.attributes[name]
            for e in self.elements
            for name in ("src", "href", "xlink:href", "srcset", "action")
            if name in e.attributes
        ]
        styles = "".join(e.text for e in self.all("style")) + "".join(
            e.attributes.get("style", "") for e in self.elements
        )
        return [s for s in sources if not s.startswith(("data:", "#"))] + [
            w for w in ("url(", "@import") if w in styles
        ]
