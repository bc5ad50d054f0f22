"""The checker itself: finds the worst entry, sees kinks, is not fooled."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from conftest import PAIRS, targets
from glassnet import Activation, Loss, Network, check_gradient, check_own
from glassnet.core.activations import ACTIVATIONS, OUTPUTS
from glassnet.core.losses import find_loss
from glassnet.errors import GlassnetError


def test_names_the_worst_entry() -> None:
    parameters = (np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    gradient = (2 * parameters[0], 2 * parameters[1] + [[0, 0], [1e-3, 0]])
    check = check_gradient(lambda p: sum((a**2).sum() for a in p), gradient, parameters)
    assert not check
    assert check.worst == "[1][1, 0]"
    assert (check.given, check.entries) == (6.001, 6)
    assert check.measured == pytest.approx(6, abs=1e-8)
    assert "WRONG" in str(check)


def test_many_entries_are_sampled_but_directions_cover_all() -> None:
    w = np.linspace(1, 2, 5000)
    gradient = 2 * w
    gradient[4321] += 1
    assert check_gradient(lambda w: (w**2).sum(), 2 * w, w, entries=5)
    assert not check_gradient(lambda w: (w**2).sum(), gradient, w, entries=5)


@pytest.mark.parametrize("size", [1e-15, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_small_large_and_shifted_losses_and_weights(size: float, shift: float) -> None:
    w = np.array([1.0, -2.0, 3.0])
    assert check_gradient(lambda w: size * (w**2).sum() + shift, 2 * size * w, w)
    if size * 1e6 > shift:
        assert not check_gradient(lambda w: size * (w**2).sum() + shift, 3 * size * w, w)
    assert check_gradient(lambda w: (w**2).sum(), 2e6 * w, 1e6 * w)


def test_many_weights_in_one_direction() -> None:
    w = np.linspace(-1, 1, 100_000)
    assert check_gradient(lambda w: np.sin(w.sum()), np.full_like(w, np.cos(w.sum())), w, entries=20)


def test_says_where_the_loss_has_a_kink() -> None:
    check = check_gradient(lambda w: abs(w[0]).sum(), [np.array([1.0])], [np.array([0.0])])
    assert not check
    assert "kink" in str(check)


def test_nan_is_never_right() -> None:
    assert not check_gradient(lambda w: (w**2).sum(), np.array([np.nan, 4.0]), np.array([1.0, 2.0]))
    assert not check_gradient(lambda w: np.nan, np.array([2.0, 4.0]), np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    ("gradient", "parameters", "message"),
    [
        ([np.ones(2)], [np.ones(2), np.ones(3)], "has 1 arrays, the parameters have 2"),
        ([np.ones((2, 1))], [np.ones((1, 2))], r"gradient of \[0\] has shape \(2, 1\), the parameter \(1, 2\)"),
        (np.ones(2, np.float32), np.ones(2, np.float32), "needs float64"),
    ],
)
def test_refused(gradient, parameters, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        check_gradient(lambda p: 0.0, gradient, parameters)


Y = np.random.default_rng(1).normal(size=(30, 3))


def square(a: Any, y: Any) -> Any:
    return (a - y) ** 2


def test_right_functions_of_ones_own_pass() -> None:
    """Every function of ours under another name, kinked ones included, in both dtypes and with targets of every size."""
    check_own(Network([2, 3, 3], "relu"), Y)
    for row in ACTIVATIONS.values():
        check_own(Network([2, 3, 3], dataclasses.replace(row, name="mine")), Y)
        check_own(Network([2, 3, 3], "relu", dataclasses.replace(row, name="mine")), Y.astype("float32"))
    for output, loss in PAIRS:
        network = Network([2, 3, 3], output=OUTPUTS[output], loss=dataclasses.replace(find_loss(loss), name="mine"))
        for size in (1, 1e5, 1e9) if network.loss.output in (None, "exponential") else (1,):
            check_own(network, size * targets(network, np.random.default_rng(0), 30))


WRONG = {
    "activation 'sin': its slope is not the derivative of its value: .*worst .* given .*, measured": Activation(
        value=np.sin, slope=np.sin
    ),
    "activation 'ramp': its slope is not the derivative": Activation("ramp", OUTPUTS["relu"].value, lambda z: 0.9 * (z > 0)),
    "activation 'own': its slope has shape .. and dtype float64 for an array of shape .20, 3.": Activation(
        value=lambda z: 2 * z, slope=lambda z: 2.0
    ),
    "activation 'own': its value has shape .20, 3. and dtype bool": Activation(value=lambda z: z > 0, slope=lambda z: 0 * z),
    "loss 'square': its delta is not the derivative of its value: .*worst": Loss(value=square, delta=lambda a, y: a - y),
    "loss 'own': its value has shape ..": Loss(value=lambda a, y: np.mean((a - y) ** 2), delta=lambda a, y: 2 * (a - y)),
    "loss 'square': its delta has shape .20,.": Loss(value=square, delta=lambda a, y: 2 * (a - y).sum(axis=1)),
    "loss 'logs': its delta is not": Loss("logs", value=lambda a, y: np.log(-np.exp(a)), delta=lambda a, y: 1 + 0 * a),
    "loss 'in_z': its delta is not": Loss("in_z", value=square, delta=lambda a, y: 2 * (a - y) * a * (1 - a), output="sigmoid"),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_functions_of_ones_own_are_named(message: str) -> None:
    own = WRONG[message]
    network = Network([2, 3, 3], **({"loss": own} if isinstance(own, Loss) else {"activation": own}))
    with pytest.raises(GlassnetError, match=message):
        check_own(network, Y)


def test_a_dtype_that_grows_is_named() -> None:
    step = Activation("step", lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float))
    check_own(Network([2, 3, 3], step), Y)
    with pytest.raises(GlassnetError, match="activation 'step': its slope has .* dtype float64 for .* dtype float32"):
        check_own(Network([2, 3, 3], step), Y.astype("float32"))
