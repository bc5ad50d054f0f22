"""Classes of too few rows for the folds, or for the score."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from glassnet.errors import GlassnetWarning
from glassnet.recipe.findings.names import first_few
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS
from glassnet.tables.targets import ClassTarget

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun


def rare_classes(run: "TableRun") -> Iterator[GlassnetWarning]:
    """Classes that no held-out row has, or that have fewer rows than there are folds."""
    if run.columns.n_rows < FEWEST_SCORED_ROWS:
        return
    holdout = run.rows["holdout"]
    folds = run.options.members if run.options.validation is None else 1
    for target in run.model.encoding.targets:
        if not isinstance(target, ClassTarget):
            continue
        classes = target.index(run.columns[target.name])
        count = np.bincount(classes, minlength=len(target.labels))
        there = np.isin(np.arange(len(count)), classes[holdout])
        unscored = np.flatnonzero(~there) if len(holdout) else []
        few = np.flatnonzero(count < folds)
        if len(unscored):
            names = _counted(target, unscored, count)
            message = f"target '{target.name}': no held-out row has {names}: no score speaks of it"
        elif len(few):
            names = _counted(target, few, count)
            message = f"target '{target.name}': fewer rows than the {folds} folds have {names}"
        else:
            continue
        yield GlassnetWarning(
            message, remedy="give more rows of it, or merge it with another class"
        )


def _counted(target: ClassTarget, classes: Iterable[int], count: np.ndarray) -> str:
    """Classes with their numbers of rows."""
    texts = [f"'{target.label_texts[k]}' ({count[k]})" for k in classes]
    return f"{'class' if len(texts) == 1 else 'classes'} {first_few(texts)}"
