"""How the targets of a table are distributed, as a few bars."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from glassnet.recipe.assessment.text import numbers_text, rounded_text
from glassnet.tables.columns import Column
from glassnet.tables.targets import NumberTarget, Target

RANGES = 8  # of a number
MOST_CLASSES = 8  # with a bar of their own


class DistributionBar(NamedTuple):
    """A class, or a range of a number: how many rows are in it."""

    label: str
    rows: int
    part: float
    """Of the longest bar."""


def distribution(target: Target, column: Column) -> list[DistributionBar]:
    """The rows of each class, the most frequent first, or of each range of a number."""
    if isinstance(target, NumberTarget):
        counts, edges = np.histogram(column.values, bins=RANGES)
        texts = [rounded_text(edge, 3) for edge in edges]
        if len(set(texts)) < len(texts):
            texts = numbers_text(edges.tolist())
        labels = [f"{low} to {high}" for low, high in pairwise(texts)]
    else:
        of_class = np.bincount(target.index(column), minlength=len(target.labels))
        order = np.argsort(-of_class, kind="stable")
        first, others = order[:MOST_CLASSES], order[MOST_CLASSES:]
        labels = [target.label_texts[i] for i in first]
        counts = of_class[first]
        if len(others):
            labels.append(f"{len(others)} other classes")
            counts = np.append(counts, of_class[others].sum())
    longest = max(int(counts.max()), 1)
    return [
        DistributionBar(label, int(count), count / longest)
        for label, count in zip(labels, counts, strict=True)
    ]
