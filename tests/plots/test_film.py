"""The film strip: which moments are shown, that each is the network of that moment, looks."""

from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, drawn_parameters, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.rows import rows_of
from glassnet.plots.film import FilmDisplay, chosen_moments


def path_to(model: gn.Model, epochs: Any = (0, 10, 100, 400)) -> list[tuple[int, gn.Parameters]]:
    """A path from other weights to the model's, in a straight line."""
    end, start = model.parameters, drawn_parameters(model.network, 9)
    points = []
    for epoch in epochs:
        t = epoch / epochs[-1]
        arrays = [
            tuple((1 - t) * a + t * b for a, b in zip(first, last, strict=True))
            for first, last in zip(start, end, strict=True)
        ]
        points.append((epoch, gn.Parameters(*arrays)))
    return points


@pytest.mark.parametrize(
    ("last", "frames", "wanted"),
    [
        (1500, 4, [0, 10, 100, 1500]),
        (1500, 3, [0, 100, 1500]),
        (1500, 6, [0, 1, 10, 100, 1500]),
        (60, 4, [0, 1, 10, 60]),
        (1, 4, [0, 1]),
        (1500, 2, [0, 1500]),
        (1500, 1, [1500]),
    ],
)
def test_which_moments_are_shown(last: int, frames: int, wanted: list[int]) -> None:
    path: Any = [(epoch, None) for epoch in range(last + 1)]
    assert [epoch for epoch, _ in chosen_moments(path, frames)] == wanted


def test_of_a_coarse_path_the_nearest_points_are_taken() -> None:
    path: Any = [(epoch, None) for epoch in range(0, 1501, 60)]
    assert [epoch for epoch, _ in chosen_moments(path, 4)] == [0, 120, 1500]


def test_the_moments_are_those_where_the_loss_falls() -> None:
    path: Any = [(epoch, None) for epoch in range(0, 1001, 10)]
    losses = [1.0] * 50 + [0.09] * 20 + [0.1] * 10 + [0.009] * 20 + [0.001]
    found = [epoch for epoch, _ in chosen_moments(path, 4, losses)]
    assert found == [0, 500, 800, 1000]
    sudden = [1.0] * 30 + [0.001] * 71
    assert [epoch for epoch, _ in chosen_moments(path, 4, sudden)] == [0, 300, 1000]
    grown = [1.0] * 100 + [2.0]
    assert chosen_moments(path, 4, grown) == chosen_moments(path, 4)


@pytest.mark.parametrize("target", ["price", "sold", "kind"])
def test_each_frame_is_the_network_of_that_moment(target: str) -> None:
    model = small_model(target)
    path = path_to(model)
    display = FilmDisplay.from_model(
        model, TABLE, path=path, columns=["length", "mass"], resolution=3
    )
    assert display.epochs == [0, 10, 100, 400]
    plane = display.plane
    length, mass = np.meshgrid(plane.x.grid, plane.y.grid)
    fixed = {name: [_cell(plane.fixed[name])] * 9 for name in plane.fixed}
    cells = fixed | {"length": length.ravel(), "mass": mass.ravel()}
    for number, (_, parameters) in enumerate(path):
        then = model.with_parameters(parameters)
        found = then.predict(cells) if target == "price" else then.predict_proba(cells)
        np.testing.assert_allclose(
            display.responses[number], found.reshape(display.responses[number].shape)
        )
        rows = rows_of(then, TABLE)
        loss = gn.backprop(then.network, parameters, rows.trace, rows.y)[0]
        assert display.losses[number] == pytest.approx(float(loss))


def _cell(column: Any) -> Any:
    """The fixed cell of a column, as it would stand in a table."""
    cell = column.values[0]
    if column.kind == "date":
        return np.datetime64("1970-01-01") + np.timedelta64(round(cell * 86400), "s")
    return cell == "true" if column.kind == "boolean" else cell


def test_titles_losses_and_one_scale() -> None:
    model = small_model()
    display = FilmDisplay.from_model(model, TABLE, path=path_to(model), resolution=5)
    titles = [axes.get_title("left") for axes in display.axes_]
    assert titles == ["Start", "After epoch 10", "After epoch 100", "End, after epoch 400"]
    limits = {painted.get_clim() for axes in display.axes_ for painted in axes.collections[:1]}
    assert len(limits) == 1
    by_iteration = FilmDisplay.from_model(model, TABLE, path=path_to(model), step="iteration")
    assert by_iteration.axes_[1].get_title("left") == "After iteration 10"
    unknown = FilmDisplay.from_model(model, INPUTS, path=path_to(model), resolution=5)
    assert list(unknown.losses) == []
    assert len(FilmDisplay.from_model(model, TABLE, resolution=5).epochs) == 1


def test_an_ensembles_path_is_that_of_the_joined_network() -> None:
    model = small_model("kind", members=2)
    path = path_to(model.joined())
    display = FilmDisplay.from_model(model, TABLE, path=path, resolution=4)
    alone = FilmDisplay.from_model(
        model, TABLE, resolution=4, columns=[display.plane.x.name, display.plane.y.name]
    )
    np.testing.assert_allclose(display.responses[-1], alone.responses[0])


def test_axes_given_and_what_is_wrong_with_a_film() -> None:
    model = small_model()
    path = path_to(model)
    axes = Figure().subplots(1, 4)
    assert list(FilmDisplay.from_model(model, TABLE, path=path, ax=axes).axes_) == list(axes)
    with pytest.raises(GlassnetError, match="path is of another network"):
        FilmDisplay.from_model(small_model(hidden=(2,)), TABLE, path=path)
    with pytest.raises(GlassnetError, match="columns must be two names, got 1: mass"):
        FilmDisplay.from_model(model, TABLE, path=path, columns=["mass"])
    with pytest.raises(GlassnetError, match="frames must be a whole number of 1 or more, got 0"):
        FilmDisplay.from_model(model, TABLE, path=path, frames=0)
    with pytest.raises(GlassnetError, match="a plane needs two columns"):
        FilmDisplay.from_model(plain_model([1, 2, 1]), [[0.0], [1.0]])


@pytest.mark.parametrize("target", ["price", "sold", "kind"])
def test_the_film_looks_as_it_did(target: str) -> None:
    model = small_model(target)
    columns = ["length", "mass"] if target != "sold" else ["island", "seen"]
    display = FilmDisplay.from_model(
        model, TABLE, path=path_to(model), columns=columns, resolution=30
    )
    assert_like(display.figure_, f"film_{target}")
