"""`gn.Lab` in a notebook: what it shares with the page, and what stands where no scripts run."""

import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from lab_files import SHOWS, STYLE, Place, place  # noqa: F401

import glassnet as gn
from glassnet.lab import widget

TABLE = {"x": [0.0, 1.0, 2.0, 3.0], "y": [1.0, 3.0, 5.0, 7.0]}
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def built(place: Place) -> Any:  # noqa: F811
    place()
    widget._widget_class.cache_clear()
    yield
    widget._widget_class.cache_clear()


@pytest.fixture(scope="module")
def model() -> gn.Model:
    return gn.train_table(TABLE, "y", members=1, hidden=3, epochs=2, holdout=0, validation=0)


def sent(lab: gn.Lab, buffers: dict[str, bytes] | None = None, **state: Any) -> None:
    """What the page sets, as the notebook's own message brings it."""
    paths = [[name] for name in buffers or {}]
    data = {"method": "update", "state": state, "buffer_paths": paths}
    message = {
        "content": {"data": data},
        "buffers": [memoryview(content) for content in (buffers or {}).values()],
    }
    lab.widget._handle_msg(message)


def file_of(model: gn.Model, folder: Path) -> bytes:
    model.save(folder / "m.safetensors")
    return (folder / "m.safetensors").read_bytes()


def test_the_page_gets_the_script_the_style_and_the_document() -> None:
    lab = gn.Lab(TABLE, target="y", ignore=["x"])
    state = lab.widget.get_state()
    assert state["_esm"] == SHOWS
    assert state["_css"] == STYLE
    assert "gn" in state["_dom_classes"]
    assert state["document"]["targets"] == ["y"]
    assert state["document"]["ignored"] == ["x"]
    assert [column["name"] for column in state["document"]["table"]["columns"]] == ["x", "y"]
    assert (state["iteration"], state["model_file"]) == (0, b"")


def test_the_iteration_goes_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = gn.Lab(TABLE, "y")
    sent(lab, iteration=7)
    assert lab.iteration == 7
    told: list[str] = []
    monkeypatch.setattr(lab.widget, "send_state", lambda key: told.append(key))
    monkeypatch.setattr(lab.widget, "_should_send_property", lambda *_: True)
    monkeypatch.setattr(type(lab.widget.comm), "kernel", object(), raising=False)
    lab.iteration = 100
    assert lab.widget.iteration == 100
    assert told == ["iteration"]


@pytest.mark.parametrize("value", [-1, 1.5, "1", None, True, float("nan")])
def test_an_iteration_that_is_none_is_refused(value: Any) -> None:
    lab = gn.Lab(TABLE, "y")
    with pytest.raises(gn.GlassnetError, match="iteration must be a whole number of 0 or more"):
        lab.iteration = value
    assert lab.iteration == 0


def test_the_weights_of_the_page_come_back_as_a_model_that_predicts(
    model: gn.Model, tmp_path: Path
) -> None:
    lab = gn.Lab(TABLE, "y")
    with pytest.raises(gn.GlassnetError, match="there is no network yet.*show the lab"):
        _ = lab.model
    weights = tuple(w + 1 for w in model.parameters.weights)
    moved = model.with_parameters(gn.Parameters(weights, model.parameters.biases))
    sent(lab, {"model_file": file_of(moved, tmp_path)}, iteration=3)
    assert (lab.model.predict(TABLE) == moved.predict(TABLE)).all()
    assert not (lab.model.predict(TABLE) == model.predict(TABLE)).all()
    for found, expected in zip(lab.parameters.weights, weights, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert lab.iteration == 3


def test_a_model_is_there_before_the_page_says_anything(model: gn.Model) -> None:
    lab = gn.Lab(model)
    assert (lab.model.predict(TABLE) == model.predict(TABLE)).all()
    document = lab.widget.document["model"]
    assert lab.widget.model_file == b64decode(document["base64"])


def test_where_no_scripts_run_there_is_a_picture_and_a_text(model: gn.Model) -> None:
    data, _ = shown(gn.Lab(model))
    root = ElementTree.fromstring(data["image/svg+xml"])
    assert root.tag.endswith("svg")
    assert data["image/svg+xml"] == gn.NetworkDisplay.from_model(model).svg
    assert data["text/plain"].startswith("<glassnet Lab of model.safetensors, iteration 0>: open")
    assert data[VIEW]["model_id"]


def test_a_lab_without_a_network_yet_is_a_text(model: gn.Model, tmp_path: Path) -> None:
    lab = gn.Lab(TABLE, "y")
    data, _ = shown(lab)
    assert set(data) == {"text/plain", VIEW}
    sent(lab, {"model_file": file_of(model, tmp_path)})
    assert "image/svg+xml" in shown(lab)[0]


def shown(lab: gn.Lab) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a notebook is given at the end of a cell."""
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    formatter.active_types = ["text/plain", "image/svg+xml", VIEW]
    data, metadata = formatter.format(lab)
    return data, metadata


def test_it_says_what_it_is_of(model: gn.Model) -> None:
    assert repr(gn.Lab()) == "<glassnet Lab of the article's table, iteration 0>"
    assert repr(gn.Lab(TABLE)) == "<glassnet Lab of table, iteration 0>"


def test_without_anywidget_one_line_says_what_to_do() -> None:
    code = """
import sys
sys.modules["anywidget"] = None
import glassnet as gn
try:
    gn.Lab()
except gn.GlassnetError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "a lab in a notebook needs anywidget, which is not installed: run pip install "
        "'glassnet[notebook]', or use the command glassnet lab\n"
    )


def test_where_it_was_not_built_one_line_says_so(tmp_path: Path) -> None:
    from glassnet.lab import page

    page.lab_files.cache_clear()
    (page.BUILT / page.SCRIPT).unlink()
    with pytest.raises(gn.GlassnetError, match="has no lab"):
        gn.Lab()
