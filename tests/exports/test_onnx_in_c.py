"""The ONNX graph as C, which emx-onnx-cgen makes of it: a second reader of every operator."""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from commands import output_of
from emx_onnx_cgen.cli import main as emx_onnx_cgen
from exported import MAKERS, largest_difference, tried_model, tried_rows

import glassnet as gn
from glassnet.exports.onnx.graph import graph_cell

N = 60  # rows, fixed when C is made
LONGEST = 256  # bytes of a text in it
TYPES = {7: np.dtype(np.int64), 9: np.dtype(bool), 11: np.dtype(float)}


@pytest.mark.parametrize("name", MAKERS)
def test_the_graph_in_c_predicts_what_the_model_does(name: str, tmp_path: Path):
    tried = tried_model(name)
    model = onnx.load_from_string(gn.export(tried.model, "onnx", **tried.options).content)
    library = _compiled(_numbered(model), tmp_path)
    rows = tried_rows(tried, N)
    cells = [
        [graph_cell(column, row[column.name]) for row in rows.rows] for column in tried.plan.columns
    ]
    given = [_array(of, value) for of, value in zip(cells, model.graph.input, strict=True)]
    found = [_array([""] * N, value) for value in model.graph.output]
    library.model(*(array.ctypes.data_as(ctypes.c_void_p) for array in (*given, *found)))
    columns = {
        name: array.tolist()
        for name, array in zip(tried.plan.predicted, found, strict=True)
        if array.dtype.kind != "S"  # its Gather of texts moves one byte of each
    }
    assert columns
    expected = {name: rows.predicted[name] for name in columns}
    assert largest_difference(columns, expected) < 1e-12


def _numbered(model: Any) -> Any:
    """The model with plain names: the generator writes others into comments of C as they are."""
    graph = model.graph
    numbers: dict[str, str] = {}
    for value in (*graph.input, *graph.output, *graph.initializer):
        value.name = numbers.setdefault(value.name, f"v{len(numbers)}")
        value.doc_string = ""
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [numbers.setdefault(name, f"v{len(numbers)}") for name in names]
        node.name = node.output[0]
    model.doc_string = graph.doc_string = ""
    del model.metadata_props[:]
    return model


def _array(cells: list[Any], value: Any) -> np.ndarray:
    """N cells as C has them: text in so many bytes each."""
    dtype = TYPES.get(value.type.tensor_type.elem_type)
    if dtype is None:
        return np.array([cell.encode() for cell in cells], f"S{LONGEST}")
    return np.array([cell if cell != "" else 0 for cell in cells], dtype)


def _compiled(model: Any, folder: Path) -> ctypes.CDLL:
    """The C that is made of a model, compiled."""
    onnx.save(model, folder / "model.onnx")
    rows, whole = ["--input-dim", f"N={N}"], ["--large-weight-threshold", str(10**9)]
    files = [str(folder / name) for name in ("model.onnx", "model.c", "model.so")]
    assert emx_onnx_cgen(["compile", *rows, *whole, *files[:2]]) == 0
    output_of("gcc", "-shared", "-fPIC", "-w", files[1], "-o", files[2], "-lm")
    return ctypes.CDLL(str(folder / "model.so"))
