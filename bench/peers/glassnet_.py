"""glassnet as its users call it: `gn.train`, and `gn.train_population` where there are several
networks. The engine's own call inside it is timed as well.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import glassnet as gn
from bench.peers import Task
from bench.workloads import Given, Workload, final_loss
from glassnet.training import run as run_module
from glassnet.training.engines.registry import choose

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
    return gn.Network(workload.sizes, activation=workload.activation, loss=loss)


def forms(given: Given, _quick: bool) -> list[Task]:
    work, network = given.workload, network_of(given.workload)
    article = work.kind == "article"
    optimizer = gn.GradientDescent(1.0) if article else gn.Adam(0.001)
    batches: dict[str, Any] = (
        {} if work.batch == work.rows else {"batch_size": work.batch, "shuffle": False}
    )

    if work.networks > 1:
        from glassnet.training import population

        time_engines_of(population)
        return [several(given, network, {"optimizer": optimizer, "epochs": work.epochs, **batches})]
    time_engines_of(run_module)
    start = gn.Parameters(given.weights, given.biases)

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


def several(given: Given, network: gn.Network, options: dict[str, Any]) -> Task:
    """`gn.train_population`, from starts that are made beforehand."""
    starts = [
        gn.Parameters(one.weights, one.biases)
        for one in (given.alone(p) for p in range(given.workload.networks))
    ]

    def fit(_: None) -> gn.Population:
        inside.clear()
        return gn.train_population(network, starts, given.x, given.y, **options)

    def loss(population: gn.Population) -> Any:
        if given.workload.kind == "article":
            return population.last_losses
        return [final_loss(given, *run.parameters) for run in population]

    engine = choose("auto", network).engine
    return Task(
        f"gn.train_population, {engine.name} engine",
        fit,
        loss,
        inside=lambda: sum(inside) if inside else None,
    )


def time_engines_of(module: Any) -> None:
    """Put a clock around whatever engine is chosen in the module of `gn.train`, or in that of
    `gn.train_population`, which a process that trains one network does not import.
    """
    module.choose = lambda *args, **options: clocked(choose(*args, **options))


def clocked(found: Any) -> Any:
    """The same, its `run` and `run_population` timed: an engine, or a tuple with one in it.

    Anything else comes back as it is, and nothing is timed.
    """
    calls = {name: getattr(found, name, None) for name in ("run", "run_population")}
    timed_calls = {name: timed(call) for name, call in calls.items() if callable(call)}
    if not timed_calls and isinstance(found, tuple):
        parts = [clocked(part) for part in found]
        return type(found)(*parts) if hasattr(found, "_fields") else tuple(parts)
    if not timed_calls:
        return found
    if hasattr(found, "_replace"):
        return found._replace(**timed_calls)
    return Clocked(found, timed_calls)


def timed(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, its seconds noted."""

    def call_timed(*args: Any, **options: Any) -> Any:
        began = perf_counter()
        result = call(*args, **options)
        inside.append(perf_counter() - began)
        return result

    return call_timed


class Clocked:
    """An engine that is a module or some other object, with other calls.

    Made anew for each training, so it must be cheap.
    """

    def __init__(self, engine: Any, calls: dict[str, Callable[..., Any]]) -> None:
        self.engine = engine
        self.__dict__.update(calls)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)
