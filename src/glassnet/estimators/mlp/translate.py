"""scikit-learn's words in ours: activations, losses, optimizers, schedules, starting weights. Nothing is trained here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.core.activations import Activation
from glassnet.core.losses import LOSSES, Loss, find_loss
from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.core.optimizers import AdamEpsilonHat, Momentum, Nesterov, Optimizer, Rprop
from glassnet.errors import GlassnetError, unknown_name
from glassnet.estimators.translate import ACTIVATION_NAMES, CLASSIFIER_LOSSES, LOSS_NAMES
from glassnet.models.model import Model
from glassnet.training.plan import Plan
from glassnet.training.problem import Floats, Problem

OUTPUT_NAMES = {"sigmoid": "logistic", "exponential": "exp"}
"""What scikit-learn calls an output activation, where it has another word."""
SOLVERS = ("lbfgs", "sgd", "adam", "lm", "rprop")
RATES = ("constant", "invscaling", "adaptive")
"""scikit-learn's learning rates; the last two are for sgd only."""


def activation_of(given: Any) -> Any:
    """An activation, or a list of them, by scikit-learn's names or ours."""
    if isinstance(given, Activation):
        return given
    if isinstance(given, str):
        if given not in ACTIVATION_NAMES:
            raise unknown_name("activation", given, ACTIVATION_NAMES)
        return ACTIVATION_NAMES[given]
    return [activation_of(each) for each in given]


def loss_of(given: str | Loss, output: str | None, outputs: int) -> Loss:
    """A loss by scikit-learn's name or ours; `output` is the activation of a classifier's outputs, None for a regressor."""
    if isinstance(given, Loss):
        return given
    name, colon, setting = given.partition(":")
    known = {
        **LOSS_NAMES,
        **{each: each for each in LOSSES},
        **CLASSIFIER_LOSSES.get(output or "", {}),
    }
    if name not in known:
        raise unknown_name("loss", name, known)
    loss = find_loss(known[name] + colon + setting)
    return (
        replace(loss, reduction="mean_rows") if name == "poisson" and outputs > 1 else loss
    )  # scikit-learn adds the outputs


def optimizer_of(estimator: Any) -> Optimizer:
    """The optimizer of a solver that goes by epochs."""
    if isinstance(estimator.solver, Optimizer):
        return estimator.solver
    if estimator.solver == "adam":
        return AdamEpsilonHat(
            estimator.learning_rate_init, estimator.beta_1, estimator.beta_2, estimator.epsilon
        )
    if estimator.solver == "rprop":
        return Rprop(estimator.learning_rate_init)
    return (Nesterov if estimator.nesterovs_momentum else Momentum)(
        estimator.learning_rate_init, estimator.momentum
    )


def is_adaptive(estimator: Any) -> bool:
    """Whether the learning rate goes by the loss."""
    return estimator.solver == "sgd" and estimator.learning_rate == "adaptive"


def rates_of(
    estimator: Any, problem: Problem, course: Any, epochs_before: int
) -> Callable[[int, int], Floats]:
    """(first epoch, how many) -> the learning rate of each of their iterations, epochs x batches.

    `course` knows the rows seen and the present rate; `epochs_before` counts those of earlier calls of partial_fit.
    """
    start, batches, last = problem.optimizer.learning_rate, problem.batches, estimator.max_iter
    plan = Plan(
        last, schedule="constant" if estimator.learning_rate in RATES else estimator.learning_rate
    )
    fresh = course.optimizer is None

    def constant(_: int, epochs: int) -> Floats:
        return np.full((epochs, batches), course.rate)

    def inverse(first: int, epochs: int) -> Floats:
        seen = course.rows_seen + len(problem.data.x) * np.arange(epochs)
        rates = start / (seen + 1.0) ** estimator.power_t
        if fresh and first == 0:
            rates[0] = start
        return np.repeat(rates[:, None], batches, axis=1)

    def scheduled(first: int, epochs: int) -> Floats:
        return plan.rates(start, batches, min(epochs_before + first, last - epochs), epochs)

    if estimator.learning_rate == "invscaling" and estimator.solver == "sgd":
        return inverse
    return constant if estimator.learning_rate in RATES else scheduled


def given_start(init: Any, network: Network, dtype: np.dtype) -> Parameters:
    """Starting weights from `Parameters`, (coefs, intercepts), a Model, or a fitted estimator. Raises GlassnetError."""
    if isinstance(init, Model):
        found = init.parameters
    elif hasattr(init, "coefs_"):
        found = Parameters(tuple(init.coefs_), tuple(init.intercepts_))
    elif isinstance(init, (tuple, list)) and len(init) == 2:
        found = Parameters(*(tuple(np.asarray(array) for array in arrays) for arrays in init))
    else:
        raise GlassnetError(
            f"init must be (coefs, intercepts), a Model or a fitted estimator, got {type(init).__name__}"
        )
    parameters = Parameters(
        *(tuple(np.array(array, dtype) for array in arrays) for arrays in found)
    )
    check_shapes(network, parameters)
    return parameters
