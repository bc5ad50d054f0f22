"""The file that a search is kept in: a line of JSON for what is searched, then one a candidate.

Each line is appended when its candidate has ended. A line that a kill cut short is dropped.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from glassnet.errors import GlassnetError, OutputError
from glassnet.files import check_regular_file, whole_file
from glassnet.recipe.options import Options, options_from
from glassnet.searches.candidate import TriedCandidate
from glassnet.searches.space import read_space
from glassnet.settings import checked_whole

KIND = "glassnet search"
"""The key by which the first line says what the file is; its value is the version."""
SEARCH_VERSION = 1
UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What reading a text that is no search may raise; GlassnetError is a ValueError."""
OF_FOLDS = ("members", "draws", "refit")
"""Options that a search sets by itself, for its folds."""


class KeptSearch(NamedTuple):
    """What a file holds."""

    origin: dict[str, Any]
    planned: int
    tried: list[TriedCandidate]

    @property
    def options(self) -> Options:
        """The options that were asked for."""
        plain = {field.name: field.default for field in fields(Options)}
        kept = self.origin["options"] | {name: plain[name] for name in OF_FOLDS}
        return options_from({name: value for name, value in kept.items() if name in plain})


def is_search_file(path: Path) -> bool:
    """Whether a file begins as one of a search does."""
    begin = json.dumps({KIND: SEARCH_VERSION}).encode()[:-2]
    with path.open("rb") as file:
        return file.read(len(begin)) == begin


def begin_search_file(path: Path, origin: Mapping[str, Any], planned: int) -> None:
    """Write the first line of a new file. Raises OutputError where it cannot be written."""
    first = {KIND: SEARCH_VERSION, "candidates": planned, **origin}
    with whole_file(path) as part:
        part.write_text(_line(first), encoding="utf-8")


def plan_more(path: Path, planned: int) -> None:
    """Add to a file that there are to be so many candidates."""
    _append(path, _line({"candidates": planned}))


def append_to_search_file(path: Path, tried: Iterable[TriedCandidate]) -> None:
    """Add candidates to a file. Raises OutputError where it cannot be written."""
    _append(path, "".join(_line(one.as_json()) for one in tried))


def _append(path: Path, lines: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(lines)
    except OSError as error:
        raise OutputError(f"cannot be written ({error.strerror or error})", file=path) from None


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
        planned = checked_whole("candidates", origin.pop("candidates"), 1)
        folds = checked_whole("folds", origin["folds"], 2)
        read_space(origin["space"])
        options_from(dict(origin["options"]))
        is_whole_origin = all(isinstance(name, str) for name in origin["target"])
        is_whole_origin &= isinstance(origin["table"], str) and isinstance(origin["rows"], str)
    except UNREADABLE:
        raise _no_search(path) from None
    if version != SEARCH_VERSION:
        raise GlassnetError(
            f"was written by another version of glassnet (format {version})", file=path
        )
    if not is_whole_origin:
        raise _no_search(path)
    tried: dict[int, TriedCandidate] = {}
    for number, line in enumerate(lines[1:], 2):
        try:
            content = json.loads(line)
            if content.keys() == {"candidates"}:
                planned = checked_whole("candidates", content["candidates"], planned)
                continue
            one = TriedCandidate.from_json(content, folds)
            tried[one.number] = one
        except UNREADABLE:
            raise GlassnetError(
                f"line {number} is not the result of a candidate",
                file=path,
                remedy="delete that line, and its candidate is tried again",
            ) from None
    return KeptSearch(origin, planned, list(tried.values()))


def _line(content: Mapping[str, Any]) -> str:
    return json.dumps(content, allow_nan=False) + "\n"


def _no_search(path: Path) -> GlassnetError:
    return GlassnetError(
        "is not the file of a search", file=path, remedy="give another name, or move it away"
    )
