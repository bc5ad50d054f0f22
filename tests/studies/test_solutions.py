"""Kinds of solution: a network with its nodes in another order, or turned round, is the same."""

import itertools

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.network import Network, Parameters
from glassnet.studies import solutions
from glassnet.studies.hidden import (
    feedforward_all,
    outputs_and_traits,
)
from glassnet.studies.solutions import (
    find_solutions,
    hidden_activations,
    least_costs,
    matching_costs,
    middle_of,
)
from glassnet.training.findings import FLAT
from glassnet.training.problem import from_vector, to_vector

RANDOM = np.random.default_rng(8)
X = RANDOM.normal(size=(12, 3))
SYMMETRIC = {
    "identity": 0.0,
    "tanh": 0.0,
    "scaled_tanh": 0.0,
    "sigmoid": 0.5,
    "softsign": 0.0,
    "arctan": 0.0,
}


def drawn(network: Network, seed: int) -> Parameters:
    start = gn.initialize(network, seed=seed)
    biases = tuple(np.random.default_rng(seed).normal(size=b.shape) for b in start.biases)
    return Parameters(start.weights, biases)


def turned(parameters: Parameters, seed: int, sign: bool) -> Parameters:
    """The same function of a network with one hidden layer of tanh: nodes in another order."""
    random = np.random.default_rng(seed)
    (w, v), (b, c) = parameters
    order = random.permutation(len(v))
    signs = random.choice([-1.0, 1.0], len(v)) if sign else np.ones(len(v))
    return Parameters(((w * signs)[:, order], (v * signs[:, None])[order]), ((b * signs)[order], c))


@pytest.mark.parametrize("name", [*ACTIVATIONS])
@pytest.mark.parametrize("bias", [True, False])
def test_all_networks_at_once_are_each_by_itself(name: str, bias: bool) -> None:
    network = Network([3, 5, 4, 2], name, "softmax", "categorical_cross_entropy", bias)
    many = [drawn(network, seed) for seed in range(6)]
    theta = np.stack([to_vector(parameters) for parameters in many])
    layers = feedforward_all(network, from_vector(network, theta), X)
    outputs, traits = outputs_and_traits(network, theta, X)
    for p, parameters in enumerate(many):
        trace = gn.feedforward(network, parameters, X)
        for layer, z, a in zip(layers, trace.z, trace.a, strict=True):
            np.testing.assert_allclose(layer.z[p], z, rtol=1e-12, atol=1e-13)
            np.testing.assert_allclose(layer.a[p], a, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(outputs[p], trace.output, rtol=1e-12, atol=1e-13)
        assert traits[p, 2] == max(np.abs(w).max() for w in parameters.weights)
        alike = flat = 0
        for z, a, activation in zip(trace.z, trace.a, network.activations[:-1], strict=False):
            of = z if activation.derivative_of == "z" else a
            flat += int((np.abs(activation.derivative(of)) < FLAT).all(axis=0).sum())
            for node in range(a.shape[1]):
                # of an exponential of an exponential most nodes are nothing beside the largest
                size = np.where(a.std(axis=0) > 1e-9 * np.abs(a).max(), 1, 0)
                before = [
                    abs(np.corrcoef(a[:, node], a[:, one])[0, 1]) > 0.99
                    for one in range(node)
                    if size[one] > 0 and size[node] > 0
                ]
                alike += size[node] == 0 or any(before)
        assert traits[p].tolist()[:2] == [alike, flat]


def test_nodes_that_repeat_or_say_nothing_are_counted() -> None:
    network = Network([3, 5, 1], "tanh")
    w = RANDOM.normal(size=(3, 5))
    w[:, 1] = w[:, 0]  # the same
    w[:, 2] = -w[:, 0]  # its negative
    w[:, 3] = 0.0  # nothing
    b = np.array([0.0, 0.0, 0.0, 40.0, 0.0])  # and saturated
    theta = to_vector(Parameters((w, RANDOM.normal(size=(5, 1))), (b, np.zeros(1))))[None]
    _, traits = outputs_and_traits(network, theta, X)
    assert traits[0, :2].tolist() == [3, 1]


@pytest.mark.parametrize("name", [*ACTIVATIONS])
def test_the_middle_of_an_activation(name: str) -> None:
    activation = ACTIVATIONS[name]
    middle = middle_of(activation)
    z = np.linspace(-6, 6, 101)[:, None]
    with np.errstate(all="ignore"):
        total = activation.value(z) + activation.value(-z)
    if middle is None:
        assert np.ptp(total) > 1e-3
    else:
        np.testing.assert_allclose(total, 2 * middle, atol=1e-12)
    if name in SYMMETRIC:
        assert middle == SYMMETRIC[name]
    if name in ("relu", "silu", "softplus", "gelu"):
        assert middle is None


@pytest.mark.parametrize("signed", [True, False])
def test_the_cost_of_a_matching_is_the_least_of_all(signed: bool) -> None:
    for seed in range(30):
        random = np.random.default_rng(seed)
        one = random.normal(size=(6, 4))
        order = random.permutation(4)
        a = np.stack(
            [one[:, order], one + 0.05 * random.normal(size=(6, 4)), random.normal(size=(6, 4))]
        )
        a[0, :, 1] *= 1 if signed else -1
        costs_of_all = [matching_costs(a, one, signed=signed)]
        found = least_costs(costs_of_all, solutions.TOLERANCE**2 * (one**2).sum(), 3)
        for p in range(3):
            costs = []
            for places in itertools.permutations(range(4)):
                differences = [(a[p, :, i] - one[:, j]) for i, j in enumerate(places)]
                sums = [(a[p, :, i] + one[:, j]) for i, j in enumerate(places)]
                squares = [(d**2).sum() for d in differences]
                if not signed:
                    squares = [min(q, (s**2).sum()) for q, s in zip(squares, sums, strict=True)]
                costs.append(sum(squares))
            limit = solutions.TOLERANCE**2 * (one**2).sum()
            if np.isfinite(found[p]):
                assert found[p] == pytest.approx(min(costs), abs=1e-9)
            else:
                assert min(costs) > limit
        assert found[0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("hidden", [1, 4, 9])
def test_turned_networks_are_of_one_kind(hidden: int) -> None:
    network = Network([3, hidden, 1], "tanh")
    kinds = [drawn(network, seed) for seed in range(3)]
    many = [turned(kinds[p % 3], p, sign=True) for p in range(30)]
    losses = np.array([[0.1, 0.3, 0.2][p % 3] for p in range(30)]) + np.arange(30) / 1000
    theta = np.stack([to_vector(parameters) for parameters in many])
    found = find_solutions(network, theta, losses, X)
    assert sorted(solution.networks.tolist() for solution in found) == [
        list(range(first, 30, 3)) for first in range(3)
    ]
    assert all(solution.example in solution.networks for solution in found)
    assert all(solution.loss == losses[solution.example] for solution in found)


def test_signs_count_where_the_activation_is_not_symmetric() -> None:
    network = Network([3, 4, 1], "silu")
    one = drawn(network, 1)
    many = [turned(one, seed, sign=seed % 2 == 1) for seed in range(2)]
    theta = np.stack([to_vector(parameters) for parameters in many])
    assert len(find_solutions(network, theta, np.zeros(2), X)) == 2
    network = Network([3, 4, 1], "tanh")
    assert len(find_solutions(network, theta, np.zeros(2), X)) == 1


def test_the_sigmoid_is_turned_about_a_half() -> None:
    """Negating a node's weights, and its way on, changes the output by a constant alone."""
    network = Network([3, 4, 1], "sigmoid")
    (w, v), (b, c) = drawn(network, 3)
    other = Parameters((w * -1, v * -1), (b * -1, c + v.sum()))
    one = Parameters((w, v), (b, c))
    np.testing.assert_allclose(
        gn.feedforward(network, one, X).output, gn.feedforward(network, other, X).output
    )
    theta = np.stack([to_vector(one), to_vector(other)])
    assert len(find_solutions(network, theta, np.zeros(2), X)) == 1


def test_every_hidden_layer_is_compared() -> None:
    network = Network([3, 4, 3, 1], "tanh")
    one, other = drawn(network, 1), drawn(network, 2)
    mixed = Parameters(
        (one.weights[0], *other.weights[1:]), (one.biases[0], *other.biases[1:])
    )  # the first layer of one
    theta = np.stack([to_vector(parameters) for parameters in (one, mixed)])
    assert len(find_solutions(network, theta, np.zeros(2), X)) == 2
    (first, second) = hidden_activations(network, theta, X)
    np.testing.assert_array_equal(first[0], first[1])
    assert (second[0] != second[1]).any()


def test_networks_that_are_astray_lead_nothing() -> None:
    network = Network([3, 4, 1], "tanh")
    theta = np.stack([to_vector(drawn(network, seed)) for seed in range(3)])
    assert find_solutions(network, theta, np.full(3, np.nan), X) == []
    found = find_solutions(network, theta, np.array([np.nan, 1.0, np.inf]), X)
    assert [solution.networks.tolist() for solution in found] == [[1]]


def test_a_network_without_hidden_nodes_has_one_solution() -> None:
    network = Network([3, 1], [], "sigmoid", "binary_cross_entropy")
    theta = np.stack([to_vector(drawn(network, seed)) for seed in range(3)])
    (one,) = find_solutions(network, theta, np.zeros(3), X)
    assert one.networks.tolist() == [0, 1, 2]


def test_a_limit_is_of_all_layers_together() -> None:
    """One layer may differ by more than its part where the other makes up for it."""
    random = np.random.default_rng(0)
    costs = [np.abs(random.normal(size=(50, 4, 4))), np.abs(random.normal(size=(50, 3, 3)))]
    found = least_costs(costs, 3.0, 50)
    for p in range(50):
        wanted = sum(
            min(
                sum(cost[p, i, j] for i, j in enumerate(order))
                for order in itertools.permutations(range(cost.shape[1]))
            )
            for cost in costs
        )
        if np.isfinite(found[p]):
            assert found[p] == pytest.approx(wanted)
        else:
            assert wanted > 3.0
