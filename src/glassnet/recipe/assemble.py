"""From the members that a mixture trained to one model, with what is fitted to it on rows left out.

That are a temperature (`calibrate.py`), a threshold (`threshold.py`), residuals (`residuals.py`).
"""

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from glassnet.core.network import Parameters
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.models.record import AverageRow, Record
from glassnet.recipe.calibrate import calibrate
from glassnet.recipe.defaults import network_for
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.members import mean_history
from glassnet.recipe.mixture import Mixture
from glassnet.recipe.out_of_fold import unlike_those_trained_on
from glassnet.recipe.residuals import residuals_of
from glassnet.recipe.rows import EncodedRows
from glassnet.recipe.search import Trial
from glassnet.recipe.threshold import settle_threshold
from glassnet.tables.encoding import TableEncoding

MOST_AVERAGED = 10_000  # rows: their mean is as good as that of a million, and costs nothing


def assemble_model(
    training: FoldTraining, mixture: Mixture, threshold: float | str | None, teacher: str
) -> Model:
    """The model that the members of a mixture make, with what is fitted to it on rows left out."""
    runs = mixture.runs
    bins = max(trial.options.bins for trial in mixture.trials)
    rows = training.rows[bins]
    left_out = mixture.left_out
    if left_out is not None and not training.validation:
        left_out = left_out.take(unlike_those_trained_on(rows, training.splits)[left_out.row])
    record = Record(
        targets=tuple(target.name for target in rows.encoding.targets),
        options=asdict(mixture.options),
        engine=runs[0].engine,
        best_epochs=tuple(run.best_epoch for run in runs),
        best_losses=_at_best([(run.best_epoch, run.history.loss) for run in runs]),
        best_validation_losses=_at_best(
            [(run.best_epoch, run.history.validation_loss) for run in runs]
        ),
        folds=any(len(split.train) < len(rows.x) for split in training.splits),
        sample_weight=rows.sample_weight is not None,
        tried=mixture.tried,
        mixture=mixture.settings,
        teacher=teacher,
        average_row=_average_row(rows),
    )
    members = tuple(
        member
        for trial, vote in zip(mixture.trials, mixture.votes, strict=True)
        for member in _members_of(training, trial, vote, rows.encoding)
    )
    model = Model(rows.encoding, members, {}, mean_history(runs), record)
    model, left_out = calibrate(model, left_out, by_all_members=bool(training.validation))
    network = members[0].network
    encoding = settle_threshold(threshold, model.encoding, network, left_out, rows)
    left_out_of = training.validation.get(bins, rows)
    residuals = residuals_of(left_out, left_out_of, network)
    return replace(model, encoding=encoding, residuals=residuals)


def _members_of(
    training: FoldTraining, trial: Trial, vote: float, encoding: TableEncoding
) -> list[Member]:
    """A trial's members for rows of an encoding that has the same columns, with bins or without."""
    inputs = _inputs_within(training.rows[trial.options.bins].encoding, encoding)
    n_inputs = len(encoding.features)
    network = network_for(trial.options, n_inputs, sum(target.width for target in encoding.targets))
    members = []
    for run in trial.runs:
        first, *others = run.parameters.weights
        wide = np.zeros((n_inputs, first.shape[1]), first.dtype)
        wide[inputs] = first
        parameters = Parameters((wide, *others), run.parameters.biases)
        members.append(Member(network, parameters, vote / len(trial.runs)))
    return members


def _inputs_within(few: TableEncoding, many: TableEncoding) -> np.ndarray:
    """Where the inputs of an encoding without bins are in that with them, whose bins come last."""
    positions = []
    first = 0
    for narrow, wide in zip(few.inputs, many.inputs, strict=True):
        positions += range(first, first + len(narrow.features))
        first += len(wide.features)
    return np.array(positions)


def _average_row(rows: EncodedRows) -> AverageRow:
    """The mean of the rows by their weights, of many rows that of some, evenly spread."""
    n_rows = len(rows.x)
    chosen = np.unique(np.linspace(0, n_rows - 1, min(n_rows, MOST_AVERAGED)).astype(int))
    some = rows.take(chosen)
    means = np.average(np.asarray(some.x, np.float64), axis=0, weights=some.sample_weight)
    return AverageRow(tuple(means.tolist()), len(chosen))


def _at_best(runs: Sequence[tuple[int, np.ndarray]]) -> tuple[float, ...]:
    """The losses of the kept epochs (from 1); none where one has none."""
    if not all(1 <= epoch <= len(loss) for epoch, loss in runs):
        return ()
    return tuple(float(loss[epoch - 1]) for epoch, loss in runs)
