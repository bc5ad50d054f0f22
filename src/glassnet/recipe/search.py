"""Which settings the rows ask for: a few are tried on the folds, and the rows left out decide.

The plain defaults come first; each alternative changes one setting of the best so far. It is
trained on the first fold alone, and on the others only where it is not clearly worse there. It
takes the place of the best where it is better by more than chance would make it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.models.record import Tried
from glassnet.recipe.defaults import DECAYING_OPTIMIZERS, PLAIN_BINS
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.training.run import Run

MOST_ROWS = 5000  # that a member trains on; of more, the plain settings are hardly ever beaten
WEAKER_DECAY = 0.1  # times the plain one
CERTAIN = 1.0  # standard errors that an alternative must be better by


@dataclass(frozen=True, eq=False)
class Trial:
    """Settings, and what training by them gave.

    Parameters
    ----------
    options : ResolvedOptions
        The settings.
    runs : list of Run
        One a member.
    left_out : OutOfFold or None
        What the members give for the rows that they were not trained on.
    tried : tuple of Tried
        What was tried before these settings were kept.
    """

    options: ResolvedOptions
    runs: list[Run]
    left_out: OutOfFold | None
    tried: tuple[Tried, ...] = ()


def alternatives(options: Options, plain: ResolvedOptions) -> Iterator[dict[str, Any]]:
    """Settings that may suit the rows better than the plain ones; what was asked for stays."""
    if options.bins is None and not options.affine:
        yield {"bins": 0 if plain.bins else PLAIN_BINS}
    if options.decay is None and options.optimizer in DECAYING_OPTIMIZERS:
        yield {"decay": WEAKER_DECAY * plain.decay}


def bins_to_try(options: Options, plain: ResolvedOptions, train_rows: int) -> list[int]:
    """The numbers of bins that rows must be encoded with, the plain one first."""
    tried = alternatives(options, plain) if train_rows <= MOST_ROWS else ()
    return [plain.bins, *(change["bins"] for change in tried if "bins" in change)]


def choose_settings(training: FoldTraining, options: Options, plain: ResolvedOptions) -> Trial:
    """Train by the plain settings and by the alternatives; gives the best.

    Raises KeyboardInterrupt where it came before anything was learnt. Later it ends the trying:
    what is best by then is kept, its first run marked as interrupted.
    """
    members = range(len(training.splits))
    runs = training.train(plain, members)
    best = Trial(plain, runs, training.predict_left_out(plain, runs, members))
    train_rows = min(len(split.train) for split in training.splits)
    stopped = any(run.ended == "interrupted" for run in runs)
    if best.left_out is None or stopped or train_rows > MOST_ROWS:
        return best
    losses = best.left_out.losses(training.network(plain))
    tried = [
        Tried({}, weighted_mean(losses, best.left_out.weights), 0.0, 0.0, len(runs), kept=True)
    ]
    try:
        for change in alternatives(options, plain):
            if change.get("bins", plain.bins) in training.rows:
                best = _raced(training, best, change, tried)
    except KeyboardInterrupt:
        best = replace(best, runs=interrupted(best.runs))
    return replace(best, tried=tuple(tried))


def _raced(
    training: FoldTraining, best: Trial, change: dict[str, Any], tried: list[Tried]
) -> Trial:
    """The best of the best so far and an alternative, whose fate is added to `tried`."""
    options = replace(best.options, **change)
    members = range(len(training.splits))
    runs: list[Run] = []
    trial, outcome = best, None
    for stage in (members[:1], members[1:]):
        if outcome is not None and not outcome.better_by > -outcome.standard_error:
            break
        if len(stage):
            runs += whole(training.train(options, stage))
            trial = Trial(
                options, runs, training.predict_left_out(options, runs, members[: len(runs)])
            )
            outcome = compared(training, best, trial, change)
    assert outcome is not None
    kept = len(runs) == len(members) and outcome.better_by > CERTAIN * outcome.standard_error
    tried.append(replace(outcome, kept=kept))
    return trial if kept else best


def train_trial(training: FoldTraining, options: ResolvedOptions, members: Sequence[int]) -> Trial:
    """A trial of these members. Raises KeyboardInterrupt where it ended one of them."""
    runs = whole(training.train(options, members))
    return Trial(options, runs, training.predict_left_out(options, runs, members))


def whole(runs: list[Run]) -> list[Run]:
    """The runs. Raises KeyboardInterrupt where it ended one of them."""
    if any(run.ended == "interrupted" for run in runs):
        raise KeyboardInterrupt
    return runs


def compared(training: FoldTraining, best: Trial, trial: Trial, change: dict[str, Any]) -> Tried:
    """An alternative beside the best so far, on the rows of which both are known."""
    assert trial.left_out is not None
    assert best.left_out is not None
    network = training.network(trial.options)
    losses, weights = trial.left_out.losses(network), trial.left_out.weights
    others = best.left_out.take(np.isin(best.left_out.row, trial.left_out.row)).losses(network)
    by, error = mean_and_error(others - losses, weights)
    return Tried(change, weighted_mean(losses, weights), by, error, len(trial.runs), kept=False)


def mean_and_error(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """The weighted mean and its standard error."""
    mean = weighted_mean(values, weights)
    spread = np.sqrt(weighted_mean((values - mean) ** 2, weights))
    return mean, float(spread / np.sqrt(len(values)))


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> float:
    """The weighted mean; NaN where it is no finite number."""
    mean = float(np.average(values, weights=weights))
    return mean if np.isfinite(mean) else float("nan")


def interrupted(runs: Sequence[Run]) -> list[Run]:
    """The runs, the first of which says that Ctrl-C ended the training."""
    return [replace(runs[0], ended="interrupted"), *runs[1:]]
