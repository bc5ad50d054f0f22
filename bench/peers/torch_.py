"""PyTorch as its users train: autograd and an optimizer, eager; and the whole step compiled. The
quicker one counts.

Eager: `torch.optim`, Adam fused (quicker than foreach, and plain arrays quicker than `nn.Module`
around the same operations). Compiled: loss, `torch.func` gradient and update as one function for
torch.compile, which is far quicker than a compiled loss with an eager optimizer.

Many networks: the same with batched products (`baddbmm`), the parameters of all stacked.
"""

import os
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from bench.peers import Task
from bench.workloads import Given, final_loss, final_losses

Arrays = list[torch.Tensor]
Result = tuple[Arrays, torch.Tensor]
"""The weights, and the loss of each step."""

Loss = Callable[[Arrays, torch.Tensor, torch.Tensor], torch.Tensor]
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", torch.get_num_threads())))


def forms(given: Given, quick: bool) -> list[Task]:
    return [eager(given)] if quick else [eager(given), compiled(given)]


def eager(given: Given) -> Task:
    loss, batches, article = (
        loss_of(given),
        batches_of(given),
        given.workload.kind == "article",
    )

    def ready() -> tuple[Arrays, torch.optim.Optimizer]:
        arrays = [a.clone().requires_grad_() for a in start_of(given)]
        return arrays, torch.optim.SGD(arrays, lr=1.0) if article else torch.optim.Adam(
            arrays, lr=1e-3, fused=True
        )

    def fit(state: tuple[Arrays, torch.optim.Optimizer]) -> Result:
        arrays, optimizer = state
        losses = []
        for batch in batches:
            optimizer.zero_grad()
            value = loss(arrays, *batch)
            value.backward()
            optimizer.step()
            losses.append(value.detach())
        return arrays, torch.stack(losses)

    return Task(
        "eager, autograd, " + ("SGD" if article else "fused Adam"), fit, outcome_of(given), ready
    )


def compiled(given: Given) -> Task:
    loss, batches, article = (
        loss_of(given),
        batches_of(given),
        given.workload.kind == "article",
    )
    step = torch.compile(
        descent_step(loss) if article else adam_step(loss), fullgraph=True, dynamic=False
    )

    def ready() -> tuple[Any, ...]:
        arrays, m, v = (
            [make(a) for a in start_of(given)]
            for make in (torch.clone, torch.zeros_like, torch.zeros_like)
        )
        return (arrays,) if article else (arrays, m, v, torch.zeros(()))

    @torch.no_grad()
    def fit(state: tuple[Any, ...]) -> Result:
        losses = []
        for batch in batches:
            value, *state = step(*state, *batch)
            losses.append(value)
        return state[0], torch.stack(losses)

    return Task("whole step compiled", fit, outcome_of(given), ready)


def start_of(given: Given) -> Arrays:
    return [torch.from_numpy(a) for a in (*given.weights, *given.biases)]


def batches_of(given: Given) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Every batch of every epoch, as views of the rows."""
    work, x, y = given.workload, torch.from_numpy(given.x), torch.from_numpy(given.y)
    return work.epochs * [
        (x[i : i + work.batch], y[i : i + work.batch]) for i in range(0, work.rows, work.batch)
    ]


def outcome_of(given: Given) -> Callable[[Result], Any]:
    def loss(result: Result) -> Any:
        arrays, losses = result
        if given.workload.kind == "article":
            return float(losses[-1])
        layers, L = [a.detach().numpy() for a in arrays], len(given.weights)
        if given.workload.networks > 1:
            return final_losses(given, layers[:L], layers[L:])
        return final_loss(given, layers[:L], layers[L:])

    return loss


def article_loss(arrays: Arrays, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.sum((torch.sigmoid(torch.sigmoid(x @ arrays[0]) @ arrays[1]) - y) ** 2)


def scores(arrays: Arrays, x: torch.Tensor, hidden: Any) -> torch.Tensor:
    """The pre-activations of the output, N x K; of P networks P x N x K."""
    L = len(arrays) // 2
    several = arrays[0].ndim == 3
    if several:
        x = x.expand(len(arrays[0]), *x.shape)
    for layer in range(L):
        b, w = arrays[L + layer], arrays[layer]
        x = torch.baddbmm(b[:, None], x, w) if several else torch.addmm(b, x, w)
        x = hidden(x) if layer < L - 1 else x
    return x


def loss_of(given: Given) -> Loss:
    """The function that is minimised: of several networks the sum over them."""
    work = given.workload
    if work.kind == "article":
        return article_loss
    hidden = torch.tanh if work.activation == "tanh" else torch.relu
    if work.kind == "classes":
        return lambda arrays, x, y: functional.cross_entropy(scores(arrays, x, hidden), y)
    half = 0.5 * work.networks
    return lambda arrays, x, y: half * torch.mean((scores(arrays, x, hidden) - y) ** 2)


def descent_step(loss: Loss) -> Callable[..., tuple[Any, ...]]:
    def step(arrays: Arrays, x: torch.Tensor, y: torch.Tensor) -> tuple[Any, ...]:
        gradients, value = torch.func.grad_and_value(loss)(arrays, x, y)
        return value, [w - g for w, g in zip(arrays, gradients, strict=True)]

    return step


def adam_step(loss: Loss) -> Callable[..., tuple[Any, ...]]:
    def step(
        arrays: Arrays, m: Arrays, v: Arrays, t: torch.Tensor, x: torch.Tensor, y: torch.Tensor
    ) -> tuple[Any, ...]:
        gradients, value = torch.func.grad_and_value(loss)(arrays, x, y)
        t = t + 1
        m = [0.9 * a + 0.1 * g for a, g in zip(m, gradients, strict=True)]
        v = [0.999 * a + 0.001 * g * g for a, g in zip(v, gradients, strict=True)]
        rate, spread = 1e-3 / (1 - 0.9**t), 1 / (1 - 0.999**t)
        new = [
            w - rate * a / (torch.sqrt(b * spread) + 1e-8)
            for w, a, b in zip(arrays, m, v, strict=True)
        ]
        return value, new, m, v, t

    return step
