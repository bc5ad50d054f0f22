"""A model's weights and biases as matrices of R, named as in the article's program."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.exports.code.r import NOT_IN_R, r_literal
from glassnet.exports.plan import ExportPlan, PlannedLayer, has_biases
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered, wrapped_items


def r_parameters_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The assignments; of several networks one list of lists."""
    text = rendered(
        "r_parameters.jinja",
        plan=plan,
        literal=_literal,
        matrix=r_matrix,
        names=_names,
        biases_of=_biases_of,
        activations=_activations,
        outputs_of_ones=_outputs_of_ones(plan),
    )
    return {".R": text}


def _literal(value: Any) -> str:
    """A value as R writes it; characters that R has no text with become their escapes."""
    if isinstance(value, str):
        value = NOT_IN_R.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    return r_literal(value)


def r_matrix(values: np.ndarray, indent: int = 0) -> str:
    """A matrix, its rows on lines of their own, or a vector."""
    margin = " " * indent
    if values.ndim == 1:
        return f"c(\n{wrapped_items(map(r_literal, values), indent + 2)}\n{margin})"
    lines = [wrapped_items(map(r_literal, row), indent + 2) for row in values]
    rows, columns = values.shape
    listed = ",\n".join(lines)
    return f"matrix(c(\n{listed}\n{margin}), nrow = {rows}, ncol = {columns}, byrow = TRUE)"


def _names(texts: Sequence[str]) -> str:
    return f"c(\n{wrapped_items(map(_literal, texts), 2)}\n)"


def _biases_of(layers: Sequence[PlannedLayer]) -> list[np.ndarray]:
    return [biases for _, biases, _ in layers] if has_biases(layers) else []


def _activations(plan: ExportPlan, layers: Sequence[PlannedLayer]) -> str:
    names = [(activation or plan.output).name for *_, activation in layers]
    return f"c({', '.join(map(r_literal, names))})"


def _outputs_of_ones(plan: ExportPlan) -> np.ndarray:
    """The outputs where all inputs are 1."""
    total = np.zeros((1, plan.n_outputs))
    for layers in plan.networks:
        a = np.ones((1, plan.n_inputs))
        for weights, biases, activation in layers:
            z = a @ weights + biases
            a = z if activation is None else activation.value(z)
        total = total + a
    return plan.output.value(total)[0]
