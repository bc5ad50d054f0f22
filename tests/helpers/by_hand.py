"""A network as a student writes it in NumPy, and the usual mistakes that it can make.

Nothing of ours is in its way back.
"""

from typing import Any

import numpy as np

from glassnet import Network, Parameters


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


VALUES = {
    "sigmoid": sigma,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "silu": lambda z: z * sigma(z),
    "identity": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}
SLOPES = {  # of a, but silu's of z
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "relu": lambda a: (a > 0) * 1.0,
    "silu": lambda z: sigma(z) * (1 + z * (1 - sigma(z))),
    "identity": lambda a: a * 0 + 1,
}
LOSS_SLOPES = {
    "sum_of_squares": lambda a, y: 2 * (a - y),
    "mean_squared_error": lambda a, y: 2 * (a - y) / a.size,
    "half_mean_squared_error": lambda a, y: (a - y) / a.size,
    "binary_cross_entropy": lambda a, y: (a - y) / (a * (1 - a)) / len(a),
    "categorical_cross_entropy": lambda a, y: -y / a / len(a),
}


class ByHand:
    """A network as a student writes it; layers count from 1.

    `mistake` is made at layer `at`, or at every layer for None.
    """

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        x: Any,
        y: Any,
        mistake: str = "",
        at: int | None = None,
    ) -> None:
        self.names = ["", *(f.name for f in network.activations)]
        self.W: list[Any] = [None, *(w.copy() for w in parameters.weights)]
        self.a, self.z, self.mistake, self.at = [x], [x], mistake, at
        for layer, name in enumerate(self.names[1:], 1):
            z = self.a[-1] @ self.W[layer] + (parameters.biases[layer - 1] if network.bias else 0)
            self.z.append(z)
            self.a.append(VALUES[name](z))
        self.error = LOSS_SLOPES[network.loss.name](self.a[-1], y)

    def wrong(self, mistake: str, layer: int) -> bool:
        return mistake == self.mistake and self.at in (None, layer)

    def derivative(self, layer: int) -> Any:
        name = self.names[layer]
        here, other = (self.z, self.a) if name == "silu" else (self.a, self.z)
        if self.wrong("missing", layer):
            return 1
        if self.wrong("other", layer):
            return SLOPES[name](other[layer])
        if self.wrong("again", layer):
            return SLOPES[name](VALUES[name](self.a[layer]))
        if self.wrong("next", layer):
            return SLOPES[name](here[layer + 1])
        return SLOPES[name](here[layer]) ** (2 if self.wrong("twice", layer) else 1)

    def step(self, layer: int, da: Any) -> Any:
        """From da to dz."""
        a = self.a[layer]
        if self.names[layer] != "softmax":
            return da * self.derivative(layer)
        if self.wrong("missing", layer):
            return da
        if self.wrong("diagonal", layer):
            return da * a * (1 - a)
        return (
            a
            * (da - (a * da).sum(axis=1, keepdims=True))
            * (a * (1 - a) if self.wrong("twice", layer) else 1)
        )

    def back(self, layer: int, delta: Any) -> Any:
        """From dz of a layer to da of the one before."""
        W = self.W[layer]
        if self.wrong("not turned", layer):
            return delta @ W
        if self.wrong("reshaped", layer):
            return delta @ W.reshape(W.shape[1], W.shape[0])
        return delta @ (self.W[layer - 1] if self.wrong("weights before", layer) else W).T

    def inputs(self, layer: int) -> Any:
        """What the gradient of a layer's weights takes for what goes in."""
        if self.wrong("z in", layer):
            return self.z[layer - 1]
        return (
            self.a[0]
            if self.wrong("x in", layer)
            else self.a[layer if self.wrong("out in", layer) else layer - 1]
        )

    def gradient(self, rate: float = 0.0) -> Parameters:
        """`rate` : of a step that each layer's weights take as soon as their gradient is there."""
        dW, db, da = [], [], self.error
        for layer in range(len(self.names) - 1, 0, -1):
            delta = self.step(layer, da)
            own = da if self.wrong("missing in own", layer) else delta
            dW.insert(0, self.inputs(layer).T @ own)
            db.insert(0, own.sum(axis=0))
            self.W[layer] = self.W[layer] - rate * dW[0]
            if layer > 1:
                da = self.back(layer, da if self.wrong("missing on the way", layer) else delta)
        return Parameters(tuple(dW), tuple(db))
