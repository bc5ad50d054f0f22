"""The update rules: each against its published formula worked with plain numbers, and on every
engine.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from conftest import Engine
from glassnet.core.network import Parameters, leaves
from glassnet.core.optimizers import (
    OPTIMIZERS,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Muon,
    Nesterov,
    Optimizer,
    Rprop,
    clip_gradients,
    find_optimizer,
    gradient_norm,
    orthogonalized,
)
from glassnet.errors import GlassnetError

SLOPES = (0.5, -0.25, 0.25, 0.0, 2.0)


def published(name: str, w: float = 1.0, rate: float = 0.1, decay: float = 0.0) -> float:
    """Where the published rule leaves one weight after the slopes above."""
    v = m = s = 0.0
    before, size = 0.0, 0.1
    for t, g in enumerate(SLOPES, 1):
        if name == "gradient_descent":
            w -= rate * g
        elif name == "momentum":
            v = 0.9 * v - rate * g
            w += v
        elif name == "nesterov":
            old, v = v, 0.9 * v - rate * g
            w += -0.9 * old + (1 + 0.9) * v  # Keras's and lasagne's writing of the same step
        elif name == "rmsprop":
            s = 0.9 * s + 0.1 * g**2
            w -= rate * g / (math.sqrt(s) + 1e-8)
        elif name in ("adam", "adamw", "muon"):  # here is no layer but the last
            w -= rate * decay * w
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            w -= rate * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
        elif name == "adam_epsilon_hat":
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            w -= rate * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (math.sqrt(s) + 1e-8)
        elif name == "rprop":
            if before * g > 0:
                size = min(1.2 * size, 50)
            elif before * g < 0:
                size, g = max(0.5 * size, 1e-6), 0.0
            w -= math.copysign(size, g) if g else 0.0
            before = g
    return w


def run(
    engine: Engine,
    optimizer: Optimizer,
    rates: tuple[float, ...] = (0.1, 0.1),
    slopes: tuple[float, ...] = SLOPES,
) -> Parameters:
    parameters = engine.arrays(Parameters((np.array([[1.0, -1.0]]),), (np.array([1.0]),)))
    state = optimizer.init(parameters)
    for g in slopes:
        gradients = engine.arrays(Parameters((np.array([[g, -g]]),), (np.array([g]),)))
        parameters, state = engine.call(
            lambda g, s, p: optimizer.update(g, s, p, rates), gradients, state, parameters
        )
    return engine.numpy(parameters)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_published_rule(engine: Engine, name: str) -> None:
    optimizer = find_optimizer(name, 0.1)
    decay = optimizer.decay if isinstance(optimizer, AdamW) else 0.0
    parameters = run(engine, optimizer)
    np.testing.assert_allclose(
        parameters.weights[0],
        [[published(name, decay=decay), -published(name, decay=decay)]],
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        parameters.biases[0], [published(name)], rtol=1e-12
    )  # biases do not decay


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_array_has_its_own_rate(engine: Engine, name: str) -> None:
    parameters = run(engine, find_optimizer(name, 0.1), rates=(0.1, 0.0))
    assert parameters.biases[0] == [1.0]
    assert parameters.weights[0][0, 0] != 1.0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_slope_of_nothing_moves_nothing(engine: Engine, name: str) -> None:
    optimizer = find_optimizer(name, 0.1)
    if isinstance(optimizer, AdamW):
        optimizer = replace(optimizer, decay=0)
    parameters = run(engine, optimizer, slopes=(0.0, 0.0))
    assert np.concatenate([a.ravel() for a in leaves(parameters)]).tolist() == [1, -1, 1]


def test_adam_and_its_other_epsilon_differ_by_epsilon_only() -> None:
    parameters, gradients = (
        Parameters((np.array([[1.0, 2.0]]),)),
        Parameters((np.array([[0.1, -3.0]]),)),
    )

    def first_step(name: str, epsilon: float) -> np.ndarray:
        optimizer = OPTIMIZERS[name](0.1, epsilon=epsilon)  # pyright: ignore[reportCallIssue]
        return optimizer.update(gradients, optimizer.init(parameters), parameters, (0.1,))[
            0
        ].weights[0]

    np.testing.assert_allclose(
        first_step("adam", 1e-300), first_step("adam_epsilon_hat", 1e-300), rtol=1e-14
    )
    # At the first update both means are one slope's share: epsilon counts sqrt(1 / 0.001) times.
    np.testing.assert_allclose(
        first_step("adam", 0.1 * math.sqrt(1000)), first_step("adam_epsilon_hat", 0.1), rtol=1e-14
    )


def test_momentum_of_1_keeps_all_of_the_step_before(engine: Engine) -> None:
    assert run(engine, Momentum(0.1, momentum=1), slopes=(1.0, 0.0, 0.0)).weights[0][
        0, 0
    ] == pytest.approx(1 - 3 * 0.1)
    assert run(engine, Nesterov(0.1, momentum=1), slopes=(1.0, 0.0, 0.0)).weights[0][
        0, 0
    ] == pytest.approx(1 - 4 * 0.1)


def test_a_gradient_is_clipped_to_its_norm(engine: Engine) -> None:
    # (3, 0), (0, 4) and a bias of 12: the norm of all is sqrt(9 + 16 + 144) = 13
    gradients = engine.arrays(
        Parameters((np.array([[3.0, 0.0]]), np.array([[0.0], [4.0]])), (np.array([12.0, 0.0]),))
    )
    norm, clipped, same, nothing = engine.numpy(
        engine.call(
            lambda g: (
                gradient_norm(g),
                clip_gradients(g, gradient_norm(g), 6.5),
                clip_gradients(g, gradient_norm(g), 13),
                clip_gradients(
                    clip_gradients(g, gradient_norm(g) * 0 + 1e300, 1e-300),
                    gradient_norm(g) * 0,
                    1.0,
                ),
            ),
            gradients,
        )
    )
    assert norm == 13.0
    for before, half, kept, gone in zip(
        *map(leaves, (engine.numpy(gradients), clipped, same, nothing)), strict=True
    ):
        np.testing.assert_allclose(half, before / 2, rtol=1e-15)
        np.testing.assert_array_equal(kept, before)
        assert not gone.any()


def newton_schulz(singular_value: float) -> float:
    """What the five published steps make of a singular value of a matrix of norm 1."""
    for _ in range(5):
        cube, fifth = singular_value**3, singular_value**5
        singular_value = 3.4445 * singular_value - 4.7750 * cube + 2.0315 * fifth
    return singular_value


@pytest.mark.parametrize("shape", [(2, 5), (5, 2), (3, 3), (1, 4)])
def test_orthogonalized_changes_singular_values_alone(
    engine: Engine, shape: tuple[int, int]
) -> None:
    x = np.random.default_rng(3).normal(size=shape)
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    expected = (u * [newton_schulz(value / np.linalg.norm(s)) for value in s]) @ vt
    found = engine.numpy(engine.call(orthogonalized, engine.arrays(x)))
    np.testing.assert_allclose(found, expected, rtol=1e-5)  # the norm is not quite 1: 1e-7
    values = np.linalg.svd(found, compute_uv=False)
    assert 0.65 < values.min() <= values.max() < 1.25


def test_muon_steps_along_the_momentum_of_hidden_matrices(engine: Engine) -> None:
    random = np.random.default_rng(5)
    w, slopes = random.normal(size=(2, 3)), random.normal(size=(3, 2, 3))
    last, last_slopes = random.normal(size=(3, 1)), random.normal(size=(3, 3, 1))
    muon, adamw = Muon(0.1, momentum=0.5, decay=0.3), AdamW(0.1, decay=0.3)
    parameters = engine.arrays(Parameters((w, last)))
    expected = engine.arrays(Parameters((last,)))
    state, expected_state = muon.init(parameters), adamw.init(expected)
    m = np.zeros((2, 3))
    for slope, last_slope in zip(slopes, last_slopes, strict=True):
        parameters, state = engine.call(
            lambda g, s, p: muon.update(g, s, p, (0.1, 0.1)),
            engine.arrays(Parameters((slope, last_slope))),
            state,
            parameters,
        )
        expected, expected_state = engine.call(
            lambda g, s, p: adamw.update(g, s, p, (0.1,)),
            engine.arrays(Parameters((last_slope,))),
            expected_state,
            expected,
        )
        m = 0.5 * m + slope
        u, s, vt = np.linalg.svd(slope + 0.5 * m, full_matrices=False)
        direction = (u * [newton_schulz(value / np.linalg.norm(s)) for value in s]) @ vt
        w = w - 0.1 * 0.3 * w - 0.1 * 0.2 * math.sqrt(3) * direction
    np.testing.assert_allclose(engine.numpy(parameters).weights[0], w, rtol=1e-6)
    np.testing.assert_array_equal(
        engine.numpy(parameters).weights[1], engine.numpy(expected).weights[0]
    )


def test_rprop_steps_scale_with_a_schedule() -> None:
    parameters = Parameters((np.array([[1.0]]),))
    optimizer = Rprop(0.1)
    moved, _ = optimizer.update(
        Parameters((np.array([[3.0]]),)), optimizer.init(parameters), parameters, (0.05,)
    )
    assert moved.weights[0][0, 0] == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: find_optimizer("adm"), "did you mean 'adam'"),
        (lambda: GradientDescent(0), "learning_rate must be a positive number, got 0"),
        (lambda: GradientDescent(float("nan")), "learning_rate must be"),
        (lambda: Momentum(momentum=1.1), "momentum must be from 0 to 1, got 1.1"),
        (lambda: Adam(beta1=1.0), "beta1 must be from 0 to below 1"),
        (lambda: AdamW(decay=-1), "decay must be"),
        (lambda: Muon(momentum=1), "momentum must be from 0 to below 1, got 1"),
    ],
)
def test_refused(make, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        make()
