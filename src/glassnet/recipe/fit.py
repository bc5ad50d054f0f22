"""From the rows of a table to a trained model, in acts that can be called apart.

`glassnet train` and the estimators both go this way, once they know which rows do what: assign the
folds (`folds.py`), encode the rows, train members by the settings that suit the rows (`search.py`),
make the model of them.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import NamedTuple

import numpy as np

from glassnet.core.losses import find_loss
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.recipe.calibrate import calibrate
from glassnet.recipe.class_weight import weigh_classes
from glassnet.recipe.defaults import bin_height, is_robust, settle
from glassnet.recipe.encode import encode_rows
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.folds import assign_folds
from glassnet.recipe.members import mean_history
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

    Raises GlassnetError, naming the column or option, on what cannot be trained on, and
    KeyboardInterrupt where it came before anything was learnt.
    """
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
    train_rows = min(len(split.train) for split in splits)
    plain = settle(
        options,
        task,
        train_rows,
        validation_rows=0 if validation is None else validation.n_rows,
        by_folds=splits[0].validation is not None,
        taught=lesson is not None and lesson.has_mixed_rows,
    )
    training = FoldTraining(splits, progress, n_jobs, path_points)
    for bins in bins_to_try(options, plain, train_rows):
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
    trial = choose_settings(training, options, plain)
    model = _model_of(training, trial, options.threshold, teacher)
    return FitResult(model, trial.runs, trial.options)


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


def _model_of(
    training: FoldTraining, trial: Trial, threshold: float | str | None, teacher: str
) -> Model:
    """The model that the members of a trial make, with what is fitted to it on rows left out."""
    options, runs = trial.options, trial.runs
    rows, network = training.rows[options.bins], training.network(options)
    left_out = trial.left_out
    if left_out is not None and not training.validation:
        left_out = left_out.take(unlike_those_trained_on(rows, training.splits)[left_out.row])
    record = Record(
        targets=tuple(target.name for target in rows.encoding.targets),
        options=asdict(options),
        engine=runs[0].engine,
        best_epochs=tuple(run.best_epoch for run in runs),
        best_losses=_at_best([(run.best_epoch, run.history.loss) for run in runs]),
        best_validation_losses=_at_best(
            [(run.best_epoch, run.history.validation_loss) for run in runs]
        ),
        folds=any(len(split.train) < len(rows.x) for split in training.splits),
        sample_weight=rows.sample_weight is not None,
        tried=trial.tried,
        teacher=teacher,
    )
    members = tuple(Member(network, run.parameters) for run in runs)
    model = Model(rows.encoding, members, {}, mean_history(runs), record)
    model, left_out = calibrate(model, left_out, by_all_members=bool(training.validation))
    encoding = settle_threshold(threshold, model.encoding, network, left_out, rows)
    left_out_of = training.validation.get(options.bins, rows)
    residuals = residuals_of(left_out, left_out_of, network)
    return replace(model, encoding=encoding, residuals=residuals)


def _at_best(runs: Sequence[tuple[int, np.ndarray]]) -> tuple[float, ...]:
    """The losses of the kept epochs (from 1); none where one has none."""
    if not all(1 <= epoch <= len(loss) for epoch, loss in runs):
        return ()
    return tuple(float(loss[epoch - 1]) for epoch, loss in runs)
