"""The exported Python module: run by Python itself, beside the model."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import output_of
from drawn_models import drawn_models
from exported import MAKERS, TriedModel, largest_difference, tried_model, tried_rows
from hypothesis import given, settings
from written_cells import check_written, written_model, written_rows

import glassnet as gn
from glassnet.exports.code.javascript import javascript_literal
from glassnet.exports.code.python import python_literal

RUN = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("model", sys.argv[1])
model = importlib.util.module_from_spec(spec)
spec.loader.exec_module(model)
rows = [model.predict(row) for row in json.load(open(sys.argv[2]))]
json.dump({name: [row[name] for row in rows] for name in model.PREDICTED}, sys.stdout)
"""


@pytest.mark.parametrize("name", MAKERS)
def test_the_module_predicts_what_the_model_does(name: str, tmp_path: Path):
    tried = tried_model(name)
    rows = tried_rows(tried)
    [module] = gn.export(tried.model, "python", **tried.options).write(tmp_path / "model.py")
    (tmp_path / "rows.json").write_text(json.dumps(rows.rows))
    found = output_of(sys.executable, "-I", "-c", RUN, str(module), str(tmp_path / "rows.json"))
    assert largest_difference(json.loads(found), rows.predicted) < 1e-12


@pytest.mark.parametrize("name", MAKERS)
def test_the_module_checks_itself(name: str, tmp_path: Path):
    tried = tried_model(name)
    [module] = gn.export(tried.model, "python", **tried.options).write(tmp_path / "model.py")
    said = output_of(sys.executable, "-I", "-W", "error", str(module))
    assert said.startswith("8 check rows are predicted as by the model, to ")


def test_the_check_finds_a_class_that_is_another_without_assertions_too(tmp_path: Path):
    [module] = gn.export(tried_model("written").model, "python").write(tmp_path / "model.py")
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace("'prediction': 'yes'", "'prediction': 'no'"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-O", module], capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert "AssertionError: row 1, prediction: yes is not no" in done.stderr


@settings(max_examples=60, deadline=None)
@given(drawn_models())
def test_any_model_is_predicted_the_same(tried: TriedModel) -> None:
    module: dict[str, Any] = {"__name__": "model"}
    exec(gn.export(tried.model, "python", **tried.options).content, module)
    rows = tried_rows(tried, n=12)
    predicted = [module["predict"](row) for row in rows.rows]
    found = {name: [row[name] for row in predicted] for name in module["PREDICTED"]}
    assert largest_difference(found, rows.predicted) < 1e-12
    assert module["check"]() < 1e-12


def test_cells_of_text_are_read_as_the_model_reads_them():
    code = gn.export(written_model(), "python").content
    assert isinstance(code, str)
    module: dict[str, Any] = {"__name__": "model"}
    exec(code, module)
    check_written([_predicted(module, row) for row in written_rows()[0]])


def _predicted(module: dict[str, Any], row: dict[str, str]) -> float | str:
    try:
        return module["predict"](row)["prediction"]
    except ValueError as error:
        return str(error)


def test_classes_that_are_true_or_false_are_printed_as_glassnet_does(tmp_path: Path):
    tried = tried_model("two classes twice")
    [module] = gn.export(tried.model, "python").write(tmp_path / "model.py")
    (tmp_path / "rows.csv").write_text("x,z\n2,-1\n-2,1\n")
    printed = output_of(sys.executable, str(module), str(tmp_path / "rows.csv")).splitlines()
    written = tmp_path / "predicted.csv"
    tried.model.predict_file(tmp_path / "rows.csv", written, keep="all")
    expected = written.read_text().splitlines()
    assert printed[0] == expected[0]
    assert [line.split(",")[2] for line in printed] == [line.split(",")[2] for line in expected]
    assert {"true", "false"} & set(printed[1].split(","))


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path):
    [module] = gn.export(tried_model("article").model, "python").write(tmp_path / "model.py")
    done = subprocess.run(
        [sys.executable, str(module), "none.csv"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "none.csv: No such file or directory\n")


@pytest.mark.parametrize("literal", [python_literal, javascript_literal])
def test_numbers_of_numpy_are_written_as_numbers(literal: Callable[[Any], str]):
    assert literal((np.float64(0.1), 2.0)) == "[0.1, 2.0]"
