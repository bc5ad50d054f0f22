"""Training by folds: a run for each member, by whatever settings, on the same rows each time.

Which rows those are is `folds.py`, seeds and threads are `members.py`; which settings are tried is
`search.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event

import numpy as np

from glassnet.core.network import Network
from glassnet.core.penalties import Penalty
from glassnet.models.ensemble import Member
from glassnet.recipe.defaults import (
    best_constant,
    initial_parameters,
    network_for,
    optimizer_for,
)
from glassnet.recipe.folds import Split
from glassnet.recipe.members import member_seed, run_members, threads_for
from glassnet.recipe.options import ResolvedOptions
from glassnet.recipe.out_of_fold import OutOfFold, out_of_fold
from glassnet.recipe.rows import EncodedRows
from glassnet.training.endings import BROKEN
from glassnet.training.run import Progress, Run, train


@dataclass(frozen=True, eq=False)
class FoldTraining:
    """All that a training by folds takes but its settings.

    Parameters
    ----------
    splits : sequence of Split
        One a member.
    progress, n_jobs, path_points
        As in `train`, for each run.
    rows : dict of EncodedRows
        By number of bins, the rows that the splits' numbers point into.
    validation : dict of EncodedRows
        Likewise, what validates the members whose split has no rows to validate on; empty where
        there are no such rows.
    """

    splits: Sequence[Split]
    progress: Progress | None = None
    n_jobs: int | None = None
    path_points: int | None = None
    rows: dict[int, EncodedRows] = field(default_factory=dict)
    validation: dict[int, EncodedRows] = field(default_factory=dict)

    def network(self, options: ResolvedOptions) -> Network:
        """The network of one member."""
        rows = self.rows[options.bins]
        return network_for(options, rows.x.shape[1], rows.y.shape[1])

    def train(self, options: ResolvedOptions, members: Sequence[int]) -> list[Run]:
        """A run for each of these members, by number from 0.

        Raises KeyboardInterrupt where it came before anything was learnt; where it came later
        there may be fewer runs than members.
        """
        at_once, threads = threads_for(len(members), self.n_jobs, options.engine)

        def train_one(index: int, progress: Progress | None, stop: Event | None) -> Run:
            return self._train_member(members[index], options, progress, threads, stop)

        runs = run_members(train_one, len(members), self.progress, at_once)
        if not len(runs[0].history.loss):
            raise KeyboardInterrupt  # it came before anything was learnt
        return runs

    def _train_member(
        self,
        member: int,
        options: ResolvedOptions,
        progress: Progress | None,
        threads: int | None,
        stop: Event | None,
    ) -> Run:
        rows, split = self.rows[options.bins], self.splits[member]
        network = self.network(options)
        every = len(split.train) == len(rows.x)
        x, y, sample_weight = (rows if every else rows.take(split.train)).to_train_on
        validating = self.validation.get(options.bins)
        if split.validation is not None:
            validating = rows.take(split.validation)
        seed = member_seed(member, options.seed)
        start = best_constant(network.loss, y, sample_weight)
        train_one = partial(
            train,
            network,
            initial_parameters(options, network, start, seed),
            x,
            y,
            sample_weight=sample_weight,
            optimizer=optimizer_for(options),
            epochs=options.epochs,
            batch_size=options.batch_size,
            penalty=Penalty(options.l2, options.l1),
            dropout=options.dropout,
            schedule=options.schedule,
            average=options.average,
            patience=options.patience,
            seed=seed,
            engine=options.engine,
            n_jobs=threads,
            path_points=self.path_points,
            warn=False,
            stop=stop,
        )
        may_look_on = options.patience is None and options.average is None and rows.taught is None
        if validating is None and not every and may_look_on:
            left_out = rows.take(np.setdiff1d(np.arange(len(rows.x)), split.train))
            run = _looked_on(train_one, left_out, progress)
            if run.ended not in BROKEN:  # else rows left out would say what is kept of it
                return run
        validation = None if validating is None else validating.arrays
        return train_one(validation=validation, progress=progress)

    def predict_left_out(
        self, options: ResolvedOptions, runs: Sequence[Run], members: Sequence[int]
    ) -> OutOfFold | None:
        """What the runs of these members give for rows that they were not trained on."""
        network = self.network(options)
        trained = [Member(network, run.parameters) for run in runs]
        splits = [self.splits[member] for member in members]
        return out_of_fold(
            trained, self.rows[options.bins], self.validation.get(options.bins), splits
        )


def _looked_on(
    train_one: Callable[..., Run], left_out: EncodedRows, progress: Progress | None
) -> Run:
    """A run whose loss on rows left out is measured by epoch, and which keeps its last epoch.

    The engines measure it as a validation loss; what that would choose is not taken.
    """

    def without_validation(epoch: int, epochs: int, loss: float, _: float | None) -> None:
        assert progress is not None
        progress(epoch, epochs, loss, None)

    run = train_one(
        validation=left_out.arrays, progress=None if progress is None else without_validation
    )
    measured = run.history
    history = replace(measured, validation_loss=np.empty(0), left_out_loss=measured.validation_loss)
    last = run.state
    return replace(run, parameters=last.parameters, best_epoch=last.epoch, history=history)
