"""What is shown and what is left out, the vote, names that mean something to a format, errors."""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reading import check_line, read_text

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.explanation.build import explain
from glassnet.explanation.parts import Explanation, Sum
from glassnet.models.ensemble import Member
from glassnet.models.rows import rows_of
from glassnet.tables.encoding import plain_encoding

DATA = Path(__file__).parents[2] / "examples" / "data"


@pytest.fixture(scope="module", params=[1, 2])
def wide(request: pytest.FixtureRequest) -> Any:
    return gn.train_table(
        DATA / "penguins.csv", "species", hidden=(64, 64), members=request.param, epochs=2
    )


def test_a_wide_network_shows_some_and_says_how_many_not(wide: Any) -> None:
    explanation = explain(wide, DATA / "penguins.csv", 3, backward=True)
    networks = explanation.members or (explanation,)
    assert len(networks) == len(wide.members)
    for network in networks:
        *hidden, last = network.rows[0].layers
        for layer in hidden:
            assert (len(layer.nodes), layer.left_out) == (3, 61)
            assert layer.chosen == "those that send the most to the next layer"
        assert last.left_out == 0
    for number in explanation.numbers():
        if isinstance(number, Sum):
            parts = (
                [p.value for p in number.products]
                + [o.value for _, o in number.added]
                + [number.rest]
            )
            assert sum(parts) == pytest.approx(number.value, rel=1e-9, abs=1e-12)
    z = networks[0].rows[0].layers[1].nodes[0].z
    assert z.left_out + len(z.products) == 64
    text = explanation.text(width=None)
    assert "Shown are 3 of 64 nodes" in text
    smallest = min(abs(product.value) for product in z.products)
    which = "smaller products," if abs(z.rest) <= smallest else "products, each smaller than these,"
    assert f"{z.left_out} {which} not shown" in text
    assert len(text) < 40_000 * len(networks)
    for line in read_text(text):
        check_line(line, 4)


def test_what_is_added_below_zero_stands_in_brackets(wide: Any) -> None:
    explanation = explain(wide, DATA / "penguins.csv", 3, backward=True)
    text, markdown, page = explanation.text(width=None), explanation.markdown(), explanation.html()
    assert re.search(r"\+ \(-[\d.]+\) +\d+ (smaller )?products", text)
    for face in (text, markdown, re.sub(r"<[^>]*>", "", page)):
        assert not re.search(r"\+ ?-\d", face)


def test_the_nodes_asked_for_are_shown_whole(wide: Any) -> None:
    explanation = explain(wide, DATA / "penguins.csv", 0, nodes=[(0, 4), (1, 5)])
    for number, network in enumerate(explanation.members or (explanation,)):
        first, second, last = network.rows[0].layers
        assert [node.name for node in first.nodes] == ["1.5"]
        assert [node.name for node in second.nodes] == ["2.6"]
        assert len(second.nodes[0].z.products) == 64
        assert [node.name for node in last.nodes] == ["3.1", "3.2", "3.3"]
        z = float(wide.member(number).trace(rows(wide)).z[1][0, 5])
        assert second.nodes[0].z.value == pytest.approx(z, rel=1e-12)


def rows(model: Any) -> np.ndarray:
    return rows_of(model, DATA / "penguins.csv").take([0]).x


@pytest.fixture(scope="module")
def voting() -> tuple[Any, dict[str, Any]]:
    """Three members of different votes and depths, for one number and for three classes."""
    random = np.random.default_rng(0)
    table = {"x": random.normal(size=30), "y": random.normal(size=30)}
    encoding = plain_encoding(["x"], ["y"])
    networks = [gn.Network([1, 3, 1], "tanh"), gn.Network([1, 2, 2, 1]), gn.Network([1, 1])]
    members = [
        Member(network, gn.initialize(network, seed=seed), vote)
        for seed, (network, vote) in enumerate(zip(networks, (1.0, 2.0, 1.0), strict=True))
    ]
    return gn.Model(encoding, tuple(members)), table


def test_a_vote_of_members_that_differ(voting: tuple[Any, dict[str, Any]]) -> None:
    model, table = voting
    explanation = explain(model, table, [4, 7], backward=True)
    assert [member.title.split(":")[0] for member in explanation.members] == [
        f"Member {number} of 3" for number in (1, 2, 3)
    ]
    z = explanation["r5.z3.1"]
    assert isinstance(z, Sum)
    assert [product.left.value for product in z.products] == [0.25, 0.5, 0.25]
    sources = ["m1.r5.z2.1", "m2.r5.z3.1", "m3.r5.z1.1"]
    assert [product.right.source for product in z.products] == sources
    assert [explanation[source].value for source in sources] == [p.right.value for p in z.products]
    assert explanation["r5.t1.answer"].value == pytest.approx(model.predict(table)[4], rel=1e-12)
    assert not explanation.backward
    assert "m2.gw3.1.1" in {number.id for number in explanation.numbers()}
    for line in read_text(explanation.text(10, width=None)):
        check_line(line, 10)


def test_how_far_members_agree_on_a_number(voting: tuple[Any, dict[str, Any]]) -> None:
    model, table = voting
    explanation = explain(model, table, 4)
    predictions = [float(model.member(i).predict(table)[4]) for i in range(3)]
    (spread,) = explanation.rows[0].agreement
    assert spread.value == pytest.approx(max(predictions) - min(predictions), rel=1e-12)
    assert spread.id == "r5.t1.spread"
    assert "How far the members agree" in explanation.text(width=None)


def test_how_far_members_agree_on_a_class(wide: Any) -> None:
    explanation = explain(wide, DATA / "penguins.csv", 3)
    agreement = {step.id: step for step in explanation.rows[0].agreement}
    if len(wide.members) == 1:
        assert not agreement
        return
    alone = [wide.member(i) for i in range(2)]
    predicted = explanation["r4.t1.answer"].value
    count = sum(str(m.predict(DATA / "penguins.csv")[3]) == predicted for m in alone)
    assert agreement["r4.t1.agree"].value == count
    k = wide.encoding.targets[0].label_texts.index(predicted)
    probabilities = [m.predict_proba(DATA / "penguins.csv")[3, k] for m in alone]
    spread = max(probabilities) - min(probabilities)
    assert agreement["r4.t1.spread"].value == pytest.approx(spread, rel=1e-9)


def test_a_joined_network_says_what_it_is_made_of(wide: Any) -> None:
    notes = " ".join(explain(wide.joined(), DATA / "penguins.csv", 3).notes)
    assert ("2 networks stand side by side in this one" in notes) == (len(wide.members) == 2)


def test_numbers_taken_as_categories_are_compared_as_text() -> None:
    table = {
        "year": [2007.0, 2008.0, 2009.0, np.nan] * 6,
        "two": [1.0, 2.0] * 12,
        "y": [0.5, 2] * 12,
    }
    quick: dict[str, Any] = {"epochs": 1, "hidden": 2, "members": 1, "holdout": 0}
    model = gn.train_table(table, "y", categories=["year", "two"], **quick)
    x = rows_of(model, table).x
    for row in range(4):
        explanation = explain(model, table, row)
        inputs = [explanation[f"r{row + 1}.x{i + 1}"].value for i in range(x.shape[1])]
        assert inputs == x[row].tolist()


def test_many_outputs_show_the_largest() -> None:
    network = gn.Network([2, 20], loss="categorical_cross_entropy")
    explanation = explain((network, gn.initialize(network, seed=1)), [[1.0, 2.0]])
    (layer,) = explanation.rows[0].layers
    assert (len(layer.nodes), layer.left_out, layer.chosen) == (3, 17, "the largest outputs")


def test_without_targets_there_is_no_loss_but_all_the_rest() -> None:
    network = gn.Network([2, 2, 1])
    explanation = explain((network, gn.initialize(network)), [[1.0, 2.0]])
    assert explanation.loss == explanation.backward == ()
    assert any("no loss" in note for note in explanation.notes)


def test_estimators_are_explained_with_their_own_names() -> None:
    import pandas as pd

    frame = pd.DataFrame({"a b": [0.0, 1, 2, 3, 4, 5], "c<d": [1.0, 0, 1, 0, 1, 0]})
    y = ["no", "no", "no", "yes", "yes", "yes"]
    mlp = gn.MLPClassifier((3,), max_iter=500, random_state=0, solver="lbfgs").fit(frame, y)
    explanation = explain(mlp, frame, 2, y=y, backward=True)
    assert explanation["r3.t1.p2"].value == pytest.approx(mlp.predict_proba(frame)[2, 1], rel=1e-12)
    assert [column.name for column in explanation.rows[0].columns] == ["a b", "c<d"]
    assert "c&lt;d" in explanation.html()
    assert "c<d" not in explanation.html()
    table = gn.TableClassifier(max_iter=2, random_state=0, members=1, hidden_layer_sizes=(4,)).fit(
        frame, y
    )
    assert explain(table, frame, 0)["r1.t1.answer"].value == table.predict(frame)[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": 4}, "rows=4: the table has rows 0 to 3"),
        ({"rows": [0, -1]}, "rows=-1: the table has rows 0 to 3"),
        ({"rows": [1, 1]}, "a row is given twice"),
        ({"nodes": [(0, 9)]}, r"node 1.10 is not in the network, which has 1.1 to 1.3, 2.1 to 2.1"),
        ({"nodes": [(2, 0)]}, "node 3.1 is not in the network"),
        ({"backward": True}, "the table lacks the target column 'y'"),
        ({"y": [1.0, 2.0]}, "the table has 4 rows and y has 2"),
        ({"y": ["a", "b", "c", "d"]}, "target 'y' is text, but the model predicts numbers"),
    ],
)
def test_what_cannot_be_explained_is_one_clear_error(options: dict[str, Any], message: str) -> None:
    network = gn.Network([2, 3, 1])
    with pytest.raises(GlassnetError, match=message):
        explain((network, gn.initialize(network)), np.zeros((4, 2)), **options)


def test_other_things_are_refused() -> None:
    network = gn.Network([2, 3, 1])
    start = gn.initialize(network)
    for thing, message in [
        (network, "give a glassnet Model"),
        ((network,), "a pair must be"),
        ((start, network), "a pair must be"),
        (gn.MLPRegressor(), "is not fitted yet"),
    ]:
        with pytest.raises(GlassnetError, match=message):
            explain(thing, [[0.0, 0.0]])
    with pytest.raises(GlassnetError, match=r"an array of shape \(1, 3\): give N x 2"):
        explain((network, start), [[0.0, 0.0, 0.0]])
    with pytest.raises(GlassnetError, match="lacks the column 'x2'"):
        explain((network, start), {"x1": [0.0]})
    for digits in (0, 18):
        with pytest.raises(GlassnetError, match="digits must be from 1 to 17"):
            explain((network, start), [[0.0, 0.0]]).text(digits)
    with pytest.raises(KeyError):
        explain((network, start), [[0.0, 0.0]])["r1.nothing"]


NAMES = [
    "<b>&",
    "a_b^c",
    "100% #$",
    "x{y}\\z~",
    "row 3",
    "a = b",
    "three   spaces",
    "naïve 数",
    "\x1b[31mred\nline",
    "w" * 300,
]


@pytest.fixture(scope="module")
def named() -> Explanation:
    network = gn.Network([len(NAMES), 2, 1])
    model = gn.Model.of_network(
        network, gn.initialize(network, seed=1), plain_encoding(NAMES, ["<i>_$"])
    )
    return explain(
        model, {name: [float(i)] for i, name in enumerate(NAMES)}, y=[1.0], backward=True
    )


def test_names_that_mean_something_to_a_face_stay_names(named: Explanation) -> None:
    assert [
        column["name"] for column in json.loads(json.dumps(named.to_dict()))["rows"][0]["columns"]
    ] == NAMES
    page, text, markdown = named.html(), named.text(width=None), named.markdown()
    for name in NAMES:
        assert f"<summary>Column {escape(name)} " in page
        assert f"Column {name}   " in text or not name.isprintable()
    assert "<b>" not in page
    assert "<i>" not in page
    assert r"\text{100}\%\text{ }\#\$ \cdot w_{1[3 \to 1]}" in markdown
    assert r"\text{x}\{\text{y}\}\backslash \text{z}{\sim}" in markdown
    assert r"### Column 100% \#\$ (2)" in markdown
    assert markdown.count("$$") % 2 == 0


def test_a_name_cannot_break_lines_or_reach_the_terminal(named: Explanation) -> None:
    plain = explain(
        (network := gn.Network([len(NAMES), 2, 1]), gn.initialize(network)),
        np.ones((1, len(NAMES))),
        y=[1.0],
        backward=True,
    )
    assert "\x1b" not in named.text() + named.markdown()
    assert r"Column \x1b[31mred\nline   8" in named.text()
    as_text = [one.text(width=None) for one in (named, plain)]
    assert len(as_text[0].splitlines()) == len(as_text[1].splitlines())
    assert len(named.markdown().splitlines()) == len(plain.markdown().splitlines())


def test_cells_and_classes_are_told_as_they_stand_in_the_table() -> None:
    table = {
        "day": np.array(
            ["1971-01-01", "1969-12-31T12:00", "2000-02-29", "2001-01-01"] * 6, "datetime64[ms]"
        ),
        "kind": ["p & q", "r", "<s>", None] * 6,
        "y": ["no", "yes_$"] * 12,
    }
    model = gn.train_table(table, "y", epochs=1, hidden=2, members=1, holdout=0)
    first, second = explain(model, table, [0, 1]).rows
    assert first.columns[0].steps[0].says == "date 1971-01-01, in days since 1970-01-01"
    assert second.columns[0].steps[0].says == "date 1969-12-31 12:00, in days since 1970-01-01"
    text = explain(model, table, 1).text()
    assert "cell = r   category" in text
    assert "y1 = 1 if actual y is yes_$, else 0 = 1 if yes_$ is yes_$, else 0 = 1" in text
    assert r"\text{kind=p }\&\text{ q}" in explain(model, table, 0).markdown()


def test_a_number_that_nothing_is_done_to_is_told_once() -> None:
    network = gn.Network([2, 1])
    text = explain((network, gn.initialize(network)), [[1.5, -2.0]]).text()
    assert (
        "  Column x1   1.5\n    x1 = 1.5   as it is\n  Column x2   -2\n    x2 = -2   as it is\n"
        in text
    )


def test_the_training_is_said_where_it_was_another() -> None:
    table = {"x": np.arange(20.0), "y": np.arange(20.0)}
    quick: dict[str, Any] = {"epochs": 1, "hidden": 2, "members": 1, "holdout": 0}
    by_default = gn.train_table(table, "y", **quick)
    said = "with learning rate 0.003; the training itself used adamw."
    assert explain(by_default, table, backward=True).notes[-1].endswith(said)
    plain = gn.train_table(table, "y", optimizer="gradient_descent", learning_rate=0.25, **quick)
    assert explain(plain, table, backward=True).notes[-1].endswith("with learning rate 0.25.")


def test_it_can_be_put_into_a_notebook() -> None:
    network = gn.Network([2, 2, 1])
    fragment = explain((network, gn.initialize(network)), [[1.0, 2.0]])._repr_html_()
    assert fragment.startswith("<style>")
    assert "<html" not in fragment
    assert 'class="gn"' in fragment
    assert "<h1" not in fragment


def test_the_largest_change_of_a_step_is_that_of_all_weights_and_biases(wide: Any) -> None:
    rows = rows_of(wide, DATA / "penguins.csv")
    explanation = explain(wide, DATA / "penguins.csv", 3, backward=True)
    for number, told in enumerate(explanation.members or (explanation,)):
        member = wide.member(number)
        x, y = rows.x[3:4], rows.y[3:4]
        _, gradients = gn.backprop(
            member.network,
            member.as_dtype(np.float64).parameters,
            member.trace(x),
            y,
            penalty=member.record.penalty,
        )
        arrays = (*gradients.weights, *gradients.biases)
        largest = max(float(np.abs(array).max()) for array in arrays)
        (sentence,) = told.opening or told.notes
        changed = re.search(r"changes (\S+) most: from (\S+) to (\S+)\.$", sentence)
        assert changed is not None
        kind = "weights" if changed[1].startswith("w") else "biases"
        layer, *at = (int(n) - 1 for n in re.findall(r"\d+", changed[1]))
        gradient = float(getattr(gradients, kind)[layer][tuple(at)])
        assert abs(gradient) == largest
        before = float(getattr(member.parameters, kind)[layer][tuple(at)])
        assert float(changed[2]) == pytest.approx(before, rel=1e-3)
        after = before - wide.record.learning_rate * gradient
        assert float(changed[3]) == pytest.approx(after, rel=1e-3)
