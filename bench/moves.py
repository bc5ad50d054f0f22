"""G, programs that move over to glassnet by their import: a fresh process each, timed as a whole
and inside its fit.

Those in `programs/` are scikit-learn's; glassnet's are made of them here, by changing that one line
and nothing else.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench import fresh
from bench.rounds import Row, Settings, take_turns

IMPORTS = {"sklearn": "from sklearn.neural_network import", "glassnet": "from glassnet import"}
FIT = "-fit"
"""What is put behind a program's name for the seconds inside its fit."""


class Program(NamedTuple):
    """A file in `programs/`; how far its numbers may be from scikit-learn's, and why."""

    title: str
    file: str
    tolerance: float
    why: str


PROGRAMS = {
    "G-search": Program(
        "a grid search with five folds, only the import changed",
        "search.py",
        1e-6,
        "every batch has all rows, so they are the same to rounding",
    ),
    "G-folds": Program(
        "a cross-validation with five folds, only the import changed",
        "folds.py",
        0.05,
        "batches have fewer rows than the data, and then its alpha weighs more than ours",
    ),
}


def text_of(name: str, peer: str) -> str:
    """The program as a user of that library would write it."""
    text = (
        Path(__file__)
        .with_name("programs")
        .joinpath(PROGRAMS[name].file)
        .read_text(encoding="utf-8")
    )
    assert text.count(IMPORTS["sklearn"]) == 1
    return text.replace(IMPORTS["sklearn"], IMPORTS[peer])


def measure(name: str, threads: str, peers: Sequence[str], settings: Settings) -> list[Row]:
    """Start the program anew in each round: two rows for each library, of the whole process and of
    its fit.
    """
    wholes: dict[str, Row] = {}
    fits: dict[str, Row] = {}
    for peer in (p for p in peers if p in IMPORTS):
        row = {"threads": threads, "peer": peer, "form": f"python -c, {IMPORTS[peer]} ..."}
        wholes[peer], fits[peer] = (
            row | {"workload": of, "ms": [], "engine_ms": []} for of in (name, name + FIT)
        )

    def turn(peer: str) -> bool:
        seconds, found = once(text_of(name, peer), threads)
        wholes[peer]["ms"].append(1000 * seconds)
        fits[peer]["ms"] += [found.pop("fit_ms")] if "fit_ms" in found else []
        for rows in (wholes, fits):
            rows[peer] |= found
        return "error" not in found

    take_turns(list(wholes), settings.rounds, turn)
    for rows in (wholes, fits):
        compare(rows, PROGRAMS[name])
    return [*wholes.values(), *fits.values()]


def once(text: str, threads: str) -> tuple[float, dict[str, Any]]:
    """Seconds of a whole process, and what it printed: milliseconds of its fit, a loss, and the
    numbers that it found.
    """
    seconds, said, error = fresh.process([sys.executable, "-c", text], threads)
    if error:
        return seconds, {"error": error}
    try:
        answer = json.loads(said)
        return seconds, {name: answer[name] for name in ("fit_ms", "loss", "found")}
    except (ValueError, LookupError, TypeError):
        return seconds, {"error": f"printed no result, but {said[:60]!r}"}


def compare(rows: dict[str, Row], program: Program) -> None:
    """Say in each row how far its numbers are from scikit-learn's; too far is an error."""
    if "error" in rows.get("sklearn", {"error": ""}):
        for row in rows.values():
            row |= {
                "unchecked": True,
                "form": "there is nothing of scikit-learn's to compare its numbers with",
            }
        return
    theirs = [rows["sklearn"]["loss"], *rows["sklearn"]["found"]]
    for row in (row for row in rows.values() if "error" not in row):
        ours = [row["loss"], *row["found"]]
        apart = [abs(a / b - 1) for a, b in zip(ours, theirs, strict=True)]
        row["apart"] = max(apart)
        if not all(part <= program.tolerance for part in apart):  # NaN is not
            row["error"] = (
                f"found {ours} instead of {theirs}: relatively more than {program.tolerance:g} "
                "apart"
            )
    if "apart" in (ours := rows.get("glassnet", {})):
        ours["form"] += (
            f" (its numbers are within {ours['apart']:.1g} of scikit-learn's: {program.why})"
        )
