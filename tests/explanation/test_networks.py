"""Every activation and loss explained on a small network: each number is the network's."""

from typing import Any

import numpy as np
import pytest
from reading import check_line, read_text, worked_out

import glassnet as gn
from conftest import PAIRS, targets
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.network import backprop, feedforward
from glassnet.explanation.build import explain
from glassnet.explanation.parts import Explanation, Step, Sum


def checked(
    explanation: Explanation, network: gn.Network, parameters: gn.Parameters, x: Any, y: Any
) -> None:
    """Each number is what its formula says, and outputs, loss and gradients are those of `core`."""
    for number in explanation.numbers():
        if isinstance(number, Step) and number.formula:
            names = {name: operand.value for name, operand in (number.operands or {}).items()}
            assert worked_out(number.formula, **names) == pytest.approx(
                number.value, rel=1e-8, abs=1e-11
            ), number
        elif isinstance(number, Sum):
            parts = (
                [p.value for p in number.products]
                + [o.value for _, o in number.added]
                + [number.rest]
            )
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
    lines = read_text(explanation.text(10, width=None))
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


@pytest.mark.parametrize(
    "loss",
    ["binary_cross_entropy", "binary_focal", "categorical_cross_entropy", "categorical_focal"],
)
def test_a_probability_of_0_or_1_to_the_last_digit(loss: str) -> None:
    outputs = 1 if "binary" in loss else 2
    network = gn.Network([1, outputs], loss=loss)
    start = gn.Parameters((np.full((1, outputs), 300.0) * [1, -1][:outputs],), (np.zeros(outputs),))
    y = np.eye(2)[:, 1 : 1 + outputs] if outputs == 1 else np.eye(2)
    explanation = explain((network, start), [[1.0], [-1.0]], [0, 1], y=y, backward=True)
    checked(explanation, network, start, np.array([[1.0], [-1.0]]), y)
    assert np.isfinite(explanation["E"].value)


@pytest.mark.parametrize("loss", ["categorical_cross_entropy", "categorical_focal:3"])
def test_targets_of_a_row_that_do_not_add_up_to_1(loss: str) -> None:
    network = gn.Network([2, 3], loss=loss)
    start = gn.initialize(network, seed=3)
    x, y = np.array([[0.5, -1.0]]), np.array([[1.0, 0.75, 0.0]])
    explanation = explain((network, start), x, y=y, backward=True)
    checked(explanation, network, start, x, y)
    slope = explanation["r1.de1"]
    assert isinstance(slope, Step)
    assert "s" in (slope.operands or {})


def test_own_functions_are_shown_by_their_values() -> None:
    own = gn.Activation(value=np.sin, derivative=np.cos)
    loss = gn.Loss(
        value=lambda a, y: (a - y) ** 4, delta=lambda a, y: 4 * (a - y) ** 3, name="fourth"
    )
    network = gn.Network([2, 2, 1], own, loss=loss)
    start = gn.initialize(network, seed=1)
    x, y = [[0.3, 0.4]], [[1.0]]
    explanation = explain((network, start), x, y=y, backward=True)
    checked(explanation, network, start, x, y)
    step = explanation["r1.a1.1"]
    assert isinstance(step, Step)
    assert (step.formula, step.says) == ("", "sin")
    assert "sin" in explanation.text(width=None)
    assert explanation.markdown()
    assert explanation.html()
