r"""
3 · The loss and the chain rule
===============================

Learning needs two things: a number that says how wrong the network is, and for each of its 16
weights, whether it should go up or down. The number is the *loss*. The directions are its slopes,
and the chain rule gives them all.
"""

# %%
# Here is the network of the last chapter again, with its loss.

import matplotlib.pyplot as plt
import numpy as np

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])
random = np.random.default_rng(1)
weights1, weights2 = random.random((3, 4)), random.random((4, 1))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def feedforward(X, weights1, weights2):
    a1 = sigmoid(X @ weights1)
    return a1, sigmoid(a1 @ weights2)


def loss(weights1, weights2):
    _, a2 = feedforward(X, weights1, weights2)
    return ((a2 - y) ** 2).sum()


print("loss:", loss(weights1, weights2).round(6))

# %%
# Nudge one weight
# ----------------
#
# Take the first weight of the second layer. Move it, hold all others, and watch the loss:

first = weights2[0, 0]
places = np.linspace(first - 3, first + 3, 100)
losses = [loss(weights1, np.vstack([[w], weights2[1:]])) for w in places]

step = 1e-5
up, down = (loss(weights1, np.vstack([[first + s], weights2[1:]])) for s in (step, -step))
slope = (up - down) / (2 * step)
print("the slope of the loss in this weight:", slope.round(6))

figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
axes.plot(places, losses, color="#2563eb", linewidth=2)
near = np.array([first - 1, first + 1])
here = loss(weights1, weights2)
axes.plot(
    near,
    here + slope * (near - first),
    color="#d97706",
    linestyle="--",
    label=f"slope {slope:.3f}",
)
axes.plot(first, here, "o", color="#d97706")
axes.grid(alpha=0.25)
axes.set(
    title="The loss when one weight moves",
    xlabel="the weight from hidden node 1 to the output",
    ylabel="loss",
)
axes.legend(frameon=False)
plt.show()

# %%
# The slope is above 0: a larger weight would make the loss larger, so this one should go down.
# Nudging gives the right slope, but each weight costs two runs through the network. The chain rule
# gives all of them for about the price of one.
#
# The chain, link by link
# -----------------------
#
# How does a weight of the second layer reach the loss? It changes the sum z, the sum changes the
# output a, the output changes the loss E. The slope of the whole way is the product of the slopes
# of its parts:
#
# .. math::
#
#    \frac{\partial E}{\partial w} =
#    \frac{\partial E}{\partial a} \cdot \frac{\partial a}{\partial z}
#    \cdot \frac{\partial z}{\partial w}.
#
# Each part is school mathematics.
#
# * :math:`E = (a - y)^2`, so its slope in a is :math:`2(a - y)`.
# * The sigmoid's slope is simplest in its own answer: :math:`a(1 - a)`.
# * z is a sum of activations times weights, so its slope in a weight is the activation which that
#   weight multiplies.
#
# For the first row and this weight:

a1, a2 = feedforward(X, weights1, weights2)
loss_to_output = 2 * (a2[0, 0] - y[0, 0])
output_to_z = a2[0, 0] * (1 - a2[0, 0])
z_to_weight = a1[0, 0]
print(f"2(a - y) = {loss_to_output:.4f}")
print(f"a(1 - a) = {output_to_z:.4f}")
print(f"hidden activation = {z_to_weight:.4f}")
print(f"their product = {loss_to_output * output_to_z * z_to_weight:.6f}")

# %%
# The other rows do the same, and their slopes add up, as the loss itself is a sum over rows. The
# first two factors are needed for every weight into this node; their product is called *delta*.

delta2 = 2 * (a2 - y) * a2 * (1 - a2)  # 4 x 1: one delta for each row
print(
    "added over the rows:",
    (a1[:, 0] * delta2[:, 0]).sum().round(6),
    "and by nudging:",
    slope.round(6),
)

# %%
# One layer further back
# ----------------------
#
# A hidden activation reaches the loss through the sums of the next layer, and its share there is
# the weight. So delta travels back through the same weights, and then through the sigmoid of the
# hidden layer:
#
# .. math:: \delta_1 = (\delta_2 W_2^{\mathsf T}) * a_1 * (1 - a_1)
#
# where * multiplies entry by entry. With delta known, a layer's gradient is always the same
# product: what went in, times delta, added over the rows.


def backprop(X, y, weights1, weights2):
    a1, a2 = feedforward(X, weights1, weights2)
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)  # 4 x 1
    delta1 = delta2 @ weights2.T * a1 * (1 - a1)  # 4 x 4
    return X.T @ delta1, a1.T @ delta2  # 3 x 4 and 4 x 1, like the weights


gradient1, gradient2 = backprop(X, y, weights1, weights2)
print("gradient of weights1:", gradient1.round(5), sep="\n")
print("gradient of weights2:", gradient2.round(5), sep="\n")

# %%
# Is it right?
# ------------
#
# Never trust a gradient that you have not checked. Nudge every weight once and compare:


def nudged(weights, loss_of):
    """The slope in each weight, from a step to both sides."""
    slopes = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        move = np.zeros_like(weights)
        move[place] = step
        slopes[place] = (loss_of(weights + move) - loss_of(weights - move)) / (2 * step)
    return slopes


gap1 = np.abs(gradient1 - nudged(weights1, lambda w: loss(w, weights2))).max()
gap2 = np.abs(gradient2 - nudged(weights2, lambda w: loss(weights1, w))).max()
print(f"largest difference: {gap1:.1e} in weights1, {gap2:.1e} in weights2")

# %%
# They agree to many digits. Now the network can learn.
