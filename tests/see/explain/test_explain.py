"""Formulas against `core`, every activation and loss explained, what is left out, what is refused."""

import dataclasses
import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reading import FUNCTIONS, check_line, evaluate, read_text

import glassnet as gn
from conftest import PAIRS, targets
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.losses import LOSSES, find_loss
from glassnet.core.network import backprop, feedforward
from glassnet.errors import GlassnetError
from glassnet.see.explain.build import explain
from glassnet.see.explain.formulas import ACTIVATION_FORMULAS, FOCAL_G, LOSS_FORMULAS, PIECE, SQUEEZED
from glassnet.see.explain.notation import in_latex, in_text
from glassnet.see.explain.parts import Explanation, Step, Sum
from glassnet.training.problem import as_dtype

DATA = Path(__file__).parents[3] / "examples" / "data"
POINTS = (-30.0, -2.5, -1e-3, 0.3, 1.7, 20.0)


def worked_out(formula: str, **names: float) -> Any:
    return eval(formula, {"__builtins__": {}, **FUNCTIONS}, names)


def test_every_activation_has_its_formula() -> None:
    assert list(ACTIVATION_FORMULAS) == list(ACTIVATIONS)
    for name, z in product(ACTIVATIONS, POINTS):
        row, at = ACTIVATIONS[name], np.array([[z]])
        a = row.value(at)
        assert worked_out(ACTIVATION_FORMULAS[name].value, z=z) == pytest.approx(float(a[0, 0]), rel=1e-10, abs=1e-12), name
        slope = worked_out(ACTIVATION_FORMULAS[name].slope, z=z, a=float(a[0, 0]))
        assert slope == pytest.approx(float(row.backward(at, a, np.ones_like(a))[0, 0]), rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize("loss", [*LOSSES, "huber:0.4", "pinball:0.9", "binary_focal:3", "categorical_focal:0.5"])
def test_every_loss_has_its_formulas(loss: str) -> None:
    found = find_loss(loss)
    formulas = LOSS_FORMULAS[loss.partition(":")[0]]
    random = np.random.default_rng(0)
    for z in random.normal(scale=2, size=(20, 3)):
        network = gn.Network([1, 3], output=found.output or "identity", loss=found)
        y = targets(network, random, 1)
        a = network.output.value(z[None, :])
        terms, slopes = found.each(a if found.output is None else z[None, :], y)
        h = found.setting or 0.0
        g = (
            [worked_out(FOCAL_G, a=float(p), y=float(t), h=h) for p, t in zip(a[0], y[0], strict=True)]
            if "categorical_focal" in loss
            else [0.0] * 3
        )
        s = sum(g) if "focal" in loss else float(y.sum())
        log_sum = float(np.log(np.exp(z).sum()))
        for k in range(3):
            names = {"a": float(a[0, k]), "y": float(y[0, k]), "z": float(z[k]), "h": h, "s": s, "g": g[k], "l": log_sum}
            assert worked_out(formulas.term, **names) == pytest.approx(float(terms[0, k]), rel=1e-9, abs=1e-12)
            assert worked_out(formulas.slope, **names) == pytest.approx(float(slopes[0, k]), rel=1e-9, abs=1e-12)
            if formulas.saturated:
                assert worked_out(formulas.saturated, **names) == pytest.approx(float(terms[0, k]), rel=1e-9, abs=1e-12)
    assert set(LOSS_FORMULAS) == set(LOSSES)


def formulas_shown() -> list[str]:
    parts = [part for row in (*ACTIVATION_FORMULAS.values(), *LOSS_FORMULAS.values()) for part in row if part]
    return [
        *parts,
        FOCAL_G,
        PIECE,
        SQUEEZED,
        "-(a - y) - -z",
        "a - (y - z)",
        "a / (y * z)",
        "(a / y) * z",
        "(a - y)**2 / -z",
        "-a**2",
    ]


@pytest.mark.parametrize("formula", formulas_shown())
def test_the_notation_says_what_the_formula_says(formula: str) -> None:
    random = np.random.default_rng(1)
    for _ in range(5):
        names = {name: float(value) for name, value in zip("zayhslgxpqu", random.uniform(0.1, 0.9, 11), strict=True)}
        for sign in (1, -1):
            names["z"] *= sign
            written = in_text(formula, {name: (repr(value), value < 0) for name, value in names.items()})
            assert evaluate(written) == pytest.approx(worked_out(formula, **names), rel=1e-12), written
    latex = in_latex(formula, {name: (name, False) for name in "zayhslgxpqu"})
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")


def checked(explanation: Explanation, network: gn.Network, parameters: gn.Parameters, x: Any, y: Any) -> None:
    """Each number is what its formula says, and outputs, loss and gradients are those of `core`."""
    for number in explanation.numbers():
        if isinstance(number, Step) and number.formula:
            names = {name: operand.value for name, operand in (number.operands or {}).items()}
            assert worked_out(number.formula, **names) == pytest.approx(number.value, rel=1e-8, abs=1e-11), number
        elif isinstance(number, Sum):
            parts = [p.value for p in number.products] + [o.value for _, o in number.added] + [number.rest]
            assert sum(parts) == pytest.approx(number.value, rel=1e-9, abs=1e-12), number
    trace = feedforward(network, parameters, x)
    loss, gradients = backprop(network, parameters, trace, y)
    last = len(network.shapes)
    for n, k in np.ndindex(trace.output.shape):
        assert explanation[f"r{n + 1}.a{last}.{k + 1}"].value == trace.output[n, k]
    assert explanation["E"].value == pytest.approx(float(loss), rel=1e-12)
    for layer, gradient in enumerate(gradients.weights, 1):
        for (i, j), value in np.ndenumerate(gradient):
            assert explanation[f"gw{layer}.{i + 1}.{j + 1}"].value == value


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_loss_with_every_output_that_takes_it(output: str, loss: str) -> None:
    network = gn.Network([2, 2, 3], "tanh", output, loss)
    start = gn.initialize(network, seed=3)
    random = np.random.default_rng(4)
    x, y = random.normal(size=(2, 2)), targets(network, random, 2)
    explanation = explain((network, start), x, [0, 1], y=y, backward=True)
    checked(explanation, network, start, x, y)
    lines = read_text(explanation.text(10))
    for line in lines:
        check_line(line, 10)


@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize("bias", [True, False])
def test_every_hidden_activation(hidden: str, bias: bool) -> None:
    network = gn.Network([2, 3, 1], hidden, bias=bias)
    start = gn.initialize(network, seed=3)
    x, y = np.random.default_rng(4).normal(size=(2, 2)), np.array([[0.5], [-1.0]])
    checked(explain((network, start), x, [0, 1], y=y, backward=True), network, start, x, y)


def test_no_hidden_layer_and_float32() -> None:
    network = gn.Network([3, 2])
    start = gn.initialize(network, seed=1, dtype="float32")
    wide = gn.Parameters(*(tuple(np.asarray(a, np.float64) for a in part) for part in start))
    x, y = np.eye(3)[:2], np.ones((2, 2))
    checked(explain((network, start), x, [0, 1], y=y, backward=True), network, wide, x, y)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "binary_focal", "categorical_cross_entropy", "categorical_focal"])
def test_a_probability_of_0_or_1_to_the_last_digit(loss: str) -> None:
    outputs = 1 if "binary" in loss else 2
    network = gn.Network([1, outputs], loss=loss)
    start = gn.Parameters((np.full((1, outputs), 300.0) * [1, -1][:outputs],), (np.zeros(outputs),))
    y = np.eye(2)[:, 1 : 1 + outputs] if outputs == 1 else np.eye(2)
    explanation = explain((network, start), [[1.0], [-1.0]], [0, 1], y=y, backward=True)
    checked(explanation, network, start, np.array([[1.0], [-1.0]]), y)
    assert np.isfinite(explanation["E"].value)


def test_own_functions_are_shown_by_their_values() -> None:
    own = gn.Activation(value=np.sin, slope=np.cos)
    loss = gn.Loss(value=lambda a, y: (a - y) ** 4, delta=lambda a, y: 4 * (a - y) ** 3, name="fourth")
    network = gn.Network([2, 2, 1], own, loss=loss)
    start = gn.initialize(network, seed=1)
    x, y = [[0.3, 0.4]], [[1.0]]
    explanation = explain((network, start), x, y=y, backward=True)
    checked(explanation, network, start, x, y)
    step = explanation["r1.a1.1"]
    assert isinstance(step, Step)
    assert (step.formula, step.says) == ("", "sin")
    assert "sin" in explanation.text()
    assert explanation.markdown()
    assert explanation.html()


@pytest.fixture(scope="module", params=[1, 2])
def wide(request: pytest.FixtureRequest) -> Any:
    return gn.train_table(DATA / "penguins.csv", "species", hidden=(64, 64), members=request.param, epochs=2)


def test_a_wide_network_shows_some_and_says_how_many_not(wide: Any) -> None:
    explanation = explain(wide, DATA / "penguins.csv", 3, backward=True)
    nodes = 64 * wide.members
    for layer in explanation.rows[0].layers[:2]:
        assert len(layer.nodes) + layer.left_out == nodes
        assert (len(layer.nodes), layer.chosen) == (3, "those that send the most to the next layer")
    assert explanation.rows[0].layers[2].left_out == 0
    for number in explanation.numbers():
        if isinstance(number, Sum):
            parts = [p.value for p in number.products] + [o.value for _, o in number.added] + [number.rest]
            assert sum(parts) == pytest.approx(number.value, rel=1e-9, abs=1e-12)
    z = explanation.rows[0].layers[1].nodes[0].z
    assert z.left_out + len(z.products) == 64  # of its own network alone
    text = explanation.text()
    assert f"Shown are 3 of {nodes} nodes" in text
    assert f"{z.left_out} smaller products, not shown" in text
    assert len(text) < 80_000
    for line in read_text(text):
        check_line(line, 4)


def test_the_nodes_asked_for_are_shown_whole(wide: Any) -> None:
    explanation = explain(wide, DATA / "penguins.csv", 0, nodes=[(0, 4), (1, 5)])
    first, second, last = explanation.rows[0].layers
    assert [node.name for node in first.nodes] == ["1.5"]
    assert [node.name for node in second.nodes] == ["2.6"]
    assert len(second.nodes[0].z.products) == 64
    assert [node.name for node in last.nodes] == ["3.1", "3.2", "3.3"]
    z = float(feedforward(wide.network, as_dtype(wide.parameters, np.float64), rows(wide)).z[1][0, 5])
    assert second.nodes[0].z.value == pytest.approx(z, rel=1e-12)


def rows(model: Any) -> np.ndarray:
    from glassnet.see.subject import rows_of

    return rows_of(model, DATA / "penguins.csv").take([0]).x


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
    table = gn.TableClassifier(max_iter=2, random_state=0, members=1, hidden_layer_sizes=(4,)).fit(frame, y)
    assert explain(table, frame, 0)["r1.t1.answer"].value == table.predict(frame)[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": 4}, "row 5 is not in the table, which has 4 rows"),
        ({"rows": [0, -1]}, "row 0 is not in the table"),
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


def test_names_that_mean_something_to_a_face_stay_names() -> None:
    names = ["<b>&", "a_b^c", "100% #$", "x{y}\\z~", "row 3", "a = b", "naïve 数"]
    network = gn.Network([7, 2, 1])
    model = gn.Model(network, gn.initialize(network, seed=1), dataclasses.replace(_plain(names)))
    explanation = explain(model, {name: [float(i)] for i, name in enumerate(names)})
    assert [column.name for column in explanation.rows[0].columns] == names
    assert "<b>&" not in explanation.html()
    for name in names:
        assert f"Column {name}" in explanation.text()
    assert json.loads(json.dumps(explanation.to_dict()))["rows"][0]["columns"][0]["name"] == "<b>&"
    assert r"100\% \#\$" in explanation.markdown()


def _plain(names: list[str]) -> Any:
    from glassnet.tables.encoding import plain_encoding

    return plain_encoding(names, ["y"])


def test_it_can_be_put_into_a_notebook() -> None:
    network = gn.Network([2, 2, 1])
    fragment = explain((network, gn.initialize(network)), [[1.0, 2.0]])._repr_html_()
    assert fragment.startswith("<style>")
    assert "<html" not in fragment
    assert 'class="gn"' in fragment
    assert "<h1" not in fragment
