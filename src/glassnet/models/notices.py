"""What new rows show that whoever predicts them should know, as warnings.

What a training shows is in `recipe/findings/`, what is found while a table is read in `tables/`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from glassnet.errors import GlassnetWarning, OptionRef
from glassnet.tables.columns import Table, count_texts
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Binary, Categories, Input, Number
from glassnet.tables.targets import NumberTarget

NAMED_CATEGORIES = 3  # categories in a message; of more the rest is counted
FEWEST_NEW_ROWS = 5  # of fewer, a column may well be missing in all
BEYOND = 0.1  # of the target's standard deviation: what is held back by less is no loss
FEWEST_BEYOND = 0.01  # of the rows; fewer are left out of account


def notices_of_rows(encoding: TableEncoding, columns: Table) -> Iterator[GlassnetWarning]:
    """What new rows have that the model cannot make use of."""
    seen = SeenRows(encoding)
    seen.add(columns)
    return seen.notices()


class SeenRows:
    """What is counted of new rows, which may come some at a time, for what is to be said of them.

    Parameters
    ----------
    encoding : TableEncoding
        What the model knows.
    """

    def __init__(self, encoding: TableEncoding) -> None:
        self.n_rows: int = 0
        self.inputs: dict[str, Input] = {
            known.name: known for known in encoding.inputs if known.features
        }
        self.missing: dict[str, int] = {}
        """How many cells of each column are missing; columns that are not there are not here."""
        self.unknown: dict[str, Counter[str]] = {}
        """How often each category that the model does not know stands in a column."""

    def add(self, columns: Table) -> None:
        """Count the next rows."""
        self.n_rows += columns.n_rows
        for name, known in self.inputs.items():
            if name not in columns:
                continue
            column = columns[name]
            self.missing[name] = self.missing.get(name, 0) + int(column.missing.sum())
            if isinstance(known, (Binary, Categories)) and column.kind == known.cells:
                # cells of another kind are refused where they are encoded
                counts = count_texts(column)
                for level in known.levels:
                    del counts[level]
                self.unknown.setdefault(name, Counter()).update(counts)

    def notices(self) -> Iterator[GlassnetWarning]:
        """What is to be said of all of them."""
        for name, missing in self.missing.items():
            known = self.inputs[name]
            if self.n_rows >= FEWEST_NEW_ROWS and missing == self.n_rows:
                yield GlassnetWarning(
                    f"column '{name}' is missing in all {self.n_rows:,} rows",
                    column=name,
                    remedy="see whether it was filled in: it was known when the model was trained",
                )
            if isinstance(known, Number) and not known.fill_learnt:
                yield from _never_missing(known, missing)
            if self.unknown.get(name):
                yield _unknown_categories(name, self.unknown[name], self.n_rows)


def notices_of_array(encoding: TableEncoding, x: np.ndarray) -> Iterator[GlassnetWarning]:
    """The same of an array of numbers, N x (columns in `encoding.needed`), NaN being missing."""
    if encoding.numbers.fill_learnt:
        return
    counts = np.isnan(np.ma.filled(x.astype(np.float64), np.nan)).sum(axis=0)
    for known, count in zip(encoding.numbers.columns, counts, strict=True):
        if not known.fill_learnt:
            yield from _never_missing(known, int(count))


def _never_missing(known: Number, count: int) -> Iterator[GlassnetWarning]:
    """Where cells are missing, and a number stands in that was not learnt from any."""
    if count:
        rows = "1 row" if count == 1 else f"{count:,} rows"
        yield GlassnetWarning(
            f"'{known.name}' is missing in {rows}; the network learnt no missing cells, and "
            f"{known.fill:g} stands in",
            column=known.name,
            remedy="fill it in, or leave the row out",
        )


def _unknown_categories(name: str, counts: Counter[str], n_rows: int) -> GlassnetWarning:
    rows = counts.total()
    levels = sorted(counts, key=lambda level: (-counts[level], level))
    more = f" and {len(levels) - NAMED_CATEGORIES} more" if len(levels) > NAMED_CATEGORIES else ""
    names = ", ".join(f"'{level}'" for level in levels[:NAMED_CATEGORIES])
    hold = "holds a category" if rows == 1 else "hold categories"
    return GlassnetWarning(
        f"column '{name}': {rows:,} of {n_rows:,} rows {hold} that the "
        f"model does not know ({names}{more}) and takes as missing",
        column=name,
        remedy="mend the spelling, or train on rows that have them",
    )


class Reach(NamedTuple):
    """How far each output, K, may go before a prediction is held back by more than a little."""

    low: np.ndarray
    high: np.ndarray

    def beyond(self, output: np.ndarray) -> np.ndarray | None:
        """How many of N outputs, N x K, go further: K; None where none does."""
        if output.size == 1:  # of one row, half the time would go into arrays
            within = self.low.item(0) <= output.item(0) <= self.high.item(0)
            return None if within else np.ones(1, int)
        count = ((output < self.low) | (output > self.high)).sum(axis=0)
        return count if count.any() else None


def reach_of(encoding: TableEncoding) -> Reach | None:
    """The reach of a model's outputs; None where no prediction is held to a range."""
    targets = [target for target in encoding.targets if isinstance(target, NumberTarget)]
    if not any(target.low is not None for target in targets):
        return None
    limits = [
        (-np.inf, np.inf)
        if target.low is None or target.high is None
        else (
            (target.low - target.center) / target.scale,
            (target.high - target.center) / target.scale,
        )
        for target in targets
    ]
    low, high = np.array(limits).T
    return Reach(low - BEYOND, high + BEYOND)


def notices_of_reach(
    encoding: TableEncoding, beyond: Sequence[np.ndarray], n_rows: int
) -> Iterator[GlassnetWarning]:
    """Of each target how many of `n_rows` predictions were held back; `beyond`: K of each block."""
    for target, count in zip(encoding.targets, np.sum(beyond, axis=0), strict=True):
        if isinstance(target, NumberTarget) and count > FEWEST_BEYOND * n_rows:
            yield GlassnetWarning(
                f"target '{target.name}': {count:,} of {n_rows:,} predictions would go beyond the "
                f"numbers trained on ({target.low:.6g} to {target.high:.6g}) and are held to them",
                remedy=["train on rows that reach further, or with ", OptionRef("affine", True)],
            )
