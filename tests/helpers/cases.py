"""Trainings over the product of all options, made from the tables of functions: what every engine
must agree on.
"""

import itertools
import zlib
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np

from conftest import targets
from glassnet.core.dropout import dropout_masks
from glassnet.core.network import Network, Parameters, backprop, feedforward, leaves, unflatten
from glassnet.core.optimizers import (
    OPTIMIZERS,
    Adam,
    AdamEpsilonHat,
    AdamW,
    GradientDescent,
    Momentum,
    Muon,
    Nesterov,
    Optimizer,
    OptimizerState,
    RMSprop,
    Rprop,
)
from glassnet.core.penalties import Penalty
from glassnet.training.engines import core as core_of_engines
from glassnet.training.engines.registry import ENGINES
from glassnet.training.options import TrainingOptions
from glassnet.training.problem import Best, Data, Problem, State

native = ENGINES["native"]
reference = ENGINES["numpy"]
N, NV, D, K = 13, 6, 3, 3
TRIED: dict[str, Optimizer] = {
    "gradient_descent": GradientDescent(0.01),
    "momentum": Momentum(0.002),
    "nesterov": Nesterov(0.002),
    "rmsprop": RMSprop(0.001),
    "adam": Adam(0.002),
    "adam_epsilon_hat": AdamEpsilonHat(0.002),
    "adamw": AdamW(0.002),
    "muon": Muon(0.002),
    "rprop": Rprop(0.01, largest=0.02),
}
"""Every optimizer, with settings under which most networks learn without running away."""
assert set(TRIED) == set(OPTIMIZERS), "an optimizer is not tried"


def options(kind: str, network: Network, random: np.random.Generator) -> dict[str, Any]:
    """What a Problem has beyond its network, data and optimizer: "plain" has nothing, "all" has
    everything at once.
    """
    hidden, arrays = len(network.sizes) - 2, len(network.shapes) * (1 + network.bias)
    nothing = {
        "multipliers": (1.0,) * arrays,
        "penalty": None,
        "dropout": (0.0,) * hidden,
        "weight_masks": (),
    }
    everything = {
        "multipliers": tuple(random.uniform(0.5, 1.5, arrays)),
        "penalty": Penalty(0.03, 0.01),
        "dropout": (0.3, 0.0, 0.6)[:hidden],
        "weight_masks": tuple(
            (random.uniform(size=s) > 0.25).astype(float) for s in network.shapes
        ),
        "clip": 10 ** random.uniform(-1, 1),
        "measure_gradient": True,
    }
    return everything if kind == "all" else nothing


def training(
    hidden: str, output: str, loss: str, optimizer: str, kind: str = "plain", *, sizes: Any = (D, 7, 5, K), rows: int = N,  # noqa: E501
    bias: bool = True, begun: bool = True, dtype: str = "float64", **changes: Any,
) -> tuple[Problem, State]:  # fmt: skip
    """A training that has begun (the optimizer's slots hold something), random but the same for the
    same options.
    """
    network = Network(sizes, hidden, output, loss, bias)
    found = TRIED[optimizer]
    for draw in itertools.count():
        random = np.random.default_rng(
            zlib.crc32(repr((network.sizes, str(network), kind, draw)).encode())
        )
        more = options(kind, network, random) | {"batch_size": rows} | changes
        problem, state = _drawn(network, found, kind, more, random, rows, begun)
        if not isinstance(found, Rprop) or _signs_are_certain(problem, state):
            break
    return (problem, state) if dtype == "float64" else (as_float32(problem), as_float32(state))


def _drawn(
    network: Network,
    optimizer: Optimizer,
    kind: str,
    more: Any,
    random: np.random.Generator,
    rows: int,
    begun: bool,
) -> Any:
    masks = more["weight_masks"] or tuple(np.ones(s) for s in network.shapes)
    weights = tuple(
        m * 0.5 * random.normal(size=s) / np.sqrt(s[0])
        for s, m in zip(network.shapes, masks, strict=True)
    )
    biases = tuple(0.3 * random.normal(size=m) for _, m in network.shapes) if network.bias else ()

    def data(rows: int) -> Data:
        w = (
            random.uniform(0.2, 3, size=rows)
            if kind == "all" or isinstance(optimizer, Rprop)
            else None
        )
        return Data(random.normal(size=(rows, network.sizes[0])), targets(network, random, rows), w)

    problem = Problem(
        network=network,
        data=data(rows),
        validation=data(NV) if kind == "all" else None,
        options=TrainingOptions(optimizer=optimizer, seed=7, **more),
    )
    parameters = Parameters(weights, biases)
    memory = optimizer.init(parameters).memory
    if begun:
        memory = tuple(
            type(one)(*(s + mask * random.uniform(0, 0.1, size=s.shape) for s in one))
            for one, mask in zip(memory, (*masks, *(1.0 for _ in biases)), strict=True)
        )
    return problem, State(
        parameters,
        OptimizerState(3 if begun else 0, memory),
        0,
        Best(parameters, float("inf"), 0),
        0,
        "",
    )


def with_options(problem: Problem, **changes: Any) -> Problem:
    """The problem with some of its options changed."""
    return replace(problem, options=replace(problem.options, **changes))


def _signs_are_certain(problem: Problem, state: State) -> bool:
    """Whether no entry of the gradient is nothing but rounding: Rprop goes by the sign alone."""
    x, y, w = problem.data
    with np.errstate(over="ignore"):
        trace = feedforward(problem.network, state.parameters, x, (), problem.options.weight_masks)
        _, gradients = backprop(problem.network, state.parameters, trace, y, w)
    masks = problem.options.weight_masks or tuple(np.ones(s) for s in problem.network.shapes)
    trained = [np.abs(dw)[m > 0] for dw, m in zip(gradients.weights, masks, strict=True)] + [
        np.abs(db) for db in gradients.biases
    ]
    sizes = np.concatenate(trained)
    return bool(sizes.min() > 1e-10 * sizes.max())


def as_float32(nest: Any) -> Any:
    """Every array in a nest of tuples and Problems as float32."""
    if isinstance(nest, np.ndarray):
        return nest.astype(np.float32)
    if isinstance(nest, Problem):
        masks = as_float32(nest.options.weight_masks)
        return replace(
            nest,
            data=as_float32(nest.data),
            validation=as_float32(nest.validation),
            options=replace(nest.options, weight_masks=masks),
        )
    if isinstance(nest, dict):
        return {name: as_float32(value) for name, value in nest.items()}
    if isinstance(nest, tuple):
        made = [as_float32(value) for value in nest]
        return type(nest)(*made) if hasattr(nest, "_fields") else tuple(made)
    return nest


def run_both(problem: Problem, state: State, epochs: int) -> tuple[Any, Any]:
    """(state, measured) of the numpy engine and of the native one, from the same state through the
    same batches.
    """
    rates, orders = path(problem, epochs)
    return reference.run(problem, state, orders, rates), native.run(problem, state, orders, rates)


def path(problem: Problem, epochs: int) -> tuple[np.ndarray, np.ndarray | None]:
    rows = len(problem.data.x)
    rates = (
        np.linspace(1, 0.8, epochs * problem.batches).reshape(epochs, -1)
        * problem.options.optimizer.learning_rate
    )
    random = np.random.default_rng(3)
    return rates, np.stack(
        [random.permutation(rows) for _ in range(epochs)]
    ) if problem.batch_size < rows else None


def apart(one: Any, other: Any) -> dict[str, float]:
    """How far two results are apart, by name: each array, and each slot of all arrays, relative to
    its largest absolute value.
    """
    (a, measured_a), (b, measured_b) = one, other
    pairs = {
        f"parameters[{i}]": p
        for i, p in enumerate(zip(leaves(a.parameters), leaves(b.parameters), strict=True))
    }
    pairs |= {
        f"best[{i}]": p
        for i, p in enumerate(
            zip(leaves(a.best.parameters), leaves(b.best.parameters), strict=True)
        )
    }
    slots = [
        [
            np.concatenate([v.ravel() for v in slot])
            for slot in zip(*s.optimizer.memory, strict=True)
        ]
        for s in (a, b)
    ]
    names = a.optimizer.memory[0]._fields
    pairs |= dict(zip(names, zip(*slots, strict=True), strict=True))
    pairs |= {
        name: (getattr(measured_a, name), getattr(measured_b, name)) for name in measured_a._fields
    }
    return {name: difference(*pair) for name, pair in pairs.items()}


def difference(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape, f"shapes {a.shape} and {b.shape}"
    assert a.dtype == b.dtype, f"dtypes {a.dtype} and {b.dtype}"
    finite = np.isfinite(a)
    if not (np.isfinite(b) == finite).all():
        return float("inf")
    largest = np.abs(a[finite]).max(initial=0)
    return float(np.abs(a[finite] - b[finite]).max(initial=0) / (largest or 1))


def permuted(
    problem: Problem, state: State, order: np.ndarray | None, draw: int
) -> tuple[Problem, State, np.ndarray | None, np.ndarray, list[np.ndarray]]:
    """The same training with its inputs and hidden nodes in another order, and its rows too where
    no dropout counts them.

    Gives problem, state, batch orders, and the order of the rows and of each layer's nodes. Only
    rounding can differ.
    """
    random = np.random.default_rng(draw)
    network = problem.network
    nodes = [random.permutation(n) for n in network.sizes[:-1]]
    nodes.append(np.arange(network.sizes[-1]))
    rows = np.arange(len(problem.data.x))
    if order is None or not any(problem.dropout):
        random.shuffle(rows)
    back = np.argsort(rows)

    def moved(data: Data | None, rows: np.ndarray) -> Data | None:
        if data is None:
            return None
        return Data(
            data.x[rows][:, nodes[0]],
            data.y[rows],
            None if data.sample_weight is None else data.sample_weight[rows],
        )

    masks = tuple(
        m[np.ix_(a, b)]
        for m, a, b in zip(problem.options.weight_masks, nodes, nodes[1:], strict=False)
    )
    same = replace(
        problem,
        data=moved(problem.data, rows),
        validation=moved(problem.validation, np.arange(NV)),
        options=replace(problem.options, weight_masks=masks),
    )
    reordered_rows = None if order is None else back[order]
    return same, reordered(state, nodes), reordered_rows, rows, nodes


def reordered(state: State, nodes: list[np.ndarray]) -> State:
    """A state with the nodes of every layer in another order."""
    pairs = list(itertools.pairwise(nodes))
    positions = [*(np.ix_(a, b) for a, b in pairs), *(b for _, b in pairs)]  # weights, then biases

    def parameters(given: Parameters) -> Parameters:
        moved = [array[at] for array, at in zip(leaves(given), positions, strict=False)]
        return unflatten(moved, given)

    memory = tuple(
        type(one)(*(slot[at] for slot in one))
        for one, at in zip(state.optimizer.memory, positions, strict=False)
    )
    best = state.best._replace(parameters=parameters(state.best.parameters))
    return state._replace(
        parameters=parameters(state.parameters),
        optimizer=state.optimizer._replace(memory=memory),
        best=best,
    )


def own_difference(problem: Problem, state: State, epochs: int, draws: int = 5) -> float:
    """How far the numpy engine is from itself, its sums in other orders or its start rounded
    otherwise: the furthest of some.
    """
    rates, order = path(problem, epochs)
    straight = reference.run(problem, state, order, rates)
    furthest = 0.0
    for draw in range(draws):
        other_problem, other_state, other_order, rows, nodes = permuted(problem, state, order, draw)

        def masks(*args: Any, rows: Any = rows, nodes: Any = nodes) -> tuple[np.ndarray, ...]:
            given = zip(dropout_masks(*args), nodes[1:-1], strict=False)
            return tuple(
                mask[rows if order is None else slice(None)][:, places] for mask, places in given
            )

        with mock.patch.object(
            core_of_engines, "dropout_masks", masks
        ):  # rows and nodes keep their masks where they go
            after, measured = reference.run(other_problem, other_state, other_order, rates)
        if len(measured.iteration_loss) != len(straight[1].iteration_loss):
            return float("inf")
        after = reordered(after, [np.argsort(n) for n in nodes])
        furthest = max(
            furthest,
            *apart(
                (straight[0], straight[1]._replace(output=measured.output)), (after, measured)
            ).values(),
        )
        random = np.random.default_rng(draw)
        nudged = [
            w * (1 + 2.0**-52 * random.choice([-1, 1], w.shape)) for w in leaves(state.parameters)
        ]
        rounded = reference.run(
            problem, state._replace(parameters=unflatten(nudged, state.parameters)), order, rates
        )
        if len(rounded[1].iteration_loss) != len(straight[1].iteration_loss):
            return float("inf")
        furthest = max(furthest, *apart(straight, rounded).values())
    return furthest
