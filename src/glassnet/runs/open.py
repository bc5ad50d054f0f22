"""Opening a run folder: its model, losses, rows and predictions, and its training once more."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.network import Parameters
from glassnet.errors import GlassnetError
from glassnet.models.model import Model, load
from glassnet.models.rows import Rows
from glassnet.recipe.options import ResolvedOptions
from glassnet.runs import layout
from glassnet.runs.record import RunRecord, read_record
from glassnet.runs.sources import GIVE_TABLE, Source, source_of
from glassnet.tables.targets import NumberTarget, Target
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

    @cached_property
    def model(self) -> Model:
        """The trained model."""
        return load(self.path)

    @property
    def history(self) -> dict[str, list[float]]:
        """The losses of the training, as columns with a row an epoch."""
        return self.model.history

    @property
    def options(self) -> ResolvedOptions:
        """The options of the training, nothing left open."""
        return self.record.options

    @cached_property
    def rows(self) -> dict[str, np.ndarray]:
        """Which rows of the table, from 0, did what: "train", "validation" and "holdout".

        Rows without a target are in none of them.
        """
        columns = self._read(layout.ROWS)
        numbers = np.array(columns["row"], int) - 1
        parts = np.array(columns["part"])
        return {part: numbers[parts == part] for part in self.record.rows}

    @cached_property
    def predictions(self) -> dict[str, list[Any]]:
        """The rows that the scores are of, as columns.

        `row` is the number of each in the table, from 1; `actual` (`actual_<target>` where there
        are several targets) stands beside the columns of `Model.predict_columns`.
        """
        columns = self._read(layout.PREDICTIONS)
        readers = _cell_readers(self.model.encoding.targets)
        return {
            name: [readers.get(name, _number)(text) for text in texts]
            for name, texts in columns.items()
        }

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
        """Those of `table_rows` that the scores are of: held out, or where none were, trained on.

        Raises GlassnetError as `table_rows` does.
        """
        return self.table_rows().take(np.array(self.predictions["row"]) - 1)

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
        return self.source.training_path(points)

    def model_before(self, iteration: int) -> Model:
        """The model with the parameters that an iteration (from 1) of a demo's training began with.

        Raises GlassnetError on a run of another command, and on an iteration that was not reached.
        """
        return self.model.with_parameters(self.source.parameters_before(iteration))

    def _read(self, name: str) -> dict[str, list[str]]:
        """The columns of a CSV file of the folder, as text.

        Raises GlassnetError where it is missing.
        """
        path = self.path / name
        if not path.exists():
            raise GlassnetError(f"{path}: is missing from this run folder")
        with path.open(newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file)
        columns = list(zip(*lines, strict=True)) or [()] * len(header)
        return {name: list(cells) for name, cells in zip(header, columns, strict=True)}


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


def _cell_readers(targets: Sequence[Target]) -> dict[str, Callable[[str], Any]]:
    """For each column of predictions.csv that is not a plain number, how a cell becomes a value."""
    readers: dict[str, Callable[[str], Any]] = {"row": int}
    for target in targets:
        ending = f"_{target.name}" if len(targets) > 1 else ""
        if not isinstance(target, NumberTarget):
            labels = {cell_text(label): label for label in target.labels}
            readers[f"actual{ending}"] = labels.__getitem__
            readers[f"prediction{ending}"] = labels.__getitem__
    return readers


def _number(text: str) -> float:
    return float(text) if text else float("nan")
