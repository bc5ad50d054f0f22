"""Columns each of which alone tells the target, as one that is known only afterwards does.

How well one column predicts is measured in `single_columns.py`.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from glassnet.errors import GlassnetWarning, OptionRef
from glassnet.recipe.findings.names import columns_text
from glassnet.recipe.findings.single_columns import SingleColumn
from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import NumberTarget, Target

FEWEST_LEAK_ROWS = 50  # of fewer, some column of many tells the target by chance
FEWEST_CLASS_ROWS = 10  # of the rarest class, likewise
# What a column alone explains, where it tells the target nearly perfectly:
NUMBER_EXPLAINED = 0.98  # of the variance of a number,
CLASSES_EXPLAINED = 0.95  # of more than two classes,
TWO_CLASSES_EXPLAINED = 0.9  # and of two

Singles = Mapping[str, Sequence[SingleColumn]]
"""By target, what each column alone tells of it, the best first."""


def leaks_of(
    encoding: TableEncoding, train: Table, singles: Singles, ignorable: bool
) -> Iterator[GlassnetWarning]:
    """Columns each of which alone tells a target nearly perfectly.

    Not where it is the only input, or most columns do: then the target is easy.
    """
    for target in encoding.targets:
        found = singles[target.name]
        leaks = [single for single in found if single.explained >= _least_explained(target)]
        if not leaks or 2 * len(leaks) > len(found) or len(found) < 2:
            continue
        if not _enough_for_leaks(target, train[target.name]):
            continue
        names = [leak.column for leak in leaks]
        ignored = OptionRef("ignore", names) if ignorable else "drop it from X"
        explained = f"it explains {leaks[0].explained:.1%} of the variance"
        yield GlassnetWarning(
            f"{columns_text(names)} alone {'tells' if len(names) == 1 else 'tell'} the target "
            f"'{target.name}' nearly perfectly ({explained})",
            column=names[0],
            remedy=["if it would not be known of new rows, leave it out: ", ignored],
        )


def _least_explained(target: Target) -> float:
    if isinstance(target, NumberTarget):
        return NUMBER_EXPLAINED
    return TWO_CLASSES_EXPLAINED if len(target.labels) == 2 else CLASSES_EXPLAINED


def _enough_for_leaks(target: Target, column: Column) -> bool:
    if len(column.values) < FEWEST_LEAK_ROWS:
        return False
    if isinstance(target, NumberTarget):
        return True
    return bool(np.bincount(target.index(column)).min() >= FEWEST_CLASS_ROWS)
