"""Opening a run folder: its model, losses, rows and predictions, and its training once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.network import Parameters
from glassnet.errors import GlassnetError, visible
from glassnet.models.model import Model, load
from glassnet.models.rows import Rows
from glassnet.recipe.assessment.assess import Assessment
from glassnet.recipe.options import ResolvedOptions
from glassnet.runs import layout
from glassnet.runs.columns import CellReader, number_of_cell, one_of_texts, read_columns, row_number
from glassnet.runs.record import (
    RunRecord,
    check_same_run,
    check_same_training,
    read_record,
)
from glassnet.runs.sources import GIVE_TABLE, Source, source_of
from glassnet.tables.targets import NumberTarget
from glassnet.tables.write import cell_text


@dataclass(frozen=True, eq=False)
class RunFolder:
    """A run folder that was opened; each file of it is read when it is first asked for.

    Attributes
    ----------
    path : Path
        The folder.
    record : RunRecord
        The content of its run.json: how the run came about, and what came out.
    """

    path: Path
    record: RunRecord

    def __repr__(self) -> str:
        record = self.record
        text = f"{self.path}: {', '.join(record.target)} by {record.members} x {record.network}"
        return visible(f"<glassnet RunFolder {text}>")

    @cached_property
    def model(self) -> Model:
        """The trained model. Raises GlassnetError where it is not that of the record."""
        model = load(self.path)
        check_same_run(self.record, model, self.path / layout.RECORD)
        return model

    @cached_property
    def scored_model(self) -> Model:
        """The model that the scores and predictions are of, which never saw the held-out rows.

        It is another than `model` where that was trained once more, on all rows, after the scores.

        Raises GlassnetError where it is not that of the record.
        """
        if not self.model.record.refit:
            return self.model
        file = self.path / layout.SCORED_MODEL
        scored = load(file)
        check_same_training(self.model, scored, file)
        return scored

    @property
    def history(self) -> dict[str, list[float]]:
        """The losses of the model's training, as columns with a row an epoch."""
        return self.model.history

    @property
    def options(self) -> ResolvedOptions:
        """The options of the training, nothing left open."""
        return self.record.options

    @property
    def assessment(self) -> Assessment | None:
        """How sure the scores are, whether something simpler would do, and more training help.

        None for a run of ``glassnet demo`` and one that Ctrl-C stopped.
        """
        return self.record.assessment

    @cached_property
    def rows(self) -> dict[str, np.ndarray]:
        """Which rows of the table, from 0, did what: "train", "validation" and "holdout".

        That is what they were to `scored_model`; a last training has those of "holdout" to train
        on too. Rows without a target are in none of them.
        """
        path, counts = self.path / layout.ROWS, self.record.rows
        part_of = one_of_texts({part: part for part in counts})
        columns = read_columns(path, {"row": row_number, "part": part_of})
        if len(set(columns["row"])) < len(columns["row"]):
            raise GlassnetError("a row stands twice", file=path, column="row")
        numbers = np.array(columns["row"], int) - 1
        parts = np.array(columns["part"], object)
        found = {part: numbers[parts == part] for part in counts}
        if {part: len(rows) for part, rows in found.items()} != counts:
            raise GlassnetError(f"the rows are not as many as {layout.RECORD} says", file=path)
        return found

    @cached_property
    def predictions(self) -> dict[str, list[Any]]:
        """The rows that the scores are of, as columns.

        `row` is the number of each in the table, from 1; `actual` (`actual_<target>` where there
        are several targets) stands beside the columns of `Model.predict_columns`.
        """
        columns = read_columns(self.path / layout.PREDICTIONS, _cell_readers(self.model))
        if len(columns["row"]) != self.record.rows[self.record.scored_on]:
            message = f"the rows are not as many as {layout.RECORD} says"
            raise GlassnetError(message, file=self.path / layout.PREDICTIONS)
        return columns

    @property
    def source(self) -> Source:
        """Where its rows come from."""
        return source_of(self.record)

    def table_rows(self) -> Rows:
        """All rows of the table that the run was given, as the model sees them.

        Raises GlassnetError where the table is not known, is gone, or was changed after the run.
        """
        return self.source.rows(self.model)

    def scored_rows(self) -> Rows:
        """The rows that the scores are of, as `scored_model` sees them.

        They were held out, or where none were, trained on. Raises GlassnetError as `table_rows`
        does.
        """
        rows, numbers = self.source.rows(self.scored_model), self.predictions["row"]
        if max(numbers, default=0) > len(rows):
            message = f"there is no row {max(numbers)}: the table has {len(rows)}"
            raise GlassnetError(message, file=self.path / layout.PREDICTIONS)
        return rows.take(np.array(numbers, int) - 1)

    def training_path(self, points: int) -> Sequence[tuple[int, Parameters]]:
        """(epoch, parameters) along the training, by training once more.

        Parameters
        ----------
        points : int
            About how many points of the training to keep.

        Raises
        ------
        GlassnetError
            Where the run cannot be repeated, because its table is gone or was changed.
        """
        return self.source.training_path(self.model, points)

    def model_before(self, iteration: int) -> Model:
        """The model with the parameters that an iteration (from 1) of a demo's training began with.

        Raises GlassnetError on a run of another command, and on an iteration that was not reached.
        """
        return self.model.with_parameters(self.source.parameters_before(self.model, iteration))


def open_run(path: str | Path) -> RunFolder:
    """Open a run folder that ``glassnet train``, ``glassnet demo`` or `train_run` wrote.

    Parameters
    ----------
    path : str or Path
        The folder, or the model file in it.

    Returns
    -------
    RunFolder
        Its `model`, `history`, `options`, `rows`, `predictions` and `record`.

    Raises
    ------
    GlassnetError
        Where there is no run folder, or it is not whole.

    Examples
    --------
    >>> import tempfile
    >>> from glassnet import train_run
    >>> table = {"x": list(range(40)), "y": [2 * x + 1 for x in range(40)]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = train_run(table, "y", f"{folder}/line", hidden=16, epochs=200)
    ...     run = open_run(f"{folder}/line")
    ...     print(run.options.hidden, len(run.history["loss"]), len(run.rows["holdout"]))
    (16,) 200 8
    """
    path = Path(path)
    folder = path if path.is_dir() else path.parent
    record = folder / layout.RECORD
    if not path.exists():
        raise GlassnetError(f"{path}: no such run folder")
    if not record.exists():
        message = "is not a run folder of `glassnet train`, so its rows are not known"
        raise GlassnetError(message, file=path, remedy=GIVE_TABLE)
    return RunFolder(folder, read_record(record))


def _cell_readers(model: Model) -> dict[str, CellReader]:
    """For each column of predictions.csv, in their order, how a cell becomes a value."""
    targets = model.encoding.targets
    labels: dict[str, CellReader] = {}
    actual: list[str] = []
    for target in targets:
        ending = f"_{target.name}" if len(targets) > 1 else ""
        actual.append(f"actual{ending}")
        if not isinstance(target, NumberTarget):
            reader = one_of_texts({cell_text(label): label for label in target.labels})
            labels |= {f"actual{ending}": reader, f"prediction{ending}": reader}
    no_outputs = np.empty((0, len(model.encoding.outputs)))
    names = [*actual, *model.columns_of(no_outputs)]
    return {"row": row_number} | {name: labels.get(name, number_of_cell) for name in names}
