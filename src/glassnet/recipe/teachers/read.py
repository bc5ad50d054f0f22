"""Reading whatever was given as a teacher: a model, an estimator, predictions, or the path of one.

What each kind does is in `given.py` and `asked.py`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from glassnet.models.model import SCORED_FILE, Model, load
from glassnet.recipe.teachers.asked import AskedModel, asked_estimator
from glassnet.recipe.teachers.given import given_predictions
from glassnet.recipe.teachers.inputs import TeacherInputs
from glassnet.recipe.teachers.teacher import Teacher
from glassnet.tables.read import read_table

MODEL_SUFFIX = ".safetensors"


def read_teacher(teacher: Any, n_rows: int, inputs: Callable[[], TeacherInputs]) -> Teacher | None:
    """Whatever was given as a teacher of a table's N rows; None where nothing was.

    Parameters
    ----------
    teacher : Model, RunFolder, estimator, array, data frame, path or None
        A path is a model file, a run folder, or a table of predictions.
    n_rows : int
        N, with the rows that have no target.
    inputs : function
        Gives the rows as an estimator of another library sees them.

    Raises GlassnetError on anything else, and on another number of rows.
    """
    if teacher is None:
        return None
    if hasattr(teacher, "scored_model"):  # a run folder that was opened
        teacher = teacher.path
    if isinstance(teacher, (str, Path)):
        path = Path(teacher)
        if path.is_dir() or path.suffix == MODEL_SUFFIX:
            return _read_model(path)
        return given_predictions(read_table(path), n_rows, str(path))
    if isinstance(teacher, Model):
        return AskedModel(teacher, "a glassnet Model")
    if hasattr(teacher, "predict"):
        return asked_estimator(teacher, inputs(), n_rows)
    return given_predictions(teacher, n_rows)


def _read_model(path: Path) -> AskedModel:
    """The model of a file or run folder, with the one that was scored where that is another."""
    model, scored = load(path), path / SCORED_FILE
    has_two = model.record.refit and scored.exists()
    return AskedModel(model, f"the model {path.name}", load(scored) if has_two else None)
