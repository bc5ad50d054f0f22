"""Weights and biases as rows and as matrices of R: read by R itself, and again by glassnet."""

import csv
import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
from exported import HOSTILE, MAKERS, tried_model

import glassnet as gn
from glassnet.exports.plan import ExportPlan

IN_R = r"""
options(warn = 2)
numbers <- function(values) cat(sprintf("%.17g", values), "\n")
for (file in commandArgs(TRUE)) {
  rows <- read.csv(paste0(file, ".csv"), encoding = "UTF-8")
  numbers(rows$value)
  names <- list()
  here <- new.env()
  source(paste0(file, ".R"), local = here, encoding = "UTF-8")
  if (is.null(here$networks)) here$networks <- list(as.list(here))
  for (network in here$networks) {
    for (layer in seq_along(network$activations)) {
      biases <- network[[paste0("biases", layer)]]
      weights <- network[[paste0("weights", layer)]]
      if (layer == 1) stopifnot(nrow(weights) == length(here$inputs))
      numbers(c(biases, t(weights)))
    }
    stopifnot(ncol(weights) == length(here$outputs))
  }
  cat("\n")
}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both files of every model."""
    folder = tmp_path_factory.mktemp("parameters")
    for number, name in enumerate(MAKERS):
        for to, ending in (("csv", ".csv"), ("r-parameters", ".R")):
            gn.export(tried_model(name).model, to).write(folder / f"{number}{ending}")
    return folder


def _numbers(plan: ExportPlan) -> list[np.ndarray]:
    """The biases and weights of each layer, in the order of the rows."""
    found: list[np.ndarray] = []
    for layers in plan.networks:
        bias = any(biases.any() for _, biases, _ in layers)
        for weights, biases, _ in layers:
            found.append(np.concatenate([biases, weights.ravel()]) if bias else weights.ravel())
    return found


def test_r_reads_every_number_of_every_model(files: Path):
    stems = [str(files / str(number)) for number in range(len(MAKERS))]
    command = ["Rscript", "-e", IN_R, *stems]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr[-2000:]
    for name, text in zip(MAKERS, done.stdout.split("\n\n"), strict=False):
        rows, *layers = [np.array(line.split(), float) for line in text.strip().splitlines()]
        expected = _numbers(tried_model(name).plan)
        assert len(layers) == len(expected)
        for layer, known in zip(layers, expected, strict=True):
            assert np.abs(layer - known).max() <= 1e-15 * np.abs(known).max()
        whole = np.concatenate(expected)
        assert np.abs(rows - whole).max() <= 1e-15 * np.abs(whole).max()


@pytest.mark.parametrize("ending", [".csv", ".R"])
def test_a_model_of_the_files_gives_the_same(files: Path, ending: str):
    for number, name in enumerate(MAKERS):
        tried = tried_model(name)
        model = gn.read_parameters(files / f"{number}{ending}")
        x = np.random.default_rng(0).normal(size=(20, tried.plan.n_inputs))
        assert np.abs(model.output_of(x) - tried.model.output_of(x)).max() < 1e-12
        assert model.encoding.needed == tried.plan.features
        assert model.encoding.outputs == tried.model.encoding.outputs
        row = dict(zip(model.encoding.needed, x[:1].T, strict=True))
        if len(model.members) == 1 and model.network.sizes[0] < 10:
            assert gn.explain(model, row).text()


def test_the_check_of_the_matrices(files: Path):
    text = (files / "0.R").read_text()
    *columns, written = [line for line in text.splitlines() if line.startswith("#   ")]
    expected = tried_model("article").model.output_of(np.ones((1, 3)))[0, 0]
    assert columns[0].startswith("#   x1: number: as it is")
    assert abs(float(written[1:]) - expected) < 1e-15
    assert "biases1" not in text


def test_rows_name_what_they_are():
    text = gn.export(tried_model("written").model, "csv").content
    assert isinstance(text, str)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0].items() >= {"member": "1", "layer": "1", "from": "0", "to": "1"}.items()
    assert (rows[0]["from_name"], rows[0]["to_name"]) == ("bias", "a1.1")
    assert rows[4]["from_name"] == HOSTILE
    assert rows[-1].items() >= {"to_name": "class=yes", "activation": "sigmoid"}.items()
    assert len(rows) == tried_model("written").plan.n_parameters


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+a", "-a", "\tx", "'=1"])
def test_no_name_is_a_formula_of_a_spreadsheet(name: str, tmp_path: Path):
    network = gn.Network([1, 1])
    model = gn.Model.of_run((network, gn.initialize(network)), inputs=[name], targets="=y")
    exported = gn.export(model, "csv")
    assert isinstance(exported.content, str)
    for row in csv.reader(io.StringIO(exported.content)):
        assert not any(cell.startswith(("=", "@", "+", "\t")) for cell in row)
        assert not row[4].startswith("-")
    [path] = exported.write(tmp_path / "model.csv")
    if not name.startswith("'"):
        assert gn.read_parameters(path).encoding.needed == [name]


@pytest.mark.parametrize("to", ["csv", "r-parameters"])
@pytest.mark.parametrize(("name", "written"), [("a\ud800", "a\\ud800"), ("a\0b", "a\\u0000b")])
def test_a_name_that_no_file_holds_is_written_with_escapes(
    name: str, written: str, to: str, tmp_path: Path
):
    network = gn.Network([2, 1])
    model = gn.Model.of_run((network, gn.initialize(network)), inputs=[name, "b"])
    ending = {"csv": ".csv", "r-parameters": ".R"}[to]
    [path] = gn.export(model, to).write(tmp_path / f"model{ending}")
    kept = name if (name, to) == ("a\0b", "csv") else written
    assert gn.read_parameters(path).encoding.needed == [kept, "b"]


@pytest.mark.parametrize("to", ["csv", "r-parameters"])
def test_they_take_no_options(to: str):
    with pytest.raises(gn.OptionError, match=f"to='{to}' takes no name"):
        gn.export(tried_model("article").model, to, name="net")
