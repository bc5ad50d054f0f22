"""The top bar: examples, shape, options and formulas, each of which begins the run anew."""

from typing import Any

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab, lab, lab_file, screen
from lab_engine import needs_lab

import glassnet as gn

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

EXAMPLES = [
    "the article's table", "XOR", "two moons", "spiral", "a sine", "penguins", "cars",
    "digits of 8 x 8", "y > f(x)",
]  # fmt: skip


def network(lab: Lab) -> dict[str, Any]:
    return lab.read("lab.view.value.scene.network")


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_opens_and_learns(lab: Lab, title: str) -> None:
    lab.example(title)
    assert lab.at == (0, "forward")
    lab.go(60)
    losses = lab.losses
    assert losses[-1] < losses[0]
    shown = lab.page.locator("[data-loss]").inner_text()
    assert shown.startswith("iteration 60: ")
    assert float(shown.split()[-1]) == pytest.approx(lab.read("lab.view.value.scene.batch.loss"))
    assert lab.page.locator(".answer circle").count() > 0
    panel = lab.page.locator(".panel.table").bounding_box()
    for head in lab.page.locator(".table th.live").all():
        box = head.bounding_box()
        assert box["x"] + box["width"] <= panel["x"] + panel["width"]


def test_all_examples_are_offered(lab: Lab) -> None:
    options = lab.page.get_by_role("combobox", name="example").locator("option")
    assert options.all_inner_texts() == EXAMPLES


def test_the_shape_grows_and_shrinks_to_its_caps_which_are_said(lab: Lab) -> None:
    lab.go(5)
    more = lab.page.get_by_label("a node more in hidden layer 1")
    for nodes in range(5, 17):
        more.click()
        assert network(lab)["sizes"] == [3, nodes, 1]
    assert lab.at[0] == 0
    assert more.is_disabled()
    assert more.get_attribute("title") == "16 nodes a layer are the most"
    assert lab.page.locator(".network .node:not(.bias)").count() == 3 + 16 + 1
    fewer = lab.page.get_by_label("a node less in hidden layer 1")
    for _ in range(15):
        fewer.click()
    assert network(lab)["sizes"] == [3, 1, 1]
    assert fewer.is_disabled()
    layer = lab.page.get_by_label("a hidden layer more")
    layer.click()
    layer.click()
    assert network(lab)["sizes"] == [3, 1, 1, 1, 1]
    assert layer.is_disabled()
    assert layer.get_attribute("title") == "3 hidden layers are the most"
    without = lab.page.get_by_label("a hidden layer less")
    for _ in range(3):
        without.click()
    assert network(lab)["sizes"] == [3, 1]
    assert without.is_disabled()
    lab.go(20)
    assert lab.losses[-1] < lab.losses[0]


def test_activation_seed_and_biases_begin_anew(lab: Lab) -> None:
    lab.go(5)
    lab.choose("activation", "tanh")
    assert lab.at[0] == 0
    assert network(lab)["activations"] == ["tanh", "sigmoid"]
    before = lab.weights
    seed = lab.page.locator(".seed")
    seed.fill("7")
    seed.press("Enter")
    start = gn.initialize(gn.Network([3, 4, 1], bias=False), "uniform", seed=7, rng="r")
    np.testing.assert_array_equal(lab.weights, np.concatenate([w.ravel() for w in start.weights]))
    assert not np.array_equal(lab.weights, before)
    for wrong in ["1.5", "many", "4294967296"]:
        seed.fill(wrong)
        seed.press("Enter")
        assert "the seed must be a whole number that fits 32 bits" in lab.says
        assert seed.input_value() == "7"
    lab.more()
    lab.page.get_by_label("biases").check()
    assert network(lab)["bias"] is True
    assert lab.page.locator(".node.bias").count() == 2
    assert len(lab.weights) == 16 + 5
    lab.page.get_by_label("biases").uncheck()
    assert lab.page.locator(".node.bias").count() == 0


def test_loss_rule_optimizer_and_start_are_chosen(lab: Lab) -> None:
    lab.more()
    lab.choose("loss", "mean squared error")
    assert network(lab)["loss"] == "mean_squared_error"
    assert network(lab)["activations"] == ["sigmoid", "identity"]
    lab.choose("numbers", "centred")
    assert lab.read("lab.setup.value.rule") == "centred"
    assert lab.read("Math.max(...lab.view.value.scene.data.x)") > 0
    assert lab.read("Math.min(...lab.view.value.scene.data.x)") < 0
    lab.choose("optimizer", "adam")
    assert lab.read("lab.view.value.scene.optimizer.name") == "adam"
    before = lab.weights
    lab.choose("weights begin", "glorot")
    assert not np.array_equal(lab.weights, before)
    lab.press("Escape")
    assert not lab.page.get_by_label("biases").is_visible()
    lab.go(40)
    assert lab.losses[-1] < lab.losses[0]


def test_digits_are_those_that_are_asked_for(lab: Lab) -> None:
    lab.more()
    for digits in ["3", "6", "10", "17"]:
        lab.choose("digits", digits)
        shown = lab.page.locator(".sum [data-value]").inner_text()
        assert shown == f"{lab.weights[8]:.{digits}g}"  # z1.1 of row 1 is w1[3→1]


def test_a_rate_is_changed_on_the_way_and_undone_by_going_back(lab: Lab) -> None:
    lab.go(20)
    plain = lab.weights
    lab.go(10)
    rate = lab.page.locator(".rate")
    rate.fill("0,25")
    rate.press("Enter")
    rate.blur()
    assert lab.at[0] == 10
    assert rate.input_value() == "0.25"
    lab.go(20)
    changed = lab.weights
    assert not np.array_equal(changed, plain)
    lab.go(9)
    assert rate.input_value() == "1"
    lab.go(20)
    np.testing.assert_array_equal(lab.weights, changed)
    for wrong in ["0", "-1", "much", ""]:
        rate.fill(wrong)
        rate.press("Enter")
        rate.blur()
        assert "the learning rate must be a number above 0" in lab.says
        assert rate.input_value() == "0.25"
    np.testing.assert_array_equal(lab.weights, changed)
    lab.fill_field(".rate", "0.5")
    assert lab.says == ""


def test_another_target_brings_a_loss_that_fits_it(lab: Lab) -> None:
    lab.example("penguins")
    for target, loss, outputs in [
        ("sex", "binary_cross_entropy", 1),
        ("body_mass_g", "mean_squared_error", 1),
        ("species", "categorical_cross_entropy", 3),
    ]:
        lab.choose("target", target)
        assert network(lab)["loss"] == loss
        assert network(lab)["sizes"][-1] == outputs
        lab.go(30)
        assert lab.losses[-1] < lab.losses[0]


def test_a_formula_makes_the_classes(lab: Lab) -> None:
    lab.example("y > f(x)")
    field = lab.page.get_by_label("formula of the classes")
    field.fill("x2 > x1**2 - 1")
    field.press("Enter")
    assert lab.says == ""
    columns = lab.read("lab.setup.value.table.columns")
    x1, x2 = (np.array(columns[i]["cells"], float) for i in (0, 1))
    assert columns[2]["cells"] == np.where(x2 > x1**2 - 1, "red", "blue").tolist()
    lab.go(100)
    assert lab.losses[-1] < lab.losses[0]


WRONG_FORMULAS = [
    ("x2 > sin(", ""),
    ("x2 > z", "there is no 'z' in the table: it has x1, x2"),
    ("x2 > 99", "holds for no point: compare two sides"),
    ("import os", ""),
]


@pytest.mark.parametrize(("formula", "says"), WRONG_FORMULAS)
def test_a_formula_that_cannot_be_is_refused_in_words(lab: Lab, formula: str, says: str) -> None:
    lab.example("y > f(x)")
    before = lab.read("lab.setup.value.table.columns[2].cells")
    field = lab.page.get_by_label("formula of the classes")
    field.fill(formula)
    field.press("Enter")
    assert len(lab.says) > len("close")
    assert says in lab.says
    assert lab.read("lab.setup.value.table.columns[2].cells") == before


def test_restart_keeps_what_is_set_up(lab: Lab) -> None:
    lab.example("two moons")
    lab.page.get_by_label("a node more in hidden layer 1").click()
    start = lab.weights
    lab.go(30)
    lab.button("restart").click()
    assert lab.at == (0, "forward")
    assert network(lab)["sizes"] == [2, 5, 1]
    np.testing.assert_array_equal(lab.weights, start)
    assert lab.losses == []
