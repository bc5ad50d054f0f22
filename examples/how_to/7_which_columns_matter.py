"""
Which columns matter
====================

There is no single answer, and each measure can mislead in its own way. Several are here, each after
a publication, and the page of each in the reference says what it can tell and what it cannot. A
model of several networks is measured network by network, so that you see how far they agree.
"""

# %%
# Fuel use of cars, by four networks.

import glassnet as gn

cars = "../data/cars.csv"
target = "miles_per_gallon"
model = gn.train_table(cars, target, hidden=16, ignore=["name"], epochs=100)

# %%
# Shuffle a column
# ----------------
#
# How much worse do predictions get when the cells of one column are shuffled? It looks at what the
# network does, whatever is inside. Two columns that say the same can stand in for each other, and
# then both look less important than they are.

gn.ImportanceDisplay.from_model(model, cars, method="permutation")

# %%
# Read the weights
# ----------------
#
# Olden's measure multiplies the weights along every path from an input to the output and adds the
# products up; it has a sign. It needs no rows, and knows nothing of the bend in between.

gn.ImportanceDisplay.from_model(model, method="olden")

# %%
# The slope in each column
# ------------------------
#
# How much the prediction changes, up or down, when a cell grows by one standard deviation of its
# column; the mean over the rows:

gn.ImportanceDisplay.from_model(model, cars, method="input_gradients")

# %%
# A column through its range
# --------------------------
#
# Lek's profiles: one column goes from its smallest value to its largest, while all others stand at
# their minimum, their quartiles, or their maximum. Where the lines are not parallel, columns act
# together. ``output="Gentoo"`` (``plot lek RUN --output Gentoo``) follows another class.

columns = ["weight_lbs", "horsepower", "displacement", "acceleration"]
gn.LekProfileDisplay.from_model(model, cars, columns=columns)
