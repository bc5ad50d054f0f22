"""Cross-validated scores of a pipeline, as in scikit-learn's guide to cross-validation, with its
network in it.
"""

import json
from time import perf_counter

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True)
network = make_pipeline(StandardScaler(), MLPClassifier(random_state=1, max_iter=300))

began = perf_counter()
scores = cross_val_score(network, X, y, cv=5, scoring="neg_log_loss")
fit_ms = 1000 * (perf_counter() - began)

print(json.dumps({"fit_ms": fit_ms, "loss": -scores.mean(), "found": scores.tolist()}))
