"""What hidden nodes respond to: the activations are feedforward's, and what is left out is said."""

from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import TABLE, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.hidden_units import HiddenUnitsDisplay

X = np.random.default_rng(0).normal(size=(20, 2))


def test_the_activations_are_feedforwards() -> None:
    model = plain_model([2, 5, 3, 1])
    out = model.parameters.weights[2]  # the weights to the only output
    for layer, width in ((0, 5), (1, 3)):
        display = HiddenUnitsDisplay.from_model(
            model, X, columns=["x1", "x2"], layer=layer, resolution=4
        )
        found = [node for node in gn.hidden_nodes(model, X).nodes if node.layer == layer]
        assert display.nodes == [node.node for node in found]  # the one that does most first
        assert sorted(display.nodes) == list(range(width))
        place = [[display.plane.x.grid[3], display.plane.y.grid[1]]]
        trace = gn.feedforward(model.network, model.parameters, place)
        wanted = trace.a[layer][0][display.nodes]
        np.testing.assert_allclose(display.activations[1, 3], wanted, rtol=1e-12)
        assert [axes.get_title("left") for axes in display.axes_] == [
            node.name
            + (f" × {out[node.node, 0]:.2g}" if layer == 1 else "")
            + f"\ny1 {node.effects[0]:+.2g}"
            for node in found
        ]


def test_the_grid_lacks_as_few_pictures_as_can_be() -> None:
    across = {
        count: HiddenUnitsDisplay.from_model(
            plain_model([2, count, 1]), X, columns=["x1", "x2"], most=16, resolution=2
        )._across
        for count in (1, 4, 5, 6, 8, 9, 16)
    }
    assert across == {1: 1, 4: 4, 5: 3, 6: 3, 8: 4, 9: 3, 16: 4}


def test_of_a_wide_layer_those_that_do_most_are_shown_and_the_rest_is_counted() -> None:
    model = plain_model([2, 9, 1])
    scale = np.array([1, 0.001, 1, 0.001, 0.001, 1, 1, 0.001, 0.001])
    model.parameters.weights[0][:] *= scale
    display = HiddenUnitsDisplay.from_model(model, X, columns=["x1", "x2"], most=4, resolution=4)
    assert sorted(display.nodes) == [0, 2, 5, 6]
    assert display.left_out == 5
    title = display.figure_.get_suptitle()
    assert title == "Hidden layer 1: the 4 of 9 nodes that do most to the prediction"
    assert "under a name: how the model's prediction changes" in display._note


def test_a_single_row_does_not_tell_what_nodes_do() -> None:
    model = plain_model([2, 9, 1])
    display = HiddenUnitsDisplay.from_model(model, X[:1], most=4, resolution=4)
    varies = model.trace(display.plane.inputs).a[0].var(axis=0)
    assert display.nodes == np.argsort(-varies)[:4].tolist()
    assert display.figure_.get_suptitle() == "Hidden layer 1: the 4 of 9 nodes that vary most"
    assert "under a name" not in display._note


def test_of_an_ensemble_one_member_is_looked_at() -> None:
    model = small_model(hidden=(3,), members=2)
    displays = [
        HiddenUnitsDisplay.from_model(model, TABLE, member=number, resolution=4)
        for number in (0, 1)
    ]
    for number, display in enumerate(displays):
        wanted = model.member(number).trace(display.plane.inputs).a[0][:, display.nodes]
        np.testing.assert_array_equal(display.activations.reshape(-1, 3), wanted)
        title = display.figure_.get_suptitle()
        assert title == f"Member {number + 1} of 2, hidden layer 1: 3 nodes"
    names = {(display.plane.x.name, display.plane.y.name) for display in displays}
    assert len(names) == 1  # those along which the whole ensemble's output varies most
    with pytest.raises(GlassnetError, match="there is no member 2"):
        HiddenUnitsDisplay.from_model(model, TABLE, member=2)


def test_one_scale_for_all_symmetric_where_there_are_signs() -> None:
    limits = []
    for activation in ("tanh", "sigmoid"):
        display = HiddenUnitsDisplay.from_model(plain_model([2, 3, 1], activation), X, resolution=6)
        limits.append(
            {painted.get_clim() for axes in display.axes_ for painted in axes.collections}
        )
    assert [len(each) for each in limits] == [1, 1]
    (signed,), (unsigned,) = limits
    assert signed[0] == -signed[1]
    assert unsigned[0] == 0


def test_axes_are_accepted_divided_and_returned() -> None:
    model = plain_model([2, 3, 1])
    figure = Figure(layout="constrained")
    left, right = figure.subplots(1, 2)
    display = HiddenUnitsDisplay.from_model(model, X, resolution=4, ax=left)
    assert display.figure_ is figure
    assert len(display.axes_) == 3
    assert not left.axison
    assert right.axison
    three = Figure().subplots(1, 3)
    display = HiddenUnitsDisplay.from_model(model, X, resolution=4, ax=three)
    assert list(display.axes_) == list(three)
    assert all(axes.get_xlabel() for axes in three)
    with pytest.raises(GlassnetError, match="3 axes are needed, 2 were given"):
        display.plot(three[:2])
    with pytest.raises(GlassnetError, match="these axes have no place in a grid"):
        display.plot(Figure().add_axes((0.1, 0.1, 0.5, 0.5)))


def test_from_estimator() -> None:
    estimator = gn.MLPRegressor(
        hidden_layer_sizes=(4,), solver="lbfgs", max_iter=2000, random_state=0
    ).fit(X, X.sum(axis=1))
    display = HiddenUnitsDisplay.from_estimator(estimator, X, resolution=4)
    assert display.activations.shape == (4, 4, 4)
    assert display.activations.min() == 0  # relu


@pytest.mark.parametrize(("layer", "shown"), [(2, "2"), (-1, "-1"), ("a", "'a'")])
def test_a_layer_that_is_not_there(layer: Any, shown: str) -> None:
    with pytest.raises(
        GlassnetError, match=f"layer must be a whole number from 0 to 1, .*, got {shown}"
    ):
        HiddenUnitsDisplay.from_model(plain_model([2, 3, 3, 1]), X, layer=layer)


def test_a_model_without_hidden_layers_and_one_of_one_column() -> None:
    with pytest.raises(GlassnetError, match="the model has no hidden layer"):
        HiddenUnitsDisplay.from_model(plain_model([2, 1]), X)
    with pytest.raises(GlassnetError, match="nodes to show: 1 or more are needed, there are 0"):
        HiddenUnitsDisplay.from_model(plain_model([2, 3, 1]), X, most=0)
    with pytest.raises(GlassnetError, match="a plane needs two columns"):
        HiddenUnitsDisplay.from_model(plain_model([1, 2, 1]), X[:, :1])


@pytest.mark.parametrize("columns", [["length", "mass"], ["island", "seen"]])
def test_it_looks_as_it_did(columns: list[str]) -> None:
    display = HiddenUnitsDisplay.from_model(
        small_model(hidden=(6,)), TABLE, columns=columns, resolution=20
    )
    assert_like(display.figure_, f"hidden_units_{columns[0]}")
