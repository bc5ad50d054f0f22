"""
Pictures of the inside
======================

The network itself, its weights, what its hidden nodes answer, and the surface that the training
went down.
"""

# %%
# A small network that tells three species of penguins apart.

import tempfile
from pathlib import Path

import glassnet as gn

penguins = "../data/penguins.csv"
model = gn.train_table(
    penguins,
    target="species",
    members=1,
    hidden=6,
    activation="tanh",
    ignore=["island", "sex", "year"],
    epochs=100,
)

# %%
# The network
# -----------
#
# Red lines are positive weights, blue and dashed ones negative; the wider, the larger. Point at a
# node to see what comes in and what goes out. ``save`` writes an SVG, PNG or PDF. Networks too wide
# for that, or too many, are a box for each layer; ``member=0`` (``plot network --member 1``) draws
# one of them node by node, of wide layers the nodes of the largest weights.

gn.NetworkDisplay.from_model(model)

# %%
# One row on its way through it: activations in the nodes, products on the edges. With
# ``backward=True`` it is the way back, deltas and gradients.

gn.NetworkDisplay.from_model(model, penguins, row=16)

# %%
# Its weights
# -----------
#
# The same numbers as a map: a row for each node they come from, a column for each node they go to,
# the biases last.

gn.WeightsDisplay.from_model(model)

# %%
# What it decides
# ---------------
#
# The prediction over two columns, the others held at their medians, with the rows of the table. A
# dot in another class's ground is not yet wrong, for the model also sees its other columns: a ring
# is around those that it really gets wrong.

bill = ["bill_length_mm", "bill_depth_mm"]
gn.DecisionSurfaceDisplay.from_model(model, penguins, columns=bill)

# %%
# What each hidden node answers
# -----------------------------
#
# Over the same two columns, the nodes that do most to the prediction first. A node makes one slope
# across the plane; the output weighs the slopes against each other.

gn.HiddenUnitsDisplay.from_model(model, penguins, columns=bill)

# %%
# The same in words, over all columns: `glassnet explain RUN --hidden-nodes` prints it too.

print(gn.hidden_nodes(model, penguins))

# %%
# Over all rows
# -------------
#
# The activations of every hidden node. One that gives all rows the same is dead: it is of no more
# use than a bias.

activations = gn.ActivationsDisplay.from_model(model, penguins)
print("dead nodes:", activations.dead_ or "none")

# %%
# Where the rows sit on the activation's curve: a node that nearly always sits where the curve is
# flat is saturated, and learns no more.

gn.SaturationDisplay.from_model(model, penguins)

# %%
# The training as a film
# ----------------------
#
# The same training once more, as a run in a folder, whose path can be asked for: what it predicted
# before the first step, along the way, and at its end.

folder = Path(tempfile.mkdtemp()) / "penguins"
gn.train_run(penguins, "species", folder, members=1, hidden=6, epochs=100)
run = gn.open_run(folder)
path = run.training_path(points=101)
gn.FilmDisplay.from_model(run.model, penguins, path=path, columns=bill)

# %%
# The loss, and below it how long its gradient is, layer by layer.

gn.GradientNormsDisplay.from_model(run.model, penguins, path=path)

# %%
# The surface of the loss
# -----------------------
#
# The loss around the trained weights, along two directions.

gn.LossSurfaceDisplay.from_model(model, penguins)
