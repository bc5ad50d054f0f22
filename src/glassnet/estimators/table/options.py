"""scikit-learn's parameters of the table estimators as the options of `glassnet train`, and its messages in their words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from glassnet.errors import GlassnetError
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
PARAMETER_OF = SKLEARN_NAMES
SAID = re.compile(
    rf"^((?:\w+: )?(?:unknown )?)({'|'.join(PARAMETER_OF)})(?= must | ')|--(loss|task)\b"
)
"""Where a message names an option: at its beginning, or as the command line's."""


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


@contextmanager
def in_scikit_learns_words() -> Iterator[None]:
    """Errors name scikit-learn's parameters instead of the options of `glassnet train`."""
    try:
        yield
    except GlassnetError as error:
        said = SAID.sub(lambda m: m[3] or m[1] + PARAMETER_OF[m[2]], str(error))
        raise GlassnetError(said) from None
