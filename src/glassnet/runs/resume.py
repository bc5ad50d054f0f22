"""Going on with what was cut short: a run, the fit of a table, a study or a search."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassnet.errors import GlassnetError, OptionRef
from glassnet.files import CHECKPOINT_ENDING
from glassnet.models.model import Model
from glassnet.recipe.options import DECLARATIONS, Options, options_from
from glassnet.recipe.run import train_table
from glassnet.runs import layout
from glassnet.runs.folder import RUN, train_run
from glassnet.runs.layout import checkpoint_beside
from glassnet.runs.open import RunFolder, open_run
from glassnet.runs.record import STANDARD_INPUT
from glassnet.searches.file import is_search_file, read_search_file
from glassnet.searches.run import search
from glassnet.searches.search import Search
from glassnet.studies.file import load_study
from glassnet.studies.run import study
from glassnet.studies.study import Study
from glassnet.training.checkpoint import read_checkpoint
from glassnet.training.run import Progress


@dataclass(frozen=True)
class AskedTraining:
    """What a checkpoint of a table's training says that was asked for.

    Parameters
    ----------
    table : str
        The path of the table; "" where it was no file, "-" for standard input.
    target : list of str
        The columns to predict.
    teacher : str or None
        The path of the teacher.
    options : Options
        The options as they were given.
    given : list of str or None
        The names of the options that were given, where the training goes on from a model.
    out : Path or None
        The run folder to be written; None for a model alone.
    """

    table: str
    target: list[str]
    teacher: str | None
    options: Options
    given: list[str] | None
    out: Path | None

    @property
    def settings(self) -> dict[str, Any]:
        """The options as `train_table` is to be given them."""
        every = vars(self.options)
        return every if self.given is None else {name: every[name] for name in self.given}


def checkpoint_of(path: str | Path) -> Path:
    """The checkpoint that is meant: a file of its own, or the one beside a run folder.

    Raises GlassnetError where there is neither.
    """
    path = Path(path)
    beside = checkpoint_beside(path)
    if beside.is_file():
        return beside
    if path.is_file():
        return path
    raise GlassnetError(
        f"there is nothing to go on with: no checkpoint {beside.name} beside it; a run has one "
        "while it lasts, from its first half minute on, and once it was stopped",
        file=path,
    )


def asked_training(file: Path) -> AskedTraining:
    """What was asked for, by its checkpoint. Raises GlassnetError where that is of no table."""
    purpose = read_checkpoint(file).purpose
    call = purpose.get("call")
    if call not in ("train_table", RUN):
        raise GlassnetError(
            "is the checkpoint of a call on arrays, which it does not hold",
            file=file,
            remedy="make the same call again, with this checkpoint, and it goes on",
        )
    if purpose.get("has teacher") and not purpose.get("teacher"):
        raise GlassnetError(
            "its teacher was no file",
            file=file,
            remedy="make the same call again, with this checkpoint, and it goes on",
        )
    options = {
        name: purpose[f"option {name}"] for name in DECLARATIONS if f"option {name}" in purpose
    }
    return AskedTraining(
        str(purpose.get("table", "")),
        [str(name) for name in purpose.get("target", ())],
        str(purpose["teacher"]) if purpose.get("teacher") else None,
        options_from(options),
        purpose.get("given"),
        file.with_name(file.name.removesuffix(CHECKPOINT_ENDING)) if call == RUN else None,
    )


def resume(
    path: str | Path, table: Any = None, *, progress: Progress | None = None
) -> Model | RunFolder | Study | Search:
    """Go on with what was cut short, to the last bit as if it had never been.

    Parameters
    ----------
    path : str or Path
        A checkpoint, of `train_table`, `train_run`, `study`, `search`, ``glassnet train`` or
        ``glassnet search``; or the run folder beside which it stands.
    table : data frame, dict of columns, or path, optional
        The table, where it was no file or is somewhere else now.
    progress : function, optional
        As in the call that was cut short.

    Returns
    -------
    Model, RunFolder, Study or Search
        What that call would have returned. The checkpoint of a run is gone then; the file of a
        search stays, and ``glassnet search --resume`` makes its folder.

    Raises
    ------
    GlassnetError
        Where there is no checkpoint, or it was changed; where the table is needed, or other rows
        are in it; and for a checkpoint of `train` or `train_population`, which goes on when the
        same call is made again.
    """
    file = checkpoint_of(path)
    if is_search_file(file):
        return _resume_search(file, table, progress)
    try:
        asked = asked_training(file)
    except GlassnetError:
        found = _study_in(file)
        if found is None:
            raise
        return _resume_study(found, file, table, progress)
    table = _table_of(file, table, asked.table)
    if asked.out is not None:
        check_may_be_replaced(asked.out)
    given = asked.settings
    if asked.out is None:
        return train_table(
            table,
            asked.target,
            teacher=asked.teacher,
            progress=progress,
            checkpoint=file,
            **given,
        )
    return train_run(
        table,
        asked.target,
        asked.out,
        overwrite=True,
        teacher=asked.teacher,
        progress=progress,
        resumable=True,
        **given,
    )


def check_may_be_replaced(folder: Path) -> None:
    """Raises GlassnetError where a folder holds a run that has ended: it is not the one to go on.

    One that was interrupted makes room for the whole one.
    """
    if not (folder / layout.RECORD).is_file():
        return
    if open_run(folder).record.ended != "interrupted":
        raise GlassnetError(
            "holds a run that has ended, which another checkpoint would replace",
            file=folder,
            remedy=f"move it, or delete {layout.checkpoint_beside(folder).name} beside it",
        )


def _study_in(file: Path) -> Study | None:
    """The study that a file holds; None where it holds none."""
    try:
        return load_study(file)
    except GlassnetError:
        return None


def _resume_study(found: Study, file: Path, table: Any, progress: Progress | None) -> Study:
    origin = dict(found.origin)
    if origin.pop("problem") == "article":
        return study(
            networks=found.planned, first=found.first, checkpoint=file, progress=progress, **origin
        )
    known = str(origin.get("table", ""))
    options = {name: origin[name] for name in DECLARATIONS if name in origin}
    options |= {"members": None, "draws": None, "refit": None, "effort": "default"}
    return study(
        _table_of(file, table, known),
        origin["target"],
        networks=found.planned,
        first=found.first,
        checkpoint=file,
        progress=progress,
        **options,
    )


def _resume_search(file: Path, table: Any, progress: Any) -> Search:
    kept = read_search_file(file)
    origin = kept.origin
    return search(
        _table_of(file, table, str(origin["table"])),
        origin["target"],
        candidates=kept.planned,
        folds=origin["folds"],
        space=origin["space"],
        checkpoint=file,
        progress=progress,
        **vars(kept.options),
    )


def _table_of(file: Path, given: Any, known: str) -> Any:
    """The table to go on with. Raises GlassnetError where it must be given."""
    if given is not None:
        return given
    if known in ("", STANDARD_INPUT):
        what = "standard input" if known else "no file"
        raise GlassnetError(
            f"its table was {what}", file=file, remedy=["give the ", OptionRef("table"), " too"]
        )
    return known
