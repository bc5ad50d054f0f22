"""Writing a run folder: whole or not at all. What each file of it is, `layout.py` says."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glassnet.errors import GlassnetError, TrainingError, unknown_name, warn_of
from glassnet.files import NewFolder, whole_file, whole_folder
from glassnet.models.model import Model
from glassnet.plots.loss_curve import LossCurveDisplay
from glassnet.plots.network.display import NetworkDisplay
from glassnet.recipe.options import Options, options_from
from glassnet.recipe.run import BLOCK_ROWS, TableRun, check_useful, purpose_of_table, run_table
from glassnet.runs import layout
from glassnet.runs.open import RunFolder
from glassnet.runs.record import RunRecord, record_of_table
from glassnet.settings import checked_flag
from glassnet.tables.write import ColumnWriter
from glassnet.training.array_memory import arrays_within
from glassnet.training.run import Progress

if TYPE_CHECKING:
    from glassnet.training.checkpoint import Checkpoint

PICTURES = (layout.LOSS_PICTURE, layout.NETWORK_PICTURE)
"""The pictures of every run folder."""


def train_run(
    table: Any,
    target: str | Sequence[str],
    out: str | Path | None = None,
    *,
    overwrite: bool = False,
    teacher: Any = None,
    progress: Progress | None = None,
    resumable: bool = False,
    **options: Any,
) -> RunFolder:
    """Train on a table as `train_table` does, and write the run folder of ``glassnet train``.

    Parameters
    ----------
    table : str, Path, data frame or dict
        As in `train_table`. A run can look up its rows again where this is the path of a file.
    target : str or sequence of str
        The column to predict, or several.
    out : str or Path, optional
        The folder to write, which must not exist yet or be empty. None: a new one in ``runs``,
        named after the table.
    overwrite : bool
        Whether a run that stands at `out` is replaced, once the new one is whole.
    teacher, progress
        As in `train_table`.
    resumable : bool
        Whether the training is kept, while it lasts, in a file beside the folder, as ``glassnet
        train`` does: `resume` of the folder goes on from there.
    **options
        See `Options`.

    Returns
    -------
    RunFolder
        The run, as `open_run` opens it.

    Raises
    ------
    GlassnetError
        On anything that cannot be trained on, and where `out` cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> table = {"x": list(range(40)), "y": [2 * x + 1 for x in range(40)]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = train_run(table, "y", f"{folder}/line", hidden=16, epochs=200)
    ...     sorted(path.name for path in run.path.iterdir())[:3]
    ['history.csv', 'loss.svg', 'model.safetensors']
    """
    source = str(table) if isinstance(table, (str, Path)) else None
    if isinstance(teacher, RunFolder):
        teacher = teacher.path
    asked = options_from(options)
    with (
        arrays_within(asked.memory),
        new_run(out, Path(source or "table").stem, overwrite=overwrite) as new,
    ):
        kept = None
        if checked_flag("resumable", resumable):
            kept = checkpoint_of_run(
                new, table, target, asked, teacher, options, overwrite=overwrite
            )
        train = partial(
            run_table,
            table,
            target,
            asked,
            progress,
            teacher=teacher,
            checkpoint=kept,
            given=options.keys(),
        )
        try:
            written = train_and_write(train, source, teacher, new)
        except TrainingError:
            if kept is not None:
                kept.remove()  # the same would come of it again
            raise
    if kept is not None and written.done.ended != "interrupted":
        kept.remove()
    warn_of(written.done.notices)
    return written.run


def checkpoint_of_run(
    new: NewFolder,
    table: Any,
    target: str | Sequence[str],
    options: Options,
    teacher: Any,
    given: Collection[str] | None,
    *,
    overwrite: bool = False,
) -> "Checkpoint":
    """The checkpoint of a run, beside the folder that it is to fill.

    Where there is one of the same run, the run goes on from there. One of another run goes with
    `overwrite`; without, GlassnetError is raised.
    """
    from glassnet.training.checkpoint import Checkpoint

    purpose = purpose_of_table(table, target, options, teacher, given) | {"call": RUN}
    file = layout.checkpoint_beside(new.path)
    try:
        return Checkpoint(file, purpose)
    except GlassnetError as error:
        if overwrite and file.is_file():
            file.unlink()
            return Checkpoint(file, purpose)
        remedy = f"go on with it by `glassnet train --resume {new.path}`, or delete it"
        raise GlassnetError(error.message, file=file, remedy=remedy) from None


RUN = "train_run"
"""What a checkpoint of a run says that it is of."""


class Written(NamedTuple):
    """A run that was trained and is in its folder; whether Ctrl-C cut either short."""

    done: TableRun
    run: RunFolder
    stopped: bool


def train_and_write(
    train: Callable[[], TableRun], table: str | None, teacher: Any, new: NewFolder
) -> Written:
    """Train on a table and fill the folder of the run, which Ctrl-C does not lose once it is there.

    Parameters
    ----------
    train : function
        Gives the run.
    table : str or None
        The path of its table; "-" for standard input; None where it was no file.
    teacher : Model, estimator, array, data frame, path or None
        As in `train_table`.
    new : NewFolder
        The folder, reserved by `new_run`. Pictures are not drawn where Ctrl-C came.

    Raises
    ------
    TrainingError
        Where nothing was learnt.
    """
    done = None
    try:
        done = train()
        check_useful(done)
        stopped = done.ended == "interrupted"  # then it is not kept waiting for pictures
        pictures = () if stopped else PICTURES
        record = record_of_table(done, table, teacher, assessed=not stopped)
        run = write_run(done, record, new, pictures)
    except KeyboardInterrupt:
        if done is None:
            raise
        check_useful(done)
        run = write_run(done, record_of_table(done, table, teacher, assessed=False), new, ())
        stopped = True
    return Written(done, run, stopped)


@contextmanager
def new_run(
    out: str | Path | None,
    name: str,
    *,
    overwrite: bool = False,
    files: Collection[str] = layout.FILES,
) -> Iterator[NewFolder]:
    """Reserve the folder of a run, which stands in its place when all has gone well.

    Parameters
    ----------
    out : str or Path, optional
        The folder; None: a new one in ``runs``.
    name : str
        What the new one in ``runs`` is called; a number follows where there is one already.
    overwrite : bool
        Whether `out` may hold a run already, which is then replaced: a folder that holds nothing
        but what runs write.
    files : collection of str
        The files that such a run writes.

    Raises
    ------
    GlassnetError
        Where `out` holds something already, cannot be written, or is being written.
    """
    if out is None:
        reserved = whole_folder(Path("runs") / name, numbered=True)
    else:
        reserved = whole_folder(out, overwrite=files if overwrite else ())
    with reserved as new:
        yield new


def write_run(
    done: TableRun, record: RunRecord, new: NewFolder, pictures: Sequence[str] = PICTURES
) -> RunFolder:
    """Fill the folder of a run that has been trained, with all but the report.

    Parameters
    ----------
    done : TableRun
        The run.
    record : RunRecord
        Its record.
    new : NewFolder
        The folder, reserved by `new_run`.
    pictures : sequence of str
        The pictures to draw, each by the name of its file.

    Raises
    ------
    GlassnetError
        Where a file cannot be written.
    """
    model, folder = done.model, new.part
    model.save(folder / layout.MODEL)
    if done.before_refit is not None:
        done.before_refit.save(folder / layout.SCORED_MODEL)
    _write_blocks(folder / layout.HISTORY, [model.history])
    _write_blocks(folder / layout.ROWS, _rows(done))
    _write_blocks(folder / layout.PREDICTIONS, done.prediction_blocks())
    with whole_file(folder / layout.RECORD) as part:
        part.write_text(json.dumps(record.to_dict(), indent=2) + "\n", encoding="utf-8")
    for name in pictures:
        draw(model, folder / name)
    return RunFolder(new.path, record)


def _write_blocks(path: Path, blocks: Iterable[Mapping[str, Sequence[Any]]]) -> None:
    """Write columns that come some rows at a time."""
    with whole_file(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = ColumnWriter(file)
        for block in blocks:
            writer.write(block)


def draw(model: Model, path: Path) -> None:
    """Draw a picture of a run folder: "loss" or "network", with the suffix of a picture format."""
    if path.stem == Path(layout.LOSS_PICTURE).stem:
        LossCurveDisplay.from_model(model).save(path)
    elif path.stem == Path(layout.NETWORK_PICTURE).stem:
        NetworkDisplay.from_model(model).save(path)
    else:
        raise unknown_name("picture of a run folder", path.name, PICTURES)


def _rows(done: TableRun) -> Iterator[dict[str, list[Any]]]:
    """The columns of rows.csv, in the order of the table, some rows at a time."""
    numbers = np.concatenate([done.row_numbers[rows] for rows in done.rows.values()])
    sizes = [len(rows) for rows in done.rows.values()]
    parts = np.repeat(np.arange(len(sizes), dtype=np.uint8), sizes)
    order = np.argsort(numbers)
    names = np.array(list(done.rows), object)
    for first in range(0, len(order), BLOCK_ROWS):
        some = order[first : first + BLOCK_ROWS]
        yield {"row": numbers[some].tolist(), "part": names[parts[some]].tolist()}
