"""From a table to a scored model: which rows do what, the training, scores on rows it never saw.

The training itself is `fit.py`, the last one on all rows `refit.py`; what is written to a folder is
`runs/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from glassnet.core.network import Parameters
from glassnet.errors import (
    GlassnetError,
    GlassnetWarning,
    OptionError,
    OptionRef,
    TableError,
    TrainingError,
    option_error,
    unknown_name,
    warn_of,
)
from glassnet.models.ensemble import join_members
from glassnet.models.model import Model
from glassnet.recipe.baselines import Baseline, baselines
from glassnet.recipe.findings.notices import notices_of_run
from glassnet.recipe.fit import fit_table
from glassnet.recipe.folds import split_validation
from glassnet.recipe.members import worst_ending
from glassnet.recipe.options import Options, ResolvedOptions, options_from
from glassnet.recipe.refit import refit_notices, train_again, wants_refit
from glassnet.recipe.rows import TableRows, class_indices
from glassnet.recipe.scoring import score
from glassnet.recipe.teachers.inputs import TeacherInputs
from glassnet.recipe.teachers.read import read_teacher
from glassnet.recipe.teachers.teacher import Teacher
from glassnet.settings import items_of
from glassnet.tables.columns import Table
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table
from glassnet.tables.row_numbers import without_row_numbers
from glassnet.tables.splitting import split_rows
from glassnet.tables.targets import Target, Task, find_task, learn_target
from glassnet.training.endings import CUT_SHORT, ENDINGS
from glassnet.training.run import Progress, Run

FEW_ROWS = 10  # rows with a target; of fewer, none can be kept for validation or the final score


@dataclass(frozen=True, eq=False)
class TableRun:
    """A model, how the training of each of its members went, and what its table was.

    Parameters
    ----------
    model : Model
        The one to keep, with the scores of `scored_model`.
    runs : list of Run
        One a member of it.
    options : ResolvedOptions
        Those that it was trained with.
    columns : Table
        The table, without the rows that have no target.
    row_numbers : array of int
        The number of each of these rows in the table as it was given, from 1.
    rows : dict of arrays of int
        Which of these rows, from 0, were used for "train", "validation" and "holdout" by the
        training of `scored_model`. A last training has those of "holdout" to train on too.
    without_target : int
        How many rows have no target.
    baselines : tuple of Baseline
        What simple predictions score on the rows of the model's scores.
    notices : tuple of GlassnetWarning
        What was found about the table and the run, and should be said.
    teacher : Teacher or None
        What the network was trained towards beside the targets, of the same rows.
    before_refit : Model or None
        The model that was scored, where `model` is of a last training on all rows.
    refit_ended : str or None
        How that training ended, a name of `ENDINGS`; None where there was none. One that ended
        badly left nothing to keep.
    """

    model: Model
    runs: list[Run]
    options: ResolvedOptions
    columns: Table
    row_numbers: np.ndarray
    rows: dict[str, np.ndarray]
    without_target: int
    baselines: tuple[Baseline, ...] = ()
    notices: tuple[GlassnetWarning, ...] = ()
    teacher: Teacher | None = None
    before_refit: Model | None = None
    refit_ended: str | None = None

    @property
    def scored_model(self) -> Model:
        """The model that never saw the held-out rows: scores and predictions are of it."""
        return self.before_refit or self.model

    @property
    def refit_due(self) -> bool:
        """Whether a last training is to follow: it is asked for, and all has gone well so far."""
        return self.options.refit and self.refit_ended is None and self.ended not in CUT_SHORT

    @property
    def ended(self) -> str:
        """How the runs ended, a name of `ENDINGS`: the worst there was."""
        return "interrupted" if self.refit_ended == "interrupted" else worst_ending(self.runs)

    @property
    def diagnosis(self) -> str:
        """Why they ended, in plain words."""
        if self.refit_ended == "interrupted":
            return "stopped by Ctrl-C in the last training, on all rows; the scored model is kept"
        return ENDINGS[self.ended]

    @cached_property
    def path(self) -> tuple[tuple[int, Parameters], ...]:
        """(epoch, parameters of `model.joined()`) along the training.

        A member that ended before an epoch is there as it was at its end. Nothing where the runs
        kept no path.
        """
        epochs = sorted({epoch for run in self.runs for epoch, _ in run.path})
        return tuple((epoch, self._parameters_at(epoch)) for epoch in epochs)

    def _parameters_at(self, epoch: int) -> Parameters:
        members = []
        for member, run in zip(self.model.members, self.runs, strict=True):
            reached = [parameters for at, parameters in run.path if at <= epoch]
            members.append(replace(member, parameters=reached[-1]))
        return join_members(members).parameters

    @property
    def scored_part(self) -> str:
        """The rows of the scores and predictions: "holdout", or "train" where none are held out."""
        return "holdout" if len(self.rows["holdout"]) else "train"

    @cached_property
    def predictions(self) -> dict[str, list[Any]]:
        """The scored rows as columns: `row` (from 1, in the table as given), `actual`, ..."""
        rows = self.rows[self.scored_part]
        columns = self.columns.take(rows)
        targets = self.scored_model.encoding.targets
        table: dict[str, list[Any]] = {"row": self.row_numbers[rows].tolist()}
        for target in targets:
            name = "actual" if len(targets) == 1 else f"actual_{target.name}"
            table[name] = target.truth(columns[target.name]).tolist()
        return table | self.scored_model.predict_columns(columns)


def train_table(
    table: Any,
    target: str | Sequence[str],
    *,
    teacher: Any = None,
    progress: Progress | None = None,
    **options: Any,
) -> Model:
    """Train a network on a table and give the model that predicts from such a table's columns.

    Parameters
    ----------
    table : data frame, dict of columns, or path
        A pandas, Polars or PyArrow data frame, a dict of columns, or the path of a file (see
        `read_table`).
    target : str or list of str
        The column to predict; several for several outputs (all numeric or all two-valued).
    teacher : Model, estimator, array, data frame or path, optional
        What the network is trained towards beside the targets; see docs/distilling.md. A glassnet
        model, or its file or run folder; an estimator with `predict` or `predict_proba`, as it is
        where it is fitted, else fitted on parts of the rows; or predictions of every row of the
        table: numbers, or probabilities of the classes in their order, or columns as
        `Model.predict_columns` names them, also in a file.
    progress : function
        Called with how far the training is, as in `train`; where the model is trained once more on
        all rows, of that training again from the first epoch on.
    options
        See `Options`.

    Returns
    -------
    Model
        With scores on the held-out rows. `Model.record.scores_of` says what they are of: unless
        `refit` is False, the model is trained once more after them, on all rows.

    Raises GlassnetError, naming the column, row or option, on anything that cannot be trained on,
    and warns (GlassnetWarning) of what was found about the table and the run.
    """
    run = run_table(table, target, options_from(options), progress, teacher=teacher)
    warn_of(run.notices)
    return run.model


def run_table(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    progress: Progress | None = None,
    path_points: int | None = None,
    teacher: Any = None,
) -> TableRun:
    """`train_table` with everything that a report needs.

    With `path_points` the path of the parameters too, as in `train`.
    """
    scored = run_scored(table, target, options, progress, path_points, teacher)
    return refit(scored, progress, path_points)


def run_scored(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    progress: Progress | None = None,
    path_points: int | None = None,
    teacher: Any = None,
) -> TableRun:
    """`run_table` up to the scores: without the last training, on all rows."""
    targets = _target_names(target, options)
    columns = _read_columns(table, targets, options)
    asked = read_teacher(teacher, columns.n_rows, lambda: TeacherInputs.of(table))
    columns, row_numbers, without_target = _with_target(columns, targets)
    known = None if asked is None else asked.take(row_numbers - 1)
    every = _rows(columns, targets, known)
    task = find_task(list(every.targets.values()), cast("Task | None", options.task))
    parts = _assign_parts(every, task, options)
    fitted = fit_table(
        every.take(parts["train"]),
        _validation(every, parts),
        task,
        replace(options, refit=wants_refit(options, every.n_rows)),
        _classes(every.targets, task),
        progress,
        path_points=path_points,
    )
    run = TableRun(*fitted, columns, row_numbers, parts, without_target, teacher=known)
    return _scored(run)


def refit(
    run: TableRun, progress: Progress | None = None, path_points: int | None = None
) -> TableRun:
    """The run with a model that is trained once more, with the same options, on all rows.

    The held-out rows join those trained on. The run as it is where its options do not ask for
    that, or its training was stopped or went astray; and, but for `refit_ended`, where this one
    does.
    """
    if not run.refit_due:
        return run
    rows = _rows(run.columns, run.model.record.targets, run.teacher)
    to_train_on = np.sort(np.concatenate([run.rows["train"], run.rows["holdout"]]))
    fitted, ended = train_again(
        rows.take(to_train_on),
        _validation(rows, run.rows),
        run.options,
        _classes(rows.targets, run.options.task),
        progress,
        path_points,
        run.model.record.mixture,
    )
    if fitted is None:
        return replace(run, refit_ended=ended, notices=(*run.notices, *refit_notices(ended)))
    scored_fraction = 1 - len(run.rows["holdout"]) / rows.n_rows
    tried = run.model.record.tried  # by the scored training: this one searched nothing
    record = replace(fitted.model.record, scored_fraction=scored_fraction, tried=tried)
    model = replace(fitted.model, scores=run.model.scores, record=record)
    return replace(run, model=model, runs=fitted.runs, before_refit=run.model, refit_ended=ended)


def _rows(columns: Table, targets: Sequence[str], teacher: Teacher | None) -> TableRows:
    """Rows of a table with the columns that are not to be predicted, and those that are."""
    inputs = columns.select(name for name in columns if name not in targets)
    return TableRows(inputs, columns.select(targets), teacher=teacher)


def _validation(every: TableRows, parts: dict[str, np.ndarray]) -> TableRows | None:
    """The rows that validate every member, where there are any."""
    return every.take(parts["validation"]) if len(parts["validation"]) else None


def _target_names(target: str | Sequence[str], options: Options) -> list[str]:
    """The names of the targets. Raises GlassnetError where they are no names, or to be ignored."""
    names: list[str] = [target] if isinstance(target, str) else [*(items_of(target) or ())]
    if not names or not all(isinstance(name, str) for name in names):
        raise option_error("target", "must be the name of a column, or several names", target)
    for name in names:
        if name in options.ignore:
            raise GlassnetError(f"target '{name}' is also to be ignored")
    return names


def _read_columns(table: Any, targets: list[str], options: Options) -> Table:
    """The columns of a table, checked. Raises GlassnetError, naming the column."""
    frame = read_table(table) if isinstance(table, (str, Path)) else table
    columns = as_table(frame, ignore=options.ignore, reading=options.reading(targets))
    columns = without_row_numbers(columns, keep=[*targets, *options.categories])
    _check_targets(columns, targets, options.categories)
    return columns


def _check_targets(columns: Table, targets: list[str], categories: Sequence[str]) -> None:
    for name in targets:
        if name not in columns:
            raise unknown_name("target column", name, columns)
        if targets.count(name) > 1:
            raise GlassnetError(f"target '{name}' is given twice")
        if name in categories:
            raise OptionError(
                [OptionRef("categories"), f" names the target '{name}'"],
                option="categories",
                value=name,
                remedy=["choose its classes with ", OptionRef("task")],
            )


def _with_target(columns: Table, targets: list[str]) -> tuple[Table, np.ndarray, int]:
    """(the rows in which no target is missing, their numbers from 1, how many others there are)."""
    known = ~np.any([columns[name].missing for name in targets], axis=0)
    if known.all():
        return columns, np.arange(1, len(known) + 1), 0
    if not known.any():
        raise TableError(f"target '{targets[0]}' is missing in every row", column=targets[0])
    rows = np.flatnonzero(known)
    return columns.take(rows), rows + 1, len(known) - len(rows)


def _assign_parts(every: TableRows, task: Task, options: Options) -> dict[str, np.ndarray]:
    """Which rows train, validate epochs, and give the final score."""
    n = every.n_rows
    if n < 2:
        raise TableError(f"only {n} row has a target, too few to train on")
    if n < FEW_ROWS and (options.holdout > 0 or (options.validation or 0) > 0):
        raise TableError(
            f"only {n} rows have a target, too few to hold some out",
            remedy=[
                f"give {FEW_ROWS} or more, or ",
                OptionRef("holdout", 0),
                " and ",
                OptionRef("validation", 0),
            ],
        )
    classes = class_indices(every.targets, task)
    rest, holdout = split_rows(n, options.holdout, options.seed, classes)
    classes_of_rest = class_indices(every.targets.take(rest), task)
    taught = every.teacher is not None and every.teacher.knows_other_rows
    train, validation = split_validation(len(rest), options, classes_of_rest, taught=taught)
    if len(train) < 2:
        raise OptionError(
            [
                OptionRef("holdout", options.holdout),
                " and ",
                OptionRef("validation", options.validation or 0.0),
                f" leave {len(train)} of {n} rows to train on",
            ],
            option="holdout",
            value=options.holdout,
            remedy="make them smaller",
        )
    return {"train": rest[train], "validation": rest[validation], "holdout": holdout}


def _classes(targets: Table, task: Task) -> list[Target]:
    """The targets of a classification, whose classes are those of all rows, not of some.

    Numeric targets are learnt later, from the rows trained on alone.
    """
    if task == "regression":
        return []
    return [learn_target(column, task) for column in targets.values()]


def _scored(run: TableRun) -> TableRun:
    """The run with its scores, and all that they are compared with."""
    encoding = run.model.encoding
    train = run.columns.take(run.rows["train"])
    scored = run.columns.take(run.rows[run.scored_part])
    output = run.model.output(scored)
    run = replace(
        run,
        model=replace(run.model, scores=score(encoding, output, scored)),
        baselines=baselines(encoding, train, scored),
    )
    return replace(run, notices=notices_of_run(run, output))


def check_useful(run: TableRun) -> None:
    """Raises TrainingError where the loss became NaN or infinite before anything was learnt."""
    scores = [value for scores in run.model.scores.values() for value in scores.values()]
    learnt = any(one.best_epoch > 0 for one in run.runs) and np.isfinite(scores).all()
    if run.ended == "not_finite" and not learnt:
        raise TrainingError(
            "the loss became NaN or infinite before anything was learnt: nothing was written",
            remedy=[
                "give a smaller ",
                OptionRef("learning_rate"),
                ", or another optimizer",
            ],
        )
