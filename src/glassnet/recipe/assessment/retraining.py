"""The scored training once more with something changed: what it predicts for the scored rows.

It has the rows that the model's scores leave out of the training, so that both are compared on the
same ones. What is changed, and whether that is worth its time, is for those who ask.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.recipe.parts import learn_classes, split_columns, validation_rows
from glassnet.recipe.refit import train_again

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun


def retrained_outputs(run: "TableRun", **changed: Any) -> np.ndarray | None:
    """The outputs for the scored rows of a training with other settings, N x K.

    Parameters
    ----------
    run : TableRun
        The run; its settings are taken as they were found, and not searched again.
    **changed
        Options -> other values.

    Returns
    -------
    array or None
        None where the training went astray, or cannot be with these settings.

    Raises
    ------
    KeyboardInterrupt
        Where it comes while this trains.
    """
    rows = split_columns(run.columns, run.scored_model.record.targets, None)
    try:
        fitted, ended = train_again(
            rows.take(run.rows["train"]),
            validation_rows(rows, run.rows),
            replace(run.options, **changed),
            learn_classes(rows.targets, run.options.task),
        )
    except GlassnetError:
        return None
    if ended == "interrupted":
        raise KeyboardInterrupt
    if fitted is None:
        return None
    return fitted.model.output(run.columns.take(run.rows[run.scored_part]))
