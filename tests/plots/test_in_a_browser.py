"""Pages and diagrams in a real browser: what lights up, what fits a phone, dark and light."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import PHONE, browser, needs_browser, opened
from images import assert_like, difference, pixels

import glassnet as gn
from glassnet import article
from glassnet.explanation.build import explain
from glassnet.recipe.options import options_from
from glassnet.recipe.run import run_table
from glassnet.report.build import make_report

DATA = Path(__file__).parents[2] / "examples" / "data"
CONTRASTS = (Path(__file__).parent / "contrasts.js").read_text(encoding="utf-8")
pytestmark = needs_browser
__all__ = ["browser"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An explanation of the article's first step, a report of each kind, and diagrams in a page."""
    folder = tmp_path_factory.mktemp("pages")
    network = article.article_network()
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    step = explain(
        (network, start), [list(row) for row in article.X], [0, 1], y=list(article.Y), backward=True
    )
    written = {"explain": step.html()}
    quick: dict[str, Any] = {"epochs": 2, "hidden": [6, 5], "members": 2}
    for name, table, target in [
        ("classes", "penguins.csv", "species"),
        ("numbers", "cars.csv", "miles_per_gallon"),
    ]:
        done = run_table(DATA / table, target, options_from(quick))
        written[name] = make_report(done, _record(done, table), table)
    diagrams = [
        gn.NetworkDisplay.from_model(
            (gn.Network(sizes, "tanh"), gn.initialize(gn.Network(sizes, "tanh"), seed=1)), member=0
        ).svg
        for sizes in SIZES
    ]
    written["diagrams"] = (
        "<!doctype html><html lang=en><title>diagrams</title>"
        f"<body style='margin:0'>{''.join(diagrams)}</body></html>"
    )
    for name, text in written.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in written}


SIZES = ([3, 4, 1], [10, 16, 8, 3], [200, 64, 64, 1])


def _record(done: Any, table: str) -> Any:
    from glassnet.runs.record import record_of_table

    return record_of_table(done, str(DATA / table))


@pytest.mark.parametrize("name", ["explain", "classes", "numbers", "diagrams"])
def test_a_page_stands_alone_in_light_and_dark_and_fits_a_phone(
    browser: Any, pages: dict[str, Path], name: str, tmp_path: Path
) -> None:
    shots = {}
    for scheme in ("light", "dark"):
        page = opened(browser, pages[name], scheme, PHONE)
        outside = [url for url in page.asked if not url.startswith(("file:", "data:"))]
        assert not outside
        assert not page.wrong
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.evaluate(
            "[...document.images]"
            ".every(image => image.complete && image.naturalWidth > 0 && image.alt)"
        )
        assert page.evaluate("document.documentElement.lang") == "en"
        shots[scheme] = tmp_path / f"{scheme}.png"
        page.screenshot(path=shots[scheme])
        page.close()
    light, dark = (pixels(shot) for shot in shots.values())
    assert light.mean() > 180
    assert dark.mean() < 90
    assert difference(light, dark) > 60


@pytest.mark.parametrize("name", ["explain", "classes", "numbers"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(browser: Any, pages: dict[str, Path], name: str, scheme: str) -> None:
    """Every visible text has the contrast against its page that WCAG 2 asks for, 4.5 to 1."""
    page = opened(browser, pages[name], scheme)
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    found = page.evaluate(CONTRASTS)
    page.close()
    assert len(found) > 20
    assert min(found, key=lambda item: item["contrast"])["contrast"] >= 4.5, min(
        found, key=lambda item: item["contrast"]
    )


def test_a_diagrams_node_lights_its_own_edges(browser: Any, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["diagrams"])
    edges = page.locator("svg").first.locator(".gn-stroke")
    before = edges.evaluate_all("paths => paths.map(path => getComputedStyle(path).opacity)")
    page.locator("svg").first.locator("circle").nth(1).hover(force=True)
    page.wait_for_timeout(400)
    after = edges.evaluate_all("paths => paths.map(path => getComputedStyle(path).opacity)")
    assert before != after
    dimmed = sum(float(a) < float(b) for a, b in zip(after, before, strict=True))
    assert 0 < dimmed < len(before)
    page.close()


@pytest.mark.parametrize("place", range(len(SIZES)))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_diagram_looks_as_it_did(
    browser: Any, pages: dict[str, Path], place: int, scheme: str, tmp_path: Path
) -> None:
    page = opened(browser, pages["diagrams"], scheme)
    page.locator("svg").nth(place).screenshot(path=tmp_path / "svg.png")
    page.close()
    shot = pixels(tmp_path / "svg.png")
    small = tmp_path / "small.png"
    from PIL import Image

    Image.fromarray(shot.astype(np.uint8)).resize((shot.shape[1] // 2, shot.shape[0] // 2)).save(
        small
    )
    assert_like(small, f"browser_{'-'.join(map(str, SIZES[place]))}_{scheme}", tolerance=12.0)
