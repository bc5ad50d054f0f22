"""The course, the answer, the pictures in hidden nodes, and a run that fails."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab, lab, lab_file, opened_lab, screen
from lab_engine import needs_lab

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

LEFT, RIGHT = 52, 24  # pixels beside the curve


def at_iteration(lab: Lab, iteration: int) -> tuple[float, float]:
    """Where an iteration is in the course."""
    box = lab.page.locator(".course svg").bounding_box()
    all_ = lab.read("lab.setup.value.iterations")
    x = box["x"] + LEFT + (box["width"] - LEFT - RIGHT) * iteration / all_
    return x, box["y"] + box["height"] / 2


def said(lab: Lab) -> str:
    return lab.page.locator("[data-loss]").inner_text()


def pixels(lab: Lab) -> np.ndarray:
    """The colours of the surface, from the top."""
    data = lab.page.locator(".surface canvas").evaluate(
        """async seen => {
            for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame); // it is drawn
            const copy = new OffscreenCanvas(seen.width, seen.height).getContext(
                "2d", { willReadFrequently: true });
            copy.drawImage(seen, 0, 0);
            return [...copy.getImageData(0, 0, seen.width, seen.height).data];
        }"""
    )
    side = int((len(data) / 4) ** 0.5)
    return np.array(data).reshape(side, side, 4)[:, :, :3]


def test_a_click_on_the_course_goes_there_and_a_hover_tells_the_loss(lab: Lab) -> None:
    lab.press("End")
    losses = lab.losses
    lab.page.mouse.move(*at_iteration(lab, 600))
    there = int(said(lab).split()[1].rstrip(":"))
    assert abs(there - 600) <= 3
    assert float(said(lab).split()[-1]) == pytest.approx(losses[there], rel=1e-7)
    assert lab.at[0] == 1500
    lab.page.mouse.click(*at_iteration(lab, 600))
    assert abs(lab.at[0] - 600) <= 3
    lab.page.mouse.move(1, 300)
    assert said(lab).startswith(f"iteration {lab.at[0]}: ")
    lab.press("Home")
    lab.button("restart").click()
    lab.page.mouse.move(*at_iteration(lab, 900))
    assert said(lab).endswith("not reached yet")


def test_the_losses_are_drawn_on_either_scale(lab: Lab) -> None:
    lab.press("End")
    curve = lab.page.locator(".course .curve")
    linear = curve.get_attribute("d")
    lab.page.get_by_label("logarithmic").check()
    assert curve.get_attribute("d") != linear
    ticks = lab.page.locator(".course .tick text").all_text_contents()
    assert any("0.0" in tick for tick in ticks)
    lab.page.get_by_label("logarithmic").uncheck()
    assert curve.get_attribute("d") == linear


def test_the_labels_of_the_axes_stay_in_the_drawing(
    browser: Any,
    lab_file: Path,
) -> None:
    lab = opened_lab(browser, lab_file, "#example=article&hidden=&output=identity")
    lab.fill("how many are planned", "20000")
    for iteration in (3, 4, 20, 140):  # losses of seven digits, of nine, and of an exponent
        lab.go(iteration)
        assert lab.page.locator(".course .tick text").count() > 2
        assert_inside(lab, ".course", "svg text")
    lab.drop("large.csv", "x,y\n" + "".join(f"{i},{i * 1_000_000}\n" for i in range(9)))
    assert lab.page.locator(".answer .axes text").count() > 4
    assert_inside(lab, ".answer", ".axes text")
    lab.page.close()


def assert_inside(lab: Lab, panel: str, texts: str) -> None:
    """Nothing of what is written is cut by the panel's edge."""
    around = lab.page.locator(panel).bounding_box()
    for text in lab.page.locator(f"{panel} {texts}").all():
        box = text.bounding_box()
        assert box["x"] >= around["x"], text.text_content()
        assert box["x"] + box["width"] <= around["x"] + around["width"], text.text_content()


def test_the_surface_is_what_is_predicted(lab: Lab) -> None:
    lab.example("two moons")
    before = pixels(lab)
    lab.go(400)
    after = pixels(lab)
    assert not np.array_equal(before, after)
    probabilities = lab.read("[...lab.predictions.value[0].probabilities[1]]")
    circles = lab.page.locator(".answer circle")
    assert circles.count() == 200
    box = lab.page.locator(".surface canvas").bounding_box()
    for i in range(0, 200, 10):
        row = int(circles.nth(i).locator("title").text_content().split()[-1]) - 1
        circle = circles.nth(i).bounding_box()
        x = (circle["x"] + circle["width"] / 2 - box["x"]) / box["width"]
        y = (circle["y"] + circle["height"] / 2 - box["y"]) / box["height"]
        red, _, blue = after[int(y * len(after)), int(x * len(after))]
        if abs(probabilities[row] - 0.5) > 0.2:  # else it may change within a point of the grid
            assert (red > blue) == (probabilities[row] > 0.5)


def test_points_choose_rows(lab: Lab) -> None:
    lab.page.locator(".answer circle", has_text="row 3").click(force=True)
    assert lab.page.locator("tr[aria-selected=true] th").inner_text().strip() == "3"
    assert lab.page.locator(".answer circle.chosen title").text_content() == "row 3"


def test_other_columns_are_chosen_for_the_surface(lab: Lab) -> None:
    lab.example("penguins")
    lab.go(100)
    before = pixels(lab)
    lab.choose("across", "body_mass_g")
    lab.choose("up", "flipper_length_mm")
    assert not np.array_equal(pixels(lab), before)
    titles = lab.page.locator(".answer .title").all_text_contents()
    assert titles == ["body_mass_g", "flipper_length_mm"]


def test_predicted_is_drawn_against_actual(lab: Lab) -> None:
    lab.example("cars")
    lab.go(300)
    lab.choose("what is drawn", "predicted against actual")
    assert lab.page.locator(".answer .ideal").count() == 1
    assert lab.page.locator(".answer .title").all_text_contents() == ["actual", "predicted"]
    assert lab.page.locator(".answer circle").count() > 300


def test_one_column_has_a_curve_through_its_rows(lab: Lab) -> None:
    lab.example("a sine")
    curve = lab.page.locator(".answer .curve")
    before = curve.get_attribute("d")
    lab.go(500)
    assert curve.get_attribute("d") != before
    points = [list(map(float, p.split(","))) for p in curve.get_attribute("d")[1:].split("L")]
    circles = lab.page.locator(".answer circle").evaluate_all(
        "all => all.map(c => [c.cx.baseVal.value, c.cy.baseVal.value])"
    )
    xs, ys = np.array(points).T
    off = [abs(np.interp(x, xs, ys) - y) for x, y in circles]
    assert np.median(off) < 20


def test_pictures_stand_inside_hidden_nodes(lab: Lab) -> None:
    lab.go(50)
    lab.page.get_by_label("pictures").check()
    pictures = lab.page.locator(".network image")
    assert pictures.count() == 4
    before = pictures.first.get_attribute("href")
    assert before.startswith("data:image/png")
    for i, picture in enumerate(pictures.all()):
        inside = picture.bounding_box()
        node = lab.page.locator(f'.network [data-id="r1.a1.{i + 1}"] rect').bounding_box()
        assert inside["x"] == pytest.approx(node["x"], abs=2)
        assert inside["y"] == pytest.approx(node["y"], abs=2)
    lab.go(500)
    assert pictures.first.get_attribute("href") != before
    lab.page.get_by_label("pictures").uncheck()
    assert pictures.count() == 0


def failed(lab: Lab) -> None:
    """A run whose rate is far too high plays until it ends by itself."""
    lab.example("a sine")
    lab.more()
    lab.choose("optimizer", "gradient descent")
    lab.press("Escape")
    lab.choose("activation", "relu")
    lab.fill_field(".rate", "1e6")
    lab.choose("speed", "as fast as it goes")
    lab.button("play").click()
    lab.until("!page.player.isPlaying.value")


def test_a_run_stops_at_the_first_number_that_is_not_finite(lab: Lab) -> None:
    failed(lab)
    iteration = lab.at[0]
    assert iteration < 1500
    assert f"Iteration {iteration}: " in lab.says
    assert "is not finite, so there is no update and the run ends" in lab.says
    lab.button("show it").click()
    chosen, row = lab.read("lab.chosen.value"), lab.read("lab.row.value")
    assert f"row {row + 1}" in lab.says or chosen == "E"
    assert lab.page.locator(".sum [data-value]").inner_text() in ("infinity", "−infinity", "NaN")
    for key in ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowRight", " "]:
        lab.press(key)  # there is no way on
        assert lab.at[0] == iteration
    lab.until("!page.player.isPlaying.value")
    lab.press("Shift+ArrowLeft")
    assert lab.at[0] == iteration - 1
    assert np.isfinite(lab.read("lab.view.value.scene.batch.loss"))
    assert lab.says == ""


def test_half_the_rate_begins_again_until_it_goes(lab: Lab) -> None:
    failed(lab)
    lab.button("restart with half the rate").click()
    assert lab.page.locator(".rate").input_value() == "500000"
    assert lab.at == (0, "forward")
    assert lab.says == ""
    lab.fill_field(".rate", "0.01")
    lab.go(200)
    assert lab.losses[-1] < lab.losses[0]


def test_a_failed_run_is_drawn_as_far_as_it_went(lab: Lab) -> None:
    failed(lab)
    assert "NaN" not in (lab.page.locator(".course .curve").get_attribute("d") or "")
    assert "NaN" not in lab.page.locator(".course svg").inner_html()
    assert "NaN" not in lab.page.locator(".network .drawing > svg").evaluate(
        "svg => [...svg.querySelectorAll('[d],[x],[y],[stroke-width]')].map("
        "e => ['d', 'x', 'y', 'stroke-width'].map(n => e.getAttribute(n)).join()).join()"
    )


@pytest.mark.parametrize("example", ["moons", "digits"])
def test_a_rate_of_a_million_never_leaves_a_page_that_is_stuck(
    browser: Any, lab_file: Any, example: str
) -> None:
    lab = opened_lab(browser, lab_file, f"#example={example}")
    lab.fill_field(".rate", "1e6")
    lab.go(30)
    lab.press("Home")
    lab.press("ArrowRight")
    assert lab.at == (0, "loss")
    assert lab.page.wrong == []
    lab.page.close()
