"""The pictures as documents: what is drawn, how much of it, and that nothing lies on anything else."""

import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.see.diagram import MAX_SHOWN, diagram
from glassnet.see.loss_curve import save_loss_curve

SVG = "{http://www.w3.org/2000/svg}"


def drawn(sizes: list[int], bias: bool = True, **names: list[str]) -> ElementTree.Element:
    network = gn.Network(sizes, "tanh", bias=bias)
    inputs = names.get("inputs", [f"column {i + 1}" for i in range(sizes[0])])
    outputs = names.get("outputs", [f"answer {i + 1}" for i in range(sizes[-1])])
    return ElementTree.fromstring(diagram(network, gn.initialize(network, seed=1), inputs, outputs))


def texts(svg: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def test_the_articles_network() -> None:
    svg = drawn([3, 4, 1], bias=False)
    assert len(list(svg.iter(f"{SVG}circle"))) == 8
    edges = [path for path in svg.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    assert len(edges) == 16
    assert {"input", "hidden", "output", "3 nodes", "4 nodes, tanh", "1 node, identity", "column 1", "answer 1"} <= set(texts(svg))
    w = gn.initialize(gn.Network([3, 4, 1], "tanh", bias=False), seed=1).weights[0]
    assert f"{w[2, 1]:.3g}" in texts(svg)
    titles = [path.find(f"{SVG}title").text for path in edges]  # pyright: ignore[reportOptionalMemberAccess]
    assert f"column 3 to a1.2: {w[2, 1]:.6g}" in titles


@pytest.mark.parametrize("sizes", [[3, 4, 1], [2, 3, 2], [4, 7, 3], [8, 3, 1], [1, 1]])
@pytest.mark.parametrize("bias", [True, False])
def test_numbers_stand_clear_of_each_other(sizes: list[int], bias: bool) -> None:
    numbers = [e for e in drawn(sizes, bias).iter(f"{SVG}text") if e.get("class") == "number"]
    assert len(numbers) == gn.Network(sizes, bias=bias).n_weights
    places = sorted((float(e.get("x", 0)), float(e.get("y", 0))) for e in numbers)
    for (x1, y1), (x2, y2) in itertools.pairwise(places):
        assert abs(x1 - x2) > 40 or abs(y1 - y2) >= 10


def test_a_wide_layer_is_condensed_and_says_so() -> None:
    svg = drawn([200, 64, 64, 1])
    assert len(list(svg.iter(f"{SVG}circle"))) == 3 * (MAX_SHOWN + 1) + 1
    assert {"188 more", "52 more", "column 1", "column 200"} <= set(texts(svg))
    assert not [e for e in svg.iter(f"{SVG}text") if e.get("class") == "number" and "column" in (e.text or "")]
    width, height = (float(v) for v in (svg.get("viewBox") or "").split()[2:])
    for circle in svg.iter(f"{SVG}circle"):
        assert 0 < float(circle.get("cx", 0)) < width
        assert 0 < float(circle.get("cy", 0)) < height


def test_names_are_escaped_shortened_and_counted() -> None:
    svg = drawn([2, 2, 1], inputs=["a<b & c", "x" * 80])
    assert "a<b & c" in texts(svg)
    assert any(re.fullmatch("x{33}…", text) for text in texts(svg))
    with pytest.raises(GlassnetError, match="1 names for 2 inputs"):
        drawn([2, 2, 1], inputs=["one"])


def test_the_readmes_picture_is_what_the_demo_draws() -> None:
    from glassnet import article

    network = article.article_network()
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    run = gn.train(network, start, article.X, article.Y, optimizer=gn.GradientDescent(1.0), epochs=article.ITERATIONS)
    stored = (Path(__file__).parents[2] / "docs" / "images" / "network.svg").read_text(encoding="utf-8")
    assert diagram(network, run.parameters, article.INPUT_NAMES, ["y"]) == stored


def test_the_loss_curve_in_every_format(tmp_path: Path) -> None:
    paths = [tmp_path / f"loss.{suffix}" for suffix in ("svg", "png", "pdf")]
    losses = {"training": np.geomspace(10, 1e-4, 50).tolist(), "validation": np.geomspace(10, 1e-2, 50).tolist()}
    save_loss_curve(paths, range(1, 51), losses, "epoch", "a title & more", best=40)
    assert [p.read_bytes()[:4] for p in paths] == [b"<?xm", b"\x89PNG", b"%PDF"]
    words = {element.text for element in ElementTree.parse(paths[0]).iter(f"{SVG}text")}
    assert {"epoch", "loss", "a title & more", "training", "validation", "best epoch (40)"} <= words
    first = paths[0].read_bytes()
    save_loss_curve(paths, range(1, 51), losses, "epoch", "a title & more", best=40)
    assert paths[0].read_bytes() == first  # the same picture is the same file
