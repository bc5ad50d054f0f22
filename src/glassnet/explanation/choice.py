"""Which nodes of a network are shown, and which of them with every product."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from glassnet.core.network import Trace
from glassnet.errors import GlassnetError
from glassnet.explanation.forward import Shown
from glassnet.models.model import Model

FEW, MANY_OUTPUTS, SHOWN_OF_MANY = 8, 12, 3
"""Nodes of a hidden layer that are all shown; outputs that are; how many are shown of more."""

Nodes = Sequence[tuple[int, int]] | Literal["all"] | None
"""Pairs (layer, node), from 0; all there are; or None: a choice is made."""


def shown_nodes(model: Model, trace: Trace, nodes: Nodes) -> list[Shown]:
    """The nodes of each layer that are shown. Raises GlassnetError on one that is not there."""
    sizes = model.network.sizes[1:]
    asked = [(layer, j) for layer, j in nodes] if nodes is not None and nodes != "all" else []
    for layer, j in asked:
        if not 0 <= layer < len(sizes) or not 0 <= j < sizes[layer]:
            layers = ", ".join(f"{n + 1}.1 to {n + 1}.{size}" for n, size in enumerate(sizes))
            raise GlassnetError(
                f"node {layer + 1}.{j + 1} is not in the network, which has {layers}"
            )
    found: list[Shown] = []
    for layer, size in enumerate(sizes):
        last, mine = layer == len(sizes) - 1, sorted({j for n, j in asked if n == layer})
        if nodes == "all" or size <= (MANY_OUTPUTS if last else FEW):
            whole = nodes == "all" or bool(mine)
            found.append(Shown(range(size), whole, ""))
        elif asked and (mine or not last):
            found.append(Shown(mine, True, "those asked for"))
        else:
            sent = np.abs(trace.a[layer]).sum(axis=0)
            if not last:
                sent = sent * np.abs(model.parameters.weights[layer + 1]).sum(axis=1)
            most = np.sort(np.argsort(-sent, kind="stable")[:SHOWN_OF_MANY]).tolist()
            found.append(
                Shown(
                    most,
                    False,
                    "the largest outputs" if last else "those that send the most to the next layer",
                )
            )
    return found
