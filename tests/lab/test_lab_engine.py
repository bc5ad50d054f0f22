"""The lab's engine has the library's numbers: start, loss of every iteration and weights, to the
last bit of its baseline, in wasmtime and in Node.
"""

import platform
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from lab_engine import LAYER_ARRAYS, LabEngine, Numbers, Training, flat, needs_lab, run_in_node

from conftest import PAIRS, targets
from glassnet import article
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.initializers import INITIALIZERS, initialize
from glassnet.core.losses import LOSSES, find_loss
from glassnet.core.network import Network, Parameters, backprop, feedforward, unflatten
from glassnet.core.optimizers import Adam, GradientDescent
from glassnet.training.engines.registry import ENGINES
from glassnet.training.run import train

NATIVE = ENGINES["native"]
pytestmark = [
    needs_lab,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="no baseline of x86-64 here"),
]
ROWS = 23
TOLERANCE = 1e-12  # of the largest number, where other operations lead to it


def article_trainings() -> Iterator[tuple[str, Training]]:
    """The article's own program, all of it, and variants."""
    x, y = np.array(article.X), np.array(article.Y)[:, None]
    for seed, hidden, bias in ((1, (4,), False), (2, (4,), False), (1, (5, 3), True)):
        network = article.Program(hidden=hidden, bias=bias).network()
        rate = GradientDescent(article.LEARNING_RATE)
        name = f"article, seed {seed}, hidden {hidden}, bias {bias}"
        yield name, Training(network, x, y, rate, "uniform", seed, None, article.ITERATIONS)


def trainings() -> Iterator[tuple[str, Training]]:
    """Every output and loss, in turn each activation, start, optimizer, batch size and shape."""
    yield from article_trainings()
    random = np.random.default_rng(0)
    for i, (output, loss) in enumerate(PAIRS):
        hidden = [list(ACTIVATIONS)[(i + j) % len(ACTIVATIONS)] for j in range(1 + i % 2)]
        outputs = 1 if output not in ("softmax",) and i % 3 == 0 else 3
        sizes = [3, *(5, 4)[: len(hidden)], outputs]
        network = Network(sizes, hidden, output, loss, bias=i % 4 != 1)
        x = random.normal(size=(ROWS, 3))
        y = np.reshape(targets(network, random, ROWS), (ROWS, outputs))
        optimizer = Adam(0.002) if i % 2 else GradientDescent(0.01)
        method = list(INITIALIZERS)[i % len(INITIALIZERS)]
        batch_size = (None, 1, 5, 8, 16, 22)[i % 6]
        name = f"{hidden}, {output}, {loss}, {batch_size}, {method}, {i}"
        yield name, Training(network, x, y, optimizer, method, i + 1, batch_size, 40)


TRAININGS = dict(trainings())


def of_library(training: Training) -> Numbers:
    """What the library's baseline gives."""
    network = training.network
    start = initialize(network, training.method, seed=training.seed, rng="r")
    epochs = -(-training.iterations // training.batches)
    with mock.patch.object(NATIVE, "variant", "baseline"):
        run = train(
            network,
            start,
            training.x,
            training.y,
            optimizer=training.optimizer,
            epochs=epochs,
            batch_size=training.batch_size,
            shuffle=False,
            engine="native",
            warn=False,
        )
    assert run.engine == "native"
    return Numbers(flat(start), run.history.iteration_loss, flat(run.parameters))


def whole_epochs(training: Training) -> Training:
    """The training with so many iterations that its last epoch is whole, as the library's is."""
    epochs = -(-training.iterations // training.batches)
    return Training(**{**vars(training), "iterations": epochs * training.batches})


def assert_equal(found: Numbers, expected: Numbers) -> None:
    for name, a, b in zip(Numbers._fields, found, expected, strict=True):
        np.testing.assert_array_equal(a, b, name, strict=True)


def test_every_loss_activation_and_start_is_tried() -> None:
    tried = TRAININGS.values()
    assert {one.network.loss.name.partition(":")[0] for one in tried} == set(LOSSES)
    used = {activation.name for one in tried for activation in one.network.activations}
    assert used >= {*ACTIVATIONS, *(output for output, _ in PAIRS)}
    assert {one.method for one in tried} == set(INITIALIZERS)
    assert {len(one.network.sizes) for one in tried} == {3, 4}


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_has_the_librarys_numbers(name: str) -> None:
    training = whole_epochs(TRAININGS[name])
    expected = of_library(training)
    assert_equal(LabEngine().run(training), expected)
    assert not np.array_equal(expected.start, expected.parameters)


def test_the_articles_losses_are_those_that_are_printed(article_oracle: dict) -> None:
    losses = LabEngine().run(TRAININGS["article, seed 1, hidden (4,), bias False"]).losses
    assert losses[[0, -1]] == pytest.approx([1.43588547, 0.00187326], rel=1e-5)
    assert len(losses) == 1500


def test_the_page_in_node_has_them_too(tmp_path: Path) -> None:
    all_of_them = [whole_epochs(training) for training in TRAININGS.values()]
    for training, found in zip(all_of_them, run_in_node(all_of_them, tmp_path), strict=True):
        assert_equal(found, of_library(training))


def test_its_tables_are_the_librarys() -> None:
    engine = LabEngine()
    assert engine.names("activations")[: len(ACTIVATIONS)] == list(ACTIVATIONS)
    assert engine.names("losses") == list(LOSSES)
    assert engine.names("initializers") == list(INITIALIZERS)


def parameters_at(engine: LabEngine, training: Training) -> tuple[int, Parameters]:
    """Starting weights, with biases that are not 0, in the engine and here."""
    network = training.network
    like = initialize(network, training.method, seed=training.seed, rng="r")
    numbers = flat(like)
    biases = sum(network.sizes[1:]) if network.bias else 0
    numbers[len(numbers) - biases :] = np.random.default_rng(0).normal(size=biases)
    shapes = [array.shape for array in (*like.weights, *like.biases)]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    arrays = [a.reshape(s) for a, s in zip(np.split(numbers, ends), shapes, strict=True)]
    return engine.written(numbers), unflatten(arrays, like)


@pytest.mark.parametrize("name", TRAININGS)
def test_every_number_of_an_iteration_is_what_core_has(name: str) -> None:
    training = TRAININGS[name]
    network, x, y = training.network, training.x, training.y
    engine = LabEngine()
    engine.set_training(training)
    at, parameters = parameters_at(engine, training)
    first, rows = 2, min(training.batch_size or len(x), len(x) - 2)
    gradient = engine.written(np.zeros(engine.call("parameter_count")))
    engine.call("reserve_step", rows)
    engine.call("look", at, gradient, first, rows)
    batch = slice(first, first + rows)
    trace = feedforward(network, parameters, x[batch])
    loss, gradients = backprop(network, parameters, trace, y[batch])
    close(engine.call("step_loss"), loss)
    close(engine.read(gradient, len(flat(gradients))), flat(gradients))
    for layer, nodes in enumerate(network.sizes[1:]):
        found = {
            array: engine.read(engine.call("step_array", which, layer), rows * nodes)
            for which, array in enumerate(LAYER_ARRAYS)
        }
        close(found["z"], trace.z[layer].ravel())
        close(found["a"], trace.a[layer].ravel())
        below = trace.inputs[layer].T @ found["delta"].reshape(rows, nodes)
        close(below, gradients.weights[layer])
        if layer + 2 < len(network.sizes):
            close(found["da"] * found["slope"], found["delta"])


def close(found: np.ndarray | float, expected: np.ndarray | float) -> None:
    largest = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE * (largest + 1e-300))


def test_predictions_are_the_librarys() -> None:
    for training in TRAININGS.values():
        engine = LabEngine()
        engine.set_training(training)
        at, parameters = parameters_at(engine, training)
        trace = feedforward(training.network, parameters, training.x)
        x, rows = engine.written(training.x), len(training.x)
        for layers, nodes in enumerate(training.network.sizes[1:], 1):
            a = engine.written(np.zeros(rows * nodes))
            engine.call("predict", layers, at, x, rows, a)
            close(engine.read(a, rows * nodes), trace.a[layers - 1].ravel())


def test_it_stops_at_the_first_loss_that_is_not_finite() -> None:
    network = Network([3, 4, 1], "relu", "identity", "mean_squared_error")
    x = np.random.default_rng(0).normal(size=(ROWS, 3))
    training = Training(network, x, x[:, :1], GradientDescent(1e4), iterations=1000)
    engine = LabEngine()
    engine.set_training(training)
    at = engine.start("glorot", 1)
    slots = [engine.written(np.zeros(21)) for _ in range(2)]
    losses = engine.written(np.zeros(1000))
    made = engine.call("train", at, *slots, 0, 0, ROWS, 1000, 1e4, losses)
    found = engine.read(losses, 1000)
    assert 1 < made < 1000
    assert np.isfinite(found[: made - 1]).all()
    assert not np.isfinite(found[made - 1])


def test_quantiles_are_numpys() -> None:
    random = np.random.default_rng(0)
    fractions = [0, 0.25, 0.5, 0.75, 1, 0.1234]
    for n in (1, 2, 3, 10, 101):
        numbers = random.normal(size=n).round(1)
        engine = LabEngine()
        at, wanted = engine.written(numbers), engine.written(fractions)
        results = engine.written(np.zeros(len(fractions)))
        engine.call("quantiles", at, n, wanted, len(fractions), results)
        expected = np.quantile(numbers, fractions)
        np.testing.assert_array_equal(engine.read(results, len(fractions)), expected)


def test_a_loss_with_a_setting_is_given_it() -> None:
    """Else every huber would be the usual one."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(ROWS, 3)), 5 * random.normal(size=(ROWS, 1))
    losses = []
    for threshold in (0.4, 3):
        network = Network([3, 2, 1], "tanh", "identity", find_loss(f"huber:{threshold}"))
        losses.append(LabEngine().run(Training(network, x, y, GradientDescent(0.01))).losses[0])
    assert losses[0] != losses[1]
