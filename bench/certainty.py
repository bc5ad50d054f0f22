"""Are the defaults as certain as they are right? Run: python -m bench.certainty [--half reporting]

On the tables of `table_data.py`, split as in `tables.py`: how many true values intervals and sets
of a coverage of 0.5 and 0.9 hold, and how wide they are; log loss and calibration error of the
probabilities before and after the temperature. Prints two Markdown tables.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before NumPy comes

import argparse
import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from bench.table_data import HALVES, Table, load_tables
from bench.table_scores import scores
from bench.tables import splits

COVERAGES = (0.5, 0.9)


def of_numbers(table: Table, train: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Coverage of intervals, and their mean width over the targets' standard deviation."""
    from glassnet import TableRegressor

    model = TableRegressor(random_state=0).fit(table.X.iloc[train], table.y[train])
    y = table.y[held_out]
    found: dict[str, float] = {}
    for coverage in COVERAGES:
        low, high = model.predict_interval(table.X.iloc[held_out], coverage).T
        found[f"inside {coverage}"] = float(np.mean((low <= y) & (y <= high)))
        found[f"width {coverage}"] = float(np.mean(high - low) / y.std())
    return found


def of_classes(table: Table, train: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Coverage and size of sets, and the probabilities' scores with and without the temperature."""
    from glassnet import TableClassifier

    x, y = table.X.iloc[held_out], table.y[held_out]
    model = TableClassifier(random_state=0).fit(table.X.iloc[train], table.y[train])
    found: dict[str, float] = {}
    for coverage in COVERAGES:
        chosen = model.predict_set(x, coverage)
        found[f"inside {coverage}"] = float(chosen[np.arange(len(y)), y].mean())
        found[f"classes {coverage}"] = float(chosen.sum(axis=1).mean())
    after = scores(model, x, y, True)
    temperature = (model.model_.record.temperatures or (1.0,))[0]
    model.model_ = _without(model.model_, temperature)
    before = scores(model, x, y, True)
    return found | {
        "temperature": temperature,
        "loss before": before["loss"],
        "loss after": after["loss"],
        "error before": before["calibration"],
        "error after": after["calibration"],
    }


def _without(model: Any, temperature: float) -> Any:
    """A model as it was before its last pre-activations were divided."""
    members = []
    for member in model.members:
        weights, biases = member.parameters
        parameters = type(member.parameters)(
            (*weights[:-1], weights[-1] * temperature), (*biases[:-1], biases[-1] * temperature)
        )
        members.append(replace(member, parameters=parameters))
    return replace(model, members=tuple(members))


def rows_of(tables: dict[str, Table], count: int) -> dict[str, dict[str, float]]:
    """Table -> the mean over the splits of each figure."""
    found = {}
    for name, table in tables.items():
        measure = of_classes if table.classify else of_numbers
        figures = [measure(table, train, held_out) for train, held_out in splits(table, count)]
        found[name] = {key: float(np.mean([f[key] for f in figures])) for key in figures[0]}
        print(f"{name} ...", flush=True)
    return found


def markdown(rows: dict[str, dict[str, float]]) -> Iterable[str]:
    """The lines of a Markdown table."""
    names = list(next(iter(rows.values())))
    yield f"| table | {' | '.join(names)} |"
    yield "|---|" + "---|" * len(names)
    for table, figures in rows.items():
        yield f"| {table} | {' | '.join(f'{figures[name]:.3f}' for name in names)} |"
    means = [float(np.mean([figures[name] for figures in rows.values()])) for name in names]
    yield f"| mean | {' | '.join(f'{mean:.3f}' for mean in means)} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=HALVES, default="choosing")
    parser.add_argument("--tables", nargs="+", help="only these")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--most-rows", type=int, default=5000)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    tables = load_tables(asked.tables or list(HALVES[asked.half]), asked.most_rows)
    for classify in (False, True):
        of_kind = {name: table for name, table in tables.items() if table.classify == classify}
        if of_kind:
            print("\n".join(markdown(rows_of(of_kind, asked.splits))), flush=True)


if __name__ == "__main__":
    main()
