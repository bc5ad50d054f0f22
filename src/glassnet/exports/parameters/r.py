"""A model's weights and biases as matrices of R, named as in the article's program."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.exports.parameters.names import has_biases
from glassnet.exports.plan import ExportPlan, PlannedLayer
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered, wrapped_items


def r_parameters_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The assignments; of several networks one list of lists."""
    text = rendered(
        "parameters.R.jinja",
        plan=plan,
        literal=r_literal,
        matrix=r_matrix,
        names=_names,
        biases_of=_biases_of,
        activations=_activations,
        outputs_of_ones=_outputs_of_ones(plan),
    )
    return {".R": text}


def r_literal(value: Any) -> str:
    r"""A text or number as R writes it: numbers to the last digit, text with its controls escaped.

    R has no character of the number 0 and no halves of characters: they become their escapes.

    >>> print(r_literal("a\"b\n\u202e\x00"), r_literal(0.1))
    "a\"b\n\u202e\\u0000" 0.1
    """
    if not isinstance(value, str):
        return repr(float(value))
    return f'"{"".join(map(_r_character, value))}"'


def _r_character(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return f"\\{character}"
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        return f"\\\\u{code:04x}"
    if " " <= character <= "~":
        return character
    if character in "\t\n\r":
        return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}[character]
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


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
    return f"c(\n{wrapped_items(map(r_literal, texts), 2)}\n)"


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
