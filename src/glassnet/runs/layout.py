"""What a run folder holds: the name of each file, here and nowhere else."""

import os
from pathlib import Path

from glassnet.files import CHECKPOINT_ENDING, check_free
from glassnet.models.model import MODEL_FILE, SCORED_FILE

MODEL = MODEL_FILE
"""The trained model: what `glassnet.load` reads."""
SCORED_MODEL = SCORED_FILE
"""The model that the scores are of, where the other was trained once more on all rows after them.

It never saw the rows of the holdout.
"""
HISTORY = "history.csv"
"""The losses of the model's training, a row an epoch."""
ROWS = "rows.csv"
"""Which rows of the table (from 1) did what before the scores: train, validation or holdout.

Rows without a target are not listed.
"""
PREDICTIONS = "predictions.csv"
"""The rows that the scores are of: number in the table (from 1), actual and predicted values."""
RECORD = "run.json"
"""Everything needed to repeat the run, and what came out: `record.RunRecord`."""
LOSS_PICTURE = "loss.svg"
LOSS_PICTURE_AS_PNG = "loss.png"
"""Of a demo only."""
NETWORK_PICTURE = "network.svg"
REPORT = "report.html"
"""The page that `report` makes: added once the run is safe in its folder, and not always there."""

FILES = (
    MODEL,
    SCORED_MODEL,
    HISTORY,
    ROWS,
    PREDICTIONS,
    RECORD,
    LOSS_PICTURE,
    LOSS_PICTURE_AS_PNG,
    NETWORK_PICTURE,
    REPORT,
)
"""All of them."""


def checkpoint_beside(folder: str | Path) -> Path:
    """The checkpoint of the run that is to fill a folder."""
    folder = Path(folder)
    if folder.name in ("", ".."):
        folder = Path(os.path.abspath(folder))
    return folder.with_name(folder.name + CHECKPOINT_ENDING)


def check_out(path: str | Path, overwrite: bool) -> None:
    """Raises OutputError unless a run folder can be written at `path`.

    With `overwrite` a folder of a run that is there, and holds nothing else, may be replaced.
    """
    check_free(path, FILES if overwrite else ())
