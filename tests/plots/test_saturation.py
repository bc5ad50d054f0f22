"""Where rows sit on an activation: saturated and dead nodes are found, counted and drawn."""

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import TABLE, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.rows import rows_of
from glassnet.plots.saturation import LayerZ, SaturationDisplay

X = np.random.default_rng(0).normal(size=(40, 2))


def test_the_pre_activations_are_feedforwards() -> None:
    model = small_model(hidden=(5, 3))
    display = SaturationDisplay.from_model(model, TABLE)
    trace = model.trace(rows_of(model, TABLE).x)
    for layer, z in zip(display.layers, trace.z, strict=False):
        np.testing.assert_array_equal(layer.z, z)
    assert len(display.layers) == 2


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "silu", "gelu"])
def test_flat_is_where_the_derivative_is_small(activation: str) -> None:
    layer = LayerZ(np.array([[-3.0], [3.0]]), gn.ACTIVATIONS[activation])
    z = np.linspace(-4, 4, 81)
    step = 1e-6
    value = layer.activation.value
    numeric = np.abs(value(z + step) - value(z - step)) / (2 * step)
    steepest = np.abs(layer.derivative(np.linspace(-4, 4, 4001))).max()
    clear = np.abs(numeric - 0.05 * steepest) > 0.01  # not at the edge of flat, nor on a kink
    clear &= np.abs(z) > 1e-3
    np.testing.assert_array_equal(layer.is_flat(z)[clear], (numeric < 0.05 * steepest)[clear])


def test_saturated_and_dead_nodes_are_told_apart_and_counted() -> None:
    model = plain_model([2, 4, 1], "sigmoid")
    weights, biases = model.parameters
    weights[0][:] = 0.5
    weights[0][:, 1] = 0.0  # dead: the same for all rows
    biases[0][:] = [0.0, 0.3, 7.0, -7.0]  # the last two far out on either side
    display = SaturationDisplay.from_model(model, X)
    assert display.layers[0].dead == [1]
    assert display.layers[0].saturated == [2, 3]
    title = display.axes_[0].get_title("left")
    assert title == "Hidden layer 1, sigmoid: 4 nodes, 2 saturated, 1 dead"
    relu = plain_model([2, 3, 1], "relu")
    relu.parameters.biases[0][:] = [0.0, 0.0, -100.0]
    assert SaturationDisplay.from_model(relu, X).layers[0].dead == [2]


def test_an_activation_that_is_nowhere_flat_has_no_saturated_node() -> None:
    display = SaturationDisplay.from_model(plain_model([2, 3, 1], "identity"), 50 * X)
    assert display.layers[0].saturated == []
    assert not display.layers[0].is_flat(display.layers[0].z).any()


def test_a_member_axes_given_and_what_is_wrong() -> None:
    model = small_model(members=2)
    display = SaturationDisplay.from_model(model, TABLE, member=1)
    assert display.axes_[0].get_title("left").startswith("Member 2 of 2, hidden layer 1, tanh")
    axes = Figure().subplots(2, 1)
    assert list(SaturationDisplay.from_model(model, TABLE, ax=axes).axes_) == list(axes)
    with pytest.raises(GlassnetError, match="the model has no hidden layer"):
        SaturationDisplay.from_model(plain_model([2, 1]), X)
    with pytest.raises(GlassnetError, match="there is no member 2"):
        SaturationDisplay.from_model(model, TABLE, member=2)
    with pytest.raises(GlassnetError, match="rows to show to the model: 2 or more are needed"):
        SaturationDisplay.from_model(plain_model([2, 3, 1]), X[:1])


def test_the_histograms_look_as_they_did() -> None:
    model = small_model("kind", (8, 6), "sigmoid")
    model.parameters.biases[0][:2] = 9.0
    assert_like(SaturationDisplay.from_model(model, TABLE).figure_, "saturation")
