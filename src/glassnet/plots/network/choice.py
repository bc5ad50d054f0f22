"""What of a network is drawn: which nodes of a wide layer, and whether there are nodes at all.

Where they stand is decided elsewhere.
"""

from itertools import pairwise

import numpy as np

from glassnet.core.network import Network, Parameters

MOST_SHOWN_WHOLE = 16  # nodes of a layer that is shown whole
SHOWN_OF_WIDE = 12  # nodes shown of a wider one
MOST_DRAWN_WEIGHTS = 200  # weights of a gap in all members; more are a hairball, and drawn as boxes


def are_too_many(network: Network, members: int) -> bool:
    """Whether so many networks of a shape have more weights in a gap than an eye can follow."""
    widest = max(before * after for before, after in pairwise(network.sizes))
    return widest * members > MOST_DRAWN_WEIGHTS


def count_shown(nodes: int) -> int:
    """How many nodes of a layer are drawn."""
    return nodes if nodes <= MOST_SHOWN_WHOLE else SHOWN_OF_WIDE


def shown_nodes(network: Network, parameters: Parameters) -> list[list[int]]:
    """The numbers of the nodes drawn of every layer, from 0: of wide layers the strongest."""
    return [
        _strongest(parameters, layer) if nodes > MOST_SHOWN_WHOLE else list(range(nodes))
        for layer, nodes in enumerate(network.sizes)
    ]


def _strongest(parameters: Parameters, layer: int) -> list[int]:
    """The nodes of a layer with the largest weights, in their order.

    What counts is the sum of the sizes of a node's weights: of those into it times of those out.
    """
    sums = [np.abs(np.nan_to_num(weights)) for weights in parameters.weights]
    strength = np.float64(1.0)
    if layer > 0:
        strength = strength * sums[layer - 1].sum(axis=0)
    if layer < len(sums):
        strength = strength * sums[layer].sum(axis=1)
    order = np.argsort(-strength, kind="stable")[:SHOWN_OF_WIDE]
    return np.sort(order).tolist()
