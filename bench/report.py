"""From raw rows to results: whether each reached the loss, its statistics, its ratio to glassnet's
time, the share of the floor.

The ratio is a program's median over glassnet's, so "2.5" reads: glassnet is 2.5 times as fast. A
row with an error has no ratio. Where a workload trains several networks, each must reach its loss,
and their mean more closely.
"""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

import numpy as np

from bench.rounds import Row

AIMS: dict[str, dict[str, float]] = {
    "A": {"jax": 1.8},
    "B64": {"jax": 2.0},
    "B32": {"jax": 2.0},
    "C32": {"jax": 1.3, "sklearn": 10, "torch": 2.0},
    "C256": {"jax": 1.3, "sklearn": 4, "torch": 2.0},
    "D": {"jax": 1.0, "sklearn": 1.9, "torch": 1.0},
    "E32": {"jax": 1.5, "torch": 2.0},
    "E256": {"jax": 1.5, "torch": 2.0},
    "F-once": {"numpy": 1.0, "r": 1.3, "sklearn": 8, "torch": 15},
    "F-first": {"numpy": 1.0, "sklearn": 8, "torch": 15},
    "F-demo": {"r": 1.0},
}
"""At least this many times as fast as each program, with one thread. Where a program is quicker
than it was when the aims were set,
an aim can ask for a time below the floor; the report then says so."""

SHARE_AIMS = {"A": 0.6, "B64": 0.6, "B32": 0.6, "C32": 0.7, "C256": 0.7, "D": 0.7, "I": 0.7}
"""The aims for the floor over the time of the engine's own call, with one thread. I's is at least
32,000 rows a second where a core does 101 GFLOP/s."""

CORES_AIM = 1.8
"""How many times as fast two cores are to be as one, in the workloads of CORES_AIMED."""

CORES_AIMED = ("B64", "B32", "E32", "E256", "I")

EACH = 100
"""So many times the tolerance is each network of several allowed: the mean has the tolerance, and a
few networks end while they fall steeply, where rounding counts most (in B32 by 5 %)."""

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
    differences = np.abs(found / to_reach - 1)
    worst = int(np.argmax(differences))  # NaN counts as the largest
    row = row | {"loss": mean, "loss_difference": difference}
    row |= {"worst_difference": float(differences[worst])} if len(found) > 1 else {}
    if not difference <= tolerance:
        of_what = f"; the mean of {len(found)} networks" if len(found) > 1 else ""
        return row | {"error": apart(mean, mean_to_reach) + of_what}
    if not differences[worst] <= EACH * tolerance and len(found) > 1:
        of_what = f"; network {worst} of {len(found)}"
        return row | {"error": apart(found[worst], to_reach[worst]) + of_what}
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
    judged = [checked(row, *expected.get(row["workload"], (float("nan"), 0.0))) for row in rows]
    judged = [
        row | {"time": statistics(row["ms"]), "engine": statistics(row["engine_ms"])}
        for row in judged
    ]
    ours = {
        (row["workload"], row["threads"]): row["time"]["median"]
        for row in judged
        if sound(row) and row["peer"] == "glassnet"
    }
    return [
        row
        | ratios(row, ours.get((row["workload"], row["threads"])), floors.get(row["workload"]))
        | speedup(row, ours.get((row["workload"], "1")))
        for row in judged
    ]


def speedup(row: Row, single: float | None) -> dict[str, Any]:
    """How many times as fast glassnet is on all cores as on one."""
    if row["threads"] == "1" or row["peer"] != "glassnet" or single is None or not sound(row):
        return {}
    found: dict[str, Any] = {"speedup": single / row["time"]["median"]}
    if row["workload"] in CORES_AIMED:
        found |= {"speedup_aim": CORES_AIM, "speedup_met": found["speedup"] >= CORES_AIM}
    return found


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
            wanted = SHARE_AIMS.get(row["workload"])
            if wanted is not None:
                found |= {"share_aim": wanted, "share_met": share >= wanted}
    elif ours is not None:
        found["ratio"] = row["time"]["median"] / ours
        aim = AIMS.get(row["workload"], {}).get(row["peer"])
        if single and aim is not None:
            found |= {"aim": aim, "met": found["ratio"] >= aim}
            found["beyond_floor"] = floor is not None and row["time"]["median"] / aim < floor
    return found
