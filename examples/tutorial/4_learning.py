"""
4 · 1,500 iterations
====================

All parts are there: forward, backward, and now the step. Move every weight a little against its
slope, and the loss falls. Then again.
"""

# %%
# The whole program
# -----------------
#
# This is the network of the last two chapters and the loop that teaches it, complete. One
# *iteration* is: feed forward, note the loss, go back, step.

import matplotlib.pyplot as plt
import numpy as np

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def learn(seed, iterations=1500):
    random = np.random.default_rng(seed)
    weights1, weights2 = random.random((3, 4)), random.random((4, 1))
    losses = []
    for _ in range(iterations):
        a1 = sigmoid(X @ weights1)
        a2 = sigmoid(a1 @ weights2)
        losses.append(((a2 - y) ** 2).sum())
        delta2 = 2 * (a2 - y) * a2 * (1 - a2)
        delta1 = delta2 @ weights2.T * a1 * (1 - a1)
        weights1, weights2 = weights1 - X.T @ delta1, weights2 - a1.T @ delta2
    return weights1, weights2, losses


weights1, weights2, losses = learn(seed=1)

# %%
# The loss curve
# --------------
#
# The loss at every iteration is the first thing to look at in any training:

figure, axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
axes.plot(range(1, len(losses) + 1), losses, color="#2563eb", linewidth=2)
axes.grid(alpha=0.25)
axes.set(
    title="The loss over 1,500 iterations",
    xlabel="iteration",
    ylabel="sum of squared errors",
    ylim=0,
)
plt.show()

for iteration in (1, 10, 100, 500, 1000, 1500):
    print(f"iteration {iteration:5}: loss {losses[iteration - 1]:.6f}")

# %%
# It soon comes down to 1 and stays there for a while: the network says about one half to every row,
# which is as good as a single neuron gets. Then the hidden nodes begin to differ, the loss drops,
# and after that it only gets finer.
#
# Predicted and actual
# --------------------

predicted = sigmoid(sigmoid(X @ weights1) @ weights2)
print("predicted  actual")
for guess, actual in zip(predicted.ravel(), y.ravel(), strict=True):
    print(f"{guess:9.3f}  {actual:6}")

# %%
# What did the hidden layer learn? Each of its four nodes still makes one slope across the plane,
# but the slopes have moved, and the output weighs them against each other. Around two of the
# corners the answer is 1, around the other two it is 0, and the border in between is no straight
# line any more.

x1, x2 = np.meshgrid(np.linspace(-0.5, 1.5, 80), np.linspace(-0.5, 1.5, 80))
plane = np.column_stack([x1.ravel(), x2.ravel(), np.ones(x1.size)])
answer = sigmoid(sigmoid(plane @ weights1) @ weights2).reshape(x1.shape)
figure, axes = plt.subplots(figsize=(5.0, 4.0), layout="constrained")
shades = axes.contourf(x1, x2, answer, levels=np.linspace(0, 1, 11), cmap="RdBu_r")
colours = np.where(y.ravel() == 1, "#dc2626", "#2563eb")
axes.scatter(X[:, 0], X[:, 1], c=colours, edgecolors="black", s=110)
axes.set(
    title="The answer over the first two inputs",
    xlabel="x1",
    ylabel="x2",
    xticks=[0, 1],
    yticks=[0, 1],
)
figure.colorbar(shades, label="predicted", ticks=[0, 0.5, 1])
plt.show()

# %%
# Another start, another course
# -----------------------------
#
# The starting weights were one draw of many. Ten other draws:

figure, axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
ends = []
for seed in range(2, 12):
    curve = learn(seed)[2]
    axes.plot(range(1, len(curve) + 1), curve, color="#2563eb", alpha=0.6, linewidth=1.2)
    ends.append(curve[-1])
axes.grid(alpha=0.25)
axes.set(
    title="The loss from ten other starts",
    xlabel="iteration",
    ylabel="sum of squared errors",
    ylim=0,
)
plt.show()
print(f"last losses, from best to worst: {np.sort(ends).round(4)}")

# %%
# Each start has its own course and its own end. A single run says little about a network, and a
# result without its seed cannot be repeated.
