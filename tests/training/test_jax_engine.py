"""The JAX engine gives the numpy engine's numbers, and leaves JAX as the user has it.

The product of options is run as the compiled program's operations, one by one: compiling each case
would take seconds. What compiling may change is seen by the tests that do compile.
"""

import subprocess
import sys
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from cases import path, reference, training
from test_population import assert_alike, population_of, run_all

import glassnet as gn
from conftest import PAIRS
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.network import leaves
from glassnet.core.optimizers import OPTIMIZERS, GradientDescent
from glassnet.errors import GlassnetError
from glassnet.training import optax as optax_room
from glassnet.training.engines import jax as jax_engine
from glassnet.training.engines.registry import ENGINES
from glassnet.training.problem import to_vector

jax = pytest.importorskip("jax")
engine = ENGINES["jax"]
X = np.random.default_rng(0).normal(size=(30, 3))
Y = X[:, :1] * X[:, 1:2]
NETWORK = gn.Network([3, 4, 1], "tanh")
START = gn.initialize(NETWORK, seed=1)


CASES = [
    (hidden, *PAIRS[i], list(OPTIMIZERS)[i // len(ACTIVATIONS) % len(OPTIMIZERS)])
    for i, hidden in zip(range(len(PAIRS)), cycle(ACTIVATIONS), strict=False)
]
"""Every output with every loss, every hidden activation with every optimizer."""
assert len({(hidden, optimizer) for hidden, *_, optimizer in CASES}) == 12 * 9


@pytest.mark.rotating
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_an_epoch_as_the_numpy_engine(hidden: str) -> None:
    """With nothing and with every option in turn: penalty, dropout, masks, clipping, validation."""
    for i, case in enumerate(case for case in CASES if case[0] == hidden):
        problem, state = training(*case, ("plain", "all")[i % 2])
        rates, orders = path(problem, 1)
        expected = reference.run(problem, state, orders, rates)
        with jax.disable_jit():
            found = engine.run(problem, state, orders, rates)
        assert_alike([found], [expected], 1e-12, f"{case}")


@pytest.mark.rotating("float32")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_population_as_the_numpy_engine(dtype: str) -> None:
    """Every option, batches of which the last is smaller, two programs, ends at other times."""
    case = training("tanh", "sigmoid", "sum_of_squares", "adamw", "all", batch_size=5, dtype=dtype)
    given = population_of(*case, 5)
    expected = run_all(reference, *given, 2)
    assert_alike(run_all(engine, *given, 2), expected, 1e-11 if dtype == "float64" else 2e-4, dtype)


def test_what_solvers_and_predictions_need() -> None:
    problem, state = training("tanh", "sigmoid", "mean_squared_error", "adam", "all")
    network, x, masks = problem.network, problem.data.x, problem.options.weight_masks
    theta, scale = to_vector(state.parameters), np.linspace(0.5, 2, len(x))

    def of(one: Any) -> list[Any]:
        gradient = one.gradient(network, problem.data, problem.options.penalty, masks)
        outputs = one.sum_predictor([network] * 2, [state.parameters] * 2)(x)
        return [*gradient(theta), *one.jacobian(network, x, scale, masks)(theta), outputs]

    for expected, found in zip(of(reference), of(engine), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14)


def test_patience_and_a_run_that_leaves_the_finite_numbers() -> None:
    settings: dict[str, Any] = {"validation": (X[:9], -Y[:9]), "patience": 2, "epochs": 40}
    for rate in (0.1, 1e200):
        settings["optimizer"] = gn.GradientDescent(rate)
        runs = [gn.train(NETWORK, START, X, Y, engine=e, warn=False, **settings) for e in ENGINES]
        assert len({(run.ended, run.best_epoch, run.state.epoch) for run in runs}) == 1


def test_chunks_change_no_bit_and_the_configuration_stays() -> None:
    settings = {"epochs": 12, "batch_size": 10, "engine": "jax"}
    before = jax.config.jax_enable_x64, jax.numpy.ones(1).dtype
    one, other = (
        gn.train(NETWORK, START, X, Y, chunk_epochs=chunk, **settings) for chunk in (12, 5)
    )
    for a, b in zip(leaves(one.parameters), leaves(other.parameters), strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == np.float64
    np.testing.assert_array_equal(one.history.iteration_loss, other.history.iteration_loss)
    assert (jax.config.jax_enable_x64, jax.numpy.ones(1).dtype) == before


@dataclass(frozen=True)
class Halving(GradientDescent):
    """A custom optimizer, which remembers nothing."""

    def step(self, w: Any, g: Any, memory: Any, rate: Any, t: Any) -> Any:
        return w - rate * g / (1 + t), memory


def test_custom_functions_are_compiled() -> None:
    cubic = gn.Activation("cubic", lambda z: z**3 / 9 + z, lambda z: z**2 / 3 + 1)
    fourth = gn.Loss(value=lambda a, y: (a - y) ** 4, delta=lambda a, y: 4 * (a - y) ** 3)
    network = gn.Network([3, 4, 1], cubic, loss=fourth)
    settings = {"epochs": 5, "optimizer": Halving(0.05)}
    jaxed, numpyed = (
        gn.train(network, START, X, Y, engine=name, **settings) for name in ("jax", "numpy")
    )
    np.testing.assert_allclose(jaxed.history.loss, numpyed.history.loss, rtol=1e-12)
    assert (jaxed.engine, jaxed.history.loss.size) == ("jax", 5)


def test_a_custom_function_that_cannot_be_compiled() -> None:
    only_numpy = gn.Loss(
        value=lambda a, y: np.abs(np.array(a) - y), delta=lambda a, y: np.sign(a - y)
    )
    with pytest.raises(GlassnetError, match="engine 'jax' cannot run this: JAX cannot compile it"):
        gn.train(gn.Network([3, 4, 1], loss=only_numpy), START, X, Y, epochs=1, engine="jax")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (jax_engine, optax_room):
        monkeypatch.setattr(room, "find_spec", lambda name: None)
    with pytest.raises(GlassnetError, match=r"JAX is not installed: .*install 'glassnet\[jax\]'"):
        gn.train(NETWORK, START, X, Y, epochs=1, engine="jax")
    with pytest.raises(GlassnetError, match=r"optax is not installed: .*install 'glassnet\[jax\]'"):
        gn.Optax("adam")


def test_an_optax_transformation() -> None:
    optax = pytest.importorskip("optax")
    optimizer = gn.Optax(optax.adam(0.01))
    expected = gn.train(NETWORK, START, X, Y, epochs=5, optimizer=gn.Adam(0.01))
    found = gn.train(NETWORK, START, X, Y, epochs=5, optimizer=optimizer, engine="jax")
    np.testing.assert_allclose(found.history.loss, expected.history.loss, rtol=1e-9)
    optimizers = [optax.sgd(0.1), optimizer.transformation, optax.sgd(0.05, momentum=0.9)]
    settings = {"epochs": 5, "optimizer": list(map(gn.Optax, optimizers)), "engine": "jax"}
    several = gn.train_population(NETWORK, [START] * 3, X, Y, **settings)
    np.testing.assert_allclose(several[1].history.loss, expected.history.loss, rtol=1e-9)
    np.testing.assert_allclose(
        several[0].history.loss,
        gn.train(NETWORK, START, X, Y, epochs=5, optimizer=GradientDescent(0.1)).history.loss,
        rtol=1e-9,
    )
    for name in ("auto", "native", "numpy"):
        with pytest.raises(GlassnetError, match="runs on the engine 'jax' only: give engine='jax'"):
            gn.train(NETWORK, START, X, Y, epochs=1, optimizer=optimizer, engine=name)
    with pytest.raises(GlassnetError, match="must be a gradient transformation of optax"):
        gn.Optax(3)


def test_the_start_of_glassnet_does_not_import_jax() -> None:
    program = "import sys, glassnet as gn; gn.train; gn.Optax; print('jax' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
