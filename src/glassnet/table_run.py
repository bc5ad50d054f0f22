"""From a table to a trained model: which rows do what, the encoding they teach, the run, the scores on rows it never saw."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from glassnet.core.losses import find_loss
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, unknown_name
from glassnet.model import Model
from glassnet.recipe import (
    ENOUGH_TO_JUDGE,
    VALIDATION,
    Options,
    decided,
    network_for,
    optimizer_for,
    start_for,
)
from glassnet.scores import class_scores, regression_scores
from glassnet.tables.columns import Columns, as_columns, check_almost_numbers, take_rows
from glassnet.tables.encoding import learn_encoding
from glassnet.tables.read import read_table
from glassnet.tables.split import split_rows
from glassnet.tables.targets import NumberTarget, Task, find_task
from glassnet.training.run import Progress, Run, train

FEW_ROWS = 10  # below this nothing can be held out


@dataclass(frozen=True, eq=False)
class TableRun:
    """A model, how its training went, and what its table was.

    `columns` are the rows that have a target; `rows` says which of them (from 0) did what: "train", "validation", "holdout";
    `line` is the place of each in the table as given, from 1; `without_target` counts the rows left out; `options` are those
    used, nothing left open.
    """

    model: Model
    run: Run
    options: Options
    columns: Columns
    line: np.ndarray
    rows: dict[str, np.ndarray]
    without_target: int

    @property
    def scored(self) -> str:
        """The part that scores and predictions are of: the rows held out, or where there are none those trained on."""
        return "holdout" if len(self.rows["holdout"]) else "train"

    @cached_property
    def predictions(self) -> dict[str, list[Any]]:
        """The scored rows as columns: `row` (from 1, in the table as given), `actual`, and the predictions."""
        rows = self.rows[self.scored]
        columns = take_rows(self.columns, rows)
        targets = self.model.encoding.targets
        table: dict[str, list[Any]] = {"row": self.line[rows].tolist()}
        for target in targets:
            name = "actual" if len(targets) == 1 else f"actual_{target.name}"
            table[name] = target.truth(columns[target.name]).tolist()
        output = self.model.output_of(self.model.encoding.encode_inputs(columns))
        return table | self.model.columns_of(output)


def train_table(table: Any, target: str | Sequence[str], *, progress: Progress | None = None, **options: Any) -> Model:
    """Train a network on a table and give the model that predicts from such a table's columns.

    Parameters
    ----------
    table : a pandas, Polars or PyArrow data frame, a dict of columns, or the path of a file (see `read_table`).
    target : the column to predict; several for several outputs (all numeric or all two-valued).
    progress : told how far the training is, as in `train`.
    options : see `Options`.

    Raises GlassnetError, naming the column, row or option, on anything that cannot be trained on.
    """
    known = list(Options.__dataclass_fields__)
    for name in options:
        if name not in known:
            raise unknown_name("option", name, known)
    settings: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    for name in {"categories", "ignore"} & settings.keys():
        settings[name] = (settings[name],) if isinstance(settings[name], str) else tuple(settings[name] or ())
    if isinstance(settings.get("hidden"), int):
        settings["hidden"] = (settings["hidden"],)
    return run_table(table, target, Options(**settings), progress).model


def run_table(table: Any, target: str | Sequence[str], options: Options, progress: Progress | None = None) -> TableRun:
    """`train_table` with everything that a report needs."""
    targets = [target] if isinstance(target, str) else list(target or ())
    if not targets or not all(isinstance(name, str) for name in targets):
        raise GlassnetError(f"target must be the name of a column, or several names, got {target!r}")
    for name in set(targets) & set(options.ignore):
        raise GlassnetError(f"target '{name}' is also to be ignored")
    columns = as_columns(read_table(table) if isinstance(table, (str, Path)) else table, ignore=options.ignore)
    _check_targets(columns, targets)
    for name, column in columns.items():
        if name not in options.categories:
            check_almost_numbers(column, "" if name in targets else f", or give --category '{name}' or --ignore '{name}'")
    columns, line, without = _with_target(columns, targets)
    task = find_task([columns[name] for name in targets], cast("Task | None", options.task))
    rows = _parts(columns, targets, task, options)
    learnt_from = take_rows(columns, rows["train"])
    centred = find_loss("mean_squared_error" if options.loss is None else options.loss).output != "exponential"
    answers = learnt_from if task == "regression" else columns  # classes are named by all rows, numbers scaled by those trained on
    encoding = learn_encoding(learnt_from, answers, targets, task, options.categories, centred)
    x, y = encoding.encode_inputs(columns), encoding.encode_targets(columns)
    network = network_for(options, task, x.shape[1], y.shape[1])
    fit, judge = rows["train"], rows["validation"]
    options = decided(options, network, task, len(fit), len(judge))
    start = start_for(options, network, y[fit])
    run = train(
        network,
        start,
        x[fit],
        y[fit],
        optimizer=optimizer_for(options),
        epochs=options.epochs or 1,
        batch_size=options.batch_size,
        validation=(x[judge], y[judge]) if len(judge) else None,
        penalty=Penalty(options.l2, options.l1),
        dropout=options.dropout,
        schedule=options.schedule,
        patience=options.patience,
        seed=options.seed,
        engine=options.engine,
        progress=progress,
    )
    if not len(run.history.epoch_loss):
        raise KeyboardInterrupt  # it came before anything was learnt
    record = {"target": targets, "options": asdict(options), "engine": run.engine}
    model = Model(network, run.parameters, encoding, {}, run.history.table(), record)
    done = TableRun(model, run, options, columns, line, rows, without)
    part = rows[done.scored]
    return replace(done, model=replace(model, scores=score(model, take_rows(columns, part), x[part])))


def score(model: Model, columns: Columns, x: np.ndarray) -> dict[str, dict[str, float]]:
    """The scores of a model on rows with known targets, by target; x is their encoded inputs, N x D."""
    scores: dict[str, dict[str, float]] = {}
    for target, part in model.encoding.by_target(model.output_of(x)):
        column = columns[target.name]
        if isinstance(target, NumberTarget):
            scores[target.name] = regression_scores(column.values, target.decode(part))
        else:
            scores[target.name] = class_scores(target.index(column), target.probabilities(part))
    return scores


def _check_targets(columns: Columns, targets: list[str]) -> None:
    for name in targets:
        if name not in columns:
            raise unknown_name("target column", name, columns)
        if targets.count(name) > 1:
            raise GlassnetError(f"target '{name}' is given twice")


def _with_target(columns: Columns, targets: list[str]) -> tuple[Columns, np.ndarray, int]:
    """The rows in which no target is missing, their places in the table, from 1, and how many others there are."""
    known = ~np.any([columns[name].missing for name in targets], axis=0)
    if not known.any():
        raise GlassnetError(f"target '{targets[0]}' is missing in every row")
    rows = np.flatnonzero(known)
    return take_rows(columns, rows), rows + 1, len(known) - len(rows)


def _parts(columns: Columns, targets: list[str], task: Task, options: Options) -> dict[str, np.ndarray]:
    """Which rows train, judge epochs, and give the final score."""
    n = len(columns[targets[0]].values)
    if n < 2:
        raise GlassnetError(f"only {n} row has a target, too few to train on")
    if n < FEW_ROWS and (options.holdout > 0 or (options.validation or 0) > 0):
        raise GlassnetError(
            f"only {n} rows have a target, too few to hold some out: give {FEW_ROWS} or more, or use --holdout 0 --validation 0"
        )
    classes = None
    if task != "regression" and len(targets) == 1:
        _, classes = np.unique(columns[targets[0]].values.astype(str), return_inverse=True)
    rest, holdout = split_rows(n, options.holdout, options.seed, classes)
    share = options.validation
    if share is None:
        share = VALIDATION if VALIDATION * len(rest) >= ENOUGH_TO_JUDGE else 0.0
    fit, judge = split_rows(len(rest), share, options.seed, None if classes is None else classes[rest])
    if len(fit) < 2:
        raise GlassnetError(
            f"holdout {options.holdout} and validation {share} leave {len(fit)} of {n} rows to train on: make them smaller"
        )
    return {"train": rest[fit], "validation": rest[judge], "holdout": holdout}
