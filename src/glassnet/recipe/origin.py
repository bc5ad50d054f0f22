"""Whether a file that something is kept in is of the same call: by what that was made of."""

from collections.abc import Mapping
from typing import Any


def what_differs(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """In what two origins differ, in words; "" where they are the same.

    The file of a table may have moved: its rows are compared. Of options and the like that are kept
    together the one that differs is named.
    """
    for name in sorted((before.keys() | now.keys()) - {"table"}):
        was, is_now = before.get(name), now.get(name)
        if was == is_now:
            continue
        if name == "rows":
            return "the rows of the table are not the same"
        if isinstance(was, Mapping) and isinstance(is_now, Mapping):
            return what_differs(was, is_now)
        return f"{name} was {was!r}, and is {is_now!r}"
    return ""
