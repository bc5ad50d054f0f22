"""scikit-learn's MLPRegressor and MLPClassifier, from a start that is handed over through `coefs_`
and `intercepts_`.

Its squared error is half of it, as ours here; alpha = 0 takes its penalty away. Its Adam adds
epsilon before the correction of the second moment where the paper adds it after: a difference far
below the tolerance.
"""

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from bench.peers import Task, one_by_one
from bench.workloads import Given, final_loss

warnings.simplefilter(
    "ignore", ConvergenceWarning
)  # it went through all its epochs: that is what it is asked to do


def forms(given: Given, _quick: bool) -> list[Task]:
    work = given.workload
    if work.networks > 1:
        return one_by_one(forms, given)
    regression = work.kind == "regression"
    y = given.y.squeeze() if regression else given.y.argmax(axis=1)

    def ready() -> Any:
        settings: dict[str, Any] = {
            "hidden_layer_sizes": work.sizes[1:-1], "batch_size": work.batch,
            "activation": work.activation,
            "max_iter": work.epochs, "shuffle": False, "alpha": 0.0,
            "learning_rate_init": 1e-3, "tol": 0.0,
            "n_iter_no_change": work.epochs, "warm_start": True,
        }  # fmt: skip
        model = (MLPRegressor if regression else MLPClassifier)(**settings)
        few = slice(
            0, work.batch
        )  # one small step makes the attributes that a warm start goes on from
        model.partial_fit(
            given.x[few], y[few], **({} if regression else {"classes": np.arange(work.sizes[-1])})
        )
        model.coefs_, model.intercepts_ = (
            [a.copy() for a in arrays] for arrays in (given.weights, given.biases)
        )
        return model

    def loss(model: Any) -> float:
        return final_loss(given, model.coefs_, model.intercepts_)

    return [Task("fit, warm start", lambda model: model.fit(given.x, y), loss, ready)]
