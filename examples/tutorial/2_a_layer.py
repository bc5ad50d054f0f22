r"""
2 · A layer, and the way forward
================================

Several neurons that look at the same inputs are a *layer*. A second layer looks at what the first
one says. That is all there is to a network, and one matrix product computes a whole layer for all
rows at once.
"""

# %%
# Four neurons are a matrix
# -------------------------
#
# Each neuron has three weights, one for each input. Four neurons side by side make a 3 × 4 matrix,
# a column for each neuron. The weights begin as random numbers between 0 and 1; the seed makes them
# the same ones each time.

import matplotlib.pyplot as plt
import numpy as np

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])  # 4 x 3
y = np.array([[0], [1], [1], [0]])  # 4 x 1
random = np.random.default_rng(1)
weights1 = random.random((3, 4))  # from 3 inputs to 4 hidden nodes
weights2 = random.random((4, 1))  # from 4 hidden nodes to 1 output

print("weights1:", weights1.round(3), sep="\n")
print("weights2:", weights2.round(3), sep="\n")

# %%
# To get from a row to the four sums, multiply the row with each column of the matrix and add up.
# For the second row, 0, 1, 1:

row = X[1]
for node in range(4):
    terms = " + ".join(f"{x} · {w:.3f}" for x, w in zip(row, weights1[:, node], strict=True))
    print(f"node {node + 1}: {terms} = {row @ weights1[:, node]:.3f}")

# %%
# NumPy's ``@`` is exactly this, for all rows and all nodes together. Where X has four rows and the
# matrix four columns, there are 4 × 4 sums:

z1 = X @ weights1
print(z1.round(3))

# %%
# Feedforward
# -----------
#
# Bend each sum with the sigmoid, and the first layer is done. Its answers are the inputs of the
# second layer, which has one node. Written down, with :math:`\sigma` for the sigmoid,
#
# .. math:: a_1 = \sigma(X \, W_1), \qquad a_2 = \sigma(a_1 \, W_2).
#
# The sums are called *pre-activations*, z, and the bent ones *activations*, a.


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def feedforward(X, weights1, weights2):
    a1 = sigmoid(X @ weights1)  # 4 x 4, the hidden layer
    a2 = sigmoid(a1 @ weights2)  # 4 x 1, the output
    return a1, a2


a1, a2 = feedforward(X, weights1, weights2)
print("hidden activations:", a1.round(3), sep="\n")
print("predicted:", a2.ravel().round(3))
print("actual:   ", y.ravel())

# %%
# All four predictions are nearly the same, and wrong: nothing has been learnt. The picture shows
# what a hidden node answers before any learning, over all values of the first two inputs (the third
# is 1). One neuron makes one slope across the plane:

x1, x2 = np.meshgrid(np.linspace(-2, 3, 60), np.linspace(-2, 3, 60))
plane = np.column_stack([x1.ravel(), x2.ravel(), np.ones(x1.size)])
hidden, _ = feedforward(plane, weights1, weights2)
figure, all_axes = plt.subplots(1, 4, figsize=(8.4, 2.5), layout="constrained", sharey=True)
figure.suptitle("What each hidden node answers before learning")
levels = np.linspace(0, 1, 11)
shades = []
for node, axes in enumerate(all_axes):
    answer = hidden[:, node].reshape(x1.shape)
    shades.append(axes.contourf(x1, x2, answer, levels=levels, cmap="Reds"))
    axes.scatter(X[:, 0], X[:, 1], c="white", edgecolors="black", s=30)
    axes.set(title=f"node {node + 1}", xlabel="x1", aspect="equal")
all_axes[0].set_ylabel("x2")
figure.colorbar(shades[0], ax=all_axes, label="activation", ticks=[0, 0.5, 1])
plt.show()

# %%
# To learn is to turn these slopes and to weigh them against each other. In which direction, says
# the next chapter.
