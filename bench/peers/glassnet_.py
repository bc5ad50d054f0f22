"""glassnet as its users call it: `gn.train`. The engine's own call inside it is timed as well."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import glassnet as gn
from bench.peers import Task
from bench.workloads import Given, Workload, final_loss
from glassnet.training import run as run_module

inside: list[float] = []
"""Seconds of each call of an engine since the last training began."""


def network_of(workload: Workload) -> gn.Network:
    if workload.kind == "article":
        return gn.Network(
            workload.sizes,
            activation="sigmoid",
            output="sigmoid",
            loss="sum_of_squares",
            bias=False,
        )
    loss = (
        "half_mean_squared_error" if workload.kind == "regression" else "categorical_cross_entropy"
    )
    return gn.Network(workload.sizes, activation="relu", loss=loss)


def forms(given: Given, _quick: bool) -> list[Task]:
    time_engines()
    work, network, start = (
        given.workload,
        network_of(given.workload),
        gn.Parameters(given.weights, given.biases),
    )
    article = work.kind == "article"
    optimizer = gn.GradientDescent(1.0) if article else gn.Adam(0.001)
    batches: dict[str, Any] = (
        {} if work.batch == work.rows else {"batch_size": work.batch, "shuffle": False}
    )

    def fit(_: None) -> gn.Run:
        inside.clear()
        return gn.train(
            network, start, given.x, given.y, optimizer=optimizer, epochs=work.epochs, **batches
        )

    def loss(run: gn.Run) -> float:
        return (
            float(run.history.iteration_loss[-1]) if article else final_loss(given, *run.parameters)
        )

    return [
        Task(
            "gn.train, {0.engine} engine", fit, loss, inside=lambda: sum(inside) if inside else None
        )
    ]


def time_engines() -> None:
    """Put a clock around `run` of whatever engine `gn.train` chooses."""
    choose = run_module.choose
    run_module.choose = lambda *args, **options: clocked(choose(*args, **options))


def clocked(found: Any) -> Any:
    """The same, its `run` timed: an engine, or a tuple with one in it.

    Anything else comes back as it is, and nothing is timed.
    """
    run = getattr(found, "run", None)
    if not callable(run):
        return tuple(clocked(part) for part in found) if isinstance(found, tuple) else found

    def timed(*args: Any, **options: Any) -> Any:
        began = perf_counter()
        result = run(*args, **options)
        inside.append(perf_counter() - began)
        return result

    return found._replace(run=timed) if hasattr(found, "_replace") else Clocked(found, timed)


class Clocked:
    """An engine that is a module or some other object, with another `run`.

    Made anew for each training, so it must be cheap.
    """

    def __init__(self, engine: Any, run: Callable[..., Any]) -> None:
        self.engine, self.run = engine, run

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)
