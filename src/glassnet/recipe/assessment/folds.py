"""What each member scores on the rows that it left out of its training: other splits of the rows.

Members that were trained by folds stand for so many other splits, without any training more. Their
epochs were chosen by these rows, so their scores are a little too good.
"""

from typing import TYPE_CHECKING

import numpy as np

from glassnet.recipe.folds import assign_folds
from glassnet.recipe.parts import split_columns
from glassnet.recipe.rows import class_indices, rows_to_train_on
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS, Scores, score

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun


def fold_scores(run: "TableRun") -> tuple[Scores, ...]:
    """The scores of each member on its fold; () where the members are not one to a fold."""
    model, options = run.scored_model, run.options
    if not model.record.folds or model.record.mixture or options.class_weight or run.teacher:
        return ()
    columns = split_columns(run.columns, model.record.targets, None)
    rows = rows_to_train_on(columns.take(run.rows["train"]))
    validated = len(run.rows["validation"]) > 0
    splits = assign_folds(
        rows.n_rows,
        options.as_options(),
        class_indices(rows.targets, options.task),
        validated_by_other_rows=validated,
    )
    if len(splits) != len(model.members):  # Ctrl-C came before the last of them
        return ()
    found: list[Scores] = []
    for number, split in enumerate(splits):
        left_out = np.setdiff1d(np.arange(rows.n_rows), split.train)
        if len(left_out) < FEWEST_SCORED_ROWS:
            return ()
        fold = rows.take(left_out)
        found.append(score(model.encoding, model.member(number).output(fold.inputs), fold.targets))
    return tuple(found)
