"""Members of several settings, which count as the rows left out are predicted best.

For those who can wait: settings are drawn (`draws.py`) and trained on all folds, and a greedy
choice says how much each counts in the mean of all (Caruana, Niculescu-Mizil, Crew & Ksikes, 2004).
Which settings suit the rows best alone is `search.py`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from time import monotonic
from typing import Any

import numpy as np

from glassnet.core.network import Network
from glassnet.errors import GlassnetError
from glassnet.models.model import Model
from glassnet.models.record import MemberSettings, Tried
from glassnet.recipe.draws import DRAWN, drawn_settings
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.recipe.search import (
    Trial,
    compared,
    interrupted,
    train_trial,
    trial_of,
    weighted_mean,
)
from glassnet.training.run import Run

DRAWN_COUNT = "draws"  # what a checkpoint calls the number of settings that were drawn
SMALLEST_VOTE = 0.03  # of all; less is not worth the training and the predicting
PICKS = 20  # of a greedy choice, each of them a vote
RESAMPLINGS = 10  # of the rows, with a greedy choice each
MOST_PICKING_ROWS = 5000  # of a resampling
HALF_SURE_ROWS = 1000  # of so many rows the greedy choice has half of the votes, of fewer less


@dataclass(frozen=True, eq=False)
class Mixture:
    """Trials whose members predict together.

    Parameters
    ----------
    options : ResolvedOptions
        The plain settings, from which those of the trials differ; of a trial alone its own.
    trials : sequence of Trial
        One or more.
    votes : array of numbers
        How much each trial counts; they add up to 1.
    tried : tuple of Tried
        All that was tried.
    """

    options: ResolvedOptions
    trials: Sequence[Trial]
    votes: np.ndarray
    tried: tuple[Tried, ...]

    @property
    def runs(self) -> list[Run]:
        """The runs of all members."""
        return [run for trial in self.trials for run in trial.runs]

    @property
    def left_out(self) -> OutOfFold | None:
        """What the members together give for the rows that they were not trained on."""
        parts = [trial.left_out for trial in self.trials if trial.left_out is not None]
        if not parts:
            return None
        return replace(parts[0], z=np.tensordot(self.votes, [part.z for part in parts], axes=1))

    @property
    def settings(self) -> tuple[MemberSettings, ...]:
        """Those of each trial; nothing where all members have the options."""
        if not self.options.draws:
            return ()
        return tuple(
            MemberSettings(_changes(self.options, trial.options), float(vote), len(trial.runs))
            for trial, vote in zip(self.trials, self.votes, strict=True)
        )


def alone(trial: Trial) -> Mixture:
    """The mixture of one trial."""
    return Mixture(trial.options, [trial], np.ones(1), trial.tried)


def mix(
    training: FoldTraining,
    options: Options,
    plain: ResolvedOptions,
    best: Trial,
    until: float | None = None,
) -> Mixture:
    """Draw settings, train by them, and mix them with the best so far.

    Parameters
    ----------
    training : FoldTraining
        What they are trained with.
    options : Options
        What they leave open is drawn, `draw_count` times.
    plain : ResolvedOptions
        The plain settings, which the record names.
    best : Trial
        The settings that others are drawn around, trained already, and what was tried for them.
    until : float or None
        The time of the monotonic clock that nothing is begun for which would end later.

    Ctrl-C ends the drawing: what is whole by then is mixed. Where it has ended the best's own
    training, nothing is drawn.
    """
    trials = [best]
    stopped = any(run.ended == "interrupted" for run in best.runs)
    try:
        for drawn in () if stopped else _in_time(training, options, best.options, until):
            trials.append(train_trial(training, drawn, range(len(training.splits))))
    except KeyboardInterrupt:
        stopped = True
    if len(trials) == 1:
        runs = interrupted(best.runs) if stopped else best.runs
        return alone(replace(best, options=replace(best.options, draws=0), runs=runs))
    votes = votes_of(
        [trial.left_out for trial in trials if trial.left_out], training.network(plain)
    )
    tried = [
        replace(compared(training, best, trial, _changes(plain, trial.options)), kept=vote > 0)
        for trial, vote in zip(trials[1:], votes[1:].tolist(), strict=True)
    ]
    kept = [trials[number] for number in np.flatnonzero(votes)]
    if stopped:
        kept[0] = replace(kept[0], runs=interrupted(kept[0].runs))
    tried = (*best.tried, *tried)
    return Mixture(replace(plain, draws=len(trials) - 1), kept, votes[votes > 0], tried)


def go_on(
    training: FoldTraining, plain: ResolvedOptions, model: Model, given: Collection[str]
) -> Mixture:
    """The members of a model, trained on from where they are.

    Parameters
    ----------
    training : FoldTraining
        What they are trained with: its only rows are encoded as the model's.
    plain : ResolvedOptions
        The settings of all members, but for what the model's record says of some.
    model : Model
        Whose members they are.
    given : collection of str
        Options that count for all members.

    Raises GlassnetError where a member is of another shape than its settings.
    """
    settings = model.record.mixture or (MemberSettings({}, 1.0, len(model.members)),)
    trials: list[Trial] = []
    first = 0
    for one in settings:
        changed = {name: v for name, v in one.changed.items() if name not in given}
        options = replace(plain, **{**changed, "bins": plain.bins})
        members = model.members[first : first + one.members]
        first += one.members
        its_training = replace(training, starts=[member.parameters for member in members])
        if any(member.network != its_training.network(options) for member in members):
            raise GlassnetError(
                "the model's networks are not those that its options say: it was changed after its "
                "training, and cannot be gone on with",
                option="start",
            )
        runs = its_training.train(options, range(len(members)))
        trials.append(trial_of(its_training, options, runs))
        if any(run.ended == "interrupted" for run in runs):
            break
    votes = np.array([one.vote for one in settings[: len(trials)]])
    return Mixture(plain, trials, votes / votes.sum(), ())


def retrain(
    training: FoldTraining, plain: ResolvedOptions, settings: Sequence[MemberSettings]
) -> Mixture:
    """The settings of a mixture, trained anew; Ctrl-C ends it with those that are begun."""
    trials: list[Trial] = []
    members = range(len(training.splits))
    for one in settings:
        options = replace(plain, **one.changed)
        runs = training.train(options, members)
        trials.append(trial_of(training, options, runs))
        if any(run.ended == "interrupted" for run in runs):
            break
    votes = np.array([one.vote for one in settings[: len(trials)]])
    return Mixture(plain, trials, votes / votes.sum(), ())


def votes_of(parts: Sequence[OutOfFold], network: Network) -> np.ndarray:
    """How much each of several trials counts, by what they give for the same rows; adds up to 1.

    The mean of greedy choices on resampled rows. Of few rows these fit what they look at too well,
    so that more of the votes are the first trial's, whose settings were good on many tables.
    """
    counting = np.flatnonzero(parts[0].weights)
    n_rows = len(counting)
    first = np.eye(len(parts))[0]
    rng = np.random.default_rng(n_rows)
    greedy = np.zeros(len(parts))
    for _ in range(RESAMPLINGS):
        rows = rng.choice(counting, min(n_rows, MOST_PICKING_ROWS))
        greedy += _picks([part.take(rows) for part in parts], network)
    sure = n_rows / (n_rows + HALF_SURE_ROWS)
    votes = sure * greedy / greedy.sum() + (1 - sure) * first
    votes[votes < min(SMALLEST_VOTE, votes.max())] = 0
    return votes / votes.sum()


def _picks(parts: Sequence[OutOfFold], network: Network) -> np.ndarray:
    """How often each trial is picked, where each pick makes the loss of the mean the lowest."""
    first = parts[0]
    picks = np.zeros(len(parts))
    total = np.zeros(first.z.shape)
    for count in range(1, PICKS + 1):
        means = (replace(first, z=(total + part.z) / count) for part in parts)
        losses = [weighted_mean(mean.losses(network), mean.weights) for mean in means]
        if not np.isfinite(losses).any():
            return np.eye(len(parts))[0]
        best = int(np.nanargmin(losses))
        picks[best] += 1
        total += parts[best].z
    return picks


def _in_time(
    training: FoldTraining, options: Options, best: ResolvedOptions, until: float | None
) -> Iterator[ResolvedOptions]:
    """Drawn settings, as long as there is time to train by them at the slowest pace so far."""
    pace = 0.0  # seconds for each weight and epoch
    checkpoint = training.checkpoint
    counts = {} if checkpoint is None else checkpoint.counts
    most = counts.get(DRAWN_COUNT, options.draw_count)  # of a run that goes on: as many as it had
    settings = drawn_settings(options, best, list(training.rows))
    done = 0
    for drawn in islice(settings, most):
        is_known = checkpoint is not None and checkpoint.knows_next
        cost = training.network(drawn).n_parameters * drawn.epochs
        began = monotonic()
        if until is not None and not is_known and began + pace * cost > until:
            break
        yield drawn
        done += 1
        if not is_known:
            pace = max(pace, (monotonic() - began) / cost)
    counts[DRAWN_COUNT] = done


def _changes(plain: ResolvedOptions, options: ResolvedOptions) -> dict[str, Any]:
    """Option that is drawn -> its value, where it is not the plain one."""
    pairs = ((name, getattr(options, name)) for name in DRAWN)
    return {name: value for name, value in pairs if value != getattr(plain, name)}
