"""The same network with the library: any shape, activation, loss and optimizer, and every number
still there to be seen.

Run: python examples/01_with_glassnet.py
"""

import glassnet as gn

X = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
y = [0, 1, 1, 0]
X_new = [[1, 0, 0], [0.5, 0.5, 1]]

network = gn.Network(
    [3, 4, 1], activation="sigmoid", output="sigmoid", loss="sum_of_squares", bias=False
)
start = gn.initialize(
    network, "uniform", seed=1, rng="r"
)  # the weights that R draws after set.seed(1)
run = gn.train(network, start, X, y, optimizer=gn.GradientDescent(1.0), epochs=1500)

print("predicted  actual")
for predicted, actual in zip(run.last_batch_output.ravel(), y, strict=True):
    print(f"{predicted:9.3f}  {actual:6d}")
print(
    f"loss: {run.history.iteration_loss[0]:.4f} at the first iteration, "
    f"{run.history.iteration_loss[-1]:.4f} at the last ({run.engine} engine)"
)

trace = gn.feedforward(network, run.parameters, X_new)
print("new rows:", trace.output.ravel().round(3))

# Is our gradient right? Compare it with differences of the loss itself.
trace = gn.feedforward(network, start, X)
loss, gradients = gn.backprop(network, start, trace, y)
print(
    gn.check_gradient(
        lambda p: gn.backprop(network, p, gn.feedforward(network, p, X), y)[0], gradients, start
    )
)
