"""The graph run at once: whether it predicts what the model does."""

from importlib.util import find_spec

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.exports.onnx.selfcheck import check, compare
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files


def onnx_notes(_: ExportPlan, options: ExportOptions, files: Files) -> tuple[str, ...]:
    """What the rows showed that the graph holds, in a line.

    They are run by onnxruntime, where that is installed, else by the slow evaluator of onnx. Raises
    GlassnetError where the graph predicts something else than the model.
    """
    model = files[".onnx"]
    assert isinstance(model, bytes)
    by_runtime = find_spec("onnxruntime") is not None
    try:
        rows, largest, last_digits = check(model) if by_runtime else _check_by_onnx(model)
    except AssertionError as error:
        raise GlassnetError(
            f"the graph in {options.dtype} does not predict what the model does: {error}"[:350],
            remedy="leave the dtype out" if options.dtype == "float32" else "",
        ) from None
    tool = "onnxruntime" if by_runtime else "onnx, as onnxruntime is not installed"
    apart = f"{largest:.1e} relative to numbers above 1, {last_digits:,.0f} units of the last digit"
    return (f"run in {options.dtype} by {tool}: {rows} check rows are as by the model, to {apart}",)


def _check_by_onnx(content: bytes) -> tuple[int, float, float]:
    import onnx
    from onnx.reference import ReferenceEvaluator

    model = onnx.load_from_string(content)
    evaluator = ReferenceEvaluator(model)
    types = {
        one.name: onnx.helper.tensor_dtype_to_np_dtype(one.type.tensor_type.elem_type)
        for one in model.graph.input
    }
    outputs = [one.name for one in model.graph.output]
    metadata = {one.key: one.value for one in model.metadata_props}
    with np.errstate(all="ignore"):  # a Where computes both its sides
        return compare(metadata, types, outputs, lambda columns: evaluator.run(outputs, columns))
