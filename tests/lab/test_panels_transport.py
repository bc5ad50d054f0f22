"""The transport and the keyboard: four stops, ways on and back, playing; and that back is exact."""

from typing import Any

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab, lab, lab_file, opened_lab, screen
from lab_engine import needs_lab

import glassnet as gn
from glassnet import article

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

STOPS = ["forward", "loss", "backward", "update"]
SPEEDS = [
    "a stop a second",
    "4 stops a second",
    "5 iterations a second",
    "60 iterations a second",
    "600 iterations a second",
    "as fast as it goes",
]


def current(lab: Lab) -> str:
    """The stop that is marked."""
    return lab.page.locator(".stops [aria-current=step]").inner_text()


def slide(lab: Lab, part: float) -> None:
    """Drag the slider's knob to a part of its length."""
    box = lab.page.locator(".slider input").bounding_box()
    y = box["y"] + box["height"] / 2
    now, all_ = lab.at[0], lab.read("lab.setup.value.iterations")
    lab.page.mouse.move(box["x"] + 8 + (box["width"] - 16) * now / all_, y)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + 8 + (box["width"] - 16) * part, y, steps=5)
    lab.page.mouse.up()


def noted(lab: Lab, iterations: list[int]) -> dict[int, np.ndarray]:
    """The weights of some iterations on the way forward."""
    found = {}
    for iteration in iterations:
        lab.go(iteration)
        found[iteration] = lab.weights
    return found


def test_an_iteration_has_four_stops_by_button_and_by_key(lab: Lab) -> None:
    assert lab.at == (0, "forward")
    for step, back in (
        (lambda: lab.button("step ▷").click(), lambda: lab.button("◁ back").click()),
        (lambda: lab.press("ArrowRight"), lambda: lab.press("ArrowLeft")),
    ):
        for stop in ["loss", "backward", "update"]:
            step()
            assert lab.at == (0, stop)
            assert current(lab) == stop
        before = lab.weights
        step()
        assert lab.at == (1, "forward")
        assert not np.array_equal(lab.weights, before)
        back()
        assert lab.at == (0, "update")
        np.testing.assert_array_equal(lab.weights, before)
        for stop in ["backward", "loss", "forward"]:
            back()
            assert lab.at == (0, stop)
    assert lab.button("◁ back").is_disabled()
    lab.press("ArrowLeft")
    assert lab.at == (0, "forward")


def test_a_stop_can_be_gone_to(lab: Lab) -> None:
    lab.go(3)
    for stop in reversed(STOPS):
        lab.page.locator(".stops").get_by_role("button", name=stop).click()
        assert lab.at == (3, stop)


def test_keys_go_by_iterations_and_to_the_ends(lab: Lab) -> None:
    lab.press("Shift+ArrowRight", "Shift+ArrowRight", "ArrowRight")
    assert lab.at == (2, "loss")
    lab.press("Shift+ArrowLeft")
    assert lab.at == (1, "loss")
    lab.press("End")
    assert lab.at[0] == article.ITERATIONS
    lab.press("Home")
    assert lab.at == (0, "forward")
    lab.page.get_by_title("to the end (End)").click()
    assert lab.at[0] == article.ITERATIONS
    lab.page.get_by_title("to the start (Home)").click()
    assert lab.at == (0, "forward")


def test_the_articles_run_is_the_librarys_to_the_last_digit(lab: Lab, monkeypatch: Any) -> None:
    from glassnet.training.engines.registry import ENGINES

    monkeypatch.setattr(ENGINES["native"], "variant", "baseline")
    program = article.Program()
    run = program.run(program.network(), engine="native")
    lab.press("End")
    flat = [w.ravel() for w in run.parameters.weights]
    np.testing.assert_array_equal(lab.weights, np.concatenate(flat))
    outputs = gn.feedforward(program.network(), run.parameters, article.X).output
    shown = lab.page.locator("[data-predicted]").all_inner_texts()
    assert shown == [f"{output:.3g}" for output in np.asarray(outputs).ravel()]


@pytest.mark.parametrize("optimizer", ["gradient descent", "adam"])
@pytest.mark.parametrize("by", ["epoch", "row", "batch of 2"])
def test_back_is_exact(lab: Lab, optimizer: str, by: str) -> None:
    lab.more()
    lab.choose("optimizer", optimizer)
    lab.press("Escape")
    lab.choose("what an update is made of", by)
    before = noted(lab, [0, 1, 2, 3, 7, 8, 50, 51, 777, 1500])
    losses = lab.losses
    assert len(losses) == 1500
    lab.press("Shift+ArrowLeft")
    lab.press("Shift+ArrowRight")
    np.testing.assert_array_equal(lab.weights, before[1500])
    for iteration in [51, 777, 3, 1, 0, 8, 2, 50, 7, 1500]:
        lab.go(iteration)
        np.testing.assert_array_equal(lab.weights, before[iteration])
    assert lab.losses == losses


def test_the_slider_goes_anywhere_and_back(lab: Lab) -> None:
    slide(lab, 0.5)
    there = lab.at[0]
    assert abs(there - 750) < 30
    weights = lab.weights
    slide(lab, 1)
    assert lab.at[0] == 1500
    slide(lab, 0.1)
    assert 100 < lab.at[0] < 200
    lab.go(there)
    np.testing.assert_array_equal(lab.weights, weights)
    slider = lab.page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == f"iteration {there} of 1500"
    slider.focus()
    lab.press("ArrowRight")
    assert lab.at[0] == there + 1


@pytest.mark.parametrize("speed", SPEEDS)
def test_it_plays_and_pauses_and_back_is_exact_after_it(lab: Lab, speed: str) -> None:
    lab.choose("speed", speed)
    lab.fill("how many are planned", "1000000")
    lab.page.locator(".sum h2").click()  # so that space is no key of a button
    lab.press(" ")
    assert lab.button("pause").is_visible()
    is_by_stops = "stop" in speed
    moved = "lab.position.value.stop != 'forward'" if is_by_stops else "lab.reached > 1"
    lab.until(moved)
    lab.press(" ")
    assert lab.button("play").is_visible()
    there, weights = lab.at, lab.weights
    lab.page.wait_for_timeout(60)
    assert lab.at == there
    lab.press("Home")
    lab.go(there[0])
    np.testing.assert_array_equal(lab.weights, weights)


def test_it_plays_to_the_end_and_then_from_the_beginning(lab: Lab) -> None:
    for text in ["0", "", "-3", "40"]:
        lab.fill("how many are planned", text)
    lab.choose("speed", "as fast as it goes")
    lab.button("play").click()
    lab.until("!page.player.isPlaying.value")
    assert lab.at[0] == 40
    assert len(lab.losses) == 40
    assert lab.page.get_by_role("slider").get_attribute("max") == "40"
    lab.fill("how many are planned", "1500")
    lab.go(1500)
    lab.choose("speed", "a stop a second")
    lab.button("play").click()
    assert lab.at == (0, "forward")
    lab.button("step ▷").click()  # which pauses
    assert not lab.read("page.player.isPlaying.value")


def test_play_stops_when_something_is_done_by_hand(lab: Lab) -> None:
    for act in (
        lambda: lab.press("ArrowLeft"),
        lambda: lab.button("restart").click(),
        lambda: lab.page.locator(".course svg").click(),
        lambda: lab.page.locator(".stops button").first.click(),
    ):
        lab.button("play").click()
        lab.until("lab.position.value.iteration > 2")
        act()
        assert not lab.read("page.player.isPlaying.value")


def test_what_is_no_iteration_is_not_gone_to(lab: Lab) -> None:
    lab.go(5)
    for text in ["-1", "many", "2.5", ""]:
        lab.fill("the iteration: type where to go", text)
        assert lab.at[0] == 5
        field = lab.page.get_by_title("the iteration: type where to go")
        assert field.input_value() == "5"
    lab.fill("the iteration: type where to go", "99999")
    assert lab.at[0] == article.ITERATIONS


def test_a_run_that_is_linked_begins_there(browser: Any, lab_file: Any) -> None:
    lab = opened_lab(browser, lab_file, "#iteration=321")
    weights = lab.weights
    assert lab.at == (321, "forward")
    lab.go(0)
    lab.go(321)
    np.testing.assert_array_equal(lab.weights, weights)
    lab.page.close()
