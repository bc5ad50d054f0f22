"""
Use it in scikit-learn's place
==============================

`MLPClassifier` and `MLPRegressor` take the place of scikit-learn's by a change of one import, and
can do what those refuse. They go into pipelines, searches and cross-validation like any estimator.
"""

# %%
# Change one import
# -----------------
#
# The same program, once with scikit-learn's class and once with ours. The same ``random_state``
# draws the same weights and batches, and the coefficients are the same to rounding where
# ``alpha=0``, as here, or each batch is all rows (with lbfgs they are to some six digits):

# sphinx_gallery_thumbnail_path = 'reference/drawn/surface.png'

import numpy as np
import polars as pl
from sklearn import neural_network
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glassnet as gn

X, y = load_breast_cancer(return_X_y=True)
X, X_test, y, y_test = train_test_split(X, y, random_state=0, stratify=y)
scaler = StandardScaler().fit(X)

settings = {
    "hidden_layer_sizes": (8,),
    "alpha": 0.0,
    "max_iter": 1000,
    "learning_rate_init": 0.01,
    "random_state": 0,
}
theirs = neural_network.MLPClassifier(**settings).fit(scaler.transform(X), y)
ours = gn.MLPClassifier(**settings).fit(scaler.transform(X), y)
gap = max(np.abs(a - b).max() for a, b in zip(theirs.coefs_, ours.coefs_, strict=True))
print(f"largest difference of a coefficient: {gap:.1e}")
print(f"epochs: {theirs.n_iter_} and {ours.n_iter_}")

# %%
# With ``alpha`` above 0 and smaller batches ours has one strength of the penalty whatever the
# batch, and scikit-learn's one that grows as batches shrink. :doc:`/estimators` has the few places
# where the numbers differ on purpose.
#
# What scikit-learn's refuse
# --------------------------
#
# Weights of classes, dropout, an activation for each layer, another loss, a schedule, rows of your
# own to judge by: all of it are parameters.

network = gn.MLPClassifier(
    (16, 8),
    activation=["silu", "tanh"],
    loss="focal",
    class_weight="balanced",
    dropout=0.1,
    learning_rate="cosine",
    learning_rate_init=0.01,
    max_iter=60,
    early_stopping=True,
    scoring="loss",
    random_state=0,
)
X_train, X_val, y_train, y_val = train_test_split(scaler.transform(X), y, random_state=0)
network.fit(X_train, y_train, X_val=X_val, y_val=y_val)
print(f"accuracy on new rows: {network.score(scaler.transform(X_test), y_test):.3f}")
print(network.diagnosis_)

# %%
# The course of the fit is there for every solver, one entry an epoch:

print({name: values[-1].round(5) for name, values in network.history_.items()})
curve = gn.LossCurveDisplay.from_estimator(network)
curve.ax_.set_title("A fit with validation rows of its own", loc="left")

# %%
# Pipelines and searches
# ----------------------
#
# Everything in scikit-learn that takes an estimator takes these.

network = gn.MLPClassifier(learning_rate_init=0.01, tol=1e-3, random_state=0)
pipeline = make_pipeline(StandardScaler(), network)
grid = {
    "mlpclassifier__hidden_layer_sizes": [(4,), (16,)],
    "mlpclassifier__alpha": [1e-4, 1.0],
}
search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
print(search.best_params_)
print(f"accuracy on new rows: {search.score(X_test, y_test):.3f}")

# %%
# Raw tables
# ----------
#
# `TableClassifier` and `TableRegressor` take a data frame as it is, with text and missing cells,
# and bring the defaults that `train_table` has. Here the rows of one species count three times:

penguins = pl.read_csv("../data/penguins.csv", null_values="NA")
species = penguins["species"].to_numpy()
weights = np.where(species == "Chinstrap", 3, 1)
table_model = gn.TableClassifier(members=1, max_iter=20, random_state=0)
table_model.fit(penguins.drop("species"), species, sample_weight=weights)
print(table_model.predict(penguins.drop("species").head(3)))

# %%
# `TableEncoder` is its encoding alone, for any other estimator:

encoder = gn.TableEncoder().fit(penguins.drop("species"))
print(encoder.get_feature_names_out())
