"""The programs that the page writes give the numbers on its screen: in Python all their digits."""

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lab_page import Page
from small_models import TABLE, small_model
from test_lab_encoding import plain
from test_lab_models import OPEN, TRAIN

from glassnet.tables.frames import as_table

CASES: dict[str, tuple[str, dict[str, Any], int]] = {
    "article": ("article", {}, 1500),
    "article with biases": ("article", {"bias": True, "hidden": [3, 2], "seed": 7}, 300),
    "article from 0 to 1": ("sine", {
        "rule": "0 to 1", "activation": "sigmoid", "output": "sigmoid", "loss": "sum_of_squares",
        "optimizer": "gradient_descent", "start": "uniform", "rate": 0.01,
    }, 50),
    "nothing trained": ("article", {}, 0),
    "tanh": ("xor", {"activation": "tanh", "start": "he"}, 100),
    "classes": ("moons", {}, 60),
    "two layers": ("spiral", {"hidden": [5, 4], "activation": "relu", "start": "lecun"}, 40),
    "a sine": ("sine", {"batchSize": 16}, 40),
    "softmax": ("penguins", {}, 50),
    "softmax in batches": ("penguins", {"batchSize": 50, "optimizer": "gradient_descent"}, 28),
    "an epoch that is not whole": ("cars", {"batchSize": 100, "hidden": [3, 2]}, 10),
    "centred": ("cars", {"activation": "silu", "optimizer": "gradient_descent"}, 30),
    "softmax with squares": ("penguins", {
        "loss": "mean_squared_error", "output": "softmax", "activation": "elu",
    }, 20),
    "huber": ("cars", {"loss": "huber", "activation": "leaky_relu"}, 20),
    "pinball": ("sine", {"loss": "pinball", "activation": "softplus"}, 20),
    "focal": ("moons", {"loss": "binary_focal", "activation": "gelu"}, 20),
    "focal of classes": ("penguins", {"loss": "categorical_focal", "activation": "mish"}, 20),
    "poisson": ("article", {
        "loss": "poisson", "activation": "selu", "optimizer": "adam", "rate": 0.01,
    }, 20),
    "many columns": ("digits", {"rate": 0.01}, 10),
    "no hidden layer": ("moons", {"hidden": []}, 20),
    "a formula": ("formula", {}, 20),
}  # fmt: skip
PROGRAMS = (
    TRAIN
    + """return {
  python: parts.programInPython(setup, encoding, network, given.iterations),
  r: parts.programInR(setup, encoding, network, given.iterations),
  outputs, loss: scene.batch.rows === setup.table.rows ? scene.batch.loss : null,
  last: losses.at(-1) ?? null, predicted: parts.predictions(
    engine, encoding, outputs, scene.table.rows),
  csv: parts.tableWithPredictions(engine, encoding, setup.table, outputs),
  file: `${setup.table.name}-predictions.csv`,
};"""
)
OF_PYTHON = """
import json
found = {"loss": None}
if "model" in globals() and "run" not in globals() and "trace" not in globals():
    found = {"last": float(model.history["loss"][-1]), "output": model.output(table).tolist()}
else:
    found = {"loss": float(loss), "output": output.tolist()}
print("FOUND " + json.dumps(found))
"""
OF_R = """
cat("LOSS", sprintf("%.17g", loss), "\\n")
cat("OUTPUT", sprintf("%.17g", t(output)), "\\n")
"""
IN_PYTHON = 1e-12  # relative
IN_R = 1e-9


def run(command: list[str], text: str, name: str, folder: Path) -> str:
    """What a program of that text prints."""
    (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [*command, name], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{done.stderr}\n{text}"
    return done.stdout


def written(page: Page, folder: Path, case: str) -> dict[str, Any]:
    example, setup, iterations = CASES[case]
    found: dict[str, Any] = page.run(PROGRAMS, example=example, setup=setup, iterations=iterations)
    (folder / found["file"]).write_text(found["csv"], encoding="utf-8")
    return found


def check_output(ours: list[float], found: Any, tolerance: float) -> None:
    expected = np.array(ours)
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(np.ravel(found), expected, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("case", CASES)
def test_the_program_in_python_gives_the_same_numbers(
    page: Page, tmp_path: Path, case: str
) -> None:
    ours = written(page, tmp_path, case)
    out = run([sys.executable], ours["python"] + OF_PYTHON, "program.py", tmp_path)
    found = json.loads(out.rpartition("FOUND ")[2])
    check_output(ours["outputs"], found["output"], IN_PYTHON)
    if "last" in found:
        assert found["last"] == pytest.approx(ours["last"], rel=IN_PYTHON)
    elif ours["loss"] is not None:
        assert found["loss"] == pytest.approx(ours["loss"], rel=IN_PYTHON)
    if case == "article":
        assert "gn.train_article(" in ours["python"]


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
@pytest.mark.parametrize("case", CASES)
def test_the_program_in_r_gives_the_same_numbers(page: Page, tmp_path: Path, case: str) -> None:
    ours = written(page, tmp_path, case)
    out = run(["Rscript", "--vanilla"], ours["r"] + OF_R, "program.R", tmp_path)
    loss = float(out.partition("LOSS ")[2].split()[0])
    output = [float(text) for text in out.partition("OUTPUT ")[2].split()]
    check_output(ours["outputs"], output, IN_R)
    if ours["loss"] is not None:
        assert loss == pytest.approx(ours["loss"], rel=IN_R)
    if case == "softmax":
        (prediction,) = ours["predicted"]
        labels = [prediction["labels"][k] for k in prediction["classes"]]
        printed = out.partition("LOSS ")[0].replace('"', " ").split()
        assert [text for text in printed if text in prediction["labels"]] == labels


@pytest.mark.parametrize("kind", ["price", "kind", "sold"])
@pytest.mark.parametrize("language", ["python", "r"])
def test_a_model_that_was_trained_on(page: Page, tmp_path: Path, kind: str, language: str) -> None:
    if language == "r" and not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    model = small_model(kind, hidden=(4,), members=2)
    path = tmp_path / "m.safetensors"
    model.save(path)
    names = {one.name for one in (*model.encoding.inputs, *model.encoding.targets)}
    table = plain(as_table(TABLE).select([name for name in TABLE if name in names]))
    body = (
        OPEN
        + """
      const model = members[1];
      const { encoding, network } = model;
      const setup = { ...parts.exampleNamed(engine, "article"), example: "", table: given.table,
        targets: encoding.targets.map(({ name }) => name), loss: network.loss, rate: 0.01,
        hidden: network.sizes.slice(1, -1), model };
      const lab = new parts.Lab(engine, setup);
      lab.goTo(5);
      const { scene } = lab.view.value;
      const outputs = scene.table.layers[scene.table.layers.length - 1].a;
      const { prepared } = lab.view.value;
      return [outputs, parts.programInPython(prepared.setup, encoding, network, 5),
        parts.programInR(prepared.setup, encoding, network, 5)];
    """
    )
    outputs, python, r = page.run(body, bytes=list(path.read_bytes()), table=table)
    if language == "python":
        out = run([sys.executable], python + OF_PYTHON, "program.py", tmp_path)
        check_output(outputs, json.loads(out.rpartition("FOUND ")[2])["output"], IN_PYTHON)
    else:
        out = run(["Rscript", "--vanilla"], r + OF_R, "program.R", tmp_path)
        check_output(outputs, [float(x) for x in out.partition("OUTPUT ")[2].split()], IN_R)


BIDI = "a\u202eb\u2066"


@pytest.mark.parametrize("language", ["python", "r"])
def test_letters_that_turn_others_around(page: Page, tmp_path: Path, language: str) -> None:
    """R refuses a program that holds them."""
    if language == "r" and not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    body = """
      const usual = parts.exampleNamed(engine, "article");
      const columns = usual.table.columns.map((column) =>
        ({ ...column, name: column.name === "x1" ? given.name : column.name }));
      const lab = new parts.Lab(engine, { ...usual, table: { ...usual.table, columns } });
      lab.goTo(5);
      const { prepared: { setup, encoding, network }, scene } = lab.view.value;
      return [scene.table.layers.at(-1).a, parts.programInPython(setup, encoding, network, 5),
        parts.programInR(setup, encoding, network, 5)];
    """
    outputs, python, r = page.run(body, name=BIDI)
    assert "\\u202e" in python
    assert "\u202e" not in python + r
    if language == "r":
        out = run(["Rscript", "--vanilla"], r + OF_R, "program.R", tmp_path)
        check_output(outputs, [float(x) for x in out.partition("OUTPUT ")[2].split()], IN_R)
    else:
        run([sys.executable], python, "program.py", tmp_path)


BINS = """
const input = { kind: "number", name: "x", center: 1, scale: 2, smooth_clip: true, fill: 0,
  indicator: false, date: false, bin_edges: [0, 1, 2], bin_height: 1, fill_learnt: true,
  format: null };
const target = { kind: "number", name: "y", center: 0, scale: 1, low: 0, high: 0.5, format: null };
const encoding = { task: "regression", inputs: [input], targets: [target] };
const table = { name: "t", rows: 4, columns: [
  { name: "x", kind: "number", cells: [-1, 0.3, 1.4, 5] },
  { name: "y", kind: "number", cells: [0, 1, 2, 3] } ] };
const network = { sizes: [3, 1], activations: ["identity"], bias: true,
  loss: "mean_squared_error" };
const model = { name: "m", encoding, network, parameters: Float64Array.of(0.1, 0.2, 0.3, 0.4),
  member: 1, members: 1, bytes: new Uint8Array() };
const setup = { ...parts.exampleNamed(engine, "article"), example: "", table, targets: ["y"],
  hidden: [], loss: network.loss, output: "identity", model };
const lab = new parts.Lab(engine, setup);
const outputs = lab.view.value.scene.table.layers.at(-1).a;
return [outputs, parts.predictions(engine, encoding, outputs, 4)[0].values,
  parts.programInR(setup, encoding, network, 0)];
"""


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_bins_and_the_range_of_a_target_in_r(page: Page, tmp_path: Path) -> None:
    outputs, predicted, r = page.run(BINS)
    assert 0 in predicted
    assert 0.5 in predicted
    out = run(["Rscript", "--vanilla"], r + OF_R, "program.R", tmp_path)
    check_output(outputs, [float(x) for x in out.partition("OUTPUT ")[2].split()], IN_R)
    (said,) = [line for line in out.splitlines() if line.startswith("y ")]
    check_output(predicted, [float(x) for x in said.split()[1:]], 1e-6)


def test_a_table_is_saved_and_read_as_it_is(page: Page) -> None:
    cells = {"a b": [1, 1e-7, None, -2.5], 'q"': ["x,y", None, 'z"', "l\nm"]}
    columns = [
        {"name": name, "kind": "number" if name == "a b" else "text", "cells": column}
        for name, column in cells.items()
    ]
    table = {"name": "t", "columns": columns, "rows": 4}
    text = page.run("return parts.tableAsCsv(given.table)", table=table)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["a b"] for row in rows] == ["1", "1e-07", "", "-2.5"]
    again = page.run("return parts.readCsv(given.text, 't')", text=text)
    assert {column["name"]: column["cells"] for column in again["columns"]} == cells
