"""The served page: it does what the file does, and asks for nothing but itself."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab
from lab_engine import needs_lab

import glassnet as gn
from glassnet.lab.document import opened_document
from glassnet.lab.page import lab_page
from glassnet.lab.server import LabServer

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser"]

TABLE = {"size": [1, 2, 3, 4, 5], "kind": list("ababa"), "price": [10, 19, 31, 39, 52]}


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a page that opens what the test gives."""
    with LabServer(lab_page(request.param)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


def watched(browser: Any, url: str) -> Lab:
    """The lab at an address."""
    page = browser.new_page()
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(url)
    page.wait_for_selector(".transport")
    return Lab(page)


@pytest.mark.parametrize("served", [{}], indirect=True)
def test_it_trains_and_is_shared_without_asking_for_anything(browser: Any, served: str) -> None:
    lab = watched(browser, served)
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.choose("speed", "as fast as it goes")
    lab.button("▶ play").click()
    lab.until("!page.player.isPlaying.value")
    lab.go(700)
    lab.page.locator("summary", has_text="share").click()
    lab.button("copy the link").click()
    lab.page.get_by_text("copied").wait_for()
    link = lab.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(served)
    other = watched(browser, link)
    np.testing.assert_array_equal(other.weights, lab.weights)
    for one in (lab, other):
        assert one.page.wrong == []
        assert [url.partition("#")[0] for url in one.page.asked if "data:" not in url] == [served]
        one.page.close()


@pytest.mark.parametrize("served", [{}], indirect=True)
def test_it_works_offline_once_it_is_open(browser: Any, served: str) -> None:
    lab = watched(browser, served)
    lab.page.context.set_offline(True)
    lab.example("digits of 8 x 8")
    lab.go(20)
    assert lab.losses[-1] < lab.losses[0]
    assert lab.page.wrong == []
    lab.page.close()


@pytest.mark.parametrize("served", [opened_document(TABLE, "price")], indirect=True)
def test_a_table_that_python_gives_learns(browser: Any, served: str) -> None:
    lab = watched(browser, served)
    assert lab.read("lab.setup.value.targets") == ["price"]
    assert lab.page.locator('[data-cell="kind 2"]').inner_text() == "b"
    lab.go(100)
    assert lab.losses[-1] < lab.losses[0]
    lab.page.close()


UNUSABLE = {"x": [1.0, 1.0, 1.0], "y": [None, None, None]}


@pytest.mark.parametrize("served", [opened_document(UNUSABLE)], indirect=True)
def test_a_table_that_cannot_be_learnt_is_said_to_be_so(browser: Any, served: str) -> None:
    lab = watched(browser, served)
    assert "no row has y" in lab.says
    lab.press("Shift+ArrowRight")
    assert lab.at[0] == 1
    lab.page.close()


def test_a_model_and_its_rows_are_shown_with_the_librarys_predictions(browser: Any) -> None:
    quick: dict[str, Any] = {"hidden": 3, "epochs": 20, "members": 1, "validation": 0}
    model = gn.train_table(TABLE, "price", holdout=0, **quick)
    with LabServer(lab_page(opened_document(model))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        lab = watched(browser, server.url)
        server.shutdown()
        thread.join()
    cell = lab.page.locator('[data-cell="size 1"]')
    cell.dblclick()
    lab.page.locator("td.edited input").fill("3")
    lab.press("Enter")
    kind = lab.page.locator('[data-cell="kind 1"]').inner_text()
    predicted = model.predict({"size": [3], "kind": [kind]})
    shown = lab.page.locator("[data-predicted]").inner_text()
    assert float(shown) == pytest.approx(float(np.ravel(predicted)[0]), rel=6e-3)
    lab.page.close()
