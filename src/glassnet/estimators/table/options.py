"""The parameters of the table estimators as options. Messages that name them: `wording.py`."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from glassnet.models.sklearn_names import our_activation, our_loss
from glassnet.recipe.defaults import OUTPUT_AND_LOSS
from glassnet.recipe.options import SKLEARN_NAMES, Options, options_from
from glassnet.tables.targets import Task

READ_APART = ("seed", "categories", "missing")
"""Options that are not simply the value of a parameter."""

OPTION_OF = {
    parameter: option for option, parameter in SKLEARN_NAMES.items() if option not in READ_APART
}
"""Parameter -> option."""


def options_of(estimator: Any, task: Task, categories: tuple[str, ...]) -> Options:
    """The parameters of a table estimator as options.

    Parameters
    ----------
    estimator : TableEstimator
        Its parameters are as they were given; `Options` checks them.
    task : str
        What its y is; a classifier's losses have other names by task.
    categories : tuple of str
        The names of the columns to take as categories.
    """
    given = {option: getattr(estimator, parameter) for parameter, option in OPTION_OF.items()}
    given["hidden"] = _sizes(estimator.hidden_layer_sizes)
    given["activation"] = our_activation(estimator.activation)
    given["loss"] = our_loss(estimator.loss, OUTPUT_AND_LOSS[task][0])
    if isinstance(estimator.batch_size, str) and estimator.batch_size == "auto":
        given["batch_size"] = None
    given["seed"] = _seed(estimator.random_state)
    given["missing"] = options_from({"missing": estimator.missing}).missing
    for name in ("class_weight", "threshold"):
        given[name] = getattr(estimator, name, None)  # a regressor has none
    return Options(**given, holdout=0.0, categories=categories)


def _sizes(hidden_layer_sizes: Any) -> Any:
    """One size or several as a tuple; anything else as it is."""
    if isinstance(hidden_layer_sizes, (int, list, tuple, np.ndarray, np.integer)):
        return tuple(np.atleast_1d(hidden_layer_sizes).tolist())
    return hidden_layer_sizes


def _seed(random_state: Any) -> int:
    """The seed that an int is, or that a random state draws."""
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return check_random_state(random_state).randint(2**31 - 1)
