"""Every number of a step, by its name: the page makes it of what `gn.explain` makes it of."""

import re
from typing import Any

import numpy as np
import pytest
from lab_page import Page

import glassnet as gn
from conftest import PAIRS, targets
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.network import leaves
from glassnet.explanation.parts import Computed, Operand, Sum
from glassnet.notation.expression import evaluate

ROWS, INPUTS = 7, 3
RATE = 0.3
HIDDEN = [name for name in ACTIVATIONS if name != "exponential"]
NUMBERS = """
  const { network, parameters, x, y, rows, batchSize, optimizer, iteration, features } = given;
  const data = { x: Float64Array.from(x), y: Float64Array.from(y), rows };
  const training = new parts.Training(engine, network, data, batchSize, optimizer);
  training.restore({ ...training.save(), parameters: Float64Array.from(parameters) });
  training.run(iteration);
  const scene = parts.sceneOf(training, features);
  return {
    parameters: scene.batch.parameters,
    numbers: given.ids.map((id) => parts.findNumber(scene, id)),
    used: given.ids.map((id) => parts.usedBy(scene, id, scene.batch.first).map((o) => o.source)),
  };
"""


def network_of(network: gn.Network) -> dict[str, Any]:
    """As the page has it."""
    name, _, _ = network.loss.name.partition(":")
    return {
        "sizes": list(network.sizes),
        "activations": [activation.name for activation in network.activations],
        "bias": network.bias,
        "loss": name,
        **({} if network.loss.setting is None else {"setting": network.loss.setting}),
    }


def case(hidden: str, output: str, loss: str, bias: bool) -> tuple[gn.Network, Any, Any, Any]:
    """A network of two hidden layers with its weights, inputs and targets."""
    random = np.random.default_rng(3)
    K = 3 if output == "softmax" else 2
    network = gn.Network([INPUTS, 4, 3, K], [hidden, "tanh"], output, loss, bias=bias)
    start = gn.initialize(network, seed=1)
    moved = [w + 0.1 * random.normal(size=w.shape) for w in leaves(start)]
    parameters = gn.Parameters(tuple(moved[:3]), tuple(moved[3:]))
    x = random.normal(size=(ROWS, INPUTS))
    return network, parameters, x, targets(network, random, ROWS)


def asked(page: Page, network: gn.Network, parameters: Any, x: Any, y: Any, **given: Any) -> Any:
    """What the page says of numbers by their ids."""
    whole = {"batchSize": len(x), "iteration": 0, "features": [f"x{i + 1}" for i in range(INPUTS)]}
    flat = np.concatenate([w.ravel() for w in leaves(parameters)])
    return page.run(
        NUMBERS,
        network=network_of(network),
        parameters=flat.tolist(),
        x=x.ravel().tolist(),
        y=y.ravel().tolist(),
        rows=len(x),
        **{"optimizer": {"name": "gradient_descent", "rate": RATE}, **whole, **given},
    )


def assert_same(found: Any, wanted: Any) -> None:
    """Numbers to rounding, of which sums of some that nearly cancel lose more."""
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def assert_operand(found: dict[str, Any], operand: Operand) -> None:
    assert (found["symbol"], found["source"]) == (operand.symbol, operand.source)
    assert_same(found["value"], operand.value)


def assert_number(found: dict[str, Any], number: Computed) -> None:
    """The page's number is made as the library's."""
    assert (found["id"], found["symbol"]) == (number.id, number.symbol)
    assert found["says"] == number.says
    assert_same(found["value"], number.value)
    if isinstance(number, Sum):
        assert found["kind"] == "sum"
        assert len(found["products"]) == len(number.products)
        for one, product in zip(found["products"], number.products, strict=True):
            assert_operand(one["left"], product.left)
            assert_operand(one["right"], product.right)
            assert_same(one["value"], product.value)
            assert one["says"] == product.says
        assert len(found["added"]) == len(number.added)
        for one, (says, operand) in zip(found["added"], number.added, strict=True):
            assert one["says"] == says
            assert_operand(one["operand"], operand)
        return
    assert found["kind"] == "step"
    assert found["formula"] == number.formula
    assert found["operands"].keys() == (number.operands or {}).keys()
    for name, operand in (number.operands or {}).items():
        assert_operand(found["operands"][name], operand)


def numbers_of(network: gn.Network, parameters: Any, x: Any, y: Any) -> list[Computed]:
    """Those of the way forward and back but for cells and predictions, of every row."""
    rows = list(range(len(x)))
    explained = gn.explain(
        (network, parameters), x, rows, y=y, backward=True, nodes="all", learning_rate=RATE
    )
    of_cells = re.compile(r"r\d+\.[cxyt]\d")
    return [number for number in explained.numbers() if not of_cells.match(number.id)]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_a_number_is_made_of_what_the_explanation_says(
    page: Page, output: str, loss: str, bias: bool
) -> None:
    hidden = HIDDEN[PAIRS.index((output, loss)) % len(HIDDEN)]
    network, parameters, x, y = case(hidden, output, loss, bias)
    wanted = numbers_of(network, parameters, x, y)
    answer = asked(page, network, parameters, x, y, ids=[number.id for number in wanted])
    for number, found in zip(wanted, answer["numbers"], strict=True):
        assert found is not None, number.id
        assert_number(found, number)


def sources(number: dict[str, Any]) -> set[str]:
    """The ids that a number is made of."""
    if number["kind"] == "step":
        return {operand["source"] for operand in number["operands"].values()}
    factors = [side for one in number["products"] for side in (one["left"], one["right"])]
    return {operand["source"] for operand in [*factors, *(a["operand"] for a in number["added"])]}


LAYERS = [("tanh", "softmax", "categorical_cross_entropy"), ("relu", "identity", "huber")]
"""Hidden activation, output, loss."""


@pytest.mark.parametrize(("hidden", "output", "loss"), LAYERS)
def test_what_a_number_is_used_by_is_made_of_it(
    page: Page, hidden: str, output: str, loss: str
) -> None:
    """Of the first row, whose numbers each number's links lead to."""
    network, parameters, x, y = case(hidden, output, loss, bias=True)
    wanted = numbers_of(network, parameters, x, y)
    of_row = ("r1.", "w", "b", "g")
    ids = [number.id for number in wanted if number.id.startswith(of_row)]
    ids += [f"w1.{i + 1}.{j + 1}" for i in range(INPUTS) for j in range(4)]
    answer = asked(page, network, parameters, x, y, ids=ids)
    links = dict(zip(ids, answer["used"], strict=True))
    targets_of_links = sorted({link for found in links.values() for link in found})
    reached = asked(page, network, parameters, x, y, ids=targets_of_links)["numbers"]
    made_of = {
        name: sources(found) for name, found in zip(targets_of_links, reached, strict=True) if found
    }
    assert made_of.keys() == set(targets_of_links)
    for name, found in links.items():
        for link in found:
            assert name in made_of[link], f"{link} is not made of {name}"
    without = [name for name in ids if not links[name]]
    assert all(name.endswith(".new") for name in without), without


def test_an_output_that_is_not_there_has_no_numbers(page: Page) -> None:
    network, parameters, x, y = case("tanh", "softmax", "categorical_cross_entropy", bias=True)
    of_outputs = ("e", "de", "ys", "g", "gs", "ms")
    ids = [f"r1.{name}{k}" for name in of_outputs for k in (0, 4, "")]
    found = asked(page, network, parameters, x, y, ids=ids)["numbers"]
    made = {name for name, number in zip(ids, found, strict=True) if number is not None}
    assert made == {"r1.e"}
    network, parameters, x, y = case("tanh", "identity", "mean_squared_error", bias=True)
    assert asked(page, network, parameters, x, y, ids=["r1.e3"])["numbers"] == [None]


def test_rows_outside_of_the_batch_go_forward_alone(page: Page) -> None:
    network, parameters, x, y = case("tanh", "identity", "mean_squared_error", bias=True)
    ids = ["r1.z1.1", "r1.d1.1", "r4.z1.1", "r4.d1.1", "r7.d1.1", "r7.a3.2", "E", "c"]
    answer = asked(page, network, parameters, x, y, ids=ids, batchSize=3, iteration=0)
    found = {name: number is not None for name, number in zip(ids, answer["numbers"], strict=True)}
    assert found == {name: name not in ("r4.d1.1", "r7.d1.1") for name in ids}
    rows = [one["says"] for one in answer["numbers"][6]["products"]]
    assert rows == ["row 1", "row 2", "row 3"]
    answer = asked(page, network, parameters, x, y, ids=ids, batchSize=3, iteration=2)
    assert [one["says"] for one in answer["numbers"][6]["products"]] == ["row 7"]


@pytest.mark.parametrize("name", ["gradient_descent", "adam"])
def test_an_update_is_what_its_formula_makes(page: Page, name: str) -> None:
    """Of every weight and bias, after updates that the optimizer remembers."""
    network, parameters, x, y = case("tanh", "identity", "mean_squared_error", bias=True)
    optimizer = {"name": name, "rate": 0.05}
    if name == "adam":
        optimizer |= {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    names = []
    for layer, (n, m) in enumerate(network.shapes, 1):
        names += [f"w{layer}.{i + 1}.{j + 1}" for i in range(n) for j in range(m)]
    for layer, (_, m) in enumerate(network.shapes, 1):
        names += [f"b{layer}.{j + 1}" for j in range(m)]
    asked_of = {"optimizer": optimizer, "ids": [f"{one}.new" for one in names]}
    before = asked(page, network, parameters, x, y, iteration=4, **asked_of)
    after = asked(page, network, parameters, x, y, iteration=5, **asked_of)
    for made, value in zip(before["numbers"], after["parameters"], strict=True):
        assert made["value"] == value
        values = {key: operand["value"] for key, operand in made["operands"].items()}
        assert float(evaluate(made["formula"], **values)) == pytest.approx(value, rel=1e-12)
