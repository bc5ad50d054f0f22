"""Several networks of one shape as one: how they are joined.

How they are trained is `recipe/members.py`.
"""

from collections.abc import Sequence

import numpy as np

from glassnet.core.network import Network, Parameters


def side_by_side(network: Network, members: Sequence[Parameters]) -> tuple[Network, Parameters]:
    """One network that gives what the members give on average, before the output's activation; of one member, that itself.

    Their hidden nodes stand side by side, without weights from one member to another: layer l is (members x its nodes) wide.
    """
    k, last = len(members), len(network.sizes) - 2
    if k == 1:
        return network, members[0]
    sizes = [network.sizes[0], *(k * nodes for nodes in network.sizes[1:-1]), network.sizes[-1]]
    weights = [_diagonal([member.weights[layer] for member in members]) for layer in range(1, last)]
    first = np.concatenate([member.weights[0] for member in members], axis=1)  # D x (k H)
    out = np.concatenate([member.weights[last] for member in members]) / k  # (k H) x K
    biases = (
        [np.concatenate([member.biases[layer] for member in members]) for layer in range(last)]
        if network.bias
        else []
    )
    mean = [np.mean([member.biases[last] for member in members], axis=0)] if network.bias else []
    joined = Network(sizes, network.activations[:-1], network.output, network.loss, network.bias)
    return joined, Parameters((first, *weights, out), (*biases, *mean))


def _diagonal(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Matrices of one shape, h x w, along the diagonal of one of zeros, (k h) x (k w)."""
    k, (h, w) = len(blocks), blocks[0].shape
    whole = np.zeros((k, h, k, w), blocks[0].dtype)
    for i, block in enumerate(blocks):
        whole[i, :, i] = block
    return whole.reshape(k * h, k * w)
