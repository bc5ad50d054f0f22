"""The JAX engine gives the numpy engine's numbers, and leaves JAX as the user has it."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from cases import apart, path, reference, training
from test_population import assert_alike, population_of, run_all

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.errors import GlassnetError
from glassnet.training.engines.registry import ENGINES
from glassnet.training.problem import to_vector

jax = pytest.importorskip("jax")
engine = ENGINES["jax"]
X = np.random.default_rng(0).normal(size=(30, 3))
Y = X[:, :1] * X[:, 1:2]
NETWORK = gn.Network([3, 4, 1], "tanh")
START = gn.initialize(NETWORK, seed=1)


def test_epochs_as_the_numpy_engine() -> None:
    """Every option at once, in batches of which the last one is smaller."""
    problem, state = training(
        "tanh", "sigmoid", "binary_cross_entropy", "adamw", "all", batch_size=5
    )
    rates, orders = path(problem, 3)
    expected = reference.run(problem, state, orders, rates)
    found = engine.run(problem, state, orders, rates)
    assert max(apart(expected, found).values()) < 1e-11
    assert (found[0].ended, found[0].best.epoch) == (expected[0].ended, expected[0].best.epoch)


def test_a_population_as_the_numpy_engine() -> None:
    """In float32, of two programs; they end at different times."""
    changes = {"batch_size": 5, "dtype": "float32", "sizes": (3, 5, 3)}
    case = training("relu", "identity", "sum_of_squares", "muon", **changes)
    given = population_of(*case, 4)
    assert_alike(run_all(engine, *given, 3), run_all(reference, *given, 3), 2e-4, "float32")


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


def test_a_custom_loss_and_one_that_cannot_be_compiled() -> None:
    fourth = gn.Loss(value=lambda a, y: (a - y) ** 4, delta=lambda a, y: 4 * (a - y) ** 3)
    network = gn.Network([3, 4, 1], "tanh", loss=fourth)
    jaxed, numpyed = (
        gn.train(network, START, X, Y, epochs=5, engine=name) for name in ("jax", "numpy")
    )
    np.testing.assert_allclose(jaxed.history.loss, numpyed.history.loss, rtol=1e-12)
    only_numpy = gn.Loss(
        value=lambda a, y: np.abs(np.array(a) - y), delta=lambda a, y: np.sign(a - y)
    )
    with pytest.raises(GlassnetError, match="engine 'jax' cannot run this: JAX cannot compile it"):
        gn.train(gn.Network([3, 4, 1], loss=only_numpy), START, X, Y, epochs=1, engine="jax")


def test_an_optax_transformation() -> None:
    optax = pytest.importorskip("optax")
    optimizer = gn.Optax(optax.adam(0.01))
    expected = gn.train(NETWORK, START, X, Y, epochs=5, optimizer=gn.Adam(0.01))
    found = gn.train(NETWORK, START, X, Y, epochs=5, optimizer=optimizer, engine="jax")
    np.testing.assert_allclose(found.history.loss, expected.history.loss, rtol=1e-9)
    both = gn.train_population(
        NETWORK, [START, START], X, Y, epochs=5, optimizer=optimizer, engine="jax"
    )
    np.testing.assert_allclose(both[1].history.loss, expected.history.loss, rtol=1e-9)
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
