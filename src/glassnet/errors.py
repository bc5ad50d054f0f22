"""What a user is meant to read: one small tree of errors, one warning, and what they are made of.

A message is text in which an option stands as an `OptionRef`, not as a word: Python writes it
``categories=['year']``, the command line ``--category year`` (`cli/wording.py`), scikit-learn's
estimators write their own parameter's name (`estimators/wording.py`). The rules that raise these
errors are in the other rooms. `visible` is how names and cells are shown in them, and wherever
else text of a stranger reaches a terminal.
"""

import re
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any, NamedTuple

CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: they move the cursor, rename the window, end lines
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of what follows
    r"\u2028\u2029"  # line ends too
    r"\ud800-\udfff\ufffe\uffff]"  # bytes of a file's name that are no text; what XML refuses
)
MOST_LISTED = 20  # names that an error lists; of more it names the nearest few
MOST_NEAR = 3  # of these
MEANT = 0.65  # how like a name must be to be the one that was meant; 1: the same


def visible(text: str) -> str:
    r"""Text in which a character that would do something to a terminal is shown as its escape.

    >>> visible("a\x1b]0;b\x07\u202ec")
    'a\\x1b]0;b\\x07\\u202ec'
    """
    return CONTROLS.sub(_escape, text)


def _escape(control: re.Match[str]) -> str:
    code = ord(control[0])
    return {9: r"\t", 10: r"\n", 13: r"\r"}.get(
        code, f"\\x{code:02x}" if code < 32 else f"\\u{code:04x}"
    )


class OptionRef(NamedTuple):
    """An option as a message names it: alone, or with a value to give it."""

    name: str
    value: Any = None


_INSIDE = ("glassnet.", "sklearn.")

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
        return visible(": ".join(part for part in parts if part))

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


class TrainingError(GlassnetError):
    """A training left no model of any use."""


class OutputError(GlassnetError):
    """Nothing can be written at a place, or something would be lost there."""


class GlassnetWarning(Notice, UserWarning):
    """Something works, but not as well as it could: why, and what would mend it."""


def warn_of(notices: Iterable[GlassnetWarning], wording: Wording = in_python) -> None:
    """Issue warnings, in a face's words, for the line that called glassnet or scikit-learn."""
    notices = list(notices)
    if not notices:
        return
    depth = 1
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(_INSIDE):
        frame = frame.f_back
        depth += 1
    for notice in notices:
        notice.args = (notice.worded(wording),)
        warnings.warn(notice, stacklevel=depth + 1)


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
    """The error for a name that is not in a table: the nearest right ones, and all where few.

    `what` is the kind of name: a word, or the option that takes it.

    >>> print(unknown_name(OptionRef("activation"), "sigmod", ["relu", "sigmoid"]))
    unknown activation 'sigmod': did you mean 'sigmoid'? Known: relu, sigmoid
    """
    names = list(known)
    near = _nearest(name, names) if isinstance(name, str) else []
    hint = f"did you mean {_alternatives(near)}? " if near else ""
    remedy = f"{hint}{_listed(names, near)}".strip()
    if isinstance(what, OptionRef):
        message = ["unknown ", what, f" {shown(name)}"]
        return OptionError(message, option=what.name, value=name, remedy=remedy)
    return GlassnetError(f"unknown {what} {shown(name)}", value=name, remedy=remedy)


def _nearest(name: str, known: Sequence[str]) -> list[str]:
    """Those that may have been meant, the likeliest first; letter case counts for nothing."""
    from difflib import get_close_matches

    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    most = 1 if len(known) <= MOST_LISTED else MOST_NEAR
    near = get_close_matches(name.lower(), by_lower, n=most, cutoff=MEANT)
    return [by_lower[found] for found in near]


def _alternatives(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def _listed(names: Sequence[str], near: Sequence[str]) -> str:
    """All names; of many the first few, or none where nearer ones are named already."""
    if len(names) <= MOST_LISTED:
        return f"Known: {', '.join(names)}"
    if near:
        return f"({len(names):,} are known)"
    return f"Known: {', '.join(names[:MOST_NEAR])}, ... ({len(names):,} in all)"


def check_enough(found: int, needed: int, what: str) -> None:
    """Raises GlassnetError where there is less of something than is needed."""
    if found < needed:
        verb = "is" if found == 1 else "are"
        raise GlassnetError(f"{what}: {needed} or more are needed, there {verb} {found}")


def _written(message: Message, wording: Wording) -> str:
    if isinstance(message, str):
        return message
    return "".join(wording(part) if isinstance(part, OptionRef) else part for part in message)
