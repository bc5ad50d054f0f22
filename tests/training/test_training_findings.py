"""What `train` warns of: a run that went astray, and inputs that saturate the first layer."""

import warnings
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import GlassnetWarning

random = np.random.default_rng(0)
SCALED = random.normal(size=(200, 2))
RAW = 5000 + 1000 * SCALED  # as a table has them: grams, square metres
Y = SCALED[:, 0]


def said(x: np.ndarray, activation: str = "tanh", **options: Any) -> list[str]:
    network = gn.Network([x.shape[1], 8, 1], activation)
    start = gn.initialize(network, "he", seed=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gn.train(network, start, x, Y, **{"epochs": 20, **options})
    assert {warning.filename for warning in caught} <= {__file__}
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "silu"])
def test_of_scaled_inputs_nothing_is_said(activation: str) -> None:
    assert said(SCALED, activation) == []
    assert said(np.r_[SCALED[:-1], [[40.0, -40.0]]], activation) == []  # but for an outlier


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_inputs_that_saturate_every_node_are_said(activation: str) -> None:
    (found,) = said(RAW, activation)
    assert found == (
        f"every node of the first layer ({activation}) is saturated or dead in all rows: the "
        f"inputs go up to {RAW.max():.4g}, and no gradient comes through: scale them to about the "
        "size of 1"
    )
    (found,) = said(-RAW, activation)
    assert f"up to {RAW.max():.4g}" in found


def test_a_layer_that_lets_large_inputs_through_is_no_fault() -> None:
    assert said(RAW, "identity", optimizer=gn.Adam(1e-6)) == []
    assert said(20 * SCALED, "tanh", epochs=1) == []  # many nodes are near 0 in some row


@pytest.mark.parametrize("engine", ["numpy", "native"])
def test_a_loss_that_grows_without_bound_is_said(engine: str) -> None:
    """The case 43 of shared/cases."""
    (found,) = said(RAW, "relu", optimizer=gn.GradientDescent(1.0), engine=engine)
    assert found.startswith("the training diverged: its loss grew")
    assert "smaller learning rate" in found
    assert found.endswith("and the learning rate was 1)")


def test_a_loss_that_is_no_number_is_said() -> None:
    (found,) = said(SCALED, "identity", optimizer=gn.GradientDescent(1e30), epochs=100)
    assert found.startswith("the training stopped: the loss became NaN or infinite")


def test_nothing_is_said_where_that_is_asked_for() -> None:
    assert said(RAW, warn=False) == []


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_the_estimators_say_it_too(solver: str) -> None:
    model = gn.MLPRegressor(
        hidden_layer_sizes=(8,),
        activation="tanh",
        solver=solver,
        max_iter=400,
        tol=1e-3,
        random_state=0,
    )
    with pytest.warns(GlassnetWarning, match=r"every node of the first layer \(tanh\)") as caught:
        model.fit(RAW, Y)
    ours = [warning for warning in caught if issubclass(warning.category, GlassnetWarning)]
    assert [warning.filename for warning in ours] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error", GlassnetWarning)
        model.fit(SCALED, Y)
