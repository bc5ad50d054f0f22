"""
Pictures of the inside
======================

The network itself, its weights, what its hidden nodes answer, and the surface that the training
went down.
"""

# %%
# A small network that tells three species of penguins apart.

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
# The prediction over two columns, the others held at their medians, with the rows of the table.

bill = ["bill_length_mm", "bill_depth_mm"]
gn.DecisionSurfaceDisplay.from_model(model, penguins, columns=bill)

# %%
# What each hidden node answers
# -----------------------------
#
# Over the same two columns. A node makes one slope across the plane; the output weighs the slopes
# against each other.

gn.HiddenUnitsDisplay.from_model(model, penguins, columns=bill)

# %%
# Over all rows
# -------------
#
# The activations of every hidden node. One that gives all rows the same is dead: it is of no more
# use than a bias.

activations = gn.ActivationsDisplay.from_model(model, penguins)
print("dead nodes:", activations.dead_ or "none")

# %%
# The surface of the loss
# -----------------------
#
# The loss around the trained weights, along two directions.

gn.LossSurfaceDisplay.from_model(model, penguins)
