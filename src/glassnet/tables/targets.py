"""What a target column becomes, and how outputs become predictions: tasks, classes, scales.

Inputs are in `inputs.py`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np

from glassnet.errors import OptionRef, TableError
from glassnet.tables.columns import (
    Column,
    count_cells,
    count_texts,
    level_numbers,
    number_text,
    texts,
)
from glassnet.tables.formats.known import Format

Task = Literal["regression", "binary", "multiclass"]
TASKS: tuple[Task, ...] = ("regression", "binary", "multiclass")

MAX_FOUND_CLASSES = 10  # distinct whole numbers that are still taken for classes
MIN_CLASS_ROWS = 5  # rows that each of them must have
NEGLIGIBLE = 1e-9  # of a number's size: what differs by less is the same
NORMAL_QUARTILES = 1.349  # standard deviations from quartile to quartile of a normal distribution


@dataclass(frozen=True)
class NumberTarget:
    """A number: (y - center) / scale. Outputs are scaled back and clipped to the training range.

    Where `low` and `high` are None they are not clipped.
    """

    kind: ClassVar[str] = "number"
    name: str
    center: float
    scale: float
    low: float | None
    high: float | None
    format: Format | None = None
    """How its cells were written, where they were text."""
    width: ClassVar[int] = 1
    formulas: ClassVar[dict[str, str]] = {
        "encode": "(x - m) / s",
        "decode": "a * s + m",
        "clip": "min(max(x, p), q)",
    }
    """Each step as a Python expression: x is a number in the target's unit, a the output, m the
    center, s the scale, p and q the smallest and largest number seen in training."""

    def encode(self, column: Column) -> np.ndarray:
        """N cells as an N x 1 matrix."""
        return ((column.values - self.center) / self.scale)[:, None]

    def decode(self, output: np.ndarray) -> np.ndarray:
        """N x 1 outputs as N numbers."""
        scale, center, low, high = self._arrays
        return np.minimum(np.maximum(output[:, 0] * scale + center, low), high)

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, ...]:
        """Scale, center and range, each as an array of one number.

        For one row, half the time would go into turning numbers into arrays.
        """
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return tuple(np.array([number]) for number in (self.scale, self.center, low, high))

    def truth(self, column: Column) -> np.ndarray:
        """The cells themselves, as `decode` would give them."""
        return column.values

    def __str__(self) -> str:
        text = "number: " if self.format is None else f"{self.format}: "
        if (self.center, self.scale) == (0, 1):
            text += "as it is"
        else:
            text += f"(y - {self.center:.6g}) / {self.scale:.6g}"
        if self.low is not None and self.high is not None:
            text += f", predictions held to {self.low:.6g} ... {self.high:.6g}"
        return text


@dataclass(frozen=True)
class ClassTarget:
    """A class: one output for two classes, the probability of the second; else one for each."""

    kind: ClassVar[str] = "class"
    name: str
    labels: tuple[Any, ...]
    """The classes as they stood in the table: text, numbers or booleans."""
    threshold: float | None = None
    """Of two classes: the probability of the second from which on it is predicted. None: the
    likelier class is."""
    frequencies: tuple[float, ...] = ()
    """Of three classes or more: how frequent each was among the rows trained on, where the class of
    the largest probability over its frequency is predicted. (): the likeliest class is."""
    formulas: ClassVar[dict[str, str]] = {
        "encode": "1 if x == q else 0",
        "first of two": "1 - a",
        "second of two": "a",
        "probability": "a / s",
        "over frequency": "p / f",
    }
    """x is the cell and q a class; a is an output and s the sum of the row's outputs, p a
    probability and f the frequency of its class."""

    @property
    def label_texts(self) -> list[str]:
        """The classes as text."""
        return [label_text(label) for label in self.labels]

    @property
    def width(self) -> int:
        """How many outputs it takes."""
        return 1 if len(self.labels) == 2 else len(self.labels)

    def encode(self, column: Column) -> np.ndarray:
        """N cells as an N x width matrix of 0 and 1.

        Raises TableError on a class that training did not have.
        """
        onehot = np.eye(len(self.labels))[self.index(column)]  # N x classes
        return onehot[:, 1:] if len(self.labels) == 2 else onehot

    def index(self, column: Column) -> np.ndarray:
        """N numbers: the index of each cell's class among the labels."""
        labels = self.label_texts
        index = level_numbers(column, labels)
        unknown = index == len(labels)
        if unknown.any():
            row = int(np.argmax(unknown))
            raise TableError(
                f"class '{texts(column)[row]}' is not among those trained on: {', '.join(labels)}",
                column=self.name,
                row=row + 1,
            )
        return index

    def probabilities(self, output: np.ndarray) -> np.ndarray:
        """N x width outputs as N x classes probabilities."""
        if len(self.labels) == 2:
            output = np.concatenate([1 - output, output], axis=1)
        total = output.sum(axis=1, keepdims=True)
        return output / np.where(total == 0, 1, total)

    def predicted(self, probabilities: np.ndarray) -> np.ndarray:
        """N x classes probabilities as N numbers: the index of the class that is predicted."""
        if self.threshold is not None:
            return (probabilities[:, 1] >= self.threshold).astype(int)
        if self.frequencies:
            return (probabilities / self.frequencies).argmax(axis=1)
        return probabilities.argmax(axis=1)

    def decode(self, output: np.ndarray) -> np.ndarray:
        """N x width outputs as N labels."""
        return as_labels(self.labels)[self.predicted(self.probabilities(output))]

    def truth(self, column: Column) -> np.ndarray:
        """The cells themselves, as `decode` would give them."""
        return as_labels(self.labels)[self.index(column)]

    def __str__(self) -> str:
        text = f"{len(self.labels)} classes: {', '.join(self.label_texts)}"
        if self.threshold is not None:
            text += f"; {self.label_texts[1]} from a probability of {self.threshold:.4g} on"
        if self.frequencies:
            pairs = zip(self.label_texts, self.frequencies, strict=True)
            listed = ", ".join(f"{label} {frequency:.4g}" for label, frequency in pairs)
            text += f"; that of the largest probability over its frequency: {listed}"
        return text


Target = NumberTarget | ClassTarget


def as_labels(labels: tuple[Any, ...]) -> np.ndarray:
    """The labels as an array of their own type: text, whole numbers, numbers or booleans."""
    return np.array(labels, object) if isinstance(labels[0], str) else np.array(labels)


def label_text(label: Any) -> str:
    """A label as it stands in a table."""
    if isinstance(label, str):
        return label
    return str(label).lower() if isinstance(label, bool) else number_text(label)


def find_task(columns: list[Column], asked: Task | None = None) -> Task:
    """The task of one or several targets, from their cells, unless one is asked for.

    Two values: binary. Text, or whole numbers with at most 10 distinct values each at least 5
    times: multiclass. Other numbers: regression. Two classes are binary, whatever was asked.

    Parameters
    ----------
    columns : list of Column
        The targets.
    asked : {"regression", "binary", "multiclass"}, optional

    Returns
    -------
    str
        A name in `TASKS`.

    Raises
    ------
    TableError
        Where several targets do not agree, or are multiclass.
    """
    found: list[Task] = [_task_of(column, asked) for column in columns]
    if len(columns) > 1 and (len(set(found)) > 1 or found[0] == "multiclass"):
        tasks = ", ".join(f"'{c.name}' is {task}" for c, task in zip(columns, found, strict=True))
        raise TableError(
            f"several targets must be all numeric or all two-valued, but {tasks}",
            remedy=["train one model each, or give ", OptionRef("task")],
        )
    return found[0]


def _task_of(column: Column, asked: Task | None) -> Task:
    if asked in ("regression", "binary"):
        return asked  # which says when the column does not fit
    if column.kind == "date":
        raise TableError(
            f"target '{column.name}' is a date",
            column=column.name,
            remedy="turn it into a number (such as days from a start) first",
        )
    counts = count_cells(column)
    if len(counts) == 2:
        return "binary"
    if asked == "multiclass" or column.kind != "number" or column.category:
        return "multiclass"
    if len(counts) == 1:
        return "regression"  # which says that it is constant
    known = column.values[~column.missing]
    whole = bool((known == np.trunc(known)).all())
    rarest = int(counts.min(initial=len(known)))
    if whole and len(counts) <= MAX_FOUND_CLASSES and rarest >= MIN_CLASS_ROWS:
        return "multiclass"
    return "regression"


def learn_target(
    column: Column, task: Task, center: bool = True, clip: bool = True, robust: bool = False
) -> Target:
    """The encoding of a target, learnt from training rows without missing cells.

    Parameters
    ----------
    column : Column
    task : {"regression", "binary", "multiclass"}
    center : bool
        Whether the mean of a number is subtracted. If not, it is only divided, by the mean: for
        outputs that cannot be negative.
    clip : bool
        Whether predictions of a number are clipped to the range seen.
    robust : bool
        Whether a number is centred on its median and divided by what its quartiles say of its
        spread, so that a few wild targets do not move either.

    Returns
    -------
    NumberTarget or ClassTarget

    Raises
    ------
    TableError
        On a target that does not fit the task.
    """
    if task == "regression":
        return _learn_number(column, center, clip, robust)
    return _learn_classes(column, task)


def _learn_number(column: Column, center: bool, clip: bool, robust: bool) -> NumberTarget:
    if column.kind != "number":
        is_boolean = column.kind == "boolean"
        what = "true/false" if is_boolean else column.kind
        task = "binary" if is_boolean else "multiclass"
        raise TableError(
            f"target '{column.name}' is {what}, which regression cannot predict",
            column=column.name,
            remedy=["use ", OptionRef("task", task), ", or leave it out"],
        )
    y = column.values
    low = float(y.min())
    high = float(y.max())
    mean = float(y.mean())
    if high - low <= 1e-100:
        raise TableError(
            f"target '{column.name}' is constant ({low:g}): there is nothing to learn",
            column=column.name,
        )
    bounds = (low, high) if clip else (None, None)
    if center:
        middle, spread = _robust_scale(y) if robust else (mean, float(y.std()))
        return NumberTarget(column.name, middle, spread, *bounds, column.format)
    if low < 0:
        raise TableError(
            f"target '{column.name}' has negative values (smallest {low:g}), "
            "which this loss cannot take",
            column=column.name,
            remedy=["use another ", OptionRef("loss")],
        )
    return NumberTarget(column.name, 0.0, mean, *bounds, column.format)


def _robust_scale(y: np.ndarray) -> tuple[float, float]:
    """The median, and the standard deviation of a normal distribution with the same quartiles.

    Where half of the targets or more are the median, the median distance of the others from it.
    """
    q1, median, q3 = (float(q) for q in np.quantile(y, [0.25, 0.5, 0.75]))
    if q3 - q1 > NEGLIGIBLE * max(abs(q1), abs(q3)):
        return median, (q3 - q1) / NORMAL_QUARTILES
    distance = np.abs(y - median)
    return median, float(np.median(distance[distance > NEGLIGIBLE * abs(median)]))


def _learn_classes(column: Column, task: Task) -> ClassTarget:
    if column.kind == "date":
        raise TableError(
            f"target '{column.name}' is a date, which cannot be a class",
            column=column.name,
            remedy="turn it into text or a number first",
        )
    counts = count_texts(column)
    if len(counts) == 1:
        raise TableError(
            f"target '{column.name}' has one class only ({next(iter(counts))}): "
            "there is nothing to tell apart",
            column=column.name,
        )
    if task == "binary" and len(counts) != 2:
        raise TableError(
            [
                f"target '{column.name}' has {len(counts)} values, ",
                OptionRef("task", "binary"),
                " needs two",
            ],
            column=column.name,
            remedy=["use ", OptionRef("task", "multiclass")],
        )
    if column.kind == "number":
        values = np.unique(column.values).tolist()
        whole = all(v == int(v) for v in values)
        return ClassTarget(column.name, tuple(int(v) if whole else v for v in values))
    if column.kind == "boolean":
        return ClassTarget(column.name, (False, True))
    if len(counts) > 0.5 * counts.total() and len(counts) > 10:
        raise TableError(
            f"target '{column.name}' has {len(counts)} different texts in {counts.total()} rows: "
            f"too many to be classes (one is '{next(iter(counts))}'); "
            "is it a name, or are they numbers written in an unusual way?",
            column=column.name,
        )
    return ClassTarget(column.name, tuple(sorted(counts)))
