"""The values of the activations: against another library's, far out, and at NaN."""

import pickle

import jax
import numpy as np
import pytest

import glassnet as gn
from conftest import Engine
from glassnet.core.activations import ACTIVATIONS, OUTPUTS, Activation, find_activation
from glassnet.errors import GlassnetError
from glassnet.training.engines.registry import ENGINES

Z = np.array([[-30.0, -2.5, -1.0, -1e-3], [1e-3, 0.7, 3.0, 30.0]])
THEIRS = {
    "sigmoid": jax.nn.sigmoid,
    "tanh": np.tanh,
    "relu": jax.nn.relu,
    "leaky_relu": jax.nn.leaky_relu,
    "elu": jax.nn.elu,
    "selu": jax.nn.selu,
    "gelu": jax.nn.gelu,
    "silu": jax.nn.silu,
    "mish": jax.nn.mish,
    "softplus": jax.nn.softplus,
    "identity": np.asarray,
    "exponential": np.exp,
    "softmax": jax.nn.softmax,
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_value_is_that_of_another_library(engine: Engine, name: str) -> None:
    ours = engine.call(OUTPUTS[name].value, engine.asarray(Z))
    np.testing.assert_allclose(
        np.asarray(ours), np.asarray(THEIRS[name](Z)), rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", [n for n in OUTPUTS if n != "exponential"])
def test_nothing_overflows_far_out(name: str, dtype: type) -> None:
    z = np.array([[-1e20, -1e4, -200.0, 200.0, 1e4, 1e20]], dtype)
    a = OUTPUTS[name].value(z)  # a warning would be an error
    assert np.isfinite(a).all()
    da = np.ones_like(z)
    assert np.isfinite(OUTPUTS[name].backward(z, a, da)).all()
    assert a.dtype == dtype


@pytest.mark.parametrize("name", OUTPUTS)
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(OUTPUTS[name].value(np.array([[np.nan, 1.0]]))[0, 0])


@pytest.mark.parametrize("name", ["numpy", "native"])
def test_the_tail_of_gelu_keeps_its_digits(name: str) -> None:
    """By its tanh form 1 + tanh cancels: at -7.18 not one digit was left."""
    if ENGINES[name].why_unavailable():
        pytest.skip(ENGINES[name].why_unavailable())
    network = gn.Network([1, 1], output="gelu", bias=False)
    predict = ENGINES[name].predictor(network, gn.Parameters((np.ones((1, 1)),)))
    z = np.array([-10.0, -7.18, -6.5, -3.0])
    # z / (1 + e^(-2u)) to 40 digits, by Python's decimal
    exact = [
        -1.204092348209806e-37,
        -2.568500330194219e-16,
        -6.278258772591402e-13,
        -0.003637392081773019,
    ]
    np.testing.assert_allclose(predict(z[:, None])[:, 0], exact, rtol=2e-13)


def test_unknown_name_gets_the_nearest_right_one() -> None:
    with pytest.raises(GlassnetError, match="unknown activation 'sigmod': did you mean 'sigmoid'"):
        find_activation("sigmod")
    with pytest.raises(GlassnetError, match="unknown activation 'softmax'"):
        find_activation("softmax", ACTIVATIONS)


def test_an_own_activation_says_what_is_missing_and_has_a_name() -> None:
    own = Activation(value=np.sin, derivative=np.cos)
    assert (own.name, own.derivative_of) == ("sin", "z")
    assert Activation(value=lambda z: z, derivative=np.cos).name == "custom"
    assert own == pickle.loads(pickle.dumps(own))
    for given in ({}, {"value": np.sin}, {"name": "sine", "derivative": np.cos}):
        with pytest.raises(GlassnetError, match=r"write Activation\(value=f, derivative=g\)"):
            Activation(**given)
    with pytest.raises(GlassnetError, match="unknown derivative_of 'a'"):
        Activation("sine", np.sin, np.cos, "a")  # pyright: ignore[reportArgumentType]
