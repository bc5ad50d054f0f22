"""The equations of the networks, and their weights where a page holds them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from glassnet.exports.formulas import Formulas
from glassnet.exports.latex.text import (
    MOST_READABLE,
    escaped_for_latex,
    is_printed,
    latex_comment,
    latex_display,
    latex_matrix,
)
from glassnet.exports.plan import ExportPlan, PlannedLayer, has_biases
from glassnet.notation.expression import names_in

HELPERS = {
    "sigmoid": r"\operatorname{sigmoid}(t) = \frac{1}{1 + e^{-t}}",
    "softplus": r"\operatorname{softplus}(t) = \ln\left(1 + e^{t}\right)",
    "sign": r"\operatorname{sign}(t) = 1, 0, -1 \text{ where } t > 0, t = 0, t < 0",
}
"""The functions of formulas that not every reader knows."""


def network_parts(formulas: Formulas) -> Iterator[str]:
    """The layers of all networks, those of one shape together; then each network's weights."""
    plan = formulas.plan
    numbered = enumerate(plan.networks, 1)
    for _, alike in groupby(numbered, key=lambda one: _shape(one[1])):
        networks = list(alike)
        (first, layers), last = networks[0], networks[-1][0]
        m = str(first) if first == last else "m"
        of = f"Network {first}" if first == last else f"Networks $m = {first}$ to ${last}$"
        yield f"{of}, with $a_{{{m},0}} = x$, layer by layer:"
        yield latex_display(*_layers(formulas, layers, m))
    used = set().union(*(names_in(activation.formula) for activation in plan.activations))
    for name in sorted(used & HELPERS.keys()):
        yield latex_display(f"&{HELPERS[name]}")
    for number, layers in enumerate(plan.networks, 1):
        if has_printed_weights(plan, layers):
            yield from _weights(layers, number)


def has_printed_weights(plan: ExportPlan, layers: Sequence[PlannedLayer]) -> bool:
    """Whether the weights of one of the plan's networks are in the document."""
    small = plan.n_parameters <= MOST_READABLE
    return small and all(is_printed(layer.weights) for layer in layers)


def _shape(layers: Sequence[PlannedLayer]) -> list[object]:
    """What networks have in common that have the same equations."""
    return [has_biases(layers), *((layer.weights.shape, layer.activation) for layer in layers)]


def _layers(formulas: Formulas, layers: Sequence[PlannedLayer], m: str) -> Iterator[str]:
    for index, layer in enumerate(layers, 1):
        rows, columns = layer.weights.shape
        z = f"z_{{{m},{index}}}"
        b = f" + b_{{{m},{index}}}" if has_biases(layers) else ""
        yield (
            f"{z} &= a_{{{m},{index - 1}}} W_{{{m},{index}}}{b} "
            rf"& &W_{{{m},{index}}}: {rows} \times {columns}"
        )
        if layer.activation is not None:
            a = formulas.activated(layer.activation, z, by_hand=False)
            name = escaped_for_latex(layer.activation.name)
            yield rf"a_{{{m},{index}}} &= {a} & &\text{{{name}, of every number}}"


def _weights(layers: Sequence[PlannedLayer], number: int) -> Iterator[str]:
    biased = has_biases(layers)
    what = "Weights and biases" if biased else "Weights"
    yield f"{what} of network {number}, a row for each input of the layer:"
    for index, layer in enumerate(layers, 1):
        matrices = {"W": layer.weights}
        if biased:
            matrices["b"] = np.atleast_2d(layer.biases)
        for symbol, matrix in matrices.items():
            name = f"{symbol}_{{{number},{index}}}"
            yield latex_comment(name, matrix)
            yield latex_display(f"{name} &= {latex_matrix(matrix)}")
