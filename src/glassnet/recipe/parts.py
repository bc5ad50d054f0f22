"""Reading a table to be trained on: its columns, its task, and which rows do what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from glassnet.errors import (
    GlassnetError,
    OptionError,
    OptionRef,
    TableError,
    option_error,
    unknown_name,
)
from glassnet.recipe.folds import split_validation
from glassnet.recipe.options import Options
from glassnet.recipe.rows import TableRows, class_indices
from glassnet.recipe.teachers.inputs import TeacherInputs
from glassnet.recipe.teachers.read import read_teacher
from glassnet.recipe.teachers.teacher import Teacher
from glassnet.settings import items_of
from glassnet.tables.blocks import read_blocks
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table
from glassnet.tables.gathered import gather_table
from glassnet.tables.read import read_table
from glassnet.tables.row_numbers import without_row_numbers
from glassnet.tables.splitting import split_rows
from glassnet.tables.targets import Target, Task, find_task, learn_target

FEW_ROWS = 10  # rows with a target; of fewer, none can be kept for validation or the final score


@dataclass(frozen=True, eq=False)
class TableParts:
    """A table that is to be trained on.

    Parameters
    ----------
    columns : Table
        Without the rows that have no target.
    row_numbers : array of int
        The number of each of these rows in the table as it was given, from 1.
    without_target : int
        How many rows have no target.
    every : TableRows
        All rows of `columns`, as inputs, targets and what a teacher says of them.
    task : str
        What the targets are.
    rows : dict of arrays of int
        Which of these rows, from 0, are for "train", "validation" and "holdout".
    """

    columns: Table
    row_numbers: np.ndarray
    without_target: int
    every: TableRows
    task: Task
    rows: dict[str, np.ndarray]


def read_parts(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    teacher: Any = None,
    encoding: TableEncoding | None = None,
) -> TableParts:
    """Read a table, its teacher and its task, and say which rows do what.

    The parameters are those of `train_table`; `encoding` is that of a model that the training goes
    on from: text is read as it was then, and columns that it does not know are left out.

    Raises GlassnetError, naming the column, row or option, on anything that cannot be trained on.
    """
    columns, targets = read_columns_and_targets(table, target, options, encoding)
    asked = read_teacher(teacher, columns.n_rows, lambda: TeacherInputs.of(table))
    columns, row_numbers, without_target = _with_target(columns, targets)
    every = split_columns(columns, targets, None if asked is None else asked.take(row_numbers - 1))
    task = find_task(list(every.targets.values()), cast("Task | None", options.task))
    rows = _assign_parts(every, task, options)
    return TableParts(columns, row_numbers, without_target, every, task, rows)


def split_columns(columns: Table, targets: Sequence[str], teacher: Teacher | None) -> TableRows:
    """Rows of a table with the columns that are not to be predicted, and those that are."""
    inputs = columns.select(name for name in columns if name not in targets)
    return TableRows(inputs, columns.select(targets), teacher=teacher)


def validation_rows(every: TableRows, parts: dict[str, np.ndarray]) -> TableRows | None:
    """The rows that validate every member, where there are any."""
    return every.take(parts["validation"]) if len(parts["validation"]) else None


def names_of_targets(target: str | Sequence[str], options: Options) -> list[str]:
    """The names of the targets. Raises GlassnetError where they are no names, or to be ignored."""
    names: list[str] = [target] if isinstance(target, str) else [*(items_of(target) or ())]
    if not names or not all(isinstance(name, str) for name in names):
        raise option_error("target", "must be the name of a column, or several names", target)
    for name in names:
        if name in options.ignore:
            raise GlassnetError(f"target '{name}' is also to be ignored")
    return names


def read_columns_and_targets(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    encoding: TableEncoding | None = None,
) -> tuple[Table, list[str]]:
    """The columns of a table, checked, and which of them are targets.

    Raises GlassnetError, naming the column.
    """
    targets = names_of_targets(target, options)
    reading, ignore = options.reading(targets), options.ignore
    if encoding is not None:
        reading, ignore = encoding.reading, ()
    if isinstance(table, (str, Path)) and options.memory is not None:
        columns = gather_table(read_blocks(table), ignore=ignore, reading=reading)
    else:
        frame = read_table(table) if isinstance(table, (str, Path)) else table
        columns = as_table(frame, ignore=ignore, reading=reading)
    if encoding is None:
        columns = without_row_numbers(columns, keep=[*targets, *options.categories])
    else:
        known = {*targets, *(column.name for column in encoding.inputs)}
        columns = columns.select(name for name in columns if name in known)
    check_targets(columns, targets, options.categories)
    return columns, targets


def check_targets(columns: Table, targets: list[str], categories: Sequence[str]) -> None:
    """Raises GlassnetError, naming it, on a target that is no column, or is named twice."""
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
    learn_classes_rest = class_indices(every.targets.take(rest), task)
    taught = every.teacher is not None and every.teacher.knows_other_rows
    train, validation = split_validation(len(rest), options, learn_classes_rest, taught=taught)
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


def learn_classes(targets: Table, task: Task) -> list[Target]:
    """The targets of a classification, whose classes are those of all rows, not of some.

    Numeric targets are learnt later, from the rows trained on alone.
    """
    if task == "regression":
        return []
    return [learn_target(column, task) for column in targets.values()]
