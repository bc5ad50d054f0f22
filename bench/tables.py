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
import ast
import json
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

import numpy as np

from bench import machine
from bench.launch import ROOT
from bench.table_data import HALVES, MOST_ROWS, TABLES, Table, load_table, load_tables, summary
from bench.table_page import beside_first, write
from bench.table_peers import PEERS, SLOW, installed, with_categories
from bench.table_scores import scores
from glassnet.estimators.table.estimators import TableClassifier, TableRegressor

RESULTS = ROOT / "build" / "bench"

VARIANTS: dict[str, dict[str, Any]] = {
    "glassnet": {},
    "members 1": {"members": 1},
    "members 2": {"members": 2},
    "members 8": {"members": 8},
    "decay 0.02": {"decay": 0.02},
    "adam, no decay": {"solver": "adam"},
    "dropout 0": {"dropout": 0.0},
    "dropout 0.3": {"dropout": 0.3},
    "no schedule": {"learning_rate": "constant"},
    "flat, then cosine": {"learning_rate": "flat_cosine"},
    "muon": {"solver": "muon"},
    "four cycles": {"learning_rate": "four_cycles"},
    "no validation": {"validation_fraction": 0.0},
    "validation 0.2": {"validation_fraction": 0.2},
    "relu": {"activation": "relu"},
    "selu": {"activation": "selu"},
    "mish": {"activation": "mish"},
    "hidden 32": {"hidden_layer_sizes": (32,)},
    "hidden 128,128": {"hidden_layer_sizes": (128, 128)},
    "rate 0.001": {"learning_rate_init": 0.001},
    "rate 0.01": {"learning_rate_init": 0.01},
    "steps 750": {"MEMBER_ITERATIONS": 750},
    "steps 3000": {"MEMBER_ITERATIONS": 3000},
    "beta2 0.999": {"BETA2": 0.999},
    "no squeeze": {"_SMOOTH_CLIP": np.array([1e9])},
    "no pieces": {"MIN_CELLS_FOR_BINS": 1e9},
    "pieces 8": {"BINS": 8},
    "pieces 32": {"BINS": 32},
    "float64": {"dtype": "float64"},
}
"""Name -> what differs from the defaults: parameters of the estimator, or constants of the program
by their names.
"""


def variant(text: list[str]) -> tuple[str, dict[str, Any]]:
    """What `--variant NAME key=value ...` says: values are Python literals, else text."""
    name, *changes = text
    found = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise ValueError(f"--variant {name}: {change!r} is not key=value")
        if key not in TableRegressor().get_params() and not _modules_with(key):
            raise ValueError(f"--variant {name}: no parameter or constant is called {key}")
        try:
            found[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            found[key] = value
    return name, found


def _modules_with(constant: str) -> list[Any]:
    """The program's modules that hold a constant of this name."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("glassnet.") and constant.isupper() and constant in vars(module)
    ]


def _glassnet(classify: bool, seed: int, changes: dict[str, Any]) -> Any:
    """The table estimator, with what differs from its defaults."""
    kind = TableClassifier if classify else TableRegressor
    return kind(
        random_state=seed,
        **{name: value for name, value in changes.items() if name in kind().get_params()},
    )


def _changed(changes: dict[str, Any]) -> ExitStack:
    """A context in which the program's constants are those of a variant, wherever they are used."""
    stack = ExitStack()
    for name, value in changes.items():
        for module in _modules_with(name):
            stack.enter_context(patch.object(module, name, value))
    return stack


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
    x = table.X
    if job.model in PEERS:
        x = with_categories(x)
        made = PEERS[job.model].make(x, table.classify, job.split)
    else:
        made = _glassnet(table.classify, job.split, job.changes)
    with _changed(job.changes):
        began = process_time()
        made.fit(x.iloc[fit], table.y[fit])
        seconds = process_time() - began
        return scores(made, x.iloc[held], table.y[held], table.classify) | {"seconds": seconds}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--models",
        nargs="+",
        default=["glassnet", *(name for name in PEERS if name not in SLOW)],
        choices=[*VARIANTS, *PEERS],
        metavar="MODEL",
    )
    parser.add_argument(
        "--variant",
        nargs="+",
        action="append",
        default=[],
        metavar=("NAME", "KEY=VALUE"),
        help="glassnet with other parameters, or other constants of the program; can be repeated",
    )
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
    parser.add_argument(
        "--jobs",
        type=int,
        default=1,
        help="processes at a time; more make the seconds less certain",
    )
    parser.add_argument(
        "--to", type=Path, default=RESULTS, help="the folder for tables.json and tables.md"
    )
    parser.add_argument(
        "--add",
        action="store_true",
        help="keep what is in that folder's tables.json, and measure only what it lacks",
    )
    args = parser.parse_args()
    try:
        args.changes = VARIANTS | dict(map(variant, args.variant))
    except ValueError as error:
        parser.error(str(error))
    args.models = installed(args.models) + [name for name, *_ in args.variant]
    return args


def _begun(args: argparse.Namespace) -> dict[str, Any]:
    """What was measured before with --add, or an empty result; an error where it was of other rows
    or splits.
    """
    result: dict[str, Any] = {
        "machine": machine.describe(),
        "splits": args.splits,
        "most_rows": args.most_rows,
        "tables": {},
    }
    path = args.to / "tables.json"
    if not args.add or not path.exists():
        return result
    before = json.loads(path.read_text())
    if any(before[what] != result[what] for what in ("splits", "most_rows")):
        raise SystemExit(f"{path} is of other --splits or --most-rows")
    return before


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
    result = _begun(args)
    args.to.mkdir(parents=True, exist_ok=True)
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
                (args.to / "tables.json").write_text(json.dumps(result) + "\n")
            print(_line(name, known), flush=True)
    write(result, args.to)
    for line in beside_first(result):
        print(line)


if __name__ == "__main__":
    main()
