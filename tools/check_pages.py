"""The built pages, looked at one by one: nothing may come from outside, every picture says what it
shows, every link arrives.

Run: python tools/check_pages.py docs/_build/html (exit status 1 when something is wrong, a line for
each).
"""

import os
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
}
"""What a browser fetches by itself: the attribute of each tag."""
OUTSIDE = re.compile(r"""(url\(|@import)\s*["']?(https?:)?//""")
# A gallery's small pictures, whose titles stand below: for these an empty alternative text is
# right.
THUMB = "_thumb"
# The element of the lab's page, which reads a setup behind the #; tests/docs opens each link.
LAB = "glassnet-lab"


class Page(HTMLParser):
    """What of one page can be wrong: the resources it loads, its links, the names to link to, and
    pictures that say nothing.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.silent: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Sort a tag's attributes."""
        found = {name: value or "" for name, value in attrs}
        self.names |= {found[name] for name in ("id", "name") if name in found}
        self.loaded += [
            part
            for name in (LOADED.get(tag), "srcset")
            if name in found
            for part in found[name].split(", ")
        ]
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "img" and not says_something(found):
            self.silent.append(found.get("src", ""))


def says_something(image: dict[str, str]) -> bool:
    """Whether a picture's alternative text is one: the name of its program is what sphinx-gallery
    takes for want of a title.
    """
    alt, name = image.get("alt", ""), Path(image.get("src", "")).stem
    program = name.removeprefix("sphx_glr_").rsplit("_", 1)[0]
    return (bool(alt) and alt.replace(" ", "_") != program) or (
        "alt" in image and name.endswith(THUMB)
    )


def faults(folder: Path) -> Iterator[str]:
    """Everything that is wrong in a folder of pages, as lines to print."""
    folder = folder.resolve()
    pages = {
        path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))
    }
    for path, page in pages.items():
        where = path.relative_to(folder)
        yield from (
            f"{where}: loads {source} from outside"
            for source in page.loaded
            if urlsplit(source.strip()).netloc
        )
        yield from (f"{where}: {source} has no alternative text" for source in page.silent)
        yield from (
            f"{where}: {link} leads nowhere"
            for link in page.links
            if not arrives(link, path, pages)
        )
    for path in sorted(folder.rglob("*.css")):
        if OUTSIDE.search(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(folder)}: loads from outside"


def arrives(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    """Whether a link on a page leads to a file that is there, and to a name in it; other sites are
    taken at their word.
    """
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
    if not parts.fragment or target not in pages:
        return target.exists()
    names = pages[target].names
    return LAB in names or unquote(parts.fragment) in names


def main(folder: str) -> int:
    """Print the faults; 0 where there are none."""
    found = list(faults(Path(folder)))
    print(*found, f"{len(found)} faults in the pages of {folder}", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
