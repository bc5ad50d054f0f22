"""
5 · The same with glassnet
==========================

The program of the last chapter knows one network. glassnet has the same mathematics for any number
of layers, other activations, losses and ways to step, and is still arrays and functions: nothing is
hidden in an object.
"""

# %%
# The same numbers
# ----------------
#
# A `Network` is only a shape. `initialize` draws its weights, here the very same ones as NumPy's
# generator gave us, and `train` goes through the iterations.

import warnings

import numpy as np

import glassnet as gn

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])

network = gn.Network(
    [3, 4, 1],
    activation="sigmoid",
    output="sigmoid",
    loss="sum_of_squares",
    bias=False,
)
start = gn.initialize(network, "uniform", seed=1)
run = gn.train(network, start, X, y, optimizer=gn.GradientDescent(1.0), epochs=1500)

print(network)
print("first loss:", run.history.iteration_loss[0].round(6))
print("last loss: ", run.history.iteration_loss[-1].round(6))
print("predicted: ", gn.feedforward(network, run.parameters, X).output.ravel().round(3))

# %%
# Compare with the last chapter: these are its numbers, to the last digit shown. The loss curve is
# there too. An *epoch* is once through all rows; all four fit into one iteration, so here it is the
# same.

curve = gn.LossCurveDisplay.from_run(run, loss_name="sum of squared errors")
curve.ax_.set_title("The loss over 1,500 epochs", loc="left")

# %%
# With names for its columns the run becomes a `Model`, which predicts tables, explains its rows and
# is saved to a file:

model = gn.Model.of_run(run, inputs=["x1", "x2", "x3"], targets="y")
print(model)
print("predicted:", model.predict({"x1": [0.5], "x2": [0.5], "x3": [1]}).round(3))

# %%
# And the network itself. Red is a positive weight, blue and dashed a negative one, and the wider a
# line, the larger the weight. Point at a node or at a line to see its number:

gn.NetworkDisplay(network, run.parameters, ["x1", "x2", "x3"], ["y"])

# %%
# Your own table
# --------------
#
# The same program runs on a table of yours in one call, or with `glassnet demo TABLE --target y`:
# nothing is scaled and nothing is added, and it tells what your numbers do to it. Here an input in
# the thousands saturates every sigmoid, and a target above 1 is out of a sigmoid's reach.

table = {"weight": [2000, 3000, 4000, 3500], "doors": [2, 4, 4, 2], "litres": [5.0, 7.5, 9.0, 8.0]}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    gn.train_article(table, "litres", hidden=5, learning_rate=0.5, bias=True, seed=2)
for warning in told:
    print("-", warning.message)

# %%
# Scaled to 0 to 1, it learns:

scaled = {name: np.array(cells) / max(cells) for name, cells in table.items()}
print(gn.train_article(scaled, "litres", hidden=5, bias=True).predict(scaled).round(2))
print(scaled["litres"].round(2))

# %%
# Every step by itself
# --------------------
#
# `train` is made of two functions that you can call yourself. They are the ones that the last
# chapters wrote by hand: `feedforward` gives every z and every a, `backprop` the loss and its slope
# in every weight.

trace = gn.feedforward(network, start, X)
loss, gradient = gn.backprop(network, start, trace, y)
print("z of the hidden layer:", trace.z[0].round(3), sep="\n")
print("gradient of the second layer's weights:", gradient.weights[1].ravel().round(5))

# %%
# Any shape
# ---------
#
# Other networks are other words in the same line. Two hidden layers with biases, another bend, a
# loss made for yes and no, steps that adapt themselves, and the table is learnt in a tenth of the
# iterations:

other = gn.Network([3, 8, 8, 1], activation="tanh", loss="binary_cross_entropy")
other_start = gn.initialize(other, seed=1)
other_run = gn.train(other, other_start, X, y, optimizer=gn.Adam(0.05), epochs=150)
print(other)
print("predicted:", other_run.last_batch_output.ravel().round(3))

# %%
# Is my gradient right?
# ---------------------
#
# Chapter 3 compared a gradient with nudges. `check_gradient` does this for any gradient: that of
# the library, or that of a program you wrote. Here is a way back with a mistake that everybody
# makes once: delta goes back through the weights, and then the slope of the hidden layer's sigmoid
# is forgotten.


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss_of(weights):
    return ((sigmoid(sigmoid(X @ weights[0]) @ weights[1]) - y) ** 2).sum()


def backprop(weights):
    a1 = sigmoid(X @ weights[0])
    a2 = sigmoid(a1 @ weights[1])
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    delta1 = delta2 @ weights[1].T  # should go on: * a1 * (1 - a1)
    return [X.T @ delta1, a1.T @ delta2]


weights = list(start.weights)
check = gn.check_gradient(loss_of, backprop(weights), weights, network=network, x=X, y=y)
print("right" if check else "wrong")
print(check.mistake)

# %%
# It names the mistake, and the line that would be right. With it mended:


def mended_backprop(weights):
    a1 = sigmoid(X @ weights[0])
    a2 = sigmoid(a1 @ weights[1])
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    delta1 = delta2 @ weights[1].T * a1 * (1 - a1)
    return [X.T @ delta1, a1.T @ delta2]


print(gn.check_gradient(loss_of, mended_backprop(weights), weights))
