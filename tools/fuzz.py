"""Damages what glassnet reads, again and again, and looks at what comes of it.

Every case is drawn from a seed and its number, so that a fault that is printed can be repeated:
``--first 4711 --count 1``. A fault is any error that is not one line of glassnet's own. What is
damaged and what is then done with it is in tests/helpers; a short part of it is in the test suite.

usage: python tools/fuzz.py models|runs|tables [--count N] [--seed S] [--first N] [--seconds T]
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES_EVERY = 200  # cases of which one goes through a file; the others, much faster, do not

Case = Callable[[random.Random, int], bool]
"""Damages something and uses it; whether it was accepted. Raises where there is a fault."""


def models(folder: Path) -> Case:
    """Model files, sealed anew after a change."""
    from damaged_models import decode_and_use, load_and_use
    from in_process import run

    def show(path: Path) -> None:
        run("show", str(path))

    def case(draw: random.Random, number: int) -> bool:
        if number % FILES_EVERY == 0:
            return load_and_use(draw, folder / "m.safetensors", show)
        return decode_and_use(draw)

    return case


def runs(folder: Path) -> Case:
    """Run folders: run.json, rows.csv and predictions.csv."""
    from damaged_runs import decode_and_use, open_and_use, whole_run

    whole = whole_run(folder)

    def case(draw: random.Random, number: int) -> bool:
        if number % FILES_EVERY == 0:
            return open_and_use(draw, whole)
        return decode_and_use(draw, whole)

    return case


def tables(folder: Path) -> Case:
    """Tables: files of text, whole and damaged, numbers as people write them, and data frames."""
    from odd_tables import read_and_check

    def case(draw: random.Random, number: int) -> bool:
        return read_and_check(draw, number, folder)

    return case


SUBJECTS = {"models": models, "runs": runs, "tables": tables}


def main() -> int:
    """Run the cases; 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=SUBJECTS)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=540.0, help="stop after so long")
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests" / "helpers"))
    accepted = faults = done = 0
    with tempfile.TemporaryDirectory() as folder:
        case = SUBJECTS[asked.what](Path(folder))
        start = time.monotonic()
        for number in range(asked.first, asked.first + asked.count):
            if time.monotonic() - start > asked.seconds:
                break
            try:
                accepted += case(random.Random(f"{asked.seed} {number}"), number)
            except Exception:
                faults += 1
                print(f"case {number}:")
                traceback.print_exc(limit=-4, file=sys.stdout)
            done += 1
        rate = done / (time.monotonic() - start)
    print(f"{asked.what}: {done:,} cases of seed {asked.seed}, {accepted:,} accepted, "
          f"{faults} faults, {rate:,.0f} a second")  # fmt: skip
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
