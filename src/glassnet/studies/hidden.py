"""What the hidden nodes of many networks do on the same rows, computed for all networks at once.

Arrays of P networks have the network as their first axis. Which networks are alike is
`solutions.py`.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from glassnet.core.activations import Activation
from glassnet.core.network import Network, Parameters
from glassnet.training.findings import FLAT
from glassnet.training.problem import Floats, from_vector

NUMBERS_AT_ONCE = 4_000_000  # activations in memory: 32 MB
REPEATED = 0.99  # two nodes whose activations correlate more, in size, say the same
SILENT = 1e-9  # a smaller deviation, of the layer's largest activation, is none

TRAITS = ("alike", "flat", "largest_weight")
"""What is measured of a network: nodes that say the same as another or nothing, nodes that let no
gradient through in any row, and the size of its largest weight."""


class Layer(NamedTuple):
    """A layer of P networks on N rows of M nodes: all P x N x M."""

    z: Floats
    a: Floats


def feedforward_all(network: Network, parameters: Parameters, x: Floats) -> list[Layer]:
    """The layers of P networks on the same rows, N x D.

    `core.network.feedforward` of one network after another gives the same, to rounding.
    """
    layers: list[Layer] = []
    a = x[None]
    for at, (weights, activation) in enumerate(
        zip(parameters.weights, network.activations, strict=True)
    ):
        z = a @ weights
        if parameters.biases:
            z = z + parameters.biases[at][:, None, :]
        rows = z.reshape(-1, z.shape[-1])  # softmax looks along the second axis
        a = activation.value(rows).reshape(z.shape)
        layers.append(Layer(z, a))
    return layers


def in_portions(network: Network, P: int, N: int) -> Iterator[slice]:
    """Slices of P networks whose activations on N rows fit into a little memory."""
    size = max(1, NUMBERS_AT_ONCE // (N * sum(network.sizes)))
    return (slice(first, min(first + size, P)) for first in range(0, P, size))


def outputs_and_traits(network: Network, theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    """The outputs, P x N x K, and the `TRAITS`, P x 3, of P networks on N rows."""
    P = len(theta)
    outputs = np.empty((P, len(x), network.sizes[-1]))
    traits = np.empty((P, len(TRAITS)))
    for some in in_portions(network, P, len(x)):
        parameters = from_vector(network, theta[some])
        layers = feedforward_all(network, parameters, x)
        outputs[some] = layers[-1].a
        hidden = list(zip(layers[:-1], network.activations, strict=False))
        counts = np.zeros((2, some.stop - some.start))
        for layer, activation in hidden:
            counts[0] += _count_alike(layer.a)
            counts[1] += _count_flat(layer, activation)
        traits[some] = np.stack([*counts, _largest_weight(parameters)], axis=1)
    return outputs, traits


def _largest_weight(parameters: Parameters) -> Floats:
    """The size of each network's largest weight, P, of stacked parameters."""
    return np.max([np.abs(w).max(axis=(1, 2)) for w in parameters.weights], axis=0)


def _count_alike(a: Floats) -> Floats:
    """How many of M nodes say nothing, or the same as one before them; a is P x N x M."""
    centred = a - a.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))  # P x M
    silent = size <= SILENT * np.sqrt(a.shape[1]) * np.abs(a).max(axis=(1, 2))[:, None]
    unit = centred / np.where(silent, 1, size)[:, None, :]
    correlation = np.abs(unit.transpose(0, 2, 1) @ unit)  # P x M x M
    before = np.tril(correlation > REPEATED, -1) & ~silent[:, None, :]
    return (before.any(axis=2) | silent).sum(axis=1)


def _count_flat(layer: Layer, activation: Activation) -> Floats:
    """How many nodes have a derivative near 0 in every row."""
    of = layer.z if activation.derivative_of == "z" else layer.a
    with np.errstate(all="ignore"):
        return (np.abs(activation.derivative(of)) < FLAT).all(axis=1).sum(axis=1)
