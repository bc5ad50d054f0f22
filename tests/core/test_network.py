"""The network itself: one pass worked by hand, shapes, and what is refused."""

import pickle

import numpy as np
import pytest

from conftest import Engine
from glassnet.core.network import Network, Parameters, backprop, check_shapes, feedforward
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError


def test_worked_by_hand(engine: Engine) -> None:
    # One row x = (1, 2), two hidden ReLU nodes, one linear output, target 1, sum of squares, l2 =
    # 0.1.
    #   z1 = (1*1 + 2*0 + 1, 1*(-1) + 2*0.5 + (-1)) = (2, -1)     a1 = (2, 0)
    #   z2 = 2*3 + 0*4 + 0.5 = 6.5                                loss = (6.5 - 1)^2 = 30.25
    #   penalty = 0.05 * (1 + 0 + 1 + 0.25 + 9 + 16) = 1.3625     (no biases)
    # backwards: delta2 = 2 * 5.5 = 11 dW2 = (2*11, 0*11) + 0.1 * (3, 4) = (22.3, 0.4) db2 = 11
    #   da1 = 11 * (3, 4) = (33, 44)       delta1 = (33, 0), the second node being off
    #   dW1 = ((1*33, 0), (2*33, 0)) + 0.1 * ((1, -1), (0, 0.5)) = ((33.1, -0.1), (66, 0.05))   db1 = (33, 0)  # noqa: E501
    network = Network([2, 2, 1], "relu", "identity", "sum_of_squares")
    parameters = engine.arrays(
        Parameters(
            (np.array([[1.0, -1.0], [0.0, 0.5]]), np.array([[3.0], [4.0]])),
            (np.array([1.0, -1.0]), np.array([0.5])),
        )
    )
    x, y = engine.asarray(np.array([[1.0, 2.0]])), engine.asarray(np.array([[1.0]]))

    def both(parameters: Parameters) -> tuple:
        trace = feedforward(network, parameters, x)
        return trace.z, trace.a, backprop(network, parameters, trace, y, penalty=Penalty(l2=0.1))

    z, a, (loss, gradients) = engine.numpy(engine.call(both, parameters))
    np.testing.assert_allclose(z[0], [[2, -1]])
    np.testing.assert_allclose(a[0], [[2, 0]])
    np.testing.assert_allclose(z[1], [[6.5]])
    np.testing.assert_allclose(loss, 30.25 + 1.3625)
    np.testing.assert_allclose(gradients.weights[1], [[22.3], [0.4]])
    np.testing.assert_allclose(gradients.biases[1], [11])
    np.testing.assert_allclose(gradients.weights[0], [[33.1, -0.1], [66, 0.05]])
    np.testing.assert_allclose(gradients.biases[0], [33, 0])


def test_lists_are_taken_and_a_flat_target_is_a_column() -> None:
    network = Network([2, 1], output="identity", loss="sum_of_squares", bias=False)
    parameters = Parameters((np.array([[1.0], [2.0]]),))
    trace = feedforward(network, parameters, [[1, 1], [0, 1], [2, 0]])
    assert trace.output.tolist() == [[3], [2], [2]]
    assert backprop(network, parameters, trace, [3, 2, 1])[0] == 1


def test_wrong_shapes_are_refused_not_broadcast() -> None:
    network = Network([2, 3, 2])
    parameters = Parameters((np.ones((2, 3)), np.ones((3, 2))), (np.ones(3), np.ones(2)))
    with pytest.raises(GlassnetError, match=r"x has shape \(4, 3\), but the network has 2 inputs"):
        feedforward(network, parameters, np.ones((4, 3)))
    trace = feedforward(network, parameters, np.ones((4, 2)))
    for y in (np.ones(4), np.ones((4, 1)), np.ones((1, 2)), np.ones((5, 2))):
        with pytest.raises(GlassnetError, match=r"y has shape .* give an array of shape \(4, 2\)"):
            backprop(network, parameters, trace, y)
    for w in (np.ones(1), np.ones((4, 1)), [1.0]):
        with pytest.raises(GlassnetError, match="sample_weight has shape"):
            backprop(network, parameters, trace, np.ones((4, 2)), w)
    with pytest.raises(GlassnetError, match="biases of shapes"):
        feedforward(network, parameters._replace(biases=()), np.ones((4, 2)))
    with pytest.raises(GlassnetError, match="must be floating-point"):
        feedforward(Network([1, 1], bias=False), Parameters((np.array([[1]]),)), [[0.5]])
    with pytest.raises(GlassnetError, match="biases of shapes"):
        check_shapes(network, parameters._replace(biases=()))
    with pytest.raises(GlassnetError, match="weights of shapes"):
        check_shapes(network, parameters._replace(weights=parameters.weights[:1]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([3],), "at least two whole numbers"),
        (([3, 0, 1],), "1 or more"),
        (([3, -2, 1],), "1 or more"),
        (([3, 2.5, 1],), "whole numbers"),
        ((3,), "at least two whole numbers"),
        (([3, float("nan"), 1],), "whole numbers"),
        (([3, 4, 1], "relu", "softmax"), "softmax needs an output for each of two classes"),
        (([3, 4, 1], "rleu"), "did you mean 'relu'"),
        (([3, 4, 1], ["relu", "relu"]), "2 activations for 1 hidden layers"),
        (([3, 4, 1], "softmax"), "unknown activation 'softmax'"),
        (
            ([3, 4, 1], "relu", "sigmoid", "categorical_cross_entropy"),
            "needs output='softmax', got output='sigmoid'",
        ),
        (([3, 4, 1], "relu", None, "sum_squares"), "did you mean 'sum_of_squares'"),
    ],
)
def test_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        Network(*arguments)


def test_an_activation_for_each_layer_and_the_output_a_loss_belongs_to() -> None:
    network = Network([5, 4, 3, 2], ["relu", "tanh"], loss="categorical_cross_entropy")
    assert [a.name for a in network.activations] == ["relu", "tanh", "softmax"]
    assert network.shapes == ((5, 4), (4, 3), (3, 2))
    assert network.n_parameters == 5 * 4 + 4 + 4 * 3 + 3 + 3 * 2 + 2
    assert network == Network(
        [5, 4, 3, 2], ["relu", "tanh"], "softmax", "categorical_cross_entropy"
    )
    one, two = Network([3, 2], loss="huber:0.3"), Network([3, 2], loss="huber:0.3")
    assert one == two == pickle.loads(pickle.dumps(one))
    assert one != Network([3, 2], loss="huber:0.4")
    assert hash(network) == hash(
        Network([5, 4, 3, 2], ["relu", "tanh"], "softmax", "categorical_cross_entropy")
    )
