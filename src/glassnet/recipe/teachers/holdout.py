"""Teachers and the rows that a run is scored on: who has seen them, and who is to teach instead.

A run that trains once more on all rows leaves two models. The one that was scored teaches the
training that is scored on the same rows; the other one, which has seen them, the last training.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from glassnet.errors import GlassnetWarning, OptionRef
from glassnet.recipe.teachers.asked import AskedModel
from glassnet.recipe.teachers.teacher import Teacher
from glassnet.tables.columns import Table


def digest_of_rows(targets: Table, numbers: np.ndarray) -> str:
    """A text that is another one for other rows: their numbers in the table, and their targets.

    "" for no rows.
    """
    if not len(numbers):
        return ""
    found = hashlib.sha256(np.asarray(numbers, np.int64).tobytes())
    for name, column in targets.items():
        found.update(f"{name}\0".encode())
        cells = column.values
        exact = cells.dtype.kind == "f"
        found.update(cells.tobytes() if exact else "\0".join(map(str, cells)).encode())
    return found.hexdigest()[:32]


def teacher_of_scored(teacher: Teacher | None, holdout_digest: str) -> Teacher | None:
    """Who teaches a training that is scored on these rows: the scored model, if they are its own.

    Else the teacher as it is; `holdout_digest` is a `digest_of_rows`.
    """
    if not isinstance(teacher, AskedModel) or teacher.scored is None:
        return teacher
    if not holdout_digest or teacher.scored.record.holdout_digest != holdout_digest:
        return teacher
    return replace(teacher, model=teacher.scored, scored=None)


def teacher_that_knows(teacher: Teacher | None, holdout_digest: str) -> Iterator[GlassnetWarning]:
    """What to say where a teacher is known to have been trained on the rows of the scores."""
    teacher = teacher_of_scored(teacher, holdout_digest)
    if not isinstance(teacher, AskedModel) or not holdout_digest:
        return
    record = teacher.model.record
    if record.refit and record.holdout_digest == holdout_digest:
        yield GlassnetWarning(
            f"the teacher, {teacher.description}, was trained on the held-out rows in its last "
            "training, so the scores are too good",
            option="teacher",
            remedy=[
                "give the run folder of its training, or train it with ",
                OptionRef("refit", False),
            ],
        )
