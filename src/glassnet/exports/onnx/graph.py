"""The graph as a file: what it reads and gives by name, what is said of it, and its check."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import glassnet
from glassnet.errors import GlassnetError
from glassnet.exports.columns import Cell, UsedColumn, cell_kind, cell_number
from glassnet.exports.onnx.columns import add_columns, is_text
from glassnet.exports.onnx.layers import add_layers
from glassnet.exports.onnx.nodes import ONNX_TYPES, GraphNodes, Node
from glassnet.exports.onnx.predictions import add_results
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.text import as_unicode

if TYPE_CHECKING:
    import onnx

SELF_CHECK = Path(__file__).with_name("selfcheck.py")
TOLERANCES = {"float64": 1e-9, "float32": 1e-4}
"""By how much a number may differ, relative to those above 1, in a check."""

OPSET = 20  # the first that joins strings; onnxruntime has it from 1.17 on
IR_VERSION = 9  # of the same release of ONNX

_CELLS = {
    "number": "a number, NaN where it is missing",
    "date": "the days since 1970-01-01, NaN where the date is missing",
    "boolean": "1 for true, 0 for false, NaN where it is missing",
    "text": "text without blanks around it, an empty one where it is missing",
}


class GraphNames(NamedTuple):
    """What columns and predictions are called in the graph: as they are, unless ONNX cannot."""

    columns: tuple[str, ...]
    predicted: dict[str, str]


def onnx_files(plan: ExportPlan, options: ExportOptions) -> Files:
    """The graph, and a program that checks it.

    Raises GlassnetError where the package onnx is not installed.
    """
    return {
        ".onnx": onnx_model(plan, options.dtype).SerializeToString(),
        "_check.py": SELF_CHECK.read_text("utf-8"),
    }


def onnx_model(plan: ExportPlan, dtype: str = "float64") -> "onnx.ModelProto":
    """The model as the package onnx has it, checked by it."""
    try:
        import onnx
    except ImportError:
        raise GlassnetError(
            "an ONNX graph is written by the package onnx, which is not installed",
            remedy="pip install 'glassnet[onnx]'",
        ) from None
    names = graph_names(plan)
    nodes = GraphNodes(dtype, _prefix(names))
    x = add_columns(nodes, plan, names.columns)
    a = add_layers(nodes, plan, x)
    types = add_results(nodes, plan, x, a, names.predicted)
    columns = list(zip(plan.columns, names.columns, strict=True))
    title = as_unicode(plan.title)
    graph = onnx.helper.make_graph(
        [_node(node) for node in nodes.nodes],
        "glassnet",
        [
            _value(name, np.dtype(object if is_text(column) else dtype), _cells(column))
            for column, name in columns
        ],
        [_value(names.predicted[name], types[name], as_unicode(name)) for name in plan.predicted],
        [_tensor(name, array) for name, array in nodes.constants.items()],
        doc_string=title,
    )
    model = onnx.helper.make_model(
        graph,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="glassnet",
        producer_version=glassnet.__version__,
        doc_string=title,
    )
    onnx.helper.set_model_props(model, _metadata(plan, names, dtype))
    onnx.checker.check_model(model, full_check=True)
    return model


def graph_names(plan: ExportPlan) -> GraphNames:
    """The names of columns and predictions, which in a graph are not empty and all differ.

    A prediction that is called like a column gets " (predicted)" behind its name.
    """
    used: set[str] = set()

    def name_of(text: str, suffix: str) -> str:
        name = as_unicode(text).replace("\0", "\\0") or "(no name)"
        while name in used:
            name += suffix
        used.add(name)
        return name

    columns = tuple(name_of(column.name, "_") for column in plan.columns)
    return GraphNames(columns, {name: name_of(name, " (predicted)") for name in plan.predicted})


def _prefix(names: GraphNames) -> str:
    """What other names in the graph begin with, and none of a column or prediction does."""
    prefix = "glassnet/"
    while any(name.startswith(prefix) for name in (*names.columns, *names.predicted.values())):
        prefix = "_" + prefix
    return prefix


def _cells(column: UsedColumn) -> str:
    return f"{_CELLS[cell_kind(column)]}; {as_unicode(str(column))}"


def _node(node: Node) -> Any:
    from onnx import helper

    return helper.make_node(
        node.op, node.inputs, node.outputs, name=node.outputs[0], **node.attributes
    )


def _value(name: str, dtype: np.dtype, said: str) -> Any:
    from onnx import helper

    return helper.make_tensor_value_info(name, ONNX_TYPES[dtype.name], ["N", 1], said)


def _tensor(name: str, array: np.ndarray) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(array, name)


def _metadata(plan: ExportPlan, names: GraphNames, dtype: str) -> dict[str, str]:
    """What is said of the model beside the graph, as JSON where it is more than text."""
    columns = [
        {
            "input": name,
            "column": as_unicode(column.name),
            "kind": cell_kind(column),
            "encoding": as_unicode(str(column)),
        }
        for column, name in zip(plan.columns, names.columns, strict=True)
    ]
    predicted = [
        {"output": names.predicted[name], "prediction": as_unicode(name)} for name in plan.predicted
    ]
    checks = list(_checks(plan, names))
    return {
        "title": as_unicode(plan.title),
        "columns": json.dumps(columns),
        "predicted": json.dumps(predicted),
        "checks": json.dumps(checks),
        "tolerance": repr(TOLERANCES[dtype]),
    }


def _checks(plan: ExportPlan, names: GraphNames) -> Iterator[dict[str, dict[str, Any]]]:
    """The rows by which the graph checks itself, and what is predicted of them.

    By the names of the graph, and as JSON can have it: null for NaN, "inf" for an infinite number.
    """
    for row, predicted in plan.checks:
        inputs = {
            name: graph_cell(column, row[column.name])
            for column, name in zip(plan.columns, names.columns, strict=True)
        }
        outputs = {names.predicted[name]: cell for name, cell in predicted.items()}
        yield {"inputs": _as_json(inputs), "outputs": _as_json(outputs)}


def _as_json(cells: dict[str, Cell]) -> dict[str, Cell]:
    """The cells, numbers that are not finite as text."""
    return {
        name: str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
        for name, cell in cells.items()
    }


def graph_cell(column: UsedColumn, cell: Cell) -> float | str | None:
    """A cell as the graph gets it: a number or text; a missing number is None."""
    if is_text(column):
        return "" if cell is None else str(cell)
    return None if cell is None else cell_number(column, cell)
