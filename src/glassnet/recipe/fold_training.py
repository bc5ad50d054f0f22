"""Training by folds: a run for each member, by whatever settings, on the same rows each time.

Which rows those are is `folds.py`; what members have of their own, `members.py`; which settings are
tried, `search.py`.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
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
from glassnet.training.problem import as_dtype
from glassnet.training.run import Progress, Run

if TYPE_CHECKING:
    from glassnet.training.checkpoint import Checkpoint


OfMember = tuple[ResolvedOptions, int]
"""The settings of a network, and the number of the member that it is."""


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
    stop : Event, optional
        As in `train`.
    starts : sequence of Parameters
        Where each member starts; (): drawn.
    """

    splits: Sequence[Split]
    progress: Progress | None = None
    n_jobs: int | None = None
    path_points: int | None = None
    checkpoint: "Checkpoint | None" = None
    rows: dict[int, EncodedRows] = field(default_factory=dict)
    validation: dict[int, EncodedRows] = field(default_factory=dict)
    stop: Event | None = None
    starts: Sequence[Parameters] = ()

    def network(self, options: ResolvedOptions) -> Network:
        """The network of one member."""
        rows = self.rows[options.bins]
        return network_for(options, rows.x.shape[1], rows.y.shape[1])

    def start(self, options: ResolvedOptions, member: int) -> Parameters:
        """Where a member starts."""
        if self.starts:
            return as_dtype(self.starts[member], options.dtype)
        _, y, sample_weight = self.rows[options.bins].to_train_on
        network, rows = self.network(options), self.splits[member].train
        weight = None if sample_weight is None else sample_weight[rows]
        constant = best_constant(network.loss, y[rows], weight)
        seed = member_seed(member, options.seed)
        return initial_parameters(options, network, constant, seed)

    def train(self, options: ResolvedOptions, members: Sequence[int]) -> list[Run]:
        """A run for each of these members, by number from 0.

        Raises KeyboardInterrupt where it came before every member had learnt something.
        """
        return self.train_together([options], members)[0]

    def train_together(
        self, candidates: Sequence[ResolvedOptions], members: Sequence[int]
    ) -> list[list[Run]]:
        """For each of several settings that `population_key` does not tell apart, what `train`
        gives: all of them train as one population.
        """
        runs = self._validated([(options, member) for options in candidates for member in members])
        size = len(members)
        return [runs[first : first + size] for first in range(0, len(runs), size)]

    def _validated(self, networks: Sequence[OfMember]) -> list[Run]:
        """The runs, validated by the rows that are there for it."""
        options = networks[0][0]
        rows = self.rows[options.bins]
        splits = [self.splits[member] for _, member in networks]
        validation: dict[str, Any] = {}
        if options.bins in self.validation:
            validation = {"validation": self.validation[options.bins].arrays}
        elif splits[0].validation is not None:
            validation = {
                "validation": rows.arrays,
                "validation_rows": [split.validation for split in splits],
            }
        elif self._may_look_on(options, splits):
            return self._look_on(networks)
        return self._train(networks, self.progress, validation)

    def _train(
        self,
        networks: Sequence[OfMember],
        progress: Progress | None,
        validation: dict[str, Any],
    ) -> list[Run]:
        """The runs; `validation` is what `train_population` takes of rows to validate on."""
        shared = networks[0][0]
        x, y, sample_weight = self.rows[shared.bins].to_train_on
        rows = [self.splits[member].train for _, member in networks]
        settings = [options for options, _ in networks]
        shape = self.network(shared)
        optimizers = {id(options): optimizer_for(options) for options in settings}
        runs = train_population(
            shape,
            [self.start(options, member) for options, member in networks],
            x,
            y,
            rows=[None if len(numbers) == len(y) else numbers for numbers in rows],
            sample_weight=sample_weight,
            optimizer=[optimizers[id(options)] for options in settings],
            epochs=[options.epochs for options in settings],
            batch_size=[options.batch_size for options in settings],
            penalty=[Penalty(options.l2, options.l1) for options in settings],
            dropout=[options.dropout for options in settings],
            schedule=[options.schedule for options in settings],
            patience=[options.patience for options in settings],
            shuffle_buffer=shuffle_buffer_for(x),
            average=shared.average,
            seed=[member_seed(member, options.seed) for options, member in networks],
            engine=shared.engine,
            progress=progress,
            n_jobs=self.n_jobs,
            path_points=self.path_points,
            stop=self.stop,
            checkpoint=self.checkpoint,
            warn=False,
            **validation,
        )
        learnt = list(runs)
        if not all(len(run.history.loss) for run in learnt):
            raise KeyboardInterrupt  # it came before every member had learnt something
        return learnt

    def _may_look_on(self, options: ResolvedOptions, splits: Sequence[Split]) -> bool:
        """Whether rows are left out whose loss, measured by epoch, would choose nothing."""
        rows = self.rows[options.bins]
        chooses = options.patience is not None or options.average is not None
        some_left_out = all(len(split.train) < len(rows.x) for split in splits)
        return some_left_out and not chooses and rows.taught is None

    def _look_on(self, networks: Sequence[OfMember]) -> list[Run]:
        """Runs whose loss on rows left out is measured by epoch, and which keep their last epoch.

        The engines measure it as a validation loss; what that would choose is not taken.
        """
        rows = self.rows[networks[0][0].bins]
        everything = np.arange(len(rows.x))
        left_out = [np.setdiff1d(everything, self.splits[member].train) for _, member in networks]
        validation = {"validation": rows.arrays, "validation_rows": left_out}
        progress = None if self.progress is None else partial(_report_loss, self.progress)
        runs = self._train(networks, progress, validation)
        broken = [at for at, run in enumerate(runs) if run.ended in BROKEN]
        runs = [run if run.ended in BROKEN else _last_epoch_kept(run) for run in runs]
        if broken:  # rows left out would say what is kept of them
            alone = self._train([networks[at] for at in broken], self.progress, {})
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


def population_key(options: ResolvedOptions) -> Hashable:
    """What settings agree in that can be trained as one population."""
    return (
        options.bins,
        options.hidden,
        options.activation,
        options.loss,
        options.optimizer,
        options.batch_size,
        options.average,
        options.patience is None,
        options.dtype,
        options.engine,
    )


def _report_loss(progress: Progress, epoch: int, epochs: int, loss: float, _: float | None) -> None:
    """Call `progress` as in a training without validation rows."""
    progress(epoch, epochs, loss, None)


def _last_epoch_kept(run: Run) -> Run:
    measured = run.history
    history = replace(measured, validation_loss=np.empty(0), left_out_loss=measured.validation_loss)
    last = run.state
    return replace(run, parameters=last.parameters, best_epoch=last.epoch, history=history)
