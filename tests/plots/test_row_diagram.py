"""The network for one row: its numbers are feedforward's and backprop's, and nothing overlaps."""

import itertools
import re
from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from small_models import INPUTS, TABLE, N, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.rows import rows_of
from glassnet.plots.network.display import NetworkDisplay
from glassnet.plots.network.row import row_in_network
from glassnet.plots.network.row_texts import in_node

X, Y = [[0.5, -1.0], [2.0, 0.0]], [[1.0], [0.0]]


def row_of(model: gn.Model, row: int = 0, backward: bool = False, most: int = 8) -> Any:
    """A row of TABLE, in the model's only network."""
    return row_in_network(model, rows_of(model, TABLE), row, backward, most, "")


@pytest.mark.parametrize("target", ["price", "sold", "kind"])
def test_products_into_a_node_add_up_to_its_z_and_nodes_hold_the_activations(target: str) -> None:
    model = small_model(target)
    trace = model.trace(rows_of(model, TABLE).x)
    shown = row_of(model, 4)
    for layer, (z, a) in enumerate(zip(trace.z, trace.a, strict=True)):
        total = shown.edges.weights[layer].sum(axis=0) + shown.edges.biases[layer]
        np.testing.assert_allclose(total, z[4], rtol=1e-12)
        np.testing.assert_allclose(shown.nodes[layer + 1], a[4], rtol=1e-12)


def test_on_the_way_back_edges_hold_the_gradients_of_backprop() -> None:
    model = small_model("kind")
    rows = rows_of(model, TABLE).take([4])
    loss, gradients = gn.backprop(model.network, model.parameters, rows.trace, rows.y)
    shown = row_of(model, 4, backward=True)
    for found, wanted in zip(shown.edges, gradients, strict=True):
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)
    assert shown.title == f"Row 5, the way back: loss {float(loss):.4g}"


def test_the_numbers_are_on_nodes_and_edges_with_every_digit_in_the_tooltips() -> None:
    model = plain_model([2, 3, 1])
    svg = NetworkDisplay.from_model(model, X, row=1, y=Y).svg
    trace = gn.feedforward(model.network, model.parameters, X)
    a, w = trace.a[0][1, 2], model.parameters.weights[1][2, 0]
    assert f">{in_node(a)}<" in svg
    assert f"a1.3 to y1: activation {a} * weight {w} = {a * w}<" in svg
    assert f">{a * w:.3g}<" in svg
    assert f"Row 2: y1 = {trace.output[1, 0]:.4g}; actual: 0" in svg
    back = NetworkDisplay.from_model(model, X, row=1, y=Y, backward=True).svg
    found = re.search(r"a1\.3 to y1: gradient = activation (\S+) \* delta (\S+) = ([^<]+)<", back)
    assert found is not None
    delta = 2 * trace.output[1, 0]  # of the squared error, whose target is 0
    np.testing.assert_allclose([float(one) for one in found.groups()], [a, delta, a * delta])
    assert ">δ1.3<" in back


def test_cells_are_as_in_the_table_and_dates_are_dates() -> None:
    svg = NetworkDisplay.from_model(small_model(), TABLE, row=5, most=20).svg
    for column in ("length", "mass", "island", "seen", "tagged"):
        cell = TABLE[column][5]
        text = str(cell).lower() if isinstance(cell, bool) else f"{cell}".removesuffix(".0")
        assert f">{text}<" in svg, column
    assert ">missing<" in NetworkDisplay.from_model(small_model(), TABLE, row=3, most=20).svg


def test_of_wide_layers_the_strongest_nodes_are_shown_and_the_rest_is_counted() -> None:
    model = plain_model([2, 9, 1])
    model.parameters.weights[1][:] = 0.001
    model.parameters.weights[1][[2, 5, 6]] = 10.0
    display = NetworkDisplay.from_model(model, X, row=1, most=3)
    assert re.findall(r'gn-quiet"[^>]*>(a1\.\d)<', display.svg) == ["a1.3", "a1.6", "a1.7"]
    assert ">6 more<" in display.svg
    assert "the nodes that send most" in " ".join(re.findall(r">([^<]+)<", display.svg))


def test_of_an_ensemble_a_member_is_shown_and_named() -> None:
    model = small_model("kind", members=3)
    titles = [
        NetworkDisplay.from_model(model, TABLE, row=0, member=number)._diagram.title
        for number in range(3)
    ]
    assert [title.split(":")[0] for title in titles] == [
        f"Member {number} of 3, row 1" for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("target", ["price", "kind"])
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("hidden", [(3,), (4, 4), (40, 30, 20)], ids=str)
def test_nothing_of_a_row_lies_on_anything_else(
    target: str, backward: bool, hidden: tuple[int, ...]
) -> None:
    model = small_model(target, hidden)
    diagram = NetworkDisplay.from_model(model, TABLE, row=2, backward=backward)._diagram
    boxes = [
        (x1, y1, x2, text.y if text.kind == "number" else y2)
        for text in diagram.texts
        for x1, y1, x2, y2 in [text.box]
    ]
    boxes += [
        (d.x - d.radius, d.y - d.radius, d.x + d.radius, d.y + d.radius) for d in diagram.discs
    ]
    for x1, y1, x2, y2 in boxes:
        assert 0 < x1 < x2 < diagram.width
        assert 0 < y1 < y2 < diagram.height
    for (left1, top1, right1, bottom1), (left2, top2, right2, bottom2) in itertools.combinations(
        boxes, 2
    ):
        assert right1 <= left2 or right2 <= left1 or bottom1 <= top2 or bottom2 <= top1


def test_what_is_wrong() -> None:
    model = small_model()
    with pytest.raises(
        GlassnetError,
        match=f"row must be a whole number from 0 to {N - 1}, a row there is, got {N}",
    ):
        NetworkDisplay.from_model(model, TABLE, row=N)
    with pytest.raises(GlassnetError, match="row must be a whole number from 0 to .* got -1"):
        NetworkDisplay.from_model(model, TABLE, row=-1)
    with pytest.raises(GlassnetError, match="row must be a whole number .* got 'a'"):
        NetworkDisplay.from_model(model, TABLE, row="a")  # pyright: ignore[reportArgumentType]
    with pytest.raises(GlassnetError, match="row and backward need the table"):
        NetworkDisplay.from_model(model, row=0)
    with pytest.raises(GlassnetError, match="lacks the target column 'price'"):
        NetworkDisplay.from_model(model, INPUTS, row=0, backward=True)
    with pytest.raises(GlassnetError, match="most must be a whole number of 1 or more, got 0"):
        NetworkDisplay.from_model(model, TABLE, row=0, most=0)


@pytest.mark.parametrize("backward", [False, True])
def test_a_row_looks_as_it_did(backward: bool) -> None:
    figure = Figure(figsize=(7, 5), layout="constrained")
    model = small_model("kind", (5, 4))
    axes = figure.add_subplot()
    NetworkDisplay.from_model(model, TABLE, row=2, backward=backward, most=5, ax=axes)
    assert_like(figure, f"row_diagram_{'backward' if backward else 'forward'}")
