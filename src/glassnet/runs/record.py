"""The record of a run: all that is needed to repeat it, and what came out; it becomes run.json."""

import datetime
import hashlib
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import glassnet
from glassnet.errors import GlassnetError, TableError, visible
from glassnet.files import check_regular_file
from glassnet.models.model import Model
from glassnet.models.record import Score
from glassnet.recipe.assessment.assess import Assessment
from glassnet.recipe.baselines import descriptions_by_name, scores_by_name
from glassnet.recipe.options import DECLARATIONS, Options, ResolvedOptions
from glassnet.recipe.run import TableRun
from glassnet.tables.targets import Task

MAX_BYTES = 64_000_000  # of a run.json; thousands of columns need a few

STANDARD_INPUT = "-"
"""The name of a table that was read from standard input, and is not kept."""

ROW_PARTS = ("train", "validation", "holdout")
"""What a row of the table may be used for."""


if TYPE_CHECKING:
    from glassnet.models.typed import Decoder


@dataclass(frozen=True)
class RunRecord:
    """How a run came about, and what came out.

    Attributes
    ----------
    glassnet, python, numpy : str
        The versions it was trained with.
    command : tuple of str
        The command, its table and targets (of a demo: its options); `options` holds the rest.
    table : str or None
        The path of the table; "-" for standard input; None where it was no file.
    table_sha256 : str or None
        The SHA-256 of the table's file, where there is one.
    target : tuple of str
        The target columns.
    options : ResolvedOptions
        The options that it was trained with, nothing left open.
    engine : str
        The engine that trained.
    network : str
        The network in words.
    members : int
        How many networks were trained.
    inputs, targets : dict of str to str
        The encoding of each column in words.
    rows : dict of str to int
        How many rows did what: "train", "validation", "holdout".
    rows_without_target : int
        How many rows were left out for want of a target.
    scored_on : str
        The rows that the scores are of: "holdout", or "train" where none were held out.
    scores : dict
        The scores by target, each by name.
    scores_of : str
        The model that the scores are of, in words.
    trained_on : str
        The rows that a member was trained on, in words.
    epochs_run : int
        How many epochs the longest member took.
    best_epochs : tuple of int
        The epoch that was kept, from 1, of each member.
    ended, diagnosis : str
        How the run ended, by name and in words.
    rng : str or None
        Whose random numbers drew the starting weights of a demo; None for a run on a table.
    baselines : dict
        By target, the scores of a constant and of a linear prediction on the same rows.
    baseline_descriptions : dict
        By target, what each of these is, in words; {} for runs of versions before they were kept.
    notices : tuple of str
        What was found about the table and the run, with options in Python's words.
    teacher : str
        What the network was trained towards beside the targets, in words; "" for nothing.
    teacher_file : str or None
        The path of the teacher, where it was a file or folder.
    assessment : Assessment or None
        How sure the scores are, whether something simpler would do, and more training help; None
        for a demo, and for runs of versions before there was one.
    date : str
        The day of the training, yyyy-mm-dd; "" for runs of versions before it was kept.
    """

    glassnet: str
    python: str
    numpy: str
    command: tuple[str, ...]
    table: str | None
    table_sha256: str | None
    target: tuple[str, ...]
    options: ResolvedOptions
    engine: str
    network: str
    members: int
    inputs: dict[str, str]
    targets: dict[str, str]
    rows: dict[str, int]
    rows_without_target: int
    scored_on: str
    scores: dict[str, dict[str, Score]]
    trained_on: str
    epochs_run: int
    best_epochs: tuple[int, ...]
    ended: str
    diagnosis: str
    rng: str | None = None
    baselines: dict[str, dict[str, dict[str, Score]]] = field(default_factory=dict)
    baseline_descriptions: dict[str, dict[str, str]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    teacher: str = ""
    teacher_file: str | None = None
    scores_of: str = "this model"
    assessment: Assessment | None = None
    date: str = ""

    def __repr__(self) -> str:
        text = f"{', '.join(self.target)} by `glassnet {' '.join(self.command[:1])}`"
        counts = ", ".join(f"{count:,} {part}" for part, count in self.rows.items())
        return visible(f"<glassnet RunRecord {text}: {self.members} x {self.network}; {counts}>")

    @property
    def has_table_file(self) -> bool:
        """Whether the table was a file, which may be read again."""
        return self.table not in (None, STANDARD_INPUT)

    def to_dict(self) -> dict[str, Any]:
        """The record as run.json holds it."""
        content = asdict(self)
        if self.rng is None:
            del content["rng"]
        return content

    @classmethod
    def from_dict(cls, content: Any) -> "RunRecord":
        """The record that `to_dict` gave; what this version does not know of is left out.

        Raises GlassnetError on anything else.
        """
        if isinstance(content, dict) and isinstance(content.get("options"), dict):
            options = asdict(Options()) | {"refit": False}  # no run was before there was a choice
            content = {**content, "options": options | content["options"]}
        return _decoder()(content)


@cache
def _decoder() -> "Decoder[RunRecord]":
    from glassnet.models.typed import Decoder

    rules = {RunRecord: _check_record, ResolvedOptions: _check_options}
    return Decoder(RunRecord, rules=rules, extensible=(RunRecord,), types={"Task": Task})


def _check_record(record: RunRecord) -> None:
    """Raises ValueError where fields do not fit each other."""
    counts = (record.rows_without_target, record.epochs_run, *record.rows.values())
    if min(*counts, *record.best_epochs) < 0 or record.members < 1:
        raise ValueError("a count is below 0")
    if not record.rows.keys() <= set(ROW_PARTS) or record.scored_on not in record.rows:
        raise ValueError(f"rows and scored_on do not name {', '.join(ROW_PARTS)}")
    if not record.target:
        raise ValueError("no target")


def _check_options(options: ResolvedOptions) -> None:
    """Raises OptionError where an option is out of range."""
    values = {name: getattr(options, name) for name in DECLARATIONS}
    Options(**{**values, "seed": abs(options.seed)})  # one of R's may be negative


def record_of(
    done: TableRun, command: Sequence[str], table: str | None = None, rng: str | None = None
) -> RunRecord:
    """The record of a run that has just been trained.

    Parameters
    ----------
    done : TableRun
        The run.
    command : sequence of str
        The command that trained it.
    table : str, optional
        The path of its table; "-" for standard input; None where it was no file.
    rng : str, optional
        Whose random numbers drew the starting weights of a demo.
    """
    model = done.model
    path, digest = table, None
    if table is not None and table != STANDARD_INPUT:
        path, digest = str(Path(table).resolve()), sha256(table)
    return RunRecord(
        glassnet=glassnet.__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        command=tuple(command),
        table=path,
        table_sha256=digest,
        target=model.record.targets,
        options=done.options,
        engine=done.runs[0].engine,
        network=model.shape,
        members=len(model.members),
        inputs={column.name: str(column) for column in model.encoding.inputs},
        targets={target.name: str(target) for target in model.encoding.targets},
        rows={part: len(rows) for part, rows in done.rows.items()},
        rows_without_target=done.without_target,
        scored_on=done.scored_part,
        scores=model.scores,
        trained_on=trained_on(model),
        epochs_run=len(model.history["epoch"]),
        best_epochs=model.record.best_epochs,
        ended=done.ended or "finished",
        diagnosis=done.diagnosis,
        rng=rng,
        baselines=scores_by_name(done.baselines),
        baseline_descriptions=descriptions_by_name(done.baselines),
        notices=tuple(str(notice) for notice in done.notices),
        scores_of=model.record.scores_of,
        teacher=model.record.teacher,
        date=datetime.date.today().isoformat(),
    )


def record_of_table(
    done: TableRun, table: str | None, teacher: Any = None, *, assessed: bool = True
) -> RunRecord:
    """The record of a run of `glassnet train`, or of the same from Python, with its teacher.

    It is `assessed` unless the user is in a hurry, for that takes a moment.
    """
    command = ["train", STANDARD_INPUT if table is None else table]
    for name in done.model.record.targets:
        command += ["--target", name]
    record = record_of(done, command, table)
    if assessed:
        record = replace(record, assessment=done.assessment)
    if not isinstance(teacher, (str, Path)):
        return record
    command += ["--teacher", str(teacher)]
    return replace(record, command=tuple(command), teacher_file=str(Path(teacher).resolve()))


def trained_on(model: Model) -> str:
    """The rows that each member was trained on, in words."""
    which = "all rows" if model.record.refit else "the training rows"
    if not model.record.folds:
        validated = model.record.refit and "validation_loss" in model.history
        return f"{which} but those that validate its epochs" if validated else which
    rows = f"all but one of {model.record.options['members']} parts of {which}"
    if "validation_loss" in model.history:
        return f"{rows}, which validates its epochs"
    return rows


def read_record(path: Path) -> RunRecord:
    """The record in a run.json. Raises GlassnetError, naming the file, where it is not whole."""
    from glassnet.models.typed import read_json

    check_regular_file(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise GlassnetError(f"it is larger than {MAX_BYTES:,} bytes")
        return RunRecord.from_dict(read_json(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise GlassnetError(f"is not the whole record of a run ({error})", file=path) from None


def check_same_run(record: RunRecord, model: Model, path: Path) -> None:
    """Raises GlassnetError, naming the record's file, unless a model came out of its run.

    What the record alone says is not worked with: options of another run could train for ever.
    """
    options = model.record.options
    found = (len(model.members), [target.name for target in model.encoding.targets])
    different = [
        name for name, value in asdict(record.options).items() if options.get(name, value) != value
    ]
    epochs = len(model.history.get("epoch", ()))
    if different or found != (record.members, list(record.target)) or epochs != record.epochs_run:
        raise GlassnetError("is the record of another run than the model beside it", file=path)


def check_same_training(model: Model, scored: Model, path: Path) -> None:
    """Raises GlassnetError, naming its file, unless a scored model is of the run of another."""
    targets = [[target.name for target in one.encoding.targets] for one in (model, scored)]
    scores = [repr(one.scores) for one in (model, scored)]  # as text: NaN is not equal to itself
    if targets[0] != targets[1] or scores[0] != scores[1] or scored.record.refit:
        raise GlassnetError("is of another run than the model beside it", file=path)


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file. Raises TableError where it is not a regular file."""
    check_regular_file(path, TableError)
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
