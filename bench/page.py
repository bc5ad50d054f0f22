"""The results as Markdown: one table of everything, one for each workload, then what was left out
and what went wrong.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from bench.fresh import KINDS
from bench.moves import FIT, PROGRAMS
from bench.peers import PEERS
from bench.rounds import Row
from bench.workloads import WORKLOADS

TITLES = {name: described.title for name, described in (WORKLOADS | KINDS | PROGRAMS).items()} | {
    name + FIT: "the same, the seconds inside its fit" for name in PROGRAMS
}
THREADS = {"1": "one core, one thread", "2": "two cores", "all": "all cores"}


def whole(results: Mapping[str, Any]) -> str:
    """The whole report."""
    machine, rows = results["machine"], results["rows"]
    parts = [f"# Side by side, {results['date']}", header(results, machine)]
    for threads in sorted({row["threads"] for row in rows}):
        parts.append(f"## {THREADS[threads][0].upper()}{THREADS[threads][1:]}")
        mine = [row for row in rows if row["threads"] == threads]
        parts.append(overview(mine))
        for name in dict.fromkeys(row["workload"] for row in mine):
            parts.append(details(name, [row for row in mine if row["workload"] == name]))
    parts += [two_cores(results["two_cores"])] if results["two_cores"] else []
    parts += [aims(results["aims"])] if results["aims"] else []
    parts += [programs(results["programs"]), remarks(results)]
    return "\n\n".join(parts) + "\n"


def header(results: Mapping[str, Any], machine: Mapping[str, Any]) -> str:
    how = f"`python -m bench {results['arguments']}`".replace(" `", "`")
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"{machine['python']}; {how}, "
        f"{results['rounds']} rounds in turn; load before it {machine['load']}; commit "
        f"{machine['commit'] or 'unknown'}.\n"
        "Times are medians of the rounds in milliseconds; in brackets how many times as fast "
        "glassnet is, and the aim.\n"
        "The share is the floor (counted operations over what one core can do, measured meanwhile) "
        "over the engine's own call."
    )


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table, all but the first column to the right."""
    align = ["---"] + ["---:"] * (len(heads) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, align, *lines))


def overview(rows: Sequence[Row]) -> str:
    """A line for each workload, a column for each program, then floor and share."""
    peers = [peer for peer in PEERS if any(row["peer"] == peer for row in rows)]
    single = rows[0]["threads"] == "1"
    lines = []
    for name in dict.fromkeys(row["workload"] for row in rows):
        found = {row["peer"]: row for row in rows if row["workload"] == name}
        cells = [cell(found[peer]) if peer in found else "" for peer in peers]
        ours = found.get("glassnet", {})
        lines.append([name, *cells, *(floor_cells(ours) if single else [])])
    ends = ["engine alone", "floor", "share"] if single else []
    return table(["ms", *(PEERS[peer].title for peer in peers), *ends], lines)


def cell(row: Row) -> str:
    if "error" in row:
        return "ERROR"
    ratio = f" ({number(row['ratio'])}x{aim(row)})" if "ratio" in row else ""
    return number(row["time"]["median"]) + ratio + ("*" if row.get("unchecked") else "")


def aim(row: Row) -> str:
    if "aim" not in row:
        return ""
    outcome = (
        "met" if row["met"] else "MISSED, beyond the floor" if row["beyond_floor"] else "MISSED"
    )
    return f", aim {row['aim']:g}: {outcome}"


def floor_cells(row: Row) -> list[str]:
    engine = number(row["engine"]["median"]) if row.get("engine") else ""
    if "share" not in row:
        return [engine, "", ""]
    share = f"{row['share']:.0%}"
    if "share_aim" in row:
        share += f", aim {row['share_aim']:.0%}: {'met' if row['share_met'] else 'MISSED'}"
    return [engine, number(row["floor_ms"]), share]


def details(name: str, rows: Sequence[Row]) -> str:
    """One workload: the spread of the rounds, the cold start, memory, and in which form each
    program ran.
    """
    heads = ["program", "median", "min", "quartiles", "rows a second"]
    heads += ["import", "first call", "peak MB", "form"]
    lines = [
        [PEERS[row["peer"]].title, *spread(row), row_pace(row), *cold(row), form(row)]
        for row in rows
    ]
    filled = [i for i in range(len(heads)) if any(line[i] for line in lines)]
    found = table([heads[i] for i in filled], [[line[i] for i in filled] for line in lines])
    published = WORKLOADS[name].published if name in WORKLOADS else ""
    theirs = f"\n\nTheir number, their machine: {published}." if published else ""
    return f"### {name}: {TITLES[name]}\n\n{found}{theirs}"


def row_pace(row: Row) -> str:
    """Rows a second, where others publish a number to stand beside."""
    work = WORKLOADS.get(row["workload"])
    if work is None or not work.published or not row["time"]:
        return ""
    return number(work.rows_a_second(row["time"]["median"]))


def spread(row: Row) -> list[str]:
    time = row["time"]
    return (
        [number(time["median"]), number(time["min"]), f"{number(time['q1'])}–{number(time['q3'])}"]
        if time
        else ["", "", ""]
    )


def cold(row: Row) -> list[str]:
    return [number(row.get(key)) for key in ("import_ms", "first_ms", "peak_mb")]


def form(row: Row) -> str:
    return "ERROR, see below" if "error" in row else row["form"] + tried(row)


def tried(row: Row) -> str:
    """What became of a program's other forms."""
    others = [other for other in row.get("forms", []) if other["form"] != row["form"]]
    words = [f"{other['form']}: {other.get('error') or number(other['ms'])}" for other in others]
    return f" (other forms: {'; '.join(words)})" if words else ""


def two_cores(rows: Sequence[Row]) -> str:
    """glassnet on one core and on two, which took turns."""
    lines = []
    for name in dict.fromkeys(row["workload"] for row in rows):
        found = {row["threads"]: row for row in rows if row["workload"] == name}
        speedup = f"{number(found['2']['speedup'])}x" if "speedup" in found["2"] else ""
        lines.append([f"{name}: {TITLES[name]}", cell(found["1"]), cell(found["2"]), speedup])
    heads = ["glassnet, ms", "one core", "two cores", "two beside one"]
    return "## Two cores beside one\n\n" + table(heads, lines)


def aims(outcomes: Sequence[Sequence[str]]) -> str:
    """What became of each aim."""
    count = sum(line[-1] == "met" for line in outcomes)
    heads = ["workload", "aim", "found", "outcome"]
    return f"## Aims: {count} of {len(outcomes)} met\n\n" + table(heads, outcomes)


def programs(found: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [
        [PEERS[peer].title, facts["version"], number(facts["install_mb"])]
        for peer, facts in found.items()
    ]
    return "## Programs\n\n" + table(
        ["program", "version", "installed MB, with all it needs"], lines
    )


def remarks(results: Mapping[str, Any]) -> str:
    """What is missing, what was not done, what went wrong."""
    rows = [*results["rows"], *results["two_cores"]]
    errors = [
        f"{where(row)}, {THREADS[row['threads']]}: {row['error']}" for row in rows if "error" in row
    ]
    absent = [f"{PEERS[peer].title} is not installed: left out." for peer in results["missing"]]
    notes = absent + left_out(results["workloads"], results["programs"]) + reservations(rows)
    notes += (
        []
        if results["peaks"]
        else ["No floor: it needs g++, and a workload of A to E, H or I with one thread."]
    )
    reached = bullets(errors, "None: all reached the same loss.")
    return f"## Notes\n\n{bullets(notes, 'None.')}\n\n## Errors\n\n{reached}"


def where(row: Row) -> str:
    return f"{row['workload']}, {PEERS[row['peer']].title}"


def reservations(rows: Sequence[Row]) -> list[str]:
    """What one should know of rows that are no errors."""
    unchecked = [f"\\* {where(row)}: {row['form']}." for row in rows if row.get("unchecked")]
    slow = [
        f"{where(row)}: its NumPy engine ran, not the native one."
        for row in rows
        if "numpy engine" in row.get("form", "")
    ]
    return list(dict.fromkeys(unchecked + slow))


def left_out(workloads: Collection[str], peers: Iterable[str]) -> list[str]:
    """Which programs cannot do which of the workloads, and why."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for peer in peers:
        for name, why in PEERS[peer].cannot:
            if name in workloads:
                reasons.setdefault((PEERS[peer].title, why), []).append(name)
    return [f"{title}, {', '.join(names)}: {why}." for (title, why), names in reasons.items()]


def bullets(lines: Sequence[str], otherwise: str) -> str:
    return "\n".join(f"- {line}" for line in lines) or otherwise


def number(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}" if value < 10 else f"{value:.1f}"
