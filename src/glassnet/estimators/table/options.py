"""scikit-learn's parameters of the table estimators as the options of a table's training."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from glassnet.estimators.translate import ACTIVATION_NAMES, CLASSIFIER_LOSSES, LOSS_NAMES
from glassnet.recipe.defaults import OUTPUT_AND_LOSS
from glassnet.recipe.options import SKLEARN_NAMES, Options
from glassnet.tables.targets import Task

OPTION_OF = {
    parameter: option
    for option, parameter in SKLEARN_NAMES.items()
    if option not in ("seed", "categories")
}
"""scikit-learn's word -> the option of `glassnet train`, but for the two that are read otherwise."""


def options_of(estimator: Any, task: Task, categories: tuple[str, ...]) -> Options:
    """The parameters as options of `glassnet train`."""
    given = {option: getattr(estimator, parameter) for parameter, option in OPTION_OF.items()}
    if isinstance(estimator.hidden_layer_sizes, (int, list, tuple, np.ndarray, np.integer)):
        given["hidden"] = tuple(np.atleast_1d(estimator.hidden_layer_sizes).tolist())
    if isinstance(estimator.activation, (str, list, tuple)):
        names = (
            [estimator.activation]
            if isinstance(estimator.activation, str)
            else estimator.activation
        )
        ours = tuple(ACTIVATION_NAMES.get(name, name) for name in names)
        given["activation"] = ours[0] if isinstance(estimator.activation, str) else ours
    if isinstance(estimator.loss, str):
        losses = {**LOSS_NAMES, **CLASSIFIER_LOSSES.get(OUTPUT_AND_LOSS[task][0], {})}
        name, colon, setting = estimator.loss.partition(":")
        given["loss"] = losses.get(name, name) + colon + setting
    given["batch_size"] = (
        None
        if isinstance(estimator.batch_size, str) and estimator.batch_size == "auto"
        else estimator.batch_size
    )
    if isinstance(estimator.random_state, (int, np.integer)):
        seed = int(estimator.random_state)
    else:
        seed = check_random_state(estimator.random_state).randint(2**31 - 1)
    return Options(**given, seed=seed, holdout=0.0, categories=categories)
