"""Files: tables and models that are opened, by the button and by dropping, and what is saved."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from browsing import browser, needs_browser
from lab_browsing import Lab, assert_alone, lab, lab_file, opened_lab, screen
from lab_engine import needs_lab

import glassnet as gn
from glassnet import article

pytestmark = [needs_browser, needs_lab]
__all__ = ["browser", "lab", "lab_file", "screen"]

DATA = Path(__file__).parents[2] / "examples" / "data"
TABLE = "size,kind,price\n1,a,10\n2,b,19\n3,a,31\n4,b,39\n5,,52\n"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A model of penguins that Python trained and saved."""
    path = tmp_path_factory.mktemp("model") / "penguins.safetensors"
    quick: dict[str, Any] = {"hidden": 4, "epochs": 40, "members": 1}
    gn.train_table(DATA / "penguins.csv", "species", **quick).save(path)
    return path.read_bytes()


def saved(lab: Lab, kind: str) -> bytes:
    """What the menu "save" writes."""
    lab.page.locator("summary", has_text="save").click()
    with lab.page.expect_download() as download:
        lab.button(kind).click()
    lab.press("Escape")
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("way", ["open", "drop"])
def test_a_table_of_ones_own_opens_and_learns(lab: Lab, way: str) -> None:
    lab.go(3)
    getattr(lab, way)("prices.csv", TABLE)
    lab.page.get_by_role("heading", name="prices.csv").wait_for()
    assert lab.says == ""
    assert lab.read("lab.setup.value.targets") == ["price"]
    assert lab.read("lab.view.value.scene.features") == ["size", "kind=b", "kind missing"]
    lab.go(200)
    assert lab.losses[-1] < lab.losses[0] / 2
    assert lab.page.get_by_role("combobox", name="example").input_value() == ""


def test_a_last_column_that_cannot_be_learnt_is_no_target(lab: Lab) -> None:
    lab.open("named.csv", "size,price,shop\n1,10,x\n2,19,x\n3,31,x\n")
    lab.page.get_by_role("heading", name="named.csv").wait_for()
    assert lab.read("lab.setup.value.targets") == ["price"]
    says = "target 'shop' has one class only (x): there is nothing to tell apart"
    assert says in lab.page.locator(".table header").inner_text()


UNREADABLE = [
    ("empty.csv", b"", "empty.csv: the file is empty"),
    ("header.csv", b"a,b,c\n", "header.csv: has no rows"),
    ("ragged.csv", b"a,b\n1,2\n1,2,3\n", "line 3 (row 2) has 3 cells, the header has 2"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text table"),
    ("latin.csv", "größe,y\n1,2\n".encode("latin-1"), "is not UTF-8 text: save it as UTF-8"),
    ("unknown.csv", b"a,b\n,\n,\n", "unknown.csv"),
    ("constant.csv", b"a,b\n1,2\n1,2\n", "'a' is not used: constant (1)"),
    ("not.safetensors", b"nothing of the kind", "not.safetensors"),
]


@pytest.mark.parametrize(("name", "content", "says"), UNREADABLE, ids=lambda v: str(v)[:12])
def test_a_file_that_cannot_be_read_is_explained_and_changes_nothing(
    lab: Lab, name: str, content: bytes, says: str
) -> None:
    lab.go(7)
    weights = lab.weights
    lab.open(name, content)
    lab.page.locator(".messages").wait_for()
    assert says in lab.says
    assert len(lab.says) < 400
    assert lab.at[0] == 7
    np.testing.assert_array_equal(lab.weights, weights)
    assert lab.page.get_by_role("heading", name="the article's table").is_visible()


def test_of_many_rows_those_that_are_taken_are_said(lab: Lab) -> None:
    rows = "".join(f"{i / 100},{i % 7},{i * 0.5}\n" for i in range(3000))
    lab.open("long.csv", f"x,k,y\n{rows}")
    header = lab.page.locator(".table header")
    header.get_by_text("2,000 rows").wait_for()
    assert "the first 2,000 of 3,000 rows: the lab takes no more" in header.inner_text()
    lab.go(5)
    assert lab.losses[-1] < lab.losses[0]


def test_a_model_opens_and_is_saved_again_byte_for_byte(
    lab: Lab, model: bytes, tmp_path: Path
) -> None:
    lab.open("penguins.csv", (DATA / "penguins.csv").read_bytes())
    lab.page.get_by_role("heading", name="penguins.csv").wait_for()
    lab.drop("penguins.safetensors", model)
    lab.page.get_by_title("a model file", exact=True).wait_for()
    assert saved(lab, "model (.safetensors)") == model
    (tmp_path / "m.safetensors").write_bytes(model)
    predicted = gn.load(tmp_path / "m.safetensors").predict(DATA / "penguins.csv")
    species = np.asarray(predicted)[:20]
    shown = lab.page.locator("[data-predicted]").all_inner_texts()[:20]
    assert [text.split()[0] for text in shown] == species.tolist()
    lab.go(20)
    assert saved(lab, "model (.safetensors)") != model


def test_a_model_opens_without_rows(lab: Lab, model: bytes) -> None:
    lab.open("penguins.safetensors", model)
    lab.page.get_by_text("a row to type into").wait_for()
    assert lab.page.locator("[data-predicted]").count() == 1
    before = lab.page.locator("[data-predicted]").inner_text()
    cell = lab.page.locator('[data-cell="bill_length_mm 1"]')
    cell.dblclick()
    lab.page.locator("td.edited input").fill("70")
    lab.press("Enter")
    assert lab.page.locator("[data-predicted]").inner_text() != before


def test_a_model_that_the_lab_saves_is_the_librarys(lab: Lab, tmp_path: Path) -> None:
    lab.go(300)
    (tmp_path / "m.safetensors").write_bytes(saved(lab, "model (.safetensors)"))
    found = gn.load(tmp_path / "m.safetensors")
    flat = np.concatenate([w.ravel() for w in found.parameters.weights])
    np.testing.assert_array_equal(flat, lab.weights)
    assert found.encoding.needed == list(article.INPUT_NAMES)


def test_predictions_are_saved_as_a_table(lab: Lab) -> None:
    lab.example("penguins")
    lab.go(100)
    rows = list(csv.DictReader(io.StringIO(saved(lab, "predictions (.csv)").decode())))
    assert len(rows) == 344
    shown = lab.page.locator("[data-predicted]").all_inner_texts()
    for row, text in zip(rows, shown, strict=False):
        label, probability = text.split()
        assert row["prediction"] == label
        assert float(row[f"probability_{label}"]) == pytest.approx(float(probability), abs=5e-4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_networks_picture_is_saved_as_it_is_seen(
    browser: Any, lab_file: Path, tmp_path: Path, scheme: str
) -> None:
    lab = opened_lab(browser, lab_file, "#iteration=250", scheme)
    svg = saved(lab, "network (.svg)")
    root = ElementTree.fromstring(svg)
    drawn = [text.text for text in root.iter(f"{SVG}text")]
    for value in lab.page.locator(".network .node .value").all_text_contents():
        assert value in drawn
    assert not re.search(rb"<(script|foreignObject)|https?://(?!www\.w3\.org)|var\(", svg)
    (tmp_path / "network.svg").write_bytes(svg)
    page = browser.new_page(color_scheme=scheme, viewport={"width": 800, "height": 600})
    page.goto((tmp_path / "network.svg").as_uri())
    drawn_box = page.locator(".svg, svg").first.bounding_box()
    seen_box = lab.page.locator(".network .drawing > svg").bounding_box()
    assert drawn_box["width"] == pytest.approx(seen_box["width"], abs=1)
    for selector in ("rect", "text"):
        style = "e => getComputedStyle(e).fill + getComputedStyle(e).stroke"
        seen = lab.page.locator(f".network .nodes {selector}").first.evaluate(style)
        fills = page.locator(selector).evaluate_all(f"all => all.map({style})")
        assert seen in fills
    page.close()
    assert_alone(lab)
    lab.page.close()


def test_the_table_is_saved_as_it_is_now(lab: Lab) -> None:
    lab.page.locator('[data-cell="x1 2"]').dblclick()
    lab.page.keyboard.type("0.5")
    lab.press("Enter")
    assert saved(lab, "table (.csv)") == b"x1,x2,x3,y\n0,0,1,0\n0.5,1,1,1\n1,0,1,1\n1,1,1,0\n"
