"""Which nodes of a network are shown, and which of them with every product."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from glassnet.core.network import Network, Parameters, Trace
from glassnet.errors import GlassnetError

FEW_NODES = 8  # of a hidden layer: up to so many are all shown
MANY_OUTPUTS = 12  # up to so many outputs are all shown
SHOWN_OF_MANY = 3  # nodes of a wider layer

Nodes = Sequence[tuple[int, int]] | Literal["all"] | None
"""Pairs (layer, node), from 0; all there are; or None: a choice is made."""


class ShownNodes(NamedTuple):
    """The nodes of a layer that are shown, from 0.

    `whole`: whether with every product; `chosen`: how they were chosen, "" where all are shown.
    """

    nodes: Sequence[int]
    whole: bool
    chosen: str


def choose_nodes(
    network: Network, parameters: Parameters, trace: Trace, nodes: Nodes
) -> list[ShownNodes]:
    """The nodes of each layer that are shown. Raises GlassnetError on one that is not there."""
    sizes = network.sizes[1:]
    if nodes == "all":
        return [ShownNodes(range(size), whole=True, chosen="") for size in sizes]
    asked = list(nodes or ())
    _check_nodes(sizes, asked)
    sent = _sent_to_the_next_layer(parameters, trace)
    return [_shown_of_layer(layer, sizes, asked, sent[layer]) for layer in range(len(sizes))]


def _check_nodes(sizes: Sequence[int], asked: Sequence[tuple[int, int]]) -> None:
    for layer, node in asked:
        if not 0 <= layer < len(sizes) or not 0 <= node < sizes[layer]:
            layers = [f"{n}.1 to {n}.{size}" for n, size in enumerate(sizes, 1)]
            raise GlassnetError(
                f"node {layer + 1}.{node + 1} is not in the network, which has {', '.join(layers)}"
            )


def _shown_of_layer(
    layer: int, sizes: Sequence[int], asked: Sequence[tuple[int, int]], sent: np.ndarray
) -> ShownNodes:
    size, is_last = sizes[layer], layer == len(sizes) - 1
    asked_here = sorted({node for of_layer, node in asked if of_layer == layer})
    if size <= (MANY_OUTPUTS if is_last else FEW_NODES):
        return ShownNodes(range(size), whole=bool(asked_here), chosen="")
    if asked_here or (asked and not is_last):
        return ShownNodes(asked_here, whole=True, chosen="those asked for")
    largest = np.argsort(-sent, kind="stable")[:SHOWN_OF_MANY]
    how = "the largest outputs" if is_last else "those that send the most to the next layer"
    return ShownNodes(np.sort(largest).tolist(), whole=False, chosen=how)


def _sent_to_the_next_layer(parameters: Parameters, trace: Trace) -> list[np.ndarray]:
    """For each layer how much each node sends on: |a| times its weights' sizes, over all rows."""
    sent = [np.abs(a).sum(axis=0) for a in trace.a]
    for layer, w in enumerate(parameters.weights[1:]):
        sent[layer] = sent[layer] * np.abs(w).sum(axis=1)
    return sent


def choose_outputs(sizes: Sequence[int], output: np.ndarray, nodes: Nodes) -> ShownNodes:
    """The outputs, N x K, that are shown of a vote; `sizes` are those of a member's layers."""
    if nodes == "all":
        return ShownNodes(range(sizes[-1]), whole=True, chosen="")
    return _shown_of_layer(len(sizes) - 1, sizes, nodes or (), np.abs(output).sum(axis=0))
