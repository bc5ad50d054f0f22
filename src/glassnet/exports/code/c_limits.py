"""What C, or its float, cannot hold of a model."""

import numpy as np

from glassnet.errors import GlassnetError, OptionRef
from glassnet.exports.columns import levels_of
from glassnet.exports.plan import ExportPlan
from glassnet.tables.inputs import Number
from glassnet.tables.targets import ClassTarget, NumberTarget


def check_c_texts(plan: ExportPlan) -> None:
    """Raises GlassnetError on a text that C cannot hold: one ends at its first character 0."""
    texts = {f"column '{of.name}'": of.levels for of in plan.columns if not isinstance(of, Number)}
    for of in plan.targets:
        if isinstance(of.target, ClassTarget):
            texts[f"target '{of.target.name}'"] = tuple(of.target.label_texts)
    for what, levels in texts.items():
        if any("\0" in level for level in levels):
            raise GlassnetError(
                f"{what} has a category with a character of code 0, which ends a text in C",
                remedy=[
                    "take it out of the table and train again, or use ",
                    OptionRef("to", "python"),
                ],
            )


def check_single_precision(plan: ExportPlan) -> None:
    """Raises GlassnetError on what float32 cannot hold."""
    if not all(_holds(w) and _holds(b) for layers in plan.networks for w, b, _ in layers):
        raise _too_far("a layer")
    for of in plan.targets:
        if isinstance(of.target, NumberTarget):
            numbers = (of.target.center, of.target.scale, of.target.low or 0, of.target.high or 0)
            if not _holds(np.array(numbers)) or not np.float32(of.target.scale):
                raise _too_far(f"target '{of.target.name}'")
    for column in plan.columns:
        if isinstance(column, Number):
            edges = np.array(column.bin_edges)
            fits = _holds(np.array([column.center, column.scale, column.fill, *edges]))
            if not fits or not np.float32(column.scale) or not _differ(edges):
                raise _too_far(f"column '{column.name}'")
        elif column.cells == "number":
            levels = np.array(levels_of(column))
            if not _holds(levels) or not _differ(levels):
                raise _too_far(f"column '{column.name}'")


def _holds(values: np.ndarray) -> bool:
    return not values.size or float(np.abs(values).max()) <= float(np.finfo(np.float32).max)


def _differ(values: np.ndarray) -> bool:
    return len(set(values.astype(np.float32))) == len(values)


def _too_far(what: str) -> GlassnetError:
    return GlassnetError(
        f"{what} has numbers too large, or too near to each other, for float32",
        option="dtype",
        remedy=["use ", OptionRef("dtype", "float64")],
    )
