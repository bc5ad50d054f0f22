"""Between scikit-learn's words and ours: a loss, optimizers, endings.

Also the starting weights that `init` may name. Names of activations and losses are in
`models/sklearn_names.py`. Nothing is trained here.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.core.losses import Loss, find_loss
from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.core.optimizers import AdamEpsilonHat, Momentum, Nesterov, Optimizer, Rprop
from glassnet.errors import GlassnetError
from glassnet.models.model import Model
from glassnet.models.sklearn_names import loss_names, our_loss
from glassnet.settings import check_name
from glassnet.training.endings import CUT_SHORT, ENDINGS

SOLVERS = ("lbfgs", "sgd", "adam", "lm", "rprop")
RATES = ("constant", "invscaling", "adaptive")
"""scikit-learn's learning rates; the last two are for sgd only."""
PLANNED = "planned"
"""The ending of a run whose learning rate was planned for exactly so many epochs."""
DIAGNOSES = {
    **ENDINGS,
    "": (
        "all {max_iter} iterations were used, and the loss had not settled to within tol={tol:g}: "
        "raise max_iter"
    ),
    PLANNED: "went through its {max_iter} epochs, as the schedule of its learning rate wants",
    "early": "ended: for {n_iter_no_change} epochs none was better by more than tol={tol:g}",
    "diverged": (
        "diverged: the loss grew to more than a million times what it was at the start "
        "({message}); the best weights before that are kept. Scale the columns and the targets to "
        "about the size of 1, or lower learning_rate_init"
    ),
    "not_finite": (
        "ended: the loss became NaN or infinite ({message}); the best weights before that are "
        "kept. Scale the columns to about the size of 1, or lower learning_rate_init"
    ),
    "failed": (
        "the solver gave up ({message}); its best weights are kept. Scale the columns to about "
        "the size of 1, or try another solver"
    ),
}
"""`ENDINGS` in scikit-learn's words: why a fit ended."""
WARNED = ("", *CUT_SHORT)
"""The endings that are also a ConvergenceWarning."""


def translate_loss(given: str | Loss, output: str | None, outputs: int) -> Loss:
    """A loss by scikit-learn's name or ours.

    Parameters
    ----------
    given : str or Loss
        The name, with a setting after a colon where the loss has one.
    output : str, optional
        The activation of a classifier's outputs; None for a regressor.
    outputs : int
        K.
    """
    if isinstance(given, Loss):
        return given
    name, _, _ = given.partition(":")
    check_name("loss", name, loss_names(output))
    loss = find_loss(our_loss(given, output))
    if name == "poisson" and outputs > 1:
        return replace(loss, reduction="mean_rows")  # scikit-learn adds the outputs
    return loss


def translate_optimizer(estimator: Any) -> Optimizer:
    """The optimizer of a solver that goes by epochs."""
    if isinstance(estimator.solver, Optimizer):
        return estimator.solver
    if estimator.solver == "adam":
        return AdamEpsilonHat(
            estimator.learning_rate_init, estimator.beta_1, estimator.beta_2, estimator.epsilon
        )
    if estimator.solver == "rprop":
        return Rprop(estimator.learning_rate_init)
    kind = Nesterov if estimator.nesterovs_momentum else Momentum
    return kind(estimator.learning_rate_init, estimator.momentum)


def given_start(init: Any, network: Network, dtype: np.dtype) -> Parameters:
    """Copies of the starting weights that `init` holds.

    Parameters
    ----------
    init : Parameters, tuple, Model or estimator
        `Parameters`, a pair (coefs, intercepts), a Model, or a fitted estimator.
    network : Network
        Which they must fit.
    dtype : dtype
        Of the copies.

    Raises
    ------
    GlassnetError
        On anything else, and on shapes that do not fit.
    """
    if isinstance(init, Model):
        weights, biases = init.joined().parameters
    elif hasattr(init, "coefs_"):
        weights, biases = init.coefs_, init.intercepts_
    elif isinstance(init, (tuple, list)) and len(init) == 2:
        weights, biases = init
    else:
        raise GlassnetError(
            "init must be (coefs, intercepts), a Model or a fitted estimator, "
            f"got {type(init).__name__}"
        )
    parameters = Parameters(
        tuple(np.array(w, dtype) for w in weights),
        tuple(np.array(b, dtype) for b in biases),
    )
    check_shapes(network, parameters)
    return parameters
