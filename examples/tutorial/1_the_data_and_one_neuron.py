"""
1 · The data and one neuron
===========================

A neural network is arithmetic: multiply, add, bend, and do it again. This tutorial writes down all
of it for one small network, first in plain NumPy and then with glassnet, which does the same for
any table. It retells an article that many have learnt from, in other words. You need to know what a
function and a slope are; the rest comes as it is needed.
"""

# %%
# Four rows
# ---------
#
# Here is the whole table: three input columns and one answer. Can you see the rule?

import matplotlib.pyplot as plt
import numpy as np

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])  # 4 rows x 3 inputs
y = np.array([[0], [1], [1], [0]])  # 4 rows x 1 answer

print("x1 x2 x3   y")
for row, answer in zip(X, y, strict=True):
    print(*row, f"  {answer[0]}", sep="  ")

# %%
# The answer is 1 when exactly one of the first two inputs is 1. The third input is always 1; what
# it is good for will show in a moment.
#
# One neuron
# ----------
#
# A neuron, or node, has a weight for each input. It multiplies each input by its weight, adds the
# products up, and bends the sum so that it lies between 0 and 1. The bend is the *sigmoid*,
#
# .. math:: \sigma(z) = \frac{1}{1 + e^{-z}}.


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


weights = np.array([2.0, -1.0, 0.5])
row = X[3]  # 1, 1, 1
products = row * weights
z = products.sum()
print("products:", products)
print("their sum, z:", z)
print("the answer of the neuron, sigmoid(z):", sigmoid(z).round(4))

# %%
# Large sums give nearly 1, small ones nearly 0, and a sum of 0 gives exactly one half:

line = np.linspace(-7, 7, 200)
figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
axes.plot(line, sigmoid(line), color="#2563eb", linewidth=2)
axes.plot(z, sigmoid(z), "o", color="#d97706")
axes.annotate("our neuron", (z, sigmoid(z)), xytext=(8, -12), textcoords="offset points")
axes.grid(alpha=0.25)
axes.set(title="The sigmoid", xlabel="z, the sum of the products", ylabel="σ(z), the answer")
plt.show()

# %%
# The third input is always 1, so its weight is added to every sum, whatever the row. It moves the
# whole curve to the left or right. Such a weight is called a *bias*; networks usually have one at
# every node, and here it comes as a column.
#
# One neuron is not enough
# ------------------------
#
# Can one neuron learn this table? Let us try very many weights. To say how wrong an answer is, take
# the difference to the true one, square it, and add up the four squares: the *sum of squared
# errors*. Nothing wrong would be 0.

grid = np.linspace(-12, 12, 49)
w1, w2, w3 = (axis.ravel() for axis in np.meshgrid(grid, grid, grid))
answers = sigmoid(X @ np.array([w1, w2, w3]))  # 4 rows x 117,649 neurons
losses = ((answers - y) ** 2).sum(axis=0)
best = losses.argmin()
print(f"the best of {losses.size:,} neurons has the weights", w1[best], w2[best], w3[best])
print("its answers:", answers[:, best].round(3))
print("its sum of squared errors:", losses[best].round(4))

# %%
# It is as good as saying "one half" four times. The reason can be drawn. With two inputs and a
# bias, a neuron cuts the plane along a straight line: on one side it says "more likely 1", on the
# other "more likely 0". No straight line has both red points on one side and both blue ones on
# the other.

figure, axes = plt.subplots(figsize=(4.2, 4.0), layout="constrained")
for value, colour, mark in ((0, "#2563eb", "s"), (1, "#dc2626", "o")):
    rows = X[y[:, 0] == value]
    label = f"answer {value}"
    axes.scatter(rows[:, 0], rows[:, 1], s=160, color=colour, marker=mark, label=label)
axes.plot([-0.4, 1.1], [0.9, -0.6], color="#6b7280", linestyle="--")
axes.set(
    title="No straight line parts these answers",
    xlabel="x1",
    ylabel="x2",
    xlim=(-0.5, 1.5),
    ylim=(-0.5, 1.5),
)
axes.set(xticks=[0, 1], yticks=[0, 1])
axes.legend(loc="upper right", framealpha=1)
plt.show()

# %%
# Two lines would do, and a way to put together what both say. That is a network with a layer in
# between, and the next chapter builds it.
