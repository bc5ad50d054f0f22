"""A link holds what differs from its example, gives the same numbers, or is refused in words."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from lab_page import Page
from small_models import TABLE as CELLS
from small_models import small_model
from test_lab_encoding import plain

from glassnet.tables.frames import as_table

LINK = """
const setup = { ...parts.exampleNamed(engine, given.example, given.formula), ...given.setup };
const link = parts.linkOf(engine, setup, given.iteration ?? 0, given.withData);
"""
AGAIN = LINK + "const again = parts.setupOfLink(engine, link);\n"
OUTPUTS = """
const outputsOf = (setup, iteration) => {
  const lab = new parts.Lab(engine, setup);
  lab.goTo(iteration);
  return [lab.view.value.scene.batch.parameters, lab.losses.slice(0, iteration)];
};
"""
EXAMPLES = ["article", "xor", "moons", "spiral", "sine", "penguins", "cars", "digits", "formula"]
OTHER: dict[str, Any] = {
    "hidden": [3, 2],
    "activation": "relu",
    "loss": "huber",
    "output": "tanh",
    "bias": True,
    "optimizer": "adam",
    "rate": 1e-05,
    "batchSize": 2,
    "start": "he",
    "seed": -7,
    "iterations": 77,
    "rule": "0 to 1",
    "ignored": ["x1"],
    "targets": ["x2", "y"],
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_usual_setup_is_its_examples_name(page: Page, example: str) -> None:
    link, again, setup = page.run(AGAIN + "return [link, again, setup]", example=example)
    assert link == f"example={example}"
    assert again == {"setup": setup, "iteration": 0}


def test_the_list_of_examples(page: Page) -> None:
    found = page.run("return parts.examples")
    assert [one["id"] for one in found] == EXAMPLES
    assert found[0]["title"] == "the article's table"


def test_only_what_differs_is_in_a_link(page: Page) -> None:
    setup = {"hidden": [5, 3], "seed": 3}
    link = page.run(LINK + "return link", example="article", setup=setup, iteration=214)
    assert link == "example=article&hidden=5-3&seed=3&iteration=214"


def test_every_field_goes_there_and_back(page: Page) -> None:
    link, again, setup = page.run(AGAIN + "return [link, again, setup]", example="article",
                                  setup=OTHER, iteration=5)  # fmt: skip
    assert again == {"setup": setup, "iteration": 5}
    assert len(parse_qs(link)) == len(OTHER) + 2  # example and iteration


@pytest.mark.parametrize("example", ["article", "penguins", "formula"])
def test_a_link_gives_the_same_numbers(page: Page, example: str) -> None:
    body = (
        AGAIN
        + OUTPUTS
        + """
      return [outputsOf(setup, 20), outputsOf(again.setup, again.iteration)];
    """
    )
    setup = {"seed": 5, "hidden": [3]}
    formula = "x1 > x2 ^ 2" if example == "formula" else ""
    ours, others = page.run(body, example=example, setup=setup, formula=formula, iteration=20)
    assert ours == others
    assert len(ours[1]) == 20


def test_cells_that_were_changed_are_in_the_link(page: Page) -> None:
    body = (
        LINK.replace(
            "const link",
            """
      setup.table = structuredClone(setup.table);
      setup.table.columns[3].cells[2] = 0.5;
      setup.table.columns[0].cells[0] = null;
      const link""",
        )
        + "return [link, parts.setupOfLink(engine, link).setup.table, setup.table]"
    )
    link, again, table = page.run(body, example="article")
    assert parse_qs(link)["cell"] == ['"x1",1,null', '"y",3,0.5']
    assert again == table


def test_a_loss_brings_the_output_that_it_belongs_to(page: Page) -> None:
    """Whatever the setup says of an output, which is then not used."""
    setup = {"loss": "poisson", "output": "sigmoid"}
    link, again = page.run(AGAIN + "return [link, again.setup]", example="moons", setup=setup)
    assert link == "example=moons&loss=poisson&output=exponential"
    assert (again["loss"], again["output"]) == ("poisson", "exponential")
    found = page.run("return parts.setupOfLink(engine, 'loss=poisson').setup.output")
    assert found == "exponential"


def test_changed_classes_of_a_formula_are_in_the_link(page: Page) -> None:
    body = (
        LINK.replace(
            "const link",
            """
      setup.table = structuredClone(setup.table);
      const { cells } = setup.table.columns[2];
      cells[4] = cells[4] === "red" ? "blue" : "red";
      const link""",
        )
        + "return [link, parts.setupOfLink(engine, link).setup, setup]"
    )
    link, again, setup = page.run(body, example="formula", formula="x2 > x1")
    assert len(parse_qs(link)["cell"]) == 1
    assert again == setup


def test_rows_without_a_target_are_not_changed_cells(page: Page) -> None:
    """The page does not learn from them; the link says of which example they are."""
    body = (
        LINK.replace(
            "const link",
            """
      const lab = new parts.Lab(engine, setup);
      const begun = structuredClone(lab.begun.setup);
      begun.table.columns[0].cells[150] = "Biscoe?";
      const link""",
        ).replace("linkOf(engine, setup", "linkOf(engine, begun")
        + """
      const again = new parts.Lab(engine, parts.setupOfLink(engine, link).setup);
      return [link, again.begun.setup.table, begun.table, lab.begun.table.rows];
    """
    )
    setup = {"targets": ["sex"]}
    link, again, begun, rows = page.run(body, example="penguins", setup=setup)
    assert rows < begun["rows"]
    assert again == begun
    assert len(parse_qs(link)["cell"]) == 1


def opened(tmp_path: Path, members: int = 1) -> list[int]:
    """The bytes of a model file."""
    small_model("price", hidden=(4,), members=members).save(tmp_path / "m.safetensors")
    return list((tmp_path / "m.safetensors").read_bytes())


MODEL = """
const members = parts.openModel(Uint8Array.from(given.bytes), "m.safetensors");
const [model] = members;
"""


def test_a_model_is_named_in_a_link_and_not_described(page: Page, tmp_path: Path) -> None:
    """Of a row to type into."""
    body = (
        MODEL
        + """
      const link = "model=m.safetensors&member=2&seed=3&rate=0.01&batch=4&iteration=7";
      const { setup, iteration } = parts.setupOfLink(engine, link, { model });
      const again = parts.linkOf(engine, setup, iteration);
      return { link: again, setup, member: members[1], wanted: parts.modelWanted(link) };
    """
    )
    found = page.run(body, bytes=opened(tmp_path, members=2))
    setup, member = found["setup"], found["member"]
    assert parse_qs(found["link"]) == parse_qs(
        "model=m.safetensors&member=2&seed=3&rate=0.01&batch=4&iteration=7"
    )
    assert setup["model"] == member
    assert (setup["rate"], setup["batchSize"], setup["seed"]) == (0.01, 4, 3)
    assert setup["hidden"] == [4]
    assert setup["table"]["rows"] == 1
    assert found["wanted"] == "m.safetensors"


def test_a_model_on_a_table_of_the_users(page: Page, tmp_path: Path) -> None:
    body = (
        MODEL
        + """
      const link = "file=mine.csv&model=m.safetensors&iteration=3";
      const { setup, iteration } = parts.setupOfLink(engine, link, { table: given.table, model });
      const withData = parts.linkOf(engine, setup, iteration, true);
      const again = parts.setupOfLink(engine, withData, { model }).setup;
      return [parts.linkOf(engine, setup, iteration), setup.table, again.table];
    """
    )
    names = [name for name in CELLS if name not in ("kind", "sold")]
    table = {**plain(as_table(CELLS).select(names)), "name": "mine.csv"}
    link, own, again = page.run(body, bytes=opened(tmp_path), table=table)
    assert link == "file=mine.csv&model=m.safetensors&iteration=3"
    assert own == again == table


REFUSED_MODELS = {
    "model=other.safetensors": "goes with the model other.safetensors, which is not in it",
    "model=m.safetensors&member=2": "'2' is no whole number from 1 to 1",
    "model=m.safetensors&hidden=4": "it says 'hidden', which is the model's own",
    "model=m.safetensors&example=xor": "its table does not have the columns of the model",
    "model=m.safetensors&file=a.csv": "This link goes with the table a.csv",
}


@pytest.mark.parametrize("link", REFUSED_MODELS)
def test_a_link_that_does_not_go_with_the_model_is_refused(
    page: Page, tmp_path: Path, link: str
) -> None:
    body = MODEL + "return parts.setupOfLink(engine, given.link, { model });"
    assert REFUSED_MODELS[link] in page.refusal(body, bytes=opened(tmp_path), link=link)


def test_a_model_that_is_not_open_is_asked_for(page: Page) -> None:
    said = page.refusal("parts.setupOfLink(engine, 'model=m.safetensors')")
    assert said.endswith("the model m.safetensors, which is not in it: open that file.")


TABLE: dict[str, Any] = {
    "name": "my ä.csv",
    "columns": [
        {"name": "größe", "kind": "number", "cells": [1.5, None, -2e-7]},
        {"name": "y", "kind": "text", "cells": ["a&b", "c=d", None]},
    ],
    "rows": 3,
}


def test_a_table_of_the_users_is_in_a_link_only_where_asked(page: Page) -> None:
    setup = {"table": TABLE, "example": "", "targets": ["y"], "ignored": []}
    given = {"example": "article", "setup": setup}
    link = page.run(LINK + "return link", **given)
    assert "table" not in parse_qs(link)
    refusal = page.refusal("parts.setupOfLink(engine, given.link)", link=link)
    assert refusal.startswith("This link goes with the table my ä.csv, which is not in it")
    again = page.run(AGAIN + "return again.setup", **given, withData=True)
    assert again["table"] == TABLE
    assert again["targets"] == ["y"]
    assert again["example"] == ""


DAMAGED = {
    "example=nothing": "there is no example 'nothing'",
    "exampel=xor": "it says 'exampel', which the lab does not know",
    "hidden=4-x": "'x' is no whole number from 1 to 16",
    "hidden=17": "'17' is no whole number from 1 to 16",
    "hidden=1-1-1-1": "'1-1-1-1' are too many hidden layers",
    "seed=1.5": "'1.5' is no whole number",
    "seed=99999999999": "'99999999999' is no whole number",
    "rate=0": "'0' is no learning rate above 0",
    "rate=": "'' is no learning rate above 0",
    "rate=fast": "'fast' is no learning rate above 0",
    "activation=toString": "'toString' is none of sigmoid, tanh",
    "activation=softmax": "'softmax' is none of sigmoid, tanh",
    "toString=1": "it says 'toString', which the lab does not know",
    "loss=poisson&output=tanh": "the loss 'poisson' belongs to the output 'exponential'",
    "example=moons&output=tanh": "the loss 'binary_cross_entropy' belongs to the output 'sigmoid'",
    "bias=maybe": "'maybe' is none of yes, no",
    "iteration=-1": "'-1' is no whole number from 0",
    "iterations=0": "'0' is no whole number from 1",
    'targets="z"': "its table has no column 'z'",
    'targets="y","y"': '\'"y","y"\' names a column twice',
    "targets=": "it names no column to predict",
    "targets=y": "'y' are no names of columns",
    'cell="y",9,1': "'\"y\",9,1' is no cell of its table",
    'cell="y",1,"a"': "is no cell of its table",
    "cell=": "'' is no cell of its table",
    "example=formula&formula=x2 >": "'the end' was not expected",
    "example=formula&formula=x3 > 1": "there is no 'x3' in the table: it has x1, x2",
    "formula=x1 > x2": "the example 'article' has no formula",
    "file=a.csv&table=%%%": "the table in it cannot be read",
    "file=a.csv&table=W10": "the table in it cannot be read",
    "file=a.csv&table=W1siYSIsIm51bWJlciIsInh4Il1d": "the table in it cannot be read",
}


@pytest.mark.parametrize("link", DAMAGED)
def test_a_damaged_link_is_refused_in_words(page: Page, link: str) -> None:
    found = page.refusal("parts.setupOfLink(engine, given.link)", link=link)
    assert found.startswith("This link is damaged: ")
    assert DAMAGED[link] in found


def test_classes_by_a_formula(page: Page) -> None:
    body = "return parts.exampleNamed(engine, 'formula', given.formula)"
    setup = page.run(body, formula="x2 > sin(2 * x1)")
    x1, x2, colour = (column["cells"] for column in setup["table"]["columns"])
    assert setup["table"]["rows"] == len(x1) == 200
    assert min(x1) > -3
    assert max(x1) < 3
    expected = np.where(np.array(x2) > np.sin(2 * np.array(x1)), "red", "blue")
    assert colour == expected.tolist()
    assert setup["formula"] == "x2 > sin(2 * x1)"
    assert setup["targets"] == ["colour"]


def test_classes_by_a_high_power_and_by_a_root(page: Page) -> None:
    body = "return parts.exampleNamed(engine, 'formula', given.formula)"
    for formula in ("x2 > x1**65", "x2 > x1**-67", "x2 > x1**0.5"):
        setup = page.run(body, formula=formula)
        x1, x2, colour = (np.array(column["cells"]) for column in setup["table"]["columns"])
        with np.errstate(invalid="ignore"):
            holds = x2 > x1 ** float(formula.partition("**")[2])
        assert colour.tolist() == np.where(holds, "red", "blue").tolist()


POWERS = [(-2, 65), (-2, 64), (2, -65), (-1, 2**53), (0, 3), (0, 0), (0, 0.5), (0, -1), (0, -0.5),
          (-8, 0.5), (-8, -1.5), (9, 0.5), (1.5, 3)]  # fmt: skip


@pytest.mark.parametrize(("x", "y"), POWERS)
def test_a_power_is_numpys(page: Page, x: float, y: float) -> None:
    found = page.run("return engine.number('x**y', given)", x=x, y=y)
    with np.errstate(all="ignore"):
        assert found == pytest.approx(np.float64(x) ** y, rel=1e-15, nan_ok=True)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("x1 > ", "'the end' was not expected"),
        ("x1 > wave(x2)", "there is no function 'wave'"),
        ("x1 > 9", "holds for no point"),
        ("sin(x1)", "holds for every point: compare two sides"),
        ("z > 1", "there is no 'z' in the table: it has x1, x2"),
        ("x1 > " + "(1+" * 70 + "x2" + ")" * 70, "the formula is nested too deeply"),
        ("(" * 20_000, "the formula is too long"),
        ("(" * 4_000, "the formula is nested too deeply"),
        ("-" * 4_000 + "x1", "the formula is nested too deeply"),
        ("1 if x1 > x2 else " * 600 + "x1", "the formula is nested too deeply"),
        ("1" + " + 1" * 2_499, "holds for every point"),
        ("x1 > constructor(x2)", "there is no function 'constructor'"),
    ],
)
def test_a_formula_that_makes_no_classes_is_refused(page: Page, formula: str, words: str) -> None:
    body = "return parts.exampleNamed(engine, 'formula', given.formula)"
    assert words in page.refusal(body, formula=formula)


def test_a_link_without_data_goes_with_the_table_that_is_open(page: Page) -> None:
    body = """
      const table = { name: "mine.csv", rows: 3, columns: [
        { name: "x", kind: "number", cells: [1, 2, 4] },
        { name: "y", kind: "number", cells: [2, 3, 5] } ] };
      const usual = parts.exampleNamed(engine, "sine");
      const setup = { ...usual, example: "", table, targets: ["y"], hidden: [3], seed: 7 };
      const link = parts.linkOf(engine, setup, 12);
      const other = { ...table, name: "other.csv" };
      let refusal = "";
      try { parts.setupOfLink(engine, link, { table: other }); }
      catch (error) { refusal = error.message; }
      const found = parts.setupOfLink(engine, link, { table });
      return { found, wanted: parts.tableWanted(link), refusal, setup };
    """
    answer = page.run(body)
    assert answer["found"] == {"setup": answer["setup"], "iteration": 12}
    assert answer["wanted"] == "mine.csv"
    assert "mine.csv" in answer["refusal"]
