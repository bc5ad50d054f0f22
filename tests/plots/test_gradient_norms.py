"""The loss and its gradient along a training: backprop's numbers, by layer, of ensembles too."""

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.gradients import GradientNormsDisplay

X = np.random.default_rng(0).normal(size=(20, 2))
Y = X[:, :1] * X[:, 1:]


def trained(epochs: int = 60, points: int = 7) -> tuple[gn.Model, tuple]:
    """A small network's training with its path."""
    model = plain_model([2, 4, 3, 1])
    run = gn.train(
        model.network, model.parameters, X, Y, epochs=epochs, path_points=points, batch_size=None
    )
    return model.with_parameters(run.parameters), run.path


def test_each_point_is_backprops() -> None:
    model, path = trained()
    display = GradientNormsDisplay.from_model(model, X, y=Y, path=path)
    assert display.epochs == [epoch for epoch, _ in path] == [0, 10, 20, 30, 40, 50, 60]
    for number, (_, parameters) in enumerate(path):
        trace = gn.feedforward(model.network, parameters, X)
        loss, gradient = gn.backprop(model.network, parameters, trace, Y)
        assert display.losses[number] == pytest.approx(float(loss))
        every = np.concatenate([array.ravel() for arrays in gradient for array in arrays])
        assert display.whole[number] == pytest.approx(np.linalg.norm(every))
        first = np.concatenate([gradient.weights[0].ravel(), gradient.biases[0]])
        assert display.norms[number, 0] == pytest.approx(np.linalg.norm(first))


def test_the_curves_are_named_after_the_layers() -> None:
    model, path = trained()
    display = GradientNormsDisplay.from_model(model, X, y=Y, path=path)
    legend = [text.get_text() for text in display.axes_[1].get_legend().get_texts()]
    assert legend == ["all weights", "hidden layer 1", "hidden layer 2", "output layer"]
    assert display.axes_[0].get_yscale() == display.axes_[1].get_yscale() == "log"


def test_of_an_ensemble_the_vote_is_measured_and_no_weights_between_members() -> None:
    model = small_model(members=2)
    display = GradientNormsDisplay.from_model(model, TABLE)
    joined = model.joined()
    before = GradientNormsDisplay.from_model(joined, TABLE).norms
    np.testing.assert_allclose(display.norms, before)
    changed = [np.where(w == 0, 1e-9, w) for w in joined.parameters.weights]
    dense = joined.with_parameters(gn.Parameters(tuple(changed), joined.parameters.biases))
    assert (GradientNormsDisplay.from_model(dense, TABLE).norms[0] > before[0])[1]
    assert "of the vote of 2 networks" in " ".join(
        text.get_text().replace("\n", " ") for text in display.axes_[0].texts
    )


def test_axes_given_and_what_is_wrong() -> None:
    model, path = trained()
    axes = Figure().subplots(2, 1)
    display = GradientNormsDisplay.from_model(model, X, y=Y, path=path, ax=axes)
    assert list(display.axes_) == list(axes)
    with pytest.raises(GlassnetError, match="path is of another network"):
        GradientNormsDisplay.from_model(plain_model([2, 3, 1]), X, y=Y, path=path)
    with pytest.raises(GlassnetError, match="lacks the target column 'price'"):
        GradientNormsDisplay.from_model(small_model(), INPUTS)


def test_loss_and_gradient_look_as_they_did() -> None:
    model, path = trained(200, 101)
    assert_like(GradientNormsDisplay.from_model(model, X, y=Y, path=path).figure_, "gradient_norms")
