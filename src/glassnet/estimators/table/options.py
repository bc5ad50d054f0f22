"""The parameters of the table estimators as options. Messages that name them: `wording.py`."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from glassnet.estimators.translate import ACTIVATION_NAMES, CLASSIFIER_LOSSES, LOSS_NAMES
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
    given["activation"] = _activation(estimator.activation)
    given["loss"] = _loss(estimator.loss, task)
    if isinstance(estimator.batch_size, str) and estimator.batch_size == "auto":
        given["batch_size"] = None
    given["seed"] = _seed(estimator.random_state)
    given["missing"] = options_from({"missing": estimator.missing}).missing
    class_weight = getattr(estimator, "class_weight", None)  # a regressor has none
    return Options(**given, holdout=0.0, categories=categories, class_weight=class_weight)


def _sizes(hidden_layer_sizes: Any) -> Any:
    """One size or several as a tuple; anything else as it is."""
    if isinstance(hidden_layer_sizes, (int, list, tuple, np.ndarray, np.integer)):
        return tuple(np.atleast_1d(hidden_layer_sizes).tolist())
    return hidden_layer_sizes


def _activation(activation: Any) -> Any:
    """One name or several, as glassnet names them; unknown ones as they are."""
    if isinstance(activation, str):
        return ACTIVATION_NAMES.get(activation, activation)
    if isinstance(activation, (list, tuple)):
        return tuple(ACTIVATION_NAMES.get(name, name) for name in activation)
    return activation


def _loss(loss: Any, task: Task) -> Any:
    """A loss, as glassnet names it, with its setting if it has one; an unknown one as it is."""
    if not isinstance(loss, str):
        return loss
    output, _ = OUTPUT_AND_LOSS[task]
    names = {**LOSS_NAMES, **CLASSIFIER_LOSSES.get(output, {})}
    name, colon, setting = loss.partition(":")
    return names.get(name, name) + colon + setting


def _seed(random_state: Any) -> int:
    """The seed that an int is, or that a random state draws."""
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return check_random_state(random_state).randint(2**31 - 1)
