"""The learning curves of `bench/curves.py` as a page, and where they have cliffs."""

from pathlib import Path
from typing import Any

import numpy as np

from bench.table_page import filled, made_with, markdown

WORSE = 0.03  # of the score: with more rows so much worse than with fewer is a cliff
LEAP = 0.05  # so much better at once, with at most LEAP_ROWS times the rows, is one too
LEAP_ROWS = 1.5
BEHIND = {False: 0.10, True: 0.05}  # so far in R2, or accuracy, behind both rivals is one too
RIVALS = ("MLP", "boosted trees")


class Curve:
    """One model's scores on one table: by size, mean over seeds, from few rows to many."""

    def __init__(self, measured: dict[str, list[dict[str, Any]]]) -> None:
        by_size = sorted((int(size), seeds) for size, seeds in measured.items())
        self.sizes = [size for size, _ in by_size]
        self.held = np.array([np.mean([s["held"] for s in seeds]) for _, seeds in by_size])
        self.own = np.array([np.mean([s["own"] for s in seeds]) for _, seeds in by_size])
        self.error = np.array([_error([s["held"] for s in seeds]) for _, seeds in by_size])
        self.warned = [sum(bool(s["warned"]) for s in seeds) for _, seeds in by_size]
        self.seeds = [len(seeds) for _, seeds in by_size]

    def at(self, size: int) -> float:
        return float(self.held[self.sizes.index(size)]) if size in self.sizes else np.nan


def _error(values: list[float]) -> float:
    """The standard error of a mean; 0 of a single value."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def cliffs(result: dict[str, Any]) -> list[str]:
    """A line for each cliff of the first model."""
    found = []
    for name, table in result["tables"].items():
        curves = {model: Curve(measured) for model, measured in table["models"].items()}
        model, curve = next(iter(curves.items()))
        rivals = [curves[rival] for rival in RIVALS if rival in curves]
        lines = (
            _worse(curve)
            + _leaps(curve, rivals)
            + _behind(curve, rivals, BEHIND[table["classify"]])
        )
        found += [f"{name}, {model}: {line}" for line in lines]
    return found


def _worse(curve: Curve) -> list[str]:
    """Sizes with a score below that of some fewer rows by WORSE and by two standard errors."""
    found = []
    for i in range(1, len(curve.sizes)):
        best = int(curve.held[:i].argmax())
        drop = curve.held[best] - curve.held[i]
        if drop > max(WORSE, 2 * np.hypot(curve.error[best], curve.error[i])):
            found.append(
                f"{curve.held[i]:.3f} with {curve.sizes[i]:,} rows, "
                f"{curve.held[best]:.3f} with {curve.sizes[best]:,}"
            )
    return found


def _leaps(curve: Curve, rivals: list[Curve]) -> list[str]:
    """Sizes from which to the next the score leaps, as no rival's does: a rule of thumb at work."""
    found = []
    for i, (few, more) in enumerate(zip(curve.sizes, curve.sizes[1:], strict=False)):
        leap = curve.held[i + 1] - curve.held[i]
        if leap > LEAP and more <= LEAP_ROWS * few:
            theirs = [rival.at(more) - rival.at(few) for rival in rivals]
            if theirs and leap > 2 * np.nanmax(theirs):
                found.append(
                    f"from {curve.held[i]:.3f} to {curve.held[i + 1]:.3f} "
                    f"between {few:,} and {more:,} rows"
                )
    return found


def _behind(curve: Curve, rivals: list[Curve], by: float) -> list[str]:
    """Sizes with a score so far below both rivals', and whether the model warned."""
    found = []
    for i, size in enumerate(curve.sizes):
        theirs = [rival.at(size) for rival in rivals]
        if len(theirs) == len(RIVALS) and curve.held[i] < min(theirs) - by:
            told = f"warned {curve.warned[i]} of {curve.seeds[i]} times"
            others = ", ".join(f"{RIVALS[j]} {score:.3f}" for j, score in enumerate(theirs))
            found.append(f"{curve.held[i]:.3f} with {size:,} rows, {others}; {told}")
    return found


def write(result: dict[str, Any], folder: Path) -> None:
    """curves.md and curves.svg."""
    from bench.table_pictures import curves

    (folder / "curves.md").write_text(page(result))
    curves(
        {
            name: {model: Curve(measured) for model, measured in table["models"].items()}
            for name, table in result["tables"].items()
        },
        folder / "curves.svg",
    )


def page(result: dict[str, Any]) -> str:
    """Markdown: the picture, the cliffs, and a table of scores for each table."""
    found = cliffs(result)
    parts = [
        "# Learning curves",
        filled(
            f"Written by `python -m bench.curves` (mean of {result['seeds']} seeds; "
            f"{made_with(result)})."
        ),
        "![Score on held-out rows by the number of training rows](curves.svg)",
        "## Cliffs",
        filled(
            f"A score lower than with fewer rows by {WORSE} and two standard errors; a leap of "
            f"{LEAP} with at most {LEAP_ROWS} times the rows, more than twice the rivals'; or "
            f"{BEHIND[False]} in R2 or {BEHIND[True]} in accuracy behind both scikit-learn's MLP "
            "and boosted trees."
        ),
        "\n".join(f"- {line}" for line in found) or "None.",
        "## Scores on held-out rows, in brackets on the rows trained on",
        filled(
            "The made tables (waves, steps, islands, a board, linear, noise) are those of "
            "`bench/made_tables.py`; the real ones come from both halves of `bench/table_data.py`."
        ),
    ]
    for name, table in result["tables"].items():
        parts += [f"### {name}: {'accuracy' if table['classify'] else 'R2'}", _grid(table)]
    return "\n\n".join(parts) + "\n"


def _grid(table: dict[str, Any]) -> str:
    curves = {model: Curve(measured) for model, measured in table["models"].items()}
    sizes = next(iter(curves.values())).sizes
    rows = [["rows", *curves]]
    for size in sizes:
        cells = []
        for curve in curves.values():
            i = curve.sizes.index(size) if size in curve.sizes else None
            cells.append("" if i is None else f"{curve.held[i]:.3f} ({curve.own[i]:.3f})")
        rows.append([f"{size:,}", *cells])
    return markdown(rows)
