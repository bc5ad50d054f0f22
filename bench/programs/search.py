"""A search for alpha: scikit-learn's user guide advises it for its networks, in this range, on
scaled columns.
"""

import json
from time import perf_counter

import numpy as np
from sklearn.datasets import load_iris
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_iris(return_X_y=True)
network = make_pipeline(StandardScaler(), MLPClassifier(random_state=1, max_iter=300))
search = GridSearchCV(
    network, {"mlpclassifier__alpha": 10.0 ** -np.arange(1, 7)}, scoring="neg_log_loss", cv=5
)

began = perf_counter()
search.fit(X, y)
fit_ms = 1000 * (perf_counter() - began)

found = [search.best_params_["mlpclassifier__alpha"], *search.cv_results_["mean_test_score"]]
print(json.dumps({"fit_ms": fit_ms, "loss": log_loss(y, search.predict_proba(X)), "found": found}))
