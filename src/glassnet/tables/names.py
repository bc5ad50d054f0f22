"""The names of a data frame's columns as plain text, whatever they were; no two are alike."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

from glassnet.errors import TableError
from glassnet.tables.columns import is_missing


def text_names(names: Iterable[Hashable]) -> list[str]:
    """Names as text: those of several levels are joined, a missing one is the column's number.

    Raises TableError where two columns then have one name.

    >>> text_names(["age", 7, ("size", "mean"), ("size", ""), None])
    ['age', '7', 'size_mean', 'size', 'column 5']
    """
    found = [_text_name(name, number) for number, name in enumerate(names, 1)]
    name, count = Counter(found).most_common(1)[0] if found else ("", 0)
    if count > 1:
        message = f"two columns of the table have the name '{name}'"
        raise TableError(message, column=name, remedy="rename one")
    return found


def with_text_names(frame: Any) -> Any:
    """A pandas frame with columns named by text; the names of other frames are only checked.

    Raises TableError where two columns have one name.
    """
    if hasattr(frame, "set_axis"):
        names = text_names(frame.columns)
        return frame if names == list(frame.columns) else frame.set_axis(names, axis=1)
    text_names(getattr(frame, "column_names", ()))
    return frame


def _text_name(name: Hashable, number: int) -> str:
    if isinstance(name, tuple):
        levels = [str(level) for level in name if not is_missing(level) and level != ""]
        return "_".join(levels) or f"column {number}"
    return f"column {number}" if is_missing(name) else str(name)
