"""How good are the defaults on a table, untuned, and what does each one pay? Run: python -m
bench.tables [--models ...]

Trains glassnet as it comes, and scikit-learn's MLP, linear models and boosted trees as they come in
the usual pipeline, on the real tables of `bench/table_data.py`: five splits into 80 % and 20 % (by
class), the same for everyone, one thread each. Measures the score (accuracy or R2), the loss (log
loss, or RMSE over the spread of the targets: the square root of 1 - R2) and the seconds of `fit`.
Writes tables.json and tables.md to bench/results. A variant of the defaults (see VARIANTS) can be
named as a model too; the record of those is in docs/tables.md. A candidate is tried on the tables to
choose on, beside what it is to replace:

  python -m bench.tables --half choosing --splits 3 --most-rows 7000 --models glassnet "decay 0.02"
  python -m bench.tables --half choosing --models glassnet --variant "16 bins" BINS=16 dropout=0.1
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before NumPy comes

import argparse
import ast
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from bench import machine
from bench.table_data import HALVES, MOST_ROWS, TABLES, Table, load_table, load_tables, summary
from bench.table_page import beside_first, page
from glassnet.estimators.table.estimators import TableClassifier, TableRegressor

RESULTS = Path(__file__).parent / "results"

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


def _piped(
    classifier: Any, regressor: Any, x: pd.DataFrame, classify: bool, scale_target: bool = False
) -> Any:
    """The usual pipeline: numbers filled in and scaled, text one-hot."""
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    text = [name for name in x if isinstance(x[name].dtype, pd.CategoricalDtype)]
    columns = ColumnTransformer(
        [("text", OneHotEncoder(handle_unknown="ignore"), text)],
        remainder=numbers,
        sparse_threshold=0,
    )
    if scale_target and not classify:
        regressor = TransformedTargetRegressor(regressor, transformer=StandardScaler())
    return make_pipeline(columns, classifier if classify else regressor)


def _mlp(x: pd.DataFrame, classify: bool, seed: int, **settings: Any) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    models = (kind(random_state=seed, **settings) for kind in (MLPClassifier, MLPRegressor))
    return _piped(*models, x, classify, scale_target=True)


def _linear(x: pd.DataFrame, classify: bool) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return _piped(LogisticRegression(max_iter=1000), Ridge(), x, classify)


def _trees(classify: bool, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    return kind(categorical_features="from_dtype", random_state=seed)


PEERS: dict[str, Callable[[pd.DataFrame, bool, int], Any]] = {
    "MLP": _mlp,
    "MLP, early stopping": lambda x, classify, seed: _mlp(x, classify, seed, early_stopping=True),
    "linear": lambda x, classify, seed: _linear(x, classify),
    "boosted trees": lambda x, classify, seed: _trees(classify, seed),
}


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
    """Score, loss and seconds of one model on one split of one table."""
    warnings.simplefilter("ignore")
    table = _table(job.table, job.most_rows)
    fit, held = list(splits(table, job.splits))[job.split]
    x = table.X
    if job.model in PEERS:
        x = x.astype(
            {
                column: "category"
                for column in x
                if not pd.api.types.is_numeric_dtype(x[column].dtype)
            }
        )
        made = PEERS[job.model](x, table.classify, job.split)
    else:
        made = _glassnet(table.classify, job.split, job.changes)
    with _changed(job.changes):
        began = perf_counter()
        made.fit(x.iloc[fit], table.y[fit])
        seconds = perf_counter() - began
        return scores(made, x.iloc[held], table.y[held], table.classify) | {"seconds": seconds}


def scores(model: Any, x: pd.DataFrame, y: np.ndarray, classify: bool) -> dict[str, float]:
    if not classify:
        left = float(np.mean((y - model.predict(x)) ** 2) / np.var(y))
        return {"score": 1 - left, "loss": left**0.5}
    p = np.asarray(model.predict_proba(x), np.float64)
    of_truth = np.clip(p[np.arange(len(y)), y], np.finfo(np.float64).eps, 1)
    return {
        "score": float(np.mean(p.argmax(axis=1) == y)),
        "loss": float(-np.mean(np.log(of_truth))),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--models",
        nargs="+",
        default=["glassnet", *PEERS],
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
    args = parser.parse_args()
    try:
        args.changes = VARIANTS | dict(map(variant, args.variant))
    except ValueError as error:
        parser.error(str(error))
    args.models += [name for name, *_ in args.variant]
    return args


def main() -> None:
    args = _options()
    tables = load_tables(args.tables or list(HALVES[args.half]), args.most_rows)
    result: dict[str, Any] = {"machine": machine.describe(), "splits": args.splits, "tables": {}}
    with ProcessPoolExecutor(args.jobs) as pool:
        for name, table in tables.items():
            jobs = [
                Job(name, model, split, args.splits, args.most_rows, args.changes.get(model, {}))
                for model in args.models
                for split in range(args.splits)
            ]
            done = list(pool.map(measure, jobs))
            models = {
                m: done[i * args.splits : (i + 1) * args.splits] for i, m in enumerate(args.models)
            }
            result["tables"][name] = {**summary(table), "models": models}
            means = {
                m: [np.mean([d[what] for d in ds]) for what in ("loss", "seconds")]
                for m, ds in models.items()
            }
            print(
                f"{name}: "
                + "; ".join(f"{m} {loss:.4f} in {s:.2f} s" for m, (loss, s) in means.items()),
                flush=True,
            )
    text = page(result)
    args.to.mkdir(parents=True, exist_ok=True)
    (args.to / "tables.json").write_text(json.dumps(result, indent=1) + "\n")
    (args.to / "tables.md").write_text(text)
    print(text)
    for line in beside_first(result):
        print(line)


if __name__ == "__main__":
    main()
