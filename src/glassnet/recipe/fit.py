"""From the rows of a table to a trained model, in acts that can be called apart.

`glassnet train` and the estimators both go this way, once they know which rows do what: encode
the rows, assign the folds (`folds.py`), train the members, make the model of them.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from threading import Event
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Network
from glassnet.core.penalties import Penalty
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.recipe.class_weight import weigh_classes
from glassnet.recipe.defaults import (
    best_constant,
    bins_from,
    find_task_loss,
    initial_parameters,
    network_for,
    optimizer_for,
    settle,
)
from glassnet.recipe.encode import encode_rows
from glassnet.recipe.folds import Split, assign_folds
from glassnet.recipe.members import mean_history, member_seed, run_members, threads_for
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.out_of_fold import out_of_fold, unlike_those_trained_on
from glassnet.recipe.residuals import residuals_of
from glassnet.recipe.rows import EncodedRows, TableRows, class_indices, rows_to_train_on
from glassnet.recipe.teachers.lesson import lesson_of
from glassnet.recipe.threshold import settle_threshold
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.targets import Target, Task, learn_target
from glassnet.training.run import Progress, Run, train


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
    encoding = learn_encoding(rows, task, options, classes)
    lesson = lesson_of(rows, options, classes)
    encoded = (
        encode_rows(rows, encoding, options.dtype)
        if lesson is None
        else lesson.encode(encoding, options.dtype)
    )
    encoded_validation = (
        None if validation is None else encode_rows(validation, encoding, options.dtype)
    )
    classes_of_rows = class_indices(rows.targets, task)
    validation_rows = 0 if validation is None else validation.n_rows
    n_rows, teacher = rows.n_rows, rows.teacher
    del train, rows, validation  # the columns are not wanted any more
    splits = assign_folds(
        n_rows,
        options,
        classes_of_rows,
        validated_by_other_rows=encoded_validation is not None,
    )
    if lesson is not None:
        splits = lesson.extend(splits)
    resolved = settle(
        options,
        task,
        train_rows=min(len(split.train) for split in splits),
        validation_rows=validation_rows,
    )
    network = network_for(resolved, encoded.x.shape[1], encoded.y.shape[1])
    runs = train_members(
        network, encoded, encoded_validation, splits, resolved, progress, n_jobs, path_points
    )
    model = _model_of(network, encoded, splits, resolved, runs)
    judged = out_of_fold(model.members, encoded, encoded_validation, splits)
    if judged is not None and encoded_validation is None:
        judged = judged.take(unlike_those_trained_on(encoded, splits)[judged.row])
    encoding = settle_threshold(options.threshold, encoding, network, judged)
    residuals = residuals_of(judged, encoded_validation or encoded, network)
    description = "" if teacher is None else teacher.description
    record = replace(model.record, teacher=description)
    model = replace(model, encoding=encoding, residuals=residuals, record=record)
    return FitResult(model, runs, resolved)


def learn_encoding(
    rows: TableRows, task: Task, options: Options, classes: Sequence[Target] = ()
) -> TableEncoding:
    """The encoding that training rows teach; `classes` are the targets of a classification."""
    inputs = learn_inputs(rows.inputs, options.categories, bins_from(options), options.affine)
    targets = tuple(classes)
    if not targets:
        loss = find_task_loss(options, task)
        centred = loss.output != "exponential"
        within_range = not options.affine
        targets = tuple(
            learn_target(column, task, centred, within_range, loss.robust)
            for column in rows.targets.values()
        )
    return TableEncoding(task, inputs, targets, options.missing)


def train_members(
    network: Network,
    rows: EncodedRows,
    validation: EncodedRows | None,
    splits: Sequence[Split],
    options: ResolvedOptions,
    progress: Progress | None = None,
    n_jobs: int | None = None,
    path_points: int | None = None,
) -> list[Run]:
    """A run for each split.

    Parameters
    ----------
    network : Network
        That of one member.
    rows : EncodedRows
        The rows that the splits' numbers point into.
    validation : EncodedRows or None
        What validates the members whose split has no rows to validate on.
    splits : list of Split
        One a member.
    options, progress, n_jobs, path_points
        As in `fit_table`.

    Raises KeyboardInterrupt where it came before anything was learnt; where it came later there
    may be fewer runs than splits.
    """
    at_once, threads = threads_for(len(splits), n_jobs, options.engine)

    def train_member(member: int, progress: Progress | None, stop: Event | None) -> Run:
        split = splits[member]
        every = len(split.train) == len(rows.x)
        x, y, sample_weight = (rows if every else rows.take(split.train)).to_train_on
        validating = validation if split.validation is None else rows.take(split.validation)
        seed = member_seed(member, options.seed)
        start = best_constant(network.loss, y, sample_weight)
        return train(
            network,
            initial_parameters(options, network, start, seed),
            x,
            y,
            sample_weight=sample_weight,
            optimizer=optimizer_for(options),
            epochs=options.epochs,
            batch_size=options.batch_size,
            validation=None if validating is None else validating.arrays,
            penalty=Penalty(options.l2, options.l1),
            dropout=options.dropout,
            schedule=options.schedule,
            patience=options.patience,
            seed=seed,
            engine=options.engine,
            progress=progress,
            n_jobs=threads,
            path_points=path_points,
            warn=False,
            stop=stop,
        )

    runs = run_members(train_member, len(splits), progress, at_once)
    if not len(runs[0].history.loss):
        raise KeyboardInterrupt  # it came before anything was learnt
    return runs


def _model_of(
    network: Network,
    rows: EncodedRows,
    splits: Sequence[Split],
    options: ResolvedOptions,
    runs: list[Run],
) -> Model:
    """The model that the members make together."""
    record = Record(
        targets=tuple(target.name for target in rows.encoding.targets),
        options=asdict(options),
        engine=runs[0].engine,
        best_epochs=tuple(run.best_epoch for run in runs),
        best_losses=_at_best([(run.best_epoch, run.history.loss) for run in runs]),
        best_validation_losses=_at_best(
            [(run.best_epoch, run.history.validation_loss) for run in runs]
        ),
        folds=any(len(split.train) < len(rows.x) for split in splits),
        sample_weight=rows.sample_weight is not None,
    )
    members = tuple(Member(network, run.parameters) for run in runs)
    return Model(rows.encoding, members, {}, mean_history(runs), record)


def _at_best(runs: Sequence[tuple[int, np.ndarray]]) -> tuple[float, ...]:
    """The losses of the kept epochs (from 1); none where one has none."""
    if not all(1 <= epoch <= len(loss) for epoch, loss in runs):
        return ()
    return tuple(float(loss[epoch - 1]) for epoch, loss in runs)
