"""The table: rows that are chosen, live predictions and losses, and cells that are typed into."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab, lab, lab_file, library_numbers, screen, shown_as
from lab_engine import needs_lab

from glassnet import article

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

DATA = Path(__file__).parents[2] / "examples" / "data"


def chosen(lab: Lab) -> str:
    """The row that is marked."""
    return lab.page.locator("tr[aria-selected=true] th").inner_text().strip()


def predicted(lab: Lab) -> list[str]:
    return lab.page.locator("[data-predicted]").all_inner_texts()


def losses(lab: Lab) -> list[str]:
    return lab.page.locator(".table td:last-child .number").all_inner_texts()


def cell(lab: Lab, name: str, row: int) -> Any:
    return lab.page.locator(f'[data-cell="{name} {row}"]')


def typed(lab: Lab, name: str, row: int, text: str) -> None:
    """Type into a cell after a double click, and press Enter."""
    cell(lab, name, row).dblclick()
    lab.page.locator("td.edited input").fill(text)
    lab.press("Enter")


def test_a_row_is_chosen_by_click_and_by_keys_and_drives_the_panels(lab: Lab) -> None:
    assert chosen(lab) == "1"
    cell(lab, "x2", 3).click()
    assert chosen(lab) == "3"
    assert "row 3" in lab.page.locator(".network small").inner_text()
    assert lab.page.locator('.network [data-id="r3.x1"] .value').text_content() == "1"
    assert lab.page.locator('.sum [data-id="r3.x1"]').first.is_visible()
    lab.press("ArrowDown")
    assert chosen(lab) == "4"
    lab.press("ArrowDown")  # there is no further one
    assert chosen(lab) == "4"
    lab.press("ArrowUp", "ArrowUp")
    assert chosen(lab) == "2"
    lab.page.locator("[data-row='1']").press("Enter")
    assert chosen(lab) == "1"


@pytest.mark.parametrize("iteration", [0, 1, 700])
def test_predictions_and_losses_are_the_librarys(lab: Lab, iteration: int) -> None:
    lab.go(iteration)
    numbers = library_numbers(lab.weights, article.X, article.Y)
    assert predicted(lab) == [shown_as(numbers[f"r{r}.a2.1"].value) for r in range(1, 5)]
    assert losses(lab) == [shown_as(numbers[f"r{r}.e1"].value) for r in range(1, 5)]


def test_a_cell_is_edited_by_double_click_and_by_enter(lab: Lab) -> None:
    before = predicted(lab)
    typed(lab, "x1", 2, "0,5")
    assert cell(lab, "x1", 2).inner_text() == "0.5"
    x = np.array(article.X)
    x[1, 0] = 0.5
    numbers = library_numbers(lab.weights, x, article.Y)
    assert predicted(lab) == [shown_as(numbers[f"r{r}.a2.1"].value) for r in range(1, 5)]
    assert predicted(lab) != before
    button = cell(lab, "y", 4).get_by_role("button")
    button.focus()
    lab.press("Enter")
    lab.page.locator("td.edited input:focus").wait_for()
    lab.page.keyboard.type("1")  # over what is there, which is selected
    lab.press("Enter")
    assert cell(lab, "y", 4).inner_text() == "1"
    cell(lab, "y", 4).locator("button:focus").wait_for()
    lab.press("Enter")
    lab.page.locator("td.edited input:focus").wait_for()
    lab.page.keyboard.type("7")
    lab.press("Escape")
    assert cell(lab, "y", 4).inner_text() == "1"


@pytest.mark.parametrize(("text", "says"), [("many", "'many' is no number, and x1 holds numbers")])
def test_a_cell_that_cannot_be_is_refused_in_words(lab: Lab, text: str, says: str) -> None:
    before = predicted(lab)
    typed(lab, "x1", 2, text)
    assert says in lab.says
    assert cell(lab, "x1", 2).inner_text() == "0"
    assert predicted(lab) == before
    lab.button("close").click()
    assert lab.says == ""


def test_a_level_that_the_encoding_does_not_know_is_refused(lab: Lab) -> None:
    lab.example("penguins")
    before = predicted(lab)
    target = lab.read("lab.setup.value.targets[0]")
    typed(lab, target, 1, "Emperor")
    assert "Emperor" in lab.says
    assert predicted(lab) == before


def test_what_is_typed_on_the_way_is_undone_by_going_back(lab: Lab) -> None:
    lab.go(10)
    before = lab.weights
    lab.go(20)
    plain = lab.weights
    lab.go(10)
    typed(lab, "x1", 2, "0.25")
    lab.go(20)
    assert not np.array_equal(lab.weights, plain)
    changed = lab.weights
    lab.go(9)
    assert cell(lab, "x1", 2).inner_text() == "0"
    lab.go(10)
    assert cell(lab, "x1", 2).inner_text() == "0.25"
    np.testing.assert_array_equal(lab.weights, before)
    lab.go(20)
    np.testing.assert_array_equal(lab.weights, changed)
    lab.button("restart").click()
    lab.go(20)


def test_an_empty_cell_is_missing(lab: Lab) -> None:
    lab.example("penguins")
    name = lab.read("lab.view.value.prepared.encoding.inputs.find((i) => i.kind === 'number').name")
    typed(lab, name, 1, "")
    assert cell(lab, name, 1).inner_text() == "—"
    assert lab.read("[...lab.view.value.scene.batch.terms].every(Number.isFinite)")


def test_of_a_long_table_a_row_is_gone_to_by_its_number(lab: Lab) -> None:
    lab.example("two moons")
    assert lab.page.locator(".table tbody tr").count() < 200
    field = lab.page.get_by_label("Go to row")
    field.fill("150")
    field.press("Enter")
    assert chosen(lab) == "150"
    assert lab.page.locator("[data-row='150']").is_visible()
    field.fill("0")
    field.press("Enter")
    assert chosen(lab) == "150"


def test_a_column_of_losses_leads_to_what_makes_them(lab: Lab) -> None:
    lab.page.locator('.table [data-id="r3.e"], .table [data-id="r3.e1"]').click()
    assert lab.number.startswith("e")
    assert chosen(lab) == "3"


def test_a_column_is_left_out_by_its_head_and_taken_again(lab: Lab) -> None:
    lab.go(4)
    head = lab.page.locator("thead").get_by_role("button", name="x2")
    head.click()
    assert lab.read("lab.view.value.scene.features") == ["x1", "x3"]
    assert lab.read("lab.view.value.scene.network.sizes") == [2, 4, 1]
    assert lab.at[0] == 0
    assert head.get_attribute("aria-pressed") == "false"
    head.click()
    assert lab.read("lab.view.value.scene.features") == ["x1", "x2", "x3"]


def test_the_heads_of_short_columns_are_not_cut(lab: Lab) -> None:
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
    assert lab.page.locator(".table thead th, .table thead button").evaluate_all(cut) == []


@pytest.mark.parametrize("title", ["XOR", "two moons", "a sine", "penguins", "the article's table"])
def test_no_cell_of_an_example_is_cut(lab: Lab, title: str) -> None:
    lab.example(title)
    cut = """cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth)
        .map(cell => cell.textContent)"""
    assert lab.page.eval_on_selector_all(".table td", cut) == []
