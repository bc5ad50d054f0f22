"""FitState: where a fit stands after a call, and what it has measured so far.

`partial_fit` and `warm_start` go on from one. It is data alone: how a call of fit comes from one
to the next is in `fitting.py`, scikit-learn's attributes are made of it in `base.py`.
"""

from dataclasses import dataclass, field
from math import inf, nan

import numpy as np

from glassnet.core.network import Parameters
from glassnet.core.optimizers import OptimizerState
from glassnet.training.history import History

History_ = dict[str, np.ndarray]
"""Columns of one length, an entry an epoch: what estimators publish as `history_`."""


@dataclass(frozen=True)
class FitState:
    """Where a fit stands, after whole epochs (or iterations of a full-batch solver).

    Parameters
    ----------
    parameters : Parameters
        Those that are kept.
    optimizer : OptimizerState, optional
        What the optimizer remembers; None: it begins anew.
    learning_rate : float
        That of the last iteration.
    rows_seen, iterations, epochs : int
        Counted over all calls.
    earlier_epochs : int
        How many of the epochs came before the last call.
    waited : int
        Epochs in a row that were not better than the best by `tol`.
    start_loss, best_loss, last_loss : float
        The loss before the first update, the lowest of an epoch, and that of the last.
    best_score : float
        The highest score on the validation rows, where it decides.
    best_scored : Parameters, optional
        Those of that score.
    best_epoch : int
        The epoch that left `parameters`.
    scores : tuple of float
        The score of each epoch, where it decides.
    history : dict of array
        See `epoch_table`.
    ended, message : str
        How the last call ended, a name of `ENDINGS`, and what more there is to say of it.
    """

    parameters: Parameters
    optimizer: OptimizerState | None = None
    learning_rate: float = nan
    rows_seen: int = 0
    iterations: int = 0
    epochs: int = 0
    earlier_epochs: int = 0
    waited: int = 0
    start_loss: float | None = None
    best_loss: float = inf
    last_loss: float = nan
    best_score: float = -inf
    best_scored: Parameters | None = None
    best_epoch: int = 0
    scores: tuple[float, ...] = ()
    history: History_ = field(default_factory=dict)
    ended: str = ""
    message: str = ""


def epoch_table(history: History, before: FitState) -> History_:
    """What each epoch of a call measured, its epochs and iterations counted over all calls."""
    last = history.last_iterations
    return {
        "epoch": before.epochs + np.arange(1, len(last) + 1),
        "iteration": before.iterations + last,
        "loss": history.loss,
        "penalty": history.penalty,
        "learning_rate": history.learning_rate[last - 1],
        "gradient_norm": history.gradient_norm,
    }


def joined(before: History_, after: History_) -> History_:
    """The rows of one table, then those of the other; NaN where one lacks a column."""
    if not before:
        return after
    names = dict.fromkeys([*before, *after])
    return {name: np.concatenate([_column(before, name), _column(after, name)]) for name in names}


def _column(table: History_, name: str) -> np.ndarray:
    return table.get(name, np.full(len(table["epoch"]), np.nan))


def padded(values: list[float], length: int) -> np.ndarray:
    """Some numbers, then NaN for those that Ctrl-C came before."""
    return np.array([*values, *[np.nan] * (length - len(values))])
