"""The self-check: does an engine compute here what the mathematics of `core` says?

CI runs the tests on few platforms; on any other the registry compares, before the first use of a
compiled engine, a few steps of the small trainings below. Which engines there are, and what
becomes of one that fails, is the registry's.
"""

import platform
from collections.abc import Iterator
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters, leaves
from glassnet.core.optimizers import (
    Adam,
    AdamW,
    GradientDescent,
    Muon,
    Nesterov,
    Optimizer,
    RMSprop,
)
from glassnet.core.penalties import Penalty
from glassnet.training.engines.base import Engine
from glassnet.training.options import TrainingOptions
from glassnet.training.problem import Data, Problem, as_dtype, start_of, to_vector
from glassnet.training.stacked import stacked, start_of_all

TESTED = {("Linux", "x86_64")}
"""The systems and processors that CI runs the tests on."""

ROUNDED_APART = {"float64": 1e-11, "float32": 1e-4}
"""How far two arrays may be apart, relative to the largest number. Rounding takes them 1e-15 and
1e-6 apart.
"""

NO_MORE: dict[str, Any] = {}
EVERYTHING = {"penalty": Penalty(0.03, 0.01), "dropout": (0.3, 0.2), "clip": 0.5}
TRAININGS: list[tuple[tuple[str, str], str, Optimizer, str, dict[str, Any]]] = [
    (("sigmoid", "tanh"), "categorical_cross_entropy", Adam(), "float64", EVERYTHING),
    (("relu", "softplus"), "huber", RMSprop(), "float32", EVERYTHING),
    (("leaky_relu", "elu"), "binary_cross_entropy", Nesterov(), "float64", NO_MORE),
    (("silu", "gelu"), "mean_squared_error", AdamW(), "float32", NO_MORE),
    (("selu", "mish"), "poisson", GradientDescent(), "float32", EVERYTHING),
    (("identity", "exponential"), "pinball", Muon(), "float64", NO_MORE),
]
"""Hidden activations, loss, optimizer, dtype and what else: every activation, with a loss of each
output activation.
"""
SIZES = (5, 19, 7, 3)
"""Of layers, wider and narrower than vectors are."""
N_ROWS = 23
BATCH_SIZE = 20

Compared = list[np.ndarray]


def is_tested_here() -> bool:
    """Whether CI runs the tests on this platform."""
    return (platform.system(), platform.machine()) in TESTED


def find_fault(engine: Engine, oracle: Engine) -> str:
    """What an engine computes otherwise than the oracle, in one sentence; "" where nothing."""
    for problem, start in _problems():
        expected = _results(oracle, problem, start)
        expected["parameters of a population"] = 3 * expected["trained parameters"]
        try:
            found = _results(engine, problem, start)
            found["parameters of a population"] = _population(engine, problem, start, 3)
        except Exception as error:  # whatever it is, this engine is not to be used
            return _sentence(engine, f"it stopped with '{type(error).__name__}: {error}'")
        dtype = problem.data.x.dtype.name
        for what, arrays in expected.items():
            apart = np.max(list(map(_apart, arrays, found[what])))  # NaN, where one is
            if not apart <= ROUNDED_APART[dtype]:
                optimizer = type(problem.options.optimizer).__name__
                of = f"{problem.network}, {optimizer}, {dtype}"
                return _sentence(engine, f"{what} ({of}) are off by {100 * apart:.2g} %")
    return ""


def _sentence(engine: Engine, what: str) -> str:
    where = f"{platform.system()} {platform.machine()}, {engine.describe()}"
    return (
        f"the {engine.name} engine failed its self-check on this platform ({where}), on which it "
        f"was not tested before: {what}. Please report this where you got glassnet"
    )


def _problems() -> Iterator[tuple[Problem, Parameters]]:
    """The trainings, and the parameters where they start; the same numbers always."""
    random = np.random.default_rng(1)
    for hidden, loss, optimizer, dtype, more in TRAININGS:
        network = Network(SIZES, hidden, loss=loss)
        weights = tuple(random.normal(0, 0.5, shape) for shape in network.shapes)
        biases = tuple(random.normal(0, 0.3, m) for _, m in network.shapes)
        x = random.normal(size=(N_ROWS, SIZES[0]))
        y = random.dirichlet(np.ones(SIZES[-1]), N_ROWS)  # targets that every loss can take
        data = Data(*(a.astype(dtype) for a in (x, y, random.uniform(0.2, 3, N_ROWS))))
        options = TrainingOptions(optimizer=optimizer, epochs=1, batch_size=BATCH_SIZE, **more)
        start = as_dtype(Parameters(weights, biases), dtype)
        yield Problem(network, data, data if more else None, options), start


def _results(engine: Engine, problem: Problem, start: Parameters) -> dict[str, Compared]:
    """What the engine computes of a training, under the names that a fault has them by."""
    network, data = problem.network, problem.data
    x = np.asarray(data.x)
    rates = problem.options.learning_rates(problem.batches)
    state, measured = engine.run(problem, start_of(problem, start), None, rates)
    found = {
        "losses": list(measured),
        "trained parameters": leaves(state.parameters),
        "best parameters": leaves(state.best.parameters),
        "predictions": [engine.predictor(network, start)(x)],
    }
    if x.dtype == np.float64:  # what solvers call has no other dtype
        theta = to_vector(start)
        loss, penalty, gradient = engine.gradient(network, data, problem.options.penalty)(theta)
        found["gradients"] = [np.array([loss, penalty]), gradient]
        found["Jacobians"] = list(engine.jacobian(network, x, np.ones(N_ROWS))(theta))
    return found


def _population(engine: Engine, problem: Problem, start: Parameters, networks: int) -> Compared:
    """The parameters of several networks that are trained together, all from the same start."""
    which = np.zeros(networks, int)
    states = start_of_all([problem], which, stacked([start] * networks))
    rates = problem.options.learning_rates(problem.batches)
    after, _ = engine.run_population([problem], which, states, [None], [rates])
    return [array for p in range(networks) for array in leaves(after.of(p).parameters)]


def _apart(expected: np.ndarray, found: np.ndarray) -> float:
    """The largest difference, relative to the largest number; infinite between other shapes."""
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return float("inf")
    largest = np.abs(expected).max(initial=0)
    return float(np.abs(expected - found).max(initial=0) / (largest or 1))
