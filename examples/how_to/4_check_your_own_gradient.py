"""
Check your own gradient
=======================

You wrote backpropagation yourself: for a course, for a paper, in another language. `check_gradient`
says whether it is right, and where it can tell, which mistake it is.
"""

# %%
# Any loss, any gradient
# ----------------------
#
# Give a function from the parameters to the loss, the gradient, and the parameters. It takes
# differences of the loss at every entry, and along random directions.

# sphinx_gallery_thumbnail_path = 'reference/drawn/loss-surface.png'

import numpy as np

import glassnet as gn

random = np.random.default_rng(0)
X, y = random.normal(size=(20, 3)), random.normal(size=(20, 1))
weights = random.normal(size=(3, 1))


def loss(w):
    return np.mean((X @ w - y) ** 2)


print(gn.check_gradient(loss, 2 * X.T @ (X @ weights - y) / len(X), weights))

# %%
# A mistake: the mean was forgotten, and the gradient is that of the sum. The entry that is furthest
# off comes first, the mistake last; `.mistake` is the latter alone.

print(gn.check_gradient(loss, 2 * X.T @ (X @ weights - y), weights))

# %%
# A network of your own
# ---------------------
#
# Parameters may be any nest of lists, tuples and dicts of arrays. Say which network it is, with its
# rows and targets, and the layer is named too. The program below is right; what follows plants one
# mistake at a time.

network = gn.Network([3, 5, 2, 1], activation="tanh", loss="sum_of_squares", bias=False)
start = list(gn.initialize(network, seed=0).weights)


def forward(W):
    a1 = np.tanh(X @ W[0])
    a2 = np.tanh(a1 @ W[1])
    return a1, a2, a2 @ W[2]


def loss_of(W):
    return ((forward(W)[2] - y) ** 2).sum()


def gradient(W, *, derivative=lambda a: 1 - a**2, sign=1, factor=2):
    a1, a2, out = forward(W)
    delta3 = factor * sign * (out - y)
    delta2 = delta3 @ W[2].T * derivative(a2)
    delta1 = delta2 @ W[1].T * derivative(a1)
    return [X.T @ delta1, a1.T @ delta2, a2.T @ delta3]


def check(found):
    return gn.check_gradient(loss_of, found, start, network=network, x=X, y=y)


print(check(gradient(start)))

# %%
# The slope of the activation forgotten:

print(check(gradient(start, derivative=lambda a: 1)))

# %%
# The sign turned around, so that a step would go uphill:

print(check(gradient(start, sign=-1)))

# %%
# The 2 of the square left out:

print(check(gradient(start, factor=1)))

# %%
# The slope taken at the wrong place, of the sum z where it should be of the activation a:


def slope_of_z(a):
    return 1 - np.arctanh(a) ** 2


print(check(gradient(start, derivative=slope_of_z)))

# %%
# As your course writes it
# ------------------------
#
# Where each row of the table is a column, ``W @ x + b`` with biases that are columns, and the loss
# has a half in front, say the same network. The answer comes in that notation.

columns = {"W1": random.normal(size=(4, 3)), "b1": np.zeros((4, 1))}
columns |= {"W2": random.normal(size=(1, 4)), "b2": np.zeros((1, 1))}


def forward_of_columns(p):
    a1 = np.tanh(p["W1"] @ X.T + p["b1"])
    return a1, p["W2"] @ a1 + p["b2"]


def half_of_squares(p):
    return 0.5 * np.sum((forward_of_columns(p)[1] - y.T) ** 2)


a1, a2 = forward_of_columns(columns)
delta2 = a2 - y.T
delta1 = columns["W2"].T @ delta2  # the slope of tanh is missing
found = {"W1": delta1 @ X, "b1": delta1.sum(axis=1, keepdims=True)}
found |= {"W2": delta2 @ a1.T, "b2": delta2.sum(axis=1, keepdims=True)}
network_of_columns = gn.Network([3, 4, 1], activation="tanh", loss="sum_of_squares")
print(gn.check_gradient(half_of_squares, found, columns, network=network_of_columns, x=X, y=y))

# %%
# It never guesses. A gradient that is wrong in another way is wrong, and the entry that is furthest
# off is named:

found = gradient(start)
found[1][2, 0] += 1.0
print(check(found))

# %%
# Your own weights
# ----------------
#
# Weights that you trained yourself, here or in another language, become a model that predicts,
# explains, draws and saves like any other. Ours are inputs x outputs and biases flat, so arrays of
# ``W @ x + b`` are turned with ``.T`` and ``.ravel()``.

mine = gn.Parameters(
    weights=(columns["W1"].T, columns["W2"].T),
    biases=(columns["b1"].ravel(), columns["b2"].ravel()),
)
model = gn.Model.of_run((network_of_columns, mine), ["age", "height", "weight"], "pulse")
print(model.predict(X[:2]), forward_of_columns(columns)[1][0, :2])

# %%
# Where the outputs are classes, give their labels too, as in ``labels=["no", "yes"]``. Everything
# else takes the model as it is:

lines = gn.explain(model, X, 0).text(width=90).splitlines()
print("\n".join(lines[:6]))

# %%
# An activation or a loss of your own
# -----------------------------------
#
# `Activation` and `Loss` take your functions with their slopes. Training checks them first, and
# says which one is wrong:


def softsign(z):
    return z / (1 + np.abs(z))


def wrong_derivative(z):
    return 1 / (1 + np.abs(z))  # should be squared


own = gn.Network([3, 5, 1], gn.Activation(value=softsign, derivative=wrong_derivative))
try:
    gn.train(own, gn.initialize(own), X, y, epochs=1)
except gn.GlassnetError as error:
    print(error)
