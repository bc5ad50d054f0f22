"""From the rows of a table to a trained model, in acts that can be called apart.

`glassnet train` and the estimators both go this way, once they know which rows do what: assign the
folds (`folds.py`), encode the rows, train members by the settings that suit the rows (`search.py`),
make the model of them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from glassnet.core.losses import find_loss
from glassnet.errors import OptionError, OptionRef
from glassnet.models.model import Model
from glassnet.models.record import MemberSettings
from glassnet.recipe.assemble import assemble_model
from glassnet.recipe.class_weight import weigh_classes
from glassnet.recipe.defaults import PLAIN_BINS, bin_height, is_robust, settle
from glassnet.recipe.draws import everything_open, left_open
from glassnet.recipe.encode import encode_rows
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.folds import Split, assign_folds
from glassnet.recipe.mixture import alone, go_on, mix, retrain
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.rows import TableRows, class_indices, rows_to_train_on
from glassnet.recipe.search import bins_to_try, choose_settings
from glassnet.recipe.teachers.lesson import lesson_of
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.targets import Target, Task, learn_target
from glassnet.training.run import Progress, Run

if TYPE_CHECKING:
    from glassnet.training.checkpoint import Checkpoint


Settle = Callable[[Options], ResolvedOptions]


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
    checkpoint: "Checkpoint | None" = None,
    start: Model | None = None,
    given: Collection[str] = (),
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
    checkpoint : Checkpoint, optional
        What keeps the trainings while they run, and from which they go on.
    start : Model, optional
        Whose encoding is kept, and whose members are trained on in place of new ones.
    given : collection of str
        Options that then count for all members, whatever some of them were trained by.

    Raises GlassnetError, naming the column or option, on what cannot be trained on, and
    KeyboardInterrupt where it came before anything was learnt.
    """
    began = monotonic() - (0.0 if checkpoint is None else checkpoint.seconds_before)
    encoding = None
    if start is not None:
        encoding, settings = start.encoding, start.record.mixture
    prepared = prepare_folds(train, validation, task, options, classes, settings, (), encoding)
    training = replace(
        prepared.training,
        progress=progress,
        n_jobs=n_jobs,
        path_points=path_points,
        checkpoint=checkpoint,
    )
    del train, validation  # the columns are not wanted any more
    plain, options = prepared.plain, prepared.options
    if start is not None:
        mixture = go_on(training, plain, start, given)
    elif settings:
        mixture = retrain(training, plain, settings)
    else:
        mixture = alone(choose_settings(training, options, plain))
        if options.draw_count:
            mixture = mix(training, options, plain, mixture.trials[0], _end(options, plain, began))
    model = assemble_model(training, mixture, options.threshold, prepared.teacher)
    return FitResult(model, mixture.runs, mixture.options)


class PreparedFolds(NamedTuple):
    """Folds of encoded rows that can be trained on, by whatever settings."""

    training: FoldTraining
    settle: Settle
    """Settles options for these rows."""
    options: Options
    """As asked for; where settings are drawn, with what is at its plain value left open."""
    targets: Table
    """Those of the rows, in the order in which they are encoded."""
    teacher: str
    """What the teacher is; "" where there is none."""

    @property
    def plain(self) -> ResolvedOptions:
        """The options, settled."""
        return self.settle(self.options)


def prepare_folds(
    train: TableRows,
    validation: TableRows | None,
    task: Task,
    options: Options,
    classes: Sequence[Target] = (),
    settings: Sequence[MemberSettings] = (),
    bins: Sequence[int] = (),
    encoding: TableEncoding | None = None,
) -> PreparedFolds:
    """Assign the rows to folds, and encode them for all settings that may be tried.

    Parameters
    ----------
    train, validation, task, options, classes, settings
        As in `fit_table`.
    bins : sequence of int
        Numbers of bins that the rows are encoded with beside those that the options ask for.
    encoding : TableEncoding, optional
        The only one that the rows are encoded by; None: the rows teach it.
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
    if options.draw_count and validation is None and encoding is None:
        _check_left_out(splits, rows.n_rows)
    if lesson is not None:
        splits = lesson.extend(splits)
    train_rows = min(len(split.train) for split in splits)
    settled = partial(
        settle,
        task=task,
        train_rows=train_rows,
        validation_rows=0 if validation is None else validation.n_rows,
        by_folds=splits[0].validation is not None,
        taught=lesson is not None and lesson.has_mixed_rows,
    )
    plain = settled(options)
    if options.draw_count and not settings and encoding is None:
        options = left_open(options, plain, settled(everything_open(options)))
    training = FoldTraining(splits)
    wanted = [*_bins_wanted(options, plain, train_rows, settings), *bins]
    for count in dict.fromkeys(wanted) if encoding is None else (plain.bins,):
        learnt = encoding or learn_encoding(rows, replace(plain, bins=count), classes)
        if learnt in [one.encoding for one in training.rows.values()]:
            continue  # the table has no numbers that could be cut into bins
        training.rows[count] = (
            encode_rows(rows, learnt, options.dtype)
            if lesson is None
            else lesson.encode(learnt, options.dtype)
        )
        if validation is not None:
            training.validation[count] = encode_rows(validation, learnt, options.dtype)
    teacher = "" if rows.teacher is None else rows.teacher.description
    return PreparedFolds(training, settled, options, rows.targets, teacher)


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
    """Raises OptionError where every member trains on all rows: none can choose settings."""
    if all(len(split.train) == n_rows for split in splits):
        raise OptionError(
            [
                OptionRef("effort"),
                " and ",
                OptionRef("draws"),
                " choose settings by rows left out of the training, and there are none",
            ],
            option="effort",
            remedy=["give ", OptionRef("members"), " of 2 or more, or more rows of each class"],
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
    """When to stop drawing settings, however many were asked for; None where no seconds are given.

    A last training on all rows takes no longer than what was trained before, so that half of the
    time is left for it.
    """
    if isinstance(options.effort, str):
        return None
    return began + (options.effort / 2 if plain.refit else options.effort)
