"""JAX, written by hand as well as we can: the whole training is one compiled program (`lax.scan`),
the weights donated to it.

The article: rows as arrays, each product a Python sum over k of outer products, which XLA fuses
into a few kernels; `dot` takes three times as long at these sizes, a vector for each row or node
four times, sixteen scalars twelve. fori_loop and scan are alike. The deeper networks: gradients
derived by hand and by `jax.grad` are alike, and so are one flat vector and a list of arrays.

Many networks: the article with the network as the last axis, all at once or a block after the
other; the deeper ones by vmap, all at once or in blocks.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bench.peers import Task
from bench.workloads import Given, Workload, final_loss, final_losses

Arrays = list[jax.Array]


def forms(given: Given, quick: bool) -> list[Task]:
    article = given.workload.kind == "article"
    if given.workload.dtype == "float64":
        jax.config.update("jax_enable_x64", True)
    if given.workload.networks > 1:
        return several(given, quick)
    x, y = jnp.asarray(given.x), jnp.asarray(given.y)
    train = article_training(given) if article else mlp_training(given)

    def ready() -> Arrays:  # donated arrays are used up: each training gets its own
        arrays = (
            (given.weights[0], given.weights[1][:, 0])
            if article
            else (*given.weights, *given.biases)
        )
        return jax.block_until_ready([jnp.array(np.array(a)) for a in arrays])

    def fit(arrays: Arrays) -> Any:
        return jax.block_until_ready(train(arrays, x, y))

    def loss(result: tuple[Arrays, jax.Array]) -> float:
        arrays, losses = result
        L = len(given.weights)
        return (
            float(losses[-1])
            if article
            else final_loss(given, *([np.asarray(a) for a in p] for p in (arrays[:L], arrays[L:])))
        )

    return [
        Task(
            "one compiled scan, " + ("sums of outer products" if article else "gradients by hand"),
            fit,
            loss,
            ready,
        )
    ]


def several(given: Given, quick: bool) -> list[Task]:
    """The ways to train many networks: blocks small enough to stay in cache count as one."""
    article, P = given.workload.kind == "article", given.workload.networks
    x, y = jnp.asarray(given.x), jnp.asarray(given.y)
    L = len(given.weights)

    def loss(result: tuple[Arrays, jax.Array]) -> Any:
        arrays, losses = result
        if article:
            return np.asarray(losses).reshape(-1)
        return final_losses(given, arrays[:L], arrays[L:])

    def task(block: int) -> Task:
        def ready() -> Arrays:
            arrays = [*given.weights, *given.biases]
            if article:
                arrays = [arrays[0], arrays[1][:, :, 0]]
            arrays = [a.reshape(P // block, block, *a.shape[1:]) for a in arrays]
            if article:
                arrays = [np.moveaxis(a, 1, -1) for a in arrays]
            return jax.block_until_ready([jnp.array(a) for a in arrays])

        train = article_training(given, last_only=True) if article else mlp_training(given)
        of_block = train if article else jax.vmap(train, in_axes=(0, None, None))

        @partial(jax.jit, donate_argnums=0)
        def of_all(arrays: Arrays) -> tuple[Arrays, jax.Array]:
            if block == P:
                arrays, losses = of_block([a[0] for a in arrays], x, y)
                return list(arrays), losses
            arrays, losses = jax.lax.map(lambda some: of_block(some, x, y), arrays)
            if not article:
                arrays = [a.reshape(P, *a.shape[2:]) for a in arrays]
            return arrays, losses

        how = "the network as the last axis" if article else "vmap"
        blocks = "all at once" if block == P else f"in blocks of {block}"
        return Task(
            f"one compiled scan, {how}, {blocks}",
            lambda arrays: jax.block_until_ready(of_all(arrays)),
            loss,
            ready,
        )

    best = 64 if article else 32
    return [task(best)] if quick else [task(block) for block in (best, 4 * best, P) if block <= P]


def sigmoid(z: jax.Array) -> jax.Array:
    return 1 / (1 + jnp.exp(-z))


def article_training(given: Given, last_only: bool = False) -> Any:
    """One network's, or those of a block, whose axis is the last."""
    N, D = given.x.shape
    H, epochs = given.workload.sizes[1], given.workload.epochs
    one = () if given.workload.networks == 1 else (None,)  # an axis for the networks

    @partial(jax.jit, donate_argnums=0)
    def train(arrays: Arrays, x: jax.Array, y: jax.Array) -> tuple[Arrays, jax.Array]:
        def step(state: Arrays, _: None) -> tuple[Arrays, jax.Array]:
            w1, w2 = state  # D x H, H
            h = sigmoid(sum(x[(slice(None), k, None, *one)] * w1[k][None] for k in range(D)))
            o = sigmoid(sum(h[:, k] * w2[k] for k in range(H)))  # N; h: N x H
            error = o - y[(slice(None), 0, *one)]
            delta2 = 2 * error * o * (1 - o)  # N
            delta1 = delta2[:, None] * w2[None] * h * (1 - h)  # N x H
            dw1 = sum(x[(n, slice(None), None, *one)] * delta1[n][None] for n in range(N))
            dw2 = sum(h[n] * delta2[n] for n in range(N))
            squares = error * error
            return [w1 - dw1, w2 - dw2], sum(squares[n] for n in range(N)) if one else squares.sum()

        arrays, losses = jax.lax.scan(step, arrays, None, length=epochs)
        return arrays, losses[-1] if last_only else losses

    return train


def mlp_training(given: Given) -> Any:
    work, L = given.workload, len(given.weights)

    @partial(jax.jit, donate_argnums=0)
    def train(arrays: Arrays, x: jax.Array, y: jax.Array) -> tuple[Arrays, jax.Array]:
        def step(
            state: tuple[Any, ...], batch: tuple[jax.Array, jax.Array]
        ) -> tuple[tuple[Any, ...], jax.Array]:
            arrays, m, v, t = state
            loss, gradients = loss_and_gradients(work, arrays[:L], arrays[L:], *batch)
            t = t + 1
            m = [0.9 * a + 0.1 * g for a, g in zip(m, gradients, strict=True)]
            v = [0.999 * a + 0.001 * g * g for a, g in zip(v, gradients, strict=True)]
            rate, spread = 1e-3 / (1 - 0.9**t), 1 / (1 - 0.999**t)
            new = [
                w - rate * a / (jnp.sqrt(b * spread) + 1e-8)
                for w, a, b in zip(arrays, m, v, strict=True)
            ]
            return (new, m, v, t), loss

        state = (arrays, *([jnp.zeros_like(a) for a in arrays] for _ in range(2)), jnp.float32(0))
        batches = (x.reshape(-1, work.batch, x.shape[1]), y.reshape(-1, work.batch, y.shape[1]))
        if work.batch == work.rows:
            state, losses = jax.lax.scan(
                lambda state, _: step(state, (x, y)), state, None, length=work.epochs
            )
        else:
            state, losses = jax.lax.scan(step, state, batches)
        return state[0], losses

    return train


def loss_and_gradients(
    work: Workload, weights: Arrays, biases: Arrays, x: jax.Array, y: jax.Array
) -> tuple[jax.Array, Arrays]:
    N, tanh = x.shape[0], work.activation == "tanh"
    a = [x]
    for w, b in zip(weights, biases, strict=True):
        z = a[-1] @ w + b
        a.append(jnp.tanh(z) if tanh else jnp.maximum(z, 0))
    if work.kind == "regression":
        loss, delta = 0.5 * jnp.mean((z - y) ** 2), (z - y) / z.size
    else:
        log_a = jax.nn.log_softmax(z)
        loss, delta = -jnp.sum(y * log_a) / N, (jnp.exp(log_a) - y) / N
    d_weights, d_biases = [], []
    for layer in reversed(range(len(weights))):
        d_weights.insert(0, a[layer].T @ delta)
        d_biases.insert(0, jnp.sum(delta, axis=0))
        if layer:
            slope = 1 - a[layer] * a[layer] if tanh else a[layer] > 0
            delta = delta @ weights[layer].T * slope
    return loss, d_weights + d_biases
