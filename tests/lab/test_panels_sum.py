"""The sum: every number is clicked and made of what the library says, and weights are typed in."""

import re

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab, lab, lab_file, library_numbers, screen, shown_as
from lab_engine import needs_lab

import glassnet as gn
from glassnet import article

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

STOPS = ("forward", "loss", "backward", "update")


def result(lab: Lab) -> str:
    """The value that the panel shows."""
    return lab.page.locator(".sum [data-value]").inner_text()


def number_of(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


def clicked(lab: Lab, selector: str) -> None:
    """Click a number, and take the pointer away from it."""
    lab.page.locator(selector).first.click()
    lab.page.mouse.move(1, 400)


SPOT = """path => {
    const edge = path.closest(".edge"), matrix = path.getScreenCTM();
    for (let part = 0.1; part < 0.9; part += 0.02) {
        const at = path.getPointAtLength(part * path.getTotalLength()).matrixTransform(matrix);
        if (edge.contains(document.elementFromPoint(at.x, at.y))) return [at.x, at.y];
    }
}"""
"""Where an edge is on top of the others."""


def edge(lab: Lab, name: str) -> None:
    """Click the line of a weight, and take the pointer away from it."""
    lab.page.mouse.click(*lab.page.locator(f'[data-edge="{name}"]').evaluate(SPOT))
    lab.page.mouse.move(1, 400)


def stop_at(lab: Lab, stop: str) -> None:
    lab.page.locator(".stops").get_by_role("button", name=stop).click()


@pytest.mark.parametrize("stop", STOPS)
def test_every_node_and_loss_leads_to_its_sum_with_the_librarys_number(lab: Lab, stop: str) -> None:
    lab.go(11)
    stop_at(lab, stop)
    numbers = library_numbers(lab.weights, article.X, article.Y)
    found = lab.page.locator(".network [data-id]")
    ids = [found.nth(i).get_attribute("data-id") for i in range(found.count())]
    assert len(ids) == 3 + 5 + 2
    for name in ids:
        lab.press("Escape")
        clicked(lab, f'.network [data-id="{name}"]')
        if stop != "backward" and lab.read("lab.chosen.value") != name:  # it was chosen: now its z
            clicked(lab, f'.network [data-id="{name}"]')
        chosen = lab.read("lab.chosen.value")
        value = numbers[chosen].value
        assert result(lab) == shown_as(value, 4), name


def test_a_click_on_an_edge_leads_to_the_weight_its_gradient_or_what_it_becomes(lab: Lab) -> None:
    lab.go(5)
    numbers = library_numbers(lab.weights, article.X, article.Y)
    for stop, name in [
        ("backward", "gw1.2.3"),
        ("update", "w1.2.3.new"),
        ("update", "w2.1.1.new"),
    ]:
        stop_at(lab, stop)
        edge(lab, re.sub(r"^g|\.new$", "", name))
        assert lab.read("lab.chosen.value") == name
        assert result(lab) == shown_as(numbers[name].value, 4)
    stop_at(lab, "forward")
    edge(lab, "w1.2.3")
    assert result(lab) == shown_as(lab.weights[6], 4)


def test_the_formula_of_a_new_weight_stands_in_one_line(lab: Lab) -> None:
    stop_at(lab, "update")
    edge(lab, "w1.2.3")
    lines = lab.page.locator(".sum .formula p")
    assert lines.count() == 2
    for line in lines.all():
        assert line.bounding_box()["height"] < 30, line.inner_text()


def test_operands_lead_on_and_back_leads_back(lab: Lab) -> None:
    stop_at(lab, "update")
    way = [
        "w1.1.1.new",
        "gw1.1.1",
        "r1.d1.1",
        "r1.da1.1",
        "r1.d2.1",
        "r1.s2.1",
        "r1.a2.1",
        "r1.z2.1",
    ]
    assert lab.read("lab.chosen.value") == way[0]
    for name in way[1:]:
        clicked(lab, f'.sum .made [data-id="{name}"]')
        assert lab.read("lab.chosen.value") == name
    for name in reversed(way[:-1]):
        lab.button("← back").click()
        assert lab.read("lab.chosen.value") == name
    assert lab.button("← back").is_disabled()


def test_used_by_leads_on_to_the_loss(lab: Lab) -> None:
    clicked(lab, '.network [data-id="r1.x3"]')
    for name in ["r1.z1.2", "r1.a1.2", "r1.z2.1", "r1.a2.1", "r1.e1", "E"]:
        clicked(lab, f'.used [data-id="{name}"]')
        assert lab.read("lab.chosen.value") == name


@pytest.mark.parametrize("name", ["r1.z1.1", "r1.z2.1", "E", "gw2.3.1", "gw1.3.2"])
def test_the_lines_add_up_to_what_is_shown(lab: Lab, name: str) -> None:
    lab.go(100)
    lab.more()
    lab.choose("digits", "17")
    lab.press("Escape")
    if name.startswith("g"):
        stop_at(lab, "backward")
        edge(lab, name[1:])
    elif name == "E":
        clicked(lab, '[data-id="E"]')
    else:  # a second click on a node leads on to what its activation is made of
        clicked(lab, f'.network [data-id="{name.replace("z", "a")}"]')
        clicked(lab, f'.network [data-id="{name.replace("z", "a")}"]')
    assert lab.read("lab.chosen.value") == name
    lines = lab.page.locator(".addends tr")
    total = 0.0
    for i in range(lines.count()):
        value = number_of(lines.nth(i).locator(".value").inner_text())
        factors = lines.nth(i).locator(".factors button").all_inner_texts()
        if factors:
            left, right = map(number_of, factors)
            assert left * right == value
        total += value
    assert total == pytest.approx(number_of(result(lab)), rel=1e-15)


def test_the_formula_has_symbols_and_numbers(lab: Lab) -> None:
    clicked(lab, '.network [data-id="r1.a1.2"]')
    assert lab.number == "a1.2"
    symbols, numbers = lab.page.locator(".formula p").all_inner_texts()
    assert "z1.2" in symbols
    z = library_numbers(lab.weights, article.X, article.Y)["r1.z1.2"].value
    assert shown_as(z, 4) in numbers


def test_a_hover_previews_and_leaves_no_trace(lab: Lab) -> None:
    before = lab.number, result(lab)
    lab.page.locator('.network [data-id="r1.a2.1"]').hover()
    assert lab.number == "a2.1"
    assert "preview" in lab.page.locator(".sum").get_attribute("class")
    lab.page.mouse.move(1, 400)
    assert (lab.number, result(lab)) == before
    assert lab.page.locator(".sum.preview").count() == 0
    assert lab.button("← back").is_disabled()


def test_what_is_chosen_stays_until_escape(lab: Lab) -> None:
    clicked(lab, '.network [data-id="r1.a2.1"]')
    lab.press("ArrowRight", "ArrowRight")
    assert lab.number == "a2.1"
    lab.press("Escape")
    lab.press("ArrowRight")
    assert lab.number == "new w2[1→1]"


def test_the_number_under_the_pointer_lives_while_it_plays(lab: Lab) -> None:
    lab.page.locator('.network [data-id="r1.a2.1"]').hover()
    lab.page.keyboard.press(" ")
    seen: set[str] = set()
    lab.until("lab.position.value.iteration > 5")
    seen.add(result(lab))
    lab.until("lab.position.value.iteration > 25")
    seen.add(result(lab))
    lab.page.keyboard.press(" ")
    assert len(seen) == 2
    numbers = library_numbers(lab.weights, article.X, article.Y)
    assert result(lab) == shown_as(numbers["r1.a2.1"].value, 4)


def test_a_weight_is_typed_in_and_undone_by_going_back(lab: Lab) -> None:
    lab.go(10)
    before = lab.weights
    edge(lab, "w1.2.1")
    field = lab.page.get_by_label("set w1[2→1] to")
    field.fill("−2,5")
    lab.button("set").click()
    w = before.copy()
    w[4] = -2.5
    np.testing.assert_array_equal(lab.weights, w)
    assert result(lab) == "\N{MINUS SIGN}2.5"
    numbers = library_numbers(w, article.X, article.Y)
    shown = lab.page.locator("[data-predicted]").all_inner_texts()
    assert shown == [shown_as(numbers[f"r{r}.a2.1"].value) for r in range(1, 5)]
    lab.go(12)
    changed = lab.weights
    lab.go(10)
    np.testing.assert_array_equal(lab.weights, w)
    lab.go(9)
    lab.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    np.testing.assert_array_equal(lab.weights, changed)
    lab.go(0)
    lab.button("restart").click()
    lab.go(10)
    np.testing.assert_array_equal(lab.weights, before)


@pytest.mark.parametrize("iteration", [0, 6])
def test_weights_are_typed_in_one_after_the_other(lab: Lab, iteration: int) -> None:
    lab.go(iteration)
    w = lab.weights
    for name, at, value in [("w1.1.1", 0, 0.5), ("w1.3.4", 11, -1.5), ("w1.1.1", 0, 2.5)]:
        edge(lab, name)
        w[at] = value
        lab.fill_field(".typed input", str(value))
        np.testing.assert_array_equal(lab.weights, w)
    assert lab.at[0] == iteration


@pytest.mark.parametrize("text", ["much", "", "1e999"])
def test_what_is_no_weight_is_refused(lab: Lab, text: str) -> None:
    before = lab.weights
    edge(lab, "w1.2.1")
    lab.page.get_by_label("set w1[2→1] to").fill(text)
    lab.button("set").click()
    assert "is no number: w1[2→1] stays as it was" in lab.says
    np.testing.assert_array_equal(lab.weights, before)
    lab.page.get_by_label("set w1[2→1] to").fill("\N{MINUS SIGN}2e\N{MINUS SIGN}05")
    lab.button("set").click()
    assert lab.says == ""
    assert lab.weights[4] == -2e-05


def test_hide_and_ask_takes_right_numbers_as_they_are_rounded(lab: Lab) -> None:
    numbers = library_numbers(lab.weights, article.X, article.Y)
    lab.press("ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown")  # row 4, whose inputs are all 1
    lab.button("hide and ask").click()
    z = numbers["r4.z1.1"].value
    assert lab.page.locator(".network .node .value", has_text="?").count() == 5
    assert lab.page.locator("[data-predicted]").all_inner_texts() == ["?"] * 4
    assert shown_as(z, 4) not in lab.page.locator("main").inner_text()
    field = lab.page.get_by_label("z1.1 =")
    for wrong in ["", "0.5", "much", "1", "1.11"]:
        field.fill(wrong)
        lab.button("check").click()
        assert result_is_hidden(lab), wrong
    assert "is not it, to as many digits as you typed" in lab.page.locator(".question").inner_text()
    clicked(lab, '.network [data-id="r4.a1.2"]')
    assert "is not it" not in lab.page.locator(".question").inner_text()
    lab.button("← back").click()
    field.fill(f"{z:.2f}".replace(".", ","))
    field.press("Enter")
    assert result(lab) == shown_as(z, 4)
    clicked(lab, '.network [data-id="r4.a1.1"]')
    assert result_is_hidden(lab)
    lab.button("show").click()
    assert result(lab) == shown_as(numbers["r4.a1.1"].value, 4)
    lab.press("ArrowRight", "ArrowRight")  # backward: what goes forward is seen again
    assert lab.page.locator("[data-predicted]").first.inner_text() != "?"
    lab.button("hide and ask").click()
    assert lab.page.locator(".network .node .value", has_text="?").count() == 0


def result_is_hidden(lab: Lab) -> bool:
    return lab.page.locator(".sum [data-value]").count() == 0


def test_hidden_numbers_are_nowhere_on_the_page(lab: Lab) -> None:
    """Neither in titles nor in names for screen readers."""
    numbers = library_numbers(lab.weights, article.X, article.Y)
    lab.page.locator("[data-row='4']").click()  # whose inputs are all 1
    for stop in STOPS:
        stop_at(lab, stop)
        if stop == "forward":
            lab.button("hide and ask").click()
        html = lab.page.locator("main").inner_html()
        for name in made_at(stop, numbers):
            value = numbers[name].value
            if abs(value) in (0, 1):
                continue
            assert shown_as(value, 5)[:6] not in html, name


def test_an_edge_whose_number_is_asked_for_tells_neither_sign_nor_size(lab: Lab) -> None:
    stop_at(lab, "backward")
    edges = lab.page.locator(".network .edge")
    lines = edges.locator(".line")
    assert len({line.get_attribute("stroke-width") for line in lines.all()}) > 1
    lab.button("hide and ask").click()
    assert {edge.get_attribute("class") for edge in edges.all()} <= {"edge asked", "edge asked lit"}
    assert {line.get_attribute("stroke-width") for line in lines.all()} == {"1"}


def made_at(stop: str, numbers: gn.Explanation) -> list[str]:
    patterns = {
        "forward": r"r4\.[za]\d\.\d",
        "loss": r"r4\.e1|E",
        "backward": r"r4\.d\d\.\d|gw\d\.\d\.\d",
        "update": r"w\d\.\d\.\d\.new",
    }
    return [one.id for one in numbers.numbers() if re.fullmatch(patterns[stop], one.id)]


def test_pixels_are_numbers_too(lab: Lab) -> None:
    lab.example("digits of 8 x 8")
    clicked(lab, '.pixel[data-id="r1.x30"]')
    assert lab.read("lab.chosen.value") == "r1.x30"
    assert lab.page.locator(".used button").count() > 0
    clicked(lab, '.pixel[data-id="w1.30.1"]')
    assert lab.number == "w1[30→1]"
    lab.button("← back").click()
    assert lab.read("lab.chosen.value") == "r1.x30"
