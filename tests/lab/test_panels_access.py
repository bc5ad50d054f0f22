"""The page on a phone, by keyboard alone, without motion, and for screen readers."""

from pathlib import Path
from typing import Any

import pytest
from browsing import browser, needs_browser
from lab_browsing import AXE, PHONE, SCREEN, Lab, assert_alone, lab, lab_file, opened_lab, screen
from lab_engine import needs_lab

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

TABS = ["table", "network", "sum", "course"]
WIDER = """() => [...document.querySelectorAll("main *")].filter((element) => {
    const scrolls = element.closest(".hidden, .top, .scroll, .made, svg");
    if (scrolls || !element.checkVisibility()) return false;
    return element.getBoundingClientRect().right > innerWidth + 1;
}).map((element) => element.outerHTML.slice(0, 100))"""
"""What is wider than the screen, but for what scrolls."""
FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
        is: element.outerHTML.slice(0, 120),
        isRing: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
        isSeen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
        isBody: element === document.body,
    };
}"""


@pytest.fixture
def phone(browser: Any, lab_file: Path) -> Any:
    shown = opened_lab(browser, lab_file, size=PHONE)
    yield shown
    assert_alone(shown)
    shown.page.close()


def tab(lab: Lab, name: str) -> None:
    lab.page.locator(".tabs").get_by_role("button", name=name).click()


def violations(lab: Lab) -> list[str]:
    """What axe finds wrong."""
    if not lab.page.evaluate("'axe' in window"):
        lab.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = lab.page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(
    ("example", "scheme"),
    [
        ("penguins", "light"),
        ("penguins", "dark"),
        ("digits", "light"),
        ("sine", "dark"),
        ("formula", "light"),
    ],
)
def test_axe_finds_nothing(browser: Any, lab_file: Path, example: str, scheme: str) -> None:
    lab = opened_lab(browser, lab_file, f"#example={example}&iteration=40", scheme)
    assert violations(lab) == []
    lab.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_other_states(browser: Any, lab_file: Path, scheme: str) -> None:
    lab = opened_lab(browser, lab_file, "#iteration=40", scheme)
    for stop in ["loss", "backward", "update"]:
        lab.page.locator(".stops").get_by_role("button", name=stop).click()
        assert violations(lab) == [], stop
    for menu in ["more", "share", "save", "code"]:
        lab.page.locator("summary", has_text=menu).click()
        assert violations(lab) == [], menu
        lab.press("Escape")
    lab.button("hide and ask").click()
    lab.page.get_by_label("pictures").check()
    assert violations(lab) == []
    lab.button("hide and ask").click()
    lab.choose("what is drawn", "predicted against actual")
    lab.page.locator('[data-cell="x1 1"]').dblclick()
    assert violations(lab) == []
    lab.press("Escape")
    lab.open("a.csv", "")
    lab.page.locator(".messages").wait_for()
    assert violations(lab) == []
    lab.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_phone(browser: Any, lab_file: Path, scheme: str) -> None:
    lab = opened_lab(browser, lab_file, "#iteration=40", scheme, PHONE)
    for name in TABS:
        tab(lab, name)
        assert violations(lab) == [], name
    lab.page.close()


def test_a_phone_has_four_tabs_and_the_transport_below(phone: Lab) -> None:
    for name in TABS:
        tab(phone, name)
        seen = [one for one in TABS if phone.page.locator(f".panel.{one}").is_visible()]
        assert seen == [name]
        assert phone.page.locator(".panel.answer").is_visible() == (name == "course")
        box = phone.page.locator(".transport").bounding_box()
        assert box["y"] + box["height"] == pytest.approx(PHONE["height"], abs=1)
        for button in ["◁ back", "▶ play", "step ▷"]:
            assert phone.button(button).is_visible()
        panel = phone.page.locator(f".panel.{name}").bounding_box()
        assert panel["y"] + panel["height"] <= box["y"] + 1
        assert panel["height"] > 150
        assert phone.page.evaluate(WIDER) == []
        assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert phone.page.evaluate("document.documentElement.scrollHeight") == PHONE["height"]


@pytest.mark.parametrize("example", ["spiral", "penguins", "cars", "digits of 8 x 8"])
def test_nothing_is_wider_than_a_phone(phone: Lab, example: str) -> None:
    phone.example(example)
    phone.go(20)
    for name in TABS:
        tab(phone, name)
        assert phone.page.evaluate(WIDER) == []
        assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_on_a_phone_all_of_the_top_bar_is_reached(phone: Lab) -> None:
    for name in ["more", "share", "save", "code"]:
        phone.page.locator("summary", has_text=name).click()
        menu = phone.page.locator("details[open] > div")
        box = menu.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert box["y"] + box["height"] <= PHONE["height"]
        phone.press("Escape")
    phone.page.get_by_label("a node more in hidden layer 1").click()
    assert phone.read("lab.view.value.scene.network.sizes") == [3, 5, 1]
    phone.button("restart").click()


def test_a_number_is_followed_on_a_phone(phone: Lab) -> None:
    tab(phone, "network")
    phone.page.locator('.network [data-id="r1.a2.1"]').click()
    tab(phone, "sum")
    assert phone.number == "a2.1"
    phone.page.locator('.made [data-id="r1.z2.1"]').first.click()
    assert phone.number == "z2.1"
    phone.button("step ▷").click()
    phone.button("▶ play").click()
    phone.until("lab.position.value.iteration > 3")
    phone.button("pause").click()
    tab(phone, "table")
    phone.page.locator("[data-row='2']").click()
    tab(phone, "course")
    phone.page.locator(".course svg").click(position={"x": 60, "y": 50})


@pytest.mark.parametrize("size", [SCREEN, PHONE], ids=["screen", "phone"])
def test_tab_reaches_everything_and_shows_where_it_is(
    browser: Any, lab_file: Path, size: dict[str, int]
) -> None:
    lab = opened_lab(browser, lab_file, size=size)
    wanted = lab.page.evaluate(
        """() => [...document.querySelectorAll(
            "button, select, input, summary, textarea, [tabindex='0']")].filter(
            (e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0
                && !e.closest("details:not([open]) > div")).length"""
    )
    reached: list[str] = []
    for _ in range(2 * wanted):
        lab.press("Tab")
        focused = lab.page.evaluate(FOCUSED)
        if focused["isBody"]:
            break
        assert focused["isRing"], focused["is"]
        assert focused["isSeen"], focused["is"]
        reached.append(focused["is"])
    else:
        raise AssertionError("a trap: Tab never leaves the page")
    assert len(reached) == wanted
    lab.press("Shift+Tab")
    assert lab.page.evaluate(FOCUSED)["is"] == reached[-1]
    lab.page.close()


def focus(lab: Lab, selector: str) -> None:
    """Go there by Tab."""
    for _ in range(120):
        lab.press("Tab")
        if lab.page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def test_by_keyboard_alone_a_number_is_followed_and_a_weight_typed_in(lab: Lab) -> None:
    focus(lab, '.network [data-id="r1.a2.1"]')
    lab.press("Enter")
    assert lab.number == "a2.1"
    focus(lab, '.made [data-id="r1.z2.1"]')
    lab.press("Enter")
    assert lab.number == "z2.1"
    focus(lab, '.made [data-id="w2.2.1"]')
    lab.press("Enter")
    assert lab.number == "w2[2→1]"
    focus(lab, ".typed input")
    lab.page.keyboard.type("1.5")
    lab.press("Enter")
    assert 1.5 in lab.weights
    focus(lab, ".stops li:nth-child(3) button")
    lab.press("Enter")
    assert lab.at == (0, "backward")
    focus(lab, "summary")
    lab.press("Enter")
    assert lab.page.locator("details[open]").count() == 1
    lab.press("Escape")
    assert lab.page.locator("details[open]").count() == 0


def test_keys_leave_fields_alone(lab: Lab) -> None:
    lab.go(5)
    lab.page.locator(".rate").focus()
    lab.press("ArrowLeft", "Home", "End", "ArrowRight", " ")
    assert lab.at == (5, "forward")
    assert not lab.read("page.player.isPlaying.value")


@pytest.mark.parametrize(("motion", "animated"), [("reduce", False), ("no-preference", True)])
def test_without_motion_nothing_moves_by_itself(lab: Lab, motion: str, animated: bool) -> None:
    lab.page.emulate_media(reduced_motion=motion)
    lab.page.locator('.network [data-id="r1.a1.2"]').click()
    for stop in ["forward", "backward"]:
        lab.page.locator(".stops").get_by_role("button", name=stop).click()
        assert lab.page.evaluate("document.getAnimations().length > 0") is animated
    lab.page.emulate_media(reduced_motion="null")


def test_a_screen_reader_is_told_where_the_run_stands(lab: Lab) -> None:
    live = lab.page.locator("[aria-live=polite]")
    z = lab.read("lab.number.value.value")
    assert live.text_content() == f"iteration 0, forward; z1.1 is {z}"
    lab.press("ArrowRight")
    assert live.text_content().startswith("iteration 0, loss; e1 is ")
    lab.button("hide and ask").click()
    assert live.text_content() == "iteration 0, loss"
    lab.button("hide and ask").click()
    lab.button("▶ play").click()
    assert live.text_content() == ""
    lab.press("Escape")


def test_all_that_can_be_pressed_has_a_name(lab: Lab) -> None:
    lab.example("digits of 8 x 8")
    tree = lab.page.locator("main").aria_snapshot()
    assert "button:" not in tree.replace('button "', "")
    for name in ["a1.1 ", "E = ", "e of row 1 = "]:
        assert lab.page.get_by_role("button", name=name).count() > 0 or name in tree
