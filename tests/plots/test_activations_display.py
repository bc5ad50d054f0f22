"""What hidden nodes do for some rows: the numbers are feedforward's, the dead are named."""

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import TABLE, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.rows import rows_of
from glassnet.plots.activations import ActivationsDisplay

X = np.random.default_rng(0).normal(size=(30, 2))


def test_the_activations_are_feedforwards() -> None:
    model = plain_model([2, 5, 3, 1])
    display = ActivationsDisplay.from_model(model, X)
    trace = gn.feedforward(model.network, model.parameters, X)
    assert len(display.activations) == 2
    for shown, a in zip(display.activations, trace.a, strict=False):
        np.testing.assert_array_equal(shown, a)
    assert display.dead_ == []
    assert [axes.get_title(loc="left") for axes in display.axes_] == [
        "Hidden layer 1, tanh: 5 nodes", "Hidden layer 2, tanh: 3 nodes"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("activation", "bias"), [("relu", -100.0), ("sigmoid", 60.0), ("tanh", -60.0)]
)
def test_dead_nodes_are_listed_from_0_and_named_from_1(activation: str, bias: float) -> None:
    model = plain_model([2, 6, 4, 1], activation)
    model.parameters.biases[0][[1, 4]] = bias
    model.parameters.biases[1][2] = bias
    display = ActivationsDisplay.from_model(model, X)
    assert display.dead_ == [(0, 1), (0, 4), (1, 2)]
    assert [axes.texts[0].get_text() for axes in display.axes_] == [
        "2 dead: a1.2, a1.5",
        "1 dead: a2.3",
    ]


def test_a_node_is_dead_up_to_a_millionth() -> None:
    a = np.array([[0.5, 0.5, 0.5], [0.5, 0.5 + 0.9e-6, 0.5 + 1.1e-6]])
    assert ActivationsDisplay([a], ["sigmoid"]).dead_ == [(0, 0), (0, 1)]


def test_many_nodes_are_sorted_and_the_dead_are_marked_where_they_stand() -> None:
    a = np.random.default_rng(0).normal(size=(50, 30))
    a[:, 7] = -9.0  # dead, and the lowest
    a[:, 3] = 9.0
    axes = ActivationsDisplay([a], ["relu"]).plot().axes_[0]
    assert axes.get_xlabel() == "nodes, sorted by their median"
    crosses = next(line for line in axes.lines if line.get_label() == "dead")
    assert crosses.get_xydata().tolist() == [[1, -9], [30, 9]]
    few = ActivationsDisplay([a[:, :9]], ["relu"]).plot().axes_[0]
    assert few.get_xlabel() == "node"
    crosses = next(line for line in few.lines if line.get_label() == "dead")
    assert crosses.get_xydata().tolist() == [[4, 9], [8, -9]]


def test_many_dead_nodes_are_counted() -> None:
    display = ActivationsDisplay([np.zeros((4, 20))], ["relu"]).plot()
    assert display.axes_[0].texts[0].get_text().endswith("a1.8 and 12 more")
    assert display.axes_[0].texts[0].get_text().startswith("20 dead: a1.1, a1.2")


def test_of_an_ensemble_one_member_is_looked_at() -> None:
    model = small_model(hidden=(5,), members=3)
    display = ActivationsDisplay.from_model(model, TABLE, member=1)
    wanted = model.member(1).trace(rows_of(model, TABLE).x).a[0]
    np.testing.assert_array_equal(display.activations[0], wanted)
    title = display.axes_[0].get_title(loc="left")
    assert title == "Member 2 of 3, hidden layer 1, tanh: 5 nodes"
    with pytest.raises(GlassnetError, match="there is no member 3"):
        ActivationsDisplay.from_model(model, TABLE, member=3)


def test_axes_are_accepted_and_returned() -> None:
    model = plain_model([2, 3, 3, 1])
    two = Figure().subplots(2)
    assert list(ActivationsDisplay.from_model(model, X, ax=two).axes_) == list(two)
    one = Figure(layout="constrained").add_subplot()
    assert ActivationsDisplay.from_model(model, X, ax=one).figure_ is one.figure


def test_from_estimator() -> None:
    estimator = gn.MLPRegressor(
        hidden_layer_sizes=(4,), solver="lbfgs", max_iter=2000, random_state=0
    ).fit(X, X[:, 0])
    display = ActivationsDisplay.from_estimator(estimator, X)
    np.testing.assert_allclose(
        display.activations[0], np.maximum(X @ estimator.coefs_[0] + estimator.intercepts_[0], 0)
    )


def test_a_model_without_hidden_layers() -> None:
    with pytest.raises(GlassnetError, match="the model has no hidden layer"):
        ActivationsDisplay.from_model(plain_model([2, 1]), X)
    with pytest.raises(
        GlassnetError, match="rows to show to the model: 2 or more are needed, there are 0"
    ):
        ActivationsDisplay.from_model(plain_model([2, 2, 1]), X[:0])


def test_it_looks_as_it_did() -> None:
    model = small_model(hidden=(12, 6), activation="relu")
    model.parameters.biases[0][[2, 9]] = -100.0
    assert_like(ActivationsDisplay.from_model(model, TABLE).figure_, "hidden_activations")
