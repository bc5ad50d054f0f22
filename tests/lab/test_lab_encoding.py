"""The page's encodings: learnt as the library learns them, used as it uses them, shown as it shows
them.
"""

import dataclasses
import random
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_page import Page, PageError

from glassnet.errors import GlassnetError
from glassnet.explanation.encoding import explain_columns
from glassnet.explanation.parts import Operand, Step
from glassnet.explanation.predictions import explain_predictions, explain_targets
from glassnet.models.decoding import named_columns
from glassnet.models.typed import data_of
from glassnet.recipe.options import Options
from glassnet.recipe.parts import read_parts
from glassnet.runs.article_table import read_article_table
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.frames import as_table
from glassnet.tables.inputs import Binary, Categories, Number, Unused
from glassnet.tables.read import read_table
from glassnet.tables.targets import ClassTarget, NumberTarget, learn_target

DATA = Path(__file__).parents[2] / "examples" / "data"
LEARN = """return parts.learnEncoding(
  engine, given.table, given.targets, given.ignored ?? [], given.rule,
  given.loss ?? "mean_squared_error")"""
Cells = dict[str, list[Any]]


def page_table(cells: Cells) -> dict[str, Any]:
    """A dict of columns as the page holds it."""
    columns = []
    for name, column in cells.items():
        known = [cell for cell in column if cell is not None]
        kind = "text" if any(isinstance(cell, str) for cell in known) else "number"
        columns.append({"name": name, "kind": kind, "cells": column})
    return {"name": "table", "columns": columns, "rows": len(next(iter(cells.values())))}


def plain(table: Table) -> dict[str, Any]:
    """A table of the library as the page holds it: dates as days."""
    columns = []
    for column in table.columns.values():
        kind = "number" if column.kind in ("number", "date") else "text"
        pairs = zip(column.values.tolist(), column.missing, strict=True)
        cells = [None if missing else cell for cell, missing in pairs]
        columns.append({"name": column.name, "kind": kind, "cells": cells})
    return {"name": "table", "columns": columns, "rows": table.n_rows}


def in_library(
    table: Any, targets: list[str], rule: str, ignore: list[str], loss: str | None = None
) -> TableEncoding:
    """The encoding of the library's own runs by that rule."""
    asked = Options(ignore=tuple(ignore), holdout=0.0, validation=0.0, affine=True, loss=loss)
    if rule != "centred":
        return read_article_table(table, targets, asked, scale=rule == "0 to 1")[1]
    parts = read_parts(table, targets, asked)
    inputs = learn_inputs(parts.every.inputs, affine=True)
    robust, centred = loss in ("huber", "mean_absolute_error"), loss != "poisson"
    learnt = tuple(
        learn_target(column, parts.task, centred, clip=False, robust=robust)
        for column in parts.every.targets.values()
    )
    return TableEncoding(parts.task, inputs, learnt)


def data(encoding: TableEncoding) -> dict[str, Any]:
    """What a model file says of it, but for the texts that mean missing."""
    found = cast("dict[str, Any]", data_of(encoding))
    del found["missing"]
    return found


RULES = ["as it is", "0 to 1", "centred"]


def check_learnt(
    page: Page,
    cells: Cells,
    targets: list[str],
    rule: str,
    ignored: list[str] | None = None,
    loss: str | None = None,
) -> None:
    """The page learns what the library does, or both refuse."""
    given = {"table": page_table(cells), "targets": targets, "rule": rule}
    given |= {"ignored": ignored or []} | ({} if loss is None else {"loss": loss})
    try:
        theirs = in_library(cells, targets, rule, ignored or [], loss)
    except GlassnetError as error:
        beginning = str(error)[:30]
        assert page.refusal(LEARN, **given).startswith(beginning)
        return
    found = page.run(LEARN, **given)
    expected = data(theirs)
    for column in [*expected["inputs"], *expected["targets"]]:
        if column["kind"] == "number" and column["format"] is not None:
            column["format"] = None  # of a dict's text, which is no text in the page
    assert found == expected
    check_encoded(page, theirs, as_table(cells), found)


def check_encoded(page: Page, encoding: TableEncoding, table: Table, found: dict[str, Any]) -> None:
    """The page's names, inputs and targets are the library's."""
    body = """return {
      features: parts.features(given.encoding), outputs: parts.outputs(given.encoding),
      x: parts.encodeInputs(engine, given.encoding, given.table),
      rows: [...Array(given.table.rows).keys()].map(
        (row) => parts.encodeRow(engine, given.encoding, given.table, row)),
    }"""
    ours = page.run(body, encoding=found, table=plain(table))
    assert ours["features"] == encoding.features
    assert ours["outputs"] == encoding.outputs
    x = encoding.encode_inputs(table)
    clipped = any(isinstance(one, Number) and one.smooth_clip for one in encoding.inputs)
    binned = any(isinstance(one, Number) and one.bin_edges for one in encoding.inputs)
    tolerance = 1e-14 if clipped or binned else 0  # hypot, and a division done before
    for found_x in (ours["x"], ours["rows"]):
        np.testing.assert_allclose(np.reshape(found_x, x.shape), x, rtol=tolerance, atol=tolerance)
    known = [name for name in (t.name for t in encoding.targets) if name in table]
    if len(known) == len(encoding.targets):
        whole = table.take(np.flatnonzero(~np.any([table[name].missing for name in known], axis=0)))
        y = encoding.encode_targets(whole)
        body = "return parts.encodeTargets(engine, given.encoding, given.table)"
        ours_y = page.run(body, encoding=found, table=plain(whole))
        np.testing.assert_array_equal(np.reshape(ours_y, y.shape), y)


def columns_of(name: str) -> Cells:
    """An example's table, without its dates."""
    table = as_table(read_table(DATA / name))
    return {
        column["name"]: column["cells"]
        for column in plain(table)["columns"]
        if table[column["name"]].kind != "date"
    }


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("name", "targets", "ignored"),
    [
        ("penguins.csv", ["species"], []),
        ("penguins.csv", ["sex"], ["year"]),
        ("penguins.csv", ["body_mass_g", "flipper_length_mm"], []),
        ("cars.csv", ["miles_per_gallon"], []),
        ("cars.csv", ["cylinders"], ["name"]),
        ("breast_cancer.csv", ["diagnosis"], []),
    ],
)
def test_encodings_of_the_examples(
    page: Page, name: str, targets: list[str], ignored: list[str], rule: str
) -> None:
    cells = columns_of(name)
    check_learnt(page, cells, targets, rule, ignored)
    whole = [i for i, row in enumerate(zip(*cells.values(), strict=True)) if None not in row]
    check_learnt(page, {k: [v[i] for i in whole] for k, v in cells.items()}, targets, rule, ignored)


@pytest.mark.parametrize(
    "y",
    [
        [0, 1, 2] * 5,  # classes
        [0.5, 1, 2] * 5,  # not whole
        [0, 1, 2] * 4 + [0, 1],  # one too rare
        [*range(10)] * 5,
        [*range(11)] * 5,  # too many
        [0.5, 7] * 3,
        [3.0] * 6,
        ["a", "b", "c"] * 3,
        ["true", "false"] * 3,
        [f"name {i}" for i in range(12)],
        [1e-7, 2e-7, 3e-7],
    ],
)
@pytest.mark.parametrize("rule", RULES)
def test_what_a_target_is(page: Page, y: list[Any], rule: str) -> None:
    x = [(7 * i) % 5 for i in range(len(y))]
    check_learnt(page, {"x": x, "y": y}, ["y"], rule)


@pytest.mark.parametrize("loss", ["huber", "mean_absolute_error", "poisson"])
@pytest.mark.parametrize("y", [[1, 2, 3, 5, 9, 11.5], [2, 2, 2, 2, 5, 7], [-1, 2, 3, 4, 5, 6]])
def test_targets_of_other_losses(page: Page, loss: str, y: list[float]) -> None:
    check_learnt(page, {"x": [1, 2, 3, 4, 5, 6], "y": y}, ["y"], "centred", loss=loss)


number = st.one_of(
    st.integers(-3, 3), st.floats(-1e6, 1e6), st.floats(allow_nan=False, allow_infinity=False)
)
texts = st.sampled_from(["a", "b", "B", "ä", "z\U0001f600", "\uffee", "c d", "x=y"])
boolean = st.sampled_from(["true", "false"])


@st.composite
def tables(draw: st.DrawFn) -> Cells:
    """Columns of numbers, texts and booleans with few or many different cells, some missing."""
    n = draw(st.integers(1, 40))
    names = draw(
        st.lists(
            st.sampled_from(["a", "b", "id", "X", "column 1"]), min_size=1, max_size=4, unique=True
        )
    )
    found: Cells = {}
    for name in [*names, "y"]:
        values = draw(
            st.sampled_from(
                [
                    number,
                    st.integers(0, 2),
                    texts,
                    boolean,
                    st.just(1.5),
                    st.integers(0, 10**6).map(lambda i: f"name {i}"),
                ]
            )
        )
        cell = st.one_of(values, st.none()) if draw(st.booleans()) else values
        found[name] = draw(st.lists(cell, min_size=n, max_size=n))
    if draw(st.booleans()) and names[0] == "id":
        found["id"] = list(range(1, n + 1))
    return found


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=tables(), rule=st.sampled_from(RULES), targets=st.sampled_from([["y"], ["y", "a"]]))
def test_encodings_of_any_table(page: Page, cells: Cells, rule: str, targets: list[str]) -> None:
    check_learnt(page, cells, [name for name in targets if name in cells], rule)


DATE = DateFormat("dd.mm.yyyy")
INPUTS: list[Any] = [
    Number("n", 3.0, 2.0, True, 3.5, True, bin_edges=(1.0, 2.5, 7.0), bin_height=0.25),
    Number("m", 0.0, 1.0, False, 0.0, False, fill_learnt=False),
    Number("k", 0.0, 2.0, True, 1.25, False, bin_edges=(-1.0, 0.5, 1.0, 1e6)),
    Number("day", 18000.0, 30.0, True, 18010.0, True, True, (17990.0, 18000.5, 18020.0), DATE),
    Number("late", 0.0, 1.0, False, 5.0, False, True),
    Binary("two", ("no", "yes"), True),
    Binary("flag", ("false", "true"), False, "boolean"),
    Categories("level", ("a", "b", "ü"), True),
    Categories("code", ("0.1", "1", "1e-05", "20"), False, "number"),
    Unused("name", "names"),
]
"""Every kind of input with every part that it can have."""
CELLS: Cells = {
    "n": [1, None, 2.5, 100.0, -4, 3],
    "m": [0.5, 1, 2, 3, None, 5],
    "k": [0, 1, -1, 0.25, None, 2e6],
    "day": [18000.0, 18000.25, 17000.5, None, 19000.0, -1.0],
    "late": [0.0, 0.999, -800_000.25, None, 1e7, 4e8],
    "two": ["no", "yes", None, "maybe", "yes", "no"],
    "flag": ["true", "false", None, "true", "true", "false"],
    "level": ["a", "b", "ü", None, "other", "a"],
    "code": [0.1, 1, 1e-5, 20, None, 3],
    "name": ["x", "y", "z", "u", "v", "w"],
    "y1": [1.5, 2, -3, 4, 0.25, 6],
    "y2": [1, 0.5, 1, 0.5, 2, 2],
    "c": ["u", "v", "w", "u", "v", "w"],
    "d": [1, 2, 2, 1, 1, 2],
}
TARGETS: dict[str, tuple[Any, ...]] = {
    "numbers": (
        NumberTarget("y1", 1.0, 2.5, 0.0, 3.0),
        NumberTarget("y2", 0.0, 1.0, None, None),
    ),
    "clipped alone": (NumberTarget("y1", 0.0, 1.0, 0.0, 3.0),),
    "classes": (ClassTarget("c", ("u", "v", "w")),),
    "frequencies": (ClassTarget("c", ("u", "v", "w"), frequencies=(0.2, 0.3, 0.5)),),
    "two classes": (ClassTarget("d", (1, 2)),),
    "threshold": (ClassTarget("d", (1, 2), threshold=0.3),),
    "numbers as classes": (ClassTarget("y2", (0.5, 1.0, 2.0)),),
}


def encoding_of(case: str) -> TableEncoding:
    targets = TARGETS[case]
    numbers = isinstance(targets[0], NumberTarget)
    width = sum(target.width for target in targets)
    task = "regression" if numbers else "binary" if width == 1 else "multiclass"
    return TableEncoding(cast("Any", task), tuple(INPUTS), targets)


def typed_table() -> Table:
    """CELLS as the library reads them, the days as dates."""
    table = as_table(CELLS)
    return dataclasses.replace(
        table,
        columns={
            name: dataclasses.replace(
                column,
                kind="date" if name in ("day", "late") else column.kind,
            )
            for name, column in table.columns.items()
        },
    )


def random_outputs(width: int, rows: int, seed: int) -> np.ndarray:
    """Outputs as softmax and sigmoid give them, and others."""
    draw = np.random.default_rng(seed)
    output = draw.uniform(0, 1, (rows, width))
    if width > 2:
        output[: rows // 2] /= output[: rows // 2].sum(axis=1, keepdims=True)
        output[0] = 0
        output[1] = 0.25
    return output


@pytest.mark.parametrize("case", TARGETS)
def test_every_kind_of_encoding_is_used_as_by_the_library(page: Page, case: str) -> None:
    encoding, table = encoding_of(case), typed_table()
    check_encoded(page, encoding, table, data(encoding))
    output = random_outputs(len(encoding.outputs), 40, seed=1) * 6 - (case == "numbers")
    if "number" not in case:
        output = random_outputs(len(encoding.outputs), 40, seed=1)
    body = """return parts.predictions(
      engine, given.encoding, Float64Array.from(given.output), given.rows)"""
    found = page.run(body, encoding=data(encoding), output=output.ravel().tolist(), rows=40)
    expected = named_columns(encoding, output)
    for prediction, target in zip(found, encoding.targets, strict=True):
        suffix = f"_{target.name}" if len(encoding.targets) > 1 else ""
        wanted = expected[f"prediction{suffix}"]
        assert prediction["name"] == target.name
        if isinstance(target, NumberTarget):
            assert prediction["values"] == wanted
            continue
        assert [target.labels[k] for k in prediction["classes"]] == wanted
        assert prediction["labels"] == target.label_texts
        probabilities = [expected[f"probability_{label}"] for label in target.label_texts]
        np.testing.assert_allclose(prediction["probabilities"], probabilities, rtol=1e-15)


def as_data(step: Step) -> dict[str, Any]:
    """A step as the page has it."""
    found = dataclasses.asdict(step)
    return {"kind": "step", **found, "operands": found["operands"] or {}}


def check_steps(ours: list[dict[str, Any]], theirs: list[Step]) -> None:
    """The same ids, symbols, formulas, operands and words; numbers to rounding."""
    assert len(ours) == len(theirs)
    for found, step in zip(ours, theirs, strict=True):
        wanted = as_data(step)
        numbers = [(found.pop("value"), wanted.pop("value"))]
        for name, operand in wanted["operands"].items():
            numbers.append((found["operands"][name].pop("value"), operand.pop("value")))
        assert found == wanted
        for ours_value, value in numbers:
            if isinstance(value, float) and isinstance(ours_value, (int, float)):
                assert ours_value == pytest.approx(value, rel=1e-14, abs=1e-14), found
            else:
                assert ours_value == value, found


@pytest.mark.parametrize("row", range(6))
@pytest.mark.parametrize("case", TARGETS)
def test_every_step_is_that_of_the_explanation(page: Page, case: str, row: int) -> None:
    encoding, table = encoding_of(case), typed_table()
    output = random_outputs(len(encoding.outputs), 6, seed=2)[row] * (3 if "number" in case else 1)
    if "number" not in case and len(encoding.outputs) == 1:
        output = output.clip(0, 1)
    operands = [
        Operand(f"a2.{k}", float(value), f"r{row + 1}.a2.{k}") for k, value in enumerate(output, 1)
    ]
    body = """return {
      inputs: parts.inputSteps(engine, given.encoding, given.table, given.row),
      predictions: parts.predictionSteps(engine, given.encoding, given.outputs, given.row),
      targets: parts.targetSteps(engine, given.encoding, given.table, given.row),
    }"""
    ours = page.run(
        body,
        encoding=data(encoding),
        table=plain(table),
        row=row,
        outputs=[dataclasses.asdict(operand) for operand in operands],
    )
    row_id = f"r{row + 1}."
    inputs, columns = explain_columns(encoding, table, row, row_id, whole=True)
    for found, column in zip(ours["inputs"]["columns"], columns, strict=True):
        assert (found["name"], found["kind"], found["cell"]) == (
            column.name,
            column.kind,
            column.cell,
        )
        check_steps(found["steps"], list(column.steps))
    assert [one["source"] for one in ours["inputs"]["inputs"]] == [one.source for one in inputs]
    assert [one["symbol"] for one in ours["inputs"]["inputs"]] == [one.symbol for one in inputs]
    check_steps(ours["predictions"], list(explain_predictions(encoding, operands, row_id)))
    check_steps(ours["targets"], list(explain_targets(encoding, table, row, row_id)))


def test_a_grid_is_the_row_with_other_cells(page: Page) -> None:
    encoding, table = encoding_of("numbers"), typed_table()
    xs, ys = [1.0, 2.0, None, 5.5], ["a", "ü", None]
    body = """return parts.gridInputs(
      engine, given.encoding, given.table, 2, "n", given.xs, "level", given.ys)"""
    found = page.run(body, encoding=data(encoding), table=plain(table), xs=xs, ys=ys)
    cells = plain(table.take([2] * 12))
    by_name = {column["name"]: column for column in cells["columns"]}
    by_name["n"]["cells"] = xs * 3
    by_name["level"]["cells"] = [y for y in ys for _ in xs]
    encode = "return parts.encodeInputs(engine, given.encoding, given.table)"
    assert found == page.run(encode, encoding=data(encoding), table=cells)


@pytest.mark.parametrize("seed", range(20))
def test_means_and_deviations_have_the_digits_of_numpy(page: Page, seed: int) -> None:
    draw = random.Random(seed)
    x = [draw.gauss(3, 10) for _ in range(draw.choice([1, 2, 7, 8, 9, 127, 128, 129, 300, 2000]))]
    found = page.run("return engine.moments(given.x)", x=x)
    assert found == {"mean": float(np.mean(x)), "deviation": float(np.std(x))}


def test_cells_that_do_not_fit_are_named(page: Page) -> None:
    encoding = data(encoding_of("classes"))
    table = plain(typed_table())
    encode = "return parts.encodeInputs(engine, given.encoding, given.table)"
    lacking = {**table, "columns": table["columns"][1:]}
    with pytest.raises(PageError, match="the table lacks the column 'n'; it has: m, k, day"):
        page.run(encode, encoding=encoding, table=lacking)
    table["columns"][0]["cells"][1] = "much"
    with pytest.raises(PageError, match="column 'n', row 2: 'much' where the model was trained on"):
        page.run(encode, encoding=encoding, table=table)
    encode = "return parts.encodeTargets(engine, given.encoding, given.table)"
    next(c for c in table["columns"] if c["name"] == "c")["cells"][4] = "q"
    with pytest.raises(PageError) as error:
        page.run(encode, encoding=encoding, table=table)
    assert str(error.value) == (
        "column 'c', row 5: class 'q' is not among those trained on: u, v, w"
    )


WRITTEN_DATES = {
    "dd.mm.yyyy": ["02.01.1970", "31.02.1970", "2.1.1970 12:00", "29.02.2000 23:59:59.25"],
    "yyyy-mm-dd": ["2020-02-29", "2021-02-29", "2020-01-01T12:30:15+02:00", "0050-03-01",
                   "2020-01-01 24:00", "2020-01-01 01:00 -0530", "2020-01-01 10:20Z"],
    "mm/dd/yy": ["12/31/68", "12/31/69", "1/2/03 12:30 AM", "1/2/03 13:30 PM", "1/2/03 1:30 pm"],
    "mon dd, yyyy": ["Sept 3, 1999", "September 03 1999", "Thu, Jan 1, 1970", "Foo 1, 1970"],
    "mon yyyy": ["Mar 2001", "soon"],
}  # fmt: skip
WITH_DATES = """
const number = { kind: "number", name: "seen", center: 0, scale: 1, smooth_clip: false, fill: 0,
  indicator: false, date: true, bin_edges: [], bin_height: 1, fill_learnt: true,
  format: given.pattern && { kind: "date", pattern: given.pattern } };
const read = (cells) => parts.withDates(
  { name: "t", rows: cells.length, columns: [{ name: "seen", kind: "text", cells }] },
  { task: "regression", inputs: [number], targets: [] }).columns[0];
"""


@pytest.mark.parametrize("pattern", WRITTEN_DATES)
def test_dates_of_a_model_are_read_as_the_library_reads_them(page: Page, pattern: str) -> None:
    texts = WRITTEN_DATES[pattern]
    body = (
        WITH_DATES
        + """
      return given.texts.map((text) => {
        try { return read([text]).cells[0]; } catch (error) { return error.message; }
      });
    """
    )
    found = page.run(body, pattern=pattern, texts=texts)
    for text, ours, days in zip(texts, found, DateFormat(pattern).read(texts), strict=True):
        if np.isnan(days):
            trained = f"where the model was trained on dates ({DateFormat(pattern)})"
            assert ours == f"column 'seen', row 1: '{text}' {trained}: write it alike, or empty it"
        else:
            assert ours == days, text


def test_dates_of_a_model_that_says_not_how_they_are_written(page: Page) -> None:
    found = page.run(
        WITH_DATES + "return read(['1/2/2003', null, 'NA', '1/31/2003'])", pattern=None
    )
    assert found["kind"] == "number"
    assert found["cells"] == [12054, None, None, 12083]
    said = page.refusal(WITH_DATES + "return read(['1/2/2003'])", pattern=None)
    assert "its dates can be read as dd/mm/yyyy or mm/dd/yyyy: write them yyyy-mm-dd" in said
