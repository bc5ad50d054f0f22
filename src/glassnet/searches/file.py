"""The file that a search is kept in: a line of JSON for what is searched, then one a candidate.

Each line is appended when its candidate has ended. A line that a kill cut short is dropped.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from glassnet.errors import GlassnetError
from glassnet.files import check_file, check_regular_file
from glassnet.recipe.options import Options
from glassnet.searches.candidate import TriedCandidate

KIND = "glassnet search"
"""The key by which the first line says what the file is; its value is the version."""
SEARCH_VERSION = 1
OF_FOLDS = ("members", "draws", "refit")
"""Options that a search sets by itself, for its folds."""


class KeptSearch(NamedTuple):
    """What a file holds."""

    origin: dict[str, Any]
    planned: int
    tried: list[TriedCandidate]

    @property
    def settings(self) -> dict[str, Any]:
        """What `search` is to be given beside the table and the target, to go on with it."""
        plain = {field.name: field.default for field in fields(Options)}
        options = self.origin["options"] | {name: plain[name] for name in OF_FOLDS}
        return {
            "candidates": self.planned,
            "folds": self.origin["folds"],
            "space": self.origin["space"],
            **{name: value for name, value in options.items() if name in plain},
        }


def is_search_file(path: Path) -> bool:
    """Whether a file begins as one of a search does."""
    begin = json.dumps({KIND: SEARCH_VERSION}).encode()[:-2]
    with path.open("rb") as file:
        return file.read(len(begin)) == begin


def begin_search_file(path: Path, origin: Mapping[str, Any], planned: int) -> None:
    """Write the first line of a new file. Raises OutputError where it cannot be written."""
    check_file(path)
    path.write_text(
        _line({KIND: SEARCH_VERSION, "candidates": planned, **origin}), encoding="utf-8"
    )


def append_to_search_file(path: Path, tried: Iterable[TriedCandidate]) -> None:
    """Add candidates to a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(_line(one.as_json()) for one in tried))


def drop_torn_line(path: Path) -> None:
    """Cut off the end of a line that a kill left unfinished."""
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with path.open("r+b") as file:
            file.truncate(len(whole))


def read_search_file(path: Path) -> KeptSearch:
    """What a file holds.

    Raises GlassnetError where there is no such file, it is no search, or a line of it was changed.
    """
    check_regular_file(path)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]  # the last one may be torn
        origin = json.loads(lines[0])
        version = origin.pop(KIND)
        planned = int(origin.pop("candidates"))
        complete = {"table", "target", "folds", "space", "options"} <= origin.keys()
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _no_search(path) from None
    if not complete:
        raise _no_search(path)
    if version != SEARCH_VERSION:
        raise GlassnetError(
            f"was written by another version of glassnet (format {version})", file=path
        )
    tried = []
    for number, line in enumerate(lines[1:], 2):
        try:
            tried.append(TriedCandidate.from_json(json.loads(line)))
        except (ValueError, LookupError, TypeError, AttributeError):
            raise GlassnetError(
                f"line {number} is not the result of a candidate",
                file=path,
                remedy="delete that line, and its candidate is tried again",
            ) from None
    return KeptSearch(origin, planned, tried)


def _line(content: Mapping[str, Any]) -> str:
    return json.dumps(content, allow_nan=False) + "\n"


def _no_search(path: Path) -> GlassnetError:
    return GlassnetError(
        "is not the file of a search", file=path, remedy="give another name, or move it away"
    )
