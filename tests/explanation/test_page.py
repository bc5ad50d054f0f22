"""An explanation in a real browser: pointing, pinning, following, walking by keyboard, a phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import PHONE, browser, needs_browser, opened

import glassnet as gn
from glassnet import article
from glassnet.explanation.build import explain_rows
from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of
from glassnet.notation.numerals import MOST_DIGITS, numeral

pytestmark = needs_browser
__all__ = ["browser"]

OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"
LIT = """[...document.querySelectorAll('.lit')].map(e => e.dataset.id || e.dataset.of)"""
PINNED = """[...document.querySelectorAll('[aria-pressed]')].map(e => e.dataset.id)"""
NUMBERS = ".gn-explain [data-id], .gn-explain [data-of]"
HIDDEN = """[...document.querySelectorAll('.gn-explain [data-id], .gn-explain [data-of]')]
    .filter(number => number.getBoundingClientRect().right > innerWidth).map(e => e.title)"""


@pytest.fixture(scope="module")
def explanation() -> gn.Explanation:
    """Two rows of the article's first step, there and back."""
    network = article.article_network()
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    rows = [list(row) for row in article.X]
    return gn.explain((network, start), rows, [0, 1], y=list(article.Y), backward=True)


@pytest.fixture(scope="module")
def path(explanation: gn.Explanation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("page") / "explanation.html"
    written.write_text(explanation.html(), encoding="utf-8")
    return written


@pytest.fixture
def page(browser: Any, path: Path) -> Iterator[Any]:
    shown = opened(browser, path)
    yield shown
    assert not shown.wrong
    shown.close()


def test_a_numbers_sources_light_up(page: Any) -> None:
    page.hover('[data-id="r1.a2.1"]')
    assert lit(page) == {"r1.a2.1", "r1.z2.1"}
    page.hover('[data-id="r1.z2.1"]')
    assert lit(page) >= {"r1.z2.1", "r1.a1.1", "r1.a1.2", "r1.a1.3", "r1.a1.4", "w2.1.1", "w2.4.1"}
    page.hover('[data-of="r1.a1.3"] >> nth=0')
    assert "r1.a1.3" in lit(page)
    page.mouse.move(1, 1)  # beside it all
    assert not lit(page)
    page.focus('[data-id="r2.d1.2"]')  # and by keyboard
    assert lit(page) == {"r2.d1.2", "r2.da1.2", "r2.s1.2"}


def lit(page: Any) -> set[str]:
    """The ids of what is lit."""
    return set(page.evaluate(LIT))


def test_a_click_pins_and_esc_lets_go(page: Any, explanation: gn.Explanation) -> None:
    page.click('[data-id="r1.z2.1"]')
    page.mouse.move(1, 1)
    assert page.evaluate(PINNED) == ["r1.z2.1"]
    assert {"r1.z2.1", "r1.a1.1", "w2.4.1"} <= lit(page)
    sources = page.locator(".sources")
    value = numeral(explanation["r1.z2.1"].value, MOST_DIGITS)
    assert f"z2.1 = {value}" in sources.inner_text()
    assert [b.strip() for b in sources.get_by_role("button").all_inner_texts()][-3:] == [
        "a2.1 = 0.7927",
        "Back",
        "Let go",
    ]
    page.keyboard.press("Escape")
    assert not page.evaluate(PINNED)
    assert not lit(page)


def test_a_source_is_opened_and_scrolled_to_and_back_retraces(page: Any) -> None:
    last = '[data-id="gw1.2.1"]'
    column = page.locator("details", has=page.locator('[data-id="r1.x2"]')).last
    assert column.get_attribute("open") is None
    page.click(last)
    page.locator(".sources").get_by_role("button", name="x2 = 0").first.click()
    assert page.evaluate(PINNED) == ["r1.x2"]
    assert column.get_attribute("open") is not None
    assert in_view(page, '[data-id="r1.x2"]')
    assert not in_view(page, last)
    page.go_back()
    assert page.evaluate(PINNED) == ["gw1.2.1"]
    assert in_view(page, last)
    page.locator(".sources").get_by_role("button", name="Back").click()
    page.wait_for_function("!document.querySelector('[aria-pressed]')")


def in_view(page: Any, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    return 0 <= box["y"] <= page.viewport_size["height"]


def test_every_number_is_reached_by_keyboard(page: Any) -> None:
    page.evaluate(OPEN_ALL)
    stops = page.locator('.gn-explain [role="button"][tabindex="0"]')
    assert stops.count() == 1
    stops.first.focus()
    page.keyboard.press("Home")
    reached = page.evaluate("""() => {
        const reached = new Set(), press = key => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true}));
        while (!reached.has(document.activeElement)) {
            reached.add(document.activeElement);
            press("ArrowRight");
        }
        return reached.size;
    }""")
    assert reached == page.locator(NUMBERS).count() > 300
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert len(page.evaluate(PINNED)) == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.sources') !== null")


def test_what_is_not_on_the_page_is_not_called_given(browser: Any, tmp_path: Path) -> None:
    network = gn.Network([2, 12, 1])
    start = gn.initialize(network, seed=1)
    rows = rows_of(as_model((network, start)), np.eye(2), [0.0, 1.0])
    explanation = explain_rows(rows, [1, 2], backward=True, detail=[1])
    written = tmp_path / "wide.html"
    written.write_text(explanation.html(), encoding="utf-8")
    page = opened(browser, written)
    assert "By keyboard: Tab to the numbers, arrows walk" in panel(page)
    page.evaluate(OPEN_ALL)
    hidden = (
        "[...document.querySelectorAll('[data-of]')].map(e => e.dataset.of).filter("
        'of => of && !document.querySelector(`[data-id="${of}"]`))'
    )
    used = page.evaluate(hidden)
    node = next(name for name in used if re.fullmatch(r"r1\.a1\.\d+", name))
    said = {
        node: f"worked out, but not shown on this page: --node {node[4:]} shows it",
        "r2.d2.1": "worked out, but not shown on this page: --row 2 shows it",
        "w2.1.1": "given",
        "b2.1": "given",
    }
    for name, words in said.items():
        page.focus(f'[data-of="{name}"] >> nth=0')
        assert panel(page).splitlines()[2] == words
    assert not page.wrong
    page.close()


def panel(page: Any) -> str:
    return page.locator(".sources").inner_text()


def test_what_is_folded_is_passed_over(page: Any) -> None:
    layer = page.locator('details[data-kind="layer"]').first
    assert layer.get_attribute("open") is not None
    layer.locator("> summary").focus()
    page.keyboard.press("Enter")
    assert layer.get_attribute("open") is None
    assert not page.locator('[data-id="r1.z1.1"]').is_visible()
    # the browser tells of the folding a task later: wait, do not look at once
    page.locator('.gn-explain [role="button"][tabindex="0"]').wait_for(state="visible")


def test_on_a_phone_no_number_is_off_the_screen(browser: Any, path: Path) -> None:
    page = opened(browser, path, size=PHONE)
    assert page.evaluate(OPEN_ALL) is None
    assert page.evaluate(HIDDEN) == []
    assert not page.locator(".sources").is_visible()
    page.locator('[data-of="r1.a1.3"]').first.click()
    assert page.evaluate(PINNED) == ["r1.a1.3"]
    panel = page.locator(".sources").bounding_box()
    assert panel["y"] + panel["height"] <= PHONE["height"]
    assert page.locator('[data-id="r1.a1.3"]').bounding_box()["y"] < panel["y"]
    page.close()


def test_products_stand_in_columns(page: Any) -> None:
    node = page.locator(".numbers", has=page.locator('[data-id="r1.z2.1"]'))
    makes = node.locator(".makes").all()
    assert len(makes) == 5  # four products and their sum
    assert len({round(number.bounding_box()["x"]) for number in makes}) == 1


def test_several_stand_in_one_notebook(
    browser: Any, explanation: gn.Explanation, tmp_path: Path
) -> None:
    fragment = explanation._repr_html_()
    (tmp_path / "notebook.html").write_text(f"<!doctype html>{fragment}{fragment}", "utf-8")
    page = opened(browser, tmp_path / "notebook.html")
    one, other = page.locator(".gn-explain").all()
    other.locator('[data-id="r1.z2.1"]').click()
    assert other.locator("[aria-pressed]").count() == 1
    assert one.locator(".lit, [aria-pressed]").count() == 0
    before = page.evaluate("history.length")
    other.locator('[data-of="r1.a1.1"]').first.click()
    other.get_by_role("button", name="Back").click()
    assert other.locator("[aria-pressed]").get_attribute("data-id") == "r1.z2.1"
    assert page.evaluate("history.length") == before
    assert not page.wrong
    page.close()
