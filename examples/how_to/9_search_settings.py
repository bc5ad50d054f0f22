"""
Search settings
===============

Which settings suit a table best, and which of them matter? The same on the command line is
``glassnet search cars.csv --target miles_per_gallon --ignore name``. What everything means is in
:doc:`../searching`.
"""

from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glassnet as gn

# %%
# Settings on folds
# -----------------
#
# Every candidate is trained on the folds of the rows and judged by the rows left out. The first has
# the settings that ``train_table`` would choose.

cars = "../data/cars.csv"
found = gn.search(cars, "miles_per_gallon", candidates=40, ignore="name")
print(found)

# %%
# How far each is behind the best, with the standard error of that over the folds: those that are
# behind by less cannot be told from it.

for rank, one in enumerate(found.leaderboard()[:8], 1):
    print(f"{rank}: {one.candidate}")
    print(f"   behind by {one.behind:.4f}, standard error {one.standard_error:.4f}")

plain = next(one for one in found.leaderboard() if one.candidate.number == 0)
print(f"The plain settings: behind by {plain.behind:.4f}, error {plain.standard_error:.4f}")

# %%
# What mattered
# -------------
#
# The charts stand in the order of how much each setting explains by itself. What luck may explain
# is called so: of these cars the losses of 40 candidates say no more than that many settings are
# as good as each other.

gn.SearchDisplay.from_search(found)

# %%
# Train the best
# --------------
#
# The rows that are held out for the final score had no part in the search.

model = gn.train_table(cars, "miles_per_gallon", **found.options)
print(model.scores["miles_per_gallon"])

# %%
# In scikit-learn's interface
# ---------------------------
#
# ``PopulationSearchCV`` trains the networks of all candidates and folds that have one shape as one
# population. Depth and width are plain numbers; its scores are those of ``GridSearchCV``.

X, y = load_breast_cancer(return_X_y=True)
network = make_pipeline(StandardScaler(), gn.MLPClassifier(max_iter=200, random_state=0))
search = gn.PopulationSearchCV(
    network,
    {
        "mlpclassifier__depth": [1, 2],
        "mlpclassifier__width": [4, 16, 64],
        "mlpclassifier__alpha": [1e-4, 1e-2, 1.0],
        "mlpclassifier__learning_rate_init": [1e-3, 1e-2],
    },
    n_candidates=27,
    strategy="halving",
    scoring="neg_log_loss",
    random_state=0,
).fit(X, y)
print(search.best_params_)
print(f"log loss {-search.best_score_:.4f}")
