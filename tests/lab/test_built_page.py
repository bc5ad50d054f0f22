"""The built page with what Python gives it: it opens as a file and served, keeps its own policy,
and is small.
"""

import gzip
import re
from pathlib import Path
from threading import Thread
from typing import Any
from unittest import mock

import numpy as np
import pytest
from browsing import browser, needs_browser, opened  # noqa: F401
from lab_engine import needs_lab

import glassnet as gn
from glassnet import article
from glassnet.lab.document import MOST_LAB_ROWS, opened_document
from glassnet.lab.page import lab_files, lab_page
from glassnet.lab.server import LabServer
from glassnet.training.engines.registry import ENGINES

pytestmark = needs_lab
ROOT = Path(__file__).parents[2]
DATA = ROOT / "examples" / "data"
MOST_BYTES = 500_000  # of the whole page, compressed


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """One document of each kind."""
    folder = tmp_path_factory.mktemp("run") / "r"
    quick: dict[str, Any] = {"hidden": 4, "epochs": 3, "members": 1}
    gn.train_run(DATA / "penguins.csv", "species", folder, **quick)
    return {
        "nothing": {},
        "a table": opened_document(DATA / "cars.csv", "miles_per_gallon", ["name"]),
        "a table without a target": opened_document(DATA / "penguins.csv"),
        "a run": opened_document(folder),
        "a model": opened_document(gn.load(folder)),
    }


KINDS = ("nothing", "a table", "a table without a target", "a run", "a model")


@needs_browser
@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_what_python_gives_it(
    kind: str,
    documents: dict[str, dict[str, Any]],
    browser: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    file = tmp_path / "lab.html"
    file.write_text(lab_page(documents[kind]).html, encoding="utf-8")
    page = opened(browser, file)
    page.wait_for_selector("#glassnet-lab > *")
    for column in documents[kind].get("table", {}).get("columns", []):
        assert page.get_by_text(column["name"], exact=True).count() > 0, column["name"]
    assert page.wrong == []
    assert page.asked == [file.as_uri()]
    page.close()


@needs_browser
def test_it_is_served(browser: Any) -> None:  # noqa: F811
    with LabServer(lab_page({})) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            page = browser.new_page()
            wrong: list[str] = []
            page.on("console", lambda message: wrong.append(message.text))
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(server.url)
            page.wait_for_selector("#glassnet-lab > *")
            assert wrong == []
            page.close()
        finally:
            server.shutdown()
            thread.join()


def test_it_is_small() -> None:
    assert len(gzip.compress(lab_page({}).html.encode())) < MOST_BYTES


def test_the_page_takes_as_many_rows_as_python_gives_it() -> None:
    source = (ROOT / "lab" / "src" / "table" / "table.ts").read_text(encoding="utf-8")
    assert re.findall(r"MOST_ROWS = (\d+);", source) == [str(MOST_LAB_ROWS)]


NOTEBOOK = """async ([script, document_]) => {
  const state = { document: document_, iteration: 0, model_file: null };
  const listeners = {};
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => { window.saved = { ...state }; },
    on: (event, listener) => { listeners[event] = listener; },
    off: (event) => { delete listeners[event]; },
  };
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const el = document.body.appendChild(document.createElement("div"));
  const end = await widget.render({ model, el });
  window.move = (iteration) => { state.iteration = iteration; listeners["change:iteration"](); };
  window.file = () => {
    const { buffer, byteOffset, byteLength } = window.saved.model_file;
    return Array.from(new Uint8Array(buffer, byteOffset, byteLength));
  };
  window.ended = () => { end(); return [el.childElementCount, Object.keys(listeners).length]; };
}"""
"""What a notebook does with a widget: anywidget's model, of which Python has the other side."""


@needs_browser
def test_a_notebooks_widget_tells_python_where_it_stands(
    browser: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    page = browser.new_page()
    page.evaluate(NOTEBOOK, [lab_files().script, {}])
    page.wait_for_function("window.saved")
    page.evaluate("move(100)")
    page.wait_for_function("window.saved.iteration === 100")
    (tmp_path / "m.safetensors").write_bytes(bytes(page.evaluate("file()")))
    network = article.article_network()
    with mock.patch.object(ENGINES["native"], "variant", "baseline"):
        run = article.Program(iterations=100).run(network, engine="native")
    found = gn.load(tmp_path / "m.safetensors")
    for a, b in zip(found.parameters.weights, run.parameters.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert found.encoding.needed == list(article.INPUT_NAMES)
    assert page.evaluate("ended()") == [0, 0]
    page.close()
