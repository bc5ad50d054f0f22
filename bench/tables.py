"""How good are the defaults on tables, untuned, and what does each one pay? Run: python -m
bench.tables [--models ...]

Trains glassnet and other programs as they come (`table_peers.py`) on the real tables of
`table_data.py`: five splits into 80 % and 20 % (by class), the same for everyone, one thread each.
Measures what `table_scores.py` says, and the processor's seconds for `fit`. Writes tables.json,
tables.md and pictures. A variant of the defaults (see VARIANTS) can be named as a model too; the
record of those is in docs/tables.md. A candidate is tried on the tables to choose on, beside what
it is to replace:

  python -m bench.tables --half choosing --splits 3 --most-rows 7000 --models glassnet "decay 0.02"
  python -m bench.tables --half choosing --models glassnet --variant "16 bins" BINS=16 dropout=0.1

A long run can be cut and taken up again with --add.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before NumPy comes

import argparse
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from time import process_time
from typing import Any

import numpy as np

from bench.resume import begun, keep, with_before
from bench.table_data import HALVES, MOST_ROWS, TABLES, Table, load_table, load_tables, summary
from bench.table_options import add_options, parsed
from bench.table_page import beside_first, write
from bench.table_peers import PEERS, SLOW, versions
from bench.table_scores import scores
from bench.variants import changed, make


@dataclass(frozen=True)
class Job:
    """One model on one split of one table; `changes` are those of a variant of glassnet."""

    table: str
    model: str
    split: int
    splits: int
    most_rows: int = MOST_ROWS
    changes: dict[str, Any] = field(default_factory=dict)


_table = cache(load_table)


def splits(table: Table, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(training rows, held-out rows), by class where there are classes."""
    from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

    kind = StratifiedShuffleSplit if table.classify else ShuffleSplit
    return kind(count, test_size=0.2, random_state=0).split(table.X, table.y)


def measure(job: Job) -> dict[str, float]:
    """Scores of one model on one split of one table, and the processor's seconds for its fit: those
    of the clock say little where other work shares the machine.
    """
    warnings.simplefilter("ignore")
    table = _table(job.table, job.most_rows)
    fit, held = list(splits(table, job.splits))[job.split]
    model, x = make(job.model, table.X, table.classify, job.split, job.changes)
    with changed(job.changes):
        began = process_time()
        model.fit(x.iloc[fit], table.y[fit])
        seconds = process_time() - began
        return scores(model, x.iloc[held], table.y[held], table.classify) | {"seconds": seconds}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser, ["glassnet", *(name for name in PEERS if name not in SLOW)], "tables.json")
    parser.add_argument(
        "--half", choices=list(HALVES), default="all", help="the tables to choose or report on"
    )
    parser.add_argument(
        "--tables", nargs="+", choices=list(TABLES), metavar="TABLE", help="these, of either half"
    )
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument(
        "--most-rows", type=int, default=MOST_ROWS, help="of larger tables so many rows are drawn"
    )
    return parsed(parser)


def _line(name: str, models: dict[str, list[dict[str, float]]]) -> str:
    means = (
        f"{model} {np.mean([s['loss'] for s in splits]):.4f} in "
        f"{np.mean([s['seconds'] for s in splits]):.2f} s"
        for model, splits in models.items()
    )
    return f"{name}: " + "; ".join(means)


def main() -> None:
    args = _options()
    tables = load_tables(args.tables or list(HALVES[args.half]), args.most_rows)
    path = args.to / "tables.json"
    result = begun(path, {"splits": args.splits, "most_rows": args.most_rows}, args.add)
    result["programs"] = result.get("programs", {}) | versions(args.models)
    with ProcessPoolExecutor(args.jobs) as pool:
        for name, table in tables.items():
            known = result["tables"].setdefault(name, {**summary(table), "models": {}})["models"]
            for model in args.models:
                if model in known:
                    continue
                changes = args.changes.get(model, {})
                jobs = [
                    Job(name, model, split, args.splits, args.most_rows, changes)
                    for split in range(args.splits)
                ]
                known[model] = list(pool.map(measure, jobs))
                keep(path, result)
            print(_line(name, known), flush=True)
    if args.before:
        result = with_before(result, args.before / "tables.json")
    write(result, args.to)
    for line in beside_first(result):
        print(line)


if __name__ == "__main__":
    main()
