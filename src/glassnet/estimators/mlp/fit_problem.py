"""What a run of a fit trains: the rows and an estimator's settings as a training `Problem`.

How it is run is in `fitting.py`.
"""

import warnings
from math import isinf
from typing import Any, Literal, NamedTuple

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight

from glassnet.core.network import Network, Parameters
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.estimators.mlp.translate import RATES, translate_optimizer
from glassnet.training.checks import (
    checked_dropout,
    checked_penalty,
    checked_problem,
    checked_start,
)
from glassnet.training.options import TrainingOptions
from glassnet.training.problem import Data, Problem, as_dtype
from glassnet.training.schedules import Floats

FULL_BATCH_SOLVERS = ("lbfgs", "lm")
"""Those that do not go by epochs."""
LARGEST_AUTO_BATCH = 200  # rows of a batch where batch_size is "auto"
LARGEST_SEED = 2**31  # of dropout, when it is drawn


class Labelled(NamedTuple):
    """Rows as the network sees them (x, targets and weights), and their y as the user gave it."""

    data: Data
    labels: np.ndarray

    def take(self, rows: np.ndarray) -> "Labelled":
        """Only these rows."""
        x, y, w = self.data
        return Labelled(Data(x[rows], y[rows], None if w is None else w[rows]), self.labels[rows])


def by_epochs(estimator: Any) -> bool:
    """Whether an estimator's solver goes by epochs."""
    return estimator.solver not in FULL_BATCH_SOLVERS


def check_by_epochs(estimator: Any) -> Literal[True]:
    """True where an estimator's solver goes by epochs, as partial_fit does; else AttributeError."""
    if not by_epochs(estimator):
        raise AttributeError(
            f"partial_fit goes by epochs, and solver '{estimator.solver}' does not: "
            "use 'adam', 'sgd' or 'rprop'"
        )
    return True


def problem_of(
    estimator: Any,
    network: Network,
    rows: Labelled,
    parameters: Parameters,
    random: np.random.RandomState,
    *,
    score_decides: bool,
) -> tuple[Problem, Parameters]:
    """The training rows with all that an estimator's settings say of them.

    Parameters
    ----------
    estimator : BaseMLP
        Whose settings count.
    network : Network
        What is trained.
    rows : Labelled
        The training rows.
    parameters : Parameters
        Where the run starts.
    random : RandomState
        Gives the seed of dropout, where there is any.
    score_decides : bool
        Whether a score on validation rows says when to stop, and not the loss.

    Returns
    -------
    problem : Problem
    start : Parameters
        The parameters in the solver's dtype, masked.

    Raises
    ------
    GlassnetError
        On settings that do not fit the network or the solver.
    """
    x, y, _ = rows.data
    sample_weight = training_weights(estimator, rows)
    total = float(len(x) if sample_weight is None else sample_weight.sum())
    dtype = x.dtype
    if not by_epochs(estimator):
        _check_full_batch(estimator)
        dtype = np.float64
    masks = () if estimator.weight_masks is None else estimator.weight_masks
    start, weight_masks = checked_start(network, as_dtype(parameters, dtype), masks)
    schedule = estimator.learning_rate
    options = TrainingOptions(
        optimizer=translate_optimizer(estimator),
        epochs=estimator.max_iter,
        batch_size=_batch_size(estimator, len(x)),
        schedule="constant" if schedule in RATES else schedule,
        patience=None if score_decides else _patience(estimator),
        min_delta=float(estimator.tol),
        seed=int(random.randint(LARGEST_SEED)) if np.any(estimator.dropout) else 0,
        penalty=checked_penalty(Penalty(estimator.alpha / total, estimator.l1 / total)),
        dropout=checked_dropout(network, estimator.dropout),
        weight_masks=weight_masks,
        clip=estimator.clip_norm,
        n_jobs=estimator.n_jobs,
        measure_gradient=True,
    )
    targets = _smoothed(estimator, network, y)
    return checked_problem(network, start, x, targets, options, sample_weight), start


def training_weights(estimator: Any, rows: Labelled) -> Floats | None:
    """What each training row counts, N: its sample weight times that of its class."""
    sample_weight = rows.data.sample_weight
    class_weight = getattr(estimator, "class_weight", None)
    if class_weight is None:
        return sample_weight
    by_class = compute_sample_weight(class_weight, rows.labels).astype(rows.data.x.dtype)
    return by_class if sample_weight is None else sample_weight * by_class


def _patience(estimator: Any) -> int | None:
    """Epochs without a better loss before the end; None: never."""
    allowed = estimator.n_iter_no_change
    return None if isinf(allowed) else int(allowed) + 1


def _batch_size(estimator: Any, rows: int) -> int | None:
    """Rows of an update; None: all."""
    given = estimator.batch_size
    if not by_epochs(estimator) or estimator.solver == "rprop":
        return None
    if given == "auto":
        return min(LARGEST_AUTO_BATCH, rows)
    if given > rows:
        warnings.warn(
            f"batch_size={given} is more than the {rows} rows: each update takes all of them",
            stacklevel=2,
        )
    return int(min(given, rows))


def _smoothed(estimator: Any, network: Network, y: Floats) -> Floats:
    """Targets of classes with a fraction of each spread evenly over all classes."""
    fraction = getattr(estimator, "label_smoothing", 0.0)
    if not fraction:
        return y
    classes = y.shape[1] if network.output.name == "softmax" else 2
    return (1 - fraction) * y + fraction / classes


def _check_full_batch(estimator: Any) -> None:
    """Raises GlassnetError where an option is given that means nothing to such a solver."""
    given = {
        "dropout": np.any(estimator.dropout),
        "clip_norm": estimator.clip_norm is not None,
    }
    for option, is_given in given.items():
        if is_given:
            raise GlassnetError(
                f"{option} does not go with solver '{estimator.solver}': "
                "use 'adam', 'sgd' or 'rprop', or leave it out"
            )
