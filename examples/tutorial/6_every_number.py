"""
6 · Every number, and your own table
====================================

One promise is left: every number of every step can be seen. `explain` keeps it, for the four rows
of this tutorial and for any table.
"""

# %%
# A row through the network
# -------------------------
#
# Here is the network once more, before any training. For its second row, 0, 1, 1, this is what a
# reader would compute on paper:

import glassnet as gn

X = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
y = [0, 1, 1, 0]
network = gn.Network(
    [3, 4, 1],
    activation="sigmoid",
    output="sigmoid",
    loss="sum_of_squares",
    bias=False,
)
start = gn.initialize(network, "uniform", seed=1)

print(gn.explain((network, start), X, rows=1, y=y))

# %%
# With ``backward=True`` it goes on: from the loss back through each layer, the factors of the chain
# rule by name, every gradient, and what one step makes of every weight. In a notebook, and here, an
# explanation is a page to click through. Point at a number, and what it was made from lights up:

gn.explain((network, start), X, rows=1, y=y, backward=True)

# %%
# Nothing is rounded underneath. Every number has a name, and its full precision:

step = gn.explain((network, start), X, rows=1, y=y, backward=True)
print("z of hidden node 1:", step["r2.z1.1"].value)
print("its activation:    ", step["r2.a1.1"].value)

# %%
# A table of your own
# -------------------
#
# Tables hold more than zeros and ones: text, large numbers, missing cells. `train_table` takes care
# of that, and says how. These are 344 penguins of three species; some of their cells are missing.

penguins = "../data/penguins.csv"
ignored = ["island", "year"]
model = gn.train_table(penguins, "species", members=1, hidden=6, ignore=ignored)
print(model.shape)
for column in model.encoding.inputs:
    print(f"{column.name}: {column}")

# %%
# A fifth of the rows was held out; on these rows it scored as follows, before it was trained once
# more, on all rows:

for name, score in model.scores["species"].items():
    print(f"{name}: {score:.3f}")

# %%
# Here it is, with the names of its columns and classes:

gn.NetworkDisplay.from_model(model)

# %%
# And here is the arithmetic for the first penguin, from the cells of the table to the species. The
# bill length in millimetres is centred, scaled and bent a little so that no outlier runs away; then
# it goes the way of every number above.

gn.explain(model, penguins, rows=0)

# %%
# Where to go from here
# ---------------------
#
# * :doc:`/how_to/index` has a page for each thing you may want to do next.
# * :doc:`/derivation` has every equation, for all activations, losses and optimizers.
# * On a terminal: ``glassnet train your_table.csv --target your_column``.
