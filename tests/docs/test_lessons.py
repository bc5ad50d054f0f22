"""The lessons of the lab: each number that they state is the library's and the page's, each link
opens the state that it says, and what is to be typed in is taken for right.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import browser, needs_browser  # noqa: F401
from lab_browsing import Lab, assert_alone, lab_file, opened_lab  # noqa: F401
from lab_engine import needs_lab
from lab_page import Page
from lessons import LESSONS, Event, State, events, opened_by, prose, ways_to_write

from glassnet.notation.expression import evaluate
from glassnet.notation.numerals import numeral

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
def test_a_link_is_written_as_the_lab_writes_it(lesson: Path, page: Page) -> None:
    text = lesson.read_text(encoding="utf-8")
    links = [event.name for event in events(text) if event.kind == "open"]
    assert len(links) == text.count("index.html#")
    for link in links:
        assert page.run(WRITTEN_AGAIN, link=link) == link


WRITTEN_AGAIN = """
  const { setup, iteration } = parts.setupOfLink(engine, given.link);
  return parts.linkOf(engine, setup, iteration);
"""


@needs_browser
@needs_lab
@lessons
def test_what_a_lesson_says_is_seen_in_the_lab(
    lesson: Path,
    browser: Any,  # noqa: F811
    lab_file: Path,  # noqa: F811
) -> None:
    state: State | None = None
    lab: Lab | None = None
    for event in events(lesson.read_text(encoding="utf-8")):
        if event.kind == "open":
            if lab is not None:
                lab.page.close()
            state = opened_by(event.name)
            lab = opened_lab(browser, lab_file, f"#{event.name}")
            assert_opened(lab, state)
            continue
        assert lab is not None
        assert state is not None
        state = state.after(event)
        DOES[event.kind](lab, event, state)
        assert_alone(lab)
    assert lab is not None
    lab.page.close()


def assert_opened(lab: Lab, state: State) -> None:
    """It is set up so, and has nothing to say of the link."""
    assert lab.says == ""
    assert lab.at == (state.iteration, "forward")
    assert float(lab.page.input_value("input.rate")) == state.setup["rate"]
    assert lab.page.input_value("input.seed") == str(state.setup["seed"])
    shape = "-".join(str(size) for size in state.network.sizes)
    assert lab.page.inner_text(".network h2") == shape


def go(lab: Lab, event: Event, _: State) -> None:
    """By the field, as a reader does; further than planned the plan is made longer first."""
    iteration = int(event.name)
    if iteration > lab.read("lab.setup.value.iterations"):
        lab.fill("how many are planned", event.name)
    lab.go(iteration)


def choose_row(lab: Lab, event: Event, _: State) -> None:
    lab.page.click(f"[data-row='{event.name}']")


def look_at(lab: Lab, number: str) -> None:
    lab.read(f"lab.choose({number!r})")
    lab.page.evaluate("() => new Promise(requestAnimationFrame)")


def set_by_hand(lab: Lab, event: Event, state: State) -> None:
    if of_row := re.fullmatch(r"y of row (\d+)", event.name):
        lab.page.dblclick(f"[data-cell='y {of_row[1]}']")
        lab.page.fill("td.edited input", event.value)
        lab.page.press("td.edited input", "Enter")
    elif event.name == "rate":
        lab.page.fill("input.rate", event.value)
        lab.page.press("input.rate", "Enter")
    else:
        look_at(lab, state.number(event.name)[0])
        lab.page.fill(".typed input", event.value)
        lab.page.click(".typed button")


def see(lab: Lab, event: Event, state: State) -> None:
    name, value = state.number(event.name)
    if name in ("rate", "seed"):
        assert float(lab.page.input_value(f"input.{name}")) == float(value)
        return
    look_at(lab, name)
    shown = lab.page.inner_text(f"[data-value='{name}']").replace("−", "-")
    assert lab.number == event.name
    assert shown == numeral(value, 4) if np.isfinite(value) else shown == "infinity", event


def answer(lab: Lab, event: Event, state: State) -> None:
    """With "hide and ask" on, as the lesson says, and off again."""
    name, _ = state.number(event.name)
    look_at(lab, name)
    lab.button("hide and ask").click()
    assert lab.page.locator(f"[data-value='{name}']").count() == 0
    lab.page.fill(".question input", event.value)
    lab.page.click(".question button[type=submit]")
    lab.page.wait_for_selector(f"[data-value='{name}']")
    lab.button("hide and ask").click()


DOES = {"iteration": go, "row": choose_row, "set": set_by_hand, "state": see, "type": answer}
