"""What a network learns from a teacher: soft targets for the rows there are, and for mixed ones.

A mixed row takes most cells from one row and some from others; only the teacher knows what to say
of it. Bucila, Caruana and Niculescu-Mizil (2006) compress ensembles with such rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from glassnet.recipe.encode import encode_rows
from glassnet.recipe.folds import Split
from glassnet.recipe.options import Options
from glassnet.recipe.rows import EncodedRows, TableRows
from glassnet.recipe.teachers.teacher import MixedRows, all_wanted
from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import NumberTarget, Target

MIXED_ROWS = 2  # times the rows there are
MOST_MIXED_ROWS = 20_000
MIXED_CELLS = 0.25  # the chance that a cell of a mixed row is of another row


@dataclass(frozen=True, eq=False)
class Lesson:
    """Rows to train on, and what the teacher says of them.

    Parameters
    ----------
    rows : TableRows
        The N rows there are, then the mixed ones.
    n_known : int
        N.
    predicted : array, (N + S) x K
        What the teacher predicts: numbers in their unit, probabilities of classes.
    weight : float
        How much the teacher counts in the rows there are; the rest is their true target.
    """

    rows: TableRows
    n_known: int
    predicted: np.ndarray
    weight: float

    @property
    def has_mixed_rows(self) -> bool:
        """Whether there are other rows than those of the table."""
        return self.rows.n_rows > self.n_known

    def extend(self, splits: Sequence[Split]) -> list[Split]:
        """The splits of the rows there are, each with all mixed rows to train on."""
        mixed = np.arange(self.n_known, self.rows.n_rows)
        return [Split(np.concatenate([split.train, mixed]), split.validation) for split in splits]

    def encode(self, encoding: TableEncoding, dtype: str) -> EncodedRows:
        """The rows as a network takes them, with the targets that it is trained towards."""
        encoded = encode_rows(self.rows, encoding, dtype)
        predicted = _encoded(encoding, self.predicted)
        weight = np.where(np.arange(self.rows.n_rows) < self.n_known, self.weight, 1.0)[:, None]
        return encoded._replace(taught=weight * predicted + (1 - weight) * encoded.y)


def lesson_of(rows: TableRows, options: Options, classes: Sequence[Target]) -> Lesson | None:
    """What the rows' teacher has to say; None where they have none.

    Raises GlassnetError where its predictions do not fit the targets.
    """
    if rows.teacher is None:
        return None
    predicted = rows.teacher.predict(rows, all_wanted(rows.targets, classes), options.seed)
    known = replace(rows, teacher=None)
    if predicted.of_mixed is None or len(rows.inputs) < 2:  # one column alone cannot be mixed
        return Lesson(known, rows.n_rows, predicted.of_rows, options.teacher_weight)
    mixed = mix_rows(rows.inputs, options.seed)
    both = np.concatenate([predicted.of_rows, predicted.of_mixed(mixed)])
    return Lesson(_below(known, mixed), rows.n_rows, both, options.teacher_weight)


def mix_rows(inputs: Table, seed: int) -> MixedRows:
    """Rows whose cells are drawn from the rows of a table, at least one of another row."""
    N = inputs.n_rows
    S = min(MIXED_ROWS * N, MOST_MIXED_ROWS)
    drawn = np.random.default_rng([seed, N, S])
    base = np.arange(S) % N
    donor: dict[str, np.ndarray] = {}
    certain = drawn.integers(0, len(inputs), S)
    for number, name in enumerate(inputs):
        other = drawn.integers(0, N, S)
        taken = (drawn.random(S) < MIXED_CELLS) | (certain == number)
        donor[name] = np.where(taken, other, base)
    columns = [column.take(donor[name]) for name, column in inputs.items()]
    return MixedRows(Table.of(columns), base, donor)


def _below(rows: TableRows, mixed: MixedRows) -> TableRows:
    """The rows, and the mixed ones below them; the targets of these are those of their base."""
    N = rows.n_rows
    whole = rows.take(np.concatenate([np.arange(N), mixed.base]))
    columns = [
        replace(column, values=np.concatenate([column.values[:N], mixed.inputs[name].values]))
        for name, column in whole.inputs.items()
    ]
    return replace(whole, inputs=Table(dict(zip(whole.inputs, columns, strict=True))))


def _encoded(encoding: TableEncoding, predicted: np.ndarray) -> np.ndarray:
    """Predictions as targets are encoded; numbers are held to the range of the targets first."""
    parts: list[np.ndarray] = []
    for target, part in encoding.by_target(predicted):
        if isinstance(target, NumberTarget):
            number = np.clip(part[:, 0], target.low, target.high)
            parts.append(target.encode(Column(target.name, "number", number)))
        else:
            parts.append(part)
    return np.concatenate(parts, axis=1)
