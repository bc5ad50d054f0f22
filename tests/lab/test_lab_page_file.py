"""The page as a file: what it holds, that nothing in it can get out, and what a browser makes of
it.
"""

import json
import socket
from base64 import b64encode
from contextlib import suppress
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browsing import browser, needs_browser, opened  # noqa: F401
from lab_files import SHOWS, STYLE, Place, place  # noqa: F401

from glassnet.errors import GlassnetError
from glassnet.lab.page import json_for_html, lab_page

EVIL = [
    "</script><script>document.title = 'in'</script>",
    "<!--<script>",
    "]]></style></head>",
    "\u2028 \ud800 \x00 \\ \" '",
    "&lt;&amp;",
]
DOCUMENT = {"table": {"name": EVIL[0], "rows": 1, "columns": EVIL}, "targets": []}


class Parsed(HTMLParser):
    """Each element of a page with its attributes and the text directly in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.is_open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))
        self.is_open = True

    def handle_endtag(self, tag: str) -> None:
        self.is_open = False

    def handle_data(self, data: str) -> None:
        if self.is_open:
            self.found[-1][2].append(data)

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, "".join(text)) for name, attributes, text in self.found if name == tag]


def hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_it_holds_the_script_the_style_and_what_it_opens_and_allows_just_these(
    place: Place,  # noqa: F811
) -> None:
    place()
    made = lab_page(DOCUMENT)
    page = Parsed(made.html)
    (_, style) = page.all("style")[0]
    (data, json_text), (kind, script) = page.all("script")
    assert (data["type"], kind["type"]) == ("application/json", "module")
    assert json.loads(json_text) == DOCUMENT
    assert style == STYLE
    policy = dict(part.strip().split(" ", 1) for part in made.policy.split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'none'"
    assert policy["script-src"] == f"{hashed(script)} 'wasm-unsafe-eval'"
    assert policy["style-src"] == hashed(style)
    assert policy["img-src"] == "data: blob:"
    assert script == SHOWS
    states = [a["content"] for a, _ in page.all("meta") if a.get("http-equiv")]
    assert states == [made.policy]
    order = [name for name, _, _ in page.found]
    assert order.index("meta") < order.index("style")
    assert not [tag for tag, attributes, _ in page.found if "src" in attributes]
    assert [a["href"] for a, _ in page.all("link")] == ["data:,"]


def test_where_it_was_not_built_one_line_says_what_to_do(place: Place) -> None:  # noqa: F811
    with pytest.raises(GlassnetError, match=r"has no lab.*run `make lab`") as error:
        lab_page({})
    assert "\n" not in str(error.value)


def test_json_has_no_letter_that_begins_a_tag() -> None:
    text = json_for_html(EVIL)
    assert "<" not in text
    assert text.isascii()
    assert json.loads(text) == EVIL
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_for_html([float("nan")])


def written(folder: Path, document: dict[str, Any]) -> Path:
    file = folder / "lab.html"
    file.write_text(lab_page(document).html, encoding="utf-8")
    return file


@needs_browser
def test_a_browser_opens_the_file_and_no_cell_gets_out_of_it(
    browser: Any,  # noqa: F811
    place: Place,  # noqa: F811
    tmp_path: Path,
) -> None:
    place()
    page = opened(browser, written(tmp_path, DOCUMENT))
    assert page.wrong == []
    assert len(page.asked) == 1  # itself
    assert json.loads(page.inner_text("#glassnet-lab")) == DOCUMENT
    assert page.title() == f"{EVIL[0]} - glassnet lab"
    assert page.locator("script").count() == 2
    colour = "getComputedStyle(document.getElementById('glassnet-lab')).color"
    assert page.evaluate(colour) == "rgb(1, 2, 3)"
    page.close()


FORBIDDEN = {
    "asks a server": "fetch('http://127.0.0.1:PORT/')",
    "opens a socket": "(new WebSocket('ws://127.0.0.1:PORT/'), 1)",
    "loads a picture": "(new Image().src = 'http://127.0.0.1:PORT/a.png', 1)",
    "loads a script": "import('http://127.0.0.1:PORT/a.js')",
    "makes code of text": "Promise.resolve().then(() => new Function('return 1')())",
    "adds a script": "document.body.append(Object.assign(document.createElement('script'), "
    "{textContent: 'document.title = 1'}))",
    "has a style attribute": "document.body.setAttribute('style', 'color: red')",
    "frames a page": "document.body.append(Object.assign(document.createElement('iframe'), "
    "{src: 'http://127.0.0.1:PORT/'}))",
}
ALLOWED = {
    "compiles the engine": "WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))",
    "sets a style": "(document.body.style.color = 'red', document.body.style.cssText = 'top: 1px')",
    "shows a picture it made": "(new Image().src = URL.createObjectURL(new Blob(['a'])), 1)",
    "unpacks": "new Response(new Blob(['a']).stream().pipeThrough(new CompressionStream('gzip')))"
    ".arrayBuffer()",
}


def received(outside: socket.socket) -> bytes:
    """What was sent to a socket; of a frame Chromium opens a connection, and sends nothing."""
    outside.setblocking(False)
    with suppress(BlockingIOError):
        connection, _ = outside.accept()
        with connection:
            connection.setblocking(False)
            return connection.recv(1000)
    return b""


@needs_browser
@pytest.mark.parametrize("does", [*FORBIDDEN, *ALLOWED])
def test_its_policy_is_kept(
    does: str,
    browser: Any,  # noqa: F811
    place: Place,  # noqa: F811
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        port = str(outside.getsockname()[1])
        code = {**FORBIDDEN, **ALLOWED}[does].replace("PORT", port)
        place(
            f"""const element = document.getElementById("glassnet-lab");
            const kept = () => {{ element.title = "kept" }};
            document.addEventListener("securitypolicyviolation", kept);
            try {{ await ({code}); }} catch (error) {{}}
            setTimeout(() => {{ element.lang = "done" }}, 100);"""
        )
        page = opened(browser, written(tmp_path, {}))
        page.wait_for_selector("#glassnet-lab[lang=done]", state="attached")
        assert page.get_attribute("#glassnet-lab", "title") == (None if does in ALLOWED else "kept")
        page.close()
        assert received(outside) == b""
