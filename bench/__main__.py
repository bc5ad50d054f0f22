"""`python -m bench`: glassnet and other programs on the same workloads, from the same starts to the
same losses, side by side.

Writes DATE.json (everything) and DATE.md (tables) to bench/results, prints the tables, and ends
with status 1 where a program failed or did not reach the loss.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from bench import aims, floor, fresh, launch, machine, moves, page, report, rounds, two_cores
from bench.draw import draw, reference
from bench.peers import PEERS
from bench.report import Expected
from bench.rounds import Row, Settings
from bench.workloads import FIRST, WORKLOADS, save

FULL = Settings(rounds=15, seconds=0.3, threads=("1", "all"), quick=False)
QUICK = Settings(rounds=3, seconds=0.1, threads=("1",), quick=True)
RESULTS = Path(__file__).parent / "results"
NAMES = (*WORKLOADS, *fresh.KINDS, *moves.PROGRAMS, two_cores.NAME)


class Parser(argparse.ArgumentParser):
    """Wrong arguments: one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"bench: {message}\n")


def names(choices: Sequence[str], groups: dict[str, tuple[str, ...]]) -> Any:
    """A reader of "A,C32": names of `choices`, or of groups of them."""

    def read(text: str) -> list[str]:
        wanted = [name.strip() for name in text.split(",")]
        unknown = [name for name in wanted if name not in choices and name not in groups]
        if unknown:
            raise argparse.ArgumentTypeError(
                f"unknown name {unknown[0]!r}: choose from {', '.join((*choices, *groups))}"
            )
        chosen = {name for part in wanted for name in groups.get(part, (part,))}
        return [name for name in choices if name in chosen]

    return read


def positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of 1 or more, got {text!r}")
    return int(text)


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    groups = {
        letter: tuple(name for name in NAMES if name.startswith(letter) and name != letter)
        for letter in "BCEFG"
    }
    parser.add_argument(
        "--quick",
        action="store_true",
        help="one thread, fewer and shorter rounds, no torch.compile: some minutes",
    )
    parser.add_argument(
        "--only",
        type=names(NAMES, groups),
        default=list(NAMES),
        help=f"workloads, of {', '.join(NAMES)}; B, C, E, F, G: all theirs",
    )
    parser.add_argument(
        "--peers",
        type=names(tuple(PEERS), {}),
        default=list(PEERS),
        help=f"programs, of {', '.join(PEERS)}",
    )
    parser.add_argument(
        "--rounds",
        type=positive,
        help=f"turns of each program [{FULL.rounds}; {QUICK.rounds} with --quick]",
    )
    parser.add_argument(
        "--out", type=Path, default=RESULTS, help="folder for the results [bench/results]"
    )
    if not PEERS["glassnet"].installed:
        parser.error(
            "glassnet is not installed in this Python, and every start is drawn by it: pip install "
            ". first"
        )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = read_arguments(arguments)
    plan = QUICK if options.quick else FULL
    settings = replace(plan, rounds=options.rounds or plan.rounds)
    present = [peer for peer in options.peers if PEERS[peer].installed]
    here = machine.describe()
    with tempfile.TemporaryDirectory() as folder:
        expected, data = hand_over(Path(folder), options.only)
        rows, peaks = run_all(options.only, present, data, settings, Path(folder))
        wanted = two_cores.NAME in options.only and "glassnet" in present
        pairs = two_cores.judge(two_cores.measure(data, settings) if wanted else [], expected)
    floors = {
        name: floor.floor_ms(name, floor.typical(found)) for name, found in peaks.items() if found
    }
    judged = report.judge(rows, expected, floors)
    now = datetime.now().astimezone()
    results = {
        "date": now.isoformat(timespec="seconds"),
        "arguments": repeat(options),
        "rounds": settings.rounds,
        "workloads": options.only,
        "machine": here,
        "programs": machine.programs(present),
        "missing": [peer for peer in options.peers if peer not in present],
        "peaks": peaks,
        "rows": judged,
        "two_cores": pairs,
        "aims": aims.outcomes(judged, pairs, options.only),
    }
    write(options.out / now.strftime("%Y-%m-%d"), results)
    return int(any("error" in row for row in (*judged, *pairs)))


def repeat(options: argparse.Namespace) -> str:
    """The arguments that repeat a comparison, wherever its results go."""
    parts = {
        "--quick": options.quick,
        f"--only {','.join(options.only)}": options.only != list(NAMES),
        f"--peers {','.join(options.peers)}": options.peers != list(PEERS),
        f"--rounds {options.rounds}": options.rounds is not None,
    }
    return " ".join(part for part, given in parts.items() if given)


def run_all(
    wanted: Sequence[str],
    peers: Sequence[str],
    data: dict[str, str],
    settings: Settings,
    folder: Path,
) -> tuple[list[Row], dict[str, list[floor.Peak]]]:
    """Every workload with every program: raw rows, and what one core could do meanwhile."""
    probe, rows = floor.build_peak(folder), []
    peaks: dict[str, list[floor.Peak]] = {}
    for threads in settings.threads if len(launch.cores()) > 1 else ("1",):
        for name in (name for name in wanted if name != two_cores.NAME):
            print(f"{name}, threads: {threads}", file=sys.stderr, flush=True)
            if name in fresh.KINDS:
                rows += fresh.measure(
                    name, threads, peers, data[fresh.KINDS[name].trains], settings
                )
                continue
            if name in moves.PROGRAMS:
                rows += moves.measure(name, threads, peers, settings)
                continue

            def between(name: str = name, threads: str = threads) -> None:
                found = floor.measure_peak(probe) if probe and threads == "1" else None
                peaks.setdefault(name, []).extend([found] if found else [])

            members = [(peer, threads) for peer in peers]
            rows += rounds.measure(name, members, data[name], settings, between)
    return rows, peaks


def hand_over(folder: Path, wanted: Sequence[str]) -> tuple[Expected, dict[str, str]]:
    """Draw the start of each workload that is wanted and write it for the workers: the losses to
    reach with their tolerances, and the files.
    """
    expected: Expected = {}
    data = {}
    kinds = [kind for kind in fresh.KINDS if kind in wanted]
    needed = {*wanted, *(fresh.KINDS[kind].trains for kind in kinds)}
    needed |= set(aims.CORES) if two_cores.NAME in wanted else set()
    for name, work in (WORKLOADS | {"first": FIRST}).items():
        if name not in needed:
            continue
        given = draw(work)
        expected[name] = (reference(given), work.tolerance)
        data[name] = str(folder / f"{name}.npz")
        save(Path(data[name]), given)
    return expected | {kind: expected[fresh.KINDS[kind].trains] for kind in kinds}, data


def write(stem: Path, results: dict[str, Any]) -> None:
    """Both files, and the tables on the terminal."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    text = page.whole(results)
    stem.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    stem.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
    print(f"Written to {stem}.json and {stem.name}.md", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
