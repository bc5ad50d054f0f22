"""From the rows of a table to a trained model, in acts that can be called apart.

`glassnet train` and the estimators both go this way, once they know which rows do what: assign the
folds (`folds.py`), encode the rows, train members by the settings that suit the rows (`search.py`),
make the model of them.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from time import monotonic
from typing import NamedTuple

import numpy as np

from glassnet.core.losses import find_loss
from glassnet.core.network import Parameters
from glassnet.errors import OptionError, OptionRef
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.models.record import MemberSettings, Record
from glassnet.recipe.calibrate import calibrate
from glassnet.recipe.class_weight import weigh_classes
from glassnet.recipe.defaults import PLAIN_BINS, bin_height, is_robust, network_for, settle
from glassnet.recipe.draws import everything_open, left_open
from glassnet.recipe.encode import encode_rows
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.folds import Split, assign_folds
from glassnet.recipe.members import mean_history
from glassnet.recipe.mixture import Mixture, alone, mix, train_again
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.out_of_fold import unlike_those_trained_on
from glassnet.recipe.residuals import residuals_of
from glassnet.recipe.rows import TableRows, class_indices, rows_to_train_on
from glassnet.recipe.search import Trial, bins_to_try, choose_settings
from glassnet.recipe.teachers.lesson import lesson_of
from glassnet.recipe.threshold import settle_threshold
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.targets import Target, Task, learn_target
from glassnet.training.run import Progress, Run


class FitResult(NamedTuple):
    """A model that has no scores yet, a run for each member, and the options it was made by."""

    model: Model
    runs: list[Run]
    options: ResolvedOptions


def fit_table(
    train: TableRows,
    validation: TableRows | None,
    task: Task,
    options: Options,
    classes: Sequence[Target] = (),
    progress: Progress | None = None,
    n_jobs: int | None = None,
    path_points: int | None = None,
    settings: Sequence[MemberSettings] = (),
) -> FitResult:
    """Train on rows of a table.

    Whole sample weights are so many equal rows: the same model comes out, to the last bit,
    whichever way they are given.

    Parameters
    ----------
    train : TableRows
        Rows to train on; the encoding is learnt from all of them.
    validation : TableRows or None
        Rows that pick the best epoch of every member. Where there are none, and
        `options.validation` is open, members validate each other (see `assign_folds`).
    task : str
        What the targets are.
    options : Options
        As asked for.
    classes : list of Target
        The targets of a classification; numeric ones are learnt from the training rows.
    progress, n_jobs, path_points
        As in `glassnet.train`; the last two for each run.
    settings : sequence of MemberSettings
        Of a mixture that was found before; none are looked for then.

    Raises GlassnetError, naming the column or option, on what cannot be trained on, and
    KeyboardInterrupt where it came before anything was learnt.
    """
    began = monotonic()
    train, validation = weigh_classes(train, validation, options.class_weight, classes)
    rows = rows_to_train_on(train)
    lesson = lesson_of(rows, options, classes)
    splits = assign_folds(
        rows.n_rows,
        options,
        class_indices(rows.targets, task),
        validated_by_other_rows=validation is not None,
    )
    if lesson is not None:
        splits = lesson.extend(splits)
    if options.draw_count and validation is None:
        _check_left_out(splits, rows.n_rows)
    train_rows = min(len(split.train) for split in splits)
    settled = partial(
        settle,
        task=task,
        train_rows=train_rows,
        validation_rows=0 if validation is None else validation.n_rows,
        taught=lesson is not None and lesson.has_mixed_rows,
    )
    plain = settled(options)
    if options.draw_count and not settings:
        options = left_open(options, plain, settled(everything_open(options)))
    training = FoldTraining(splits, progress, n_jobs, path_points)
    for bins in _bins_wanted(options, plain, train_rows, settings):
        encoding = learn_encoding(rows, replace(plain, bins=bins), classes)
        if encoding in [one.encoding for one in training.rows.values()]:
            continue  # the table has no numbers that could be cut into bins
        training.rows[bins] = (
            encode_rows(rows, encoding, options.dtype)
            if lesson is None
            else lesson.encode(encoding, options.dtype)
        )
        if validation is not None:
            training.validation[bins] = encode_rows(validation, encoding, options.dtype)
    teacher = "" if rows.teacher is None else rows.teacher.description
    del train, rows, validation, lesson  # the columns are not wanted any more
    if settings:
        mixture = train_again(training, plain, settings)
    else:
        mixture = alone(choose_settings(training, options, plain))
        if options.draw_count:
            mixture = mix(training, options, plain, mixture.trials[0], _end(options, plain, began))
    model = _model_of(training, mixture, options.threshold, teacher)
    return FitResult(model, mixture.runs, mixture.options)


def learn_encoding(
    rows: TableRows, options: ResolvedOptions, classes: Sequence[Target] = ()
) -> TableEncoding:
    """The encoding that training rows teach; `classes` are the targets of a classification."""
    inputs = learn_inputs(
        rows.inputs,
        options.categories,
        options.bins,
        options.affine,
        bin_height(options.members, rows.n_rows),
    )
    targets = tuple(classes)
    if not targets:
        loss = find_loss(options.loss)
        centred = loss.output != "exponential"
        within_range = not options.affine
        targets = tuple(
            learn_target(column, options.task, centred, within_range, is_robust(loss))
            for column in rows.targets.values()
        )
    return TableEncoding(options.task, inputs, targets, options.missing)


def _check_left_out(splits: Sequence[Split], n_rows: int) -> None:
    """Raises OptionError where every member trains on all rows, so that none can choose settings."""
    if all(len(split.train) == n_rows for split in splits):
        raise OptionError(
            [OptionRef("effort", "best"), " chooses by rows that a member is not trained on"],
            option="effort",
            value="best",
            remedy=["give ", OptionRef("members"), " of 2 or more, or more rows"],
        )


def _bins_wanted(
    options: Options,
    plain: ResolvedOptions,
    train_rows: int,
    settings: Sequence[MemberSettings],
) -> list[int]:
    """The numbers of bins that rows must be encoded with."""
    if settings:
        return sorted({replace(plain, **one.changed).bins for one in settings})
    wanted = bins_to_try(options, plain, train_rows)
    if options.draw_count and options.bins is None and not options.affine:
        wanted += [bins for bins in (0, PLAIN_BINS) if bins not in wanted]
    return wanted


def _end(options: Options, plain: ResolvedOptions, began: float) -> float | None:
    """When to stop drawing settings; None where there are as many as wanted, however long.

    A last training on all rows takes no longer than what was trained before, so that half of the
    time is left for it.
    """
    if isinstance(options.effort, str) or options.draws is not None:
        return None
    return began + (options.effort / 2 if plain.refit else options.effort)


def _model_of(
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
    places = []
    first = 0
    for narrow, wide in zip(few.inputs, many.inputs, strict=True):
        places += range(first, first + len(narrow.features))
        first += len(wide.features)
    return np.array(places)


def _at_best(runs: Sequence[tuple[int, np.ndarray]]) -> tuple[float, ...]:
    """The losses of the kept epochs (from 1); none where one has none."""
    if not all(1 <= epoch <= len(loss) for epoch, loss in runs):
        return ()
    return tuple(float(loss[epoch - 1]) for epoch, loss in runs)
