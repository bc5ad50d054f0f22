"""What a user is meant to read: one small tree of errors, one warning, and what they are made of.

A message is text in which an option stands as an `OptionRef`, not as a word: Python writes it
``categories=['year']``, the command line ``--category year`` (`cli/wording.py`), scikit-learn's
estimators write their own parameter's name (`estimators/wording.py`). The rules that raise these
errors are in the other rooms.
"""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any, NamedTuple


class OptionRef(NamedTuple):
    """An option as a message names it: alone, or with a value to give it."""

    name: str
    value: Any = None


Message = str | Sequence[str | OptionRef]
LONGEST_SHOWN = 60  # characters of a value in a message
Wording = Callable[[OptionRef], str]
"""How a face writes an option in a message."""


def in_python(option: OptionRef) -> str:
    """The option as in a call: ``holdout``, or ``holdout=0``.

    >>> in_python(OptionRef("categories", ["year"]))
    "categories=['year']"
    """
    return option.name if option.value is None else f"{option.name}={option.value!r}"


class Notice(Exception):  # noqa: N818 (a warning is one too)
    """What errors and warnings share: what was found, where, and the remedy, each a field.

    `str` gives it all as one line in Python's words; `worded` in those of another face.

    Parameters
    ----------
    message : str, or sequence of str and OptionRef
        What was found.
    option : str, optional
        The option at fault, by its name in Python.
    value : object, optional
        What was found in its place.
    file : path, optional
        Where it was found; the message does not repeat it.
    column : str, optional
        The column at fault.
    row : int, optional
        The row, from 1; the message does not repeat the cell's place.
    remedy : str, or sequence of str and OptionRef
        What to do.

    Examples
    --------
    >>> print(GlassnetError("is not a number", column="age", row=3, remedy="mend or empty it"))
    column 'age', row 3: is not a number: mend or empty it
    >>> print(GlassnetError("too few rows", remedy=["give more, or ", OptionRef("holdout", 0)]))
    too few rows: give more, or holdout=0
    """

    def __init__(
        self,
        message: Message,
        *,
        option: str | None = None,
        value: Any = None,
        file: str | PathLike[str] | None = None,
        column: str | None = None,
        row: int | None = None,
        remedy: Message = "",
    ) -> None:
        self.message = message
        self.option = option
        self.value = value
        self.file = file
        self.column = column
        self.row = row
        self.remedy = remedy
        super().__init__(self.worded(in_python))

    def worded(self, wording: Wording) -> str:
        """Place, message and remedy as one line, each option in a face's words."""
        parts = [self._location(), _written(self.message, wording), _written(self.remedy, wording)]
        return ": ".join(part for part in parts if part)

    def _location(self) -> str:
        cell = ""
        if self.row is not None:
            cell = f"row {self.row}"
            if self.column is not None:
                cell = f"column '{self.column}', {cell}"
        file = "" if self.file is None else str(self.file)
        return ": ".join(part for part in (file, cell) if part)


class GlassnetError(Notice, ValueError):
    """Something given to glassnet cannot be used: what was found, where, and the remedy."""


class OptionError(GlassnetError):
    """The value of an option cannot be used."""


class TableError(GlassnetError):
    """A table, or a cell of it, cannot be used."""


class ModelFileError(GlassnetError):
    """A file is not a model that this version can read, or a model cannot be written to one."""


class OutputError(GlassnetError):
    """Nothing can be written at a place, or something would be lost there."""


class GlassnetWarning(Notice, UserWarning):
    """Something works, but not as well as it could: why, and what would mend it."""


def shown(value: Any) -> str:
    """A value as a message shows it: on one line, and no longer than a line.

    >>> shown("a"), shown([1, 2]), shown("x" * 100)
    ("'a'", '[1, 2]', "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...")
    """
    text = " ".join((repr(value) if isinstance(value, str) else str(value)).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 4]}..."


def option_error(option: str, problem: str, value: Any) -> OptionError:
    """The error for an option whose value is out of range, or of another kind.

    >>> print(option_error("l2", "must be 0 or more", -1))
    l2 must be 0 or more, got -1
    """
    message = [OptionRef(option), f" {problem}, got {shown(value)}"]
    return OptionError(message, option=option, value=value)


def unknown_name(what: str | OptionRef, name: object, known: Iterable[str]) -> GlassnetError:
    """The error for a name that is not in a table: the nearest right one, and all of them.

    `what` is the kind of name: a word, or the option that takes it.

    >>> print(unknown_name(OptionRef("activation"), "sigmod", ["relu", "sigmoid"]))
    unknown activation 'sigmod': did you mean 'sigmoid'? Known: relu, sigmoid
    """
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(str(name).lower(), names, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    remedy = f"{hint}Known: {', '.join(names)}"
    if isinstance(what, OptionRef):
        message = ["unknown ", what, f" {shown(name)}"]
        return OptionError(message, option=what.name, value=name, remedy=remedy)
    return GlassnetError(f"unknown {what} {shown(name)}", value=name, remedy=remedy)


def check_enough(found: int, needed: int, what: str) -> None:
    """Raises GlassnetError where there is less of something than is needed."""
    if found < needed:
        verb = "is" if found == 1 else "are"
        raise GlassnetError(f"{what}: {needed} or more are needed, there {verb} {found}")


def _written(message: Message, wording: Wording) -> str:
    if isinstance(message, str):
        return message
    return "".join(wording(part) if isinstance(part, OptionRef) else part for part in message)
