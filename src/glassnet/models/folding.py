"""A network on scaled columns as an equal one on the columns themselves: centre and scale go into the first and the last weights.

Only affine steps can be folded: u = (x - c) / s followed by u @ W + b is x @ (W / s) + (b - c / s @ W), and y = s a + c of an
output a = h @ W + b is h @ (s W) + (s b + c).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError, OptionRef
from glassnet.models.ensemble import Member
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Input, Number
from glassnet.tables.targets import NumberTarget, Target

REMEDY = ["train with ", OptionRef("affine", True), ", which leaves these out"]


def fold(
    members: Sequence[Member], encoding: TableEncoding
) -> tuple[tuple[Member, ...], TableEncoding]:
    """The equal members in float64, with biases, and the encoding that is left: numbers as they are, categories as before.

    Raises GlassnetError, naming the columns, where a step is not affine, and where the output's activation lets no scale through.
    """
    _check(members[0].network, encoding)
    inputs = tuple(
        replace(c, center=0.0, scale=1.0) if isinstance(c, Number) else c for c in encoding.inputs
    )
    targets = tuple(
        replace(t, center=0.0, scale=1.0) if isinstance(t, NumberTarget) else t
        for t in encoding.targets
    )
    folded = tuple(_folded(member, encoding) for member in members)
    return folded, replace(encoding, inputs=inputs, targets=targets)


def _folded(member: Member, encoding: TableEncoding) -> Member:
    """One member with the centres and scales in its first and last weights."""
    network, parameters = member.network, member.parameters
    center = np.zeros(network.sizes[0])
    scale = np.ones(network.sizes[0])
    feature = 0
    for column in encoding.inputs:
        if isinstance(column, Number):
            center[feature] = column.center
            scale[feature] = column.scale
        feature += len(column.features)
    weights = [np.asarray(w, np.float64) for w in parameters.weights]
    biases = [np.asarray(b, np.float64) for b in parameters.biases]
    if not network.bias:
        biases = [np.zeros(nodes) for nodes in network.sizes[1:]]
    biases[0] = biases[0] - (center / scale) @ weights[0]
    weights[0] = weights[0] / scale[:, None]
    weights[-1], biases[-1] = _last(network, encoding.targets, weights[-1], biases[-1])
    with_biases = Network(
        network.sizes, network.activations[:-1], network.output, network.loss, bias=True
    )
    return replace(
        member, network=with_biases, parameters=Parameters(tuple(weights), tuple(biases))
    )


def _last(
    network: Network, targets: tuple[Target, ...], w: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The last layer's weights and biases with the targets' scale in them."""
    numbers = [t for t in targets if isinstance(t, NumberTarget)]
    if not numbers:
        return w, b
    scale, center = (
        np.array([t.scale for t in numbers]),
        np.array([t.center for t in numbers]),
    )  # K each
    if network.output.name == "exponential":  # s e^z is e^(z + log s)
        return w, b + np.log(scale)
    return w * scale, b * scale + center


def _check(network: Network, encoding: TableEncoding) -> None:
    reasons: list[str] = []
    for what, columns in {
        "squeezed": [c for c in encoding.inputs if _has(c, "squeeze")],
        "cut in pieces": [c for c in encoding.inputs if _has(c, "edges")],
        "given an indicator for missing cells": [
            c for c in encoding.inputs if _has(c, "indicator")
        ],
        "held to the range seen in training": [
            t for t in encoding.targets if isinstance(t, NumberTarget) and t.low is not None
        ],
    }.items():
        if columns:
            reasons.append(
                f"{', '.join(repr(c.name) for c in columns)} {'is' if len(columns) == 1 else 'are'} {what}"
            )
    if reasons:
        raise GlassnetError(
            f"only centre and scale can be folded into weights, but {'; '.join(reasons)}",
            remedy=REMEDY,
        )
    scaled = [
        t for t in encoding.targets if isinstance(t, NumberTarget) and (t.center, t.scale) != (0, 1)
    ]
    exponential = network.output.name == "exponential" and not any(t.center for t in scaled)
    if scaled and network.output.name != "identity" and not exponential:
        raise GlassnetError(
            f"the scale of target '{scaled[0].name}' cannot pass through the output's activation '{network.output.name}': "
            "use an output with 'identity'"
        )


def _has(column: Input, what: str) -> bool:
    return isinstance(column, Number) and bool(getattr(column, what))
