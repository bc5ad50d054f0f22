"""The aims, and what became of each: met, missed, below the floor of this machine, or not measured.

Where a program is quicker than it was when the aims were set, an aim can ask for a time below the
floor; then the share of the floor stands in its place.
"""

from collections.abc import Callable, Mapping, Sequence

from bench.peers import PEERS
from bench.rounds import Row
from bench.workloads import WORKLOADS

TIMES: dict[str, dict[str, float]] = {
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
"""At least this many times as fast as each program, with one thread."""

SHARES = {"A": 0.6, "B64": 0.6, "B32": 0.6, "C32": 0.7, "C256": 0.7, "D": 0.7, "I": 0.7}
"""The floor over the time of the engine's own call, with one thread."""

PACES = {"I": 32_000}
"""Rows a second, with one thread; this is 70 % of what an AVX2 core can do at 3.2 GHz."""

CORES = dict.fromkeys(("B64", "B32", "E32", "E256", "I", "D1024"), 1.8)
"""How many times as fast glassnet is with two threads on two cores as with one on one."""

Outcome = tuple[str, str, str, str]
"""Workload, aim, what was found, and "met", "MISSED", "beyond the floor" or "not measured"."""


def outcomes(rows: Sequence[Row], pairs: Sequence[Row], wanted: Sequence[str]) -> list[Outcome]:
    """What became of the aims of the workloads that were wanted.

    `rows` are judged (`report.judge`), as are `pairs`, one core beside two (`two_cores.py`).
    """
    single = {(row["workload"], row["peer"]): row for row in rows if row["threads"] == "1"}
    twice = {row["workload"]: row for row in pairs if row["threads"] == "2"}
    found = []
    for name in wanted:
        ours = single.get((name, "glassnet"), {})
        for peer, times in TIMES.get(name, {}).items():
            title = f"{'' if times == 1 else f'{times:g} times '}as fast as {PEERS[peer].title}"
            found.append((name, title, *against(single.get((name, peer), {}), ours)))
        if name in SHARES:
            title = f"{SHARES[name]:.0%} of the floor"
            found.append((name, title, *outcome(ours.get("share"), SHARES[name], "{:.0%}".format)))
        if name in PACES:
            title = f"{PACES[name]:,} rows a second"
            found.append((name, title, *outcome(pace(ours), PACES[name], "{:,.0f}".format)))
    for name, times in CORES.items() if "two-cores" in wanted else ():
        speedup = twice.get(name, {}).get("speedup")
        title = f"two cores {times:g} times as fast as one"
        found.append((name, title, *outcome(speedup, times, "{:.2f}x".format)))
    return found


def against(row: Row, ours: Row) -> tuple[str, str]:
    """What became of an aim that is about another program."""
    text, verdict = outcome(row.get("ratio"), row.get("aim", 0.0), "{:.2f}x".format)
    if verdict == "MISSED" and row["beyond_floor"] and "share" in ours:
        return f"{text}, {ours['share']:.0%} of the floor", "beyond the floor"
    return text, verdict


def outcome(value: float | None, aim: float, text: Callable[[float], str]) -> tuple[str, str]:
    """A number that was found, and whether it reaches its aim; None was not measured."""
    if value is None:
        return "", "not measured"
    return text(value), "met" if value >= aim else "MISSED"


def pace(row: Mapping[str, object]) -> float | None:
    """Rows a second of a row without error."""
    time = row.get("time")
    if not isinstance(time, dict) or "error" in row:
        return None
    return WORKLOADS[str(row["workload"])].rows_a_second(time["median"])
