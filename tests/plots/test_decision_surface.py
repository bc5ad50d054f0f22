"""The decision surface: its numbers are the model's predictions, its errors clear."""

from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, TARGETS, N, drawn_parameters, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.decision_surface import DecisionSurfaceDisplay
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.frames import as_table
from glassnet.tables.targets import ClassTarget


def table_at(display: DecisionSurfaceDisplay, row: int, column: int) -> dict[str, Any]:
    """One row of a table: the grid's cells at a point, and the fixed ones of the other columns."""
    plane = display.plane
    cells = {name: held.values[0] for name, held in plane.fixed.items()}
    for axis, place in ((plane.x, column), (plane.y, row)):
        cells[axis.name] = axis.cells_at(axis.grid[[place]]).values[0]
    cells["seen"] = np.datetime64("1970-01-01", "us") + np.timedelta64(
        round(cells["seen"] * 86_400_000_000), "us"
    )
    cells["tagged"] = cells["tagged"] == "true"
    return {name: [cell.item() if hasattr(cell, "item") else cell] for name, cell in cells.items()}


@pytest.mark.parametrize("target", ["price", "sold", "kind"])
@pytest.mark.parametrize(
    "columns", [("length", "mass"), ("island", "length"), ("seen", "tagged"), ("island", "tagged")]
)
def test_the_response_is_what_the_model_predicts(target: str, columns: tuple[str, str]) -> None:
    model = small_model(target)
    display = DecisionSurfaceDisplay.from_model(model, TABLE, columns=columns, resolution=5)
    assert (display.plane.x.name, display.plane.y.name) == columns
    for row, column in [(0, 0), (1, 1), (display.plane.shape[0] - 1, 0)]:
        one = table_at(display, row, column)
        wanted = model.predict(one) if target == "price" else model.predict_proba(one)
        np.testing.assert_allclose(display.response[row, column], wanted[0], rtol=1e-9)


def test_other_columns_are_held_at_the_median_or_most_frequent_cell() -> None:
    display = DecisionSurfaceDisplay.from_model(
        small_model(), TABLE, columns=["length", "mass"], resolution=5
    )
    held = {name: column.values[0] for name, column in display.plane.fixed.items()}
    assert held["island"] == "north"
    assert held["tagged"] == "false"
    assert held["mass"] == np.median([v for v in TABLE["mass"] if v is not None])
    day = np.median([d.toordinal() - 719163 for d in TABLE["seen"]])
    assert held["seen"] == day
    assert "constant" not in held  # the model does not use it
    when = str(np.datetime64(round(day * 86_400), "s"))  # the median of an even number is halfway
    assert (
        display.plane.note == f"held: island = north, seen = {when}, tagged = false; "
        "rows not shown, since a cell is missing: 2"
    )
    written = " ".join(display.ax_.texts[0].get_text().split())
    assert written == display.note
    moved = "with a row's own cells the surface moves"
    assert written == (
        f"{display.plane.fixed_note}; {moved}; dots: actual values; {display.plane.missing_note}"
    )


def test_the_default_columns_are_those_along_which_the_outputs_vary_most() -> None:
    model = plain_model([3, 1], "identity")
    model.parameters.weights[0][:, 0] = [0.1, -3.0, 2.0]
    x = np.random.default_rng(0).normal(size=(30, 3)) * [1, 1, 100]
    display = DecisionSurfaceDisplay.from_model(model, x, resolution=4)
    assert [display.plane.x.name, display.plane.y.name] == ["x2", "x3"]
    still = np.column_stack([x[:, 0], x[:, 1], np.full(30, x[0, 2])])
    display = DecisionSurfaceDisplay.from_model(model, still, resolution=4)
    assert [display.plane.x.name, display.plane.y.name] == ["x1", "x2"]


def test_rows_stand_where_their_cells_are() -> None:
    display = DecisionSurfaceDisplay.from_model(
        small_model("kind"), TABLE, columns=["island", "length"], resolution=5
    )
    x, y = display.plane.points
    np.testing.assert_array_equal(y, TABLE["length"])
    levels = np.array(display.plane.x.levels)
    assert levels[np.rint(x).astype(int)].tolist() == TABLE["island"]
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == [
        "north",
        "south",
        "west",
    ]
    *dots, rings = display.ax_.collections
    assert [len(d.get_offsets()) for d in dots] == [TABLE["kind"].count(kind) for kind in "abc"]
    assert display.wrong is not None
    assert len(rings.get_offsets()) == display.wrong.sum()
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == ["a", "b", "c"]


@pytest.mark.parametrize(("target", "classes"), [("sold", 2), ("kind", 3)])
def test_rows_are_ringed_that_the_model_gets_wrong_with_all_their_columns(
    target: str, classes: int
) -> None:
    model = small_model(target)
    display = DecisionSurfaceDisplay.from_model(
        model, TABLE, columns=["length", "mass"], resolution=9
    )
    actual = [str(label) for label in TABLE[target]]
    predicted = [str(label) for label in model.predict(TABLE).tolist()]
    wrong = np.array([a != p for a, p in zip(actual, predicted, strict=True)])
    assert 0 < wrong.sum() < N
    np.testing.assert_array_equal(display.wrong, wrong)
    rings = display.ax_.collections[-1]
    x, y = display.plane.points
    seen = wrong & ~np.isnan(x + y)
    ringed = np.ma.compress_rows(np.ma.masked_invalid(rings.get_offsets()))
    np.testing.assert_array_equal(ringed, np.stack([x, y], axis=1)[seen])
    shapes = {
        dots.get_paths()[0].vertices.tobytes()
        for dots in display.ax_.collections
        if isinstance(dots, PathCollection) and dots is not rings
    }
    assert len(shapes) == classes
    assert f"ringed: wrong with their own cells ({wrong.sum()})" in " ".join(
        display.ax_.texts[0].get_text().split()
    )


def test_without_targets_the_rows_are_grey() -> None:
    display = DecisionSurfaceDisplay.from_model(
        small_model("sold"), INPUTS, columns=["length", "mass"], resolution=5
    )
    (dots,) = [c for c in display.ax_.collections if len(c.get_offsets()) == N]
    assert len(dots.get_facecolors()) == 1


def test_axes_are_accepted_and_returned() -> None:
    axes = Figure().add_subplot()
    display = DecisionSurfaceDisplay.from_model(small_model(), TABLE, resolution=5, ax=axes)
    assert display.ax_ is axes
    assert display.figure_ is axes.figure
    assert display.plot() is display
    assert display.ax_ is not axes


def test_from_estimator() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(40, 3)), random.normal(size=40)
    numbers = gn.MLPRegressor(
        hidden_layer_sizes=(4,), solver="lbfgs", max_iter=2000, random_state=0
    ).fit(x, y)
    display = DecisionSurfaceDisplay.from_estimator(
        numbers, x, y, columns=["x0", "x2"], resolution=4
    )
    place = [[display.plane.x.grid[3], np.median(x[:, 1]), display.plane.y.grid[1]]]
    np.testing.assert_allclose(display.response[1, 3], numbers.predict(place)[0])
    labels = np.where(y > 0, "up", "down")
    classes = gn.MLPClassifier(
        hidden_layer_sizes=(4,), solver="lbfgs", max_iter=2000, random_state=0
    ).fit(x, labels)
    display = DecisionSurfaceDisplay.from_estimator(
        classes, x, labels, columns=["x0", "x2"], resolution=4
    )
    np.testing.assert_allclose(display.response[1, 3], classes.predict_proba(place)[0])
    assert isinstance(display.target, ClassTarget)
    assert display.target.labels == ("down", "up")


def test_one_of_several_targets() -> None:
    model, x = plain_model([2, 3, 2]), np.random.default_rng(0).normal(size=(9, 2))
    first, second = (
        DecisionSurfaceDisplay.from_model(model, x, target=name, resolution=3)
        for name in (None, "y2")
    )
    assert (first.target.name, second.target.name) == ("y1", "y2")
    place = [[second.plane.x.grid[0], second.plane.y.grid[2]]]
    order = [["x1", "x2"].index(axis.name) for axis in (second.plane.x, second.plane.y)]
    wanted = model.predict(np.array(place)[:, np.argsort(order)])
    np.testing.assert_allclose([first.response[2, 0], second.response[2, 0]], wanted[0])
    with pytest.raises(GlassnetError, match="unknown target 'y3': Known: y1, y2"):
        DecisionSurfaceDisplay.from_model(model, x, target="y3")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["lenght", "mass"], "unknown column 'lenght': did you mean 'length'"),
        (["price", "mass"], "unknown column 'price': Known: length, mass, island, seen, tagged"),
        (
            ["constant", "mass"],
            "the model does not use column 'constant' .*constant.*: choose of length, mass",
        ),
        (["mass", "mass"], "column 'mass' is given twice"),
        (["mass"], "columns must be two names, got 1: mass"),
        ("mass", "columns must be two names, got 1: mass"),
        (["mass", "length", "seen"], "columns must be two names, got 3"),
    ],
)
def test_columns_that_cannot_be(columns: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        DecisionSurfaceDisplay.from_model(small_model(), TABLE, columns=columns)


def test_a_column_of_one_category_and_missing_cells() -> None:
    flag = ["old" if i % 3 else None for i in range(N)]
    encoding = TableEncoding(
        "regression",
        learn_inputs(as_table({"flag": flag, "length": TABLE["length"]})),
        (TARGETS["price"][1],),
    )
    network = gn.Network([len(encoding.features), 3, 1], "tanh")
    model = gn.Model.of_network(network, drawn_parameters(network, 0), encoding)
    display = DecisionSurfaceDisplay.from_model(
        model, TABLE | {"flag": flag}, columns=["flag", "length"], resolution=3
    )
    assert display.response.shape == (3, 1)
    assert display.plane.note == "rows not shown, since a cell is missing: 20"
    assert display.ax_.get_xlim() == (-0.5, 0.5)


def test_a_network_with_its_parameters_will_do() -> None:
    network = gn.Network([2, 3, 1])
    display = DecisionSurfaceDisplay.from_model(
        (network, gn.initialize(network, seed=1)), np.eye(2), resolution=3
    )
    assert display.response.shape == (3, 3)


def test_a_plane_that_cannot_be() -> None:
    with pytest.raises(GlassnetError, match="resolution: 2 or more are needed, there is 1"):
        DecisionSurfaceDisplay.from_model(small_model(), TABLE, resolution=1)
    with pytest.raises(GlassnetError, match="rows to look at: 1 or more are needed, there are 0"):
        DecisionSurfaceDisplay.from_model(plain_model([2, 3, 1]), np.empty((0, 2)))
    with pytest.raises(
        GlassnetError, match="the model uses one, 'x1': plot its predictions against it"
    ):
        DecisionSurfaceDisplay.from_model(plain_model([1, 2, 1]), np.ones((3, 1)))
    with pytest.raises(GlassnetError, match="column 'mass' is missing in every row"):
        DecisionSurfaceDisplay.from_model(
            small_model(), TABLE | {"mass": [None] * N}, columns=["length", "mass"]
        )


@pytest.mark.parametrize(
    ("target", "columns"),
    [("price", ["length", "seen"]), ("sold", ["length", "mass"]), ("kind", ["island", "length"])],
)
def test_it_looks_as_it_did(target: str, columns: list[str]) -> None:
    display = DecisionSurfaceDisplay.from_model(
        small_model(target), TABLE, columns=columns, resolution=40
    )
    assert_like(display.figure_, f"surface_{target}")
