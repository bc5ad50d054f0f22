"""From raw rows to results: whether each reached the loss, its statistics, its ratio to glassnet's
time, the share of the floor.

The ratio is a program's median over glassnet's, so "2.5" reads: glassnet is 2.5 times as fast. A
row with an error has no ratio.
"""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from bench.rounds import Row

AIMS: dict[str, dict[str, float]] = {
    "A": {"jax": 2.5, "numpy": 400, "r": 600, "torch": 3000},
    "C32": {"jax": 1.3, "sklearn": 18, "torch": 40},
    "C256": {"jax": 1.3, "sklearn": 6, "torch": 8},
    "D": {"jax": 1.0, "sklearn": 1.9, "torch": 1.9},
    "F-once": {"r": 1.3, "sklearn": 8, "torch": 15},
    "F-demo": {"r": 1.0},
}
"""At least this many times as fast as each program, with one thread. Where a program is quicker
than it was when the aims were set,
an aim can ask for a time below the floor; the report then says so."""

SHARE_AIM = 0.7
"""The aim for the floor over the time of the engine's own call."""


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


def checked(row: Row, expected: float, tolerance: float) -> Row:
    """The row, with an "error" where its final loss is not the one to reach.

    NaN is never the one to reach.
    """
    if (
        "error" in row or row.get("unchecked") or "apart" in row
    ):  # the last: `moves.py` has compared it
        return row
    found = row.get("loss", float("nan"))
    difference = abs(found / expected - 1)
    row = row | {"loss_difference": difference}
    if difference <= tolerance:
        return row
    error = (
        f"reached the loss {found:.12g} instead of {expected:.12g}: "
        f"relatively {difference:.1e} apart"
    )
    return row | {"error": error}


def judge(
    rows: Sequence[Row], expected: Mapping[str, tuple[float, float]], floors: Mapping[str, float]
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
        row | ratios(row, ours.get((row["workload"], row["threads"])), floors.get(row["workload"]))
        for row in judged
    ]


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
            found = {"floor_ms": floor, "share": share, "share_met": share >= SHARE_AIM}
    elif ours is not None:
        found["ratio"] = row["time"]["median"] / ours
        aim = AIMS.get(row["workload"], {}).get(row["peer"])
        if single and aim is not None:
            found |= {"aim": aim, "met": found["ratio"] >= aim}
            found["beyond_floor"] = floor is not None and row["time"]["median"] / aim < floor
    return found
