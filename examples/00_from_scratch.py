"""A neural network from scratch: the whole article in plain NumPy. Run: python
examples/00_from_scratch.py

Three inputs, four hidden nodes, one output, no biases. It learns that the answer is 1 when exactly
one of the first two inputs is 1.
"""

from dataclasses import dataclass

import numpy as np

SEED = 1
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])  # 4 x 3, a row for each case
y = np.array([[0], [1], [1], [0]])  # 4 x 1, the answers


@dataclass
class State:
    """All the network knows: what goes in, its weights, what should and what does come out."""

    input: np.ndarray
    weights1: np.ndarray  # 3 x 4
    weights2: np.ndarray  # 4 x 1
    y: np.ndarray
    output: np.ndarray


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(a):
    """The slope of the sigmoid where its output is a."""
    return a * (1 - a)


def sum_of_squares(state):
    return np.sum((state.y - state.output) ** 2)


def feedforward(state):
    state.layer1 = sigmoid(state.input @ state.weights1)  # 4 x 4
    state.output = sigmoid(state.layer1 @ state.weights2)  # 4 x 1


def backprop(state):
    """The chain rule, from the loss back to each weight; then a step against the slope."""
    delta2 = (
        2 * (state.y - state.output) * sigmoid_derivative(state.output)
    )  # 4 x 1: loss -> output -> z2
    delta1 = (
        delta2 @ state.weights2.T * sigmoid_derivative(state.layer1)
    )  # 4 x 4: z2 -> layer1 -> z1
    state.weights2 = state.weights2 + state.layer1.T @ delta2
    state.weights1 = state.weights1 + state.input.T @ delta1


def learn(iterations=1500):
    random = np.random.default_rng(SEED)
    state = State(X, random.random((3, 4)), random.random((4, 1)), y, np.zeros(y.shape))
    losses = []
    for _ in range(iterations):
        feedforward(state)
        losses.append(sum_of_squares(state))
        backprop(state)
    return state, losses


if __name__ == "__main__":
    state, losses = learn()
    print("predicted  actual")
    for predicted, actual in zip(state.output.ravel(), y.ravel(), strict=True):
        print(f"{predicted:9.3f}  {actual:6d}")
    print(f"loss: {losses[0]:.4f} at the first iteration, {losses[-1]:.4f} at the last")
