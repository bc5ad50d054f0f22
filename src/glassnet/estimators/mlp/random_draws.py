"""What scikit-learn's MLP draws from its random stream, drawn in the same order.

Starting weights first, then the order of the rows in each epoch.
"""

from collections.abc import Iterator

import numpy as np

from glassnet.core.network import Network, Parameters


def draw_parameters(network: Network, random: np.random.RandomState, dtype: np.dtype) -> Parameters:
    """Glorot's uniform draw of weights and biases, layer by layer, as scikit-learn 1.9 draws it.

    The bound is sqrt(6 / (nodes before + nodes after)), and sqrt(2 / ...) for a sigmoid; the last
    layer goes by the activation of the one before it. (Glorot & Bengio 2010)
    """
    names = [activation.name for activation in network.activations[:-1]] or [""]
    weights: list[np.ndarray] = []
    biases: list[np.ndarray] = []
    for (fan_in, fan_out), name in zip(network.shapes, [*names, names[-1]], strict=False):
        bound = np.sqrt((2.0 if name == "sigmoid" else 6.0) / (fan_in + fan_out))
        weights.append(random.uniform(-bound, bound, (fan_in, fan_out)).astype(dtype, copy=False))
        biases.append(random.uniform(-bound, bound, fan_out).astype(dtype, copy=False))
    return Parameters(tuple(weights), tuple(biases))


def batch_orders(random: np.random.RandomState, rows: int) -> Iterator[np.ndarray]:
    """The order of the rows in each epoch, for ever: that of the epoch before, shuffled."""
    order = np.arange(rows)
    while True:
        shuffled = np.arange(rows)
        random.shuffle(shuffled)
        order = order[shuffled]
        yield order
