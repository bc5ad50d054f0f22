"""From a table to a scored model: the training, scores on rows it never saw, a last training.

How the table is read is `parts.py`, the training itself `fit.py`, the last one on all rows
`refit.py`; what is written to a folder is `runs/`.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.core.network import Parameters
from glassnet.errors import (
    GlassnetWarning,
    OptionRef,
    TrainingError,
    warn_of,
)
from glassnet.models.ensemble import join_members
from glassnet.models.model import Model
from glassnet.models.notices import notices_of_reach
from glassnet.models.predictor import TablePredictor
from glassnet.recipe.baselines import Baseline, baselines
from glassnet.recipe.findings.notices import notices_of_run
from glassnet.recipe.fit import fit_table
from glassnet.recipe.members import worst_ending
from glassnet.recipe.options import Options, ResolvedOptions, options_from
from glassnet.recipe.parts import (
    TableParts,
    learn_classes,
    read_parts,
    split_columns,
    validation_rows,
)
from glassnet.recipe.refit import refit_notices, train_again, wants_refit
from glassnet.recipe.scoring import score
from glassnet.recipe.start import GoingOn
from glassnet.recipe.teachers.holdout import digest_of_rows, teacher_of_scored
from glassnet.recipe.teachers.teacher import Teacher
from glassnet.tables.columns import Table
from glassnet.tables.targets import Target, Task
from glassnet.training.array_memory import arrays_within
from glassnet.training.endings import CUT_SHORT, ENDINGS
from glassnet.training.run import Progress, Run

if TYPE_CHECKING:
    from glassnet.recipe.assessment.assess import Assessment
    from glassnet.training.checkpoint import Checkpoint

BLOCK_ROWS = 100_000  # scored rows whose predictions are listed at a time


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
        badly left nothing to keep. "interrupted" also where Ctrl-C came between the two.
    knows_unseen : bool
        Whether it is certain that the held-out rows were never trained on; not where the training
        went on from a model that may know them.
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
    knows_unseen: bool = True

    def __repr__(self) -> str:
        rows = ", ".join(f"{len(rows):,} {part}" for part, rows in self.rows.items())
        return f"<glassnet TableRun: {self.model!r}, rows: {rows}>"

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
            return "stopped by Ctrl-C after the scored training; the scored model is kept"
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
    def assessment(self) -> "Assessment":
        """How sure its scores are, whether something simpler would do, and more training help.

        The first time a small network is trained for it, and the scored rows are resampled.
        """
        from glassnet.recipe.assessment.assess import assess

        return assess(self)

    @cached_property
    def predictions(self) -> dict[str, list[Any]]:
        """The scored rows as columns: `row` (from 1, in the table as given), `actual`, ..."""
        blocks = list(self.prediction_blocks())
        return {name: [cell for block in blocks for cell in block[name]] for name in blocks[0]}

    def prediction_blocks(self) -> Iterator[dict[str, list[Any]]]:
        """The same, some rows at a time."""
        model, rows = self.scored_model, self.rows[self.scored_part]
        predictor = TablePredictor(model.encoding, model.members, model.residuals)
        targets = model.encoding.targets
        beyond: list[np.ndarray] = []
        for first in range(0, len(rows), BLOCK_ROWS):
            some = rows[first : first + BLOCK_ROWS]
            columns = self.columns.take(some)
            block: dict[str, list[Any]] = {"row": self.row_numbers[some].tolist()}
            for target in targets:
                name = "actual" if len(targets) == 1 else f"actual_{target.name}"
                block[name] = target.truth(columns[target.name]).tolist()
            yield block | predictor.predict_rows(columns, beyond)
        if beyond:
            warn_of(notices_of_reach(model.encoding, beyond, len(rows)))


def train_table(
    table: Any,
    target: str | Sequence[str],
    *,
    teacher: Any = None,
    progress: Progress | None = None,
    checkpoint: "str | Path | Checkpoint | None" = None,
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
    teacher : Model, RunFolder, estimator, array, data frame or path, optional
        What the network is trained towards beside the targets; see docs/distilling.md. A glassnet
        model, or its file or run folder; an estimator with `predict` or `predict_proba`, as it is
        where it is fitted, else fitted on parts of the rows; or predictions of every row of the
        table: numbers, or probabilities of the classes in their order, or columns as
        `Model.predict_columns` names them, also in a file.
    progress : function
        Called with how far the training is, as in `train`; where the model is trained once more on
        all rows, of that training again from the first epoch on.
    checkpoint : str or Path, optional
        A file that all trainings are kept in, every half minute, at the end, and where they are cut
        short. Where there is one of the same call already, it goes on from there, to the last bit
        as if it had never been stopped; see docs/stopping.md.
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
    run = run_table(
        table,
        target,
        options_from(options),
        progress,
        teacher=teacher,
        checkpoint=checkpoint,
        given=options.keys(),
    )
    warn_of(run.notices)
    return run.model


def run_table(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    progress: Progress | None = None,
    path_points: int | None = None,
    teacher: Any = None,
    refit_progress: Progress | None = None,
    checkpoint: "str | Path | Checkpoint | None" = None,
    given: Collection[str] | None = None,
) -> TableRun:
    """`train_table` with everything that a report needs.

    With `path_points` the path of the parameters too, as in `train`; `refit_progress` is told of
    the last training in place of `progress`. `given` are the names of the options that were given,
    for a training that goes on from a model; None: those that are not at their default. Ctrl-C
    keeps whatever was trained by then.
    """
    with arrays_within(options.memory):
        return _run_table(
            table,
            target,
            options,
            progress,
            path_points,
            teacher,
            refit_progress,
            checkpoint,
            given,
        )


def _run_table(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    progress: Progress | None,
    path_points: int | None,
    teacher: Any,
    refit_progress: Progress | None,
    checkpoint: "str | Path | Checkpoint | None",
    given: Collection[str] | None,
) -> TableRun:
    kept = None
    if checkpoint is not None:
        from glassnet.training.checkpoint import Checkpoint

        purpose = purpose_of_table(table, target, options, teacher, given)
        is_given = isinstance(checkpoint, Checkpoint)
        kept = checkpoint if is_given else Checkpoint(checkpoint, purpose)
    going_on = None
    if options.start is not None:
        going_on = GoingOn.of(options, target, given)
        options = going_on.options
    known = None if going_on is None else going_on.scored.encoding
    parts = read_parts(table, target, options, teacher, known)
    scored = None
    try:
        scored = train_scored(parts, options, progress, path_points, kept, going_on)
        run = refit(scored, refit_progress or progress, path_points, kept, going_on)
    except KeyboardInterrupt:
        if kept is not None:
            kept.finish()
        if scored is None:
            raise
        return _without_refit(scored, "interrupted")
    if kept is not None and kept is not checkpoint:
        kept.finish()
    return run


def absolute_path(file: Any) -> str:
    """The path of a file wherever the program is run; "-" stays, and what is no path is ""."""
    if not isinstance(file, (str, Path)):
        return ""
    return str(file) if str(file) == "-" else os.path.abspath(file)


def purpose_of_table(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    teacher: Any = None,
    given: Collection[str] | None = None,
) -> dict[str, Any]:
    """What a checkpoint says of a training on a table, for those who have nothing but the file."""
    return {
        "call": "train_table",
        "table": absolute_path(table),
        "target": [target] if isinstance(target, str) else list(target),
        "teacher": absolute_path(teacher),
        "has teacher": teacher is not None,
        **{f"option {name}": value for name, value in asdict(options).items()},
        "option start": options.start and absolute_path(options.start),
        "given": None if given is None or options.start is None else sorted(given),
    }


def train_scored(
    parts: TableParts,
    options: Options,
    progress: Progress | None = None,
    path_points: int | None = None,
    checkpoint: "Checkpoint | None" = None,
    going_on: GoingOn | None = None,
) -> TableRun:
    """The run up to its scores: without the last training, on all rows."""
    every, known = parts.every, parts.every.teacher
    numbers = parts.row_numbers[parts.rows["holdout"]]
    holdout_digest = digest_of_rows(every.targets.take(parts.rows["holdout"]), numbers)
    every = replace(every, teacher=teacher_of_scored(known, holdout_digest))
    fitted = fit_table(
        every.take(parts.rows["train"]),
        validation_rows(every, parts.rows),
        parts.task,
        replace(options, refit=wants_refit(options, every.n_rows)),
        _classes(every.targets, parts.task, going_on),
        progress,
        path_points=path_points,
        checkpoint=checkpoint,
        start=None if going_on is None else going_on.scored,
        given=() if going_on is None else going_on.given,
    )
    record = replace(fitted.model.record, holdout_digest=holdout_digest)
    run = TableRun(
        *fitted._replace(model=replace(fitted.model, record=record)),
        columns=parts.columns,
        row_numbers=parts.row_numbers,
        rows=parts.rows,
        without_target=parts.without_target,
        teacher=known,
    )
    try:
        return _scored(run, going_on)
    except KeyboardInterrupt:  # scores take less than a training
        return _without_refit(_scored(run, going_on), "interrupted")


def refit(
    run: TableRun,
    progress: Progress | None = None,
    path_points: int | None = None,
    checkpoint: "Checkpoint | None" = None,
    going_on: GoingOn | None = None,
) -> TableRun:
    """The run with a model that is trained once more, with the same options, on all rows.

    The held-out rows join those trained on. The run as it is where its options do not ask for
    that, or its training was stopped or went astray; and, but for `refit_ended`, where this one
    does.
    """
    if not run.refit_due:
        return run
    rows = split_columns(run.columns, run.model.record.targets, run.teacher)
    to_train_on = np.sort(np.concatenate([run.rows["train"], run.rows["holdout"]]))
    fitted, ended = train_again(
        rows.take(to_train_on),
        validation_rows(rows, run.rows),
        run.options,
        _classes(rows.targets, run.options.task, going_on),
        progress,
        path_points,
        run.model.record.mixture,
        checkpoint,
        None if going_on is None else going_on.model,
        () if going_on is None else going_on.given,
    )
    if fitted is None:
        return _without_refit(run, ended)
    scored_fraction = 1 - len(run.rows["holdout"]) / rows.n_rows
    scored = run.model.record
    record = replace(
        fitted.model.record,
        scored_fraction=scored_fraction,
        holdout_digest=scored.holdout_digest,
        tried=scored.tried,  # this training searched nothing
    )
    model = replace(fitted.model, scores=run.model.scores, record=record)
    return replace(run, model=model, runs=fitted.runs, before_refit=run.model, refit_ended=ended)


def _without_refit(run: TableRun, ended: str) -> TableRun:
    """The run that was scored, after a last training that ended so and left nothing to keep."""
    if not run.options.refit:
        return replace(run, refit_ended=ended)
    return replace(run, refit_ended=ended, notices=(*run.notices, *refit_notices(ended)))


def _classes(targets: Table, task: Task, going_on: GoingOn | None) -> Sequence[Target]:
    """The targets of a classification; those of a model that the training goes on from."""
    if going_on is None:
        return learn_classes(targets, task)
    return () if task == "regression" else going_on.model.encoding.targets


def _scored(run: TableRun, going_on: GoingOn | None) -> TableRun:
    """The run with its scores, and all that they are compared with."""
    encoding = run.model.encoding
    train = run.columns.take(run.rows["train"])
    scored = run.columns.take(run.rows[run.scored_part])
    output = run.model.output(scored)
    before = None if going_on is None else going_on.scored
    run = replace(
        run,
        model=replace(run.model, scores=score(encoding, output, scored)),
        baselines=baselines(encoding, train, scored, before),
    )
    run = replace(run, notices=notices_of_run(run, output))
    if going_on is None or going_on.knows_unseen(run.model.record.holdout_digest):
        return run
    return replace(run, knows_unseen=False, notices=(_may_have_seen(run), *run.notices))


def _may_have_seen(run: TableRun) -> GlassnetWarning:
    return GlassnetWarning(
        f"unless all rows are new to {run.options.start}, some that are held out now may have been "
        "trained on there, and then the scores are too good"
    )


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
