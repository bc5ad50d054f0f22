"""From a table to a trained model: which rows do what, the encoding they teach, the run, the scores on rows it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from glassnet.core.metrics import class_scores, regression_scores
from glassnet.core.network import Parameters
from glassnet.errors import GlassnetError, unknown_name
from glassnet.models.ensemble import ended, side_by_side
from glassnet.models.model import Model
from glassnet.recipe.fit import Rows, class_numbers, fit_table, judging_rows
from glassnet.recipe.options import Options
from glassnet.tables.columns import Table, check_almost_numbers
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table
from glassnet.tables.splitting import split_rows
from glassnet.tables.targets import NumberTarget, Task, find_task, learn_target
from glassnet.training.run import ENDINGS, Progress, Run

FEW_ROWS = 10  # below this nothing can be held out


@dataclass(frozen=True, eq=False)
class TableRun:
    """A model, how the training of each of its members went, and what its table was.

    `columns` are the rows that have a target; `rows` says which of them (from 0) did what: "train", "validation", "holdout";
    `line` is the place of each in the table as given, from 1; `without_target` counts the rows left out; `options` are those
    used, nothing left open.
    """

    model: Model
    runs: list[Run]
    options: Options
    columns: Table
    line: np.ndarray
    rows: dict[str, np.ndarray]
    without_target: int

    @property
    def ended(self) -> str:
        """How the runs ended, a name of `ENDINGS`: the worst there was."""
        return ended(self.runs)

    @property
    def diagnosis(self) -> str:
        """Why, in plain words."""
        return ENDINGS[self.ended]

    @cached_property
    def path(self) -> tuple[tuple[int, Parameters], ...]:
        """(epoch, parameters of the joined network) along the training; () where the runs kept no path.

        A member that ended before an epoch is there as it was at its end.
        """
        epochs = sorted({epoch for run in self.runs for epoch, _ in run.path})
        points = [
            [[p for at, p in run.path if at <= epoch][-1] for run in self.runs] for epoch in epochs
        ]
        return tuple(
            (epoch, side_by_side(self.model.member, members)[1])
            for epoch, members in zip(epochs, points, strict=True)
        )

    @property
    def scored(self) -> str:
        """The part that scores and predictions are of: the rows held out, or where there are none those trained on."""
        return "holdout" if len(self.rows["holdout"]) else "train"

    @cached_property
    def predictions(self) -> dict[str, list[Any]]:
        """The scored rows as columns: `row` (from 1, in the table as given), `actual`, and the predictions."""
        rows = self.rows[self.scored]
        columns = self.columns.take(rows)
        targets = self.model.encoding.targets
        table: dict[str, list[Any]] = {"row": self.line[rows].tolist()}
        for target in targets:
            name = "actual" if len(targets) == 1 else f"actual_{target.name}"
            table[name] = target.truth(columns[target.name]).tolist()
        output = self.model.output_of(self.model.encoding.encode_inputs(columns))
        return table | self.model.columns_of(output)


def train_table(
    table: Any, target: str | Sequence[str], *, progress: Progress | None = None, **options: Any
) -> Model:
    """Train a network on a table and give the model that predicts from such a table's columns.

    Parameters
    ----------
    table : a pandas, Polars or PyArrow data frame, a dict of columns, or the path of a file (see `read_table`).
    target : the column to predict; several for several outputs (all numeric or all two-valued).
    progress : told how far the training is, as in `train`.
    options : see `Options`.

    Raises GlassnetError, naming the column, row or option, on anything that cannot be trained on.
    """
    return run_table(table, target, options_from(options), progress).model


def options_from(given: dict[str, Any]) -> Options:
    """Options by name, as people and run.json write them. Raises GlassnetError on an unknown name or a value out of range."""
    known = list(Options.__dataclass_fields__)
    for name in given:
        if name not in known:
            raise unknown_name("option", name, known)
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    for name in {"categories", "ignore"} & settings.keys():
        settings[name] = (
            (settings[name],) if isinstance(settings[name], str) else tuple(settings[name] or ())
        )
    if isinstance(settings.get("hidden"), int):
        settings["hidden"] = (settings["hidden"],)
    return Options(**settings)


def run_table(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    progress: Progress | None = None,
    path_points: int | None = None,
) -> TableRun:
    """`train_table` with everything that a report needs; with `path_points` also `TableRun.path`."""
    targets = [target] if isinstance(target, str) else list(target or ())
    if not targets or not all(isinstance(name, str) for name in targets):
        raise GlassnetError(
            f"target must be the name of a column, or several names, got {target!r}"
        )
    for name in set(targets) & set(options.ignore):
        raise GlassnetError(f"target '{name}' is also to be ignored")
    columns = as_table(
        read_table(table) if isinstance(table, (str, Path)) else table, ignore=options.ignore
    )
    _check_targets(columns, targets, options.categories)
    for name, column in columns.items():
        if name not in options.categories:
            check_almost_numbers(
                column,
                "" if name in targets else f", or give --category '{name}' or --ignore '{name}'",
            )
    columns, line, without = _with_target(columns, targets)
    task = find_task([columns[name] for name in targets], cast("Task | None", options.task))
    every = Rows(
        columns.select(name for name in columns if name not in targets),
        columns.select(targets),
    )
    rows = _parts(every.answers, task, options)
    # classes are named by all rows, numbers scaled by those trained on
    classes = (
        ()
        if task == "regression"
        else [learn_target(column, task) for column in every.answers.values()]
    )
    judge = every.take(rows["validation"]) if len(rows["validation"]) else None
    model, runs, options = fit_table(
        every.take(rows["train"]), judge, task, options, classes, progress, path_points=path_points
    )
    done = TableRun(model, runs, options, columns, line, rows, without)
    known = columns.take(rows[done.scored])
    return replace(
        done,
        model=replace(
            model, scores=score(model, model.output_of(model.encoding.encode_inputs(known)), known)
        ),
    )


def score(model: Model, output: np.ndarray, answers: Table) -> dict[str, dict[str, float]]:
    """The scores, by target, of a model's outputs, N x K, on rows whose targets are known."""
    scores: dict[str, dict[str, float]] = {}
    for target, part in model.encoding.by_target(output):
        column = answers[target.name]
        if isinstance(target, NumberTarget):
            scores[target.name] = regression_scores(column.values, target.decode(part))
        else:
            scores[target.name] = class_scores(target.index(column), target.probabilities(part))
    return scores


def _check_targets(columns: Table, targets: list[str], categories: Sequence[str]) -> None:
    for name in targets:
        if name not in columns:
            raise unknown_name("target column", name, columns)
        if targets.count(name) > 1:
            raise GlassnetError(f"target '{name}' is given twice")
        if name in categories:
            raise GlassnetError(
                f"'{name}' is a target; its classes are chosen with --task, not as a category"
            )


def _with_target(columns: Table, targets: list[str]) -> tuple[Table, np.ndarray, int]:
    """The rows in which no target is missing, their places in the table, from 1, and how many others there are."""
    known = ~np.any([columns[name].missing for name in targets], axis=0)
    if not known.any():
        raise GlassnetError(f"target '{targets[0]}' is missing in every row")
    rows = np.flatnonzero(known)
    return columns.take(rows), rows + 1, len(known) - len(rows)


def _parts(answers: Table, task: Task, options: Options) -> dict[str, np.ndarray]:
    """Which rows train, judge epochs, and give the final score."""
    n = answers.n_rows
    if n < 2:
        raise GlassnetError(f"only {n} row has a target, too few to train on")
    if n < FEW_ROWS and (options.holdout > 0 or (options.validation or 0) > 0):
        raise GlassnetError(
            f"only {n} rows have a target, too few to hold some out: give {FEW_ROWS} or more, or use --holdout 0 --validation 0"
        )
    rest, holdout = split_rows(n, options.holdout, options.seed, class_numbers(answers, task))
    fit, judge = judging_rows(answers.take(rest), task, options)
    if len(fit) < 2:
        shares = f"holdout {options.holdout} and validation {options.validation or 0.0}"
        raise GlassnetError(f"{shares} leave {len(fit)} of {n} rows to train on: make them smaller")
    return {"train": rest[fit], "validation": rest[judge], "holdout": holdout}
