"""The shell of every page of ours: one file without outside resources.

It is made for light and dark, for wide and narrow screens, and for paper.
"""

from html import escape
from pathlib import Path

from glassnet.pages.theme import PAGE_COLOURS

ASSETS = Path(__file__).parent / "assets"


def asset(name: str) -> str:
    """A style sheet or script that is written into pages."""
    return (ASSETS / name).read_text(encoding="utf-8")


def style_sheets(*names: str) -> str:
    """The style of our pages, and further style sheets; they change nothing outside `.gn`."""
    return PAGE_COLOURS + asset("page.css") + "".join(map(asset, names))


def page(title: str, body: str, style: str = "", script: str = "") -> str:
    """A whole HTML document; `body`, `style` and `script` go in as they are."""
    scripts = f"<script>{script}</script>" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style_sheets()}{style}</style>\n</head>\n"
        f'<body class="gn">\n{body}\n{scripts}</body>\n</html>\n'
    )
