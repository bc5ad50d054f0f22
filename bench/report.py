"""From raw rows to results: whether each reached the loss, its statistics, its ratio to glassnet's
time, the share of the floor.

The ratio is a program's median over glassnet's, so "2.5" reads: glassnet is 2.5 times as fast. A
row with an error has no ratio. Where a workload trains several networks, each must reach its own
loss, but for one in a hundred, and their mean too.
"""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

import numpy as np

from bench import aims
from bench.rounds import Row

MOST_BEYOND = 0.01
"""The part of several networks that may end further off than the tolerance: a few end while they
fall steeply, where rounding counts most (in B32 by 5 %). The mean has the tolerance too."""

Expected = dict[str, tuple[Any, float]]
"""Workload -> the loss to reach, or each network's, and how far off it may be, relatively."""


def statistics(values: Sequence[float]) -> dict[str, float] | None:
    """Median, least, quartiles; None of nothing."""
    if not values:
        return None
    low, _, high = quantiles(values, method="inclusive") if len(values) > 1 else (values[0],) * 3
    return {
        "median": median(values),
        "min": min(values),
        "q1": low,
        "q3": high,
        "rounds": len(values),
    }


def checked(row: Row, expected: Any, tolerance: float) -> Row:
    """The row, with an "error" where its final loss is not the one to reach.

    NaN is never the one to reach.
    """
    if (
        "error" in row or row.get("unchecked") or "apart" in row
    ):  # the last: `moves.py` has compared it
        return row
    found = np.atleast_1d(row.get("loss", float("nan")))
    to_reach = np.atleast_1d(expected)[: len(found)]  # a program may train the first few only
    mean, mean_to_reach = float(found.mean()), float(to_reach.mean())
    difference = abs(mean / mean_to_reach - 1)
    row = row | {"loss": mean, "loss_difference": difference}
    if len(found) == 1:
        return row if difference <= tolerance else row | {"error": apart(mean, mean_to_reach)}
    differences = np.abs(found / to_reach - 1)
    worst = int(np.argmax(differences))  # NaN counts as the largest
    beyond = int(np.sum(~(differences <= tolerance)))
    row |= {"worst_difference": float(differences[worst]), "networks_beyond": beyond}
    of_what = f" of {len(found)} networks"
    if beyond > MOST_BEYOND * len(found):
        error = apart(found[worst], to_reach[worst])
        return row | {"error": f"{error}; {beyond}{of_what} are too far off, number {worst} most"}
    if not difference <= tolerance:
        return row | {"error": f"{apart(mean, mean_to_reach)}; the mean{of_what}"}
    return row


def apart(found: float, to_reach: float) -> str:
    """What is said of another loss than the one to reach."""
    return (
        f"reached the loss {found:.12g} instead of {to_reach:.12g}: "
        f"relatively {abs(found / to_reach - 1):.1e} apart"
    )


def judge(
    rows: Sequence[Row], expected: Mapping[str, tuple[Any, float]], floors: Mapping[str, float]
) -> list[Row]:
    """Each row checked and with its statistics, ratio, aim, and share of the floor.

    `expected`: workload -> (loss to reach, relative tolerance). `floors`: workload -> milliseconds,
    where it could be measured.
    """
    judged = [summarised(row, expected) for row in rows]
    ours = {
        (row["workload"], row["threads"]): row["time"]["median"]
        for row in judged
        if sound(row) and row["peer"] == "glassnet"
    }
    return [
        row | ratios(row, ours.get((row["workload"], row["threads"])), floors.get(row["workload"]))
        for row in judged
    ]


def summarised(row: Row, expected: Mapping[str, tuple[Any, float]]) -> Row:
    """A row checked, with its statistics."""
    row = checked(row, *expected.get(row["workload"], (float("nan"), 0.0)))
    return row | {"time": statistics(row["ms"]), "engine": statistics(row["engine_ms"])}


def sound(row: Row) -> bool:
    """Whether a row's time may be compared."""
    return "error" not in row and row["time"] is not None


def ratios(row: Row, ours: float | None, floor: float | None) -> dict[str, Any]:
    """What a row adds up to, beside glassnet's median and the floor.

    Aims and floors are for one thread.
    """
    found: dict[str, Any] = {}
    if not sound(row):
        return found
    single = row["threads"] == "1"
    if row["peer"] == "glassnet":
        if single and floor is not None and row["engine"] is not None:
            share = floor / row["engine"]["median"]
            found = {"floor_ms": floor, "share": share}
            wanted = aims.SHARES.get(row["workload"])
            if wanted is not None:
                found |= {"share_aim": wanted, "share_met": share >= wanted}
    elif ours is not None:
        found["ratio"] = row["time"]["median"] / ours
        aim = aims.TIMES.get(row["workload"], {}).get(row["peer"])
        if single and aim is not None:
            found |= {"aim": aim, "met": found["ratio"] >= aim}
            found["beyond_floor"] = floor is not None and row["time"]["median"] / aim < floor
    return found
