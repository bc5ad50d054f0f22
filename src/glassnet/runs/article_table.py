"""A table as the article's program takes it: numbers as they are, classes as 0 and 1.

Nothing is filled in, and nothing is scaled unless that is asked for. Training is not done here.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.errors import OptionRef, TableError
from glassnet.recipe.options import Options
from glassnet.recipe.parts import read_columns_and_targets
from glassnet.tables.columns import Column, Table, count_texts, is_name
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Categories, Number
from glassnet.tables.targets import NumberTarget, Target, Task, learn_target

MOST_CATEGORIES = 20  # of a column of text; each of them is an input
TRAIN = "or use `glassnet train` (in Python train_table), which has a rule for them"


def read_article_table(
    table: Any, target: str | Sequence[str], options: Options, scale: bool = False
) -> tuple[Table, TableEncoding]:
    """All columns of a table but those to be ignored, and their encoding.

    Parameters
    ----------
    table : path, data frame or dict of columns
        As in `train_table`.
    target : str or sequence of str
        The columns to predict: numbers, or one of text, or several of two texts each.
    options : Options
        Whose `ignore` names columns that are not to be inputs.
    scale : bool
        Whether numbers become (x - smallest) / (largest - smallest), targets too.

    Raises
    ------
    GlassnetError
        Naming column and row of a missing cell, and columns that are neither numbers nor a few
        categories.
    """
    columns, targets = read_columns_and_targets(table, target, options)
    for column in columns.values():
        _check_known(column, is_target=column.name in targets)
    inputs = tuple(_input(column, scale) for name, column in columns.items() if name not in targets)
    if not inputs:
        raise TableError("the table has no column to predict from: it has only the target")
    task = _task([columns[name] for name in targets])
    learnt = tuple(_target(columns[name], task, scale) for name in targets)
    return columns, TableEncoding(task, inputs, learnt)


def _check_known(column: Column, is_target: bool) -> None:
    """Raises TableError, naming the row, on a missing cell."""
    if not column.missing.any():
        return
    count = int(column.missing.sum())
    more = f" (and {count - 1} more in this column)" if count > 1 else ""
    remedy: list[str | OptionRef] = ["fill it in or leave the row out, "]
    if not is_target:
        remedy += [OptionRef("ignore", [column.name]), ", "]
    raise TableError(
        f"the cell is missing{more}, and the article's program has no rule for missing cells",
        column=column.name,
        row=int(np.argmax(column.missing)) + 1,
        remedy=[*remedy, TRAIN],
    )


def _input(column: Column, scale: bool) -> Number | Categories:
    """Numbers as they are, or scaled; an input of 0 and 1 for each category.

    Raises TableError on dates, and on texts that are too many to be categories.
    """
    if column.kind == "number" and not column.category:
        return Number(
            column.name,
            *_center_and_scale(column, scale),
            smooth_clip=False,
            fill=0.0,
            indicator=False,
            format=column.format,
            fill_learnt=False,
        )
    if column.kind == "date":
        raise _no_number(column, "are dates")
    counts = count_texts(column)
    if len(counts) > MOST_CATEGORIES or is_name(len(counts), counts.total()):
        raise _no_number(column, f"are text, {len(counts)} different in {counts.total()} cells")
    return Categories(column.name, tuple(sorted(counts)), indicator=False, cells=column.kind)


def _center_and_scale(column: Column, scale: bool) -> tuple[float, float]:
    """What makes a column of numbers go from 0 to 1; a constant one becomes 0."""
    if not scale:
        return 0.0, 1.0
    low, high = float(column.values.min()), float(column.values.max())
    return low, (high - low) or 1.0


def _no_number(column: Column, what: str) -> TableError:
    return TableError(
        f"the cells of column '{column.name}' {what}, and the article's program takes numbers",
        column=column.name,
        remedy=["give ", OptionRef("ignore", [column.name]), ", ", TRAIN],
    )


def _task(targets: Sequence[Column]) -> Task:
    """What the targets are: numbers, also of two values, or the classes of text and booleans.

    Raises TableError where several are of more than one kind, or of three classes or more.
    """
    numbers = [column.kind == "number" and not column.category for column in targets]
    if all(numbers):
        return "regression"
    counts = [len(count_texts(column)) for column in targets]
    if len(targets) > 1 and (any(numbers) or max(counts) > 2):
        raise TableError("several targets must be all numbers, or all of two texts each")
    return "binary" if counts[0] <= 2 else "multiclass"


def _target(column: Column, task: Task, scale: bool) -> Target:
    """Numbers as they are, or scaled; of two classes one output, 0 for the first; of more each."""
    if task == "regression":
        center_and_scale = _center_and_scale(column, scale)
        return NumberTarget(column.name, *center_and_scale, None, None, column.format)
    return learn_target(column, task)
