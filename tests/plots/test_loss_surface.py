"""The loss surface: its numbers are the network's loss, its plane shows most of the path."""

from dataclasses import replace

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, drawn_parameters, plain_model, small_model

import glassnet as gn
from glassnet.core.network import Parameters, leaves, unflatten
from glassnet.errors import GlassnetError
from glassnet.models.rows import rows_of
from glassnet.plots.directions import path_directions, random_directions
from glassnet.plots.loss_surface import LossSurfaceDisplay
from glassnet.recipe.options import Options
from glassnet.recipe.run import run_table
from glassnet.training.problem import from_vector, to_vector

random = np.random.default_rng(3)
X, Y = random.normal(size=(20, 2)), random.normal(size=20)
NETWORK = gn.Network([2, 4, 1], "tanh")


def a_path(model: gn.Model, points: int = 6) -> list[tuple[int, Parameters]]:
    """From drawn weights to the model's, on a curve."""
    start, bend = (drawn_parameters(model.network, seed) for seed in (7, 8))
    ways = [(1 - t, t * (1 - t)) for t in np.linspace(0, 1, points)]
    arrays = list(zip(leaves(model.parameters), leaves(start), leaves(bend), strict=True))
    return [
        (10 * i, unflatten([w + a * (s - w) + b * c for w, s, c in arrays], start))
        for i, (a, b) in enumerate(ways)
    ]


def test_the_loss_is_the_networks_own_at_every_place() -> None:
    model = small_model("kind", (4, 3))
    path = a_path(model)
    display = LossSurfaceDisplay.from_model(model, TABLE, path=path, resolution=5)
    rows, middle = rows_of(model, TABLE), to_vector(model.parameters)
    vectors = path_directions(np.array([to_vector(p) for _, p in path]) - middle).vectors
    for row, column in [(0, 0), (2, 4), (4, 1)]:
        theta = middle + display.first[column] * vectors[0] + display.second[row] * vectors[1]
        trace = gn.feedforward(model.network, from_vector(model.network, theta), rows.x)
        wanted, _ = gn.backprop(model.network, from_vector(model.network, theta), trace, rows.y)
        np.testing.assert_allclose(display.loss[row, column], wanted, rtol=1e-12)
    assert display.name == "categorical_cross_entropy"


def test_a_path_in_a_plane_is_shown_whole_and_its_points_are_where_they_are() -> None:
    model = small_model(hidden=(4,))
    path = a_path(model)  # spanned by two vectors
    display = LossSurfaceDisplay.from_model(model, TABLE, path=path, resolution=3)
    assert display.fractions is not None
    assert sum(display.fractions) == pytest.approx(1.0)
    assert display.fractions[0] > display.fractions[1]
    assert display.epochs == [0, 10, 20, 30, 40, 50]
    middle = to_vector(model.parameters)
    for (_, parameters), point in zip(path, display.points, strict=True):
        assert np.linalg.norm(point) == pytest.approx(
            np.linalg.norm(to_vector(parameters) - middle), abs=1e-9
        )
    np.testing.assert_allclose(display.points[-1], 0, atol=1e-9)
    assert (display.points[0] < 0).all()
    for places, along in (
        (display.first, display.points[:, 0]),
        (display.second, display.points[:, 1]),
    ):
        assert places[0] < along.min()
        assert places[-1] > along.max()


def test_the_fraction_that_a_plane_shows_by_hand() -> None:
    # three points, 3, 2 and 1 away from the trained weights at right angles:
    # 9 + 4 of 14 lie in the plane of the first two
    found = path_directions(np.diag([3.0, 2.0, 1.0, 0.0])[:3])
    assert found.fractions == pytest.approx((9 / 14, 4 / 14))
    np.testing.assert_allclose(np.abs(found.vectors), np.eye(4)[:2], atol=1e-12)
    assert found.vectors[0, 0] == pytest.approx(-1)  # the start is on the left


def test_random_directions_are_as_long_as_each_nodes_weights_and_leave_biases_and_blanks() -> None:
    model = small_model(hidden=(3, 2), members=2).joined()
    first, second = (
        from_vector(model.network, vector)
        for vector in random_directions(model.parameters, seed=1).vectors
    )
    for direction in (first, second):
        for d, w in zip(direction.weights, model.parameters.weights, strict=True):
            np.testing.assert_allclose(np.linalg.norm(d, axis=0), np.linalg.norm(w, axis=0))
            assert not d[w == 0].any()
        assert not any(b.any() for b in direction.biases)
    assert (model.parameters.weights[1] == 0).sum() == 2 * 3 * 2  # between the members
    assert not np.allclose(first.weights[0], second.weights[0])
    again, other = (random_directions(model.parameters, seed).vectors for seed in (1, 2))
    np.testing.assert_array_equal(to_vector(first), again[0])
    assert not np.allclose(again, other)


def test_without_a_path_the_trained_weights_are_in_the_middle() -> None:
    model = small_model(hidden=(4,))
    display = LossSurfaceDisplay.from_model(model, TABLE, resolution=5)
    assert display.fractions is None
    assert display.points.shape == (0, 2)
    assert (display.first[0], display.first[2], display.first[-1]) == (-1, 0, 1)
    rows = rows_of(model, TABLE)
    trace = gn.feedforward(model.network, model.parameters, rows.x)
    assert display.loss[2, 2] == pytest.approx(float(np.mean((trace.output - rows.y) ** 2)))
    other = LossSurfaceDisplay.from_model(model, TABLE, resolution=5, seed=1)
    assert not np.allclose(display.loss, other.loss)


def test_from_a_run_with_its_path() -> None:
    run = gn.train(NETWORK, gn.initialize(NETWORK, seed=1), X, Y, epochs=40, path_points=6)
    display = LossSurfaceDisplay.from_run(run, NETWORK, X, Y, resolution=5)
    assert display.epochs == [0, 8, 16, 24, 32, 40]
    labels = {line.get_label() for line in display.ax_.lines}
    assert {"path", "start (epoch 0)", "end (epoch 40)", "trained weights"} <= labels
    past_the_best = replace(display, points=display.points + 1.0).plot()
    labels = {line.get_label() for line in past_the_best.ax_.lines}
    assert "trained weights, kept from the best epoch" in labels
    assert display.fractions is not None
    assert (
        f"the plane shows {sum(display.fractions):.1%} of the path's movement"
        in display.ax_.texts[0].get_text().replace("\n", " ")
    )
    with pytest.raises(GlassnetError, match="x has 20 rows"):
        LossSurfaceDisplay.from_run(run, NETWORK, X, Y[:5])
    plain = gn.train(NETWORK, gn.initialize(NETWORK, seed=1), X, Y, epochs=40)
    assert LossSurfaceDisplay.from_run(plain, NETWORK, X, Y, resolution=3).epochs == []


def test_from_a_table_run_in_float32_with_its_path() -> None:
    table = {"a": X[:, 0], "b": X[:, 1], "y": Y}
    run = run_table(table, "y", Options(members=2, hidden=(3,), epochs=6, holdout=0), path_points=4)
    display = LossSurfaceDisplay.from_model(run.model, table, path=run.path, resolution=3)
    np.testing.assert_allclose(display.points[-1], 0, atol=1e-9)


def test_a_path_that_left_the_best_weights_does_not_end_at_0() -> None:
    model = small_model(hidden=(4,))
    path = a_path(model)
    best = model.with_parameters(path[3][1])
    display = LossSurfaceDisplay.from_model(best, TABLE, path=path, resolution=3)
    np.testing.assert_allclose(display.points[3], 0, atol=1e-9)
    assert np.linalg.norm(display.points[-1]) > 0.1


def test_axes_are_accepted_and_returned() -> None:
    axes = Figure().add_subplot()
    display = LossSurfaceDisplay.from_model(plain_model([2, 3, 1]), X, y=Y, resolution=3, ax=axes)
    assert display.ax_ is axes
    assert display.figure_ is axes.figure


def test_from_estimator() -> None:
    estimator = gn.MLPRegressor(
        hidden_layer_sizes=(4,), solver="lbfgs", max_iter=2000, alpha=0, random_state=0
    ).fit(X, Y)
    display = LossSurfaceDisplay.from_estimator(estimator, X, Y, resolution=3)
    assert display.loss[1, 1] == display.loss.min()


def test_what_cannot_be() -> None:
    model = small_model(hidden=(4,))
    with pytest.raises(GlassnetError, match="resolution: 2 or more are needed, there is 1"):
        LossSurfaceDisplay.from_model(model, TABLE, resolution=1)
    with pytest.raises(
        GlassnetError, match="rows with a known target: 1 or more are needed, there are 0"
    ):
        LossSurfaceDisplay.from_model(plain_model([2, 3, 1]), X[:0], y=Y[:0])
    with pytest.raises(GlassnetError, match="lacks the target column 'price'"):
        LossSurfaceDisplay.from_model(model, INPUTS)
    with pytest.raises(
        GlassnetError, match="a path of 2 points that lie on a line spans no plane: train with more"
    ):
        LossSurfaceDisplay.from_model(model, TABLE, path=a_path(model, points=2))
    other = small_model(hidden=(5,))
    with pytest.raises(
        GlassnetError,
        match="the path has .* weights, the model .*: give the path of this model's training",
    ):
        LossSurfaceDisplay.from_model(model, TABLE, path=a_path(other))


def test_it_looks_as_it_did() -> None:
    model = small_model("sold", hidden=(4,))
    assert_like(
        LossSurfaceDisplay.from_model(model, TABLE, path=a_path(model, 12), resolution=15).figure_,
        "loss_surface_path",
    )
    assert_like(
        LossSurfaceDisplay.from_model(small_model(hidden=(4,)), TABLE, resolution=15).figure_,
        "loss_surface_random",
    )
