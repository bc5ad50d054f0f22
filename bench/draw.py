"""What every program is handed: the rows and the start, drawn once by glassnet, and the loss to
reach, by plain NumPy.
"""

import numpy as np

import glassnet as gn
from bench.peers.glassnet_ import network_of
from bench.peers.numpy_ import forms
from bench.workloads import Array, Given, Workload


def draw(workload: Workload) -> Given:
    """The data, and the start that glassnet draws."""
    network = network_of(workload)
    article = workload.kind == "article"
    if article:
        x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], workload.dtype)
        y = np.array([[0], [1], [1], [0]], workload.dtype)
    else:
        x, y = made_up(workload)
    if article and workload.networks == 1:
        start = gn.initialize(network, "uniform", seed=1, rng="r")  # which R draws itself
        return Given(workload, x, y, tuple(start.weights), tuple(start.biases))
    method = "uniform" if article else "he"
    starts = [
        gn.initialize(network, method, seed=1 + p, dtype=workload.dtype)
        for p in range(workload.networks)
    ]
    weights = tuple(np.stack(arrays) for arrays in zip(*(s.weights for s in starts), strict=True))
    biases = tuple(np.stack(arrays) for arrays in zip(*(s.biases for s in starts), strict=True))
    given = Given(workload, x, y, weights, biases)
    return given if workload.networks > 1 else given.alone(0)._replace(workload=workload)


def made_up(workload: Workload) -> tuple[Array, Array]:
    """Rows with something to learn: a smooth function of two directions plus noise, standardised;
    or sparse pictures of ten kinds.

    The pictures have no pattern, so that after ten steps their loss is still far from zero and can
    be compared.
    """
    random = np.random.default_rng(1)
    N, D, K = workload.rows, workload.sizes[0], workload.sizes[-1]
    if workload.kind == "classes":
        x = random.random((N, D)) * (random.random((N, D)) < 0.2)
        y = np.eye(K)[random.integers(K, size=N)]
    else:
        x = random.standard_normal((N, D))
        u, v = (x @ random.standard_normal((D, 2)) / np.sqrt(D)).T
        signal = (np.sin(2 * u) + u * v)[:, None]
        y = signal + 0.1 * random.standard_normal((N, K))
        x, y = ((a - a.mean(axis=0)) / a.std(axis=0) for a in (x, y))
    return x.astype(workload.dtype), y.astype(workload.dtype)


def reference(given: Given) -> float | Array:
    """The loss to reach, each network's: what plain NumPy reaches in float64."""
    (task,) = forms(given.astype("float64"), True, count=given.workload.networks)
    return task.loss(task.fit(task.ready()))
