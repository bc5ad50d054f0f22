"""
Pictures of a training and its predictions
==========================================

How the loss went, how far predictions are from the truth, which classes are taken for which. Every
picture is made by ``from_model`` from a model and a table, or by ``from_estimator`` from a fitted
estimator with X and y, and its numbers are attributes.
"""

# %%
# Two models to look at, one of numbers and one of classes. Each table is split first, so that the
# pictures are of rows that the models have not seen.

import matplotlib.pyplot as plt
import polars as pl

import glassnet as gn

cars = pl.read_csv("../data/cars.csv", try_parse_dates=True)
cars = cars.sample(fraction=1, shuffle=True, seed=1)
tumours = pl.read_csv("../data/breast_cancer.csv")
tumours = tumours.sample(fraction=1, shuffle=True, seed=1)

regression = gn.train_table(cars[100:], target="miles_per_gallon", holdout=0, epochs=60)
classification = gn.train_table(tumours[150:], target="diagnosis", holdout=0, epochs=30)

# %%
# The loss
# --------
#
# The mean over the four networks that were trained and joined. Each was judged by the rows that it
# was not shown, and has its own best epoch.

curve = gn.LossCurveDisplay.from_model(classification)
curve.ax_.set_title("The loss of four networks, and the best epoch of each", loc="left")

# %%
# Numbers
# -------
#
# Predicted against actual; what was missed, against what was predicted; and how often by how much.

errors = gn.RegressionDisplay.from_model(regression, cars[:100])
print({name: round(score, 3) for name, score in errors.scores.items()})

# %%
# The same for the rows trained on and those kept back, side by side: points that lie wider around
# the line on the right have in part been learnt by heart on the left.

parts = {"trained on": range(100, len(cars)), "not seen": range(100)}
gn.FitDisplay.from_model(regression, cars, parts=parts)

# %%
# Why a row is predicted as it is: from the prediction for the average row to this one, column by
# column.

gn.ContributionsDisplay.from_model(regression, cars, row=16)

# %%
# What becomes of each row as one column changes, the row's other cells as they are. The thick line
# is the mean; the band says how far the networks differ, strokes at the foot where the data are.

gn.IceDisplay.from_model(regression, cars, column="weight_lbs")

# %%
# Classes
# -------
#
# Rows are the true classes, columns the predicted ones.

confusion = gn.ConfusionMatrixDisplay.from_model(classification, tumours[:150])
print(f"accuracy {confusion.accuracy:.3f}, balanced {confusion.balanced_accuracy:.3f}")

# %%
# How many of a class are found, against how many others are taken for it, at every threshold:

gn.RocCurveDisplay.from_model(classification, tumours[:150])

# %%
# How many of those taken for a class are of it, against how many of the class are found. The dot is
# the model with its threshold, the dotted line who takes every row for the class.

gn.PrecisionRecallDisplay.from_model(classification, tumours[:150])

# %%
# Whether a probability is what it says: of the rows for which nine in ten was predicted, are nine
# in ten of that class? The bars say how sure each fraction is; bins of fewer than 10 rows are
# faint.

gn.CalibrationDisplay.from_model(classification, tumours[:150], n_bins=5)

# %%
# Your own axes, your own file
# ----------------------------
#
# Every picture takes axes in ``ax=`` and leaves those it drew on, so it goes into any figure of
# matplotlib's.

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
figure.suptitle("Two pictures in one figure")
gn.ConfusionMatrixDisplay.from_model(classification, tumours[:150], ax=left)
gn.RocCurveDisplay.from_model(classification, tumours[:150], ax=right)
