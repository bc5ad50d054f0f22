"""
Explain a prediction
====================

Why does the network say that? Because of sums and products, and `explain` writes them down: from
the cell of the table to the answer in the target's own unit. For which columns matter over all
rows, see the page on importance.
"""

# %%
# One row
# -------
#
# Any trained model will do, and any row of a table; rows count from 0 in Python. Shown are the cell
# and each step of its encoding, the sum of each node with every product, the activations, and the
# way back to miles per gallon.

# sphinx_gallery_thumbnail_path = 'reference/drawn/why.png'

import glassnet as gn

cars = "../data/cars.csv"
model = gn.train_table(
    cars,
    target="miles_per_gallon",
    members=1,
    hidden=4,
    ignore=["name", "model_year"],
)

gn.explain(model, cars, rows=0)

# %%
# Where the target is in the table, the row's loss is there too. On a terminal the same comes as
# text, and ``digits`` says how many are shown. The end of it:

explanation = gn.explain(model, cars, rows=0)
print(explanation.text(digits=6)[-900:])

# %%
# Wide networks
# -------------
#
# A layer of 64 nodes fills pages. Unless you say otherwise only those nodes are written out that
# send the most to the next layer, and how many are left out is said. Ask for the ones you want, as
# pairs of layer and node, both from 0; ``"all"`` shows everything.

wide = gn.train_table(cars, target="miles_per_gallon", members=1, epochs=40, ignore=["name"])
text = gn.explain(wide, cars, rows=0, nodes=[(1, 5)]).text()
start = text.index("Layer 2")
print(text[start : start + 700], "...")

# %%
# The way back
# ------------
#
# ``backward=True`` goes on to the delta of each node, with the factors of the chain rule, every
# gradient, and what one step of gradient descent on this row would make of each weight.

text = gn.explain(model, cars, rows=0, backward=True).text()
start = text.index("Back through")
print(text[start : start + 1200], "...")

# %%
# For a lesson, a report, a program
# ---------------------------------
#
# ``markdown()`` writes LaTeX formulas, ``html()`` one page without anything from outside,
# ``to_dict()`` plain data with all digits.

print(explanation.markdown()[:600], "...")
print(list(explanation.to_dict()))

# %%
# From a shell: ``glassnet explain runs/cars new_rows.csv --row 1``, where rows count from 1.
