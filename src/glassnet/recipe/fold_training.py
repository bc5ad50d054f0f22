"""Training by folds: a run for each member, by whatever settings, on the same rows each time.

Which rows those are is `folds.py`; what members have of their own, `members.py`; which settings are
tried, `search.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.core.penalties import Penalty
from glassnet.models.ensemble import Member
from glassnet.recipe.defaults import (
    best_constant,
    initial_parameters,
    network_for,
    optimizer_for,
)
from glassnet.recipe.folds import Split
from glassnet.recipe.members import member_seed
from glassnet.recipe.options import ResolvedOptions
from glassnet.recipe.out_of_fold import OutOfFold, out_of_fold
from glassnet.recipe.rows import EncodedRows
from glassnet.training.array_memory import shuffle_buffer_for
from glassnet.training.endings import BROKEN
from glassnet.training.population import train_population
from glassnet.training.run import Progress, Run

if TYPE_CHECKING:
    from glassnet.training.checkpoint import Checkpoint


@dataclass(frozen=True, eq=False)
class FoldTraining:
    """All that a training by folds takes but its settings.

    Parameters
    ----------
    splits : sequence of Split
        One a member.
    progress, n_jobs, path_points
        As in `train`, for each run.
    checkpoint : Checkpoint, optional
        What keeps the trainings while they run.
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
    checkpoint: "Checkpoint | None" = None
    rows: dict[int, EncodedRows] = field(default_factory=dict)
    validation: dict[int, EncodedRows] = field(default_factory=dict)

    def network(self, options: ResolvedOptions) -> Network:
        """The network of one member."""
        rows = self.rows[options.bins]
        return network_for(options, rows.x.shape[1], rows.y.shape[1])

    def start(self, options: ResolvedOptions, member: int) -> Parameters:
        """Where a member starts."""
        _, y, sample_weight = self.rows[options.bins].to_train_on
        network, rows = self.network(options), self.splits[member].train
        weight = None if sample_weight is None else sample_weight[rows]
        constant = best_constant(network.loss, y[rows], weight)
        seed = member_seed(member, options.seed)
        return initial_parameters(options, network, constant, seed)

    def train(self, options: ResolvedOptions, members: Sequence[int]) -> list[Run]:
        """A run for each of these members, by number from 0.

        Raises KeyboardInterrupt where it came before anything was learnt.
        """
        rows = self.rows[options.bins]
        splits = [self.splits[member] for member in members]
        validation: dict[str, Any] = {}
        if options.bins in self.validation:
            validation = {"validation": self.validation[options.bins].arrays}
        elif splits[0].validation is not None:
            validation = {
                "validation": rows.arrays,
                "validation_rows": [split.validation for split in splits],
            }
        elif self._may_look_on(options, splits):
            return self._look_on(options, members)
        return self._train(options, members, self.progress, validation)

    def _train(
        self,
        options: ResolvedOptions,
        members: Sequence[int],
        progress: Progress | None,
        validation: dict[str, Any],
    ) -> list[Run]:
        """The runs; `validation` is what `train_population` takes of rows to validate on."""
        x, y, sample_weight = self.rows[options.bins].to_train_on
        network = self.network(options)
        rows = [self.splits[member].train for member in members]
        starts = [self.start(options, member) for member in members]
        runs = train_population(
            network,
            starts,
            x,
            y,
            rows=[None if len(numbers) == len(y) else numbers for numbers in rows],
            sample_weight=sample_weight,
            optimizer=optimizer_for(options),
            epochs=options.epochs,
            batch_size=options.batch_size,
            penalty=Penalty(options.l2, options.l1),
            dropout=options.dropout,
            schedule=options.schedule,
            shuffle_buffer=shuffle_buffer_for(x),
            average=options.average,
            patience=options.patience,
            seed=[member_seed(member, options.seed) for member in members],
            engine=options.engine,
            progress=progress,
            n_jobs=self.n_jobs,
            path_points=self.path_points,
            checkpoint=self.checkpoint,
            warn=False,
            **validation,
        )
        learnt = list(runs)
        if not len(learnt[0].history.loss):
            raise KeyboardInterrupt  # it came before anything was learnt
        return learnt

    def _may_look_on(self, options: ResolvedOptions, splits: Sequence[Split]) -> bool:
        """Whether rows are left out whose loss, measured by epoch, would choose nothing."""
        rows = self.rows[options.bins]
        chooses = options.patience is not None or options.average is not None
        some_left_out = all(len(split.train) < len(rows.x) for split in splits)
        return some_left_out and not chooses and rows.taught is None

    def _look_on(self, options: ResolvedOptions, members: Sequence[int]) -> list[Run]:
        """Runs whose loss on rows left out is measured by epoch, and which keep their last epoch.

        The engines measure it as a validation loss; what that would choose is not taken.
        """
        rows = self.rows[options.bins]
        everything = np.arange(len(rows.x))
        left_out = [np.setdiff1d(everything, self.splits[member].train) for member in members]
        validation = {"validation": rows.arrays, "validation_rows": left_out}
        progress = None if self.progress is None else partial(_report_loss, self.progress)
        runs = self._train(options, members, progress, validation)
        broken = [at for at, run in enumerate(runs) if run.ended in BROKEN]
        runs = [run if run.ended in BROKEN else _last_epoch_kept(run) for run in runs]
        if broken:  # rows left out would say what is kept of them
            alone = self._train(options, [members[at] for at in broken], self.progress, {})
            for at, run in zip(broken, alone, strict=True):
                runs[at] = run
        return runs

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


def _report_loss(progress: Progress, epoch: int, epochs: int, loss: float, _: float | None) -> None:
    """Call `progress` as in a training without validation rows."""
    progress(epoch, epochs, loss, None)


def _last_epoch_kept(run: Run) -> Run:
    measured = run.history
    history = replace(measured, validation_loss=np.empty(0), left_out_loss=measured.validation_loss)
    last = run.state
    return replace(run, parameters=last.parameters, best_epoch=last.epoch, history=history)
