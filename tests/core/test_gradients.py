"""Every gradient, over the product of options that the tables of functions themselves make.

A new row of a table is tested without being named here.
"""

import dataclasses
import functools
import itertools
import zlib
from typing import Any

import jax
import numpy as np
import pytest

from conftest import PAIRS, Engine, targets
from glassnet.core.activations import ACTIVATIONS, OUTPUTS, Activation, Softmax, find_activation
from glassnet.core.arrays import array_namespace
from glassnet.core.losses import LOSSES, Loss, find_loss
from glassnet.core.network import (
    Network,
    Parameters,
    backprop,
    feedforward,
    jacobian,
    leaves,
    unflatten,
)
from glassnet.core.penalties import Penalty
from glassnet.gradcheck.check import check_gradient

N, D, K = 6, 3, 2
TOLERANCE = 1e-6

CASES = [
    *((hidden, "identity", "mean_squared_error") for hidden in ACTIVATIONS),
    *(("tanh", output, loss) for output, loss in PAIRS),
]


def problem(
    hidden: Any,
    output: Any,
    loss: Any,
    *,
    bias: bool = True,
    sizes: tuple[int, ...] = (D, 4, 3, K),
    seed: Any = None,
) -> Any:
    """A network, parameters, x, y and row weights, random but the same for the same options, and
    away from kinks.
    """
    network = Network(sizes, hidden, output, loss, bias)
    random = np.random.default_rng(zlib.crc32(repr((network.sizes, str(network), seed)).encode()))
    while True:
        weights = tuple(0.6 * random.normal(size=s) / np.sqrt(s[0]) for s in network.shapes)
        biases = tuple(0.3 * random.normal(size=m) for _, m in network.shapes) if bias else ()
        x = random.normal(size=(N, sizes[0]))
        y = targets(network, random, N)
        with np.errstate(over="ignore"):
            trace = feedforward(network, Parameters(weights, biases), x)
        error = trace.output - y
        edges = [np.abs(z).min() for z in trace.z] + [
            np.abs(error).min(),
            *(np.abs(np.abs(error) - h).min() for h in (0.4, 1.0)),
        ]
        if min(edges) > 1e-3 and max(np.abs(z).max() for z in trace.z) < 10:
            return network, Parameters(weights, biases), x, y, random.uniform(0.2, 3, size=N)


def loss_at(
    network: Network, x: Any, y: Any, *rest: Any, dropout: Any = (), masks: Any = ()
) -> Any:
    """The loss as a function of the parameters alone."""

    def function(parameters: Parameters) -> Any:
        return backprop(
            network, parameters, feedforward(network, parameters, x, dropout, masks), y, *rest
        )[0]

    return function


def gradient_at(
    network: Network,
    parameters: Parameters,
    x: Any,
    y: Any,
    *rest: Any,
    dropout: Any = (),
    masks: Any = (),
) -> Parameters:
    return backprop(
        network, parameters, feedforward(network, parameters, x, dropout, masks), y, *rest
    )[1]


@pytest.mark.rotating("jax")
@pytest.mark.parametrize(("hidden", "output", "loss"), CASES)
@pytest.mark.parametrize(
    ("weighted", "penalty"),
    [(False, None), (True, Penalty(0.3, 0.1))],
    ids=["plain", "weighted, penalised"],
)
def test_gradient_on_every_engine(
    engine: Engine, hidden: str, output: str, loss: str, weighted: bool, penalty: Penalty | None
) -> None:
    network, parameters, x, y, w = engine_problem(engine, problem(hidden, output, loss))
    rest = (w if weighted else None, penalty)
    function = loss_at(network, x, y, *rest)
    if (
        engine.name == "jax jitted"
    ):  # compiled once: differences of the loss would compile it for each entry
        compiled = jax.jit(lambda p: backprop(network, p, feedforward(network, p, x), y, *rest))
        gradient, exact = compiled(parameters)[1], jax.grad(function)(parameters)
        for name, ours, theirs in zip(range(99), leaves(gradient), leaves(exact), strict=False):
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12, err_msg=str(name))
        check = check_gradient(
            lambda p: compiled(p)[0], gradient, parameters, tolerance=TOLERANCE, entries=8
        )
    else:
        gradient = gradient_at(network, parameters, x, y, *rest)
        check = check_gradient(function, gradient, parameters, tolerance=TOLERANCE, entries=8)
    assert check, check


def engine_problem(engine: Engine, given: Any) -> Any:
    network, *arrays = given
    return network, *(engine.arrays(a) for a in arrays)


@pytest.mark.parametrize(("hidden", "output", "loss"), CASES)
@pytest.mark.parametrize("bias", [True, False])
def test_every_entry(hidden: str, output: str, loss: str, bias: bool) -> None:
    network, parameters, x, y, w = problem(hidden, output, loss, bias=bias)
    check = check_gradient(
        loss_at(network, x, y, w),
        gradient_at(network, parameters, x, y, w),
        parameters,
        tolerance=TOLERANCE,
    )
    assert check.entries == network.n_parameters
    assert check, check


@pytest.mark.parametrize(("hidden", "pair"), list(itertools.product(ACTIVATIONS, PAIRS)))
def test_whole_product_of_hidden_and_outputs(hidden: str, pair: tuple[str, str]) -> None:
    network, parameters, x, y, w = problem(hidden, *pair)
    check = check_gradient(
        loss_at(network, x, y, w),
        gradient_at(network, parameters, x, y, w),
        parameters,
        tolerance=TOLERANCE,
        entries=1,
    )
    assert check, check


@pytest.mark.rotating("jax")
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("layers", [0, 1, 3])
def test_depth_masks_and_dropout(engine: Engine, loss: str, layers: int) -> None:
    sizes = (D, *(5,) * layers, K)
    network, parameters, x, y, w = problem(
        "silu", find_loss(loss).output or "identity", loss, sizes=sizes
    )
    random = np.random.default_rng(0)
    extra = {
        "dropout": tuple(random.integers(0, 2, size=(N, 5)) / 0.5 for _ in range(layers)),
        "masks": tuple(random.integers(0, 2, size=s).astype(float) for s in network.shapes),
    }
    penalty = Penalty(0.2, 0.1)
    gradient = gradient_at(network, parameters, x, y, w, penalty, **extra)
    there = engine.call(
        lambda *arrays: gradient_at(network, *arrays[:4], penalty, **arrays[4]),
        *map(engine.arrays, (parameters, x, y, w, extra)),
    )
    for ours, theirs in zip(leaves(gradient), leaves(engine.numpy(there)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)
    check = check_gradient(
        loss_at(network, x, y, w, penalty, **extra), gradient, parameters, tolerance=TOLERANCE
    )
    assert check, check
    for dw, mask in zip(gradient.weights, extra["masks"], strict=True):
        assert not np.any(dw[mask == 0])


@functools.cache
def differentiated(output: str, layers: int, bias: bool) -> tuple[Any, ...]:
    """Parameters, x, what `feedforward` takes besides (nothing; dropout and masks), and JAX's own
    Jacobian with each.
    """
    hidden, sizes = ["silu", "tanh", "gelu"][:layers], (D, *(5, 4, 3)[:layers], K)
    network, parameters, x, *_ = problem(
        hidden, output, "mean_squared_error", bias=bias, sizes=sizes
    )
    random = np.random.default_rng(0)
    dropout = tuple(random.integers(0, 2, size=(N, n)) / 0.5 for n in network.sizes[1:-1])
    masks = tuple(random.integers(0, 2, size=s).astype(float) for s in network.shapes)
    both = (((), ()), (dropout, masks))
    theirs = jax.tree_util.tree_map(jax.numpy.asarray, parameters)
    exact = [
        jax.jacrev(lambda p, more=more: feedforward(network, p, x, *more).output)(theirs)
        for more in both
    ]
    return network, parameters, x, both, exact


@pytest.mark.rotating("jax")
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("layers", [0, 1, 3])
@pytest.mark.parametrize("bias", [True, False])
def test_jacobian_is_a_differentiators(
    engine: Engine, output: str, layers: int, bias: bool
) -> None:
    network, parameters, x, both, exact = differentiated(output, layers, bias)
    found = engine.call(
        lambda p, x, both: [
            jacobian(network, p, feedforward(network, p, x, *more)) for more in both
        ],
        *map(engine.arrays, (parameters, x, both)),
    )
    for one, other in zip(found, exact, strict=True):
        for ours, theirs, w in zip(
            *map(leaves, (engine.numpy(one), other, parameters)), strict=True
        ):
            assert ours.shape == (N, K, *w.shape)
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)


def test_the_gradient_is_the_loss_slope_times_the_jacobian() -> None:
    for output, loss in PAIRS:
        network, parameters, x, y, w = problem("tanh", output, loss)
        if network.loss.output is None:
            trace = feedforward(network, parameters, x)
            da = (
                network.loss.row_scale(np, y, w) * network.loss.elementwise(trace.output, y)[1]
            )  # N x K
            for whole, dw in zip(
                leaves(jacobian(network, parameters, trace)),
                leaves(gradient_at(network, parameters, x, y, w)),
                strict=True,
            ):
                np.testing.assert_allclose(np.tensordot(da, whole, 2), dw, rtol=1e-10, atol=1e-13)


# ---- planted errors: each row of each table with each of four mistakes must be caught

MISTAKES = {
    "sign": lambda d: -d,
    "scale": lambda d: 2 * d,
    "slope": lambda d: d * 0 + 1,
    "transpose": None,
}


def spoil(function: Any, mistake: str) -> Any:
    return lambda *args: MISTAKES[mistake](function(*args))


@pytest.mark.parametrize("mistake", ["sign", "scale", "slope"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_planted_error_in_an_activation_is_caught(name: str, mistake: str) -> None:
    right = find_activation(name)
    if name == "identity" and mistake == "slope":
        return  # a slope of 1 is right here
    wrong = dataclasses.replace(right, name="wrong", derivative=spoil(right.derivative, mistake))
    network, parameters, x, y, w = problem(wrong, "identity", "mean_squared_error", seed=name)
    assert not check_gradient(
        loss_at(network, x, y, w), gradient_at(network, parameters, x, y, w), parameters
    )


class WrongSoftmax(Softmax):
    def __init__(self, mistake: str) -> None:
        right = find_activation("softmax", OUTPUTS)
        super().__init__("wrong", right.value, right.derivative, right.derivative_of)
        object.__setattr__(self, "mistake", mistake)

    def backward(self, z: Any, a: Any, da: Any) -> Any:
        if self.mistake == "slope":
            return da * a * (1 - a)  # the diagonal of the matrix only
        return MISTAKES[self.mistake](super().backward(z, a, da))  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("mistake", ["sign", "scale", "slope"])
def test_planted_error_in_softmax_is_caught(mistake: str) -> None:
    network, parameters, x, y, w = problem("tanh", WrongSoftmax(mistake), "sum_of_squares")
    assert not check_gradient(
        loss_at(network, x, y, w), gradient_at(network, parameters, x, y, w), parameters
    )


@pytest.mark.parametrize("mistake", ["sign", "scale", "slope"])
@pytest.mark.parametrize("name", LOSSES)
def test_planted_error_in_a_loss_is_caught(name: str, mistake: str) -> None:
    right = find_loss(name)
    wrong = dataclasses.replace(
        right,
        value_and_derivative=lambda *args: (
            right.value_and_derivative(*args)[0],
            MISTAKES[mistake](right.value_and_derivative(*args)[1]),
        ),
    )
    network, parameters, x, y, w = problem("tanh", right.output or "identity", wrong)
    assert not check_gradient(
        loss_at(network, x, y, w), gradient_at(network, parameters, x, y, w), parameters
    )


@pytest.mark.parametrize("mistake", ["sign", "scale", "slope", "transpose"])
def test_planted_error_in_backprop_or_penalty_is_caught(mistake: str) -> None:
    network, parameters, x, y, w = problem(
        "tanh", "identity", "mean_squared_error", sizes=(3, 3, 3)
    )
    right = gradient_at(network, parameters, x, y, w)
    for layer in range(2):
        weights = list(right.weights)
        weights[layer] = (
            weights[layer].T if mistake == "transpose" else MISTAKES[mistake](weights[layer])
        )
        check = check_gradient(
            loss_at(network, x, y, w), right._replace(weights=tuple(weights)), parameters
        )
        assert not check
        assert check.worst.startswith(f"weights[{layer}]")
    if mistake != "transpose":
        value = loss_at(network, x, y, w, Penalty(0.5, 0.5))
        wrong = [
            dw + MISTAKES[mistake](0.5 * v + 0.5 * np.sign(v))
            for dw, v in zip(right.weights, parameters.weights, strict=True)
        ]
        assert not check_gradient(value, Parameters(tuple(wrong), right.biases), parameters)


def test_every_row_is_found_by_its_own_name() -> None:
    for table in (ACTIVATIONS, OUTPUTS, LOSSES):
        assert all(row.name == name for name, row in table.items())


def test_a_row_weight_is_a_repetition() -> None:
    for output, loss in PAIRS:
        network, parameters, x, y, _ = problem("tanh", output, loss)
        counts = np.array([1, 2, 0, 3, 1, 1])
        weighted = backprop(
            network, parameters, feedforward(network, parameters, x), y, counts.astype(float)
        )
        x2, y2 = np.repeat(x, counts, axis=0), np.repeat(y, counts, axis=0)
        repeated = backprop(network, parameters, feedforward(network, parameters, x2), y2)
        np.testing.assert_allclose(weighted[0], repeated[0], rtol=1e-12)
        for a, b in zip(leaves(weighted[1]), leaves(repeated[1]), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)


@pytest.mark.rotating("jax")
@pytest.mark.parametrize(("hidden", "output", "loss"), CASES)
def test_float32_stays_float32(engine: Engine, hidden: str, output: str, loss: str) -> None:
    network, parameters, *arrays = problem(hidden, output, loss)
    parameters = unflatten([v.astype(np.float32) for v in leaves(parameters)], parameters)
    parameters, x, y, w = (
        engine.arrays(a) for a in (parameters, *(a.astype(np.float32) for a in arrays))
    )

    def step(parameters: Parameters) -> Any:
        return backprop(
            network, parameters, feedforward(network, parameters, x), y, w, Penalty(0.1, 0.1)
        )

    traced = (
        engine.name == "jax jitted"
    )  # a compiled function's types are those of its trace: there is no need to compile it
    value, gradient = jax.eval_shape(step, parameters) if traced else step(parameters)
    assert {str(a.dtype).rpartition(".")[2] for a in (value, *leaves(gradient))} == {"float32"}


@pytest.mark.parametrize(
    ("loss", "output"),
    [("binary_cross_entropy", "sigmoid"), ("categorical_cross_entropy", "softmax")],
)
@pytest.mark.parametrize("z", [-800.0, 800.0])
def test_cross_entropies_are_stable_far_out(
    engine: Engine, loss: str, output: str, z: float
) -> None:
    row = find_loss(loss)
    zs, y = engine.arrays(np.array([[z, -z]])), engine.arrays(np.array([[0.0, 1.0]]))
    activation = find_activation(output, OUTPUTS)
    value, delta = engine.call(lambda z, y: row(activation, z, activation.value(z), y), zs, y)
    wrong = z > 0
    expected = (
        {"binary_cross_entropy": 1600.0, "categorical_cross_entropy": 1600.0}[loss]
        if wrong
        else 0.0
    )
    np.testing.assert_allclose(np.asarray(value), expected, atol=1e-12)
    np.testing.assert_allclose(
        np.asarray(delta), [[1.0, -1.0]] if wrong else [[0.0, 0.0]], atol=1e-12
    )


def test_loss_is_an_array_of_the_engine(engine: Engine) -> None:
    network, parameters, x, y, _ = engine_problem(
        engine, problem("tanh", "identity", "mean_squared_error")
    )
    value, _ = backprop(network, parameters, feedforward(network, parameters, x), y)
    assert array_namespace(value) is array_namespace(x)
    assert value.shape == ()


def test_own_activation_and_loss() -> None:
    own = Activation("sine", np.sin, np.cos)
    fourth = Loss("fourth", lambda a, y: ((a - y) ** 4, 4 * (a - y) ** 3), "mean")
    network, parameters, x, y, w = problem(own, "identity", fourth)
    assert check_gradient(
        loss_at(network, x, y, w), gradient_at(network, parameters, x, y, w), parameters
    )
