"""
Train on a table, and predict
=============================

From a file to a model, from the model to predictions and back to a file. The table holds what
tables hold: numbers, text, dates, missing cells. Nothing needs to be prepared.
"""

# %%
# Train
# -----
#
# Name the table and the column to predict. A path will do, of CSV, TSV, Parquet, Arrow, Excel or
# JSON lines, and so will a pandas, Polars or PyArrow frame, or a dict of columns.

# sphinx_gallery_thumbnail_path = 'reference/drawn/importance.png'

import tempfile
from pathlib import Path

import polars as pl

import glassnet as gn

cars = pl.read_csv("../data/cars.csv", null_values="", try_parse_dates=True)
cars.head(3)

# %%
# The car's year is a date, its origin a category, and some horsepowers are missing. (``members=1``
# and ``epochs`` are here so that this page is made in a second; leave them out.)

model = gn.train_table(cars, target="miles_per_gallon", members=1, epochs=60)
print(model.shape)

# %%
# What became of each column is never a secret. Numbers are centred on their median and scaled;
# categories get a column each; where cells are missing, a further column says so.

for column in model.encoding.inputs:
    print(f"{column.name}: {column}")

# %%
# How good is it?
# ---------------
#
# A fifth of the rows was held out for the scores. After them the network is trained once more, with
# the same settings, on all rows (``refit=False`` leaves that out). Before that, on the rows it had
# never seen:

for name, score in model.scores["miles_per_gallon"].items():
    print(f"{name}: {score:.3f}")

# %%
# Predict
# -------
#
# New rows need the columns by name, in any order; others are ignored. Missing cells and categories
# that were not seen in training are fine.

new_rows = cars.drop("miles_per_gallon").head(4)
print(model.predict(new_rows).round(1))

# %%
# Classes come as their labels, and `Model.predict_proba` has their probabilities. The sex of a
# penguin was not always noted; rows without it are left out of the training, and can be predicted:

penguins = pl.read_csv("../data/penguins.csv", null_values="NA")
sexes = gn.train_table(penguins, target="sex", members=1, epochs=60)
unknown = penguins.filter(pl.col("sex").is_null()).head(4)
pl.DataFrame(sexes.predict_columns(unknown))

# %%
# Save, and load
# --------------
#
# A model file is safetensors with its structure as JSON. It holds the network, the encoding, the
# scores and the history, and loading it runs no code.

with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder) / "cars.safetensors")
    again = gn.load(Path(folder) / "cars.safetensors")
print("the same predictions:", (again.predict(new_rows) == model.predict(new_rows)).all())

# %%
# Settings
# --------
#
# The defaults were measured on many tables (:doc:`/tables`). Where you know better, say so: the
# same words as the options of ``glassnet train`` (:doc:`/reference/command_line`).

model = gn.train_table(
    cars,
    target="miles_per_gallon",
    members=1,
    hidden=(16, 8),
    activation="tanh",
    loss="huber:0.5",
    categories=["cylinders"],
    ignore=["name"],
    epochs=60,
    seed=3,
)
print(model.shape)
print({name: round(score, 3) for name, score in model.scores["miles_per_gallon"].items()})

# %%
# Numbers that fit on paper
# -------------------------
#
# By default a number is bent a little at its ends, so that no outlier runs away. With
# ``affine=True`` it is only centred and scaled, and `Model.fold` puts both into the weights: then
# the network takes the columns as they are, and a hand calculation needs nothing but its weights.

small = gn.train_table(
    cars,
    target="miles_per_gallon",
    members=1,
    hidden=2,
    ignore=["name", "origin", "model_year", "horsepower"],
    affine=True,
    epochs=60,
)
folded = small.fold()
print(folded.shape)
gap = abs(folded.predict(new_rows) - small.predict(new_rows)).max()
print("the same answers:", gap < 1e-4)
print(folded.parameters.weights[0].round(5))
