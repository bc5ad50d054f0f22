"""NumPy: the article's loop as it stands, for many networks with the network as the last axis, and
the same for deeper networks with Adam on one flat vector.
"""

import numpy as np

from bench.peers import FEW, Task, one_by_one
from bench.workloads import Array, Given, final_loss


def forms(given: Given, _quick: bool, count: int = FEW) -> list[Task]:
    """`count` is of how many networks, where they are trained one by one."""
    article_kind, several = given.workload.kind == "article", given.workload.networks > 1
    if article_kind and several:
        return [
            Task("the network as the last axis", lambda _: articles(given), lambda losses: losses)
        ]
    if several:
        return one_by_one(forms, given, count)
    if article_kind:
        return [
            Task("the article's loop", lambda _: article(given), lambda losses: float(losses[-1]))
        ]
    return [
        Task(
            "plain loop, Adam on one flat vector",
            lambda _: mlp(given),
            lambda layers: final_loss(given, *layers),
        )
    ]


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def article(given: Given) -> list[float]:
    x, y, (w1, w2) = given.x, given.y, given.weights
    losses = []
    for _ in range(given.workload.epochs):
        layer1 = sigmoid(x @ w1)  # 4 x 4
        output = sigmoid(layer1 @ w2)  # 4 x 1
        losses.append(np.sum((y - output) ** 2))
        delta2 = 2 * (output - y) * output * (1 - output)  # 4 x 1
        delta1 = delta2 @ w2.T * layer1 * (1 - layer1)  # 4 x 4
        w2 = w2 - layer1.T @ delta2
        w1 = w1 - x.T @ delta1
    return losses


def articles(given: Given) -> Array:
    """The article's loop for P networks; the products are sums over k of outer products."""
    x, y = given.x, given.y[:, 0]
    N, D = x.shape
    H = given.workload.sizes[1]
    w1 = np.ascontiguousarray(np.moveaxis(given.weights[0], 0, -1))  # D x H x P
    w2 = np.ascontiguousarray(np.moveaxis(given.weights[1][:, :, 0], 0, -1))  # H x P
    losses = np.empty((given.workload.epochs, w2.shape[1]), x.dtype)
    for epoch in range(given.workload.epochs):
        z1 = sum(x[:, k, None, None] * w1[k] for k in range(D))
        layer1 = sigmoid(z1)  # N x H x P
        output = sigmoid(sum(layer1[:, k] * w2[k] for k in range(H)))  # N x P
        error = output - y[:, None]
        losses[epoch] = np.sum(error * error, axis=0)
        delta2 = 2 * error * output * (1 - output)  # N x P
        delta1 = delta2[:, None] * w2 * layer1 * (1 - layer1)  # N x H x P
        w2 = w2 - sum(layer1[n] * delta2[n] for n in range(N))
        w1 = w1 - sum(x[n, :, None, None] * delta1[n] for n in range(N))
    return losses[-1]


def mlp(given: Given) -> tuple[list[Array], list[Array]]:
    """Every epoch in the order of the rows. The loss of each batch is kept, as everybody's is."""
    work, tanh = given.workload, given.workload.activation == "tanh"
    p = np.concatenate([a.ravel() for a in (*given.weights, *given.biases)])
    g, m, v = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p)
    (weights, biases), (d_weights, d_biases) = layers_of(p, given), layers_of(g, given)
    losses = []
    for t in range(work.steps):
        rows = slice(t * work.batch % work.rows, t * work.batch % work.rows + work.batch)
        a = [given.x[rows]]
        for w, b in zip(weights, biases, strict=True):
            z = a[-1] @ w + b
            a.append(np.tanh(z) if tanh else np.maximum(z, 0))
        loss, delta = loss_and_delta(work.kind, z, given.y[rows])
        losses.append(loss)
        for layer in reversed(range(len(weights))):
            np.matmul(a[layer].T, delta, out=d_weights[layer])
            np.sum(delta, axis=0, out=d_biases[layer])
            if layer:
                slope = 1 - a[layer] * a[layer] if tanh else a[layer] > 0
                delta = delta @ weights[layer].T * slope
        m += 0.1 * (g - m)  # beta1 = 0.9
        v += 0.001 * (g * g - v)  # beta2 = 0.999
        p -= 1e-3 / (1 - 0.9 ** (t + 1)) * m / (np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8)
    return weights, biases


def loss_and_delta(kind: str, z: Array, y: Array) -> tuple[float, Array]:
    N = z.shape[0]
    if kind == "regression":
        return float(0.5 * np.mean((z - y) ** 2)), (z - y) / z.size
    e = np.exp(z - z.max(axis=1, keepdims=True))  # N x K
    total = e.sum(axis=1, keepdims=True)
    return float(-np.sum(y * np.log(e / total)) / N), (e / total - y) / N


def layers_of(flat: Array, given: Given) -> tuple[list[Array], list[Array]]:
    """Views of a flat vector in the shapes of the weights and the biases."""
    views, at = [], 0
    for a in (*given.weights, *given.biases):
        views.append(flat[at : at + a.size].reshape(a.shape))
        at += a.size
    return views[: len(given.weights)], views[len(given.weights) :]
