"""A whole table's encoding: what was learnt of every input and target column.

It is the way into arrays and back. How one column is encoded is in `inputs.py` and `targets.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from glassnet.errors import OptionError, OptionRef, TableError, unknown_name, visible
from glassnet.tables.arrays import table_of_array
from glassnet.tables.columns import Kind, Table
from glassnet.tables.formats.reading import Learnt, Reading
from glassnet.tables.inputs import (
    Binary,
    Categories,
    Input,
    Number,
    Numbers,
    Unused,
    check_kind,
    learn_input,
)
from glassnet.tables.targets import ClassTarget, NumberTarget, Target, Task


@dataclass(frozen=True)
class TableEncoding:
    """What a model knows of its table: plain numbers and names, in the order of the columns.

    There may be no target: then it encodes inputs, and that is all.
    """

    task: Task
    inputs: tuple[Input, ...]
    targets: tuple[Target, ...]
    missing: tuple[str, ...] | None = None
    """The texts that mean "missing", where the user said which; None: the usual ones."""

    def __repr__(self) -> str:
        targets = ", ".join(target.name for target in self.targets) or "no target"
        text = (
            f"{len(self.inputs):,} columns, {len(self.features):,} inputs; {self.task}, {targets}"
        )
        return visible(f"<glassnet TableEncoding: {text}>")

    @property
    def features(self) -> list[str]:
        """The name of every network input; D of them."""
        return [name for column in self.inputs for name in column.features]

    @property
    def needed(self) -> list[str]:
        """The columns that predicting needs."""
        return [column.name for column in self.inputs if column.features]

    @cached_property
    def reading(self) -> Reading:
        """How the text of new rows is read: as it was in training."""
        learnt = {column.name: _learnt(column) for column in (*self.inputs, *self.targets)}
        return Reading(missing=self.missing, learnt=learnt)

    @property
    def outputs(self) -> list[str]:
        """The name of every network output; K of them."""
        return [name for target in self.targets for name in output_names(target)]

    @property
    def of_scaled_targets(self) -> str:
        """What a loss is of, where the targets are scaled: " of the scaled target", or ""."""
        numbers = [one for one in self.targets if isinstance(one, NumberTarget)]
        if all((one.center, one.scale) == (0, 1) for one in numbers):
            return ""
        return f" of the scaled target{'s' if len(numbers) > 1 else ''}"

    def encode_inputs(self, columns: Table) -> np.ndarray:
        """The table as an N x D matrix; columns are found by name.

        Raises TableError when the table lacks a column, or has text where the model knows numbers.
        """
        parts: list[np.ndarray] = []
        for column in self.inputs:
            if column.features:
                if column.name not in columns:
                    raise TableError(
                        f"the table lacks the column '{column.name}'; of those it needs it has: "
                        f"{', '.join(columns) or 'none'}",
                        column=column.name,
                    )
                check_kind(column, columns[column.name])
                parts.append(column.encode(columns[column.name]))
        return np.concatenate(parts, axis=1)

    def encode_array(self, x: np.ndarray) -> np.ndarray:
        """Numbers, N x (columns in the order of `needed`), as an N x D matrix.

        NaN is a missing cell. Raises TableError when the model has inputs that are not numbers, on
        another number of columns, and on cells too large.
        """
        numbers = self.numbers
        if x.ndim != 2 or x.shape[1] != len(numbers.columns):
            names = [column.name for column in numbers.columns]
            raise TableError(
                f"an array of shape {x.shape}",
                remedy=f"give N x {len(names)}, one column each for {', '.join(names)}, "
                "in this order",
            )
        if type(x) is not np.ndarray or x.dtype.char != "d":
            if x.dtype.kind not in "fiub":
                raise TableError(
                    f"an array of {x.dtype}",
                    remedy="give numbers, or a data frame or a dict of columns",
                )
            x = np.asarray(np.ma.filled(x.astype(np.float64), np.nan))
        features = numbers.encode(x)
        if features is not None:
            return features
        return self.encode_inputs(table_of_array(x, [column.name for column in numbers.columns]))

    @cached_property
    def numbers(self) -> Numbers:
        """The input columns, all of them numbers. Raises TableError, naming one that is not."""
        used = [column for column in self.inputs if column.features]
        for column in used:
            if not isinstance(column, Number):
                raise TableError(
                    f"column '{column.name}' is not numbers",
                    column=column.name,
                    remedy="give a data frame or a dict of columns, not an array",
                )
        return Numbers([column for column in used if isinstance(column, Number)])

    def decode_inputs(self, x: np.ndarray) -> dict[str, list[Any]]:
        """`encode_inputs` undone, as far as each column's `decode` can.

        The cells of every column, None where nothing is known.
        """
        ends = np.cumsum([len(column.features) for column in self.inputs])
        parts = np.split(x, ends[:-1], axis=1)
        return {
            column.name: column.decode(part)
            for column, part in zip(self.inputs, parts, strict=True)
        }

    @cached_property
    def number_positions(self) -> slice | list[int] | None:
        """Where the used columns stand among all; None unless every used one is of numbers."""
        used = [position for position, column in enumerate(self.inputs) if column.features]
        if not all(isinstance(self.inputs[position], Number) for position in used):
            return None
        return slice(None) if len(used) == len(self.inputs) else used

    def encode_targets(self, columns: Table) -> np.ndarray:
        """The targets as an N x K matrix."""
        return np.concatenate(
            [target.encode(columns[target.name]) for target in self.targets], axis=1
        )

    def by_target(self, output: np.ndarray) -> list[tuple[Target, np.ndarray]]:
        """Each target with its columns of an N x K matrix of outputs."""
        return [(target, output[:, columns]) for target, columns in self._columns_of_targets]

    @cached_property
    def _columns_of_targets(self) -> list[tuple[Target, slice]]:
        """Each target with its columns among the outputs."""
        found: list[tuple[Target, slice]] = []
        first = 0
        for target in self.targets:
            found.append((target, slice(first, first + target.width)))
            first += target.width
        return found

    @property
    def two_class_targets(self) -> list[ClassTarget]:
        """The targets of two classes, which have a threshold."""
        return [t for t in self.targets if isinstance(t, ClassTarget) and len(t.labels) == 2]

    def with_thresholds(self, thresholds: Sequence[float | None]) -> "TableEncoding":
        """The same with a threshold for each of the targets of two classes.

        Raises OptionError where there are none.
        """
        if not self.two_class_targets:
            target = self.targets[0]
            what = str(target) if isinstance(target, ClassTarget) else "a number"
            raise OptionError(
                [OptionRef("threshold"), f" is for two classes, but '{target.name}' is {what}"],
                option="threshold",
                remedy="leave it out",
            )
        of_two = iter(thresholds)
        targets = tuple(
            replace(target, threshold=next(of_two)) if target in self.two_class_targets else target
            for target in self.targets
        )
        return replace(self, targets=targets)

    @property
    def with_likeliest(self) -> "TableEncoding":
        """The same, but of each target of classes the likeliest is predicted."""
        targets = tuple(
            replace(target, threshold=None, frequencies=())
            if isinstance(target, ClassTarget)
            else target
            for target in self.targets
        )
        return replace(self, targets=targets)


def learn_inputs(
    columns: Table,
    categories: Sequence[str] = (),
    bins: int | None = None,
    affine: bool = False,
    bin_height: float = 1.0,
) -> tuple[Input, ...]:
    """Every column's encoding, learnt from training rows (see `learn_input`).

    Raises TableError when none of them is of use.
    """
    for name in categories:
        if name not in columns:
            raise unknown_name("column", name, columns)
    inputs = tuple(
        learn_input(column, name in categories, bins, affine, bin_height)
        for name, column in columns.items()
    )
    if not any(column.features for column in inputs):
        reasons = [f"'{column.name}' is {column}" for column in inputs]
        why = "; ".join(reasons) or "it has only the target"
        raise TableError(f"the table has no column to predict from: {why}")
    return inputs


def plain_encoding(inputs: Sequence[str], targets: Sequence[str]) -> TableEncoding:
    """Numbers taken as they are, numeric targets taken as they are, as in the article."""
    numbers = tuple(
        Number(
            name,
            0.0,
            1.0,
            smooth_clip=False,
            fill=0.0,
            indicator=False,
            fill_learnt=False,
        )
        for name in inputs
    )
    return TableEncoding(
        "regression", numbers, tuple(NumberTarget(name, 0.0, 1.0, None, None) for name in targets)
    )


def output_names(target: Target) -> list[str]:
    """The names of a target's outputs: its own, or one for each class that has an output."""
    if isinstance(target, NumberTarget):
        return [target.name]
    names = target.label_texts
    return [f"{target.name}={name}" for name in (names[1:] if len(names) == 2 else names)]


def _learnt(column: Input | Target) -> Learnt:
    """What is known of a column's cells."""
    if isinstance(column, (Binary, Categories)):
        return Learnt(column.cells, levels=column.levels)
    if isinstance(column, ClassTarget):
        kinds: dict[type, Kind] = {str: "text", bool: "boolean"}
        return Learnt(kinds.get(type(column.labels[0]), "number"), levels=tuple(column.label_texts))
    if isinstance(column, Unused):
        return Learnt("text")
    is_date = isinstance(column, Number) and column.date
    return Learnt("date" if is_date else "number", column.format)
