"""The ONNX graph: run by onnxruntime and, compiled to C by another tool, by the processor."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from exported import HOSTILE, MAKERS, TriedModel, largest_difference, tried_model, tried_rows
from hypothesis import given, settings
from hypothesis import strategies as st

import glassnet as gn
from glassnet.cli import app
from glassnet.core.activations import ACTIVATIONS, OUTPUTS
from glassnet.exports.onnx import graph
from glassnet.exports.onnx.checking import onnx_notes
from glassnet.exports.onnx.graph import graph_cell, graph_names, onnx_files
from glassnet.exports.onnx.selfcheck import TYPES, check
from glassnet.exports.plan import export_plan
from glassnet.exports.targets import ExportOptions

FLOAT32_BOUND = 1e-5  # at most 2.1e-6 was measured, relative to numbers above 1


@pytest.mark.parametrize("name", MAKERS)
def test_the_graph_predicts_what_the_model_does(name: str):
    tried = tried_model(name)
    made = gn.export(tried.model, "onnx", **tried.options)
    assert _difference(made, tried) < 1e-12


@pytest.mark.parametrize("name", MAKERS)
def test_in_float32_it_does_so_to_a_bound(name: str):
    tried = tried_model(name)
    made = gn.export(tried.model, "onnx", dtype="float32", **tried.options)
    assert 0 < _difference(made, tried) < FLOAT32_BOUND
    types = {one.type for one in onnxruntime.InferenceSession(made.content).get_inputs()}
    assert types <= {"tensor(float)", "tensor(string)"}


def test_one_row_and_none_are_rows_too():
    tried = tried_model("penguins")
    content = gn.export(tried.model, "onnx", **tried.options).content
    assert [len(one) for one in _run(content, tried, tried_rows(tried, 1).rows)] == [1] * 5
    assert [len(one) for one in _run(content, tried, [])] == [0] * 5


def test_far_out_numbers_level_off_and_overflow_nowhere():
    """The square of a scaled number would, in float32 soon."""
    tried = TriedModel(tried_model("two targets").model)
    for dtype, far in (("float64", 1e99), ("float32", 1e30)):
        content = gn.export(tried.model, "onnx", dtype=dtype).content
        found = _run(content, tried, [{"x": far, "z": -far}])
        expected = tried.model.predict({"x": [far], "z": [-far]})
        predictions = np.concatenate([found[0], found[1]], axis=1)
        assert np.allclose(predictions, expected, rtol=FLOAT32_BOUND)


def test_intervals_may_be_infinite():
    tried = TriedModel(tried_model("two targets").model, interval=0.9999)
    with pytest.warns(gn.GlassnetWarning, match="every interval is infinite"):
        made = gn.export(tried.model, "onnx", interval=0.9999)
    with pytest.warns(gn.GlassnetWarning, match="every interval is infinite"):
        low, high = _run(made.content, tried, tried_rows(tried, 4).rows)[1:3]
    assert low.tolist() == [[-np.inf]] * 4
    assert high.tolist() == [[np.inf]] * 4


def test_columns_and_what_is_said_of_the_model_are_in_the_file():
    tried = tried_model("written")
    made = gn.export(tried.model, "onnx", **tried.options)
    assert gn.export(tried.model, "onnx", **tried.options).content == made.content
    model = onnx.load_from_string(made.content)
    names = [column.name for column in tried.plan.columns]
    assert [one.name for one in model.graph.input] == names
    assert [one.name for one in model.graph.output] == tried.plan.predicted
    assert {one.type.tensor_type.shape.dim[0].dim_param for one in model.graph.input} == {"N"}
    assert (model.producer_name, model.producer_version) == ("glassnet", gn.__version__)
    said = {one.key: one.value for one in model.metadata_props}
    assert said["title"] == model.doc_string == tried.plan.title
    assert [column["column"] for column in json.loads(said["columns"])] == names
    days = next(one for one in model.graph.input if one.name == "sold on")
    assert days.doc_string.startswith("the days since 1970-01-01, NaN where")


def test_the_nodes_are_named_after_the_parts_of_the_model():
    model = onnx.load_from_string(gn.export(tried_model("cars").model, "onnx").content)
    names = [node.name for node in model.graph.node]
    assert "glassnet/network 2/layer 1/Gemm" in names
    assert len(set(names)) == len(names)
    assert {name.split("/")[1] for name in names if "/" in name} == {
        "numbers", "column origin", "inputs", "network 1", "network 2", "outputs",
        "target miles_per_gallon",
    }  # fmt: skip


# The check.


@pytest.mark.parametrize("name", ["penguins", "cars"])
def test_the_program_beside_it_checks_it(name: str, tmp_path: Path):
    tried = tried_model(name)
    made = gn.export(tried.model, "onnx", **tried.options)
    model, program = made.write(tmp_path / "my model.onnx")
    assert program.name == "my model_check.py"
    assert _python(program).stdout.startswith("8 check rows are predicted as by the model, to ")
    model.write_bytes(_with_other_biases(model.read_bytes()))
    done = _python(program)
    assert done.returncode
    assert "AssertionError: prediction" in done.stderr
    assert "is not" in done.stderr


def test_what_was_found_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tried = tried_model("cars")
    made = gn.export(tried.model, "onnx")
    [note] = made.notes
    assert note.startswith("run in float64 by onnxruntime: 8 check rows are as by the model, to ")
    rows, largest, last_digits = check(made.content)
    assert rows == 8
    assert 0 < largest < 1e-12
    assert f"{largest:.1e}" in note
    assert f"{last_digits:,.0f} units of the last digit" in note
    tried.model.save(tmp_path / "cars.json")
    out = tmp_path / "cars.onnx"
    app(
        ["export", str(tmp_path / "cars.json"), "--to", "onnx", "--out", str(out)],
        standalone_mode=False,
    )
    said = capsys.readouterr()
    assert note in " ".join((said.out + said.err).split())
    assert check(str(out)) == (rows, largest, last_digits)


@pytest.mark.parametrize(
    ("dtype", "factor"), [("float64", 1.1), ("float64", 1 + 1e-7), ("float32", 1.001)]
)
def test_where_it_predicts_something_else_nothing_is_exported(
    dtype: str, factor: float, monkeypatch: pytest.MonkeyPatch
):
    tried = tried_model("cars")
    right = graph.add_layers

    def wrong(nodes: Any, plan: Any, x: str) -> str:
        return nodes.write("a * q", a=right(nodes, plan, x), q=factor)

    monkeypatch.setattr(graph, "add_layers", wrong)
    with pytest.raises(
        gn.GlassnetError, match=f"in {dtype} does not predict .* in row [1-8]: "
    ) as e:
        gn.export(tried.model, "onnx", dtype=dtype)
    assert "\n" not in str(e.value)
    assert ("leave the dtype out" in str(e.value)) == (dtype == "float32")


def test_a_class_that_is_another_is_found():
    plan = tried_model("penguins").plan
    row = plan.checks[0]
    first = replace(plan, checks=(row._replace(predicted={**row.predicted, "prediction": "Emu"}),))
    files = onnx_files(first, ExportOptions())
    with pytest.raises(gn.GlassnetError, match=r"prediction in row 1: \w+ is not Emu"):
        onnx_notes(first, ExportOptions(), files)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", MAKERS)
def test_without_onnxruntime_onnx_runs_it(
    name: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glassnet.exports.onnx.checking.find_spec", lambda name: None)
    tried = tried_model(name)
    made = gn.export(tried.model, "onnx", dtype=dtype, **tried.options)
    assert "by onnx, as onnxruntime is not installed: 8 check rows are" in made.notes[0]


def test_without_onnx_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(gn.GlassnetError, match=r"pip install 'glassnet\[onnx\]'"):
        gn.export(tried_model("linear").model, "onnx")


# What it cannot express, and names.


def test_what_it_cannot_express_is_named():
    numbers = {"code": [1e9, 1e9 + 1, 1e9 + 2] * 20, "x": list(range(60))}
    table = {**numbers, "y": [float(v % 7) for v in range(60)]}
    model = gn.train_table(table, "y", categories=["code"], epochs=2, hidden=2, members=2)
    assert gn.export(model, "onnx").notes
    with pytest.raises(gn.GlassnetError, match="'code' are the same number in float32"):
        gn.export(model, "onnx", dtype="float32")

    def of(formula: str) -> gn.Model:
        sine = gn.Activation("sine", np.sin, np.cos, formula=formula)
        network = gn.Network([2, 3, 1], [sine])
        return gn.Model.of_run((network, gn.initialize(network, seed=1)))

    with pytest.raises(gn.GlassnetError, match=r"'sine' has no formula, which ONNX needs: give"):
        gn.export(of(""), "onnx")
    with pytest.raises(gn.GlassnetError, match="the function 'sin' .* exp, log, sqrt"):
        gn.export(of("sin(z)"), "onnx")
    with pytest.raises(gn.GlassnetError, match="'z % 2' is no part of a formula"):
        gn.export(of("z % 2"), "onnx")


def test_half_a_surrogate_pair_is_refused_in_cells_and_written_out_in_names():
    table = {"a\ud800": [0.0, 1.0, 2.0, 3.0] * 9, "t": ["p\ud800", "q", "r"] * 12}
    table["y"] = [v % 5.0 for v in range(36)]
    numbers = {name: cells for name, cells in table.items() if name != "t"}
    named = gn.train_table(numbers, "y", epochs=2, hidden=2, members=2)
    session = onnxruntime.InferenceSession(gn.export(named, "onnx").content)
    assert [one.name for one in session.get_inputs()] == ["a\\ud800"]
    model = gn.train_table(table, "y", epochs=2, hidden=2, members=2)
    with pytest.raises(gn.GlassnetError, match=r"a category of the column 't' is no Unicode"):
        gn.export(model, "onnx")


def test_a_custom_activation_is_written_by_its_formula():
    names = [
        gn.Activation(
            "sigmoid", lambda z: z / (1 + abs(z)), lambda z: z, formula="z / (1 + abs(z))"
        ),
        gn.Activation("softmax", np.sign, np.sign, formula="sign(z) if z <= 0 else min(z, 1)**0.5"),
    ]
    network = gn.Network([2, 3, 3, 1], names)
    parameters = gn.initialize(network, seed=3)
    model = gn.Model.of_run((network, parameters))
    plan = export_plan(model)
    session = onnxruntime.InferenceSession(graph.onnx_model(plan).SerializeToString())
    x = np.random.default_rng(0).normal(size=(50, 2))
    (w1, w2, w3), (b1, b2, b3) = parameters.weights, parameters.biases
    z = x @ w1 + b1
    z = z / (1 + abs(z)) @ w2 + b2
    expected = np.where(z <= 0, np.sign(z), np.sqrt(np.clip(z, 0, 1))) @ w3 + b3
    [found] = session.run(None, {"x1": x[:, :1], "x2": x[:, 1:]})
    assert np.abs(found - expected).max() < 1e-13


NAMES = st.lists(
    st.one_of(
        st.sampled_from(
            ["prediction", "prediction (predicted)", "glassnet/", "_glassnet/1.0", "N"]
        ),
        st.sampled_from([HOSTILE, "probability_1", "x/Mul", "numbers/Where", " ", "\0", "\\0"]),
        st.text(min_size=1, max_size=8),
    ),
    min_size=3,
    max_size=3,
    unique=True,
)
ACTIVATION = st.sampled_from(sorted(ACTIVATIONS))


@settings(max_examples=15, deadline=None)
@given(
    names=NAMES,
    hidden=st.lists(st.tuples(st.integers(1, 4), ACTIVATION), max_size=3),
    outputs=st.integers(1, 3),
    output=st.sampled_from(sorted(OUTPUTS)),
    seed=st.integers(0, 99),
)
def test_networks_of_any_shape(names: list[str], hidden: Any, outputs: int, output: str, seed: int):
    if output == "softmax":
        outputs += 1
    sizes = [3, *(nodes for nodes, _ in hidden), outputs]
    network = gn.Network(sizes, [activation for _, activation in hidden], output)
    model = gn.Model.of_run((network, gn.initialize(network, seed=seed)), names)
    tried = TriedModel(model)
    assert _difference(gn.export(model, "onnx"), tried) < 1e-12


CELLS = st.one_of(
    st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3)), min_size=2, max_size=9, unique=True),
    st.lists(st.sampled_from([True, False]), min_size=2, max_size=2, unique=True),
    st.lists(
        st.sampled_from([HOSTILE, "a", "'b'", "null", "it's|", "\u00e9", "0x1", "\U0001f600"]),
        min_size=2,
        max_size=6,
        unique=True,
    ),
)


@settings(max_examples=10, deadline=None)
@given(
    names=NAMES,
    cells=st.tuples(CELLS, CELLS, CELLS),
    gaps=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    classes=st.sampled_from([["yes", HOSTILE], [1, 2, 3], [0.5, 1.5], [True, False], None]),
    categories=st.booleans(),
    label_set=st.sampled_from([None, 0.6]),
)
def test_tables_of_any_columns(
    names: list[str],
    cells: Any,
    gaps: Any,
    classes: Any,
    categories: bool,
    label_set: float | None,
):
    n = 60
    random = np.random.default_rng(0)
    table: dict[str, list[Any]] = {}
    for name, of_column, gap in zip(names, cells, gaps, strict=True):
        column = [*of_column, *(of_column[i] for i in random.integers(0, len(of_column), n))][:n]
        table[name] = [None if gap and i % 7 == 3 else cell for i, cell in enumerate(column)]
    numbers = [name for name, of in zip(names, cells, strict=True) if isinstance(of[0], float)]
    target = "the target"
    labels = classes or random.normal(size=n).round(3).tolist()
    table[target] = [labels[i % len(labels)] for i in range(n)]
    try:
        model = gn.train_table(
            table,
            target,
            categories=numbers if categories else [],
            epochs=2,
            hidden=3,
            members=2,
        )
        tried = TriedModel(model, label_set=label_set if classes else None)
        made = gn.export(model, "onnx", **tried.options)
    except gn.TableError:
        return  # of a table that is refused
    assert _difference(made, tried) < 1e-12


# Helpers.


def _difference(made: gn.Export, tried: TriedModel) -> float:
    """How far what onnxruntime gives is from what the model predicts, of random rows."""
    rows = tried_rows(tried)
    found = _run(made.content, tried, rows.rows)
    columns = (column[:, 0].tolist() for column in found)
    return largest_difference(dict(zip(tried.plan.predicted, columns, strict=True)), rows.predicted)


def _run(content: Any, tried: TriedModel, rows: list[Any]) -> list[Any]:
    """What onnxruntime gives of rows: a column for each prediction."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    outputs = session.run(None, graph_inputs(tried, session, rows))
    names = graph_names(tried.plan)
    assert [one.name for one in session.get_outputs()] == list(names.predicted.values())
    return list(outputs)


def graph_inputs(tried: TriedModel, session: Any, rows: list[Any]) -> dict[str, np.ndarray]:
    """The tensors of rows, by name."""
    columns = zip(tried.plan.columns, session.get_inputs(), strict=True)
    return {
        one.name: np.array(
            [[graph_cell(column, row[column.name])] for row in rows], TYPES[one.type]
        ).reshape(-1, 1)
        for column, one in columns
    }


def _with_other_biases(content: bytes) -> bytes:
    model = onnx.load_from_string(content)
    biases = next(one for one in model.graph.initializer if one.name.endswith("layer 2/biases"))
    other = onnx.numpy_helper.to_array(biases) + 3 * np.arange(1, biases.dims[0] + 1)
    biases.CopyFrom(onnx.numpy_helper.from_array(other, biases.name))
    return model.SerializeToString()


def _python(program: Path) -> Any:
    return subprocess.run(
        [sys.executable, "-I", str(program)], capture_output=True, text=True, check=False
    )
