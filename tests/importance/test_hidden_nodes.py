"""What hidden nodes respond to and do: by hand, by formula, for every kind of task; in words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import glassnet as gn
from glassnet import article
from glassnet.core.network import Parameters
from glassnet.importance.hidden_nodes import hidden_nodes_of
from glassnet.importance.networks import feature_slices
from glassnet.importance.node_text import node_lines, node_sentence
from glassnet.models.conversion import as_model
from glassnet.models.record import AverageRow
from glassnet.models.rows import rows_of
from helpers.small_models import INPUTS, N, small_model

DATA = Path(__file__).parents[2] / "examples" / "data"


def plain(sizes: list[int], *weights: list[list[float]], activation: str = "identity") -> gn.Model:
    network = gn.Network(sizes, activation, bias=False)
    return as_model((network, Parameters(tuple(np.array(w, float) for w in weights))))


def test_of_a_linear_network_by_hand() -> None:
    # The nodes are 3 x1 - x2 and 0; the output twice the first. x1 is 0, 2, 4, x2 is 6, 0, 0.
    model = plain([2, 2, 1], [[3, 0], [-1, 0]], [[2], [5]])
    found = gn.hidden_nodes(model, [[0.0, 6.0], [2.0, 0.0], [4.0, 0.0]])
    first, second = found.nodes
    assert (first.name, second.name) == ("a1.1", "a1.2")
    # At its mean, 2, x1 moves the node by -6, 0, 6 (mean square 24); x2 by -4, 2, 2 (8).
    assert [(part.name, part.direction) for part in first.columns] == [
        ("x1", "rises"),
        ("x2", "falls"),
    ]
    np.testing.assert_allclose([part.fraction for part in first.columns], [0.75, 0.25])
    # It is -6, 6, 12, of so few rows from the lowest to the highest; the middle is 3.
    np.testing.assert_allclose([first.low, first.high], [-6, 12])
    np.testing.assert_allclose(first.effects, [2 * 18])
    np.testing.assert_allclose(first.deviation, np.std([-6, 6, 12]))
    np.testing.assert_allclose(first.activations, [-6, 6, 12])
    assert (first.rows_high, first.rows_low) == ((3, 2), (1,))
    assert (second.deviation, second.columns, second.effects) == (0.0, (), (0.0,))
    assert found.against == "the average row (of the 3 of this table)"


def test_of_the_articles_network_by_formula() -> None:
    x, y = (np.array(article.X, float), np.array(article.Y, float))
    network = gn.Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    options = {"optimizer": gn.GradientDescent(1.0), "epochs": 300}
    run = gn.train(network, start, x, y, **options)
    found = gn.hidden_nodes(run, x)
    w1, w2 = run.parameters.weights

    def sigmoid(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    hidden = sigmoid(x @ w1)
    for node in found.nodes:
        j = node.node
        low, high = hidden[:, j].min(), hidden[:, j].max()
        np.testing.assert_allclose(node.activations, hidden[:, j])
        middle = (low + high) / 2
        assert all(hidden[row - 1, j] > middle for row in node.rows_high)
        assert all(hidden[row - 1, j] < middle for row in node.rows_low)
        outputs = []
        for end in (low, high):
            moved = hidden.copy()
            moved[:, j] = end
            outputs.append(sigmoid(moved @ w2))
        np.testing.assert_allclose(node.effects, [(outputs[1] - outputs[0]).mean()], rtol=1e-10)
        squares = {}
        for column in range(3):
            fixed = x.copy()
            fixed[:, column] = x[:, column].mean()
            squares[f"x{column + 1}"] = ((hidden - sigmoid(fixed @ w1))[:, j] ** 2).mean()
        total = sum(squares.values())
        for part in node.columns:
            np.testing.assert_allclose(part.fraction, squares[part.name] / total, atol=1e-12)
    sizes = [node.largest_effect for node in found.nodes]
    assert sizes == sorted(sizes, reverse=True)


def test_an_effect_goes_through_the_later_layers_and_the_vote() -> None:
    model = small_model(hidden=(5, 4, 3), members=2)
    rows = rows_of(model, INPUTS)
    found = gn.hidden_nodes(model, INPUTS)
    assert len(found) == 2 * (5 + 4 + 3)
    node = next(n for n in found.nodes if (n.member, n.layer, n.node) == (1, 0, 2))
    member = model.members[1]
    other = model.member(0).trace(rows.x).z[-1]
    outputs = []
    for end in (node.low, node.high):
        a = model.member(1).trace(rows.x).a[0].copy()
        a[:, 2] = end
        weights, biases = member.parameters
        a = np.tanh(a @ weights[1] + biases[1])
        a = np.tanh(a @ weights[2] + biases[2])
        z = a @ weights[3] + biases[3]
        outputs.append((other + z) / 2 * 15 + 80)  # scale and centre of the price
    np.testing.assert_allclose(node.effects, [(outputs[1] - outputs[0]).mean()], rtol=1e-10)
    alone = hidden_nodes_of(rows, members=[1])
    assert {n.member for n in alone.nodes} == {1}
    again = next(n for n in alone.nodes if (n.layer, n.node) == (0, 2))
    assert again.effects == node.effects


@pytest.mark.parametrize(("target", "outputs"), [("sold", 2), ("kind", 3)])
def test_of_classes_every_probability(target: str, outputs: int) -> None:
    found = gn.hidden_nodes(small_model(target), INPUTS)
    assert found.is_class
    assert len(found.outputs) == outputs
    np.testing.assert_allclose([sum(node.effects) for node in found.nodes], 0, atol=1e-12)
    one = gn.hidden_nodes(small_model(target), INPUTS, output=found.outputs[-1])
    assert one.outputs == found.outputs[-1:]
    by_name = {node.name: node.effects[-1:] for node in found.nodes}
    assert {node.name: node.effects for node in one.nodes} == by_name


def test_a_column_counts_with_all_its_inputs_in_every_layer() -> None:
    model = small_model()
    average = model.encoding.encode_inputs(rows_of(model, INPUTS).columns).mean(axis=0)
    model = replace(model, record=replace(model.record, average_row=AverageRow(tuple(average), N)))
    found = gn.hidden_nodes(model, INPUTS)
    for node in found.nodes:
        assert {part.name for part in node.columns} == set(model.encoding.needed)
        np.testing.assert_allclose(sum(part.fraction for part in node.columns), 1)
        island = next(part for part in node.columns if part.name == "island")
        assert (island.kind, island.direction) == ("category", "")
        assert island.level in ("north", "south", "west")
    assert {part.kind for part in found.nodes[0].columns if part.name == "seen"} == {"date"}
    assert found.against == f"the average row (of {N} trained on)"
    table = found.table()
    assert len(table["effect price"]) == len(found)
    assert table["member"] == [1] * len(found)


def test_the_level_is_the_one_of_the_highest_activation() -> None:
    model = small_model(hidden=(5,), activation="identity")
    rows = rows_of(model, INPUTS)
    features = feature_slices(model.encoding)["island"]
    inputs = dict(zip(INPUTS["island"], rows.x[:, features], strict=True))  # of each level
    found = gn.hidden_nodes(model, INPUTS)
    for node in found.nodes:
        part = next(part for part in node.columns if part.name == "island")
        weights = model.parameters.weights[0][features, node.node]
        assert part.level == max(inputs, key=lambda level: inputs[level] @ weights)
    assert len({part.level for node in found.nodes for part in node.columns if part.level}) > 1


def test_up_and_down_is_neither_way() -> None:
    x = np.linspace(-2, 2, 41)[:, None]
    model = plain([1, 2, 1, 1], [[1, -1]], [[1], [1]], [[1]], activation="relu")  # |x|
    found = gn.hidden_nodes(model, x)
    absolute = next(node for node in found.nodes if node.layer == 1)
    assert absolute.columns[0].direction == ""
    assert "is on average highest where x1 is 1.7 to 2 (100 %)" in node_sentence(found, absolute)


def test_of_many_rows_evenly_spread_ones_with_their_numbers() -> None:
    x = np.zeros((2001, 1))
    x[1000:] = 1.0
    x[1600] = 7.0
    model = plain([1, 1, 1], [[1]], [[1]])
    rows = rows_of(model, x)
    numbers = [number + 1 for number in rows.evenly_spread_numbers(500)]
    (node,) = gn.hidden_nodes(model, x).nodes
    assert len(numbers) == 500
    assert set(node.rows_high) <= set(numbers)
    expected = x[[number - 1 for number in numbers], 0]
    assert node.rows_low[0] == numbers[int(expected.argmin())]
    assert x[node.rows_high[0] - 1, 0] == expected.max()


def test_in_words() -> None:
    model = plain([2, 2, 1], [[3, 0], [-1, 0]], [[2], [5]])
    found = gn.hidden_nodes(model, [[0.0, 6.0], [2.0, 0.0], [4.0, 0.0]])
    heading, first, others, method = str(found).split("\n")
    assert heading == "What hidden nodes respond to, and do to y: the 1 of 2 that do most."
    assert first == (
        "  a1.1 rises with x1 (75 %) and falls with rising x2 (25 %): -6 in row 1, 6 in row 2 and "
        "12 in row 3. From its lowest (-6) to its highest (12) it raises y by 36."
    )
    assert others == "1 of the 2 do nothing (are the same in every row): a1.2."
    assert method.startswith("Method: over 3 rows.")
    assert "from its lowest to its highest activation, " in method
    assert node_sentence(found, found.nodes[1]) == "a1.2 does nothing: it is 0 in every row."


def test_of_many_rows_two_at_each_end_are_named() -> None:
    model = plain([1, 1, 1], [[1]], [[2]])
    x = np.array([[0.0], *([9.0 + k] for k in range(9)), [100.0]])
    found = gn.hidden_nodes(model, x)
    (node,) = found.nodes
    assert node.activations == ()
    assert (node.rows_high, node.rows_low) == ((11,), (1, 2))  # only one is beyond the middle, 50
    assert (node.low, node.high) == (9.0, 17.0)
    assert "highest in row 11, lowest in rows 1 and 2. From its low (9) to its high (17)" in str(
        found
    )
    assert "10th and 90th percentile" in str(found)


def test_in_words_of_classes_and_members() -> None:
    found = gn.hidden_nodes(small_model("kind", members=2), INPUTS)
    lines = list(node_lines(found, found.nodes[:1], more="all: --all"))
    up, down = np.argmax(found.nodes[0].effects), np.argmin(found.nodes[0].effects)
    assert " of member " in lines[1]
    for verb, whose, k in (("raises", "the probability", up), ("lowers", "that", down)):
        points = f"{100 * abs(found.nodes[0].effects[k]):.2g} points"
        assert f"{verb} {whose} of {'abc'[k]} by {points}" in lines[1]
    assert lines[2].startswith("15 others, each moving a probability by ")
    assert lines[2].endswith("; to see all: --all.")
    assert lines[3] == "None of the 16 does nothing (is the same in every row)."
    two = gn.hidden_nodes(small_model("sold"), INPUTS)
    assert "that of" not in node_sentence(two, two.nodes[0])


def test_without_a_hidden_layer_there_are_none() -> None:
    found = gn.hidden_nodes(plain([2, 1], [[1], [2]]), [[0.0, 1.0], [1.0, 2.0]])
    assert len(found) == 0
    assert str(found) == "The model has no hidden layer, and so no hidden nodes."
