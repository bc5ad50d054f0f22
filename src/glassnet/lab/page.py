"""The page of the lab as one HTML file: script, style and what it opens, and nothing from outside.

Its content security policy lets run what is written here and nothing else: it loads nothing, sends
nothing, and frames nothing. What it opens is `document.py`'s, how it is served `server.py`'s.
"""

from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from glassnet.errors import GlassnetError

BUILT = Path(__file__).parent / "page"
"""What `tools/build_lab.py` builds."""
SCRIPT = "lab.js"
STYLE = "lab.css"
ROOT = "glassnet-lab"
"""The id of the element in which the script shows the lab."""
OPENED = "glassnet-lab-opened"
"""The id of the element that holds what it opens, as JSON."""


class LabFiles(NamedTuple):
    """The built script, a module, and its style sheet, whose root is `.gn`.

    In a page with an element ROOT the script shows itself there; a widget takes its default export.
    """

    script: str
    style: str


@cache
def lab_files() -> LabFiles:
    """The built files of the lab. Raises GlassnetError where it was not built."""
    try:
        script, style = ((BUILT / name).read_text(encoding="utf-8") for name in (SCRIPT, STYLE))
    except FileNotFoundError:
        raise GlassnetError(
            "this installation of glassnet has no lab, because npm was missing when it was made",
            remedy="run `make lab` in glassnet's repository, and install it from there",
        ) from None
    return LabFiles(script, style)


class LabPage(NamedTuple):
    """The page, and the policy that it states of itself."""

    html: str
    policy: str


def lab_page(opened: dict[str, Any]) -> LabPage:
    """The page that opens a document of `document.py`.

    Raises GlassnetError where the lab was not built.
    """
    files = lab_files()
    policy = content_policy(files.script, files.style)
    title = escape(_title(opened))
    html = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{files.style}</style>\n</head>\n"
        f'<body class="gn">\n<div id="{ROOT}"></div>\n'
        f'<script type="application/json" id="{OPENED}">{json_for_html(opened)}</script>\n'
        f'<script type="module">{files.script}</script>\n</body>\n</html>\n'
    )
    return LabPage(html, policy)


def content_policy(script: str, style: str) -> str:
    """What a page may do that has just this script and this style sheet."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}' 'wasm-unsafe-eval'",
            f"style-src '{_hash(style)}'",
            "img-src data: blob:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def json_for_html(content: Any) -> str:
    r"""JSON that can stand inside a script element: no text in it can end that, or begin another.

    >>> json_for_html({"a": "</script><!--"})
    '{"a":"\\u003c/script>\\u003c!--"}'
    """
    import json

    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _hash(text: str) -> str:
    """The text's hash as a policy has it."""
    from base64 import b64encode
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _title(opened: dict[str, Any]) -> str:
    """The page's title: what is open, and whose page it is."""
    names = [opened[kind]["name"] for kind in ("model", "table") if kind in opened]
    return " - ".join([*names[:1], "glassnet lab"])
