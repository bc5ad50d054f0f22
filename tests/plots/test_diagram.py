"""The diagram of a network: what is drawn, that nothing overlaps, its kinds of file."""

import itertools
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from images import assert_like, contrast
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath

import glassnet as gn
from glassnet import article
from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError
from glassnet.models.ensemble import Member
from glassnet.pages.theme import DARK_PAGE, LIGHT_PAGE
from glassnet.plots.network.choice import SHOWN_OF_WIDE
from glassnet.plots.network.display import NetworkDisplay
from glassnet.plots.network.shapes import Diagram, text_width
from glassnet.plots.network.svg import DARK, LIGHT
from glassnet.tables.encoding import plain_encoding

SVG = "{http://www.w3.org/2000/svg}"
SMALL = [[1, 1], [3, 4, 1], [2, 3, 2], [4, 7, 3], [5, 5, 5], [8, 3, 1]]
LARGE = [[10, 16, 8, 3], [200, 64, 64, 1], [14, 1200, 20]]
PENGUINS = Path(__file__).parents[2] / "examples" / "data" / "penguins.csv"
LONG = "the price of a thing in thousands of euros from 12.5 to 14.25"


def weights(network: Network) -> Parameters:
    """Weights, and biases that are not all 0 as at the start of a training."""
    start = gn.initialize(network, seed=1)
    random = np.random.default_rng(1)
    return Parameters(start.weights, tuple(random.normal(0, 0.3, b.shape) for b in start.biases))


def display(
    sizes: list[int], bias: bool = True, name: str = "column", **options: Any
) -> NetworkDisplay:
    network = gn.Network(sizes, "tanh", bias=bias)
    inputs, outputs = (
        [f"{name} {i + 1}" for i in range(sizes[0])],
        [f"answer {i + 1}" for i in range(sizes[-1])],
    )
    return NetworkDisplay(
        network, options.pop("parameters", weights(network)), inputs, outputs, **options
    )


def drawn(shown: NetworkDisplay) -> ElementTree.Element:
    return ElementTree.fromstring(shown.svg)


def of_class(svg: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in svg.iter() if name in element.get("class", "").split()]


def texts(svg: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def tooltips(elements: list[ElementTree.Element]) -> list[str]:
    """What is shown where these are pointed at."""
    return [element.findtext(f"{SVG}title") or "" for element in elements]


def diagram_of(shown: NetworkDisplay) -> Diagram:
    return shown._diagram


def test_the_articles_network() -> None:
    svg = drawn(shown := display([3, 4, 1], bias=False))
    assert len(list(svg.iter(f"{SVG}circle"))) == 8
    edges = [e for e in of_class(svg, "gn-stroke") if e.findtext(f"{SVG}title")]
    assert len(edges) == 16
    expected = {
        "input",
        "hidden",
        "output",
        "3 nodes",
        "4 nodes, tanh",
        "1 node, identity",
        "column 1",
        "a1.4",
        "answer 1",
    }
    assert expected <= set(texts(svg))
    w = shown.parameters.weights[0]
    assert f"{w[2, 1]:.3g}" in texts(svg)
    assert f"column 3 to a1.2: {w[2, 1]}" in tooltips(edges)
    assert (
        f"Wider is larger, up to {max(np.abs(w).max() for w in shown.parameters.weights):.3g}."
        in texts(svg)
    )


def test_width_colour_and_dashes_show_the_weight() -> None:
    parameters = Parameters((np.array([[2.0], [-1.0], [0.0]]),), (np.array([0.5]),))
    strokes = {
        stroke.tooltip: stroke
        for stroke in diagram_of(display([3, 1], parameters=parameters)).strokes
    }
    assert set(strokes) == {
        "column 1 to answer 1: 2.0",
        "column 2 to answer 1: -1.0",
        "bias to answer 1: 0.5",
        "",
    }
    assert [strokes[tooltip].strength for tooltip in sorted(strokes)[1:]] == [0.25, 1.0, -0.5]
    assert [strokes[tooltip].width for tooltip in sorted(strokes)[1:]] == pytest.approx(
        [1.7, 5.0, 2.8]
    )  # 0.6 + 4.4 times the strength
    svg = drawn(display([3, 1], parameters=parameters))
    edges = {tooltips([e])[0]: e for e in of_class(svg, "gn-stroke")}
    assert of_class(edges["column 2 to answer 1: -1.0"], "gn-minus")
    assert of_class(edges["column 1 to answer 1: 2.0"], "gn-plus")
    assert "A weight of 0 has no line." in " ".join(texts(svg))
    style = svg.findtext(f"{SVG}style") or ""
    assert re.search(r"\.gn-minus\{stroke-dasharray:\d", style)


def test_a_bias_of_0_has_no_sign_and_a_large_one_does_not_set_the_scale() -> None:
    parameters = Parameters((np.array([[2.0], [-1.0]]),), (np.array([0.0]),))
    svg = drawn(display([2, 1], parameters=parameters))
    (bias,) = [e for e in of_class(svg, "gn-stroke") if tooltips([e])[0].startswith("bias")]
    assert of_class(bias, "gn-zero")
    assert not of_class(bias, "gn-plus") + of_class(bias, "gn-minus")
    assert "A bias of 0 is grey." in " ".join(texts(svg))
    large = Parameters(parameters.weights, (np.array([-40.0]),))
    strokes = {s.tooltip: s for s in diagram_of(display([2, 1], parameters=large)).strokes}
    assert strokes["bias to answer 1: -40.0"].strength == -1
    assert strokes["column 1 to answer 1: 2.0"].strength == 1
    legend = " ".join(texts(drawn(display([2, 1], parameters=large))))
    assert "Wider is larger, up to 2. Biases up to 40 are no wider." in legend


def test_short_names_stand_in_their_nodes() -> None:
    network = gn.Network([2, 3, 1])
    shown = NetworkDisplay(network, weights(network), ["x1", "x2"], ["y"])
    inside = [disc.label for disc in diagram_of(shown).discs if disc.kind == "node"]
    assert inside == ["x1", "x2", "a1.1", "a1.2", "a1.3", "y"]
    assert texts(drawn(shown)).count("x1") == 1
    long = NetworkDisplay(network, weights(network), ["x1", "a long name"], ["y"])
    assert [disc.label for disc in diagram_of(long).discs if disc.kind == "node"][:2] == ["1", "2"]
    assert {"x1", "a long name"} <= set(texts(drawn(long)))


def test_the_pointer_finds_an_edge_within_10_pixels() -> None:
    svg = drawn(display([3, 4, 1]))
    for edge in of_class(svg, "gn-stroke"):
        hits = of_class(edge, "gn-hit")
        assert len(hits) == (1 if edge.findtext(f"{SVG}title") else 0)
        assert all(hit.get("d") == of_class(edge, "gn-edge")[0].get("d") for hit in hits)
    style = svg.findtext(f"{SVG}style") or ""
    assert "stroke-width:10;pointer-events:stroke" in style


def boxes_of(diagram: Diagram) -> list[tuple[float, float, float, float]]:
    """The room of every text and disc.

    Numbers need that of their digits only, which have no tails below the line.
    """
    texts = [
        (x1, y1, x2, text.y if text.kind == "number" else y2)
        for text in diagram.texts
        for x1, y1, x2, y2 in [text.box]
    ]
    return texts + [
        (d.x - d.radius, d.y - d.radius, d.x + d.radius, d.y + d.radius) for d in diagram.discs
    ]


@pytest.mark.parametrize("sizes", SMALL + LARGE, ids=str)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", ["x", LONG, "WIDE" * 20, "列名" * 20])
def test_nothing_lies_on_anything_else_and_all_is_inside(
    sizes: list[int], bias: bool, name: str
) -> None:
    diagram = diagram_of(
        display(
            sizes,
            bias,
            name,
            note="Something that must be said, and takes a few words to say. " * 3,
        )
    )
    boxes = boxes_of(diagram)
    for x1, y1, x2, y2 in boxes:
        assert 0 < x1 < x2 < diagram.width
        assert 0 < y1 < y2 < diagram.height
    for (left1, top1, right1, bottom1), (left2, top2, right2, bottom2) in itertools.combinations(
        boxes, 2
    ):
        assert right1 <= left2 or right2 <= left1 or bottom1 <= top2 or bottom2 <= top1


def _discs_by_column(diagram: Diagram) -> list[set[int]]:
    """The numbers of the discs of each column."""
    columns = sorted({disc.x for disc in diagram.discs})
    return [{i for i, disc in enumerate(diagram.discs) if disc.x == x} for x in columns]


@pytest.mark.parametrize("sizes", SMALL, ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_edges_of_a_small_network_have_their_numbers_on_them(sizes: list[int], bias: bool) -> None:
    diagram = diagram_of(display(sizes, bias))
    numbers = {text.ends: text for text in diagram.texts if text.kind == "number"}
    edges = [(before + bias) * after for before, after in itertools.pairwise(sizes)]
    assert len(numbers) == sum(n if n <= 24 else 16 for n in edges)
    sizes_of = {line.ends: abs(line.strength) for line in diagram.strokes if line.ends}
    for before, after in itertools.pairwise(_discs_by_column(diagram)):
        gap = {ends: size for ends, size in sizes_of.items() if {*ends} <= before | after}
        without = [size for ends, size in gap.items() if ends not in numbers]
        assert max(without, default=0) <= min(gap[ends] for ends in gap if ends in numbers)
    legend = " ".join(text.content for text in diagram.texts)
    assert ("The largest have their numbers." in legend) == (max(edges) > 24)
    for line in diagram.strokes:
        if line.ends in numbers:
            number = numbers[line.ends]
            fraction = (number.x - line.x1) / (line.x2 - line.x1)
            assert number.y - 0.36 * number.size == pytest.approx(
                line.y1 + fraction * (line.y2 - line.y1)
            )


@pytest.mark.parametrize(
    "text",
    [
        "flipper_length_mm missing",
        "species=Chinstrap",
        "TOTAL COST",
        "-1.23e-05",
        "MWmw@%",
        "Ärger œ",
    ],
)
def test_text_takes_no_more_room_than_the_layout_gives_them(text: str) -> None:
    assert TextPath((0, 0), text, size=12).get_extents().width <= text_width(text, 12)


def test_a_wide_layer_is_condensed_and_says_so() -> None:
    svg = drawn(display([200, 64, 64, 1]))
    assert len(list(svg.iter(f"{SVG}circle"))) == 3 * (SHOWN_OF_WIDE + 1) + 1
    assert {"188 more", "52 more"} <= set(texts(svg))
    assert "1,188 more" in texts(drawn(display([14, 1200, 1])))


def test_of_a_wide_layer_the_strongest_nodes_are_shown() -> None:
    network = gn.Network([20, 2, 1])
    start = weights(network)
    start.weights[0][:] = 0.01
    strong = [1, 2, 3, 5, 7, 8, 11, 12, 13, 15, 17, 18]
    start.weights[0][strong, 1] = -3.0
    svg = drawn(display([20, 2, 1], parameters=start))
    named = [text for text in texts(svg) if text.startswith("column")]
    assert named == [f"column {i + 1}" for i in strong]
    assert "8 more" in texts(svg)
    assert "Of wide layers the nodes of the largest weights are shown." in " ".join(texts(svg))
    hidden = gn.Network([2, 20, 1])
    start = weights(hidden)
    start.weights[0][:] = 1.0
    start.weights[0][:, 4] = 0.0  # its large weight out carries nothing
    start.weights[1][:] = 1.0
    start.weights[1][4] = 90.0
    labels = {disc.label for disc in diagram_of(display([2, 20, 1], parameters=start)).discs}
    assert "5" not in labels


def test_names_are_escaped_shortened_in_the_middle_and_counted() -> None:
    network = gn.Network([4, 2, 1])
    names = ["a<b & c", LONG, "two\nlines\x00", "x" * 34]
    svg = drawn(
        NetworkDisplay(network, weights(network), names, ["y"], title="1 < 2", note="a & b")
    )
    assert {"a<b & c", "the price of a thing…12.5 to 14.25", "two lines", "x" * 34} <= set(
        texts(svg)
    )
    assert LONG in tooltips(of_class(svg, "gn-disc"))
    assert "a & b" in " ".join(texts(svg))
    assert svg.get("aria-label") == svg.findtext(f"{SVG}title") == f"1 < 2: {network}"
    with pytest.raises(GlassnetError, match="1 names for 4 inputs: give one for each"):
        NetworkDisplay(network, weights(network), ["one"], ["y"])
    with pytest.raises(GlassnetError, match="do not fit the network"):
        NetworkDisplay(network, weights(gn.Network([4, 3, 1])), names, ["y"])


def test_what_is_pointed_at_is_shown_in_full_and_lights_up_its_edges() -> None:
    network = gn.Network([2, 2, 1], "tanh")
    parameters = Parameters(
        *(tuple(a.astype(np.float32) for a in arrays) for arrays in weights(network))
    )
    svg = drawn(display([2, 2, 1], parameters=parameters))
    nodes = of_class(svg, "gn-disc")
    b = parameters.biases
    assert tooltips(nodes) == [
        "bias of hidden layer",
        "column 1",
        "column 2",
        "bias of output layer",
        f"a1.1: tanh, bias {b[0][0]}",
        f"a1.2: tanh, bias {b[0][1]}",
        f"answer 1: identity, bias {b[1][0]}",
    ]
    lit = [
        element for element in of_class(svg, "gn-e1") if "gn-stroke" in element.get("class", "")
    ]  # of column 1, the second disc
    assert "gn-n1" in nodes[1].get("class", "").split()
    assert sorted(tooltips(lit)) == [
        f"column 1 to a1.{j + 1}: {parameters.weights[0][0, j]}" for j in range(2)
    ]
    assert ".gn-net:has(.gn-n1:hover) .gn-e1{opacity:1}" in (svg.findtext(f"{SVG}style") or "")


def test_several_stand_in_one_page_and_disturb_nothing() -> None:
    svg = drawn(display([3, 4, 1]))
    assert not [element for element in svg.iter() if element.get("id")]
    assert all(
        name.startswith("gn-")
        for element in svg.iter()
        for name in element.get("class", "").split()
    )
    style = svg.findtext(f"{SVG}style") or ""
    everywhere, by_system, by_page = re.split(r"@media screen[^{]*", style)
    nested = [
        by_system.removeprefix(f"{{.gn-net:not({LIGHT_PAGE} *){{"),
        by_page.removeprefix(f"{{{DARK_PAGE} .gn-net{{"),
    ]
    everywhere += "".join(nested).replace("&", ".gn-net")
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", everywhere)
    selectors = [selector.strip() for rule in rules for selector in rule.split(",")]
    assert len(selectors) > 30
    assert all(re.match(r"\.gn-net\b", selector) for selector in selectors if selector)
    assert "max-width:100%" in style
    assert display([3, 4, 1])._repr_html_() == display([3, 4, 1]).svg


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_told_apart_in_light_and_dark(theme: dict[str, str]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    pairs = [
        ("text", "page"),
        ("quiet", "page"),
        ("text", "node"),
        ("text", "bias"),
        ("plus", "page"),
        ("minus", "page"),
    ]
    assert min(contrast(theme[ink], theme[ground]) for ink, ground in pairs) >= 4.5


def test_weights_that_are_not_numbers_or_all_zero_are_drawn_all_the_same() -> None:
    zero = Parameters((np.zeros((2, 1)),), (np.zeros(1),))
    assert [
        stroke.tooltip
        for stroke in diagram_of(display([2, 1], parameters=zero)).strokes
        if stroke.ends
    ] == ["bias to answer 1: 0.0"]
    broken = Parameters((np.array([[np.nan], [-np.inf]]),), (np.array([2.0]),))
    edges = [edge for edge in diagram_of(display([2, 1], parameters=broken)).strokes if edge.ends]
    assert sorted(edge.strength for edge in edges) == [-1, 1, 1]
    assert "Wider is larger, up to 2." in display([2, 1], parameters=broken).svg


def test_of_an_ensemble_one_member_is_drawn_whole_and_the_diagram_says_so() -> None:
    model = gn.train_table(PENGUINS, target="species", epochs=2, members=2, hidden=(4,))
    for number in (0, 1):
        shown = NetworkDisplay.from_model(model, member=number)
        svg = drawn(shown)
        assert "4 nodes, silu" in texts(svg)
        assert f"Member {number + 1} of 2." in " ".join(texts(svg))
        assert "species=Gentoo" in texts(svg)
        weight = model.members[number].parameters.weights[1][0, 0]
        assert f"a1.1 to species=Adelie: {weight}" in shown.svg
    with pytest.raises(GlassnetError, match="there is no member 2"):
        NetworkDisplay.from_model(model, member=2)
    one = gn.train_table(PENGUINS, target="sex", epochs=1, members=1, hidden=(3,))
    assert "Member" not in NetworkDisplay.from_model(one).svg


def test_joined_members_stand_side_by_side_and_the_diagram_says_so() -> None:
    model = gn.train_table(PENGUINS, target="species", epochs=2, members=2, hidden=(4,))
    for member, nodes in ((0, True), (None, False)):
        svg = drawn(NetworkDisplay.from_model(model.joined(), member=member))
        assert bool(list(svg.iter(f"{SVG}circle"))) == nodes
        assert "8 nodes, silu" in texts(svg)
        assert "2 networks side by side: no weights between them." in " ".join(texts(svg))
    assert "side by side" not in NetworkDisplay.from_model(model).svg


def test_fitted_estimators_are_drawn() -> None:
    X, y = np.random.default_rng(1).normal(size=(30, 2)), np.arange(30) % 3
    classifier = gn.MLPClassifier((3,), max_iter=200, tol=1).fit(X, y)
    assert {"x0", "x1", "y=0", "y=2"} <= set(
        texts(drawn(NetworkDisplay.from_estimator(classifier)))
    )
    axes = Figure().add_subplot()
    assert NetworkDisplay.from_estimator(classifier, ax=axes).ax_ is axes
    with pytest.raises(GlassnetError, match="not fitted"):
        NetworkDisplay.from_estimator(gn.MLPClassifier())


def test_it_is_drawn_on_the_axes_given_or_on_its_own() -> None:
    shown = display([3, 4, 1])
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert shown.plot(left) is shown
    assert (shown.ax_, shown.figure_) == (left, figure)
    written = {text.get_text() for text in left.texts}
    assert {"column 1", "a1.4", "answer 1", "positive weight"} <= written
    assert not right.texts
    assert len(left.patches) == 10
    new = shown.plot().figure_
    assert new is not figure
    assert tuple(new.get_size_inches() * 96) == pytest.approx(
        (diagram_of(shown).width, diagram_of(shown).height)
    )


def test_it_is_saved_in_three_formats(tmp_path: Path) -> None:
    shown = display([3, 4, 1])
    for suffix, begins in [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]:
        path = tmp_path / f"network.{suffix}"
        shown.save(path)
        first = path.read_bytes()
        assert first.startswith(begins)
        shown.save(path)
        assert path.read_bytes() == first  # the same picture is the same file
    assert (tmp_path / "network.svg").read_text(encoding="utf-8") == shown.svg
    with pytest.raises(GlassnetError, match=r"unknown picture format '\.gif'"):
        shown.save(tmp_path / "network.gif")


def blocks(members: int = 4, hidden: int = 64) -> NetworkDisplay:
    """What is drawn of an untrained model of that many networks."""
    encoding = plain_encoding([f"column {i}" for i in range(14)], ["price", "weight"])
    network = gn.Network([14, hidden, hidden, 2], "silu")
    networks = (Member(network, gn.initialize(network, seed=1)) for _ in range(members))
    return NetworkDisplay.from_model(gn.Model(encoding, tuple(networks)))


def test_what_would_be_a_hairball_is_a_box_for_each_layer() -> None:
    svg = drawn(shown := blocks())
    assert not list(svg.iter(f"{SVG}circle"))
    assert len(of_class(svg, "gn-box")) == 1 + 3 * 4  # the input's, and four cards of the others
    written = set(texts(svg))
    assert {"14", "64", "2", "896 weights", "4,096 weights", "64 biases", "2 biases"} <= written
    assert {"column 0", "column 7", "and 6 more", "price", "weight"} <= written
    assert "14 → 64 → 64 → 2, × 4: 4 networks of this shape, 5,250 numbers" in " ".join(texts(svg))
    assert svg.get("aria-label") == "The network: 14 → 64 → 64 → 2, 4 networks"
    diagram = diagram_of(shown)
    for text in diagram.texts:
        x1, y1, x2, y2 = text.box
        assert 0 < x1 < x2 < diagram.width
        assert 0 < y1 < y2 < diagram.height
    for one, other in itertools.combinations([text.box for text in diagram.texts], 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for box in diagram.boxes:
        assert 0 < box.x < box.x + box.width < diagram.width
        assert 40 < box.y < box.y + box.height < diagram.height  # below the headings


def test_few_weights_or_a_chosen_member_have_their_nodes() -> None:
    assert list(drawn(blocks(1, hidden=14)).iter(f"{SVG}circle"))  # 196 weights in a gap
    assert not list(drawn(blocks(2, hidden=14)).iter(f"{SVG}circle"))  # twice as many
    model = gn.train_table(PENGUINS, target="species", epochs=1, members=2, hidden=(20,))
    assert not list(drawn(NetworkDisplay.from_model(model)).iter(f"{SVG}circle"))
    svg = drawn(NetworkDisplay.from_model(model, member=1))
    assert list(svg.iter(f"{SVG}circle"))
    assert "Member 2 of 2." in " ".join(texts(svg))


def test_boxes_look_as_they_did() -> None:
    figure = Figure(figsize=(6, 2.4), layout="constrained")
    blocks().plot(figure.add_subplot())
    assert_like(figure, "diagram_blocks")


@pytest.mark.parametrize("sizes", [[3, 4, 1], [10, 16, 8, 3], [200, 64, 64, 1]], ids=str)
def test_it_looks_as_it_did(sizes: list[int]) -> None:
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    display(sizes).plot(figure.add_subplot())
    assert_like(figure, f"diagram_{'_'.join(map(str, sizes))}")


def test_the_readmes_picture_is_what_the_demo_draws() -> None:
    network = article.article_network()
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    run = gn.train(
        network,
        start,
        article.X,
        article.Y,
        optimizer=gn.GradientDescent(1.0),
        epochs=article.ITERATIONS,
    )
    stored = (Path(__file__).parents[2] / "docs" / "images" / "network.svg").read_text(
        encoding="utf-8"
    )
    assert NetworkDisplay(network, run.parameters, article.INPUT_NAMES, ["y"]).svg == stored
