"""Checkpoints: trainings that are kept in a file while they run, and go on exactly there.

A checkpoint holds the trainings of one call in the order in which they begin: those that have
ended, and where the last one stands. The same call goes through them again: what has ended is taken
from the file, and the last goes on, to the last bit as if it had never been stopped. How a training
becomes arrays, and back, is `kept.py`.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from warnings import warn as give_warning

from glassnet.errors import GlassnetError, GlassnetWarning, OutputError, visible
from glassnet.files import check_file
from glassnet.sealed import Arrays, FileKind, Kinds, read_sealed, write_sealed

CHECKPOINT = FileKind("checkpoint", GlassnetError)
CHECKPOINT_FORMAT = "glassnet-checkpoint"
CHECKPOINT_VERSION = 1
MOVABLE = ("table", "teacher")
"""What of a purpose is the path of a file."""
SECONDS = 30.0  # from one writing to the next, at least
PAUSE = 50  # times as long as the last writing took: that is at most a fiftieth of all time


@dataclass
class KeptTraining:
    """A training in a checkpoint.

    Parameters
    ----------
    about : dict of str to str
        What it is of, in a few words and checksums: a resumed call must have the same.
    done : int
        Epochs that it has gone through.
    chunks : list of (int, int)
        Of what was measured: the first epoch, from 0, and how many.
    arrays : dict of array
        All else; see `kept.py`.
    has_ended : bool
        Whether there is nothing left to do.
    """

    about: dict[str, str]
    done: int = 0
    chunks: list[tuple[int, int]] = field(default_factory=list)
    arrays: Arrays = field(default_factory=dict)
    has_ended: bool = False


class Checkpoint:
    """A file that trainings are kept in.

    Parameters
    ----------
    path : str or Path
        The file. Where there is one, its trainings go on.
    purpose : dict, optional
        What the call is, as JSON has it, for those who only have the file.

    Raises
    ------
    GlassnetError
        Where the file cannot be written, is no checkpoint, or is of another purpose.
    """

    def __init__(self, path: str | Path, purpose: Mapping[str, Any] | None = None) -> None:
        self.path: Path = Path(path)
        self.purpose: dict[str, Any] = json.loads(json.dumps(dict(purpose or {"call": "train"})))
        self.trainings: list[KeptTraining] = []
        self.begun: int = 0
        self.counts: dict[str, int] = {}
        """How often something was done that the clock decides, by name."""
        self.seconds_before: float = 0.0
        """How long the trainings took before this call, in all."""
        self._opened: float = monotonic()
        self._written: float = self._opened
        self._pause: float = SECONDS
        self._is_cut_short: bool = False
        self._current: dict[int, Callable[[], KeptTraining]] = {}
        """Of the trainings that go on, by their numbers, what gives them as they are."""
        check_file(self.path)
        if self.path.exists():
            found = read_checkpoint(self.path)
            _check_same(self.path, "call", _compared(found.purpose), _compared(self.purpose))
            self.trainings, self.seconds_before = found.trainings, found.seconds
            self.counts = found.counts

    @property
    def knows_next(self) -> bool:
        """Whether the training that begins next is in the file already."""
        return self.begun < len(self.trainings)

    def begin(self, about: dict[str, str]) -> KeptTraining | None:
        """The next training; None where the file does not know it yet.

        Raises GlassnetError, saying what differs, where the file has another in its place.
        """
        if self._is_cut_short:
            return None
        self.begun += 1
        if self.begun > len(self.trainings):
            self.trainings.append(KeptTraining(about))
            return None
        kept = self.trainings[self.begun - 1]
        _check_same(self.path, "training", kept.about, about)
        return kept if kept.arrays else None

    def after_chunk(self, number: int, current: Callable[[], KeptTraining]) -> None:
        """Write the file where that is due; `current` gives the training of a number, from 0."""
        if not self._is_cut_short:
            self._current[number] = current
            self._write_if_due()

    def stop(self) -> None:
        """Write the file as of the last whole chunk: the training is cut short."""
        if self._has_anything:
            self._try_to_write()
        self._current, self._is_cut_short = {}, True

    def finish(self) -> None:
        """Write the file at the end of the call, unless a training was cut short."""
        if not self._is_cut_short and self._has_anything:
            self._try_to_write()

    @property
    def _has_anything(self) -> bool:
        return bool(self._current) or any(one.arrays for one in self.trainings)

    def end(self, number: int, kept: KeptTraining) -> None:
        """Keep a training that has ended; numbers are from 0."""
        if not self._is_cut_short:
            self._current.pop(number, None)
            self.trainings[number] = kept
            self._write_if_due()

    def _write_if_due(self) -> None:
        if monotonic() - self._written >= self._pause:
            self._try_to_write()

    def _try_to_write(self) -> None:
        """Write the file; where that fails, warn, and let the training go on."""
        try:
            self.write()
        except OutputError as error:
            self._written = monotonic()
            give_warning(
                GlassnetWarning(f"the checkpoint is not up to date: {error}; the training goes on"),
                stacklevel=2,
            )

    def write(self) -> None:
        """Write the file now, as of the last whole chunk."""
        began = monotonic()
        for number, current in self._current.items():
            self.trainings[number] = current()
        structure = {
            "format": CHECKPOINT_FORMAT,
            "version": CHECKPOINT_VERSION,
            "purpose": self.purpose,
            "seconds": self.seconds_before + began - self._opened,
            "counts": self.counts,
            "trainings": [
                {"about": one.about, "done": one.done, "chunks": one.chunks, "ended": one.has_ended}
                for one in self.trainings
            ],
        }
        arrays = {
            f"{number}.{name}": array
            for number, one in enumerate(self.trainings, 1)
            for name, array in one.arrays.items()
        }
        write_sealed(self.path, json.dumps(structure), arrays, CHECKPOINT)
        self._written = monotonic()
        self._pause = max(SECONDS, PAUSE * (self._written - began))

    def remove(self) -> None:
        """Delete the file: all that it was for is done."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class ReadCheckpoint:
    """What the file of a checkpoint holds."""

    purpose: dict[str, Any]
    seconds: float
    counts: dict[str, int]
    trainings: list[KeptTraining]


def read_checkpoint(path: str | Path) -> ReadCheckpoint:
    """Read a checkpoint. Raises GlassnetError, naming it, on any other file."""
    found, arrays = read_sealed(path, _read, CHECKPOINT)
    for name, array in arrays.items():
        number, _, rest = name.partition(".")
        found.trainings[int(number) - 1].arrays[rest] = array
    return found


def _read(text: str, kinds: Kinds) -> ReadCheckpoint:
    """What the text says. Raises GlassnetError where it is no checkpoint's.

    The arrays are sealed with it, and are checked against the training that goes on.
    """
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict) or data.get("format") != CHECKPOINT_FORMAT:
        raise GlassnetError("is not a checkpoint of glassnet")
    if data.get("version") != CHECKPOINT_VERSION:
        raise GlassnetError(f"has format version {data.get('version')!r}, not {CHECKPOINT_VERSION}")
    try:
        trainings = [
            KeptTraining(
                {str(name): str(value) for name, value in one["about"].items()},
                int(one["done"]),
                [(int(first), int(count)) for first, count in one["chunks"]],
                {},
                bool(one["ended"]),
            )
            for one in data["trainings"]
        ]
        counts = {str(name): int(count) for name, count in data["counts"].items()}
        found = ReadCheckpoint(dict(data["purpose"]), float(data["seconds"]), counts, trainings)
        numbers = {int(name.partition(".")[0]) for name in kinds}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise GlassnetError("is not a whole checkpoint of glassnet") from None
    if not numbers <= set(range(1, len(trainings) + 1)):
        raise GlassnetError("has arrays of no training")
    return found


def _compared(purpose: Mapping[str, Any]) -> dict[str, Any]:
    """What must be the same of a purpose: files may have moved, and their rows are compared."""
    return {name: value for name, value in purpose.items() if name not in MOVABLE}


def _check_same(path: Path, what: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raises GlassnetError, naming what differs, unless both are the same."""
    for name in [*before, *(name for name in now if name not in before)]:
        if before.get(name) != now.get(name):
            found, wanted = before.get(name), now.get(name)
            difference = f"{name} {found!r}, and not {wanted!r}"
            if any(len(str(value)) > 60 for value in (found, wanted)):
                difference = f"not the same {name}"
            raise GlassnetError(
                visible(f"is the checkpoint of another {what}: {difference}"),
                file=path,
                remedy="repeat the call that it is of, or give another name",
            )
