"""Light and dark: a page's own switch decides, else the reader's system; maps stay as they are."""

from pathlib import Path
from typing import Any

import pytest
from browsing import browser, needs_browser, opened

import glassnet as gn
from glassnet.pages.page import style_sheets

pytestmark = needs_browser
__all__ = ["browser"]

SWITCHES = [
    ('<html data-theme="{}"><body>', "light", "dark"),  # these docs
    ('<body data-jp-theme-light="{}">', "true", "false"),  # Jupyter
    ('<body class="{}">', "vscode-light", "vscode-dark"),
    ('<html theme="{}"><body>', "light", "dark"),  # Colab
]
PIXEL = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture(scope="module")
def parts() -> str:
    """A diagram, an explanation, a chart and a map."""
    network = gn.Network([2, 2, 1])
    model = (network, gn.initialize(network, seed=1))
    diagram = gn.NetworkDisplay.from_model(model).svg
    explanation = gn.explain(model, [[0.0, 1.0]])._repr_html_()
    images = "".join(f'<img class="{kind}" alt="" src="{PIXEL}">' for kind in ("chart", "map"))
    return f'{diagram}{explanation}<style>{style_sheets()}</style><p class="gn">{images}</p>'


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("switch", SWITCHES, ids=["docs", "jupyter", "vscode", "colab"])
def test_a_pages_own_switch_decides(
    browser: Any, parts: str, switch: tuple[str, str, str], scheme: str, tmp_path: Path
) -> None:
    start, light, dark = switch
    assert look(browser, start.format(light) + parts, scheme, tmp_path) == ("light", "light")
    assert look(browser, start.format(dark) + parts, scheme, tmp_path) == ("dark", "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_a_switch_the_readers_system_decides(
    browser: Any, parts: str, scheme: str, tmp_path: Path
) -> None:
    assert look(browser, parts, scheme, tmp_path) == (scheme, scheme)


def look(browser: Any, html: str, scheme: str, folder: Path) -> tuple[str, str]:
    """Whether the explanation and the diagram are light or dark; a map is never inverted."""
    path = folder / "page.html"
    path.write_text(f"<!doctype html>{html}", encoding="utf-8")
    page = opened(browser, path, scheme)
    colours = [page.locator(s).first.evaluate(COLOUR) for s in (".gn", ".gn-net .gn-page")]
    chart, mapped = (page.locator(s).evaluate(FILTER) for s in ("img.chart", "img.map"))
    page.close()
    schemes = [{"rgb(255, 255, 255)": "light", "rgb(15, 23, 42)": "dark"}[c] for c in colours]
    assert mapped == "none"
    assert (chart != "none") == (schemes[0] == "dark")
    return schemes[0], schemes[1]


COLOUR = (
    "e => e.tagName === 'rect' ? getComputedStyle(e).fill : getComputedStyle(e).backgroundColor"
)
FILTER = "image => getComputedStyle(image).filter"
