"""What the members of an ensemble have of their own, and how their runs are told of together.

What a member trains on is `folds.py`; that they are trained, `fold_training.py`; what is made of
the trained members, `models/ensemble.py`.
"""

from collections.abc import Sequence

import numpy as np

from glassnet.training.endings import ENDINGS
from glassnet.training.run import Run


def member_seed(member: int, seed: int) -> int:
    """The seed of a member; the first has the run's, so that it is what it would be alone."""
    if member == 0:
        return seed
    return int(np.random.SeedSequence([seed, member]).generate_state(1)[0])


def mean_history(runs: Sequence[Run]) -> dict[str, list[float]]:
    """One table of several runs, an epoch a row.

    A loss is the mean over the runs, of one that has ended its last; the rest is as in the longest
    run.
    """
    tables = sorted((run.history.table() for run in runs), key=lambda table: -len(table["epoch"]))
    history = dict(tables[0])
    for name in ("loss", "validation_loss", "left_out_loss"):
        if name in history:
            history[name] = _mean_by_epoch([table[name] for table in tables if name in table])
    return history


def _mean_by_epoch(columns: Sequence[list[float]]) -> list[float]:
    """The mean of each row over the columns, of which the first is the longest."""
    return [
        float(np.mean([column[min(row, len(column) - 1)] for column in columns]))
        for row in range(len(columns[0]))
    ]


def worst_ending(runs: Sequence[Run]) -> str:
    """The worst of how several runs ended, a name of `ENDINGS`, which goes from good to bad."""
    order = list(ENDINGS)
    return max((run.ended for run in runs), key=order.index)
