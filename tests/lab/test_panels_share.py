"""What leaves the page: links that reproduce the numbers, and programs; nothing is sent."""

import re
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab, assert_alone, lab, lab_file, opened_lab, screen
from lab_engine import needs_lab

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

TABLE = "size,price\n1,10\n2,19\n3,31\n4,39\n"


def shared(lab: Lab, *, with_table: bool = False) -> str:
    """The link that is copied, from its # on."""
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.page.locator("summary", has_text="share").click()
    if with_table:
        lab.page.get_by_label("my table too").check()
    lab.button("copy the link").click()
    lab.page.get_by_text("copied", exact=False).wait_for()
    copied = lab.page.evaluate("navigator.clipboard.readText()")
    lab.press("Escape")
    assert copied == lab.page.url
    return copied[copied.index("#") :]


def opened_again(browser: Any, lab_file: Any, link: str) -> Lab:
    return opened_lab(browser, lab_file, link)


def assert_same(lab: Lab, other: Lab) -> None:
    """Both show the same."""
    assert other.at[0] == lab.at[0]
    np.testing.assert_array_equal(other.weights, lab.weights)
    for selector in ("[data-predicted]", ".network .value", "[data-loss]"):
        texts = lab.page.locator(selector).all_text_contents()
        assert texts
        assert other.page.locator(selector).all_text_contents() == texts


def set_up(lab: Lab) -> None:
    """Nothing is as it was."""
    lab.example("two moons")
    lab.page.get_by_label("a node more in hidden layer 1").click()
    lab.page.get_by_label("a hidden layer more").click()
    lab.choose("activation", "relu")
    lab.fill_field(".seed", "12")
    lab.more()
    lab.choose("optimizer", "gradient descent")
    lab.choose("numbers", "centred")
    lab.choose("weights begin", "he")
    lab.page.get_by_label("biases").uncheck()
    lab.press("Escape")
    lab.choose("what an update is made of", "batch of 16")
    lab.fill_field(".rate", "0.07")


@pytest.mark.parametrize("example", ["the article's table", "penguins", "digits of 8 x 8"])
def test_a_link_reproduces_the_numbers(lab: Lab, browser: Any, lab_file: Any, example: str) -> None:
    lab.example(example)
    lab.go(123)
    other = opened_again(browser, lab_file, shared(lab))
    assert_same(lab, other)
    assert_alone(other)
    other.page.close()


def test_a_link_holds_all_that_is_set_up(lab: Lab, browser: Any, lab_file: Any) -> None:
    set_up(lab)
    lab.go(77)
    other = opened_again(browser, lab_file, shared(lab))
    assert_same(lab, other)
    other.page.close()


def test_a_link_holds_a_formula(lab: Lab, browser: Any, lab_file: Any) -> None:
    lab.example("y > f(x)")
    lab.fill_field(".formula", "x1 * x2 > 0")
    lab.go(10)
    other = opened_again(browser, lab_file, shared(lab))
    assert_same(lab, other)
    assert other.page.get_by_label("formula of the classes").input_value() == "x1 * x2 > 0"
    other.page.close()


def test_a_table_of_ones_own_is_in_the_link_only_where_it_is_asked_for(
    lab: Lab, browser: Any, lab_file: Any
) -> None:
    lab.open("prices.csv", TABLE)
    lab.page.get_by_role("heading", name="prices.csv").wait_for()
    lab.go(50)
    bare = shared(lab)
    assert "table" not in parse_qs(bare[1:])
    assert not re.search("size|31", bare)
    without = opened_again(browser, lab_file, bare)
    assert "prices.csv" in without.says
    without.page.close()
    whole = opened_again(browser, lab_file, shared(lab, with_table=True))
    assert_same(lab, whole)
    whole.page.close()


DAMAGED = [
    ("#iteration=many", "'many' is no whole number"),
    ("#example=nothing", "there is no example 'nothing'"),
    ("#hidden=99", "'99' is no whole number from 1 to 16"),
    ("#rate=0", "'0' is no learning rate above 0"),
    ("#activation=eval", "'eval' is none of"),
    ("#strange=1", "it says 'strange', which the lab does not know"),
    ("#file=a.csv&table=@@@", "the table in it cannot be read"),
    ("#targets=%22none%22", "its table has no column 'none'"),
    ("#example=formula&formula=x2+%3E+", ""),
    ("#example=moons&loss=huber&output=softmax", None),
]


@pytest.mark.parametrize(("link", "says"), DAMAGED)
def test_a_damaged_link_is_refused_in_words(
    browser: Any, lab_file: Any, link: str, says: str | None
) -> None:
    lab = opened_again(browser, lab_file, link)
    if says is not None:
        assert "This link is damaged: " in lab.says
        assert says in lab.says
    assert lab.at == (0, "forward")
    lab.press("Shift+ArrowRight")
    assert lab.at[0] == 1
    assert_alone(lab)
    lab.page.close()


@pytest.mark.parametrize(("language", "says"), [("Python", "import glassnet"), ("R", "<- ")])
def test_the_program_is_shown_and_copied(lab: Lab, language: str, says: str) -> None:
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.go(42)
    lab.page.locator("summary", has_text="code").click()
    lab.page.locator(".code").get_by_role("button", name=language, exact=True).click()
    program = lab.page.get_by_label(language, exact=True).input_value()
    assert says in program
    assert "42" in program
    lab.page.locator(".code").get_by_role("button", name="copy").click()
    lab.page.get_by_text("copied", exact=False).wait_for()
    assert lab.page.evaluate("navigator.clipboard.readText()") == program


def test_what_was_changed_by_hand_is_said_not_to_be_in_it(lab: Lab) -> None:
    says = "What was changed by hand on the way"
    lab.page.locator("summary", has_text="share").click()
    assert says not in lab.page.locator(".menu[open]").inner_text()
    lab.press("Escape")
    lab.go(5)
    lab.fill_field(".rate", "0.5")
    lab.page.locator("summary", has_text="share").click()
    assert says in lab.page.locator(".menu[open]").inner_text()
