"""Which settings the rows ask for: a few are tried on the folds, and the rows left out decide.

The plain defaults come first; each alternative changes one setting of the best so far. It is
trained on the first fold alone, and on the others only where it is better there. It takes the place
of the best where it is better by more than chance would make it; then the next value in the same
direction is tried. Probabilities are compared after their temperature (`calibrate.py`): too much
certainty can be mended, and says little of settings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.models.record import Tried
from glassnet.recipe.calibrate import calibrated
from glassnet.recipe.defaults import DECAYING_OPTIMIZERS, PLAIN_BINS
from glassnet.recipe.efforts import EFFORTS
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.training.run import Run

MOST_ROWS = 5000  # that a member trains on; of more, the plain settings are hardly ever beaten
WEAKER_DECAY = 0.1  # times the plain one
STRONGER_DECAYS = (3.0, 10.0)  # likewise, where rows are too few to validate epochs
STRONGER_BELOW = 300  # rows that a member trains on
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


def alternatives(
    options: Options, plain: ResolvedOptions, train_rows: int
) -> Iterator[tuple[str, list[Any]]]:
    """A setting and its values, ever further from the plain one; what was asked for stays."""
    if not EFFORTS[options.effort_name].search:
        return
    if options.bins is None and not options.affine:
        yield "bins", [0 if plain.bins else PLAIN_BINS]
    if options.decay is None and options.optimizer in DECAYING_OPTIMIZERS:
        yield "decay", [WEAKER_DECAY * plain.decay]
        if train_rows < STRONGER_BELOW:
            yield "decay", [factor * plain.decay for factor in STRONGER_DECAYS]


def bins_to_try(options: Options, plain: ResolvedOptions, train_rows: int) -> list[int]:
    """The numbers of bins that rows must be encoded with, the plain one first."""
    tried = alternatives(options, plain, train_rows) if train_rows <= MOST_ROWS else ()
    return [plain.bins, *(bins for name, values in tried if name == "bins" for bins in values)]


def choose_settings(training: FoldTraining, options: Options, plain: ResolvedOptions) -> Trial:
    """Train by the plain settings and by the alternatives; gives the best.

    Raises KeyboardInterrupt where it came before anything was learnt. Later it ends the trying:
    what is best by then is kept, its first run marked as interrupted.
    """
    members = range(len(training.splits))
    runs = training.train(plain, members)
    best = trial_of(training, plain, runs)
    train_rows = min(len(split.train) for split in training.splits)
    stopped = any(run.ended == "interrupted" for run in runs)
    if best.left_out is None or stopped or train_rows > MOST_ROWS:
        return best
    losses = _losses(training, plain, best.left_out)
    tried = [
        Tried({}, weighted_mean(losses, best.left_out.weights), 0.0, 0.0, len(runs), kept=True)
    ]
    try:
        for name, values in alternatives(options, plain, train_rows):
            if getattr(best.options, name) == getattr(plain, name):  # not bettered yet
                best = _climbed(training, best, name, values, tried)
    except KeyboardInterrupt:
        best = replace(best, runs=interrupted(best.runs))
    return replace(best, tried=tuple(tried))


def _climbed(
    training: FoldTraining, best: Trial, name: str, values: Sequence[Any], tried: list[Tried]
) -> Trial:
    """The best after values of one setting, each tried only where the one before it was kept."""
    for value in values:
        if name == "bins" and value not in training.rows:
            continue  # the table has no numbers that could be cut into bins
        kept = _raced(training, best, {name: value}, tried)
        if kept is best:
            break
        best = kept
    return best


def _raced(
    training: FoldTraining, best: Trial, change: dict[str, Any], tried: list[Tried]
) -> Trial:
    """The best of the best so far and an alternative, whose fate is added to `tried`."""
    options = replace(best.options, **change)
    members = range(len(training.splits))
    runs: list[Run] = []
    trial, outcome = best, None
    for stage in (members[:1], members[1:]):
        if outcome is not None and not outcome.better_by > 0:
            break
        if len(stage):
            runs += whole(training.train(options, stage))
            trial = trial_of(training, options, runs)
            outcome = compared(training, best, trial, change)
    assert outcome is not None
    kept = len(runs) == len(members) and outcome.better_by > CERTAIN * outcome.standard_error
    tried.append(replace(outcome, kept=kept))
    return trial if kept else best


def train_trial(training: FoldTraining, options: ResolvedOptions, members: Sequence[int]) -> Trial:
    """A trial of these members. Raises KeyboardInterrupt where it ended one of them."""
    return trial_of(training, options, whole(training.train(options, members)))


def trial_of(training: FoldTraining, options: ResolvedOptions, runs: list[Run]) -> Trial:
    """The trial of runs of the first members, with what these give for the rows left out."""
    return Trial(options, runs, training.predict_left_out(options, runs, range(len(runs))))


def whole(runs: list[Run]) -> list[Run]:
    """The runs. Raises KeyboardInterrupt where it ended one of them."""
    if any(run.ended == "interrupted" for run in runs):
        raise KeyboardInterrupt
    return runs


def compared(training: FoldTraining, best: Trial, trial: Trial, change: dict[str, Any]) -> Tried:
    """An alternative beside the same members of the best so far."""
    others = best.left_out
    if len(trial.runs) < len(best.runs):
        others = trial_of(training, best.options, best.runs[: len(trial.runs)]).left_out
    assert trial.left_out is not None
    assert others is not None
    losses, weights = _losses(training, trial.options, trial.left_out), trial.left_out.weights
    better = _losses(training, best.options, others) - losses
    by = weighted_mean(better, weights)
    spread = np.sqrt(weighted_mean((better - by) ** 2, weights))
    error = float(spread / np.sqrt(len(better)))
    return Tried(change, weighted_mean(losses, weights), by, error, len(trial.runs), kept=False)


def _losses(training: FoldTraining, options: ResolvedOptions, left_out: OutOfFold) -> np.ndarray:
    """The loss of each row, N; of classes after the temperatures that suit these rows best."""
    network, encoding = training.network(options), training.rows[options.bins].encoding
    return calibrated(left_out, encoding, network.loss).losses(network)


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> float:
    """The weighted mean; NaN where it is no finite number."""
    mean = float(np.average(values, weights=weights))
    return mean if np.isfinite(mean) else float("nan")


def interrupted(runs: Sequence[Run]) -> list[Run]:
    """The runs, the first of which says that Ctrl-C ended the training."""
    return [replace(runs[0], ended="interrupted"), *runs[1:]]
