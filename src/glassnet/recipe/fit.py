"""From columns to a trained model: the one way that `glassnet train` and the estimators go, once they know which rows do what."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.losses import find_loss
from glassnet.core.penalties import Penalty
from glassnet.models.ensemble import (
    folds,
    mean_history,
    run_members,
    seed_of,
    side_by_side,
    threads_for,
)
from glassnet.models.model import Model
from glassnet.recipe import options as recipe
from glassnet.recipe.options import ENOUGH_TO_JUDGE, VALIDATION, Options
from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.splitting import split_rows
from glassnet.tables.targets import Target, Task, learn_target
from glassnet.training.run import Progress, Run, train

MOST_REPEATED = 100_000  # rows that whole weights may make


class Rows(NamedTuple):
    """Some rows of a table: what a network is shown, what it is to answer, and how much each row counts (None: all the same)."""

    inputs: Table
    answers: Table
    weights: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> "Rows":
        """Only these rows."""
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.inputs.take(rows), self.answers.take(rows), weights)


class Fitted(NamedTuple):
    """A model without scores, how its training went, a run for each member, and the options used, nothing left open."""

    model: Model
    runs: list[Run]
    options: Options


def fit_table(
    fit: Rows,
    judge: Rows | None,
    task: Task,
    options: Options,
    classes: Sequence[Target] = (),
    progress: Progress | None = None,
    n_jobs: int | None = None,
    path_points: int | None = None,
) -> Fitted:
    """Train on the rows of `fit`; those of `judge`, if any, judge the epochs. Each run keeps `path_points` (see `train`).

    Where none judge, and `options.validation` is left open, each member trains on all parts of the rows but one, which judges its
    epochs where it is ENOUGH_TO_JUDGE rows. The encoding is learnt from all. Whole weights are so many equal rows: the same model
    comes out, to the last bit, whichever way they are given. `classes` are the targets of a classification; numeric targets are
    learnt from the training rows, as inputs are. Raises GlassnetError, naming the column or option, on what cannot be trained on,
    and KeyboardInterrupt when it came before anything was learnt.
    """
    fit = in_order(repeated(fit))
    loss = find_loss("mean_squared_error" if options.loss is None else options.loss)
    inputs = learn_inputs(
        fit.inputs, options.categories, recipe.pieces_from(options), options.affine
    )
    centred, held = loss.output != "exponential", not options.affine
    targets = classes or [
        learn_target(column, task, centred, held) for column in fit.answers.values()
    ]
    encoding = TableEncoding(task, inputs, tuple(targets))
    x, y = encoding.encode_inputs(fit.inputs), encoding.encode_targets(fit.answers)
    network = recipe.network_for(options, task, x.shape[1], y.shape[1])
    fold = _fold(fit, judge, task, options)
    shown, left = (
        [np.flatnonzero(there(fold, m)) for m in range(options.members)]
        for there in (np.not_equal, np.equal)
    )
    own_judges = min(map(len, left)) >= ENOUGH_TO_JUDGE
    options = recipe.decided(
        options,
        network,
        task,
        min(map(len, shown)),
        0 if judge is None else judge.answers.n_rows,
    )
    every = x, y, fit.weights
    judged = None if judge is None else _encoded(encoding, judge)
    at_once, threads = threads_for(options.members, n_jobs, options.engine)

    def run(member: int, progress: Progress | None) -> Run:
        own_x, own_y, weights = _rows(every, shown[member])
        seed = seed_of(member, options.seed)
        return train(
            network,
            recipe.start_for(options, network, np.average(own_y, axis=0, weights=weights), seed),
            own_x,
            own_y,
            sample_weight=weights,
            optimizer=recipe.optimizer_for(options),
            epochs=options.epochs or 1,
            batch_size=options.batch_size,
            validation=_rows(every, left[member]) if own_judges else judged,
            penalty=Penalty(options.l2, options.l1),
            dropout=options.dropout,
            schedule=options.schedule,
            patience=options.patience,
            seed=seed,
            engine=options.engine,
            progress=progress,
            n_jobs=threads,
            path_points=path_points,
        )

    runs = run_members(run, options.members, progress, at_once)
    if not len(runs[0].history.loss):
        raise KeyboardInterrupt  # it came before anything was learnt
    record = {
        "target": list(fit.answers),
        "options": asdict(options),
        "engine": runs[0].engine,
        "best_epochs": [run.best_epoch for run in runs],
        "folds": bool((fold >= 0).any()),
        "row_weights": fit.weights is not None,
    }
    joined, parameters = side_by_side(network, [run.parameters for run in runs])
    return Fitted(
        Model(joined, parameters, encoding, {}, mean_history(runs), record), runs, options
    )


def _fold(fit: Rows, judge: Rows | None, task: Task, options: Options) -> np.ndarray:
    """Which member each row is not shown, N; -1: none, as where others judge the epochs, or it is said that none do."""
    n = fit.answers.n_rows
    if judge is not None or options.validation is not None or not 1 < options.members <= n:
        return np.full(n, -1)
    return folds(n, options.members, options.seed, class_numbers(fit.answers, task))


def _rows(
    arrays: tuple[np.ndarray, np.ndarray, np.ndarray | None], rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Any]:
    x, y, weights = arrays
    return x[rows], y[rows], None if weights is None else weights[rows]


def judging_rows(answers: Table, task: Task, options: Options) -> tuple[np.ndarray, np.ndarray]:
    """(training rows, judging rows), each class giving its share.

    None judge where they would be too few to be trusted, and where several members judge each other's rows (see `fit_table`).
    """
    n = answers.n_rows
    share = options.validation
    if share is None:
        share = VALIDATION if options.members == 1 and VALIDATION * n >= ENOUGH_TO_JUDGE else 0.0
    return split_rows(n, share, options.seed, class_numbers(answers, task))


def class_numbers(answers: Table, task: Task) -> np.ndarray | None:
    """The number of each row's class, N; None for numeric or several targets."""
    if task == "regression" or len(answers) > 1:
        return None
    (column,) = answers.values()
    return np.unique(column.values.astype(str), return_inverse=True)[1]


def repeated(rows: Rows) -> Rows:
    """Rows of whole weights as so many rows each, while these are not too many; rows of weight 0 are left out in any case."""
    if rows.weights is None:
        return rows
    rows = rows.take(np.flatnonzero(rows.weights))
    weights = np.asarray(rows.weights)
    if (weights == 1).all():
        return rows._replace(weights=None)
    if (weights != np.rint(weights)).any() or weights.sum() > MOST_REPEATED:
        return rows
    return rows._replace(weights=None).take(np.repeat(np.arange(len(weights)), weights.astype(int)))


def in_order(rows: Rows) -> Rows:
    """The rows as they stand where no two are equal, else sorted: then it does not matter where the equal ones stood."""
    groups = np.zeros(rows.answers.n_rows, int)
    for column in sorted(
        [*rows.answers.values(), *rows.inputs.values()], key=lambda column: column.kind == "text"
    ):
        places = _places(column)
        _, groups = np.unique(groups * (places.max() + 1) + places, return_inverse=True)
        if groups.max() + 1 == len(groups):
            return rows
    return rows.take(np.argsort(groups, kind="stable"))


def _places(column: Column) -> np.ndarray:
    """The place of each cell, N, among the column's sorted different ones."""
    if column.kind in ("number", "date"):
        return np.unique(column.values, return_inverse=True)[1]
    place = {cell: i for i, cell in enumerate(sorted(set(column.values) - {None}))}
    return np.array([place.get(cell, len(place)) for cell in column.values])


def _encoded(encoding: TableEncoding, rows: Rows) -> tuple[np.ndarray | None, ...]:
    return encoding.encode_inputs(rows.inputs), encoding.encode_targets(rows.answers), rows.weights
