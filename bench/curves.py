"""Does more data ever make it worse? Run: python -m bench.curves [--tables ...] [--models ...]

Learning curves: made tables (`made_tables.py`) and real ones of 50 to 5,000 training rows, glassnet
beside trees, scikit-learn's MLP and a linear model, each as it comes. For each size and seed the
score (accuracy or R2) on held-out rows and on those trained on, and whether glassnet warned.
Writes curves.json, curves.md and curves.svg, and names the cliffs (`curve_page.py`).

  python -m bench.curves --tables concrete "2 waves" --models glassnet MLP --seeds 1
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before NumPy comes

import argparse
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from time import process_time
from typing import Any

import numpy as np

from bench.curve_page import cliffs, write
from bench.made_tables import MADE
from bench.resume import begun, keep, with_before
from bench.table_data import TABLES, Table, load_table
from bench.table_options import add_options, parsed
from bench.table_peers import PEERS, versions
from bench.variants import changed, make

SIZES = (50, 100, 200, 350, 500, 700, 1000, 1500, 2500, 5000)
MORE_SIZES = {"concrete": (300, 450, 600, 659, 700, 800)}  # where a cliff has been
HELD = 2000  # rows held out, at most a fifth of a real table
REAL = ("concrete", "phoneme", "Computers", "letter", "SaratogaHouses", "cells", "hpc_data")
MODELS = ("glassnet", "MLP", "boosted trees", "linear")


@dataclass(frozen=True)
class Job:
    """One model on so many rows of one table, drawn by a seed."""

    table: str
    model: str
    rows: int
    seed: int
    changes: dict[str, Any] = field(default_factory=dict)


def parts(name: str, rows: int, seed: int) -> tuple[Table, Table]:
    """The rows to train on, of which those of fewer rows are the first, and the held-out ones."""
    if name in MADE:
        return MADE[name](rows, seed), MADE[name](HELD, seed + 1000)
    table = load_table(name)
    order = np.random.default_rng(seed).permutation(len(table.y))
    held = min(HELD, len(order) // 5)
    return _rows(table, order[held : held + rows]), _rows(table, order[:held])


def _rows(table: Table, rows: np.ndarray) -> Table:
    return Table(table.X.iloc[rows].reset_index(drop=True), table.y[rows], table.classify)


def sizes(name: str, table_rows: int) -> list[int]:
    """The sizes that the table has rows for."""
    most = SIZES[-1] if name in MADE else table_rows - min(HELD, table_rows // 5)
    return sorted(size for size in {*SIZES, *MORE_SIZES.get(name, ())} if size <= most)


def measure(job: Job) -> dict[str, Any]:
    """The score on held-out rows and on those trained on, the processor's seconds, and what it
    warned of.
    """
    table, held = parts(job.table, job.rows, job.seed)
    model, x = make(job.model, table.X, table.classify, job.seed, job.changes)
    with changed(job.changes), warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        began = process_time()
        model.fit(x, table.y)
        seconds = process_time() - began
        return {
            "held": score(model, held.X, held),
            "own": score(model, x, table),
            "seconds": seconds,
            "warned": [] if job.model in PEERS else [str(warning.message) for warning in seen],
        }


def score(model: Any, x: Any, table: Table) -> float:
    """Accuracy or R2."""
    predicted = model.predict(x)
    if table.classify:
        return float(np.mean(predicted == table.y))
    return float(1 - np.mean((predicted - table.y) ** 2) / np.var(table.y))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser, MODELS, "curves.json")
    parser.add_argument(
        "--tables",
        nargs="+",
        default=[*MADE, *REAL],
        choices=[*MADE, *TABLES],
        metavar="TABLE",
        help=f"made ({', '.join(MADE)}) or real ones, as of `python -m bench.tables`",
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--most-rows", type=int, default=SIZES[-1], help="leave out larger sizes")
    return parsed(parser)


def main() -> None:
    args = _options()
    path = args.to / "curves.json"
    result = begun(path, {"seeds": args.seeds}, args.add)
    result["programs"] = result.get("programs", {}) | versions(args.models)
    with ProcessPoolExecutor(args.jobs) as pool:
        for name in args.tables:
            try:
                table = MADE[name](2, 0) if name in MADE else load_table(name)
            except ModuleNotFoundError as error:
                print(f"the package {error.name} is not installed: without {name}", file=sys.stderr)
                continue
            known = result["tables"].setdefault(name, {"classify": table.classify, "models": {}})
            for model in args.models:
                curve = known["models"].setdefault(model, {})
                new = [
                    size
                    for size in sizes(name, len(table.y))
                    if size <= args.most_rows and str(size) not in curve
                ]
                jobs = [
                    Job(name, model, size, seed, args.changes.get(model, {}))
                    for size in new
                    for seed in range(args.seeds)
                ]
                done = list(pool.map(measure, jobs))
                for i, size in enumerate(new):
                    curve[str(size)] = done[i * args.seeds : (i + 1) * args.seeds]
                keep(path, result)
                means = (
                    f"{size}: {np.mean([d['held'] for d in ds]):.3f}" for size, ds in curve.items()
                )
                print(f"{name}, {model}: " + ", ".join(means), flush=True)
    if args.before:
        result = with_before(result, args.before / "curves.json")
    write(result, args.to)
    print("\n".join(cliffs(result)) or "No cliffs.")


if __name__ == "__main__":
    main()
