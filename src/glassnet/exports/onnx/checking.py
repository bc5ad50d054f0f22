"""The graph run at once where onnxruntime is installed: whether it predicts what the model does."""

from importlib.util import find_spec

from glassnet.errors import GlassnetError
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files


def onnx_notes(plan: ExportPlan, options: ExportOptions, files: Files) -> tuple[str, ...]:
    """What the check found, in a line.

    Raises GlassnetError where the graph predicts something else than the model.
    """
    if find_spec("onnxruntime") is None:
        said = "its graph was checked by onnx, but not run, as onnxruntime is not installed"
        return (f"{said}: run {len(plan.checks)} rows by the program beside it, _check.py",)
    from glassnet.exports.onnx.selfcheck import check

    try:
        rows, largest, last_digits = check(files[".onnx"])
    except AssertionError as error:
        raise GlassnetError(
            f"the graph in {options.dtype} does not predict what the model does: {error}"[:350],
            remedy="leave the dtype out" if options.dtype == "float32" else "",
        ) from None
    found = (
        f"{rows} rows are predicted as by the model, to {largest:.1e} relative to numbers above 1"
    )
    digits = f"{last_digits:,.0f} units of the last digit"
    return (f"checked in {options.dtype} by onnxruntime: {found}, {digits}",)
