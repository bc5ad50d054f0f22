"""The lessons of the lab: each number that they state is the library's and the page's, each link
opens the state that it says, and what is to be typed in is taken for right.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import browser, needs_browser  # noqa: F401
from lab_engine import needs_lab
from lab_page import Page, page  # noqa: F401
from lessons import LESSONS, Event, State, events, opened_by, prose, ways_to_write

from glassnet.lab.page import lab_page
from glassnet.notation.expression import evaluate
from glassnet.notation.numerals import numeral

SCREEN = {"width": 1280, "height": 720}
ROUNDED = 2e-3  # what a sum of numbers of four digits may differ by
lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


@lessons
def test_a_lesson_is_short_steps_and_five_questions(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    steps, questions = text.split("\n## Questions\n")
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", steps, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 10 <= len(numbers) <= 20
    assert "*Hide and ask.*" in steps
    assert re.findall(r"^\*\*(\d)\.\*\* ", questions, re.M) == list("12345")
    assert questions.count("<details><summary>Answer</summary>") == 5
    assert questions.count("</details>") == 5


@lessons
def test_every_number_of_a_lesson_is_the_librarys(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    unchecked = re.findall(r"\d+\.\d+", prose(text))
    assert unchecked == [], "write it in code, as `E = 0.5`, so that it is checked"
    state: State | None = None
    for event in events(text):
        if event.kind == "open":
            state = opened_by(event.name)
            continue
        assert state is not None, "a lesson begins with a link that opens the lab"
        state = state.after(event)
        if event.kind == "state":
            _, value = state.number(event.name)
            assert event.value in ways_to_write(value), (event, state.iteration, state.row)
            assert_made(event)
        elif event.kind == "type":
            _, value = state.number(event.name)
            digits = len(event.value.lstrip("-0.").replace(".", ""))
            assert event.value == numeral(value, digits), (event, value)


def assert_made(event: Event) -> None:
    """The arithmetic that stands before a number gives it."""
    for signs, plain in (("−", "-"), ("·", "*"), ("²", "**2")):
        event = Event(event.kind, event.name, event.value, event.made.replace(signs, plain))
    if event.made:
        assert float(evaluate(event.made)) == pytest.approx(float(event.value), rel=ROUNDED)


@needs_lab
@lessons
def test_a_link_is_written_as_the_lab_writes_it(lesson: Path, page: Page) -> None:  # noqa: F811
    text = lesson.read_text(encoding="utf-8")
    links = [event.name for event in events(text) if event.kind == "open"]
    assert len(links) == text.count("index.html#")
    for link in links:
        assert page.run(WRITTEN_AGAIN, link=link) == link


WRITTEN_AGAIN = """
  const { setup, iteration } = parts.setupOfLink(engine, given.link);
  return parts.linkOf(setup, iteration);
"""


@needs_browser
@needs_lab
@lessons
def test_what_a_lesson_says_is_seen_in_the_lab(
    lesson: Path,
    browser: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    file = tmp_path / "index.html"
    file.write_text(lab_page({}).html, encoding="utf-8")
    state: State | None = None
    tab: Any = None
    for event in events(lesson.read_text(encoding="utf-8")):
        if event.kind == "open":
            state = opened_by(event.name)
            if tab is not None:
                tab.close()
            tab = opened_at(browser, file, event.name)
            continue
        assert state is not None
        state = state.after(event)
        DOES[event.kind](tab, event, state)
        assert tab.wrong == []
    tab.close()


def opened_at(browser: Any, file: Path, link: str) -> Any:  # noqa: F811
    """The lab in the state that a link says, with no message of what is wrong with it."""
    tab = browser.new_page(viewport=SCREEN)
    tab.wrong = []
    tab.on("pageerror", lambda error: tab.wrong.append(str(error)))
    tab.goto(f"{file.as_uri()}#{link}")
    tab.wait_for_selector(".lab")
    assert tab.locator("[role=alert]").count() == 0
    state = opened_by(link)
    assert float(tab.locator("input.rate").input_value()) == state.setup["rate"]
    assert tab.locator("input.seed").input_value() == str(state.setup["seed"])
    assert tab.locator(ITERATION).input_value() == str(state.iteration)
    shape = "-".join(str(size) for size in state.network.sizes)
    assert tab.locator(".network h2").inner_text() == shape
    return tab


ITERATION = "input[title='the iteration: type where to go']"
PLANNED = "input[title='how many are planned']"


def go(tab: Any, event: Event, _: State) -> None:
    """By the field, as a reader does; further than planned the plan is made longer first."""
    if int(event.name) > int(tab.locator(PLANNED).input_value()):
        tab.fill(PLANNED, event.name)
        tab.press(PLANNED, "Enter")
    tab.fill(ITERATION, event.name)
    tab.press(ITERATION, "Enter")
    assert tab.locator(ITERATION).input_value() == event.name


def choose_row(tab: Any, event: Event, _: State) -> None:
    tab.click(f"[data-row='{event.name}']")


def look_at(tab: Any, name: str) -> None:
    tab.evaluate("id => window.glassnetLab.lab.value.choose(id)", name)
    tab.evaluate("() => new Promise(requestAnimationFrame)")


def set_by_hand(tab: Any, event: Event, state: State) -> None:
    if of_row := re.fullmatch(r"y of row (\d+)", event.name):
        tab.dblclick(f"[data-cell='y {of_row[1]}']")
        tab.fill("td.edited input", event.value)
        tab.press("td.edited input", "Enter")
    elif event.name == "rate":
        tab.fill("input.rate", event.value)
        tab.press("input.rate", "Enter")
    else:
        look_at(tab, state.number(event.name)[0])
        tab.fill(".typed input", event.value)
        tab.click(".typed button")


def see(tab: Any, event: Event, state: State) -> None:
    name, value = state.number(event.name)
    if name in ("rate", "seed"):
        assert float(tab.locator(f"input.{name}").input_value()) == float(value)
        return
    look_at(tab, name)
    shown = tab.locator(f"[data-value='{name}']").inner_text().replace("−", "-")
    assert tab.locator(".sum h2").inner_text() == event.name
    assert shown == numeral(value, 4) if np.isfinite(value) else shown == "infinity", event


def answer(tab: Any, event: Event, state: State) -> None:
    """With "hide and ask" on, as the lesson says, and off again."""
    look_at(tab, state.number(event.name)[0])
    tab.evaluate("() => { window.glassnetLab.lab.value.asking.value = true }")
    tab.fill(".question input", event.value)
    tab.click(".question button[type=submit]")
    tab.wait_for_selector("[data-value]")
    tab.click("text=hide and ask")


DOES = {"iteration": go, "row": choose_row, "set": set_by_hand, "state": see, "type": answer}
